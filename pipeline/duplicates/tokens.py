"""The words of the match key with the places where they stand, as arrays of integers."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from pipeline.annotate import entities
from pipeline.duplicates.match_key import fold_plain, fold_words
from pipeline.lists import load_lists
from pipeline.text.expressions import expression
from pipeline.text.scripts import SINGLE, in_class

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.lists import Lists
    from pipeline.records import Entity

UNSPACED: Final = 1
"""Flag of a character of a script that writes words without spaces; such characters are tokens one by one."""
NAMED: Final = 2
"""Flag of a token that is written with a capital or a digit in front, or that is the id of a listed name."""

QUOTED: Final = 4
"""Flag of a token between quotation marks."""

_WIDE: Final = in_class(SINGLE)
_RUN: Final = expression(rf"[{_WIDE}]|[^\s{_WIDE}]+")
_UNSPACED: Final = expression(rf"[{_WIDE}]")
_BLANK: Final = np.array([chr(point).isspace() for point in range(0x3002)])
"""Whether a character is white space, by its code point; none further up is, and the last entry stands for them all."""
_QUOTATION: Final = expression(r"“[^“”\n]{1,900}”|\"[^\"\n]{1,900}\"|«[^«»\n]{1,900}»|„[^„“”\n]{1,900}[“”]|「[^「」\n]{1,900}」")
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


class _Folds(dict[str, int]):
    """What a run of characters folds to, worked out when it is first asked for.

    A run that is one word is its `word_hash`, with the flag of the run above the 32 bits. Any other run is -1 - n, where n is the place of
    its words and its flag in `others`.
    """

    def __init__(self, lists: Lists) -> None:
        super().__init__()
        self.others: list[tuple[tuple[int, ...], int]] = []
        self._lists = lists

    def __missing__(self, run: str) -> int:
        flag = UNSPACED if not run.isascii() and _UNSPACED.match(run) else _flag(run)
        plain = fold_plain(run, self._lists)
        if plain is not None:
            packed = word_hash(plain) | flag << 32
        else:
            words = tuple(map(word_hash, fold_words(run, self._lists)))
            if len(words) == 1:
                packed = words[0] | flag << 32
            else:
                packed = -1 - len(self.others)
                self.others.append((words, flag))
        self[run] = packed
        return packed


class Tokeniser:
    """Turns texts into tokens; remembers how runs of characters fold, which decides nothing but its speed."""

    def __init__(self, lists: Lists | None = None) -> None:
        self._lists = lists or load_lists()
        self._folds = _Folds(self._lists)
        self._per, self._cent, self._percent = map(word_hash, ("per", "cent", "percent"))

    def tokens(self, text: str) -> Tokens:
        """Return the words of the match key of a text (`pipeline.duplicates.match_key`) and their places.

        >>> found = Tokeniser().tokens("The U.N. and R&D")
        >>> [(int(start), int(end)) for start, end in zip(found.starts, found.ends)]
        [(0, 3), (4, 8), (9, 12), (13, 16), (13, 16), (13, 16)]
        """
        if len(self._folds) >= _CACHED:
            self._folds = _Folds(self._lists)
        named = entities(text, language=None, lists=self._lists)
        runs, spans = _runs(_without(text, named))
        folded = np.fromiter(map(self._folds.__getitem__, runs), dtype=np.int64, count=len(runs))
        if named:
            at = np.searchsorted(spans[:, 0], [entity.start for entity in named])
            folded = np.insert(folded, at, [word_hash(entity.id) | NAMED << 32 for entity in named])
            spans = np.insert(spans, at, [(entity.start, entity.end) for entity in named], axis=0)
        words, spans = self._percents(text, *self._spread(folded, spans))
        flags = (words >> 32).astype(np.uint8)
        starts = spans[:, 0].astype(np.uint32)
        flags[_within(starts, text)] |= np.uint8(QUOTED)
        return Tokens((words & 0xFFFFFFFF).astype(np.uint32), starts, spans[:, 1].astype(np.uint32), flags)

    def _spread(self, folded: NDArray[np.int64], spans: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Put the words of the runs that are no word, or several, in the places of these."""
        several = np.flatnonzero(folded < 0)
        if not len(several):
            return folded, spans
        others = [self._folds.others[-1 - number] for number in folded[several].tolist()]
        counts = np.ones(len(folded), dtype=np.int64)
        counts[several] = [len(words) for words, _ in others]
        spread = np.repeat(folded, counts)
        spread[spread < 0] = [word | flag << 32 for words, flag in others for word in words]
        return spread, np.repeat(spans, counts, axis=0)

    def _percents(self, text: str, words: NDArray[np.int64], spans: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Join `per` and `cent` with nothing but spaces between them to one word, with the flag of the first."""
        hashes = words & 0xFFFFFFFF
        cents = np.flatnonzero((hashes[1:] == self._cent) & (hashes[:-1] == self._per)) + 1
        cents = cents[[not text[spans[at - 1, 1] : spans[at, 0]].strip(" ") for at in cents.tolist()]] if len(cents) else cents
        if not len(cents):
            return words, spans
        words[cents - 1] += self._percent - self._per
        spans[cents - 1, 1] = spans[cents, 1]
        return np.delete(words, cents), np.delete(spans, cents, axis=0)


def _without(text: str, named: Sequence[Entity]) -> str:
    """Return a text with spaces in place of its names, so that all else stands where it stood."""
    pieces: list[str] = []
    at = 0
    for entity in named:
        pieces += (text[at : entity.start], " " * (entity.end - entity.start))
        at = entity.end
    return "".join(pieces) + text[at:]


def _runs(text: str) -> tuple[list[str], NDArray[np.int64]]:
    """Return the runs of characters of a text, and where each begins and ends."""
    if text.isascii():
        points: NDArray[Any] = np.frombuffer(text.encode(), dtype=np.uint8)
    elif _UNSPACED.search(text):
        found = list(_RUN.finditer(text))
        return [match[0] for match in found], np.array([match.span() for match in found], dtype=np.int64).reshape(-1, 2)
    else:
        points = np.minimum(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32), len(_BLANK) - 1)
    blank = np.ones(len(points) + 2, dtype=np.bool_)
    blank[1:-1] = _BLANK[points]
    return text.split(), np.flatnonzero(blank[1:] != blank[:-1]).reshape(-1, 2)


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
    first = run[0] if run[0].isalnum() else next(filter(str.isalnum, run), "a")
    return NAMED if first.isupper() or first.isdigit() else 0
