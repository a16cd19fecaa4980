"""Read single attributes of a serialised element."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from pipeline.extract.runs import unescape

_ATTRIBUTE = re.compile(r' ([^ \t\n\r\f/>=]+)="([^"]*)"')
_SCHEMES = ("http://", "https://", "mailto:", "tel:")

_AUTHORITY = re.compile(r"(?:https?:)?//(?:[^/@?#]*@)?([\w.-]+)", re.IGNORECASE)
_COUNTRY_LABEL = 3
"""Longest label of the kind that countries put before names ("co.uk", "com.tr")."""


def read_attributes(attributes: str) -> dict[str, str]:
    """All attributes by name.

    >>> read_attributes(' href="a?b&amp;c" data-x=""')
    {'href': 'a?b&c', 'data-x': ''}
    """
    return {name: unescape(value).strip() for name, value in _ATTRIBUTE.findall(attributes)}


def resolve(address: str, url: str | None) -> str | None:
    """Make an address absolute; None for one that leads nowhere (`javascript:`, `data:`, a relative one without a page address).

    >>> resolve("/a", "https://x.example/b/c"), resolve("javascript:void(0)", None), resolve("//y.example/i.png", None)
    ('https://x.example/a', None, 'https://y.example/i.png')
    """
    address = address.strip()
    if address.startswith("//"):
        address = "https:" + address
    if not address.startswith(_SCHEMES):
        if not url or not address or address.startswith("#") or re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", address):
            return None
        try:
            address = urljoin(url, address)
        except ValueError:
            return None
    return address if address.startswith(_SCHEMES) else None


def same_site(attributes: str, url: str | None) -> bool:
    """Whether a link stays on the site: it is relative, or its host is that of the page's address."""
    address = read_attributes(attributes).get("href", "")
    return bool(address) and (not _host(address) or _host(address) == _host(url or ""))


def _host(address: str) -> str:
    """The registered part of an address's host, as far as its look tells; empty for a relative address.

    >>> _host("https://www.post.example/a"), _host("//news.post.co.uk"), _host("/a"), _host("//[x/")
    ('post.example', 'post.co.uk', '', '')
    """
    found = _AUTHORITY.match(address)
    labels = found[1].lower().split(".") if found else []
    return ".".join(labels[-3:] if len(labels) > 2 and len(labels[-2]) <= _COUNTRY_LABEL else labels[-2:])
