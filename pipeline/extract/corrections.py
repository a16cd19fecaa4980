"""Second thoughts on the model's choice: form fields, repeats, lines that are only a link, last headings, code between paragraphs."""

from __future__ import annotations

import re
from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING

from pipeline.extract.attributes import same_site
from pipeline.extract.code_blocks import is_number_column
from pipeline.extract.markup_names import keywords
from pipeline.extract.tags import MARKS

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from pipeline.extract.block_features import Page

_REPEAT_CHARS = 40
_RUN = 3
_FURNITURE = 4
_OTHER_WORDS = 50
FIELD_TAGS = frozenset(("textarea", "option", "select"))
"""Form fields, which hold text that is not part of the page's own."""
_PAGE_NAME = re.compile(r"(?<![a-z])page-?_?(?:num(?:ber)?|no|count(?:er)?|mark(?:er)?|break|label|footer|header)(?![a-z])", re.IGNORECASE)
_PAGE_PARTS = tuple(
    f"page{sign}{word}" for sign in ("", "-", "_", "-_") for word in ("num", "no", "count", "mark", "break", "label", "footer", "header")
)
"""Plain strings of which every such name holds one."""
_PAGE_NUMBER = re.compile(r"[-–—\[(\s]{0,4}(?:[^\W\d_]{1,8}\.?\s)?\d{1,4}(?:\s?(?:/|[^\W\d_]{1,4})\s?\d{1,4})?[-–—\])\s]{0,4}")
_EQUAL = 3
_NAME_WORDS, _NAME_CHARS = 4, 60
_REPORTER = re.compile(
    r"(?:reporter|correspondent|redakteur|korrespondent|rédacteur|redactor|corresponsal|giornalista)(?![a-z])", re.IGNORECASE
)
_NAME = re.compile(
    r"[^\W\d_a-z][^\W\d_]*+[.'’-]?(?:[ '’-]{1,2}(?:(?:van|von|de|der|den|di|da|del|la|le|el|al|bin|ten|zu) )?[^\W\d_a-z][^\W\d_]*+\.?)+"
)
_LAST_HEADINGS = 3
_BARE_LINKS = 50
"""A page with less than one linked character in so many is bare."""
_OWN_WORDS = 100
_OTHER_ARTICLE_WORDS = 40
_HEADLINE_LEVEL = 2
_TOP = 4
"""An article's headline is among its first blocks."""
_AGREES, _NEAR_HEADLINE, _DOUBTFUL = 2, 8, -1200
"""Of short news: how well its headline agrees with the title, how many blocks behind it the text begins at most, and its least score.

The score was set on invented pages of one to three sentences, whose text scored above it and whose copyright line below."""
_LINK_PERCENT = 90
_LINK_WORDS = 3
_LEAD_LINK = 15
_LONGEST_LEAD = 40
_LEAD_SIGNS = ":|»>："
_FEW = 5
"""Lines that are only a link are dropped if they hold less than one in so many of the kept words: on a list of links they are the text."""


def find_repeats(page: Page, kept: Sequence[bool]) -> dict[int, int]:
    """Find kept blocks that stand on the page before.

    A refrain stands twice by right, so equality alone is no reason: the copy must lie in another kind of container than the original (a
    teaser, a summary), right behind it, or in a run of three copies in the same order.

    Args:
        page: the page.
        kept: of every block, whether it would be kept.

    Returns:
        From the copy's block to the original's.
    """
    originals: dict[str, int] = {}
    copies: dict[int, int] = {}
    for block, text in enumerate(page.texts):
        if kept[block] and len(text) > _REPEAT_CHARS:
            first = originals.setdefault(text, block)
            if first != block:
                copies[block] = first
    elements, path = page.layout.elements, page.containers.path
    result: dict[int, int] = {}
    for block, first in copies.items():
        elsewhere = path[elements[block]] != path[elements[first]]
        if elsewhere or block == first + 1 or _in_run(copies, block):
            result[block] = first
    return result


