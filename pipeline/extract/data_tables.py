"""Tables of data become one block: cells by TAB, rows by newline. Tables used for layout stay as the blocks that they hold."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, NamedTuple, Protocol

from pipeline.extract.page_layout import Anchor, Picture, Script

if TYPE_CHECKING:
    from pipeline.records import BlockKind

MAX_CELL = 300
"""A cell with more characters holds prose, and its table is there for the layout."""
MAX_MEAN = 80
MAX_HEADED_CELL, MAX_HEADED_MEAN = 800, 200
"""The same for a table with header cells or a caption whose rows have the same number of cells."""
_COLSPAN = re.compile(r' colspan="\s*+(\d{1,3})', re.IGNORECASE)
_MOST_COLUMNS = 40
_MOST_PARTS = 8
"""Blocks of a cell, in a table without header cells or a caption."""
_NOT_DATA = frozenset(("table", "figure", "form", "iframe", "pre"))


class WideCells:
    """Which attribute strings say that a cell goes over several columns, and over how many."""

    def __init__(self) -> None:
        self.columns: dict[int, int] = {}
        self.read = 0

    def look(self, attributes: dict[str, int]) -> dict[int, int]:
        """Of the number of every such string its columns; only strings that are new since the last look are read.

        >>> WideCells().look({' class="a"': 0, ' colspan="3"': 1})
        {1: 3}
        """
        size = len(attributes)
        for number, text in zip(range(size - 1, self.read - 1, -1), reversed(attributes), strict=False):
            if "colspan" in text and (found := _COLSPAN.search(text)):
                self.columns[number] = min(int(found[1]), _MOST_COLUMNS)
        self.read = size
        return self.columns


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
    element_depths: list[int]
    element_attributes: list[int]
    attributes: dict[str, int]
    wide_cells: WideCells
    links: list[Anchor]
    drops: list[tuple[int, int]]
    scripts: list[Script]
    pictures: list[Picture]
    rules: list[int]


class _Grid(NamedTuple):
    """The rows of a table: of every cell the blocks in it, `first` to `end`; `first` is the first block behind the caption."""

    first: int
    lines: list[list[tuple[int, int]]]
    headed: bool


def join_data_table(rows: Rows, table: int) -> int | None:
    """Join the blocks of a table that has just ended, if it is a table of data.

    A table of data has two rows and two columns at least, no table, figure, form or player inside, and short cells. Cells that hold several
    blocks, lists or headings, or longer texts, are taken for data where the table has header cells or a caption. A caption stays a block of
    its own, before the table.

    Args:
        rows: the page so far; changed in place.
        table: the table's element.

    Returns:
        Where the next block begins in the base text, None if nothing was joined.
    """
    grid = _read_grid(rows, table)
    if grid is None:
        return None
    first, start = grid.first, rows.starts[grid.first]
    lines: list[str] = []
    moved: dict[int, int] = {}
    offset = start
    for line in grid.lines:
        cells = []
        for low, high in line:
            words = []
            for block in range(low, high):
                words.append(rows.texts[block].replace("\n", " ").replace("\t", " "))
                moved[block] = offset
                offset += len(words[-1]) + 1
            offset += low == high
            cells.append(" ".join(words))
        lines.append("\t".join(cells))
    text = "\n".join(lines)
    lead = len(text) - len(text.lstrip())
    text = text.strip()
    _shift_spans(rows, first, {block: place - lead for block, place in moved.items()})
    _join_rows(rows, first, table, start + len(text))
    rows.texts[first:] = [text]
    return start + len(text) + 2


def _read_grid(rows: Rows, table: int) -> _Grid | None:
    """The cells of a table, row by row, empty rows left out; None if the table is not one of data."""
    tags, firsts, ends = rows.element_tags, rows.element_firsts, rows.element_ends
    spanning, depths, nested = rows.wide_cells.look(rows.attributes), rows.element_depths, 0
    lines: list[list[tuple[int, int]]] = []
    first, headed, held = firsts[table], False, 0
    for element in range(table + 1, len(tags)):
        tag = tags[element]
        if nested and depths[element] > nested:
            continue
        if tag == "tr":
            lines.append([])
        elif tag in ("td", "th"):
            if not lines or tags[rows.element_parents[element]] != "tr":
                return None
            lines[-1].append((firsts[element], ends[element]))
            if (number := rows.element_attributes[element]) in spanning:
                lines[-1] += [(ends[element], ends[element])] * (spanning[number] - 1)
            headed = headed or tag == "th"
            held += ends[element] - firsts[element]
        elif tag == "caption" and not held:
            first, headed = ends[element], True
        elif tag == "table" and ends[element] - firsts[element] == 1 and rows.kinds[firsts[element]] == "table":
            nested = depths[element]
        elif tag in _NOT_DATA:
            return None
    if nested and not headed:
        return None
    filled = [line for line in lines if any(low < high for low, high in line)]
    wide = max((sum(low < high for low, high in line) for line in filled), default=0)
    if held != len(rows.texts) - first or len(filled) < 2 or wide < 2 or not _is_data(rows, filled, headed=headed):
        return None
    return _Grid(first, filled, headed)


def _is_data(rows: Rows, lines: list[list[tuple[int, int]]], *, headed: bool) -> bool:
    """Whether the cells are short and plain enough for data; those of a table with header cells or a caption may hold more."""
    cells = [cell for line in lines for cell in line if cell[0] < cell[1]]
    sizes = [sum(map(len, rows.texts[low:high])) for low, high in cells]
    counts = Counter(map(len, lines))
    if not headed:
        plain = all(high - low == 1 and rows.kinds[low] in ("paragraph", "table") for low, high in cells)
        short = max(sizes) <= MAX_CELL and sum(sizes) <= MAX_MEAN * len(cells)
        return short and (plain or (len(counts) == 1 and len(cells) == len(lines) * len(lines[0]) and _is_regular(rows, cells, sizes)))
    regular = counts.most_common(1)[0][1] * 4 >= len(lines) * 3
    return max(sizes) <= (MAX_HEADED_CELL if regular else MAX_CELL) and sum(sizes) <= (MAX_HEADED_MEAN if regular else MAX_MEAN) * len(
        cells
    )


def _is_regular(rows: Rows, cells: list[tuple[int, int]], sizes: list[int]) -> bool:
    """Whether cells of several blocks hold data all the same, none of them empty: few blocks each, no headings, and hardly links."""
    blocks = [block for low, high in cells for block in range(low, high)]
    if any(high - low > _MOST_PARTS for low, high in cells) or any(rows.kinds[block] in ("heading", "code") for block in blocks):
        return False
    return 2 * sum(rows.link_chars[block] for block in blocks) <= sum(sizes)


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
    outer = rows.element_firsts[table]
    within = [at for at in range(table, table + inside) if rows.element_firsts[at] >= first or at == table]
    for at in within:
        rows.element_firsts[at], rows.element_ends[at] = first, first + 1
    rows.element_firsts[table] = outer
    for number in range(len(rows.pictures) - 1, -1, -1):
        picture = rows.pictures[number]
        if picture.block <= first:
            break
        rows.pictures[number] = Picture(first + 1, picture.element, picture.attributes)
    rows.rules[:] = [min(rule, first + 1) for rule in rows.rules]
