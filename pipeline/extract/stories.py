"""Other stories on the page of a story: what an endless page loads next, feeds at its end, collections that a style sheet hides."""

from __future__ import annotations

import re
from bisect import bisect_left
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from pipeline.extract.attributes import read_attributes
from pipeline.extract.markup_names import keywords
from pipeline.lines.bylines import read_byline
from pipeline.lines.meta_lines import read_mixed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.extract.block_features import Page
    from pipeline.extract.page_layout import Layout

_LEVEL = 3
"""Headings of a lower rank head sections and boxes."""
_TITLE_CHARS = 12
_OWN_WORDS = 50
_STORY_WORDS = 40
_UNLINKED_WORDS = 150
_FULL_WORDS = 120
"""A story with a byline outside the page's own body is one in full, and inside it one of so many words. Others that hold more words than
the page's own text before them may be the parts of a round-up, and stay for the model to judge."""
_MANY_STORIES = 6
_TIMES_OWN = 8
"""What no link opens and holds more words than so many times the page's own text before it is the page's own text."""
_TWIN_LEVEL = 2
_AGREES, _CARDS, _CARD_WORDS, _SHORT_STORY = 2, 2, 80, 150
"""Of cards beside a short story: how well its headline agrees with the page's title, their least number, words of one, and its words."""
ARTICLE_TYPES = frozenset(("og:article", "article", "newsarticle", "blogposting", "reportagenewsarticle", "liveblogposting"))
"""What pages of one article declare themselves to be."""
_SEVERAL = 3
_BEFORE = 3
"""Short blocks (a section's name, a stamp) that may stand before the headline of a story in its container."""
_SHORT = 12
_BEHIND = 5
"""Blocks behind a headline among which its byline and stamp stand."""
_LINKED = 80
_MARK_TIME = 1
_PROBE = 40
_NAME_OR_DATE = re.compile(r"[^\W\d_]{2} [^\W\d_a-z]|\d[^\n]{0,200}\d|[\u3040-\u9fff]{2}|\d \w{1,20} ago")
_BODY = re.compile(
    r'itemprop="articleBody"|(?:article|story|entry|post)[-_]{0,2}(?:body|content|text|main|wrapper|container)', re.IGNORECASE
)
_ADDRESS = re.compile(
    r' (data-[a-z-]{0,40}(?:url|href|permalink|slug|path|(?:article|story|post|content)-?id))="([^"#][^"]{0,500})"', re.IGNORECASE
)
"""The address or number of a story on its container: pages that load the next story below write it into the address bar."""
_LIVE = re.compile(r"live-?blog|liveticker|ticker|timeline|live-?(?:post|entry|update|feed)", re.IGNORECASE)


class _Story(NamedTuple):
    """The blocks of a story, its words, whether it is one in full, and the words of the page's own text before it."""

    start: int
    end: int
    words: int
    full: bool
    own: int


def find_stories(page: Page) -> list[int]:
    """The blocks of other stories behind the page's own.

    A story begins with a headline that is a link to its own page, or of the first two ranks and with a byline or stamp. It fills the
    container that its headline opens; where stories have no containers, it goes on to the end of the one they share. Inside the element
    that holds the page's own paragraphs a story needs both, a link and a byline or stamp, and an `article` or related box of its own. So
    does, without a link or a byline, what stands beside the page's own story and opens as that does, with a headline of its rank, or in an
    `article` beside the one of the page's own story, if all of these together are shorter than it. A
    page on which the first text already belongs to a linked headline is an index, and all its stories stay; so do the parts of a round-up.
    """
    if page.headline < 0 or not page.in_title[page.headline] or "liveblogposting" in page.evidence.types:
        return []
    first = first_prose(page, page.headline)
    if first < 0 or any(block < first and _is_linked(page, block) for block in _headlines(page, page.headline)):
        return []
    stories = list(_stories(page, first))
    full = [story for story in stories if story.full]
    short = [story for story in stories if not story.full]
    if len(full) >= _MANY_STORIES and sum(story.words for story in full) < _FULL_WORDS * len(full):
        return []
    if short and sum(story.words for story in short) > short[0].own:
        short = []
    return sorted(block for story in (*full, *short) for block in range(story.start, story.end))


