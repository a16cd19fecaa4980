"""Formulas on one line, each of them once: what a browser sets above, below or over something else must not run into it.

A page may hold one formula in several forms: MathML for screen readers, the same drawn with many small elements or as a picture, and the
source that somebody typed. MathML says most, so it stays where there is some.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pipeline.extract.runs import POWER_NAME, UNSEEN_NAME, is_unseen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SIGNS = {"msub": ("_",), "munder": ("_",), "msubsup": ("_", "^"), "munderover": ("_", "^")}
"""What stands before the second and the third part of a formula's element on one line."""
_AROUND = frozenset(("span", "nobr", "mjx-container", "mjx-assistive-mml", "i"))
_HEIGHT = 5
"""Elements between a formula in MathML and the element that holds its copy at most."""
_MOST, _NODES, _PARTS = 300, 20_000, 7
_LONGEST = 2_000
_DRAWN = re.compile(r"\b(?:katex-html|MathJax_SVG|MathJax_CHTML|mjx-chtml|mwe-math-fallback-source-inline)\b")
"""Names of what KaTeX, MathJax and MediaWiki draw a formula with."""
_TYPED = "MathJax_Preview"
"""The name of what stands in a formula's place until MathJax has drawn it."""
SPOKEN = ("span.a-offscreen", "span.sr-only", "span.visually-hidden", "span.visuallyhidden", f"span.{_TYPED}")
"""Selectors of words that only a screen reader says, and of formulas that are not drawn yet."""
_NO_LETTER = re.compile(r"[\W_]+")


def write_formula(tree: Any, node: Any, tag: str) -> None:
    """Say in plain HTML what one element of a formula means: powers are raised, indices follow a low line, a slash divides.

    `annotation` holds the formula once more in another notation (MathML Core, section 2.6), which no browser shows.

    Args:
        tree: the page; changed.
        node: the element.
        tag: its name.

    >>> from resiliparse.parse.html import HTMLTree
    >>> page = HTMLTree.parse("<math><msup><mn>10</mn><mn>6</mn></msup></math>")
    >>> write_formula(page, page.document.query_selector("msup"), "msup")
    >>> str(page.body)
    '<body><math><msup><mn>10</mn><sup class="power"><mn>6</mn></sup></msup></math></body>'
    """
    if tag.startswith("annotation"):
        node.remove()
        return
    parts = [child for child in node.child_nodes[:_PARTS] if child.tag != "#text"]
    if len(parts) < 2:
        return
    if tag == "mfrac":
        for part in parts[:2]:
            _bracket(tree, part)
        node.insert_before(tree.create_text_node("/"), parts[1])
    elif tag == "msup":
        script = tree.create_element("sup")
        script.setattr("class", POWER_NAME)
        node.insert_before(script, parts[1])
        script.append_child(parts[1])
    else:
        for sign, part in zip(_SIGNS[tag], parts[1:], strict=False):
            if not part.text.strip().isdigit() or sign == "^":
                node.insert_before(tree.create_text_node(sign), part)
                _bracket(tree, part)


def _bracket(tree: Any, part: Any) -> None:
    """Put brackets around a part of a formula that holds an operator."""
    if part.tag != "mo" and any(child.tag == "mo" for child in part.child_nodes[:_PARTS]):
        part.insert_before(tree.create_text_node("("), part.first_child)
        part.append_child(tree.create_text_node(")"))


def show_typed(tree: Any) -> None:
    """Put the source of formulas that MathJax draws at once where a reader sees them.

    Args:
        tree: the page; changed.

    >>> from resiliparse.parse.html import HTMLTree
    >>> page = HTMLTree.parse('<p>so <script type="math/tex">x^2</script> grows</p>')
    >>> show_typed(page)
    >>> print(page.body)
    <body><p>so x^2<script type="math/tex">x^2</script> grows</p></body>
    """
    for node in tree.document.query_selector_all('script[type^="math/tex"]')[:_MOST]:
        before = node.prev_element
        drawn = before is not None and "athJax" in (before.class_name or "") and before.text.strip()
        if not drawn and node.parent is not None:
            node.parent.insert_before(tree.create_text_node(node.text), node)


