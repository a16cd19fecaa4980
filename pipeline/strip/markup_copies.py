"""The story once more as markup, in the box that invites others to print it: "<h1>…</h1>", "<p>…</p>".

Newsrooms that may be republished show their stories' HTML in a text field, and a scraper saves it as text. A page about HTML shows tags
too, but not around the sentences of its own story. Of 1,850 development pages two do this; the model had left 13,000 characters of it.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from pipeline.text.expressions import expression
from pipeline.text.folding import fold_letters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.strip.page import Draft

MARKUP = "repeat.markup"
_TAG = expression(r"</?[A-Za-z][^<>]{0,1000}+>")
_BEGINS = ("<", "&lt;")
_PIECE, _COMPARED = 40, 80
"""Letters of a piece of the copy that is looked for, at least, and how many of them are."""
_LEAST, _MOST = 3, 100
"""Pieces of a copy that are looked for."""
_SAME = 0.5
"""Share of their letters in pieces that stand outside of the markup too."""


def take_markup_copies(draft: Draft) -> None:
    """Remove the longest run of blocks in markup where it says what the rest of the text says."""
    if "</p>" not in draft.text:
        return
    first, after = max(_runs(draft), key=lambda run: draft.blocks[run[1] - 1].end - draft.blocks[run[0]].start, default=(0, 0))
    pieces = _pieces(draft, first, after)[:_MOST]
    if len(pieces) < _LEAST:
        return
    outside = fold_letters(f"{draft.text[: draft.blocks[first].start]} {draft.text[draft.blocks[after - 1].end :]}")
    if sum(len(piece) for piece in pieces if piece[:_COMPARED] in outside) >= _SAME * sum(map(len, pieces)):
        for index in filter(draft.is_open, range(first, after)):
            draft.remove(index, "repeat", MARKUP)


def _runs(draft: Draft) -> Iterator[tuple[int, int]]:
    """First block and the one after the last of each run of blocks that begin with a tag and hold a paragraph's end."""
    first = -1
    for index, line in enumerate([*draft.lines, ""]):
        if line.startswith(_BEGINS):
            first = index if first < 0 else first
        elif first >= 0:
            if "</p>" in draft.text[draft.blocks[first].start : draft.blocks[index - 1].end]:
                yield first, index
            first = -1


def _pieces(draft: Draft, first: int, after: int) -> list[str]:
    """The letters of each line of a run, without tags: those lines that are long enough to be told."""
    lines = (line for index in range(first, after) for line in draft.lines[index].split("\n"))
    return [piece for line in lines if len(piece := fold_letters(html.unescape(_TAG.sub(" ", line)))) >= _PIECE]
