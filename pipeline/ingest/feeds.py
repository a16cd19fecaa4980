"""Documents of feeds: the items of RSS 2.0, RSS 1.0 and Atom files, each as the page that it stands for."""

from __future__ import annotations

import html
import re
from contextlib import suppress
from email.utils import parsedate_to_datetime
from html.entities import name2codepoint
from typing import TYPE_CHECKING, Any

from pipeline.ingest.found import Known, Refused
from pipeline.ingest.packed import read_whole
from pipeline.ingest.row_streams import wide_encoding
from pipeline.text.expressions import expression
from pipeline.xml_listings import HEAD, is_feed, xml_root

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.ingest.found import Found, Source

_REFERENCE = expression(rb"&(?!#)(?:([A-Za-z][A-Za-z0-9]{1,31});)?")
_OWN = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})
_CLOSED = expression(rb"</(?:\w++:)?(?:rss|feed|rdf)\s*+>", re.IGNORECASE)
_TAIL = 4096
"""Bytes at the end of a file in which its root ends, where it ends."""
_ITEMS = ("item", "entry")
_NAMED = expression(r"[^()\s@]++@[^()\s]++\s*+\(([^()]++)\)")


def read_xml(source: Source) -> Iterator[Found]:
    """Yield the items of a feed, with locators `<file>#<number>` from 0; any other XML file is one document.

    An item becomes a small page: its title, authors, dates and address in the head, its content in the body. External entities are never
    read and no entity is expanded. The items that stand whole before damage are read, and a row says where it begins.
    """
    data = read_whole(source)
    if isinstance(data, Refused):
        yield data
        return
    head = data[: 4 * HEAD].decode(wide_encoding(data[:4]) or "utf-8", "replace")
    if is_feed(head):
        yield from _items(data, source)
    elif xml_root(head) is None and head.lstrip("\ufeff \t\r\n").startswith("<"):
        yield source.refused("truncated", "the file ends before its first element begins")
    else:
        yield source.document(data, "", Known())