def keep_one_form(tree: Any, spans: Sequence[Any], *, formulas: bool) -> bool:
    """Of the forms of a formula, and of numbers that stand once for the eye and once for a screen reader, keep one.

    Args:
        tree: the page; changed: the other forms get a name that says so.
        spans: what `SPOKEN` finds on it, among others.
        formulas: whether it has formulas in MathML.

    Returns:
        Whether anything was changed.
    """
    found: list[Any] = []
    if formulas:
        written = tree.body.query_selector_all("math")[:_MOST]
        _close_up(written)
        for node in written:
            found += _drawn(node)
    for node in spans[:_MOST]:
        found += _typed_before(node) if _TYPED in (node.class_name or "") else _pieces_beside(node)
    for node in found:
        _mark(tree, node)
    return bool(found) or formulas


def _close_up(formulas: Sequence[Any]) -> None:
    """Take out the white space between the elements of formulas, which only lays out their source."""
    waiting, looked = list(formulas), 0
    while waiting and looked < _NODES:
        node = waiting.pop()
        for child in node.child_nodes[:_LONGEST]:
            looked += 1
            if child.tag == "#text" and not child.text.strip():
                node.remove_child(child)
            elif child.tag not in ("#text", "mtext", "mtable", "math"):
                waiting.append(child)


def is_hidden_formula(node: Any) -> bool:
    """Whether an element that its style hides holds nothing but a formula for which a picture stands right behind it.

    Args:
        node: the element.
    """
    behind = node.next_element
    return behind is not None and behind.tag == "img" and len(node.text) <= _LONGEST and node.query_selector("math") is not None


def _drawn(math: Any) -> Iterator[Any]:
    """The drawn copy of a formula in MathML, beside it or beside an element that holds nothing but the formula."""
    inner = math
    for _ in range(_HEIGHT):
        for other in (inner.prev_element, inner.next_element):
            if other is not None and _is_drawn(other) and 0 < len(other.text.strip()) <= _LONGEST:
                yield other
                return
        inner = inner.parent
        if inner is None or inner.tag not in _AROUND:
            return


def _is_drawn(node: Any) -> bool:
    """Whether an element draws a formula, or has nothing but one that does in it."""
    return node.getattr("aria-hidden") == "true" or node.tag == "nobr" or _DRAWN.search(node.class_name or "") is not None


def _typed_before(typed: Any) -> Iterator[Any]:
    """The source of a formula, if the drawn one stands behind it."""
    behind = typed.next_element
    if typed.text.strip() and behind is not None and "athJax" in (behind.class_name or "") and behind.text.strip():
        yield typed


def _pieces_beside(spoken: Any) -> Iterator[Any]:
    """The element right beside a number for screen readers that shows them nothing and the eye the same figures, but fewer signs."""
    if not is_unseen(f' class="{spoken.class_name or ""}"') and "a-offscreen" not in (spoken.class_name or ""):
        return
    text = spoken.text[:_LONGEST].strip()
    letters = _NO_LETTER.sub("", text)
    if not any(map(str.isdigit, letters)):
        return
    for other in (spoken.prev_element, spoken.next_element):
        if other is None or other.getattr("aria-hidden") != "true":
            continue
        shown = other.text[:_LONGEST].strip()
        if _NO_LETTER.sub("", shown) == letters and len(shown) < len(text):
            spoken.delattr("class")
            yield other
            return


def _mark(tree: Any, node: Any) -> None:
    """Name a copy as what is not for the eye."""
    if node.tag == "span":
        node.setattr("class", UNSEEN_NAME)
        return
    around = tree.create_element("span")
    around.setattr("class", UNSEEN_NAME)
    node.parent.insert_before(around, node)
    around.append_child(node)
