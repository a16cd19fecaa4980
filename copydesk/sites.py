"""The site that a record belongs to, for whatever counts by site."""

from __future__ import annotations

from pipeline.hosts import host_of


def site_of(canonical_url: str | None, url: str | None, source: str) -> str:
    """Return the host of a record's address without `www.`, or its source where it has none.

    >>> site_of(None, "https://www.example.org/rain", "press"), site_of("//[", None, "press")
    ('example.org', 'press')
    """
    return host_of(canonical_url) or host_of(url) or source
