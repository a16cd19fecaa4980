"""Columns of integers over a page's blocks, and the table that they make."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.extract.page_layout import Layout

Column = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Basics:
    """What many columns are made of: of every block its number, where it begins and ends, its characters, those in links, its element."""

    index: Column
    starts: Column
    ends: Column
    size: Column
    link: Column
    element: Column

    @classmethod
    def of(cls, layout: Layout) -> Basics:
        """Read them off a page."""
        starts, ends, links, elements = map(as_column, (layout.starts, layout.ends, layout.link_chars, layout.elements))
        return cls(np.arange(len(starts), dtype=np.int64), starts, ends, ends - starts, links, elements)


def as_column(numbers: Sequence[int]) -> Column:
    """Python integers as a column, read-only; three times as fast as `numpy.array`, which looks at every number's type first.

    >>> as_column((3, -1)).tolist()
    [3, -1]
    """
    return np.frombuffer(struct.pack(f"{len(numbers)}q", *numbers), dtype=np.int64)


class Table:
    """Columns with names, in the order in which they were added."""

    def __init__(self, blocks: int) -> None:
        self.blocks = blocks
        self.names: list[str] = []
        self.columns: list[Column | Flags] = []

    def add(self, name: str, column: Column | Flags | int) -> None:
        """Append a column; a single number stands in every row."""
        self.names.append(name)
        self.columns.append(column if isinstance(column, np.ndarray) else np.full(self.blocks, column, dtype=np.int64))

    def extend(self, names: Sequence[str], columns: Column) -> None:
        """Append columns that were computed together: names by blocks."""
        self.names += names
        self.columns.append(columns.reshape(-1))

    def matrix(self) -> NDArray[np.int32]:
        """All columns, blocks by features; stored feature after feature, as the trees read them."""
        cells = np.concatenate(self.columns, dtype=np.int32, casting="unsafe")
        return cells.reshape(len(self.names), self.blocks).T


def percent(part: Column, whole: Column | int) -> Column:
    """Integer percentage, 0 of nothing."""
    return part * 100 // np.maximum(whole, 1)


def sums(column: Column | Flags) -> Column:
    """Prefix sums with a leading zero, so that a range's sum is a difference."""
    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(column)))


def shift(column: Column, by: int, fill: int = 0) -> Column:
    """The column of each block's neighbour: `by` blocks before (positive) or behind (negative)."""
    if abs(by) >= len(column):
        return np.full(len(column), fill, dtype=np.int64)
    edge = np.full(abs(by), fill, dtype=np.int64)
    return np.concatenate((edge, column[:-by])) if by > 0 else np.concatenate((column[-by:], edge))