def find_cards(page: Page) -> list[int]:
    """The blocks of cards that lead to other stories, beside a short story on a page that calls itself an article.

    A card opens with a headline that is a link, outside the element of the page's own paragraphs; there are two at least. Beside a long
    story the model tells cards by itself; beside one or two paragraphs they look like the better part of the page.
    """
    if page.headline < 0 or page.in_title[page.headline] < _AGREES or ARTICLE_TYPES.isdisjoint(page.evidence.types):
        return []
    first = first_prose(page, page.headline)
    headlines = [block for block in _headlines(page, page.headline) if _is_linked(page, block)] if first >= 0 else []
    if len(headlines) < _CARDS or headlines[0] < first or int(page.words[first : headlines[0]].sum()) > _SHORT_STORY:
        return []
    body = body_of(page, first)
    end = page.layout.element_ends[body] if body >= 0 else first + 1
    found: list[int] = []
    done = 0
    for block in headlines:
        region = _region(page, block, page.headline, alone=True) if block >= max(end, done) else None
        if region is not None and region[0] >= end and _CARD_WORDS * _heads(headlines, *region) >= int(page.words[slice(*region)].sum()):
            found += range(*region)
            done = region[1]
    return found


def _heads(headlines: Sequence[int], start: int, end: int) -> int:
    """How many headlines stand in a region."""
    return sum(start <= block < end for block in headlines)


def holds_several(page: Page, kept: Sequence[bool]) -> bool:
    """Whether what is kept are several stories in full, none of them the page's own.

    Three `article` elements or more beside each other, each with a headline of its own among its first blocks, a byline or stamp, and
    prose. A page with prose of its own before the first of them has one story, and a live blog is one.
    """
    layout, found, covered = page.layout, 0, 0
    if layout.element_tags.count("article") < _SEVERAL:
        return False
    live = _Live(layout)
    opening = next((block for block, stays in enumerate(kept) if stays and page.prose[block]), len(kept))
    asked: set[tuple[int, int]] = set()  # elements in each other with the same blocks are asked once
    for element, tag in enumerate(layout.element_tags):
        first, end = layout.element_firsts[element], layout.element_ends[element]
        if tag != "article" or first < covered or (first, end) in asked:
            continue
        if not found and first > opening:
            return False
        asked.add((first, end))
        if not _is_in_full(page, kept, live, first, end):
            continue
        found += 1
        covered = end
    return found >= _SEVERAL


def _is_in_full(page: Page, kept: Sequence[bool], live: _Live, first: int, end: int) -> bool:
    """Whether an `article` element holds a story in full, and is no entry of a live blog."""
    layout = page.layout
    opening = range(first, min(end, first + _BEFORE + 1))
    heads = [block for block in opening if layout.kinds[block] == "heading" and layout.levels[block] <= _LEVEL]
    if not heads or sum(int(page.words[block]) for block in range(first, end) if kept[block] and page.prose[block]) < _STORY_WORDS:
        return False
    return not live.holds(heads[0]) and _is_signed(page, heads[0], end)


def _stories(page: Page, first: int) -> Iterator[_Story]:
    """All that may be other stories; `first` is the first block of prose behind the headline."""
    layout, body = page.layout, body_of(page, first)
    live = _Live(layout)
    prose = [words if told else 0 for words, told in zip(page.words.tolist(), (page.prose > 0).tolist(), strict=True)]
    own, seen, done = 0, page.headline, 0
    for block in _headlines(page, page.headline):
        if block < done:
            continue
        own += sum(prose[seen:block])
        seen = block
        linked = _is_linked(page, block)
        region = _region(page, block, page.headline, alone=linked) if own >= _OWN_WORDS else None
        if region is None or _is_own(page, *region):
            continue
        start, end = region
        words = sum(prose[block:end])
        if words < _STORY_WORDS or (not linked and words > _TIMES_OWN * own):
            continue
        inside = body >= 0 and layout.element_firsts[body] <= start and end <= layout.element_ends[body]
        apart = _is_apart(page, block, start)
        if inside and not apart:
            continue
        signed = _is_signed(page, block, end)
        if not signed and not apart and not _is_twin(page, block, start, first):
            continue
        twin = not inside and _is_twin(page, block, start, first) and not live.holds(block)
        rank = layout.levels[block] <= 2 and words >= _UNLINKED_WORDS and not live.holds(block)
        beside = not inside and _stands_beside(page, block, region, first) and not live.holds(block)
        if (linked and signed) or twin or beside or (not inside and (linked or (signed and rank))):
            named = not inside and linked and _is_related(page, block)
            yield _Story(start, end, words, twin or named or (signed and (words >= _FULL_WORDS or not inside)), own)
            seen = done = end


