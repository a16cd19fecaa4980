"""Luigi keeps the configuration files that a run named for the rest of the process: here they are forgotten again."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from luigi.configuration import LuigiConfigParser

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def settings_kept() -> Iterator[None]:
    """Leave Luigi's settings as they were found."""
    paths = list(LuigiConfigParser._config_paths)
    try:
        yield
    finally:
        LuigiConfigParser._config_paths[:] = paths
        LuigiConfigParser._instance = None
