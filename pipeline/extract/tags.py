"""What each HTML element means for the layout of text: the element lists of the walk.

The lists follow the rendering section of the HTML standard (https://html.spec.whatwg.org/multipage/rendering.html): an element whose
default style is `display: block`, `list-item` or a table part ends the run of text before it; the others do not.
"""

from __future__ import annotations

import re
from enum import IntEnum

from pipeline.extract.runs import DELETED, INSERTED, LOWERED, RAISED, READING

TOKENS = re.compile(r'<(/?[a-zA-Z][^ \t\n\r\f/>]*+|!--(?:[^-]++|-(?!->))*+--|\?[^>]*)((?: =?[^=]*+="[^"]*+")*+)>')
"""A tag, comment or processing instruction of serialised HTML, and its attributes.

A serialiser gives every attribute a quoted value, so a name is all up to the next `=`, which the engine finds in half the time that it
takes to leave out the characters that no name holds.
"""


class Op(IntEnum):
    """What the walk does on a tag."""

    NOTHING = 0
    OPEN = 1
    CLOSE = 2
    LINK_OPEN = 3
    LINK_CLOSE = 4
    BREAK = 5
    IMAGE = 6
    MARK = 7
    SPAN = 8
    UNKNOWN = 9
    RULE = 10
    DROP = 11
    ENTER = 12
    LEAVE = 13
    SCRIPT = 14
    SCRIPT_END = 15
    MARK_END = 16


BLOCK_TAGS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "button",
        "caption",
        "center",
        "colgroup",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "frameset",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "html",
        "iframe",
        "legend",
        "li",
        "listing",
        "main",
        "menu",
        "nav",
        "object",
        "ol",
        "optgroup",
        "option",
        "p",
        "pre",
        "search",
        "section",
        "select",
        "summary",
        "table",
        "tbody",
        "td",
        "textarea",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "video",
        "audio",
        "canvas",
        "map",
        "picture",
        "amp-img",
        "amp-iframe",
        "amp-social-share",
        "amp-embed",
        "amp-ad",
        "amp-sidebar",
        "amp-carousel",
        "amp-accordion",
    ]
) - frozenset(["picture", "amp-img"])
"""Elements that end a run of text and are remembered with their place in the tree."""

INLINE_TAGS = frozenset(
    [
        "abbr",
        "acronym",
        "area",
        "b",
        "base",
        "basefont",
        "bdi",
        "bdo",
        "bgsound",
        "big",
        "cite",
        "code",
        "col",
        "data",
        "del",
        "dfn",
        "em",
        "embed",
        "font",
        "frame",
        "i",
        "input",
        "ins",
        "kbd",
        "keygen",
        "label",
        "link",
        "mark",
        "math",
        "meta",
        "meter",
        "nobr",
        "output",
        "param",
        "picture",
        "progress",
        "q",
        "rb",
        "rp",
        "rt",
        "rtc",
        "ruby",
        "s",
        "samp",
        "slot",
        "small",
        "source",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "track",
        "tt",
        "u",
        "var",
        "wbr",
        "amp-img",
        "g",
        "path",
        "use",
        "circle",
        "rect",
        "line",
        "polygon",
        "polyline",
        "ellipse",
        "defs",
        "symbol",
        "lineargradient",
        "stop",
        "clippath",
        "mask",
        "title",
        "desc",
        "text",
        "tspan",
        "textpath",
        "animate",
        "semantics",
        "mrow",
        "mi",
        "mn",
        "mo",
        "ms",
        "mtext",
        "mspace",
        "msup",
        "msub",
        "msubsup",
        "mfrac",
        "msqrt",
        "mroot",
        "mover",
        "munder",
        "munderover",
        "mstyle",
        "mpadded",
        "mphantom",
        "mfenced",
        "menclose",
        "mtable",
        "mtr",
        "mtd",
    ]
)
"""Elements that run on within a line."""

MARKS = {"time": 1, "b": 2, "strong": 2, "em": 4, "i": 4, "code": 8, "samp": 8, "kbd": 8}
"""Inline elements that leave a mark on their block, as bits of `Layout.marks`."""

OPENS = {"strong": "S", "b": "S", "em": "E", "i": "E", "code": "C", "samp": "C", "kbd": "C"}
"""Inline elements whose words a record marks, and the event of their start tags; the event of an end tag is the same in lower case."""

SCRIPT_TAGS = {
    "sup": RAISED,
    "sub": LOWERED,
    "del": DELETED,
    "s": DELETED,
    "strike": DELETED,
    "ins": INSERTED,
    "rt": READING,
    "rp": READING,
}
"""Inline elements whose characters stand off the line, or were changed, and the event that says so."""

HEADINGS = {f"h{rank}": rank for rank in range(1, 7)}
LISTS = frozenset(("ul", "ol", "dl", "menu", "dir"))
LIST_ITEMS = frozenset(("li", "dt", "dd"))
PREFORMATTED = frozenset(("pre", "listing", "textarea"))
PARAGRAPHS = frozenset(("p", "li", "dt", "dd", "td", "th", "figcaption", "blockquote", "caption", "summary", *HEADINGS))
"""Elements in which an unknown element counts as inline: components stand in the middle of sentences there."""


CONTEXTS = frozenset((*HEADINGS, *LISTS, *LIST_ITEMS, *PREFORMATTED, "blockquote", "button", "table"))
"""Elements that change what the blocks inside are, tables, which may become one block when they end, and buttons, which stand in code."""


def _operations() -> dict[str, Op]:
    table: dict[str, Op] = {}
    for tag in INLINE_TAGS:
        table[tag] = Op.MARK if tag in MARKS else Op.NOTHING
        table["/" + tag] = Op.MARK_END if tag in OPENS else Op.NOTHING
    for tag in BLOCK_TAGS:
        context = tag in CONTEXTS
        table[tag], table["/" + tag] = (Op.ENTER, Op.LEAVE) if context else (Op.OPEN, Op.CLOSE)
    table |= {"a": Op.LINK_OPEN, "/a": Op.LINK_CLOSE, "br": Op.BREAK, "hr": Op.RULE, "img": Op.IMAGE, "amp-img": Op.IMAGE}
    for tag in SCRIPT_TAGS:
        table[tag], table["/" + tag] = Op.SCRIPT, Op.SCRIPT_END
    table |= {"span": Op.SPAN, "/span": Op.NOTHING, "svg": Op.DROP, "/svg": Op.NOTHING}
    return table


OPERATIONS = _operations()
"""From a tag's name, with a leading slash for an end tag, to what the walk does; other names are `Op.UNKNOWN`."""
