"""Labels around a story's summary: "Summary" or "In short" over it, "In detail" over the story that follows."""

from __future__ import annotations

import functools
from typing import Literal, cast

from pipeline.lines.tables import rows
from pipeline.text.folding import fold_word

SummaryLabel = Literal["summary", "detail"]
LONGEST_LABEL = 30
"""Code points of the longest of them, with its colon."""
_AROUND = " :：-–—."


@functools.cache
def _labels() -> dict[str, SummaryLabel]:
    return {fold_word(phrase): cast("SummaryLabel", kind) for kind, _, phrase, _ in rows("summaries")}


def summary_label(line: str) -> SummaryLabel | None:
    """Return what a line that is nothing but such a label stands over, or None for any other line.

    >>> summary_label("In short:"), summary_label("सार"), summary_label("विस्तार"), summary_label("In short, no.")
    ('summary', 'summary', 'detail', None)
    """
    return _labels().get(fold_word(line.strip(_AROUND))) if len(line) <= LONGEST_LABEL else None
