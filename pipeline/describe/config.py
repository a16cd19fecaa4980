"""Settings of the describe stage."""

from __future__ import annotations

import msgspec


class DescribeConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Budgets and choices; every one of them changes what is read.

    Attributes:
        jsonld_chars: code points of one JSON-LD script that is parsed; longer ones are left alone.
        jsonld_nodes: objects of a page's JSON-LD that are looked at.
        meta_tags: elements of the page that are looked at, in document order.
        visible_blocks: blocks after the headline in which a byline or a stamp may stand.
        most_tags: tags that a record keeps.
        relative_dates: whether "2 hours ago" is read where the time of fetching is known.
    """

    jsonld_chars: int = 8_000_000
    jsonld_nodes: int = 5_000
    meta_tags: int = 1_500
    visible_blocks: int = 12
    most_tags: int = 40
    relative_dates: bool = True
