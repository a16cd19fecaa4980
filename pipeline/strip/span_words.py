"""The words of spans: what a table of learned scores says of them, and where else in the text they stand.

A table is one byte for each of 2 ** `BITS` places; a word, a pair of words, a span's first and last words and characters each have a
place by their hash. Nothing here compares floating-point numbers, and the hash is CRC-32, so that every machine reads the same places.
"""

from __future__ import annotations

import math
import zlib
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pipeline.text.characters import Ints, letter_words

if TYPE_CHECKING:
    from collections.abc import Sequence

BITS = 15
_READ = 1200
"""Characters of a span that are read for its words."""
_LONG = 4
"""Letters of a word that tells what a text is about."""
_MIX = np.uint64(0x9E3779B97F4A7C15)
_SALTS = tuple(np.uint64(salt) for salt in (0x01, 0x3C6EF372, 0x1B873593, 0x5BD1E995, 0x27D4EB2F, 0x165667B1, 0x85EBCA6B, 0x2545F491))
_ROOTS = np.array([math.isqrt(100 * number) for number in range(4001)], dtype=np.int64)
"""Ten times the square roots: a span's score is the sum of its places' scores by the root of their number."""

TABLE = ("table", "table_mean", "table_min", "table_max", "table_first", "table_last")
SAID = (
    "long_words", "said_before", "said_after", "near_before", "near_after", "said_nowhere",
    "names", "names_before", "names_after", "names_near_before", "names_near_after",
    "pairs", "pairs_before", "pairs_after", "again_before", "again_after", "again_share", "past", "going",
)  # fmt: skip
"""Columns of `said`: how many long words, names and pairs of words a span has, and the percentage of them that stand in earlier and later
spans, right beside it, or nowhere else; the largest number of pairs that one earlier or later
span repeats, and the percentage of the pairs that is; the percentage of words that end in -ed and in -ing."""


class Heard(NamedTuple):
    """The words of all spans, one after the other.

    Attributes:
        spans: Number of spans.
        owner: The span of each word.
        known: The number of each word, small and capital letters alike.
        hashes: The hash of each numbered word.
        long: Whether each numbered word is long.
        endings: 1 for each numbered word that ends in -ed, 2 for -ing.
        capital: Whether each word begins with a capital letter.
        first: Whether each word is its span's first.
    """

    spans: int
    owner: Ints
    known: Ints
    hashes: np.ndarray
    long: np.ndarray
    endings: np.ndarray
    capital: np.ndarray
    first: np.ndarray


def hear(parts: Sequence[str]) -> Heard:
    """Find all words of some spans, of a long one only those of its first part."""
    heads = [part[:_READ].replace("\n", " ") for part in parts]
    words, counts = letter_words("\n".join(heads))
    cased = {word: number for number, word in enumerate(dict.fromkeys(words))}
    place = np.fromiter(map(cased.__getitem__, words), np.int32, len(words))
    lowered = list(map(str.lower, cased))
    folded = {word: number for number, word in enumerate(dict.fromkeys(lowered))}
    number = np.fromiter(map(folded.__getitem__, lowered), np.int32, len(lowered))
    capital = np.fromiter((word[0].isupper() for word in cased), bool, len(cased))
    owner = np.repeat(np.arange(len(heads), dtype=np.int32), counts[: len(heads)])
    size = len(folded)
    coded = "\n".join(folded).encode("utf-8", "surrogatepass").split(b"\n") if folded else []
    hashes = np.fromiter(map(zlib.crc32, coded), np.uint64, size)
    long = (np.fromiter(map(len, folded), np.int32, size) >= _LONG) | ~np.fromiter(map(str.isascii, folded), bool, size)
    endings = np.fromiter((1 if word[-2:] == "ed" else 2 if word[-3:] == "ing" else 0 for word in folded), np.int8, size)
    first = np.concatenate([[True], owner[1:] != owner[:-1]]) if len(owner) else np.zeros(0, bool)
    return Heard(
        len(heads), owner, number[place] if len(place) else place, hashes, long, endings, capital[place] if len(place) else place > 0, first
    )


