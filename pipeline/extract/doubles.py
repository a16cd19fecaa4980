"""What the body says a second time: quotations pulled out of it, and one block that holds all of it again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.extract.tags import HEADINGS
from pipeline.text.folding import fold_letters

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.extract.block_features import Page

_QUOTE_CHARS, _LONGEST_QUOTE = 16, 500
_SIGNATURE_WORDS = 10
_PULLED = re.compile(
    r"pull-?quote|pull_quote|pulled|blockquote|big-?quote|quote-?(?:box|block|text)|zitat|citation|highlight-?quote", re.IGNORECASE
)
_TWICE_WORDS = 100
_PARTS = 3
_SHARE = 70
"""Percent of a block's sequences of four words that stand in three others or more: of 1,360 pages three became better, one worse."""
_PROBES, _PROBE = 4, 32
_GRAM = 4


def find_pulled_quotes(page: Page, kept: Sequence[bool]) -> dict[int, int]:
    """Quotations in boxes of their own whose words stand in a paragraph of the body, with the line that says whose they are.

    Returns:
        From the block that leaves to the block that says the same.
    """
    layout = page.layout
    boxes = list(_quote_boxes(page, kept))
    if not boxes:
        return {}
    inside = {block for first, end in boxes for block in range(first, end)}
    body = [
        (block, fold_letters(page.texts[block]))
        for block, keep in enumerate(kept)
        if keep and block not in inside and layout.kinds[block] != "quote"
    ]
    found: dict[int, int] = {}
    for first, end in boxes:
        blocks = [block for block in range(first, end) if kept[block]]
        longest = max(blocks, key=lambda block: len(page.texts[block]))
        others = [block for block in blocks if block != longest]
        text = fold_letters(page.texts[longest])
        if len(text) < _QUOTE_CHARS or any(int(page.words[block]) > _SIGNATURE_WORDS for block in others):
            continue
        original = next((block for block, other in body if text in other and len(other) > len(text)), -1)
        if original >= 0:
            found |= dict.fromkeys(blocks, original)
    return found


def _quote_boxes(page: Page, kept: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """The blocks of every quotation that stands in an element of its own and holds something that is kept."""
    layout, covered = page.layout, 0
    starts, ends = layout.starts, layout.ends
    for element, (tag, first, end) in enumerate(zip(layout.element_tags, layout.element_firsts, layout.element_ends, strict=True)):
        if first < covered or first == end or ends[end - 1] - starts[first] > _LONGEST_QUOTE:
            continue
        if tag in HEADINGS or True not in kept[first:end]:
            continue
        if tag in ("blockquote", "aside") or _PULLED.search(layout.attributes[layout.element_attributes[element]]):
            covered = end
            yield first, end


def find_second_body(page: Page, kept: Sequence[bool]) -> dict[int, int]:
    """Long blocks that are made of three or more other kept blocks, as where a page has its text once more for machines.

    Returns:
        From the block that leaves to the first block that it repeats.
    """
    long = [block for block, keep in enumerate(kept) if keep and int(page.words[block]) >= _TWICE_WORDS]
    if not long:
        return {}
    whole = "\n".join(" ".join(page.texts[block].split()) for block, keep in enumerate(kept) if keep)
    found: dict[int, int] = {}
    for block in long:
        text = " ".join(page.texts[block].split())
        step = max(1, (len(text) - _PROBE) // _PROBES)
        probes = [text[at : at + _PROBE] for at in range(step // 2, len(text) - _PROBE, step)]
        if 2 * sum(whole.count(probe) > 1 for probe in probes) < len(probes):
            continue
        grams = _grams(text)
        parts = [
            other
            for other, keep in enumerate(kept)
            if keep and other != block and other not in found and len(page.texts[other]) < len(text)
        ]
        shared = [(other, grams & _grams(page.texts[other])) for other in parts]
        shared = [(other, common) for other, common in shared if len(common) > 1]
        covered = set().union(*(common for _, common in shared))
        if len(shared) >= _PARTS and len(covered) * 100 >= _SHARE * len(grams):
            found[block] = shared[0][0]
    return found


def _grams(text: str) -> set[tuple[str, ...]]:
    words = text.lower().split()
    return set(zip(*(words[at:] for at in range(_GRAM)), strict=False))
