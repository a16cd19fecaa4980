"""The page itself beside its marks: without anything that could act or load, and with an anchor for every mark.

Marks are found by their words: the base text is the page's visible text in document order, so the words of mark after mark are looked for
from where the last one was found. White space does not count.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from lxml import etree
from lxml import html as lxml_html

from copydesk.review.marked import marks, spans

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
_UNREAD = ("style", "title")
_WORDS = 60
"""Characters of a mark, white space not counted, by which it is found."""
_REACH = 50_000
"""How far ahead a mark is looked for: one whose words do not stand there is not looked for on the rest of the page."""
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
        root = lxml_html.document_fromstring(_UNFIT.sub(" ", html), parser=lxml_html.HTMLParser(huge_tree=True, encoding="utf-8"))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return f"{_HEAD}<body></body></html>".encode()
    _strip(root)
    _anchor(list(_texts(root)), found)
    return f"{_HEAD}{lxml_html.tostring(root, encoding='unicode')}</html>".encode("utf-8", "replace")


def _strip(root: Any) -> None:
    """Take away what acts, and all attributes but those of looks."""
    for node in list(root.iter()):
        if not isinstance(node.tag, str) or node.tag.lower() in _GONE:
            if node is not root:
                node.drop_tree()
            continue
        for name in node.attrib:
            if name not in _KEPT:
                del node.attrib[name]


def _texts(root: Any) -> Iterator[tuple[str, Any]]:
    """Yield the page's texts without white space, in document order, each with the element that it stands in."""
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if event == "start" and node.text and node.tag not in _UNREAD:
            yield _SPACE.sub("", node.text), node
        elif event == "end" and node.tail and (parent := node.getparent()) is not None:
            yield _SPACE.sub("", node.tail), parent


def _anchor(texts: list[tuple[str, Any]], found: Iterable[Mark]) -> None:
    """Give the element in which a mark begins its anchor; of several marks in one element, the first."""
    whole = "".join(words for words, _ in texts)
    ends = list(accumulate(len(words) for words, _ in texts))
    position = number = 0
    for mark in found:
        words = _SPACE.sub("", mark.span.text)[:_WORDS]
        place = whole.find(words, position, position + _REACH) if words else -1
        if place < 0:
            continue
        position = place + len(words)
        while ends[number] <= place:
            number += 1
        element = texts[number][1]
        if element.get("id") is None:
            element.set("id", f"s{mark.span.start}")
