"""Read single attributes of a serialised element."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from pipeline.extract.walk import unescape

_ATTRIBUTE = re.compile(r' ([^ \t\n\r\f/>=]+)="([^"]*)"')
_SCHEMES = ("http://", "https://", "mailto:", "tel:")


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
