"""Settings of the stripper."""

from __future__ import annotations

import msgspec


class StripConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What may be taken out, and when a document is doubtful.

    Attributes:
        rules: Whether rules remove and move blocks at all.
        model: Whether the line model may remove what no rule names. It only ever speaks where the page shows furniture; see `gate`.
        line_spread: How far the line model's scores are trusted, in tenths: 10 takes them as log odds as they are, more draws all
            probabilities towards one half and keeps more. Chosen out of fold.
        repeat_run: How many blocks in the same order make a repeat by themselves. On 61 of 791 annotated articles some line of over 40
            characters rightly stands twice, so that fewer count only with a reason.
        repeat_chars: Shortest block, in characters, that counts in such a run.
        warn_share: Percentage of the characters of prose whose loss earns the document a warning.
        title_chars: Longest title, in characters.
    """

    rules: bool = True
    model: bool = True
    line_spread: int = 12
    repeat_run: int = 3
    repeat_chars: int = 40
    warn_share: int = 50
    title_chars: int = 250
