"""Which blocks are headings: short lines without an end, before longer paragraphs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.records import Block

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
        msgspec.structs.replace(block, kind="heading") if _is_heading(text, block, following) else block
        for block, following in zip(blocks, [*blocks[1:], None], strict=True)
    ]


def _is_heading(text: str, block: Block, following: Block | None) -> bool:
    size = block.end - block.start
    if block.kind != "paragraph" or following is None or size > _LONGEST:
        return False
    first, last = text[block.start], text[block.end - 1]
    if first.islower() or last in _NOT_LAST or "\n" in text[block.start : block.end]:
        return False
    if " " not in text[block.start : block.end] and not first.isupper() and size > _LONGEST_WIDE:
        return False
    after = following.end - following.start
    return following.kind == "paragraph" and after >= max(60, 2 * size) and text[following.end - 1] in _END
