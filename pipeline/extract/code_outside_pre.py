"""Code that no `pre` holds: lines of `code`, elements that a style or a script sets line by line, boxes to copy from.

Each becomes a `pre` before the page is read, so that one reader says what is code and keeps its characters.
"""

from __future__ import annotations

import re
from functools import partial
from html import unescape
from typing import TYPE_CHECKING, Any

from pipeline.extract.code_blocks import is_gutter, is_plain_text, looks_like_code, named_code

if TYPE_CHECKING:
    from collections.abc import Sequence

_INLINE = ("code", "samp", "tt")
CODE_TAGS = (*_INLINE, "textarea", 'ol[class^="dp-"]')
"""Selectors of elements of which a page that has none needs no search."""
_BESIDE = frozenset((*_INLINE, "kbd", "br", "button", "#comment"))
"""What may stand beside lines of code in an element that holds nothing else."""
_SET = re.compile(r"white-space\s*+:\s*+(?:pre(?:-wrap)?|break-spaces)\s*+(?:;|!|$)", re.IGNORECASE)
"""Styles that show line ends and spaces (CSS Text 3, section 3)."""
_LINE_HINT = re.compile(
    r'line"(?:(?<=[ "]line")|(?<=code-line")|(?<=view-line")|(?<=cm-line")|(?<=Mirror-line")|(?<=crayon-line")|(?<=file-line"))'
)
_WHITE_SPACE = re.compile(r"white-space\s*+:\s*+(?:pre(?!-line)|break-spaces)", re.IGNORECASE)
_LINES = '[class~="line"], [class*="-line"], [class*="blob-code"], [class~="number1"], [class*="dp-"] > li'
_LINE = re.compile(
    r'(?<=[\s"])(?:line|(?:code|view|cm|CodeMirror|ec|crayon|token|source|js-file)-line|blob-code|number1|dp-[a-z]+)(?=[\s"])',
    re.IGNORECASE,
)
"""Names of elements that hold one line: SyntaxHighlighter, CodeMirror, Monaco, Expressive Code, Crayon, GitHub."""
_BOX = re.compile(r'(?<=[\s"])(?:dp-[a-z]+|monaco-editor|view-lines|cm-content|CodeMirror|listing|code-?[a-z]+)(?=[\s"-])', re.IGNORECASE)
_BOX_TAGS = frozenset(("div", "figure", "section", "table", "ol", "ul"))
_BLOCKS = "p, div, h1, h2, h3, h4, h5, h6, ul, ol, blockquote, pre, table, section, article"
_NOT_LINES = "p, h1, h2, h3, h4, h5, h6, blockquote, figcaption"
_ROWS = "tr, li, div, pre"
_LEAST = 3
"""Lines of an element that only its own line ends part: a source file wraps short code of one line over two."""
_HEIGHT = 5
"""Elements between a line and the box of its listing at most."""
_DEPTH = 200
"""Elements around code at most: of what stands deeper nobody asks whether a `pre` is among them."""
_MOST, _LONGEST = 300, 200_000
"""Elements of a kind that are looked at, and the longest of them."""
_BREAK = re.compile(r"<br(?: [^<>]*+)?>")
_TAG = re.compile(r"<[^<>]*+>")
_TO_EMBED = re.compile(r"embed|share|iframe|badge", re.IGNORECASE)
_NAME = "code"
"""The class of the elements that are put around code."""


def wrap_code(tree: Any, html: str, tags: Sequence[str]) -> bool:
    """Put `pre` around the code of a page that has none around it.

    Args:
        tree: the page; changed.
        html: its source, in which a plain search is cheaper than a selector.
        tags: names of elements on it, `CODE_TAGS` among them where it has some.

    Returns:
        Whether anything was changed.

    >>> from resiliparse.parse.html import HTMLTree
    >>> source = "<p><code>if day:<br>&nbsp;&nbsp;go(day)<br>else:<br>&nbsp;&nbsp;stay()</code></p>"
    >>> page = HTMLTree.parse(source)
    >>> wrap_code(page, source, ["code"]), page.document.query_selector("pre").html.count("<br>")
    (True, 3)
    """
    changed = False
    inline = any(tag in tags for tag in _INLINE)
    for looked_for, selector, wrap in (
        (inline or "ol" in tags or _LINE_HINT.search(html) is not None, _LINES, _wrap_box),
        ("white-space" in html and _WHITE_SPACE.search(html) is not None, '[style*="white-space" i]', _wrap_styled),
        (inline, ", ".join(_INLINE), partial(_wrap_lines, holding={})),
        ("textarea" in tags, "textarea", _wrap_field),
    ):
        for node in tree.body.query_selector_all(selector)[:_MOST] if looked_for else ():
            changed = wrap(tree, node) or changed
    return changed


def _in_pre(node: Any) -> bool:
    """Whether an element is a preformatted one or stands in one: asked last, since every element on the way to the root costs 4 µs."""
    for _ in range(_DEPTH):
        if node is None or node.tag == "body":
            return False
        if node.tag == "pre":
            return True
        node = node.parent
    return True


def _names(node: Any) -> str:
    """The names of an element, as its source has them."""
    return f' class="{node.class_name or ""}" id="{node.id or ""}"'


def _names_around(node: Any) -> list[str]:
    """The names of an element and of the two around it."""
    found: list[str] = []
    while node is not None and node.tag != "body" and len(found) < 3:
        found.append(_names(node))
        node = node.parent
    return found


def _shown(node: Any) -> str:
    """The text of an element, with its breaks as line ends."""
    return unescape(_TAG.sub("", _BREAK.sub("\n", node.html[:_LONGEST])))


