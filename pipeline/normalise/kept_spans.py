"""Where blocks stand in a text once the ops of a layout are done: the spans that the normaliser looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.normalise.normalised import NormSpan, Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.edits.compose import Op
    from pipeline.spans import Block

_ROLES: dict[str, Role] = {"table": "table", "code": "code"}


def kept_spans(ops: Sequence[Op], blocks: Sequence[Block], language: str | None) -> list[NormSpan]:
    """Return a span for every block, in offsets of what `ops` leave of the text.

    Args:
        ops: sorted, disjoint, in offsets of the text that was laid out.
        blocks: what is kept of that text, in order, in the same offsets.
        language: BCP 47 code of the text.
    """
    spans: list[NormSpan] = []
    shift = index = 0
    for block in blocks:
        while index < len(ops) and ops[index].end <= block.start:
            shift += _growth(ops[index])
            index += 1
        start = block.start + shift
        while index < len(ops) and ops[index].end <= block.end:
            shift += _growth(ops[index])
            index += 1
        spans.append(NormSpan(start, block.end + shift, _ROLES.get(block.kind, "body"), language))
    return spans


def _growth(op: Op) -> int:
    return (len(op.replacement) if op.target is None else 0) - (op.end - op.start)
