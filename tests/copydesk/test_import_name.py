"""`from copydesk import …`: what users import, how fast, and what they are told when their own package has one of our names."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import copydesk
import pipeline

ROOT = Path(__file__).parents[2]
STORY = "Rain fell on Monday, the mayor said, and it will fall again on Tuesday.\n\nShare this article\n"


def python(code: str, folder: Path, *, entry: str = "-c") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, entry, code], cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_public_names_are_those_of_the_pipeline() -> None:
    assert copydesk.clean is pipeline.clean
    assert copydesk.Config is pipeline.Config
    assert (copydesk.Article, copydesk.Rejected) == (pipeline.Article, pipeline.Rejected)
    assert copydesk.__version__ == version("copydesk")
    assert set(dir(copydesk)) == set(copydesk.__all__)
    with pytest.raises(AttributeError, match="nonsense"):
        _ = copydesk.nonsense


def test_a_file_is_cleaned_like_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "story.txt"
    path.write_text(STORY, encoding="utf-8")
    assert copydesk.clean_file(path, url="https://example.org/rain") == copydesk.clean(STORY.encode(), url="https://example.org/rain")
    with pytest.raises(FileNotFoundError):
        copydesk.clean_file(tmp_path / "nothing.txt")


def test_importing_the_name_loads_no_stage(tmp_path: Path) -> None:
    done = python(
        "import sys, copydesk; print(sorted(m for m in sys.modules if m.startswith(('pipeline', 'tasks', 'numpy', 'luigi'))))", tmp_path
    )
    assert done.stdout == "[]\n", done.stderr


@pytest.mark.parametrize("name", ["pipeline", "tasks"])
@pytest.mark.parametrize("form", ["{}.py", "{}/__init__.py", "{}/util.py"])
def test_a_package_that_shadows_ours_is_named(name: str, form: str, tmp_path: Path) -> None:
    path = tmp_path / form.format(name)
    path.parent.mkdir(exist_ok=True)
    path.write_text("VALUE = 1\n", encoding="utf-8")
    if form.endswith("util.py"):  # a folder without __init__.py loses to a package anywhere on the path: nothing is shadowed
        done = python("from copydesk import clean; print(clean.__module__)", tmp_path)
        assert done.stdout == "pipeline\n", done.stderr
        return
    done = python("from copydesk import clean", tmp_path)
    assert done.returncode == 1
    assert f"ImportError: {path} stands in the way of copydesk's own package {name}" in done.stderr
    story = tmp_path / "story.txt"
    story.write_text(STORY, encoding="utf-8")
    told = subprocess.run(
        [sys.executable, "-m", "copydesk", "clean", "story.txt"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert told.returncode == 2
    assert told.stderr.startswith(f"copydesk: {path} stands in the way")
    assert "Traceback" not in told.stderr