def _in_run(copies: dict[int, int], block: int) -> bool:
    """Whether a copy is one of three neighbours whose originals are neighbours too."""
    for start in range(block - _RUN + 1, block + 1):
        run = [copies.get(number) for number in range(start, start + _RUN)]
        if None not in run and all(run[step] == (run[0] or 0) + step for step in range(_RUN)):
            return True
    return False


def find_title_repeats(page: Page, kept: Sequence[bool]) -> list[int]:
    """Find kept headings of the first rank that say the page's title once more, below the headline.

    Every heading of the first rank is a candidate for the title, so it must say what the headline says, or begin a title in the head of
    the page: on some pages all sections have such a heading.
    """
    layout, same = page.layout, page.in_title == _EQUAL
    if page.headline < 0 or not same[page.headline]:
        return []
    titles = (page.folded[page.headline], *page.evidence.named)
    return [
        block
        for block in range(page.headline + 1, len(kept))
        if kept[block]
        and same[block]
        and layout.kinds[block] == "heading"
        and layout.levels[block] == 1
        and any(title.startswith(page.folded[block]) for title in titles)
    ]


def find_fields(page: Page, kept: Sequence[bool]) -> list[int]:
    """Find kept blocks that a reader would type into or choose from: boxes with the story to copy, options."""
    tags, elements = page.layout.element_tags, page.layout.elements
    return [block for block, keep in enumerate(kept) if keep and tags[elements[block]] in FIELD_TAGS]


def find_furniture(page: Page, kept: Sequence[bool]) -> list[int]:
    """Find kept texts that stand on the page four times or more: notes in place of blocked players, calls to subscribe.

    A page that has hardly any other text is left alone: it says what it says over and over.
    """
    counts = Counter(text for text, keep in zip(page.texts, kept, strict=True) if keep and len(text) > _REPEAT_CHARS)
    if not counts or max(counts.values()) < _FURNITURE:
        return []
    found = [block for block, keep in enumerate(kept) if keep and counts[page.texts[block]] >= _FURNITURE]
    return found if int(page.words[list(kept)].sum()) - int(page.words[found].sum()) >= _OTHER_WORDS else []


def find_gutters(kinds: Sequence[str], texts: Sequence[str]) -> list[int]:
    r"""Find the blocks right before code that are nothing but the numbers of its lines.

    >>> find_gutters(["preformatted", "code"], ["1\n2", "a = 1\nb = 2"])
    [0]
    """
    return (
        [
            block
            for block in range(len(kinds) - 1)
            if kinds[block + 1] == "code" and texts[block][0].isdigit() and is_number_column(texts[block])
        ]
        if "code" in kinds
        else []
    )


def find_page_numbers(page: Page, kept: Sequence[bool]) -> list[int]:
    """Find kept blocks in elements named after pages that are nothing but a number, with a word, signs or a total around it at most."""
    layout = page.layout
    numbers = layout.named.matching(_PAGE_NAME, _PAGE_PARTS)
    return [
        block
        for block, keep in enumerate(kept)
        if keep and layout.element_attributes[layout.elements[block]] in numbers and _PAGE_NUMBER.fullmatch(page.texts[block])
    ]


def find_entry_bylines(page: Page, kept: Sequence[bool]) -> list[int]:
    """Find kept names that stand alone on three lines or more of the story: the reporters of the entries of a live blog.

    A line counts whether it would be kept or not: what the model takes of three leaves two.

    Each must stand where a reporter does: speakers of a transcript and small headings of a recipe have the same form. Different names leave
    where three elements of one name, which speaks of authors, hold nothing but a name each.
    """
    layout = page.layout
    held = [block for block, keep in enumerate(kept) if keep]
    lines = [
        block
        for block in range(held[0] if held else 0, held[-1] + 1 if held else 0)
        if layout.kinds[block] == "paragraph"
        and 2 <= page.words[block] <= _NAME_WORDS
        and _NAME.fullmatch(page.texts[block])
        and _signs_entry(page, block)
    ]
    if not lines:
        return []
    counts = Counter(page.texts[block] for block in lines)
    authors = keywords().mask("author")
    places = layout.element_attributes
    told = {number for number, text in enumerate(layout.attributes) if _REPORTER.search(text)}
    named = Counter(
        places[element]
        for text, element in zip(page.texts, layout.elements, strict=True)
        if len(text) <= _NAME_CHARS
        and (int(page.containers.own_bits[element]) & authors or places[element] in told)
        and _NAME.fullmatch(text)
    )
    return [
        block for block in lines if kept[block] and (counts[page.texts[block]] >= _RUN or named[places[layout.elements[block]]] >= _RUN)
    ]


