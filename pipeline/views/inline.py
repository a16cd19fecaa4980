"""The words of a block with their links: what both views write in their own signs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.records import Link, TextBlock

_SCHEMES = ("http", "https", "mailto", "")
"""Addresses that a view makes links of; any other (`javascript:`) is left as words."""


class Piece(NamedTuple):
    """A stretch of a block, and the address that it links to, if any."""

    text: str
    url: str | None


def pieces(text: str, links: Sequence[Link], start: int, end: int) -> Iterator[Piece]:
    """Yield `text[start:end]` in pieces. Of links that overlap the first counts; `links` are in any order."""
    place = start
    for link in sorted(links, key=lambda link: (link.start, -link.end)):
        low, high = max(link.start, place), min(link.end, end)
        if low >= high or link.start < place or not is_safe(link.url):
            continue
        if low > place:
            yield Piece(text[place:low], None)
        yield Piece(text[low:high], link.url)
        place = high
    if place < end:
        yield Piece(text[place:end], None)


def is_safe(url: str) -> bool:
    """Tell whether an address may become a link.

    >>> is_safe("https://example.org/a"), is_safe("/a"), is_safe("JavaScript:alert(1)"), is_safe("http://[")
    (True, True, False, False)
    """
    try:
        return urlsplit(url.strip()).scheme.lower() in _SCHEMES and url.isprintable()
    except ValueError:
        return False


def depths(blocks: Sequence[TextBlock]) -> list[int]:
    """Return for items of one list how many of the items before them they lie inside of, whatever numbers their levels have."""
    above: list[int] = []
    found = []
    for block in blocks:
        level = block.level or 1
        while above and above[-1] >= level:
            above.pop()
        found.append(len(above))
        above.append(level)
    return found


def rows_of(words: str) -> list[list[str]]:
    r"""Return the cells of a table block: rows are parted by line ends, cells by TAB. Short rows are filled up.

    >>> rows_of("day\train\nMonday")
    [['day', 'rain'], ['Monday', '']]
    """
    rows = [line.split("\t") for line in words.split("\n")]
    width = max(map(len, rows))
    return [row + [""] * (width - len(row)) for row in rows]
