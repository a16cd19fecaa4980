"""The word lists, loaded once and passed in."""

from __future__ import annotations

from functools import lru_cache

import msgspec


class Lists(msgspec.Struct, frozen=True):
    """All word lists."""


@lru_cache(maxsize=1)
def load_lists() -> Lists:
    """Load the shipped lists."""
    return Lists()
