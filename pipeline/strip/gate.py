"""Whether the line model may speak at all.

The model was taught on whole pages. Given an article that has no page around it any more, it would find its weakest paragraphs; so it
is only asked where the page shows furniture that no rule took: many short lines without an end, in rows, as menus and teasers are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.strip.draft import ends_sentence

if TYPE_CHECKING:
    from pipeline.strip.draft import Draft

_SHORT = 60
_ROW = 4
"""Shortest row of short lines that counts: headings and lists of three are common in articles."""
_NEEDED = 12
"""How much evidence opens the gate; one short line in a row, or one block that a rule took, is one."""


def shows_furniture(draft: Draft) -> bool:
    """Whether a page shows enough furniture for the line model to be asked."""
    return evidence(draft) >= _NEEDED


def evidence(draft: Draft) -> int:
    """Short lines in rows, single line ends between them, and blocks that rules took."""
    taken = sum(bool(verdict) and verdict != "repeat" for verdict in draft.verdict)
    rows = row = 0
    for index, line in enumerate(draft.lines):
        if _label_like(draft, index, line):
            row += 1
            continue
        rows += row if row >= _ROW else 0
        row = 0
    rows += row if row >= _ROW else 0
    return rows + taken


def _label_like(draft: Draft, index: int, line: str) -> bool:
    """Whether a block looks like a label: short, no sentence, no list item, on the line right after the block before it."""
    if len(line) > _SHORT or ends_sentence(line) or draft.blocks[index].kind not in {"paragraph", "heading"} or line[-1] in ":,;":
        return False
    return index > 0 and draft.blocks[index].start - draft.blocks[index - 1].end <= 1
