"""JSON-LD: parse it, repair it where that is safe, and find the article that the page is about. Every stage asks the one graph of a page.

Only what schema.org articles carry in practice is read; contexts are not expanded (JSON-LD 1.1 processing would fetch them).
"""

from __future__ import annotations

import functools
import html
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from pipeline.config import DescribeConfig
from pipeline.text.expressions import expression
from pipeline.text.folding import fold_title
from pipeline.tsv import headed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


_DEEPEST = 24
"""Levels of nesting that are followed; the deepest article seen on a page stood at level 6."""

_NOT_JSON = expression(
    r'"(?:[^"\\]++|\\.)*+"?|/\*[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/)?|(?<!:)//[^\n"]*+|,(?=\s*+[}\]])|\b(?:NaN|-?Infinity|undefined)\b',
    re.DOTALL,
)
"""A string, or what JSON has no place for. What is not closed goes on to the end, so that no character is looked at twice."""
_WRAPPERS = expression(
    r"^\s*+(?:<!--|//<!\[CDATA\[|/\*\s*+<!\[CDATA\[\s*+\*/|<!\[CDATA\[)|(?:-->|//\]\]>|/\*\s*+\]\]>\s*+\*/|\]\]>)\s*+;?\s*+$"
)
_PUNCTUATION = expression(r'"(?:[^"\\]++|\\.)*+"?|[][{},]', re.DOTALL)
"""A string, which may hold any mark, or a mark that opens, parts or closes."""
_BEGINS = expression(r"[\s;,]*+[{\[]")
_MOST_IN_A_ROW = 50
_LONGEST_BROKEN = 2_000_000
"""Code points of a script that is repaired; the pages that hold longer ones hold catalogues."""


def _repair(match: re.Match[str]) -> str:
    found = match[0]
    if found[0] == '"':
        return found
    if found[0] == "/":
        ends = found.endswith("*/") if found[1] == "*" else match.string[match.end() : match.end() + 1] == "\n"
        return "" if ends else found
    return "null" if found[0] in "NIu-" else ""


def parse(text: str) -> Any:
    """Parse a script's text; repair comments, trailing commas, NaN, raw control characters and wrappers, and nothing else.

    Returns:
        The value; where no safe repair makes it JSON what stands whole before the fault, None where nothing does.

    >>> parse('{"a": [1, 2,], /* why */ "b": NaN}')
    {'a': [1, 2], 'b': None}
    >>> parse('{"a": {"b": 1, "c": 2}, "d": "so "called", "e": 3}'), parse('{"a": 1}}'), parse('{"a": ') is None
    ({'a': {'b': 1, 'c': 2}}, {'a': 1}, True)
    """
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        pass
    if len(text) > _LONGEST_BROKEN:
        return None
    bare = _WRAPPERS.sub("", _WRAPPERS.sub("", text.strip()))
    bare = _NOT_JSON.sub(_repair, bare).strip().rstrip(";")
    for attempt in (bare, html.unescape(bare) if "&quot;" in bare[:200] else None):
        if attempt:
            try:
                return json.loads(attempt, strict=False)
            except json.JSONDecodeError as error:
                if error.msg == "Extra data" and len(several := _in_a_row(attempt)) > 1:
                    return several
                broken = attempt[: error.pos]
            except (ValueError, RecursionError):
                return None
    return _before_the_fault(broken) if bare else None


def _in_a_row(text: str) -> list[Any]:
    """Return the objects and lists that follow each other in one script, up to the first fault.

    >>> _in_a_row('{"a": 1} {"b": 2}; [3] x')
    [{'a': 1}, {'b': 2}, [3]]
    """
    found: list[Any] = []
    decoder, at = json.JSONDecoder(strict=False), 0
    while len(found) < _MOST_IN_A_ROW and (begins := _BEGINS.match(text, at)) is not None:
        try:
            value, at = decoder.raw_decode(text, begins.end() - 1)
        except (ValueError, RecursionError):
            break
        found.append(value)
    return found


def _before_the_fault(text: str) -> Any:
    """Return what stands whole before the place where a script stops being JSON, None where nothing does.

    A quotation mark inside a description, a bracket too many or a page cut short do not take back what was said before them. The last
    member is left out, since it may be half of one; brackets that are open there are closed.
    """
    opened: list[str] = []
    whole: tuple[int, str] | None = None
    for match in _PUNCTUATION.finditer(text):
        mark = match[0]
        if mark in "{[":
            opened.append("}" if mark == "{" else "]")
        elif mark in "}]":
            if not opened or opened.pop() != mark:
                return None
            if not opened:
                whole = match.end(), ""
                break
        if mark == "," and len(opened) <= _DEEPEST:
            whole = match.start(), "".join(reversed(opened))
    try:
        return json.loads(text[: whole[0]] + whole[1], strict=False) if whole else None
    except (ValueError, RecursionError):
        return None


