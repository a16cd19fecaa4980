"""The host of an address: what publishers, sites and statistics are named by."""

from __future__ import annotations

from urllib.parse import urlsplit


def host_of(url: str | None) -> str | None:
    """Return the host of an address without "www."; None where there is none, or what is given is no address.

    >>> host_of("https://www.example.co.uk/x"), host_of("//["), host_of(None)
    ('example.co.uk', None, None)
    """
    try:
        host = (urlsplit(url or "").hostname or "").lower().rstrip(".")
    except ValueError:
        return None
    return host.removeprefix("www.") or None