def first_prose(page: Page, headline: int) -> int:
    """The first block of prose behind the headline, -1 without one."""
    prose = (page.prose > 0).tolist()
    return next((block for block in range(headline + 1, len(prose)) if prose[block] and page.layout.kinds[block] != "heading"), -1)


def body_of(page: Page, first: int) -> int:
    """The element that holds the page's own paragraphs: the outermost `article` or element named so around the first, else its parent."""
    layout = page.layout
    best = element = layout.element_parents[layout.elements[first]]
    while element >= 0:
        if layout.element_tags[element] not in ("body", "html") and (
            layout.element_tags[element] == "article" or _BODY.search(layout.attributes[layout.element_attributes[element]])
        ):
            best = element
        element = layout.element_parents[element]
    return -1 if best >= 0 and layout.element_tags[best] in ("body", "html") else best


def _is_twin(page: Page, block: int, start: int, first: int) -> bool:
    """Whether a headline has the rank and names of the page's own, and its container stands beside the one of the page's own story.

    Of a second `h1` a byline, a stamp or an `article` of its own says as much, of any headline an address of its own. Beside the own
    story stands what the innermost element around the page's own headline and first prose does not hold; where all sections begin with an
    `h1`, the headline is outside them.

    Args:
        page: the page.
        block: the headline.
        start: the first block of its container.
        first: the first block of the page's own prose.
    """
    layout, own = page.layout, page.headline
    if _is_addressed_apart(page, block, start, first):
        return True
    if layout.kinds[own] != "heading" or layout.levels[block] != layout.levels[own] or layout.levels[own] > _TWIN_LEVEL:
        return False
    mine, other = layout.elements[own], layout.elements[block]
    if layout.levels[own] > 1 and layout.element_attributes[mine] != layout.element_attributes[other]:
        return False
    if layout.levels[own] == 1 and (
        _is_signed(page, block, min(start + _BEHIND + _BEFORE, len(layout.kinds))) or _in_article(page, block, start)
    ):
        return True
    element = layout.element_parents[mine]
    while element >= 0 and layout.element_ends[element] <= first:
        element = layout.element_parents[element]
    return element >= 0 and layout.element_ends[element] <= start


def _stands_beside(page: Page, block: int, region: tuple[int, int], first: int) -> bool:
    """Whether a headline beside the `article` of the page's own opens another, has a byline, or stands in a box of related stories."""
    layout, own = page.layout, page.headline
    start, end = region
    element = layout.elements[own]
    while element >= 0 and layout.element_ends[element] <= start:
        if layout.element_tags[element] == "article" and layout.element_ends[element] > first:
            signed = layout.levels[block] <= _TWIN_LEVEL and _is_signed(page, block, min(start + _BEHIND + _BEFORE, len(layout.kinds)))
            related = _is_related(page, block) and "heading" not in layout.kinds[block + 1 : end]  # else it heads a list of stories
            return signed or related or _in_article(page, block, start)
        element = layout.element_parents[element]
    return False


def _is_addressed_apart(page: Page, block: int, start: int, first: int) -> bool:
    """Whether the container of a headline bears an address, and that of the page's own headline and prose another of the same name."""
    layout = page.layout
    element = layout.elements[block]
    theirs: dict[str, str] = {}
    while element >= 0 and layout.element_firsts[element] >= start:
        theirs |= _ADDRESS.findall(layout.attributes[layout.element_attributes[element]])
        element = layout.element_parents[element]
    element = layout.elements[page.headline] if theirs else -1
    while element >= 0:
        if layout.element_ends[element] > first and layout.element_ends[element] <= start:
            ours = dict(_ADDRESS.findall(layout.attributes[layout.element_attributes[element]]))
            if any(theirs.get(name, value) != value for name, value in ours.items()):
                return True
        element = layout.element_parents[element]
    return False


def _is_own(page: Page, start: int, end: int) -> bool:
    """Whether the article body that the page gives as metadata holds a block of prose from a region."""
    body = page.evidence.body
    return bool(body) and any(page.prose[block] and page.folded[block][:_PROBE] in body for block in range(start, end))


