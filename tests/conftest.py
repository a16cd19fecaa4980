"""Settings of the whole test run."""

from __future__ import annotations

import gc
import shutil
from typing import TYPE_CHECKING

import pytest
from build_helpers import write_stories
from hypothesis import HealthCheck, settings

from copydesk.commands.run import RunOptions, run_build
from pipeline.config import Config
from tasks.dataset_files import libraries
from tests import heavy_libraries  # noqa: F401 - whoever is forked from here has them
from tests.luigi_settings import settings_kept
from tests.pattern_finder import found_by_a_worker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

# A test run gives the same verdict every time; the time of one example says nothing on a shared machine.
settings.register_profile(
    "copydesk", derandomize=True, deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
settings.load_profile("copydesk")

libraries(Config())  # every build looks them up, and remembers


def pytest_unconfigure() -> None:
    """Builds freeze what the collector would look at before they fork; DuckDB complains at the end of a process that never thaws."""
    gc.unfreeze()
    if (patterns := found_by_a_worker()) is not None:  # every worker has long collected its tests
        patterns.unlink(missing_ok=True)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., tuple[Path, Path]]:
    """Give a test that begins where a build has ended `raw` with small stories of some names, and the finished build `clean` of it.

    `extra` are more files, names and texts. The build is made once for each list of files and copied with the times of its files: a run
    on the copy finds nothing to do.
    """
    made: dict[tuple[object, ...], Path] = {}

    def give(folder: Path, names: Sequence[str], extra: Mapping[str, str] | None = None) -> tuple[Path, Path]:
        key = (*names, *sorted((extra or {}).items()))
        if key not in made:
            home = tmp_path_factory.mktemp("finished")
            write_stories(home / "raw", list(names))
            for name, text in (extra or {}).items():
                (home / "raw" / name).write_text(text, encoding="utf-8")
            with settings_kept():
                assert run_build(home / "raw", home / "clean", RunOptions(progress=False, quiet=True)) == 0
            made[key] = home
        for name in ("raw", "clean"):
            shutil.copytree(made[key] / name, folder / name)
        return folder / "raw", folder / "clean"

    return give