def _signs_entry(page: Page, block: int) -> bool:
    """Whether a name's element is named after authors, a time stands beside it, or it ends an entry: a container, or before a heading.

    A heading may stand between the time and the name.
    """
    layout = page.layout
    element = layout.elements[block]
    parent = layout.element_parents[element]
    headed = block > 1 and layout.kinds[block - 1] == "heading"
    around = range(max(block - 1 - headed, 0), min(block + 2, len(page.texts)))
    return (
        bool(int(page.containers.own_bits[element]) & keywords().mask("author"))
        or any(layout.marks[other] & MARKS["time"] for other in around)
        or layout.element_firsts[parent] < block == layout.element_ends[parent] - 1
        or (block + 1 < len(page.texts) and layout.kinds[block + 1] == "heading")
    )


def find_linked_lines(page: Page, kept: Sequence[bool]) -> list[int]:
    """Find kept paragraphs that are nothing but a link to something else ("Read more: …"), unless links are what the page offers."""
    layout = page.layout
    found = [
        block
        for block, keep in enumerate(kept)
        if keep
        and layout.link_chars[block]
        and layout.kinds[block] == "paragraph"
        and page.words[block] >= _LINK_WORDS
        and layout.link_chars[block] * 100 >= _LINK_PERCENT * (layout.ends[block] - layout.starts[block])
    ]
    return found if found and int(page.words[found].sum()) * _FEW < int(page.words[list(kept)].sum()) else []


def find_lead_ins(page: Page, kept: Sequence[bool], url: str | None) -> list[int]:
    """Find kept lines that are a few words, a sign and a link to another page of the same site: "Read more: …", "Also see | …"."""
    layout = page.layout
    ends = {
        end: block
        for block, (end, kind, keep) in enumerate(zip(layout.ends, layout.kinds, kept, strict=True))
        if keep and kind in ("paragraph", "list_item")
    }
    found: list[int] = []
    for start, end, attributes in layout.links:
        block = ends.get(end)
        if block is None or end - start < _LEAD_LINK:
            continue
        lead = layout.base[layout.starts[block] : start].strip()
        if 0 < len(lead) <= _LONGEST_LEAD and lead[-1] in _LEAD_SIGNS and same_site(attributes, url):
            found.append(block)
    return found if found and int(page.words[found].sum()) * _FEW < int(page.words[list(kept)].sum()) else []


def find_last_headings(page: Page, kept: Sequence[bool]) -> list[int]:
    """Find headings behind the last other block: they announce what was left out. More than a few of them are a list."""
    found: list[int] = []
    for block in range(len(kept) - 1, -1, -1):
        if kept[block]:
            if page.layout.kinds[block] != "heading":
                return found if len(found) <= _LAST_HEADINGS else []
            found.append(block)
    return []


