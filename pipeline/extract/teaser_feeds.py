"""Lists of cards that lead to other stories, above a story or below it."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pipeline.extract.attributes import read_attributes, same_site
from pipeline.extract.markup_names import keywords
from pipeline.extract.stories import body_of, first_prose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.extract.block_features import Page

_CARDS = 8
"""Cards of a feed at least. On some 1,100 development pages with full bodies all four lists of eight or more list items outside the
body were feeds; shorter lists were as often body."""
_CARD_BLOCKS, _CARD_WORDS = 10, 150
_TEASER_WORDS = 80
"""Words of a card, on average, in a feed below a story: the parts of a list that is the page's own text hold more."""
_TITLE_CHARS = 12
_TOP = 4
"""A card's title is among its first blocks."""
_LINKED = 80
_AGREES = 2
_OWN_WORDS = 50
_TAGS = frozenset(("li", "article"))


class _Feed(NamedTuple):
    """The blocks of a feed, and the words of a card."""

    start: int
    end: int
    words: int


def find_feeds(page: Page, url: str | None) -> list[int]:
    """The blocks of feeds on the page of a story.

    A feed is an element with eight children or more that are cards, and they are most of its children: list items or `article` elements
    that hold a few blocks, with a title that is a link among the first, and some of them prose. It stands above the page's headline or
    outside the element of the page's own paragraphs. The headline must agree with the page's title, and prose of the page's own must
    follow it. Comments are no cards, and a live blog has entries.
    """
    if page.headline < 0 or page.in_title[page.headline] < _AGREES or "liveblogposting" in page.evidence.types:
        return []
    feeds = list(_feeds(page, url))
    first = first_prose(page, page.headline) if feeds else -1
    if first < 0:
        return []
    body = body_of(page, first)
    end = page.layout.element_ends[body] if body >= 0 else first + 1
    outside = [feed for feed in feeds if feed.end <= page.headline or (feed.start >= end and feed.words <= _TEASER_WORDS)]
    found = {block for feed in outside for block in range(feed.start, feed.end)}
    told = [block for block in range(first, len(page.texts)) if block not in found and page.prose[block]]
    return sorted(found) if sum(int(page.words[block]) for block in told) >= _OWN_WORDS else []


def _feeds(page: Page, url: str | None) -> Iterator[_Feed]:
    """Every element that is a feed by what it holds."""
    layout, containers = page.layout, page.containers
    held = containers.end - containers.first
    filled = containers.first < containers.end
    children = np.bincount(containers.parent[filled], minlength=len(held))
    few = (held > 1) & (held <= _CARD_BLOCKS)
    cards = np.bincount(containers.parent[few], minlength=len(held))
    comments = keywords().mask("comments")
    for element in np.flatnonzero((cards >= _CARDS) & (2 * cards >= children)).tolist():
        if int(containers.bits[element]) & comments:
            continue
        items = [
            child
            for child in np.flatnonzero((containers.parent == element) & few).tolist()
            if layout.element_tags[child] in _TAGS and is_card(page, child, url)
        ]
        if len(items) >= _CARDS and 2 * len(items) >= children[element]:
            words = sum(int(page.words[layout.element_firsts[item] : layout.element_ends[item]].sum()) for item in items)
            yield _Feed(layout.element_firsts[element], layout.element_ends[element], words // len(items))


def is_card(page: Page, element: int, url: str | None) -> bool:
    """Whether an element holds a title among its first blocks that is a link to another page of the site, and a little prose.

    Args:
        page: the page.
        element: the element.
        url: the page's address.
    """
    layout = page.layout
    first, end = layout.element_firsts[element], layout.element_ends[element]
    if int(page.words[first:end].sum()) > _CARD_WORDS or not page.prose[first:end].any():
        return False
    return any(_is_title(page, block, url) for block in range(first, min(end, first + _TOP)))


def _is_title(page: Page, block: int, url: str | None) -> bool:
    """Whether a block is a link to another page of the site, and long enough for a title."""
    layout = page.layout
    start, end = layout.starts[block], layout.ends[block]
    if end - start < _TITLE_CHARS or layout.link_chars[block] * 100 < _LINKED * (end - start):
        return False
    at = bisect_left(layout.links, start, key=lambda link: link.start)
    if at == len(layout.links) or layout.links[at].start >= end:
        return False
    attributes = layout.links[at].attributes
    return same_site(attributes, url) and not read_attributes(attributes)["href"].startswith(("#", "javascript:"))
