"""The words of the match key with the places where they stand, as arrays of integers."""

from __future__ import annotations

import re
from array import array
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from pipeline.annotate import entities
from pipeline.lists import load_lists
from pipeline.matchkey import fold_words

if TYPE_CHECKING:
    from pipeline.lists import Lists

UNSPACED: Final = 1
"""Flag of a character of a script that writes words without spaces; such characters are tokens one by one."""
NAMED: Final = 2
"""Flag of a token that is written with a capital or a digit in front, or that is the id of a listed name."""

QUOTED: Final = 4
"""Flag of a token between quotation marks."""

_WIDE: Final = r"\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3\u0e00-\u0e7f"
_RUN: Final = re.compile(rf"([{_WIDE}])|[^\s{_WIDE}]+")
_QUOTATION: Final = re.compile(r"“[^“”\n]{1,900}”|\"[^\"\n]{1,900}\"|«[^«»\n]{1,900}»|„[^„“”\n]{1,900}[“”]|「[^「」\n]{1,900}」")
"""What stands between quotation marks on one line. No mark stands inside, so that the time is linear in the text."""
_CACHED: Final = 400_000
"""How many different runs of characters a tokeniser remembers: some 100 MB at most. It forgets all when it is full."""


class Tokens(msgspec.Struct, frozen=True):
    """The folded words of a text, in order.

    Attributes:
        hashes: 32 bits of the BLAKE2b hash of every word (uint32).
        starts: where the run of characters begins that the word was folded from, in code points of the text (uint32).
        ends: where that run ends; words that were folded from one run ("R&D") have the same place.
        flags: `UNSPACED`, `NAMED` and `QUOTED` (uint8).
    """

    hashes: NDArray[np.uint32]
    starts: NDArray[np.uint32]
    ends: NDArray[np.uint32]
    flags: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.hashes)


def word_hash(word: str) -> int:
    """Return the number of a folded word: 32 bits, the same on every machine.

    >>> word_hash("percent")
    3797240227
    """
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=4).digest(), "little")


class Tokeniser:
    """Turns texts into tokens; remembers how runs of characters fold, which decides nothing but its speed."""

    def __init__(self, lists: Lists | None = None) -> None:
        self._lists = lists or load_lists()
        self._cache: dict[str, tuple[tuple[int, ...], int]] = {}
        self._per, self._cent, self._percent = map(word_hash, ("per", "cent", "percent"))

    def tokens(self, text: str) -> Tokens:
        """Return the words of the match key of a text (`pipeline.matchkey`) and their places.

        >>> found = Tokeniser().tokens("The U.N. and R&D")
        >>> [(int(start), int(end)) for start, end in zip(found.starts, found.ends)]
        [(0, 3), (4, 8), (9, 12), (13, 16), (13, 16), (13, 16)]
        """
        found = _Found()
        at = 0
        for entity in entities(text, language=None, lists=self._lists):
            self._runs(text, at, entity.start, found)
            found.add(word_hash(entity.id), entity.start, entity.end, NAMED)
            at = entity.end
        self._runs(text, at, len(text), found)
        hashes, starts, ends, flags = found.hashes, found.starts, found.ends, found.flags
        places = np.array(starts, dtype=np.uint32)
        marked = np.array(flags, dtype=np.uint8)
        marked[_within(places, text)] |= np.uint8(QUOTED)
        return Tokens(np.array(hashes, dtype=np.uint32), places, np.array(ends, dtype=np.uint32), marked)

    def _runs(self, text: str, start: int, end: int, found: _Found) -> None:
        """Take the runs of characters between two places; a run is mostly one word that was seen before."""
        cache, hashes, starts, ends, flags = self._cache, found.hashes, found.starts, found.ends, found.flags
        for match in _RUN.finditer(text, start, end):
            run = match[0]
            held = cache.get(run)
            if held is None:
                if len(cache) >= _CACHED:
                    cache.clear()
                flag = UNSPACED if match.lastindex else _flag(run)
                held = cache[run] = (tuple(word_hash(word) for word in fold_words(run, self._lists)), flag)
            words, flag = held
            first, last = match.span()
            if len(words) == 1 and words[0] != self._cent:
                hashes.append(words[0])
                starts.append(first)
                ends.append(last)
                flags.append(flag)
                continue
            for word in words:
                if word == self._cent and hashes and hashes[-1] == self._per and not text[ends[-1] : first].strip(" "):
                    hashes[-1], ends[-1] = self._percent, last
                else:
                    found.add(word, first, last, flag)


class _Found:
    """The arrays of a text's tokens while they grow."""

    def __init__(self) -> None:
        self.hashes, self.starts, self.ends, self.flags = array("I"), array("I"), array("I"), array("B")

    def add(self, word: int, start: int, end: int, flag: int) -> None:
        """Take one word."""
        self.hashes.append(word)
        self.starts.append(start)
        self.ends.append(end)
        self.flags.append(flag)


def _within(places: NDArray[np.uint32], text: str) -> NDArray[np.bool_]:
    """Tell which places are within quotations."""
    spans = [match.span() for match in _QUOTATION.finditer(text)]
    if not spans:
        return np.zeros(len(places), dtype=np.bool_)
    edges = np.array(spans, dtype=np.int64).ravel()
    within: NDArray[np.bool_] = np.searchsorted(edges, places, side="right") % 2 == 1
    return within


def _flag(run: str) -> int:
    """Tell whether the first letter or digit of a run is a capital or a digit."""
    first = next((char for char in run if char.isalnum()), "a")
    return NAMED if first.isupper() or first.isdigit() else 0
