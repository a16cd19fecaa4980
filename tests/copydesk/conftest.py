"""The command line in this process, which is quick, and one small build for all that only look at one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from copydesk.cli import cli
from copydesk.commands.run import RunOptions, run_build
from tests.luigi_settings import settings_kept

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from click.testing import Result

STORY = """Rain in {place}

Heavy rain fell on {place} for a third day on Monday, and the mayor asked people who live near the river to leave their homes.

The water is expected to rise until Wednesday, the weather service said. Schools will stay closed, and trains run every two hours.
"""


@pytest.fixture(autouse=True)
def settings() -> Iterator[None]:
    """Forget the settings, and the working folder, that a command chose."""
    folder = Path.cwd()
    with settings_kept():
        yield
    os.chdir(folder)


@pytest.fixture
def desk() -> Callable[..., Result]:
    """Run a command and return what it said and how it ended."""

    def run(*words: object, stdin: bytes = b"", **settings: object) -> Result:
        return CliRunner().invoke(cli, [str(word) for word in words], input=stdin, **settings)  # type: ignore[arg-type]

    return run


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with raw/ and a finished build of it in clean/: four stories, one empty file. Copy it to change it."""
    folder = tmp_path_factory.mktemp("built")
    for number, place in enumerate(("the valley", "the coast", "the hills", "雨の町"), 1):
        path = folder / "raw" / "press" / f"{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Share this article\n\n" + STORY.format(place=place), encoding="utf-8")
    (folder / "raw" / "press" / "empty.txt").write_bytes(b"")
    with settings_kept():
        assert run_build(folder / "raw", folder / "clean", RunOptions(progress=False, quiet=True)) == 3
    return folder