def _items(data: bytes, source: Source) -> Iterator[Found]:
    from lxml import etree  # noqa: PLC0415 - only files that need it load it

    parser = etree.XMLPullParser(("end",), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    damage = None
    try:
        parser.feed(_mended(data))
        parser.close()
    except etree.XMLSyntaxError as error:
        damage = " ".join(str(error).split())[:300]
    feed: dict[str, str] = {}
    number = 0
    with suppress(etree.XMLSyntaxError):
        for _, element in parser.read_events():
            name = _name(element)
            if name in _ITEMS:
                feed = feed or _feed(element)
                yield source.document(_page(element, feed), str(number), Known(url=_address(element), media_type="text/html"))
                number += 1
    if damage is not None:
        cut = _CLOSED.search(data[-_TAIL:]) is None
        yield source.refused("truncated" if cut else "bad_container", f"after {number} items: {damage}")


def _mended(data: bytes) -> bytes:
    """Return a feed whose references XML can read: HTML's own by number, an ampersand that is none by its name.

    In CDATA this changes nothing for whoever reads the content as HTML.

    >>> _mended(b"<a>R&D&nbsp;&amp; rain</a>")
    b'<a>R&amp;D&#160;&amp; rain</a>'
    """
    declared = b"<!ENTITY" in data

    def reference(found: re.Match[bytes]) -> bytes:
        name = found[1]
        if name in _OWN or (declared and name):
            return found[0]
        code = name2codepoint.get(name.decode()) if name else None
        return b"&#%d;" % code if code else b"&amp;" + found[0][1:]

    return _REFERENCE.sub(reference, data)


def _name(element: Any) -> str:
    """Return a tag without its name space; comments and entities have none."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _children(element: Any, *names: str) -> Iterator[Any]:
    """Yield the children with one of some names, in the order of the names."""
    for name in names:
        yield from (child for child in element if _name(child) == name)


def _inner(element: Any) -> str:
    """Return what an element holds as HTML: its text as it is written there, child elements with their tags."""
    from lxml import etree  # noqa: PLC0415

    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str):
            for each in child.iter(etree.Element):
                each.tag = _name(each)
            etree.cleanup_namespaces(child)
            parts.append(etree.tostring(child, encoding="unicode", method="html", with_tail=False))
        elif child.tag is etree.Entity:
            parts.append(child.text)
        parts.append(child.tail or "")
    return "".join(parts).strip()


def _first(element: Any, *names: str) -> str:
    return next((text for child in _children(element, *names) if (text := _inner(child))), "")


def _feed(item: Any) -> dict[str, str]:
    """Return the name and the language of the feed that an item stands in."""
    told = {"name": "", "language": ""}
    for parent in item.iterancestors():
        for channel in [parent, *_children(parent, "channel")]:
            told["name"] = told["name"] or _first(channel, "title")
            told["language"] = (
                told["language"] or _first(channel, "language") or channel.get("{http://www.w3.org/XML/1998/namespace}lang", "")
            )
    return told


def _address(item: Any) -> str | None:
    """Return where an item's page stands."""
    links = [_inner(child) for child in _children(item, "origLink", "link")]
    links += [child.get("href", "") for child in _children(item, "link") if child.get("rel", "alternate") == "alternate"]
    links += [_inner(child) for child in _children(item, "guid") if child.get("isPermaLink", "true") == "true"]
    return next((html.unescape(link) for link in links if link.startswith(("http://", "https://"))), None)


def _authors(item: Any) -> list[str]:
    """Return an item's authors; an e-mail address is no name."""
    written = [_inner(child) for child in _children(item, "creator")]
    written += [_first(child, "name") or ("" if len(child) else _inner(child)) for child in _children(item, "author")]
    names = [(_NAMED.fullmatch(name) or [name, name])[1].strip() for name in map(html.unescape, written)]
    return list(dict.fromkeys(name for name in names if name and "@" not in name))


def _moment(written: str) -> str:
    """Return a date in ISO 8601; as it is written, where it is no date of an e-mail.

    >>> _moment("Tue, 03 Mar 2020 08:30:00 GMT"), _moment("2020-03-03")
    ('2020-03-03T08:30:00+00:00', '2020-03-03')
    """
    try:
        return parsedate_to_datetime(written).isoformat()
    except (ValueError, TypeError, OverflowError):
        return written


def _content(item: Any) -> str:
    """Return an item's content as HTML: the whole one where the feed gives it, else its summary."""
    for element in _children(item, "encoded", "content", "description", "summary"):
        text = _inner(element)
        if not text or (_name(element) == "content" and element.get("url")):  # the second is a picture's
            continue
        if element.get("type") == "text":
            text = html.escape(text, quote=False)
        if "<" not in text:
            text = "".join(f"<p>{part.strip()}</p>\n" for part in re.split(r"\n[^\S\n]*+\n", text) if part.strip())
        return text
    return ""


def _page(item: Any, feed: dict[str, str]) -> str:
    """Return an item as a page."""

    def meta(key: str, name: str, value: str) -> str:
        return f'<meta {key}="{name}" content="{html.escape(html.unescape(value))}">\n' if value else ""

    title = html.escape(html.unescape(_first(item, "title")), quote=False)
    language = f' lang="{html.escape(feed["language"])}"' if feed["language"] else ""
    address = _address(item)
    head = [
        f"<!DOCTYPE html>\n<html{language}>\n<head>\n<title>{title}</title>\n",
        meta("property", "og:title", _first(item, "title")),
        meta("property", "og:site_name", feed["name"]),
        *(meta("name", "author", name) for name in _authors(item)),
        meta("property", "article:published_time", _moment(_first(item, "pubDate", "published", "issued", "date"))),
        meta("property", "article:modified_time", _moment(_first(item, "updated", "modified"))),
        f'<link rel="canonical" href="{html.escape(address)}">\n' if address else "",
    ]
    return f"{''.join(head)}</head>\n<body>\n<article>\n<h1>{title}</h1>\n{_content(item)}\n</article>\n</body>\n</html>\n"
