"""What stands around a story and is never part of it: feeds above the headline, the foot of the page, labels of controls."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from pipeline.extract.markup_names import TAG_BITS
from pipeline.extract.stories import body_of, first_prose
from pipeline.extract.teaser_feeds import is_card

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.extract.block_features import Page

_HIDDEN = re.compile(r'class="(?:[^"]* )?(?:hidden|d-none|is-hidden|u-hidden)[ "]')
_SHOWN = re.compile(r"\b(?:sm|md|lg|xl|2xl|print)[:-](?:!?(?:block|flex|grid|inline|table|contents)|visible)|d-(?:sm|md|lg|xl|print)-")
_FOLDED = re.compile(
    r"accordion|collaps|faq|toggle|spoiler|expand|more|tab|answer|slide|carousel|gallery|details|content|article|story|entry|body|paywall|premium"
    r"|subscri|(?:section|step|page|part)-?\d",
    re.IGNORECASE,
)
"""Names of what a reader unfolds, and of stories that a script shows."""
_AGREES = 2
_ASIDE, _STORY_WORDS = 4, 80
"""Blocks that an `aside` must hold, and the words of the story beside it."""
_OWN_WORDS = 50
"""Words of a story that must stay elsewhere before anything leaves."""


@cache
def _bits(*tags: str) -> int:
    """The bits of some tags."""
    return sum(1 << TAG_BITS[tag] for tag in tags)


def find_above_headline(page: Page, kept: Sequence[bool], url: str | None) -> list[int]:
    """Find kept blocks of cards above the headline of a page whose story stands below it.

    The headline must be a heading of the first rank that agrees with the page's title. Some pages print it behind their story, so that what
    leaves must stand in a card: an element like others beside it, with a title that is a link to another page of the site.
    """
    layout, headline = page.layout, page.headline
    if headline < 0 or page.in_title[headline] < _AGREES or layout.kinds[headline] != "heading" or layout.levels[headline] != 1:
        return []
    above = [block for block in range(headline) if kept[block]]
    if not above or _words(page, range(headline + 1, len(kept)), kept) < _OWN_WORDS:
        return []
    cards = {block: int(page.containers.card[layout.elements[block]]) for block in above}
    told = {card: is_card(page, card, url) for card in set(cards.values())}
    return [block for block in above if told[cards[block]]]


def find_foot(page: Page, kept: Sequence[bool]) -> list[int]:
    """Find kept blocks in the foot of the page: a `footer` element that no `article` and no `main` holds."""
    found = _inside(page, kept, "footer")
    inner, elements, bits = _bits("article", "main"), page.layout.elements, page.containers.bits
    found = [block for block in found if not int(bits[elements[block]]) & inner]
    foot = set(found)
    return found if found and _words(page, (block for block in range(len(kept)) if block not in foot), kept) >= _OWN_WORDS else []


def find_forms(page: Page, kept: Sequence[bool]) -> list[int]:
    """Find kept blocks in forms (polls, calculators), if these hold less than half of what is kept: some pages are one form as a whole."""
    found = _inside(page, kept, "form")
    return found if found and 2 * _words(page, found, kept) < _words(page, range(len(kept)), kept) else []


def find_asides(page: Page, kept: Sequence[bool]) -> list[int]:
    """Find kept blocks of an `aside` beside the body that holds more than a note: most of them in a list, beside a story of its own length.

    What is set beside a story inside its own text is often part of it; lists of what else happened are not, though each item be a story.
    """
    layout = page.layout
    if "aside" not in layout.element_tags or page.headline < 0:
        return []
    first = first_prose(page, page.headline)
    body = body_of(page, first) if first >= 0 else -1
    start, end = (layout.element_firsts[body], layout.element_ends[body]) if body >= 0 else (0, len(kept))
    last = max((block for block in range(start, end) if kept[block] and page.prose[block]), default=-1)
    found: list[int] = []
    covered = 0
    for element, tag in enumerate(layout.element_tags):
        low, high = layout.element_firsts[element], layout.element_ends[element]
        if tag != "aside" or low < covered or low <= page.headline < high:
            continue
        covered = high
        if start <= low < end and last >= high:
            continue
        held = [block for block in range(low, high) if kept[block]]
        listed = sum(layout.kinds[block] == "list_item" for block in held)
        if len(held) >= _ASIDE and 2 * listed > len(held):
            found += held
    beside = set(found)
    return found if found and _words(page, (block for block in range(len(kept)) if block not in beside), kept) >= _STORY_WORDS else []


def find_controls(page: Page, kept: Sequence[bool]) -> list[int]:
    """Find kept blocks that are labels of buttons, but for those above what stays: a reader unfolds it with them."""
    layout, found = page.layout, _inside(page, kept, "button")
    labels = set(found)
    return [block for block in found if not _opens(layout.element_ends[_button(page, block)], kept, labels)]


def find_unseen(page: Page, kept: Sequence[bool]) -> list[int]:
    """Find kept blocks that a class hides beside a story: messages that a script shows to some readers.

    What a reader unfolds is as good as any other text, and so is what a class shows on larger screens.
    """
    layout = page.layout
    numbers = {number for number in layout.named.matching(_HIDDEN, ("hidden", "d-none")) if hides(layout.attributes[number])}
    if not numbers:
        return []
    found: set[int] = set()
    for element, number in enumerate(layout.element_attributes):
        if number in numbers and not _FOLDED.search(layout.attributes[layout.element_attributes[layout.element_parents[element]]]):
            found.update(block for block in range(layout.element_firsts[element], layout.element_ends[element]) if kept[block])
    seen = (block for block in range(len(kept)) if block not in found)
    return sorted(found) if found and _words(page, seen, kept) >= _OWN_WORDS else []


def hides(attributes: str) -> bool:
    """Whether the classes of an element hide it on every screen, and it is none that a reader unfolds.

    >>> hides(' class="box hidden"'), hides(' class="hidden md:block"'), hides(' class="accordion-body hidden"'), hides(' id="hidden"')
    (True, False, False, False)
    """
    return _HIDDEN.search(attributes) is not None and not _SHOWN.search(attributes) and not _FOLDED.search(attributes)


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
