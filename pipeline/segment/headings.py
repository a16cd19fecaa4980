"""Which blocks are headings: short lines without an end, before longer paragraphs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.records import Block

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST = 120
_LONGEST_WIDE = 45
"""Longest heading in characters, and in a script without spaces."""
_NOT_LAST = frozenset(".,;:…。，、；：।۔")
_END = frozenset('.!?…。！？।۔؟"”’»)')


def mark_headings(text: str, blocks: Sequence[Block]) -> list[Block]:
    """Turn the kind of every paragraph that reads as a heading into "heading".

    A heading is short, begins with no small letter, ends without a full stop or comma, and the next block is a paragraph at least
    twice as long that ends like a sentence.
    """
    return [
        Block(start=block.start, end=block.end, kind="heading") if _is_heading(text, block, following) else block
        for block, following in zip(blocks, [*blocks[1:], None], strict=True)
    ]


def _is_heading(text: str, block: Block, following: Block | None) -> bool:
    size = block.end - block.start
    if size > _LONGEST or following is None or block.kind != "paragraph":
        return False
    after = following.end - following.start
    if after < 60 or after < 2 * size or following.kind != "paragraph" or text[following.end - 1] not in _END:
        return False
    first, last = text[block.start], text[block.end - 1]
    if first.islower() or last in _NOT_LAST or "\n" in text[block.start : block.end]:
        return False
    return " " in text[block.start : block.end] or first.isupper() or size <= _LONGEST_WIDE
