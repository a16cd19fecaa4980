"""The words of spans: what a table of learned scores says of them, and where else in the text they stand.

A table is one byte for each of 2 ** `BITS` places; a word, a pair of words, a span's first and last words and characters each have a
place by their hash. Nothing here compares floating-point numbers, and the hash is CRC-32, so that every machine reads the same places.
"""

from __future__ import annotations

import itertools
import math
import zlib
from collections import defaultdict
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
    cased: defaultdict[str, int] = defaultdict(itertools.count().__next__)
    place = np.fromiter(map(cased.__getitem__, words), np.int32, len(words))
    folded: defaultdict[str, int] = defaultdict(itertools.count().__next__)
    number = np.fromiter((folded[word.lower()] for word in cased), np.int32, len(cased))
    capital = np.fromiter((word[0].isupper() for word in cased), bool, len(cased))
    owner = np.repeat(np.arange(len(heads), dtype=np.int32), counts[: len(heads)])
    hashes = np.fromiter((zlib.crc32(word.encode("utf-8", "surrogatepass")) for word in folded), np.uint64, len(folded))
    long = np.fromiter((len(word) >= _LONG or not word.isascii() for word in folded), bool, len(folded))
    endings = np.fromiter((1 if word.endswith("ed") else 2 if word.endswith("ing") else 0 for word in folded), np.int8, len(folded))
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
    long = heard.long[heard.known]
    words = _elsewhere(heard.owner[long], heard.known[long].astype(np.int64), heard.spans)
    named = heard.capital & ~heard.first & long
    names = _elsewhere(heard.owner, heard.known.astype(np.int64), heard.spans, asked=named)
    same = heard.owner[1:] == heard.owner[:-1]
    pair = heard.known[:-1][same].astype(np.int64) * max(len(heard.hashes), 1) + heard.known[1:][same]
    pairs = _elsewhere(heard.owner[:-1][same], pair, heard.spans)
    ends = heard.endings[heard.known]
    number = np.maximum(np.bincount(heard.owner, minlength=heard.spans), 1)
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
        "again_before": pairs.most_before,
        "again_after": pairs.most_after,
        "again_share": np.maximum(pairs.most_before, pairs.most_after) * 100 // np.maximum(pairs.number, 1),
        "past": np.bincount(heard.owner[ends == 1], minlength=heard.spans) * 100 // number,
        "going": np.bincount(heard.owner[ends == 2], minlength=heard.spans) * 100 // number,
    }


class _Elsewhere(NamedTuple):
    number: np.ndarray
    before: np.ndarray
    after: np.ndarray
    near_before: np.ndarray
    near_after: np.ndarray
    nowhere: np.ndarray
    most_before: np.ndarray
    most_after: np.ndarray


_NEAR = 2
"""How many spans away a word still stands beside a span."""


def _elsewhere(owner: np.ndarray, value: np.ndarray, count: int, asked: np.ndarray | None = None) -> _Elsewhere:
    """Percentages of each span's distinct values that other spans have; -1 where a span has none. `asked` picks the values that count."""
    keys = value * count + owner
    if asked is None:
        keys = np.unique(keys)
        wanted = np.ones(len(keys), bool)
    else:
        order = np.argsort(keys, kind="stable")
        keys, starts = np.unique(keys[order], return_index=True)
        wanted = np.maximum.reduceat(asked[order], starts) if len(keys) else np.zeros(0, bool)
    what, span = keys // count, keys % count
    again = what[1:] == what[:-1]
    gap = span[1:] - span[:-1]
    nothing = np.zeros(1, bool)
    has_before, has_after = np.concatenate([nothing, again])[: len(keys)], np.concatenate([again, nothing])[: len(keys)]
    near = again & (gap <= _NEAR)
    near_before, near_after = np.concatenate([nothing, near])[: len(keys)], np.concatenate([near, nothing])[: len(keys)]
    number = np.bincount(span[wanted], minlength=count)

    def share(mask: np.ndarray) -> np.ndarray:
        found = np.bincount(span[mask & wanted], minlength=count)
        return np.where(number > 0, found * 100 // np.maximum(number, 1), -1)

    most_before, most_after = np.zeros(count, np.int64), np.zeros(count, np.int64)
    links, times = np.unique(span[:-1][again] * count + span[1:][again], return_counts=True) if again.any() else (keys[:0], keys[:0])
    np.maximum.at(most_after, links // count, times)
    np.maximum.at(most_before, links % count, times)
    return _Elsewhere(
        number, share(has_before), share(has_after), share(near_before), share(near_after), share(~has_before & ~has_after),
        np.minimum(most_before, 60), np.minimum(most_after, 60),
    )  # fmt: skip
