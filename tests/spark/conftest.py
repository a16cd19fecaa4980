"""Settings stay with the test that chose them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.luigi_settings import settings_kept

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def settings() -> Iterator[None]:
    """Luigi keeps the configuration files that a run named for the rest of the process: forget them after each test."""
    with settings_kept():
        yield