def find_other_articles(page: Page, kept: Sequence[bool]) -> list[int]:
    """Find kept blocks of whole articles below the one that the page is about.

    The page's headline must stand in an `article` that holds enough of what would be kept. A later `article`, not inside that one, with
    prose and a headline of its own, is another.
    """
    layout = page.layout
    if page.headline < 0:
        return []
    own = int(page.containers.article[layout.elements[page.headline]])
    if own < 0:
        return []
    held = [0, *accumulate(words if keep else 0 for words, keep in zip(page.words.tolist(), kept, strict=True))]
    end = layout.element_ends[own]
    if held[end] - held[layout.element_firsts[own]] < _OWN_WORDS:
        return []
    found: list[int] = []
    for element in [element for element, tag in enumerate(layout.element_tags) if tag == "article"]:
        first, last = layout.element_firsts[element], layout.element_ends[element]
        if first < end or held[last] - held[first] < _OTHER_ARTICLE_WORDS:
            continue
        end = last
        top = zip(layout.kinds[first : first + _TOP], layout.levels[first : first + _TOP], strict=True)
        if any(kind == "heading" and level <= _HEADLINE_LEVEL for kind, level in top):
            found += [block for block in range(first, last) if kept[block]]
    return found


def bare_text(page: Page) -> list[bool]:
    """Keep all prose of a page that has hardly a link and is therefore nothing but its text; nothing of another page.

    The model knows articles by what surrounds them. It is asked for such a page only if it takes nothing for the article: one huge run of
    text, or one paragraph over and over.
    """
    layout = page.layout
    chars = sum(end - start for start, end in zip(layout.starts, layout.ends, strict=True))
    if sum(layout.link_chars) * _BARE_LINKS > chars or int(page.words.sum()) < _OTHER_WORDS:
        return [False] * len(layout.starts)
    return [bool(prose) for prose in page.prose > 0]


def short_story(page: Page, scores: Sequence[int], furniture: int) -> list[bool]:
    """Keep the few sentences below the headline of a page of which nothing else is taken for an article: short news is news.

    The headline must be what the page calls itself. The sentences begin soon behind it and follow each other; each is prose without
    links, outside what is named as furniture, and not clearly furniture to the model. Where the first of them holds a link to a story of
    its own (a card), the page is an index.

    Args:
        page: the page.
        scores: of every block, in thousandths of log odds.
        furniture: the bits of names of furniture.
    """
    layout, kept = page.layout, [False] * len(page.texts)
    if page.headline < 0 or page.in_title[page.headline] < _AGREES:
        return kept
    first = page.headline + 1
    for block in range(first, len(kept)):
        linked = layout.link_chars[block] * 2 > layout.ends[block] - layout.starts[block]
        bits = int(page.containers.bits[layout.elements[block]])
        if page.prose[block] > 0 and not linked and scores[block] > _DOUBTFUL and not bits & furniture:
            kept[block] = True
        elif any(kept) or block - first >= _NEAR_HEADLINE or (linked and layout.kinds[block] == "heading"):
            break
    return kept


def with_enclosed_code(kinds: Sequence[str], kept: Sequence[bool], labels: Container[int] = ()) -> list[bool]:
    """Keep code that stands between kept blocks: an article on programming is not whole without it, and code looks like no prose.

    Args:
        kinds: of every block.
        kept: of every block, whether it would be kept.
        labels: blocks that may stand beside code and stay gone: the names of its tabs, buttons to copy it.

    >>> with_enclosed_code(["paragraph", "code", "code", "paragraph", "code"], [True, False, False, True, False])
    [True, True, True, True, False]
    """
    out = list(kept)
    start = 0 if "code" in kinds or "preformatted" in kinds else len(kinds)
    while start < len(kinds):
        end = start
        while end < len(kinds) and (kinds[end] in ("code", "preformatted") or (end in labels and not kept[end])):
            end += 1
        if end > start and start > 0 and end < len(kinds) and kept[start - 1] and kept[end]:
            for block in range(start, end):
                out[block] = block not in labels
        start = max(end, start + 1)
    return out


def code_labels(page: Page) -> set[int]:
    """The blocks in buttons, and in tabs by their role: what may stand beside code without being part of the text."""
    layout = page.layout
    if "code" not in layout.kinds:
        return set()
    found: set[int] = set()
    for element, (tag, number) in enumerate(zip(layout.element_tags, layout.element_attributes, strict=True)):
        if tag == "button" or ' role="tab"' in layout.attributes[number] or ' role="tablist"' in layout.attributes[number]:
            found.update(range(layout.element_firsts[element], layout.element_ends[element]))
    return found