@functools.cache
def types(kind: str) -> frozenset[str]:
    """Return the schema.org types of a kind ("article", "page"), lower case.

    >>> "newsarticle" in types("article")
    True
    """
    return frozenset(name for row_kind, name in headed("pipeline", "schema_types.tsv") if row_kind == kind)


def types_of(node: dict[str, Any]) -> set[str]:
    """Return an object's types, lower case, without the vocabulary's address.

    >>> types_of({"@type": ["NewsArticle", "schema:Article"]}) == {"newsarticle", "article"}
    True
    """
    kinds = node.get("@type")
    values = kinds if isinstance(kinds, list) else [kinds]
    return {value.rsplit("/", 1)[-1].rsplit(":", 1)[-1].lower() for value in values if isinstance(value, str)}


def _walk(value: Any, budget: int) -> Iterator[dict[str, Any]]:
    """Yield the objects of a document, outer before inner, at most `budget` of them."""
    queue: list[tuple[Any, int]] = [(value, 0)]
    position = 0
    while position < len(queue) and position < 4 * budget:
        item, depth = queue[position]
        position += 1
        if isinstance(item, dict):
            yield item
            budget -= 1
        if budget <= 0:
            return
        if depth < _DEEPEST and isinstance(item, (dict, list)):
            inner = item.values() if isinstance(item, dict) else item
            queue.extend((child, depth + 1) for child in inner if isinstance(child, (dict, list)))


class Graph(msgspec.Struct, frozen=True):
    """All objects of a page's JSON-LD and those with an @id by it."""

    nodes: tuple[dict[str, Any], ...]
    by_id: dict[str, dict[str, Any]]

    def resolve(self, value: Any) -> Any:
        """Return what a reference `{"@id": ...}` points at, one step; other values as they are."""
        if isinstance(value, dict) and "@id" in value and len(value) <= 2 and isinstance(value["@id"], str):
            return self.by_id.get(value["@id"], value)
        return value


def read_graph(tree: Any, html: str, config: DescribeConfig | None = None) -> Graph:
    """Parse the JSON-LD of a page.

    Args:
        tree: the page as a resiliparse `HTMLTree`.
        html: the page as decoded: an element left open may swallow every script of the tree, and the scripts are there all the same.
        config: the budgets.
    """
    if "ld+json" not in html or tree.document is None:
        return Graph((), {})
    elements = tree.document.get_elements_by_tag_name("script").values()
    scripts = [element.text or "" for element in elements if "ld+json" in (element.get_attribute("type") or "").lower()]
    return graph_of(scripts or (text for attributes, text in scripts_in(html) if "ld+json" in attributes), config or DescribeConfig())


_OPENED = expression(r"<script\b([^>]{0,2000}+)>", re.IGNORECASE)
_CLOSED = expression(r"</script", re.IGNORECASE)


def scripts_in(html: str) -> Iterator[tuple[str, str]]:
    """Attributes and content of every script that is closed.

    >>> list(scripts_in('<script>a</script><SCRIPT id="b">c</SCRIPT><script>d'))
    [('', 'a'), (' id="b"', 'c')]
    """
    opened = _OPENED.search(html)
    while opened is not None and (closed := _CLOSED.search(html, opened.end())) is not None:
        yield opened[1], html[opened.end() : closed.start()]
        opened = _OPENED.search(html, closed.end())


def graph_of(scripts: Iterable[str], config: DescribeConfig) -> Graph:
    """Parse all scripts of a page within the budgets."""
    nodes: list[dict[str, Any]] = []
    for script in scripts:
        if len(script) <= config.jsonld_chars and len(nodes) < config.jsonld_nodes and "{" in script:
            nodes.extend(_walk(parse(script), config.jsonld_nodes - len(nodes)))
    by_id: dict[str, dict[str, Any]] = {}
    for node in nodes:
        key = node.get("@id")
        if isinstance(key, str) and len(node) > 2 and len(node) > len(by_id.get(key, ())):
            by_id[key] = node
    return Graph(tuple(nodes), by_id)


def _address(value: Any) -> tuple[str, str]:
    """Return (host, path) of an address for comparison: no "www.", no slash at the end, lower case."""
    if isinstance(value, dict):
        value = value.get("@id") or value.get("url")
    if isinstance(value, list):
        value = value[0] if value else None
    if not isinstance(value, str):
        return "", ""
    try:
        parts = urlsplit(value[:2000])
    except ValueError:
        return "", ""
    return parts.netloc.lower().removeprefix("www."), parts.path.rstrip("/").lower().removesuffix("/amp").removesuffix(".html")


