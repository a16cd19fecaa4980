"""Settings stay with the test that chose them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from luigi.configuration import LuigiConfigParser

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def settings() -> Iterator[None]:
    """Luigi keeps the configuration files that a run named for the rest of the process: forget them after each test."""
    paths = list(LuigiConfigParser._config_paths)
    yield
    LuigiConfigParser._config_paths[:] = paths
    LuigiConfigParser._instance = None