def _headlines(page: Page, headline: int) -> Iterator[int]:
    """Headings behind the page's own that may be headlines of stories."""
    layout = page.layout
    comments = keywords().mask("comments")
    for block in range(headline + 1, len(layout.kinds)):
        if layout.kinds[block] == "heading" and layout.levels[block] <= _LEVEL and len(page.texts[block]) >= _TITLE_CHARS:
            element = layout.elements[block]
            if (
                (page.in_title[block] <= 1 or (layout.levels[block] == 1 and not _is_named(page, block) and _is_named(page, headline)))
                and page.folded[block] != page.folded[headline]
                and not int(page.containers.bits[element]) & comments
            ):
                yield block


def _is_named(page: Page, block: int) -> bool:
    """Whether a title in the head of the page holds a headline, or begins it: other candidates for titles are headlines themselves."""
    text = page.folded[block]
    return any(text in title or (title and text.startswith(title)) for title in page.evidence.named)


def _is_linked(page: Page, block: int) -> bool:
    """Whether a heading is a link to another page."""
    layout = page.layout
    start, end = layout.starts[block], layout.ends[block]
    if layout.link_chars[block] * 100 < _LINKED * (end - start):
        return False
    at = bisect_left(layout.links, start, key=itemgetter(0))
    link = layout.links[at] if at < len(layout.links) and layout.links[at].start < end else None
    address = read_attributes(link.attributes).get("href", "") if link else ""
    return bool(address) and not address.startswith(("#", "javascript:"))


def _region(page: Page, block: int, headline: int, *, alone: bool) -> tuple[int, int] | None:
    """First and last+1 block of the story that a headline opens; with `alone`, one without a container opens the rest of its parent."""
    layout, words = page.layout, page.words
    element = layout.elements[block]
    best = None
    while element >= 0:
        first, end = layout.element_firsts[element], layout.element_ends[element]
        if first <= headline or block - first > _BEFORE or any(int(words[other]) > _SHORT for other in range(first, block)):
            break
        best = (first, end)
        element = layout.element_parents[element]
    if best is None:
        return None
    alone = alone and best[1] == block + 1 and layout.element_parents[layout.elements[block]] == element
    if alone and element >= 0 and layout.element_tags[element] not in ("body", "html"):
        return best[0], layout.element_ends[element]
    return best


def _is_signed(page: Page, block: int, end: int) -> bool:
    """Whether a byline or stamp stands right behind a headline."""
    layout = page.layout
    mask = keywords().mask("author", "stamp")
    bits = page.containers.own_bits
    near = range(block + 1, min(end, block + 1 + _BEHIND))
    return any(
        layout.marks[other] & _MARK_TIME
        or (int(bits[layout.elements[other]]) & mask and _NAME_OR_DATE.search(page.texts[other]))
        or (int(page.words[other]) <= _SHORT and _reads_as_byline(page.texts[other]))
        for other in near
    )


def _reads_as_byline(text: str) -> bool:
    """Whether a line is a byline or stamp by its own words.

    >>> _reads_as_byline("By Lena Holm"), _reads_as_byline("May 3, 2024"), _reads_as_byline("By the river")
    (True, True, False)
    """
    byline = read_byline(text)
    return (byline is not None and byline.certain) or read_mixed(text) is not None


def _is_apart(page: Page, block: int, start: int) -> bool:
    """Whether a story inside the body stands in an `article` of its own or in a box named after related stories."""
    return _is_related(page, block) or _in_article(page, block, start)


def _is_related(page: Page, block: int) -> bool:
    """Whether a headline stands in a box named after related stories."""
    return int(page.containers.bits[page.layout.elements[block]]) & keywords().mask("related") != 0


def _in_article(page: Page, block: int, start: int) -> bool:
    """Whether a headline stands in an `article` that begins no earlier than its story."""
    layout, element = page.layout, page.layout.elements[block]
    while element >= 0 and layout.element_firsts[element] >= start:
        if layout.element_tags[element] == "article":
            return True
        element = layout.element_parents[element]
    return False


class _Live:
    """Which elements are live blogs or stand in one; found when the first headline asks, for headlines in each other ask all the same."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._inside: list[bool] = []

    def holds(self, block: int) -> bool:
        """Whether a block stands in a live blog."""
        layout = self._layout
        if not self._inside:
            named = layout.named.matching(_LIVE, ("live", "ticker", "timeline"))
            for number, parent in zip(layout.element_attributes, layout.element_parents, strict=True):
                self._inside.append(number in named or (parent >= 0 and self._inside[parent]))
        return self._inside[layout.elements[block]]
