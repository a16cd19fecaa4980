"""What stands around a story and is never part of it: feeds above the headline, the foot of the page, labels of controls."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pipeline.extract.markup_names import TAG_BITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.extract.block_features import Page

_AGREES = 2
_OWN_WORDS = 50
"""Words of a story that must stay elsewhere before anything leaves."""


@cache
def _bits(*tags: str) -> int:
    """The bits of some tags."""
    return sum(1 << TAG_BITS[tag] for tag in tags)


def find_above_headline(page: Page, kept: Sequence[bool]) -> list[int]:
    """Find kept blocks above the headline of a page whose story stands below it.

    The headline must be a heading of the first rank that agrees with the page's title. On 840 development pages only one had anything
    of the body above such a headline, and that was a teaser.
    """
    layout, headline = page.layout, page.headline
    if headline < 0 or page.in_title[headline] < _AGREES or layout.kinds[headline] != "heading" or layout.levels[headline] != 1:
        return []
    found = [block for block in range(headline) if kept[block]]
    return found if found and _words(page, range(headline + 1, len(kept)), kept) >= _OWN_WORDS else []


def find_foot(page: Page, kept: Sequence[bool]) -> list[int]:
    """Find kept blocks in the foot of the page: a `footer` element that no `article` and no `main` holds."""
    found = _inside(page, kept, "footer")
    inner, elements, bits = _bits("article", "main"), page.layout.elements, page.containers.bits
    found = [block for block in found if not int(bits[elements[block]]) & inner]
    foot = set(found)
    return found if found and _words(page, (block for block in range(len(kept)) if block not in foot), kept) >= _OWN_WORDS else []


def find_forms(page: Page, kept: Sequence[bool]) -> list[int]:
    """Find kept blocks in forms (polls, calculators) that hold less than half of what is kept: some pages are one form from top to bottom."""
    found = _inside(page, kept, "form")
    return found if found and 2 * _words(page, found, kept) < _words(page, range(len(kept)), kept) else []


def find_controls(page: Page, kept: Sequence[bool]) -> list[int]:
    """Find kept blocks that are labels of buttons, but for those above what stays: a reader unfolds it with them."""
    layout, found = page.layout, _inside(page, kept, "button")
    labels = set(found)
    return [block for block in found if not _opens(layout.element_ends[_button(page, block)], kept, labels)]


def _opens(end: int, kept: Sequence[bool], labels: set[int]) -> bool:
    """Whether the block behind a button stays and is no button's label."""
    return end < len(kept) and kept[end] and end not in labels


def _button(page: Page, block: int) -> int:
    """The button around a block."""
    layout, element = page.layout, page.layout.elements[block]
    while layout.element_tags[element] != "button":
        element = layout.element_parents[element]
    return element


def _inside(page: Page, kept: Sequence[bool], tag: str) -> list[int]:
    """The kept blocks inside elements of a tag."""
    if tag not in page.layout.element_tags:
        return []
    bit, elements, bits = _bits(tag), page.layout.elements, page.containers.bits
    return [block for block, keep in enumerate(kept) if keep and int(bits[elements[block]]) & bit]


def _words(page: Page, blocks: Iterable[int], kept: Sequence[bool]) -> int:
    """The words of those of some blocks that are kept."""
    return sum(int(page.words[block]) for block in blocks if kept[block])
