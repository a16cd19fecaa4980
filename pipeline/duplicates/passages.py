"""Where two texts say the same, word for word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.duplicates.shingles import shingles, whole, widths

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.duplicates.tokens import Tokens

GAP: Final = 3
"""Words that may differ between two parts of one passage, on either side: a name, a number, a verb of saying."""


def passages(one: Tokens, two: Tokens) -> NDArray[np.int64]:
    """Return the passages that two texts share, as rows of token offsets [start, end, start in the other, end in the other].

    A passage is one shingle or more in a row. What stands twice in the other text counts where it stands first. Rows are sorted by where
    they start in the first text; their ends may overlap by less than a shingle.

    >>> from pipeline.duplicates.tokens import Tokeniser
    >>> tokens = Tokeniser().tokens
    >>> passages(tokens("so we went to the old mill again"), tokens("They went to the old mill.")).tolist()
    [[2, 7, 1, 6]]
    """
    mine, theirs = shingles(one)[: whole(one)], shingles(two)[: whole(two)]
    if not len(mine) or not len(theirs):
        return np.empty((0, 4), dtype=np.int64)
    order = np.argsort(theirs, kind="stable")
    place = np.searchsorted(theirs, mine, sorter=order)
    place[place == len(theirs)] = 0
    there = order[place]
    here = np.flatnonzero(theirs[there] == mine)
    if not len(here):
        return np.empty((0, 4), dtype=np.int64)
    there = there[here]
    first = np.flatnonzero(np.append(True, (np.diff(here) != 1) | (np.diff(there) != 1)))
    last = np.append(first[1:], len(here)) - 1
    width = widths(one)[here[last]]
    return np.stack([here[first], here[last] + width, there[first], there[last] + width], axis=1).astype(np.int64)


def joined(found: NDArray[np.int64], gap: int = GAP) -> NDArray[np.int64]:
    """Join passages that at most `gap` tokens part in both texts, in the same order.

    >>> joined(np.array([[0, 5, 10, 15], [6, 11, 16, 21], [30, 35, 0, 5]])).tolist()
    [[0, 11, 10, 21], [30, 35, 0, 5]]
    """
    if len(found) < 2:
        return found
    found = _straightened(found, gap)
    between_here, between_there = found[1:, 0] - found[:-1, 1], found[1:, 2] - found[:-1, 3]
    apart = (between_here > gap) | (between_there > gap) | (found[1:, 2] < found[:-1, 2])
    first = np.flatnonzero(np.append(True, apart))
    last = np.append(first[1:], len(found)) - 1
    return np.stack([found[first, 0], found[last, 1], found[first, 2], found[last, 3]], axis=1)


def _straightened(found: NDArray[np.int64], gap: int) -> NDArray[np.int64]:
    """Leave out passages whose words stand twice in the other text, where those before and after them go on alike.

    >>> _straightened(np.array([[0, 20, 0, 20], [16, 22, 90, 96], [18, 40, 18, 40]]), 3).tolist()
    [[0, 20, 0, 20], [18, 40, 18, 40]]
    """
    line = found[:, 2] - found[:, 0]
    aside = np.zeros(len(found), dtype=np.bool_)
    aside[1:-1] = (abs(line[2:] - line[:-2]) <= gap) & (found[2:, 0] - found[:-2, 1] <= gap) & (abs(line[1:-1] - line[:-2]) > gap)
    return found[~aside]


def covered(found: NDArray[np.int64], side: int, length: int) -> NDArray[np.bool_]:
    """Return for each of `length` tokens whether a passage covers it; `side` is 0 for the first text and 1 for the other."""
    steps = np.zeros(length + 1, dtype=np.int64)
    np.add.at(steps, found[:, 2 * side], 1)
    np.add.at(steps, found[:, 2 * side + 1], -1)
    return np.cumsum(steps[:-1]) > 0
