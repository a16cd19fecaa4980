"""Whether the line model may speak at all.

The model was taught on whole pages. Given an article that has no page around it any more, it would find its weakest paragraphs; so it
is only asked where the page shows furniture that no rule took: many short lines without an end, in rows, as menus and teasers are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.strip.page import ends_sentence
from pipeline.text.scripts import WITHOUT_END_CHARACTER

if TYPE_CHECKING:
    from pipeline.strip.page import Draft

_SHORT = 60
_ROW = 4
"""Shortest row of short lines that counts: headings and lists of three are common in articles."""
_MANY_SPOKEN = 4
_FEW_SPOKEN = 2
_FEW_ROWS = 8
_SOME_ROWS = 18
_MANY_ROWS = 40
_TOP = 12
_FEW_TAKEN = 2
_HEAD = 2
_SOME_SPOKEN = 3
"""What opens the gate, on a page of which something was taken: four different blocks that some rule names and a row of labels
anywhere; or rows of labels that begin among the first blocks and before any prose, as a page's menu does (a list that follows the
opening paragraph belongs to the article): the fewer blocks are named, the more labels it takes; or two blocks before the first prose
and two taken, and beside them three blocks named, or a row of labels that begins as a menu does or comes with two blocks named. On
the annotated bodies of the development pages, given as texts, this never holds; on the
naive dumps of the same pages for all but 15 of 920."""
_OF_SPANS = frozenset({"images", "related", "promo", "newsletter", "legal", "credit", "chrome", "consent", "comments", "player"})
"""What rules take that may speak for spans, and captions: where no rule for blocks names such a block, it is no sign of a page."""


def shows_furniture(draft: Draft) -> bool:
    """Whether a page shows enough furniture for the line model to be asked."""
    taken = sum(
        bool(verdict) and (bool(kind) or verdict not in _OF_SPANS) for verdict, kind in zip(draft.verdict, draft.spoken, strict=True)
    )
    if not taken:
        return False
    spoken = len({line for line, kind in zip(draft.lines, draft.spoken, strict=True) if kind and not _leads_on(line, kind)})
    rows, first = labels_in_rows(draft)
    if spoken >= _MANY_SPOKEN and rows >= _ROW:
        return True
    head = draft.prose.index(True) if True in draft.prose else len(draft.prose)
    menu = first < min(_TOP, head)
    if menu and rows >= (_FEW_ROWS if spoken >= _FEW_SPOKEN else _SOME_ROWS if spoken else _MANY_ROWS):
        return True
    listed = rows >= _ROW and (menu or spoken >= _FEW_SPOKEN)
    return head >= _HEAD and taken >= _FEW_TAKEN and (listed or spoken >= _SOME_SPOKEN)


def _leads_on(line: str, kind: str) -> bool:
    """Whether a line is a label with another story's headline after it: bodies hold such lines, so that they are no sign of a page."""
    return kind == "related" and (":" in line[:-1] or "|" in line[:-1])


def labels_in_rows(draft: Draft) -> tuple[int, int]:
    """How many short lines without an end stand in rows, each on the line right after the one before it, and where the first row begins."""
    rows = row = 0
    first = len(draft.lines)
    for index, line in enumerate([*draft.lines, ""]):
        if line and _label_like(draft, index, line):
            row += 1
            continue
        if row >= _ROW:
            rows += row
            first = min(first, index - row)
        row = 0
    return rows, first


def _label_like(draft: Draft, index: int, line: str) -> bool:
    """Whether a block looks like a label: short, no sentence, no list item, on the line right after the block before it.

    In Thai and Lao every line lacks an end, so that short lines in rows are no sign of a menu there.
    """
    if len(line) > _SHORT or ends_sentence(line) or draft.blocks[index].kind not in {"paragraph", "heading"} or line[-1] in ":,;":
        return False
    if not line.isascii() and WITHOUT_END_CHARACTER.search(line):
        return False
    return index > 0 and draft.blocks[index].start - draft.blocks[index - 1].end <= 1
