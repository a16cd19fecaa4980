"""Where the words at the edges of lines stand elsewhere in the text: inside lines, or at edges again.

A word that mostly stands inside lines is no sign of a new paragraph however large its first letter (a name that a scraper broke off),
and a line that ends in such a word is not at its end. This needs no list of words, and so works in every language.
"""

from __future__ import annotations

from collections import Counter
from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.text.characters import Classes, Ints

INSIDE_FEATURES = ("b_inside", "b_inside_small", "a_inside")
"""Columns of `inside_features`."""

_READ = 200_000
"""Characters of the text that are counted."""
EDGE = 40
"""Characters of a word that are looked at."""
_MOST = 20
_MOST_LAST = 40


def edges(text: str, classes: Classes, starts: Ints, ends: Ints) -> tuple[list[str], list[str]]:
    r"""The first and the last word of every line; of a long word only the `EDGE` characters at the line's edge.

    >>> from pipeline.text.characters import classify
    >>> edges("He said the\nMayor left.", classify("He said the\nMayor left."), np.array([0, 12]), np.array([11, 23]))
    (['He', 'Mayor'], ['the', 'left.'])
    """
    after = np.minimum(np.minimum(classes.next_space(starts), starts + EDGE), ends).tolist()
    before = np.maximum(np.maximum(classes.last_space(ends) + 1, starts), ends - EDGE).tolist()
    heads = [text[start:end] for start, end in zip(starts.tolist(), after, strict=True)]
    tails = [text[start:end] for start, end in zip(before, ends.tolist(), strict=True)]
    return heads, tails


def inside_features(text: str, firsts: Sequence[str], lasts: Sequence[str]) -> Sequence[Ints]:
    r"""Columns by `INSIDE_FEATURES`, one row for every line but the last.

    How often the second line's first word stands inside lines, as written and in small letters (-1 where it has none to lose), and how
    often the first line's last word stands before the end of lines.

    Args:
        text: The base text.
        firsts: The first word of every line, as `edges` gives it.
        lasts: The last word of every line.

    >>> text = "Near the\nRhine it rains, the\nRhine and the Rhine rise"
    >>> found = inside_features(text, ["Near", "Rhine", "Rhine"], ["the", "the", "rise"])
    >>> [column.tolist() for column in found]
    [[1, 1], [0, 0], [1, 1]]
    """
    words = Counter(text[:_READ].split())
    at_first, at_last = Counter(firsts), Counter(lasts)
    small = [first.lower() if first[0].isupper() else "" for first in firsts[1:]]
    count = len(small)
    none = repeat(0)

    def inside(wanted: Sequence[str], at_edge: Counter[str], most: int) -> Ints:
        everywhere = np.fromiter(map(words.get, wanted, none), np.int32, count)
        found: Ints = np.minimum(np.maximum(everywhere - np.fromiter(map(at_edge.get, wanted, none), np.int32, count), -1), most)
        return found

    has_small = np.fromiter(map(bool, small), np.bool_, count)
    return (
        inside(firsts[1:], at_first, _MOST),
        np.where(has_small, inside(small, at_first, _MOST), -1),
        inside(lasts[:-1], at_last, _MOST_LAST),
    )