def articles_of(graph: Graph, urls: Iterable[str], titles: Iterable[str]) -> tuple[dict[str, Any], ...]:
    """Return the objects that describe this page's article, the best first, at most two (an article and the page around it).

    Args:
        graph: the page's objects.
        urls: addresses of the page (its own, canonical, og:url).
        titles: folded titles from elsewhere on the page; agreement helps to choose among several articles.
    """
    here = {_address(url) for url in urls if url} - {("", "")}
    known = [title for title in titles if title]
    hosts, paths = {host for host, _ in here}, {path for _, path in here}
    ranked = []
    opinions = _are_opinions(graph)
    for index, node in enumerate(graph.nodes):
        rank = 0 if opinions and "review" in types_of(node) else _rank(node, hosts, paths, known)
        if rank > 0:
            ranked.append((-rank, index))
    ranked.sort()
    return tuple(graph.nodes[index] for _, index in ranked[:2])


def _are_opinions(graph: Graph) -> bool:
    """Return whether the reviews that a page describes are what buyers say of a thing: several, or beside what is sold."""
    kinds = [types_of(node) for node in graph.nodes]
    return sum("review" in kind for kind in kinds) > 1 or any("product" in kind for kind in kinds)


def _rank(node: dict[str, Any], hosts: set[str], paths: set[str], known: list[str]) -> int:
    """Return how surely an object is this page's article; 0 or less means not at all."""
    kinds = types_of(node)
    rank = 4 if kinds & types("article") else 1 if kinds & types("page") else 0
    if "question" in kinds and not node.get("author"):
        return 0  # one of many in a list
    if not rank or not (node.get("headline") or node.get("name") or node.get("datePublished") or node.get("author")):
        return 0
    title = fold_title(text_of(node.get("headline")) or text_of(node.get("name")))
    agrees = bool(title) and any(title == other or title.startswith(other) or other.startswith(title) for other in known)
    own = [_address(node.get(key)) for key in ("url", "mainEntityOfPage", "@id")]
    same = [path for host, path in own if path and (not host or host in hosts)]
    if any(path in paths for path in same):
        rank += 4
    elif hosts and known and same and not agrees:
        return 0  # a teaser of another article
    return rank + 3 * agrees + 2 * ("articleBody" in node) + bool(node.get("datePublished")) + bool(node.get("author"))


_TAG = expression(r"<[a-zA-Z/][^<>]{0,300}>")
_TEXT_CHARS = 5_000
"""Code points of a value that are read: longer ones are bodies, which are evidence elsewhere."""


def strings_of(nodes: Iterable[dict[str, Any]], key: str) -> list[str]:
    """Return the strings that objects have under a key, as written.

    >>> strings_of([{"name": "Rain"}, {"name": ["Sun", 3]}], "name")
    ['Rain', 'Sun']
    """
    values = (node.get(key) for node in nodes)
    return [text for value in values for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)]


def text_of(value: Any) -> str | None:
    """Return a JSON-LD value as plain text: first of a list, markup and character references taken off.

    >>> text_of(["<b>Tea &amp; milk</b>"]), text_of({"@value": "x"}), text_of(3)
    ('Tea & milk', 'x', None)
    """
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    if not isinstance(value, str):
        return None
    text = html.unescape(value) if "&" in value[:_TEXT_CHARS] else value
    text = text[:_TEXT_CHARS]
    if _TAG.search(text) and not text.lstrip().startswith("<?"):
        from bs4 import BeautifulSoup  # noqa: PLC0415 - few pages put markup into their metadata, and the import takes its time

        text = BeautifulSoup(text, "html.parser").get_text(" ")
    return " ".join(text.split()) or None


def _in_parts(person: dict[str, Any]) -> str | None:
    """The name of a person whose parts are told one by one, in their order in print."""
    parts = [text_of(person.get(key)) for key in ("givenName", "additionalName", "familyName")]
    return " ".join(part for part in parts if part) if parts[0] and parts[-1] else None


def names_of(graph: Graph, value: Any) -> list[tuple[str, str]]:
    """Return (name, type) of the people or organizations in a value such as `author`; the type is "" where none is said.

    A `url` of a profile in the place of a name is no name.
    """
    found: list[tuple[str, str]] = []
    items = [one for item in value for one in (item if isinstance(item, list) else [item])] if isinstance(value, list) else [value]
    for item in items:
        resolved = graph.resolve(item)
        if isinstance(resolved, str):
            found.append((text_of(resolved) or "", ""))
        elif isinstance(resolved, dict):
            kinds = types_of(resolved)
            kind = (
                "person"
                if "person" in kinds
                else "organization"
                if kinds & {"organization", "newsmediaorganization", "corporation"}
                else ""
            )
            name = resolved.get("name") or _in_parts(resolved)
            found.extend((text_of(one) or "", kind) for one in (name if isinstance(name, list) else [name]))
    return [(name, kind) for name, kind in found[:40] if name and not name.startswith(("http:", "https:", "/"))]
