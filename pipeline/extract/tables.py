"""Tables of data become one block: cells by TAB, rows by newline. Tables used for layout stay as the blocks that they hold."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from pipeline.extract.layout import Anchor, Picture

if TYPE_CHECKING:
    from pipeline.extract.layout import Layout

MAX_CELL = 300
"""A cell with more characters holds prose, and its table is there for the layout."""
MAX_MEAN = 80


def join_data_table(layout: Layout, texts: list[str], table: int, position: int) -> int:
    """Join the blocks of a table that has just ended, if it is a table of data.

    A table of data has two rows and two columns at least, no table, list or heading inside, at most one block a cell, and short cells.

    Args:
        layout: the page so far; changed in place.
        texts: the blocks' texts so far; changed in place.
        table: the table's element.
        position: where the next block would begin in the base text.

    Returns:
        Where the next block begins now.
    """
    first, count = layout.element_firsts[table], len(texts)
    if count - first < 2 or any(kind not in ("paragraph", "table") for kind in layout.kinds[first:count]):
        return position
    rows = _rows(layout, texts, table)
    if rows is None:
        return position
    start = layout.starts[first]
    lines: list[str] = []
    moved: dict[int, int] = {}
    offset = start
    for row in rows:
        cells = []
        for block in row:
            if block >= 0:
                moved[block] = offset
                cells.append(texts[block])
                offset += len(texts[block])
            else:
                cells.append("")
            offset += 1
        lines.append("\t".join(cells))
    text = "\n".join(lines)
    lead = len(text) - len(text.lstrip())
    text = text.strip()
    _shift_spans(layout, first, {block: place - lead for block, place in moved.items()})
    _join_columns(layout, first, table, start + len(text))
    texts[first:] = [text]
    return start + len(text) + 2


def _rows(layout: Layout, texts: list[str], table: int) -> list[list[int]] | None:
    """The block of every cell, -1 for an empty cell, row by row; None if the table is not one of data."""
    tags, parents, firsts, ends = layout.element_tags, layout.element_parents, layout.element_firsts, layout.element_ends
    rows: list[list[int]] = []
    held = 0
    for element in range(table + 1, len(tags)):
        tag = tags[element]
        if tag == "tr":
            rows.append([])
        elif tag in ("td", "th"):
            blocks = ends[element] - firsts[element]
            if blocks > 1 or not rows or tags[parents[element]] != "tr" or (blocks and len(texts[firsts[element]]) > MAX_CELL):
                return None
            rows[-1].append(firsts[element] if blocks else -1)
            held += blocks
        elif tag in ("table", "figure", "form", "iframe"):
            return None
    first = firsts[table]
    filled = [row for row in rows if any(block >= 0 for block in row)]
    wide = max((sum(block >= 0 for block in row) for row in filled), default=0)
    if held != len(texts) - first or len(filled) < 2 or wide < 2 or sum(map(len, texts[first:])) > MAX_MEAN * held:
        return None
    return filled


def _shift_spans(layout: Layout, first: int, moved: dict[int, int]) -> None:
    """Move links and unseen spans along with the blocks they stand in."""
    begin = layout.starts[first]

    def shift(start: int) -> int:
        block = bisect_right(layout.starts, start) - 1
        return moved[block] - layout.starts[block]

    for number in range(len(layout.links) - 1, -1, -1):
        link = layout.links[number]
        if link.start < begin:
            break
        by = shift(link.start)
        layout.links[number] = Anchor(link.start + by, link.end + by, link.attributes)
    for number in range(len(layout.drops) - 1, -1, -1):
        low, high = layout.drops[number]
        if low < begin:
            break
        by = shift(low)
        layout.drops[number] = (low + by, high + by)


def _join_columns(layout: Layout, first: int, table: int, end: int) -> None:
    """Make one entry of the blocks from `first` on in every list."""
    layout.starts[first + 1 :] = []
    layout.ends[first:] = [end]
    layout.elements[first:] = [table]
    layout.kinds[first:] = ["table"]
    layout.levels[first:] = [0]
    marks = 0
    for mark in layout.marks[first:]:
        marks |= mark
    layout.marks[first:] = [marks]
    layout.link_chars[first:] = [sum(layout.link_chars[first:])]
    layout.link_counts[first:] = [sum(layout.link_counts[first:])]
    for element in range(table, len(layout.element_tags)):
        layout.element_firsts[element] = first
        layout.element_ends[element] = first + 1
    for number in range(len(layout.pictures) - 1, -1, -1):
        picture = layout.pictures[number]
        if picture.block <= first:
            break
        layout.pictures[number] = Picture(first + 1, picture.element, picture.attributes)
    layout.rules[:] = [min(rule, first + 1) for rule in layout.rules]
