"""The core of a build knows nothing of Luigi."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE = sorted(f"tasks.core.{path.stem}" for path in (ROOT / "tasks" / "core").glob("*.py") if path.stem != "__init__")


def loaded(code: str) -> str:
    """Run a program and return which of its modules is Luigi, if any."""
    tell = f"{code}\nimport sys; print('luigi' if 'luigi' in sys.modules else 'none')"
    return subprocess.run([sys.executable, "-c", tell], capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip()


def test_no_module_of_the_core_loads_luigi() -> None:
    assert len(CORE) > 10
    assert loaded("\n".join(f"import {name}" for name in CORE)) == "none"


@pytest.mark.parametrize("first", ["import luigi, tasks", "import tasks, luigi; tasks.BuildDataset"], ids=["by import", "by name"])
def test_luigi_finds_every_task_by_the_package_alone(first: str) -> None:
    tell = f"{first}\nprint(*sorted(luigi.task_register.Register.task_names()))"
    said = subprocess.run([sys.executable, "-c", tell], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert {"BuildDataset", "CleanDay", "CleanShard", "RangeDaily", "WriteDataset"} <= set(said.split())


def test_a_name_that_is_no_task_is_refused() -> None:
    tell = "import tasks\ntry:\n    tasks.Nothing\nexcept AttributeError as error:\n    print(error)"
    said = subprocess.run([sys.executable, "-c", tell], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert said == "module 'tasks' has no attribute 'Nothing'\n"
