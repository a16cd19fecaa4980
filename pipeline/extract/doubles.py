"""What the body says a second time: quotations pulled out of it, and one block that holds all of it again."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from typing import TYPE_CHECKING

from pipeline.extract.tags import HEADINGS, MARKS
from pipeline.text.folding import fold_letters

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.extract.block_features import Page

_QUOTE_CHARS, _LONGEST_QUOTE = 16, 500
_QUOTE_BOXES = frozenset(("blockquote", "aside"))
_SIGNATURE_WORDS = 10
_PULLED = re.compile(
    r"pull-?quote|pull_quote|pulled|blockquote|big-?quote|quote-?(?:box|block|text)|zitat|citation|highlight-?quote", re.IGNORECASE
)
_ALONE_WORDS, _ALONE_MOST = 8, 60
"""Words of a quotation without a name: shorter ones come again by right."""
_REACH = 12
_EMPHASIS = MARKS["b"] | MARKS["i"]
_OPENING, _CLOSING = frozenset('"“„«‘「『'), frozenset('"”“»’」』')
_TWICE_WORDS = 100
_PARTS = 3
_SHARE = 70
"""Percent of a block's sequences of four words that stand in three others or more: of 1,360 pages three became better, one worse."""
_PROBES, _PROBE = 4, 32
_GRAM = 4
_SENTENCE = re.compile(r"(?<=[.!?…।。！？])[\"'”’»」]?(?:\s+|(?<=[。！？]))")
_SAID, _MOST_SAID, _SUMMARY_WORDS = 2, 12, 25
"""Sentences of a summary, and its least words."""


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
    pulled = layout.named.matching(_PULLED, ("pulled", "quote", "zitat", "citation"))
    starts, ends = layout.starts, layout.ends
    elements = zip(layout.element_tags, layout.element_attributes, layout.element_firsts, layout.element_ends, strict=True)
    for tag, number, first, end in elements:
        if not (tag in _QUOTE_BOXES or number in pulled) or tag in HEADINGS or first < covered or first == end:
            continue
        if ends[end - 1] - starts[first] <= _LONGEST_QUOTE and True in kept[first:end]:
            covered = end
            yield first, end


def find_unnamed_quotes(page: Page, kept: Sequence[bool]) -> dict[int, int]:
    """Sentences of a paragraph that stand once more by themselves, in another place of the markup or set apart, within the body.

    What stands before the body may sum it up, and so may lists and headings: on the development pages nine of nine headings that were made
    of words of a paragraph headed it. The line that says whose words they are leaves with them.

    Returns:
        From the block that leaves to the block that says the same.
    """
    layout, path = page.layout, page.containers.path
    told = [block for block, keep in enumerate(kept) if keep and layout.kinds[block] == "paragraph" and page.prose[block]]
    if len(told) < _PARTS:
        return {}
    usual = Counter(int(path[layout.elements[block]]) for block in told).most_common(1)[0][0]
    folded: dict[int, str] = {}
    found: dict[int, int] = {}
    for block in range(told[0] + 1, len(kept)):
        if not kept[block] or layout.kinds[block] != "paragraph" or not _ALONE_WORDS <= page.words[block] <= _ALONE_MOST:
            continue
        elsewhere = int(path[layout.elements[block]]) != usual
        if layout.link_chars[block] or not (elsewhere or _is_set_apart(page, block)):
            continue
        near = told[bisect_left(told, block - _REACH) : bisect_right(told, block + _REACH)]
        for other in (block, *near):
            folded[other] = folded.get(other) or fold_letters(page.texts[other])
        text = folded[block]
        original = next((at for at in near if at not in found and len(folded[at]) > len(text) and text in folded[at]), -1)
        if original >= 0:
            found |= dict.fromkeys((block, *_signature(page, kept, block)), original)
    return found


def _signature(page: Page, kept: Sequence[bool], block: int) -> list[int]:
    """The short line that shares an element with a quotation and nothing else."""
    layout = page.layout
    parent = layout.element_parents[layout.elements[block]]
    first, end = layout.element_firsts[parent], layout.element_ends[parent]
    others = [other for other in range(first, end) if other != block]
    return [other for other in others if kept[other] and int(page.words[other]) <= _SIGNATURE_WORDS] if len(others) == 1 else []


def _is_set_apart(page: Page, block: int) -> bool:
    """Whether a block between quotation marks has bold or slanted words, or its element has a style of its own."""
    layout, text = page.layout, page.texts[block]
    emphasis = layout.marks[block] & _EMPHASIS and text[0] in _OPENING and text[-1] in _CLOSING
    return bool(emphasis) or "style=" in layout.attributes[layout.element_attributes[layout.elements[block]]]


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


def find_summary(page: Page, kept: Sequence[bool]) -> dict[int, int]:
    """The first paragraph of a body where it is nothing but sentences of later ones, two at least: a box that sums it up.

    Returns:
        From the block that leaves to the first block that it repeats.
    """
    inside = [block for block, keep in enumerate(kept) if keep and page.prose[block]]
    if len(inside) <= _PARTS:
        return {}
    first, others = inside[0], inside[1:]
    sentences = [sentence for sentence in _SENTENCE.split(page.texts[first].strip()) if sentence]
    if len(sentences) < _SAID or int(page.words[first]) < _SUMMARY_WORDS:
        return {}
    places = [next((block for block in others if sentence in page.texts[block]), -1) for sentence in sentences[:_MOST_SAID]]
    return {first: min(places)} if -1 not in places and len(set(places)) > 1 and len(sentences) <= _MOST_SAID else {}


def _grams(text: str) -> set[tuple[str, ...]]:
    words = text.lower().split()
    return set(zip(*(words[at:] for at in range(_GRAM)), strict=False))