def _wrap(tree: Any, node: Any) -> bool:
    """Put `pre` around all that an element holds."""
    pre = tree.create_element("pre")
    pre.setattr("class", _NAME)
    for child in node.child_nodes[:]:
        pre.append_child(child)
    node.append_child(pre)
    return True


def _wrap_box(tree: Any, line: Any) -> bool:
    """Wrap the box around an element named as a line, if it is named after code and holds nothing but such lines and their numbers."""
    before = line.prev_element
    if not _is_line(line) or (before is not None and _is_line(before)) or _in_pre(line.parent):
        return False
    box = line.parent
    for _ in range(_HEIGHT):
        if box is None or box.tag == "body":
            return False
        if box.tag in _BOX_TAGS and (named_code(_names_around(box)) or _BOX.search(_names(box))):
            break
        box = box.parent
    if box is None or box.query_selector(_NOT_LINES) is not None or _in_pre(box):
        return False
    if (outer := box.parent) is not None and outer.tag in ("td", "tr"):
        return _wrap_table(tree, outer)
    return _wrap_rows(tree, box)


def _is_line(node: Any) -> bool:
    """Whether an element is named as one that holds a line, or is an item of a list named as code."""
    return node.tag == "li" or _LINE.search(_names(node)) is not None


def _wrap_table(tree: Any, cell: Any) -> bool:
    """Wrap the table of a listing whose lines stand in one of its cells."""
    table = cell
    while table is not None and table.tag not in ("table", "body"):
        table = table.parent
    if table is None or table.tag != "table" or table.query_selector(_NOT_LINES) is not None:
        return False
    return _wrap_rows(tree, table)


def _wrap_rows(tree: Any, box: Any) -> bool:
    """Wrap a box of lines, whose gutters become spans that are read as such."""
    for node in box.query_selector_all("td, div")[:_MOST]:
        if is_gutter(_names(node)):
            span = tree.create_element("span")
            span.setattr("class", "lineno")
            for child in node.child_nodes[:]:
                span.append_child(child)
            node.append_child(span)
    rows = [row.text for row in box.query_selector_all(_ROWS)[:_MOST] if row.query_selector(_ROWS) is None]
    if len(rows) < _LEAST - 1 or is_plain_text("\n".join(rows)):
        return False
    return _wrap(tree, box)


def _wrap_styled(tree: Any, node: Any) -> bool:
    """Wrap code whose own style shows its line ends; in prose of that style they become breaks."""
    if not _SET.search(node.getattr("style") or "") or "\n" not in node.text.strip() or node.query_selector(_BLOCKS) is not None:
        return False
    if _in_pre(node.parent):
        return False
    if looks_like_code(_shown(node)):
        return _wrap(tree, node)
    for text in _texts(node):
        parts = text.text.split("\n")
        for number, part in enumerate(parts[:_MOST]):
            if number:
                text.parent.insert_before(tree.create_element("br"), text)
            text.parent.insert_before(tree.create_text_node(part), text)
        if len(parts) <= _MOST:
            text.parent.remove_child(text)
    return True


def _texts(node: Any) -> list[Any]:
    """The text nodes in an element, some of them at least where there are very many nodes."""
    waiting, found = [node], list[Any]()
    while waiting and len(found) < _MOST:
        for child in waiting.pop().child_nodes[:_MOST]:
            (found if child.tag == "#text" else waiting).append(child)
    return found


def _wrap_lines(tree: Any, node: Any, *, holding: dict[Any, bool]) -> bool:
    """Wrap what an element holds that has nothing but code in it, in lines; `holding` has what was found of elements around others."""
    holder = node
    for _ in range(_HEIGHT):
        parent = holder.parent
        if parent is None or parent.tag == "body":
            break
        if parent not in holding:
            holding[parent] = all(map(_is_beside, parent.child_nodes[:_MOST]))
        if not holding[parent]:
            break
        holder = parent
    if (holder is node and not _stands_alone(node)) or _in_pre(node.parent):
        return False
    text = _shown(holder)
    lines = sum(not line.isspace() for line in text.split("\n") if line)
    broken = "<br" in holder.html
    if lines < (_LEAST - 1 if broken or named_code(_names_around(node)) else _LEAST) or not looks_like_code(text):
        return False
    if broken:
        _join_source_lines(holder)
    return _wrap(tree, holder)


def _is_beside(node: Any) -> bool:
    """Whether a node is code, a break, a button or white space, or holds nothing but code."""
    if node.tag == "#text":
        return not node.text.strip()
    return node.tag in _BESIDE or (node.tag in ("span", "p", "div") and all(child.tag in _BESIDE for child in node.child_nodes[:_MOST]))


def _stands_alone(node: Any) -> bool:
    """Whether an element has no words right beside it."""
    return not any(other is not None and other.tag == "#text" and other.text.strip() for other in (node.prev, node.next))


def _join_source_lines(holder: Any) -> None:
    """Take out the line ends of the source beside breaks, which a browser does not show."""
    for node in holder.query_selector_all("br")[:_MOST]:
        for text, cut in ((node.next, str.lstrip), (node.prev, str.rstrip)):
            if text is not None and text.tag == "#text" and "\n" in text.text and (shown := cut(text.text, " \t\r\n")) != text.text:
                text.value = shown


def _wrap_field(tree: Any, node: Any) -> bool:
    """Put a `pre` in the place of a form field that shows code to read, not to type or to embed."""
    around = _names_around(node)
    if any(map(_TO_EMBED.search, around)) or not named_code(around) or "\n" not in node.text.strip() or is_plain_text(node.text):
        return False
    if _in_pre(node.parent):
        return False
    pre = tree.create_element("pre")
    pre.setattr("class", _NAME)
    pre.append_child(tree.create_text_node(node.text))
    node.parent.insert_before(pre, node)
    node.parent.remove_child(node)
    return True
