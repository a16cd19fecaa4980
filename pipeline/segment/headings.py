"""Which blocks are headings: short lines without an end, before longer paragraphs."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.spans import Block

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST = 120
_LONGEST_WIDE = 45
"""Longest heading in characters, and in a script without spaces."""
_LEAST_AFTER = 60
"""Shortest paragraph, in characters, that a heading stands before."""
_NOT_LAST = frozenset(".,;:…。，、；：।۔")
_END = frozenset('.!?…。！？।۔؟"”’»)')


def mark_headings(text: str, blocks: Sequence[Block]) -> list[Block]:
    """Turn the kind of every paragraph that reads as a heading into "heading".

    A heading is short, begins with no small letter, ends without a full stop or comma, and the next block is a paragraph at least
    twice as long that ends like a sentence.
    """
    marked = list(blocks)
    for index, (block, following) in enumerate(pairwise(blocks)):
        size, after = block.end - block.start, following.end - following.start
        if size <= _LONGEST and after >= _LEAST_AFTER and after >= 2 * size and _is_heading(text, block, following):
            marked[index] = Block(start=block.start, end=block.end, kind="heading")
    return marked


def _is_heading(text: str, block: Block, following: Block) -> bool:
    if block.kind != "paragraph" or following.kind != "paragraph" or text[following.end - 1] not in _END:
        return False
    first, last = text[block.start], text[block.end - 1]
    if first.islower() or last in _NOT_LAST or "\n" in text[block.start : block.end]:
        return False
    return " " in text[block.start : block.end] or first.isupper() or block.end - block.start <= _LONGEST_WIDE
