"""Tables of data become one block: cells by TAB, rows by newline. Tables used for layout stay as the blocks that they hold."""

from __future__ import annotations

from bisect import bisect_right
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Protocol

from pipeline.extract.page_layout import Anchor, Picture, Script

if TYPE_CHECKING:
    from pipeline.records import BlockKind

MAX_CELL = 300
"""A cell with more characters holds prose, and its table is there for the layout."""
MAX_MEAN = 80
_NOT_DATA = frozenset(("table", "figure", "form", "iframe", "pre"))


class Rows(Protocol):
    """What the walk has written so far: columns over blocks, and over elements."""

    texts: list[str]
    starts: list[int]
    ends: list[int]
    owners: list[int]
    kinds: list[BlockKind]
    levels: list[int]
    marks: list[int]
    link_chars: list[int]
    link_counts: list[int]
    element_tags: list[str]
    element_parents: list[int]
    element_firsts: list[int]
    element_ends: list[int]
    links: list[Anchor]
    drops: list[tuple[int, int]]
    scripts: list[Script]
    pictures: list[Picture]
    rules: list[int]


def join_data_table(rows: Rows, table: int) -> int | None:
    """Join the blocks of a table that has just ended, if it is a table of data.

    A table of data has two rows and two columns at least, no table, list or heading inside, at most one block a cell, and short cells.

    Args:
        rows: the page so far; changed in place.
        table: the table's element.

    Returns:
        Where the next block begins in the base text, None if nothing was joined.
    """
    first = rows.element_firsts[table]
    if any(kind not in ("paragraph", "table") for kind in rows.kinds[first:]):
        return None
    cells = _cells(rows, table)
    if cells is None:
        return None
    start = rows.starts[first]
    lines: list[str] = []
    moved: dict[int, int] = {}
    offset = start
    for line in cells:
        words = []
        for block in line:
            words.append(rows.texts[block] if block >= 0 else "")
            if block >= 0:
                moved[block] = offset
            offset += len(words[-1]) + 1
        lines.append("\t".join(words))
    text = "\n".join(lines)
    lead = len(text) - len(text.lstrip())
    text = text.strip()
    _shift_spans(rows, first, {block: place - lead for block, place in moved.items()})
    _join_rows(rows, first, table, start + len(text))
    rows.texts[first:] = [text]
    return start + len(text) + 2


def _cells(rows: Rows, table: int) -> list[list[int]] | None:
    """The block of every cell, -1 for an empty cell, row by row; None if the table is not one of data."""
    tags, ends, texts = rows.element_tags, rows.element_ends, rows.texts
    lines: list[list[int]] = []
    held = 0
    for element in range(table + 1, len(tags)):
        tag, block = tags[element], rows.element_firsts[element]
        if tag == "tr":
            lines.append([])
        elif tag in ("td", "th"):
            count = ends[element] - block
            if count > 1 or not lines or tags[rows.element_parents[element]] != "tr" or (count and len(texts[block]) > MAX_CELL):
                return None
            lines[-1].append(block if count else -1)
            held += count
        elif tag in _NOT_DATA:
            return None
    first = rows.element_firsts[table]
    filled = [line for line in lines if any(block >= 0 for block in line)]
    wide = max((sum(block >= 0 for block in line) for line in filled), default=0)
    if held != len(texts) - first or len(filled) < 2 or wide < 2 or sum(map(len, texts[first:])) > MAX_MEAN * held:
        return None
    return filled


def _shift_spans(rows: Rows, first: int, moved: dict[int, int]) -> None:
    """Move links and unseen spans along with the blocks they stand in."""
    starts = rows.starts[first:]

    def shift(start: int) -> int:
        block = bisect_right(starts, start) - 1
        return moved[first + block] - starts[block]

    for number in range(len(rows.links) - 1, -1, -1):
        link = rows.links[number]
        if link.start < starts[0]:
            break
        by = shift(link.start)
        rows.links[number] = Anchor(link.start + by, link.end + by, link.attributes)
    for number in range(len(rows.drops) - 1, -1, -1):
        low, high = rows.drops[number]
        if low < starts[0]:
            break
        by = shift(low)
        rows.drops[number] = (low + by, high + by)
    for number in range(len(rows.scripts) - 1, -1, -1):
        script = rows.scripts[number]
        if script.start < starts[0]:
            break
        by = shift(script.start)
        rows.scripts[number] = Script(script.start + by, script.end + by, script.kind)


def _join_rows(rows: Rows, first: int, table: int, end: int) -> None:
    """Make one block of the blocks from `first` on, and point everything inside the table to it."""
    del rows.starts[first + 1 :]
    rows.ends[first:] = [end]
    rows.owners[first:] = [table]
    rows.kinds[first:] = ["table"]
    rows.levels[first:] = [0]
    rows.marks[first:] = [reduce(or_, rows.marks[first:])]
    rows.link_chars[first:] = [sum(rows.link_chars[first:])]
    rows.link_counts[first:] = [sum(rows.link_counts[first:])]
    inside = len(rows.element_tags) - table
    rows.element_firsts[table:] = [first] * inside
    rows.element_ends[table:] = [first + 1] * inside
    for number in range(len(rows.pictures) - 1, -1, -1):
        picture = rows.pictures[number]
        if picture.block <= first:
            break
        rows.pictures[number] = Picture(first + 1, picture.element, picture.attributes)
    rows.rules[:] = [min(rule, first + 1) for rule in rows.rules]
