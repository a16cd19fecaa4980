"""From characters to a tree that is safe to walk, and from the tree to its serialised visible part."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.extract.breaks import write_out_breaks
from pipeline.extract.caption_credits import part_credits
from pipeline.extract.code_outside_pre import CODE_TAGS, wrap_code
from pipeline.extract.errors import ExtractError
from pipeline.extract.formulas import SPOKEN, is_hidden_formula, keep_one_form, write_formula

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.config import ExtractConfig

_FORMATTING = re.compile(r"<(/?)(?i:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s>]")
_UNSEEN = frozenset(("script", "style", "noscript", "template"))
_RAW = frozenset(("iframe", "noembed", "noframes", "xmp", "plaintext"))
_STYLED = ('[style*="none" i]', '[style*="hidden" i]')
_FORMULAS = ("msup", "msub", "msubsup", "munder", "munderover", "mfrac", "annotation", "annotation-xml")
_RAISED = 'span[style*="super" i]'
_SPECIAL = ", ".join(
    (
        *sorted(_UNSEEN | _RAW),
        "svg",
        "[hidden]",
        *_STYLED,
        _RAISED,
        *_FORMULAS,
        'span[class*="caption"]',
        'span[class*="Caption"]',
        *SPOKEN,
        *CODE_TAGS,
        "math",
    )
)
_SUPER = re.compile(r"vertical-align\s*+:\s*+super", re.IGNORECASE)
_HIDING = re.compile(r"(?:^|;)\s*+(?:display\s*+:\s*+none|visibility\s*+:\s*+hidden)", re.IGNORECASE)
_FOLDED = re.compile(
    r"accordion|gallery|collaps|faq|toggle|spoiler|expand|read-?more|more-?text|tab-?pane|tab-?content|tab-?panel|answer|slide|carousel|details"
    r"|(?:section|step|page|part)-?\d",
    re.IGNORECASE,
)
"""Names of what a reader unfolds: it is hidden by its style and opened by a click."""
_SWITCH = re.compile(r"more|toggle|expand|unfold|mehr|weiter|suite|leggi", re.IGNORECASE)
_STREAMED = re.compile(r"S:[0-9a-f]+")
_STORY = 500
_REST, _PARAGRAPH, _SOME = 3, 80, 200
"""The rest of a story: paragraphs, their mean characters, and how many are looked at."""
_READERS = re.compile(r"subscriber|premium|paywall|metered|members?-only|encrypted", re.IGNORECASE)
"""Names of what a page shows to readers that it knows."""
_STORY_NAMES = re.compile(
    r"article|story|entry|post|body|content(?!-?(?:box|info))|text|paywall|premium|subscri|metered|locked|restricted|members", re.IGNORECASE
)
_MANY = 1_000
"""Nested nodes whose text is asked for one by one would cost quadratic time; beyond this number nobody asks."""
_WEIGHED = 50
"""Hidden elements whose paragraphs are counted, each anew; of 1,000 pages measured none had more than 30 as long as a story."""
_SUSPICIOUS_TAGS = 20_000
_SUSPICIOUS_EXCESS = 400
_FEW_OPEN, _MOST_OPEN, _MOST_COPIES = 8, 32, 300_000
"""Formatting elements that may be open at once on a page with too many, and the copies that they may make: more cost seconds."""
_STARTS, _STOPS, _SURE_STOPS = np.zeros((3, 256), dtype=np.bool_)
_STARTS[list(b"abisuABISU")] = True
_SURE_STOPS[list(b" \t\n\r\f\v>")] = True
_STOPS |= _SURE_STOPS
_STOPS[0x1C:0x20] = _STOPS[0x80:] = True
"""Names of one letter among `_FORMATTING`, and what ends a name: for sure, and perhaps, as part of a space beyond ASCII."""
_PAIRS = np.zeros((256, 256), dtype=np.bool_)
for _pair in ("bi", "co", "em", "fo", "no", "sm", "st", "tt"):
    _PAIRS[[[ord(_pair[0])], [ord(_pair[0].upper())]], [ord(_pair[1]), ord(_pair[1].upper())]] = True
_PAIRS[0x80:] = True
"""The first two letters of the longer names, and whatever begins beyond ASCII."""
_MOST_ATTRIBUTES = 10_000
_PARTING = b"\t\n\f\r /\"'"
"""One of these stands between any two attributes of a tag."""
_OPENED = re.compile(rb"<(script|style|!--)", re.IGNORECASE)
_CLOSED = {b"script": re.compile(b"</script", re.IGNORECASE), b"style": re.compile(b"</style", re.IGNORECASE), b"!--": re.compile(b"-->")}
_TAG = re.compile(rb"""<([a-zA-Z][^\s/>]*+)(?:[^"'>]++|"[^"]*+"|'[^']*+')*+""")
_NAME = re.compile(rb"""[^\s/>=][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"']*+))?+""")
"""An attribute: its name, and its value if it has one (HTML standard, section 13.2.5)."""
_NOSCRIPT = re.compile(r"<[nN][oO][sS][cC][rR][iI][pP][tT](?: [^<>]*)?>")
_END_NOSCRIPT = re.compile(r"</[nN][oO][sS][cC][rR][iI][pP][tT]\s*>")
"""Spelt out: with a flag for both cases the engine would look at every character instead of every `<`."""


def guard(html: str, config: ExtractConfig, encoded: bytes | None = None) -> int:
    """Refuse a page that would cost too much to parse.

    The parser is linear in its input but for two things. A formatting element that is left open is opened again in every later
    paragraph, so 400 open `<b>` before 4,000 paragraphs make 1.6 million nodes (640 MB) of 35 kB; the product is bounded here. And every
    attribute of a tag is compared with those before it: 100,000 of them took 17 s.

    Args:
        html: the page.
        config: the bounds.
        encoded: the page in UTF-8, where the caller has it.

    Returns:
        How many formatting elements may be open at once (see `without_surplus`); 0 where all may.

    Raises:
        ExtractError: `too_large` for too many characters, tags or attributes, `too_deep` for what `without_surplus` cannot bound.
    """
    if len(html) > config.max_chars:
        raise ExtractError("too_large", f"{len(html)} characters, at most {config.max_chars}")
    encoded = html.encode("utf-8", "replace") if encoded is None else encoded
    characters = np.frombuffer(encoded, dtype=np.uint8)
    opening = np.flatnonzero(characters == ord("<"))
    tags = len(opening)
    closing = opening[characters[np.minimum(opening + 1, len(characters) - 1)] == ord("/")]
    if (attributes := _most_attributes(encoded, closing)) > _MOST_ATTRIBUTES:
        raise ExtractError("too_large", f"a tag with {attributes} attributes, at most {_MOST_ATTRIBUTES}")
    if tags > config.max_nodes:
        raise ExtractError("too_large", f"{tags} tags, at most {config.max_nodes}")
    if tags <= _SUSPICIOUS_TAGS and tags - 2 * len(closing) <= _SUSPICIOUS_EXCESS:
        return 0
    if _most_open(characters, opening) <= _SUSPICIOUS_EXCESS:
        return 0
    return _cap(html, tags, config)


def _most_open(characters: NDArray[np.uint8], opening: NDArray[np.intp]) -> int:
    """How many formatting elements may be open at once at most, by the first two letters of tags: quick, and never too few.

    Pages with many pictures and form fields look suspicious and are not; only where this says so too are all tags read.

    >>> page = b"<b><p><i>x</i><p><B>y<img><em>z</em></body>"
    >>> _most_open(np.frombuffer(page, dtype=np.uint8), np.array([at for at, code in enumerate(page) if code == ord("<")]))
    3
    """
    last = len(characters) - 1
    first, second, third = (characters[np.minimum(opening + by, last)] for by in (1, 2, 3))
    opens = (_STARTS[first] & _STOPS[second]) | _PAIRS[first, second]
    closes = (first == ord("/")) & _STARTS[second] & _SURE_STOPS[third]
    total = np.cumsum(opens.astype(np.int64) - closes)
    return int((total - np.minimum(np.minimum.accumulate(total), 0)).max(initial=0))


def _cap(html: str, tags: int, config: ExtractConfig) -> int:
    """How many formatting elements may be open at once, so that what is opened again makes no more nodes than allowed; 0 where all may.

    Raises:
        ExtractError: `too_deep` where even a few would make too many nodes.
    """
    opened = most = 0
    for slash in _FORMATTING.findall(html):
        opened = max(0, opened - 1) if slash else opened + 1
        most = max(most, opened)
    if most <= _SUSPICIOUS_EXCESS or most * tags <= config.max_nodes:
        return 0
    cap = min(_MOST_OPEN, min(_MOST_COPIES, config.max_nodes) // tags)
    if cap < _FEW_OPEN:
        raise ExtractError("too_deep", f"{most} formatting elements left open in {tags} tags")
    return cap


def without_surplus(html: str, config: ExtractConfig, cap: int | None = None) -> str:
    """Take out the tags of formatting elements that would be the first too many left open; no text goes with them.

    Args:
        html: the page as decoded; `guard` has let it pass.
        config: the bounds.
        cap: what `guard` returned for this very page; None where it saw another form of it.

    Returns:
        The page for the parser.
    """
    if cap is None:
        tags = html.count("<")
        if tags - 2 * html.count("</") <= _SUSPICIOUS_EXCESS and tags <= _SUSPICIOUS_TAGS:
            return html
        cap = _cap(html, tags, config)
    if not cap:
        return html
    kept: list[str] = []
    opened = surplus = at = 0
    for tag in _FORMATTING.finditer(html):
        if tag[1]:
            drop = surplus > 0
            surplus -= drop
            opened = opened if drop else max(0, opened - 1)
        else:
            drop = opened >= cap
            surplus += drop
            opened += not drop
        end = html.find(">", tag.start()) + 1
        if drop and end and tag.start() >= at:
            kept.append(html[at : tag.start()])
            at = end
    return "".join((*kept, html[at:]))


def _most_attributes(encoded: bytes, closing: NDArray[np.intp]) -> int:
    """The number of attributes of the tag that has most of them, among tags long enough to have too many.

    Such a tag shows itself by a long stretch without an end tag. Only such stretches are read tag by tag, and only if there is enough in
    them that can part attributes.

    Args:
        encoded: the page in UTF-8.
        closing: where end tags begin in it.
    """
    bounds = np.concatenate(((0,), closing, (len(encoded),)))
    most = 0
    for stretch in np.flatnonzero(np.diff(bounds) > 2 * _MOST_ATTRIBUTES).tolist():
        first, last = int(bounds[stretch]), int(bounds[stretch + 1])
        inside = encoded[first:last]
        if len(inside) - len(inside.translate(None, _PARTING)) > _MOST_ATTRIBUTES:
            most = max(most, _attributes_between(encoded, first, last))
    return most


def _attributes_between(html: bytes, at: int, end: int) -> int:
    """The most attributes that a tag in a stretch of a page has, 0 if none has too many.

    What looks like a long tag in a script, a style or a comment is none.
    """
    most = 0
    for tag in _TAG.finditer(html, at, end):
        if tag.end() - tag.start() > 2 * _MOST_ATTRIBUTES:
            count = sum(1 for _ in _NAME.finditer(html, tag.end(1), tag.end()))
            if count > max(most, _MOST_ATTRIBUTES) and not _in_script(html, tag.start()):
                most = count
    return most


def _in_script(html: bytes, place: int) -> bool:
    """Whether a place lies in a script, a style or a comment; one pass from front to back."""
    at = 0
    while opened := _OPENED.search(html, at, place):
        closed = _CLOSED[opened[1].lower()].search(html, opened.end())
        if closed is None or closed.start() >= place:
            return True
        at = closed.end()
    return False


def without_open_noscript(html: str) -> str:
    """Take out every `noscript` that opens more `div` elements than it closes, or the other way round.

    To a browser that runs scripts its content is nothing but characters up to `</noscript>`. The parser reads elements, and one that is
    left open in there swallows the rest of the page.

    Args:
        html: the page as decoded.

    Returns:
        The page for the parser.

    >>> without_open_noscript("<noscript><div></noscript><p>a</p><noscript><div>b</div></noscript>")
    '<p>a</p><noscript><div>b</div></noscript>'
    """
    kept: list[str] = []
    at = done = 0
    for opened in _NOSCRIPT.finditer(html):
        if opened.start() < done:
            continue
        closed = _END_NOSCRIPT.search(html, opened.end())
        if closed is None:
            break
        done = closed.end()
        inner = html[opened.end() : closed.start()].lower()
        if inner.count("<div") != inner.count("</div"):
            kept.append(html[at : opened.start()])
            at = done
    return "".join((*kept, html[at:])) if kept else html


def select(tree: Any, selector: str) -> tuple[Any, ...]:
    """All elements that a CSS selector finds, in document order.

    The library's lists query the tree again at each step of an iteration, which is quadratic; a slice is one query.
    """
    found: tuple[Any, ...] = tree.document.query_selector_all(selector)[:]
    return found


def visible_html(tree: Any) -> str:
    """Serialise what can be seen of a page. The tree is changed: what cannot be seen is taken out of it.

    Text of elements that the parser keeps raw (`iframe`, `xmp` …) moves into `pre` elements, where it is escaped like other text.

    Args:
        tree: a parsed page.

    Returns:
        Well-formed HTML of the body, empty for a page without one.

    >>> from resiliparse.parse.html import HTMLTree
    >>> visible_html(HTMLTree.parse("<p>a<script>b</script><p hidden>c<p>d<xmp><b></xmp>"))
    '<body><p>a</p><p>d</p><pre>&lt;b&gt;</pre></body>'
    """
    body = tree.body
    if body is None:
        return ""
    nodes = body.query_selector_all(_SPECIAL)[:]
    tags = [node.tag for node in nodes]
    for node, tag in zip(nodes, tags, strict=True):
        if tag not in _UNSEEN and node.hasattr("style") and not node.hasattr("hidden") and _HIDING.search(node.getattr("style") or ""):
            if _is_folded(node) or is_hidden_formula(node):
                node.delattr("style")
            else:
                node.setattr("hidden", "")
    hidden = [node for node, tag in zip(nodes, tags, strict=True) if tag not in _UNSEEN and node.hasattr("hidden")]
    if hidden:
        reveal(tree, hidden)
    icons = tags.count("svg") <= _MANY
    for node, tag in zip(nodes, tags, strict=True):
        if tag in _UNSEEN or node.hasattr("hidden") or (icons and tag == "svg" and not node.text.strip()):
            node.remove()
        elif tag == "span":
            _mark_span(tree, node)
        elif tag in _RAW:
            _unwrap_raw(tree, node)
        elif tag in _FORMULAS:
            write_formula(tree, node, tag)
    html = str(body)
    changed = wrap_code(tree, html, tags)
    spans = [node for node, tag in zip(nodes, tags, strict=True) if tag == "span"]
    changed = keep_one_form(tree, spans, formulas="math" in tags) or changed
    return part_credits(write_out_breaks(str(body) if changed else html))


def _is_folded(node: Any) -> bool:
    """Whether names say that a reader unfolds an element which its style makes invisible; then it is as good as any other."""
    parent = node.parent
    named = f"{node.class_name} {node.id} {parent.class_name if parent is not None and parent.tag != 'body' else ''}"
    return _FOLDED.search(named) is not None or (_has_switch(node) and _is_paragraphs(node, 1))


def _has_switch(node: Any) -> bool:
    """Whether a link or button beside an element is named as one that shows it."""
    return any(
        other is not None and other.tag in ("a", "button") and _SWITCH.search(f"{other.class_name} {other.id}") is not None
        for other in (node.next_element, node.prev_element)
    )


def _wrap(tree: Any, node: Any) -> None:
    """Put a block of the same class around an inline element, so that the caption in it is a block of its own."""
    parent = node.parent
    if parent is not None and parent.tag not in ("figcaption", "a"):
        block = tree.create_element("div")
        block.setattr("class", node.class_name or "")
        parent.insert_before(block, node)
        block.append_child(node)


def _mark_span(tree: Any, node: Any) -> None:
    """Give a `span` the element that its class or style speaks of: a block for a caption, `sup` for what only its style raises."""
    if "aption" in (node.class_name or ""):
        _wrap(tree, node)
    elif _SUPER.search(node.getattr("style") or ""):
        _raise(tree, node)


def _raise(tree: Any, node: Any) -> None:
    """Put `sup` inside an element that only its style raises."""
    raised = tree.create_element("sup")
    for child in node.child_nodes[:]:
        raised.append_child(child)
    node.append_child(raised)


def reveal(tree: Any, hidden: Sequence[Any]) -> None:
    """Show what a script will show as soon as the page is loaded.

    React streams late parts of a page as `<div hidden id="S:1">` and moves each to the place of `<template id="B:1">` (or `P:1`); so
    does this. Other pages hide the story itself and show it after a check of the reader's subscription: a hidden element is shown
    if it holds at least half of the characters of all paragraphs, or of the page where it has none. So is code in a tab: a click shows it.
    """
    streamed = [node for node in hidden if _STREAMED.fullmatch(node.id or "")]
    if streamed:
        places = {node.id: node for node in select(tree, "template[id]")}
        for node in streamed:
            number = node.id[2:]
            place = places.get("B:" + number) or places.get("P:" + number)
            node.delattr("hidden")
            if place is not None and place.parent is not None and not node.contains(place):
                place.parent.insert_before(node, place)
    for node in [node for node in hidden[:_MANY] if _READERS.search(node.class_name or "")][:_WEIGHED]:
        if node.hasattr("hidden") and _is_paragraphs(node, 1):
            node.delattr("hidden")
    for node in [node for node in hidden[:_MANY] if node.getattr("role") == "tabpanel"][:_WEIGHED]:
        if node.query_selector("pre") is not None:
            node.delattr("hidden")
    large = [node for node in hidden[:_MANY] if node.hasattr("hidden") and len(node.text) >= _STORY][:_WEIGHED]
    if large:
        total = sum(len(node.text) for node in select(tree, "p"))
        whole = 0 if total else len(tree.body.text) - sum(len(node.text) for node in select(tree, "body script, body style"))
        for node in large:
            held = sum(len(part.text) for part in node.query_selector_all("p")[:]) if total else len(node.text)
            if 2 * held >= (total or whole) > 0 or _goes_on(node):
                node.delattr("hidden")


def _goes_on(node: Any) -> bool:
    """Whether a hidden element holds the rest of a story: paragraphs of prose, beside or right inside what its page names the story."""
    parent = node.parent
    own = f"{node.class_name or ''} {node.id or ''}"
    if parent is None or not _is_paragraphs(node, _REST) or not _STORY_NAMES.search(f"{own} {parent.class_name or ''} {parent.id or ''}"):
        return False
    beside = any(child.tag == "p" and len(child.text) >= _PARAGRAPH for child in parent.child_nodes[:_SOME])
    return beside or _STORY_NAMES.search(own) is not None


def _is_paragraphs(node: Any, least: int) -> bool:
    """Whether an element is nothing but paragraphs of prose, and how many there must be."""
    inside = [len(part.text) for part in node.query_selector_all("p")[:_SOME]]
    if len(inside) < least or sum(inside) < _PARAGRAPH * len(inside):
        return False
    whole = len(node.text) - sum(len(part.text) for part in node.query_selector_all("script, style")[:_SOME])
    return 2 * sum(inside) >= whole


def _unwrap_raw(tree: Any, node: Any) -> None:
    """Move an element's raw text behind it into a `pre`; an `iframe` itself stays, for its address."""
    text, parent = node.text, node.parent
    if parent is None:
        return
    if text.strip():
        pre = tree.create_element("pre")
        pre.append_child(tree.create_text_node(text))
        parent.insert_before(pre, node)
    if node.tag == "iframe":
        for child in node.child_nodes[:]:
            node.remove_child(child)
    else:
        parent.remove_child(node)
