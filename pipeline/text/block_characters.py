"""Counts of character classes, for all blocks of a page at once.

The classes are those that the model of pages was trained on; `characters.py` has those of the models of texts. Both name scripts by
`scripts.py`. They can be one table when both models are trained anew.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from pipeline.text.scripts import UNSPACED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LETTER, SPACE, DIGIT, UPPER, STOP, COMMA, DENSE, SYMBOL, LINE, QUOTE, BULLET = range(11)
CLASSES = 16
_PORTION = 1 << 22
"""Characters counted at a time, to bound memory."""

_STOPS = ".!?…。！？．｡؟।॥۔։።"
_COMMAS = ",;:、，；：،؛"
_QUOTES = "\"'“”‘’„‚«»‹›「」『』《》〈〉"
_BULLETS = "|•·»›→▶►▸✓✔★☆■●▪–—-/\\#@&+*=<>[]{}()%$€£©®™_~^"
_SPACES = (0x09, 0x0B, 0x0C, 0x0D, 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000)
_SYMBOLS = ((0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0xBF), (0x2010, 0x2BFF), (0x3001, 0x303F), (0xFE30, 0xFE6F), (0xFF01, 0xFF0F))
_UPPERS = ((0x41, 0x5A), (0xC0, 0xD6), (0xD8, 0xDE), (0x0391, 0x03A9), (0x0400, 0x042F))


@cache
def _table() -> NDArray[np.uint8]:
    """The class of every code point of the basic plane; other planes are letters, but for emoji and rare Han."""
    table = np.zeros(0x10000, dtype=np.uint8)
    for ranges, value in ((_SYMBOLS, SYMBOL), (_UPPERS, UPPER), (UNSPACED, DENSE), (((0x30, 0x39), (0xFF10, 0xFF19)), DIGIT)):
        for first, last in ranges:
            table[first : last + 1] = value
    for characters, value in ((_BULLETS, BULLET), (_QUOTES, QUOTE), (_COMMAS, COMMA), (_STOPS, STOP)):
        for character in characters:
            table[ord(character)] = value
    table[list(_SPACES)] = SPACE
    table[0x0A] = LINE
    return table


def count(
    base: str, starts: Sequence[int] | NDArray[np.int64], ends: Sequence[int] | NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    r"""Count the characters of each class in each block.

    Args:
        base: the base text.
        starts: where blocks begin, in code points, ascending.
        ends: where they end.

    Returns:
        The counts, blocks by classes; and the class of every block's last character (a closing quote or bracket gives that of the
        character before it).

    >>> counts, last = count("Ab, 12.\n\n中文", [0, 9], [7, 11])
    >>> [int(counts[0, c]) for c in (UPPER, LETTER, COMMA, SPACE, DIGIT, STOP)], int(counts[1, DENSE])
    ([1, 1, 1, 1, 2, 1], 2)
    >>> last.tolist() == [STOP, DENSE]
    True
    """
    points = _points(base)
    classes = _table()[points if points.dtype == np.uint16 else np.minimum(points, 0xFFFF)]
    first, last = np.asarray(starts, dtype=np.int64), np.asarray(ends, dtype=np.int64)
    blocks = len(first)
    counts = np.zeros(blocks * CLASSES, dtype=np.int64)
    for begin in range(0, len(points), _PORTION):
        end = min(begin + _PORTION, len(points))
        low, high = np.searchsorted(first, (begin, end - 1), side="right") - 1
        bounds = np.append(np.maximum(first[low : high + 1], begin), end)
        owner = np.repeat(np.arange(low * CLASSES, (high + 1) * CLASSES, CLASSES, dtype=np.int64), np.diff(bounds))
        owner += classes[begin:end]
        counts += np.bincount(owner, minlength=blocks * CLASSES)
    table = counts.reshape(blocks, CLASSES)
    table[:-1, LINE] -= 2
    final, before = classes[last - 1], classes[np.maximum(last - 2, first)]
    return table, np.where((final == QUOTE) | (points[last - 1] == ord(")")), before, final)


def _points(base: str) -> NDArray[np.uint16] | NDArray[np.uint32]:
    """The code points; in two bytes each if all are in the basic plane."""
    units = base.encode("utf-16-le", "surrogatepass")
    if len(units) == 2 * len(base):
        return np.frombuffer(units, dtype=np.uint16)
    return np.frombuffer(base.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