class Places(NamedTuple):
    """Places of the table, and the span of each."""

    owner: np.ndarray
    at: np.ndarray


def places(heard: Heard, edges: np.ndarray) -> Places:
    """The table's places of every span.

    Args:
        heard: The words.
        edges: For each span, its first two and last two characters, as code points: spans by four.

    Returns:
        Those of words, of pairs, of first and last words and pairs, and of the characters at both ends, in this order.
    """
    word = heard.hashes[heard.known]
    same = heard.owner[1:] == heard.owner[:-1]
    pair = (word[:-1] * np.uint64(31) + word[1:])[same]
    begins = np.flatnonzero(heard.first)
    ends = np.append(begins[1:], len(word)) - 1 if len(begins) else begins
    second = begins + (ends > begins)
    spans = np.arange(heard.spans, dtype=np.int32)
    front = edges[:, 0].astype(np.uint64) * np.uint64(65599) + edges[:, 1].astype(np.uint64)
    back = edges[:, 2].astype(np.uint64) * np.uint64(65599) + edges[:, 3].astype(np.uint64)
    kinds = (
        (heard.owner, word), (heard.owner[:-1][same], pair), (heard.owner[begins], word[begins]), (heard.owner[ends], word[ends]),
        (heard.owner[begins], word[begins] * np.uint64(31) + word[second]),
        (heard.owner[ends], word[ends] * np.uint64(31) + word[np.maximum(ends - 1, begins)]),
        (spans, front), (spans, back),
    )  # fmt: skip
    owners = np.concatenate([owner for owner, _ in kinds])
    hashes = np.concatenate([(value + salt) * _MIX for (_, value), salt in zip(kinds, _SALTS, strict=True)])
    return Places(owners, (hashes >> np.uint64(64 - BITS)).astype(np.int64))


def span_totals(found: Places, table: np.ndarray, count: int) -> np.ndarray:
    """The score of each span: the sum of its places' by the root of their number, ten times as many."""
    total = np.bincount(found.owner, weights=table[found.at].astype(np.int64), minlength=count).astype(np.int64)
    number = np.bincount(found.owner, minlength=count)
    score: np.ndarray = total * 10 // np.maximum(_ROOTS[np.minimum(number, len(_ROOTS) - 1)], 1)
    return score


def table_columns(heard: Heard, found: Places, table: np.ndarray) -> dict[str, np.ndarray]:
    """What the table says of each span, by `TABLE`; the edges are those of the first and the last word."""
    owners, at = found
    values = table[at].astype(np.int64)
    count = heard.spans
    total = np.bincount(owners, weights=values, minlength=count).astype(np.int64)
    number = np.bincount(owners, minlength=count)
    least, most = np.zeros(count, np.int64), np.zeros(count, np.int64)
    np.minimum.at(least, owners, values)
    np.maximum.at(most, owners, values)
    begins = np.flatnonzero(heard.first)
    words = len(heard.owner)
    pairs = int((heard.owner[1:] == heard.owner[:-1]).sum())
    base = words + pairs
    first, last = np.zeros(count, np.int64), np.zeros(count, np.int64)
    first[heard.owner[begins]] = values[base : base + len(begins)] + values[base + 2 * len(begins) : base + 3 * len(begins)]
    last[heard.owner[begins]] = (
        values[base + len(begins) : base + 2 * len(begins)] + values[base + 3 * len(begins) : base + 4 * len(begins)]
    )
    return {
        "table": span_totals(found, table, count),
        "table_mean": total * 10 // np.maximum(number, 1),
        "table_min": least,
        "table_max": most,
        "table_first": first,
        "table_last": last,
    }


