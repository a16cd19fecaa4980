"""What arrives at a field: repaired like the body, and on one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.edits.compose import Op, apply
from pipeline.normalise.normalised import NormSpan
from pipeline.normalise.stage import normalise

if TYPE_CHECKING:
    from pipeline.config import NormaliseConfig
    from pipeline.lists import Lists

_OF_SEVERAL_LINES = frozenset({"embeds", "images"})
"""Fields whose line ends mean something: posts have paragraphs, a caption stands over its credit."""


def normalise_moved(op: Op, *, config: NormaliseConfig, lists: Lists, bad_bytes: bool) -> Op:
    """Return the op with what it moves to a field repaired and put on one line; what is removed or stays is left as it was.

    Args:
        op: what leaves the text, or a change in it.
        config: settings of the stage.
        lists: the word lists.
        bad_bytes: whether invalid bytes stand in the text as U+F780 to U+F7FF.
    """
    if op.target is None or op.target.field == "removed" or not op.replacement:
        return op
    span = [NormSpan(0, len(op.replacement), "field")]
    found = normalise(op.replacement, span, config=config, lists=lists, bad_bytes=bad_bytes)
    value = apply(op.replacement, found.changes)
    if "\n" in value and op.target.field not in _OF_SEVERAL_LINES:
        value = " ".join(part.strip() for part in value.split("\n") if part.strip())
    return op if value == op.replacement else Op(op.start, op.end, value, op.rule, op.target)
