"""Articles that stand only in a script: JSON-LD, Next.js and other application state.

Some sites send a page without text and fill it in by script. The article is in the page all the same, as a string in JSON. It is
taken from there only if the visible page has none.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import msgspec

from pipeline.extract.metadata import article_body
from pipeline.jsonld import scripts_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.jsonld import Graph
    from pipeline.records import BaseKind

_BODY_NAME = re.compile(r'["{,\s](?:articleBody|body|content|html|bodyHtml|contentHtml)"?\s*+:\s*+(?=")')
_TEMPLATE = re.compile(r"text/(?:html|template|x-template)", re.IGNORECASE)
_STRING = re.compile(r'"((?:[^"\\]++|\\.)*+)("?)', re.DOTALL)
"""A string, closed or not: what is not closed goes on to the end, so that no character is looked at twice."""
_STATEMENT = re.compile(r"(?:window|self|var|let|const)\b")
_LINE_ENDS = re.compile(r"\n\s*\n|\r\n|\n")
_TAG = re.compile(r"</?(?:p|br|h[1-6]|ul|ol|li|div|strong|em|a|blockquote|b|i|span|figure)\b[^<>]{0,1000}>", re.IGNORECASE)
_ENCODED_TAG = re.compile(r"&lt;/?(?:p|br|h[1-6]|ul|ol|li|div|strong|em|a|blockquote|b|i|span|figure)\b", re.IGNORECASE)
_BODY_KEYS = frozenset(
    (
        "articlebody",
        "body",
        "content",
        "html",
        "text",
        "bodyhtml",
        "contenthtml",
        "bodytext",
        "articletext",
        "rendered",
        "storybody",
        "paragraphs",
        "article",
        "markup",
    )
)
_MIN_BODY = 400
_MIN_TOLD = 120
"""Code points of a body that JSON-LD names as such; strings of an application's state need more, for they may be anything."""
_MAX_DEPTH = 60
_MAX_PARTS = 20_000


def find_script_body(html: str, graph: Graph) -> tuple[BaseKind, str] | None:
    """Look for an article in a page's scripts.

    Args:
        html: the page as decoded.
        graph: its JSON-LD.

    Returns:
        Where it was found, and the article as HTML; None if no script holds one.

    >>> from pipeline.jsonld import Graph
    >>> kind, body = find_script_body("", Graph(({"articleBody": "It rained all day long in the old town. " * 15},), {}))
    >>> kind, body[:26]
    ('json-ld', '<p>It rained all day long ')
    """
    body = article_body(graph)
    if len(body) >= _MIN_TOLD:
        return "json-ld", as_html(body)
    best = max(_state_bodies(html), key=len, default="")
    return ("app-state", as_html(best)) if len(best) >= _MIN_BODY else None


def as_html(text: str) -> str:
    r"""Make HTML of a string that is HTML, HTML with its marks encoded (once or twice), or plain text with line ends.

    >>> as_html("a < b\n\nc")
    '<p>a &lt; b</p><p>c</p>'
    >>> as_html("&lt;p&gt;a &amp;amp; b&lt;/p&gt;")
    '<p>a &amp; b</p>'
    """
    for _ in range(2):
        if len(_ENCODED_TAG.findall(text)) <= len(_TAG.findall(text)):
            break
        text = unescape(text)
    if _TAG.search(text):
        return text
    plain = unescape(text)
    lines = (line.strip() for line in _LINE_ENDS.split(plain))
    return "".join(f"<p>{_escape(line)}</p>" for line in lines if line)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _state_bodies(html: str) -> Iterator[str]:
    """Long strings of prose in a page's scripts, by the names that applications give an article's body."""
    for attributes, script in scripts_in(html):
        if len(script) < _MIN_BODY or "ld+json" in attributes:
            continue
        if _TEMPLATE.search(attributes):
            yield from _prose(script)
            continue
        text = script.strip()
        start = next((place for place in (text.find("{"), text.find("[")) if place >= 0), -1)
        if "json" in attributes.lower() or "__NEXT_DATA__" in attributes:
            yield from _strings_of(text)
        elif "__next_f" in text[:400]:
            yield from _flight(text)
        elif start >= 0 and _STATEMENT.match(text):
            yield from _strings_of(text[start:].rstrip("; \n"))


def _strings_of(text: str) -> Iterator[str]:
    try:
        value = msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError):
        for match in _BODY_NAME.finditer(text):
            found = _STRING.match(text, match.end())
            if found and found[2] and (body := _unquote(found[1])):
                yield from _prose(body)
        return
    yield from _walk(value, "", 0)


def _flight(text: str) -> Iterator[str]:
    """React flight data: rows of text, pushed as quoted strings."""
    for found in _STRING.finditer(text):
        row = _unquote(found[1]) if found[2] else ""
        is_body = len(row) >= _MIN_BODY and not row.lstrip().startswith(("[", "{")) and ':["$"' not in row[:2000]
        if is_body and len(_TAG.findall(row)) >= 3:
            yield from _prose(row)


def _walk(value: Any, key: str, depth: int) -> Iterator[str]:
    """All bodies in a tree of JSON: strings under a body's name, and lists of parts with text each."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, str):
        if key.lower().replace("_", "") in _BODY_KEYS:
            yield from _prose(value)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _walk(inner, name, depth + 1)
    elif isinstance(value, list):
        parts = [part for item in value[:_MAX_PARTS] if (part := _part(item))]
        if len(parts) >= 3:
            yield from _prose("".join(part if _TAG.search(part) else f"<p>{_escape(part)}</p>" for part in parts))
        for item in value[:_MAX_PARTS]:
            yield from _walk(item, key, depth + 1)


def _part(item: Any) -> str:
    """The text of one part of a body given as a list of parts."""
    if isinstance(item, dict):
        for name in ("text", "content", "html", "value", "body", "paragraph"):
            if isinstance(item.get(name), str) and " " in item[name]:
                return str(item[name])
    return ""


def _prose(text: str) -> Iterator[str]:
    """The text itself if it reads like an article: long, with sentences, and not code."""
    bare = _TAG.sub(" ", text)
    letters = sum(character.isalpha() for character in bare[:4000])
    if len(bare) >= _MIN_BODY and letters * 10 >= min(len(bare), 4000) * 6 and bare.count("{") * 200 < len(bare):
        yield text


def _unquote(text: str) -> str:
    try:
        return msgspec.json.decode(f'"{text}"', type=str)
    except msgspec.MsgspecError:
        return ""