def said(heard: Heard) -> dict[str, np.ndarray]:
    """Where else in the text each span's words, names and pairs of words stand, by `SAID`."""
    count = heard.spans
    places_of = _Standing(heard.owner, heard.known.astype(np.int64), count)
    words = places_of.shares(heard.long[places_of.value])
    names = places_of.shares(places_of.any(heard.capital & ~heard.first & heard.long[heard.known]))
    same = heard.owner[1:] == heard.owner[:-1]
    pair = heard.known[:-1][same].astype(np.int64) * max(len(heard.hashes), 1) + heard.known[1:][same]
    paired = _Standing(heard.owner[:-1][same], pair, count)
    pairs = paired.shares(np.ones(len(paired.span), bool))
    most_before, most_after = paired.most()
    ends = heard.endings[heard.known]
    number = np.maximum(np.bincount(heard.owner, minlength=count), 1)
    return {
        "long_words": np.minimum(words.number, 60),
        "said_before": words.before,
        "said_after": words.after,
        "near_before": words.near_before,
        "near_after": words.near_after,
        "said_nowhere": words.nowhere,
        "names": np.minimum(names.number, 30),
        "names_before": names.before,
        "names_after": names.after,
        "names_near_before": names.near_before,
        "names_near_after": names.near_after,
        "pairs": np.minimum(pairs.number, 100),
        "pairs_before": pairs.before,
        "pairs_after": pairs.after,
        "again_before": most_before,
        "again_after": most_after,
        "again_share": np.maximum(most_before, most_after) * 100 // np.maximum(pairs.number, 1),
        "past": np.bincount(heard.owner[ends == 1], minlength=count) * 100 // number,
        "going": np.bincount(heard.owner[ends == 2], minlength=count) * 100 // number,
    }


class _Shares(NamedTuple):
    """How many values each span has, and the percentages of them that stand elsewhere; -1 where it has none."""

    number: np.ndarray
    before: np.ndarray
    after: np.ndarray
    near_before: np.ndarray
    near_after: np.ndarray
    nowhere: np.ndarray


_NEAR = 2
"""How many spans away a word still stands beside a span."""
_MOST = 60


class _Standing:
    """Where each value stands: one row for each span that has it, value by value and in each in the order of the spans."""

    def __init__(self, owner: np.ndarray, value: np.ndarray, count: int) -> None:
        keys = value * count + owner
        self.count = count
        self._order = np.argsort(keys, kind="stable")
        ranked = keys[self._order]
        self._starts = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]])[: len(ranked)])
        self.value, self.span = np.divmod(ranked[self._starts], max(count, 1))
        self._again = self.value[1:] == self.value[:-1]
        self._near = self._again & (self.span[1:] - self.span[:-1] <= _NEAR)

    def any(self, mask: np.ndarray) -> np.ndarray:
        """Whether a mask over the words holds for one of those that make up each row."""
        found: np.ndarray = np.maximum.reduceat(mask[self._order], self._starts) if len(self._starts) else np.zeros(0, bool)
        return found

    def shares(self, wanted: np.ndarray) -> _Shares:
        """What part of each span's values, of the rows that are wanted, stands in other spans."""
        nothing = np.zeros(1, bool)
        size = len(self.span)
        before, after = (np.concatenate(part)[:size] for part in ((nothing, self._again), (self._again, nothing)))
        near_before, near_after = (np.concatenate(part)[:size] for part in ((nothing, self._near), (self._near, nothing)))
        number = np.bincount(self.span[wanted], minlength=self.count)
        safe = np.maximum(number, 1)
        columns = (
            np.where(number > 0, np.bincount(self.span[mask & wanted], minlength=self.count) * 100 // safe, -1)
            for mask in (before, after, near_before, near_after, ~(before | after))
        )
        return _Shares(number, *columns)

    def most(self) -> tuple[np.ndarray, np.ndarray]:
        """The largest number of values that each span shares with one earlier span, and with one later one, at most `_MOST`."""
        before, after = np.zeros(self.count, np.int64), np.zeros(self.count, np.int64)
        links = np.sort(self.span[:-1][self._again] * self.count + self.span[1:][self._again])
        if len(links):
            starts = np.flatnonzero(np.concatenate([[True], links[1:] != links[:-1]]))
            times = np.minimum(np.diff(np.append(starts, len(links))), _MOST)
            np.maximum.at(after, links[starts] // self.count, times)
            np.maximum.at(before, links[starts] % self.count, times)
        return before, after
