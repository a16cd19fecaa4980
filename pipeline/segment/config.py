"""Settings of the segmenter."""

from __future__ import annotations

import msgspec


class SegmentConfig(msgspec.Struct, frozen=True, kw_only=True):
    """How lines become blocks.

    Attributes:
        join_score: Lowest score of the pair model, in its integer units, at which two lines are one paragraph; 0 is even odds.
        wrap_min: Narrowest column, in characters, at which text counts as hard-wrapped.
        wrap_max: Widest such column. Typewriter and mail conventions lie between 60 and 80.
    """

    join_score: int = 0
    wrap_min: int = 45
    wrap_max: int = 100
