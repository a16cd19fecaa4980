"""What one document may take."""

from __future__ import annotations

import msgspec


class Limits(msgspec.Struct, frozen=True):
    """What one document may take: `seconds` of computing, and `memory` in bytes beyond what the program itself has.

    `recycle` is how many documents a child cleans before another takes its place.
    """

    seconds: float = 10.0
    memory: int = 2 * 1024 * 1024 * 1024
    recycle: int = 2000
