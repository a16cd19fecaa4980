"""Which attribute strings of a page hold a word: one look at all of them instead of a pattern for each.

A page has about 200 distinct attribute strings of 19,000 characters, and a rule that looks for names finds them in few or none. A pattern
that ignores case costs 4 µs a string, a plain search over all strings, joined, 15 µs a word. So the sequences of three characters that the
strings hold are noted once a page (70 µs), and a word that has another is not searched for at all.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache, cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from numpy.typing import NDArray

_LOW_BITS = 31
"""Of each character the five lowest bits, which are the same in capitals and small letters."""
_SECOND, _FIRST = np.uint16(5), np.uint16(10)
_SEQUENCES, _LEAST = 1 << 15, 3
_PORTION = 1 << 18
"""Bytes looked at together, to bound memory: pictures written out in attributes have millions."""


class AttributeSearch:
    """A page's distinct attribute strings, to be searched for parts of names in any case."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts

    @cached_property
    def _folded(self) -> list[str]:
        """The strings, so that only small ASCII letters stand where a pattern that ignores case would take those."""
        return [text.lower() if text.isascii() else _fold(text) for text in self.texts]

    @cached_property
    def _whole(self) -> str:
        return "\n".join(self._folded)

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate([len(text) + 1 for text in self._folded]))

    @cached_property
    def _triples(self) -> NDArray[np.bool_]:
        """Of every sequence of three characters, by its number, whether the strings hold it."""
        joined = "\n".join(self.texts)
        encoded = (joined if joined.isascii() else self._whole).encode("utf-8", "replace")
        held = np.zeros(_SEQUENCES, dtype=np.bool_)
        for begin in range(0, len(encoded), _PORTION):
            held[_numbers(encoded[begin : begin + _PORTION + 2])] = True
        return held

    def holding(self, parts: tuple[str, ...]) -> set[int]:
        """The numbers of the strings that hold one of some parts, which are given in small letters, three or more.

        Raises:
            ValueError: for a part of one or two letters.

        >>> sorted(AttributeSearch([' class="Rain"', ' class="wind"', ' id="hail"']).holding(("rai", "hai")))
        [0, 2]
        """
        found: set[int] = set()
        numbers, starts = _triples_of(parts)
        for likely in np.flatnonzero(np.logical_and.reduceat(self._triples[numbers], starts)).tolist():
            whole, ends, part = self._whole, self._ends, parts[likely]
            at = whole.find(part)
            while at >= 0:
                place = bisect_right(ends, at)
                found.add(place)
                at = whole.find(part, ends[place])
        return found

    def matching(self, pattern: re.Pattern[str], parts: tuple[str, ...]) -> set[int]:
        """The numbers of the strings in which a pattern is found.

        Args:
            pattern: what to look for.
            parts: in small letters, three or more; whatever the pattern takes holds one of them.

        >>> import re
        >>> AttributeSearch([' class="Rain"', ' class="train"']).matching(re.compile("(?<![a-z])rain", re.I), ("rain",))
        {0}
        """
        return {number for number in self.holding(parts) if pattern.search(self.texts[number])}


def _fold(text: str) -> str:
    """Small letters such as a pattern that ignores case takes them: a long s is an s, and a dot above a small i is none."""
    return text.casefold().replace("\u0307", "")


def _numbers(encoded: bytes) -> NDArray[np.intp]:
    """The number of every sequence of three characters."""
    low = (np.frombuffer(encoded, dtype=np.uint8) & _LOW_BITS).astype(np.uint16)
    return (low[:-2] << _FIRST | low[1:-1] << _SECOND | low[2:]).astype(np.intp)


@cache
def _triples_of(parts: tuple[str, ...]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The numbers of all sequences of some parts, one part behind the other, and where each part's begin."""
    if any(len(part) < _LEAST for part in parts):
        raise ValueError(f"a part is shorter than {_LEAST} letters: {parts}")
    numbers = [_numbers(part.encode()) for part in parts]
    starts = np.cumsum([0, *(len(own) for own in numbers[:-1])], dtype=np.intp)
    return np.concatenate(numbers), starts
