"""The page itself beside its marks: without anything that could act or load, and with an anchor for every mark.

Marks are found by their words, white space not counted, and by their order: the base text is the page's visible text in document
order. Words that stand once in the page are pillars, as far as their order agrees (the idea of patience diff); other marks are looked for
between the pillars around them. So no mark is led astray by words of hidden elements, which the base text lacks, or by a label that
stands everywhere.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import ahocorasick
from lxml import etree
from lxml import html as lxml_html

from copydesk.review.marked import marks, spans

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from copydesk.review.marked import Mark
    from pipeline.stages import Result

_GONE = frozenset(
    [
        "script",
        "noscript",
        "iframe",
        "frame",
        "frameset",
        "object",
        "embed",
        "applet",
        "link",
        "meta",
        "base",
        "template",
        "video",
        "audio",
        "source",
        "picture",
        "portal",
        "img",
        "svg",
        "math",
    ]
)
"""Elements that act, load something, or mean nothing without it."""
_KEPT = frozenset(("class", "style", "dir", "lang", "colspan", "rowspan", "hidden", "open"))
"""Attributes that stay: how an element looks, and nothing that leads or acts anywhere."""
HTML = ("text/html", "application/xhtml+xml")
"""Media types of inputs that are pages."""
_UNREAD = frozenset(("style", "script", "head", "template", "noscript", "iframe", "object"))
_ANCHOR = "data-copydesk-anchor"
"""The attribute that holds an element's anchor until all others are gone."""
_WORDS = 60
"""Characters of a mark, white space not counted, by which it is found."""
_PILLAR = 12
"""Characters, white space not counted, that words must have to be a pillar."""
_REACH = 50_000
"""How far behind the last mark that was found another is looked for: else marks that the page lacks would cost its length each."""
_SPACE = re.compile(r"\s++")
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that the tree does not take."""
_HEAD = (
    '<!doctype html><html><head><meta charset="utf-8">'
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    "<style>:target{outline:3px solid #d97706;outline-offset:2px;background:#fef3c7;color:#111;scroll-margin:30vh}</style></head>"
)


def page_itself(data: bytes | str, result: Result) -> bytes | None:
    """Return the page that a document was made from, for the frame beside its marks; None for a text."""
    provenance = result.article.provenance
    if provenance.raw.media_type not in HTML:
        return None
    found = tuple(marks(spans(result.article, result.base)))
    if isinstance(data, str):
        return frame(data, found)
    try:
        return frame(data.decode(provenance.decode.encoding, "replace"), found)
    except LookupError:  # an encoding that Python has by no such name: letters beyond ASCII look wrong in the frame, and only there
        return frame(data.decode("utf-8", "replace"), found)


def frame(html: str, found: Iterable[Mark]) -> bytes:
    """Return a page for a sandboxed frame: no scripts, no addresses, no attribute that acts; `#s120` is where the mark at 120 begins.

    A page that no tree can be made of gives an empty one.
    """
    try:
        data = _UNFIT.sub(" ", html).encode()  # as bytes: characters that declare an encoding are refused
        root = lxml_html.document_fromstring(data, parser=lxml_html.HTMLParser(huge_tree=True, encoding="utf-8"))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return f"{_HEAD}<body></body></html>".encode()
    _anchor(list(_texts(root)), found)
    _strip(root)
    return f"{_HEAD}{lxml_html.tostring(root, encoding='unicode')}</html>".encode("utf-8", "replace")


def _strip(root: Any) -> None:
    """Take away what acts, and all attributes but those of looks."""
    for node in list(root.iter()):
        anchor = node.attrib.pop(_ANCHOR, None) if isinstance(node.tag, str) else None
        if not isinstance(node.tag, str) or node.tag.lower() in _GONE:
            if node is not root:
                node.drop_tree()
            continue
        for name in node.attrib:
            if name not in _KEPT:
                del node.attrib[name]
        if anchor is not None:
            node.set("id", anchor)


def _texts(root: Any) -> Iterator[tuple[str, Any]]:
    """Yield the page's texts without white space, in document order, each with the element that it stands in."""
    unread = 0
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            unread += node.tag in _UNREAD
            if node.text and not unread:
                yield _SPACE.sub("", node.text), node
            continue
        unread -= node.tag in _UNREAD
        if node.tail and not unread and (parent := node.getparent()) is not None:
            yield _SPACE.sub("", node.tail), parent


def _anchor(texts: list[tuple[str, Any]], found: Iterable[Mark]) -> None:
    """Give the element in which a mark begins its anchor; of several marks in one element, the first."""
    whole = "".join(words for words, _ in texts)
    ends = list(accumulate(len(words) for words, _ in texts))
    marks = [(f"s{mark.span.start}", words) for mark in found if (words := _SPACE.sub("", mark.span.text)[:_WORDS])]
    places = _places(whole, [words for _, words in marks])
    for (anchor, _), place in zip(marks, places, strict=True):
        if place is not None:
            element = texts[bisect_right(ends, place)][1]
            if element.get(_ANCHOR) is None:
                element.set(_ANCHOR, anchor)


def _places(whole: str, marks: list[str]) -> list[int | None]:
    """Return where the words of each mark stand in a page's text, None for those that are not found.

    >>> _places("MenuNewsRainfellonMonday,saidMenuMore", ["News", "RainfellonMonday", "Menu", "Less"])
    [4, 8, 29, None]
    """
    places: list[int | None] = [None] * len(marks)
    pillars = [*_rising(_once(whole, marks)), (len(marks), len(whole))]
    position = number = 0
    for following, pillar in pillars:
        for at in range(number, following):
            place = whole.find(marks[at], position, min(pillar, position + _REACH))
            if place >= 0:
                places[at] = place
                position = place + len(marks[at])
        if following < len(marks):
            places[following] = pillar
            position = pillar + len(marks[following])
        number = following + 1
    return places


def _once(whole: str, marks: list[str]) -> list[tuple[int, int]]:
    """Return the marks whose words stand once, each with its place; the page is read once, however many there are."""
    finder: ahocorasick.Automaton = ahocorasick.Automaton()
    for number, words in enumerate(marks):
        if len(words) >= _PILLAR:
            finder.add_word(words, -1 if words in finder else number)
    finder.make_automaton()
    if not len(finder):
        return []
    places: dict[int, list[int]] = defaultdict(list)
    for end, number in finder.iter(whole):
        if number >= 0 and len(places[number]) < 2:
            places[number].append(end + 1 - len(marks[number]))
    return sorted((number, found[0]) for number, found in places.items() if len(found) == 1)


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest run of pairs in which the second numbers rise, as the first do (by patience sorting).

    >>> _rising([(0, 5), (1, 900), (2, 7), (3, 9)])
    [(0, 5), (2, 7), (3, 9)]
    """
    tops: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for index, (_, place) in enumerate(pairs):
        pile = bisect_left(tops, place)
        before.append(last[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [place]
        last[pile : pile + 1] = [index]
    rising, index = [], last[-1] if last else -1
    while index >= 0:
        rising.append(pairs[index])
        index = before[index]
    return rising[::-1]
