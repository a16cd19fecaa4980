"""The text of one element on one line, where it is short enough to be a field."""

from __future__ import annotations

from itertools import islice
from typing import Any

import msgspec

from pipeline.lines.bylines import is_label
from pipeline.text.expressions import expression

_NO_TEXT = frozenset(("style", "script", "rt", "rp", "svg", "noscript", "template"))
"""Elements whose text no reader reads as part of a line: readings beside characters among them."""
_LETTERS = frozenset(("b", "strong", "i", "em", "u", "font", "mark", "sup", "sub", "wbr", "abbr"))
"""Elements that stand inside a word, so that no space is missing at their edges."""
_LINES = frozenset(
    ["div", "p", "li", "td", "th", "tr", "ul", "ol", "dl", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "section", "header"]
)
_BETWEEN = " | "
_MOST_NODES = 1_000
_MOST_NODES_A_PAGE = 5_000
"""Nodes that all texts of a page may be read from. Of 700 pages measured the one with most reads 3,161; nested elements that each hold a
thousand would take 15 ms each."""


class NodeBudget(msgspec.Struct):
    """How many nodes may still be looked at to read texts of one page."""

    left: int = _MOST_NODES_A_PAGE

    def allows(self, element: Any) -> bool:
        """Count an element's nodes, and tell whether they are few enough for a short text and for what the page has left."""
        if element.first_element_child is None:
            return True
        most = min(_MOST_NODES, self.left)
        nodes = sum(1 for _ in islice(element, most + 1))
        self.left -= min(nodes, most)
        return nodes <= most


def own_text(budget: NodeBudget, element: Any, limit: int, *, apart: bool = False) -> str:
    """Return an element's text if it is short; a long text is no byline and no stamp.

    Args:
        budget: the page's.
        element: the element.
        limit: code points.
        apart: put " | " between the texts of inner elements that a page shows apart: on lines of their own, without a space between them
            in the source, or as entries of several words in a row.
    """
    text = element.text if not _inside_its_like(element) and budget.allows(element) else ""
    if not text or len(text) > 4 * limit:
        return ""
    text = " ".join((_apart(element) if apart and element.query_selector("*") is not None else text).split())
    return text if len(text) <= limit else ""


def _inside_its_like(element: Any) -> bool:
    """Tell whether an element stands in one with the same tag and attributes, which says all that it says.

    Of thousands inside each other one is read: each would else be looked at for all that it holds.
    """
    parent = element.parent_element
    if parent is None or parent.tag != element.tag or parent.attrs != element.attrs:
        return False
    return all(parent.get_attribute(name) == element.get_attribute(name) for name in element.attrs)


def _apart(element: Any) -> str:
    """Return the texts of an element's nodes, with " | " where the page shows two of them apart."""
    line = ""
    before: tuple[str, Any, Any] | None = None
    broken = False
    lines: dict[Any, Any] = {}
    for node in element:
        broken = broken or node.tag == "br"
        if node.tag != "#text" or node.parent.tag in _NO_TEXT or not (text := node.text or "").strip():
            if node.tag == "#text" and line and node.parent.tag not in _NO_TEXT:
                line += " "
            continue
        here = (text, node.parent, _line_of(node.parent, element, lines))
        if before is not None:
            line = _joined(line, before, here, broken=broken)
        line += text
        before, broken = here, False
    return line


def _joined(line: str, before: tuple[str, Any, Any], here: tuple[str, Any, Any], *, broken: bool) -> str:
    """Return a line with what stands between two of its nodes: nothing, a space that is there already, or " | "."""
    if is_label(line.rsplit("|", 1)[-1].strip()):
        return line + " "
    spaced = line[-1:].isspace() or here[0][:1].isspace()
    if broken or before[2] is not here[2]:
        return line + _BETWEEN
    if before[1] is here[1] or (not spaced and (before[1].tag in _LETTERS or here[1].tag in _LETTERS)):
        return line
    if spaced:
        rows = before[1].tag == here[1].tag and before[1].parent is here[1].parent
        return line + _BETWEEN if rows and len(before[0].split()) > 1 and len(here[0].split()) > 1 else line
    if not _ALNUM.search(line[-1:]) or not _ALNUM.match(here[0]):
        return line
    return line + (" " if len(before[0].split()) == len(here[0].split()) == 1 else _BETWEEN)  # a first name and a last name


_ALNUM = expression(r"[^\W_]")


def _line_of(element: Any, top: Any, lines: dict[Any, Any]) -> Any:
    """Return the element on whose line another one stands; `lines` holds what was found for those between them."""
    climbed = []
    while element not in lines and element.tag not in _LINES and element is not top and element.parent is not None:
        climbed.append(element)
        element = element.parent
    line = lines.get(element, element)
    lines.update(dict.fromkeys(climbed, line))
    return line


def headline_text(budget: NodeBudget, element: Any, limit: int) -> str:
    """Return an element's text with a space for each line break in it and without styles and scripts, "" where it is long."""
    if element.query_selector("br, style, script, rt") is None:
        return own_text(budget, element, limit)
    if len(element.text or "") > 4 * limit or not budget.allows(element):
        return ""
    pieces = (" " if node.tag == "br" else node.text if node.tag == "#text" and node.parent.tag not in _NO_TEXT else "" for node in element)
    text = " ".join("".join(pieces).split())
    return text if len(text) <= limit else ""


def below_kicker(element: Any, limit: int) -> str:
    """Return a heading's text without its first inner element, "" where nothing else is in it or text stands before that element.

    Many headings hold a kicker and the headline: `<h1><span>Summit</span> <span>The allies gather</span></h1>`.
    """
    for _ in range(_DEEPEST):
        nodes = element.child_nodes[: _MOST_INNER + 1]
        if len(nodes) > _MOST_INNER:
            return ""
        inner = [node for node in nodes if node.tag != "#comment" and (node.text or "").strip()]
        if len(inner) != 1 or inner[0].tag == "#text":
            break
        element = inner[0]
    if len(inner) <= 1 or inner[0].tag in (*_LETTERS, "#text") or inner[0].tag in _NO_TEXT:
        return ""
    text = " ".join(" ".join(node.text for node in inner[1:] if node.tag not in _NO_TEXT).split()).lstrip(_AFTER_KICKER)
    return text if len(text) <= limit else ""


_AFTER_KICKER = " :|–—-·•/"
_MOST_INNER = 100
"""Nodes of a heading; with more it is none. A slice of the library's list is one query, an iteration one for each step."""
_DEEPEST = 4
"""Links and wrappers around all that a heading holds."""
