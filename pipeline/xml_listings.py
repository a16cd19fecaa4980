"""Tells XML that lists things (a feed, a site map, a list of feeds) from pages, by how it begins."""

from __future__ import annotations

import re
from typing import Final

from pipeline.text.expressions import expression

_ROOT: Final = expression(
    r"\ufeff?\s*+(?:<\?[^>]*+>\s*+|<!--(?:[^-]|-(?!->))*+-->\s*+|<!DOCTYPE[^>\[]*+(?:\[[^\]]*+\]\s*+)?>\s*+)*+<(?:\w++:)?([\w.-]++)(?=[\s/>])",
    re.IGNORECASE,
)
HEAD: Final = 16_384
"""Characters at the start of a document that are looked at: feeds begin with licences and long lists of name spaces."""
_SPACES: Final = {"RDF": ("purl.org/rss/1.0", "my.netscape.com/rdf"), "feed": ("www.w3.org/2005/Atom", "purl.org/atom/ns")}
"""Name spaces that make a root with a common name a feed: RSS 1.0 and 0.9, Atom 1.0 and 0.3."""
_LISTS: Final = frozenset({"urlset", "sitemapindex", "opml"})


def xml_root(text: str) -> str | None:
    """Return the name of a document's first element, where nothing but an XML prologue stands before it.

    >>> xml_root('<?xml version="1.0"?><!-- made --><rss version="2.0">'), xml_root("Rain <rss>")
    ('rss', None)
    """
    found = _ROOT.match(text[:HEAD])
    return found[1] if found else None


def is_feed(text: str) -> bool:
    """Tell whether a document is an RSS or Atom feed.

    >>> is_feed('<feed xmlns="http://www.w3.org/2005/Atom">'), is_feed("<feed>"), is_feed("<p>An <rss> feed")
    (True, False, False)
    """
    root = xml_root(text)
    return root == "rss" or any(space in text[:HEAD] for space in _SPACES.get(root or "", ()))


def is_xml_listing(text: str) -> bool:
    """Tell whether a document lists things and is no page: a feed, a site map, a list of feeds.

    >>> is_xml_listing('<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">')
    True
    """
    return is_feed(text) or xml_root(text) in _LISTS
