"""The words of a block with their links and marks: what both views write in their own signs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.records import InlineMark, Link, MarkKind, TextBlock

_SCHEMES = ("http", "https", "mailto", "")
"""Addresses that a view makes links of; any other (`javascript:`) is left as words."""


class Piece(NamedTuple):
    """`text[start:end]`, part of a block, and the address that it links to, if any."""

    start: int
    end: int
    url: str | None


def pieces(links: Sequence[Link], start: int, end: int) -> Iterator[Piece]:
    """Yield a block, `start` to `end`, in pieces. Of links that overlap the first counts; `links` are in any order."""
    place = start
    for link in sorted(links, key=lambda link: (link.start, -link.end)):
        low, high = max(link.start, place), min(link.end, end)
        if low >= high or link.start < place or not is_safe(link.url):
            continue
        if low > place:
            yield Piece(place, low, None)
        yield Piece(low, high, link.url)
        place = high
    if place < end:
        yield Piece(place, end, None)


class Stretch(NamedTuple):
    """Words of a piece, and the kinds of marks that all of them have, in the order of their names."""

    text: str
    kinds: tuple[MarkKind, ...]


def stretches(text: str, marks: Sequence[InlineMark], start: int, end: int) -> Iterator[Stretch]:
    """Yield `text[start:end]` in stretches, marks without the white space at their ends.

    Of marks that overlap the outermost counts, with those of the same words; one that goes over a line end is left out.
    """
    inside = sorted({(*_tight(text, max(mark.start, start), min(mark.end, end)), mark.kind) for mark in marks if mark.end > start})
    inside.sort(key=lambda mark: (mark[0], -mark[1], mark[2]))
    place = start
    for low, high, _ in inside:
        if low < place or low >= high or "\n" in text[low:high]:
            continue
        if low > place:
            yield Stretch(text[place:low], ())
        yield Stretch(text[low:high], tuple(kind for first, last, kind in inside if (first, last) == (low, high)))
        place = high
    if place < end:
        yield Stretch(text[place:end], ())


def _tight(text: str, low: int, high: int) -> tuple[int, int]:
    words = text[low:high]
    return low + len(words) - len(words.lstrip()), high - len(words) + len(words.rstrip())


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
