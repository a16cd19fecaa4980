"""Builds as other processes, as users start them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import warm_copydesk
from tests.luigi_settings import settings_kept

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def settings() -> Iterator[None]:
    """Luigi keeps the configuration files that a run named for the rest of the process: forget them after each test."""
    with settings_kept():
        yield


@pytest.fixture
def start() -> Callable[..., subprocess.Popen[str]]:
    """Start a Python program, by default the command line, in a session of its own."""

    def go(
        *arguments: object, program: str = "-m copydesk", environment: dict[str, str] | None = None, cwd: Path = ROOT
    ) -> subprocess.Popen[str]:
        command = [sys.executable, *program.split(), *map(str, arguments)]
        settings = {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}
        return subprocess.Popen(
            command, cwd=cwd, env=settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )

    return go


@pytest.fixture
def copydesk(start: Callable[..., subprocess.Popen[str]]) -> Callable[..., tuple[int, str, str]]:
    """Run a command to its end and return its exit code and what it said; one with an environment of its own is started anew."""

    def run(*arguments: object, environment: dict[str, str] | None = None) -> tuple[int, str, str]:
        if environment is not None:
            process = start(*arguments, environment=environment)
            out, err = process.communicate(timeout=600)
            return process.returncode, out, err
        done = warm_copydesk.copydesk(*arguments)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    return run
