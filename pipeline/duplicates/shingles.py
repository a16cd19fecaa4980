"""Shingles of tokens as 64-bit numbers, the signatures made of them, and the sample that the build is searched with.

All arithmetic is on unsigned integers that wrap, so that every machine gives the same numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.duplicates.tokens import UNSPACED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.duplicates.tokens import Tokens

WORDS: Final = 5
"""Words of a shingle: the customary number for English news; Lee and others, "Deduplicating Training Data" (2022), and the
MinHash of datatrove use 5 as well."""
CHARACTERS: Final = 10
"""Characters of a shingle that begins with one of a script without spaces: about as long as five words of Chinese."""
ROWS: Final = 3
BANDS: Final = 42
"""Two texts with Jaccard similarity j meet in some band with the probability 1 - (1 - j^ROWS)^BANDS: 0.996 at 0.5, 0.85 at 0.35
(Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", section 3.4)."""
LIMIT: Final = 0xFFFFFFFFFFFFFFFF // 4
"""A shingle up to this number is in the sample that the build is searched with: one in four."""
LEAST: Final = 64
"""So many shingles of a text are in its sample at least, where the text has them."""
_CHUNK: Final = 1 << 16
"""Products that are made at a time: the signature of a text of any length needs 1 MB."""
_UNMIXED: Final = 1 << 61
"""Below this a product and what `x ^ x >> 29` makes of it have the same upper 32 bits."""

_ODD: Final = np.uint64(0x9E3779B97F4A7C15)


def mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Mix the bits of numbers so that each depends on all: the finaliser of SplitMix64 (Steele, Lea and Flood, 2014).

    >>> [hex(value) for value in mixed(np.array([0, 1], dtype=np.uint64))]
    ['0xe220a8397b1dcdaf', '0x910a2dec89025cc1']
    """
    out = values + _ODD
    out = (out ^ (out >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    out = (out ^ (out >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return out ^ (out >> np.uint64(31))


def shingles(tokens: Tokens) -> NDArray[np.uint64]:
    """Return the shingle that begins at every token (uint64); near the end of the text it has fewer words.

    Equal shingles are equal runs of words. A text without tokens has none.
    """
    count = len(tokens)
    padded = np.zeros(count + CHARACTERS, dtype=np.uint64)
    padded[:count] = mixed(tokens.hashes.astype(np.uint64))
    short = np.zeros(count, dtype=np.uint64)
    for offset in range(WORDS):
        short = short * _ODD + padded[offset : offset + count]
    if not (tokens.flags & UNSPACED).any():
        return mixed(short)
    long = short
    for offset in range(WORDS, CHARACTERS):
        long = long * _ODD + padded[offset : offset + count]
    return mixed(np.where(tokens.flags & UNSPACED, long, short))


def widths(tokens: Tokens) -> NDArray[np.int64]:
    """Return how many tokens the shingle that begins at each token has."""
    count = len(tokens)
    full = np.where(tokens.flags & UNSPACED, CHARACTERS, WORDS)
    return np.minimum(full, count - np.arange(count))


def shingle_set(tokens: Tokens) -> NDArray[np.uint64]:
    """Return the different whole shingles of a text, sorted; of a text with fewer tokens than a shingle, its only one.

    >>> from pipeline.duplicates.tokens import Tokeniser
    >>> tokens = Tokeniser().tokens
    >>> len(shingle_set(tokens("one two three four five six"))), len(shingle_set(tokens("one two"))), len(shingle_set(tokens("")))
    (2, 1, 0)
    """
    found = np.sort(shingles(tokens)[: whole(tokens)])
    return found[np.append(True, found[1:] != found[:-1])] if len(found) else found


def whole(tokens: Tokens) -> int:
    """Return how many shingles of a text count: those with all their words, and at least the first."""
    count = len(tokens)
    if not count:
        return 0
    last = CHARACTERS if tokens.flags[-1] & UNSPACED else WORDS
    return max(1, count - last + 1)


def _multipliers() -> NDArray[np.uint64]:
    return mixed(np.arange(1, ROWS * BANDS + 1, dtype=np.uint64) * np.uint64(2)) | np.uint64(1)


def _least(found: NDArray[np.uint64], *, mix: bool) -> NDArray[np.uint64]:
    """Return the least product of some shingles with every multiplier; with `mix`, the least of the products after `x ^ x >> 29`."""
    factors = _multipliers()
    least = np.full(len(factors), np.iinfo(np.uint64).max, dtype=np.uint64)
    step = max(1, _CHUNK // len(factors))
    for at in range(0, len(found), step):
        products = found[at : at + step, None] * factors[None, :]
        if mix:
            products ^= products >> np.uint64(29)
        np.minimum(least, products.min(axis=0), out=least)
    return least


def bands(found: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the keys of the bands of a text's MinHash signature: two texts that share a key may be alike.

    The permutations are multiplications by odd numbers (Dietzfelbinger and others, 1997), each followed by `x ^ x >> 29`; the signature
    keeps the upper 32 bits of the least value under each (Broder, 1997). Of a product below 2^61 that step changes none of these bits and
    no greater product gets below it, so where all least products are that small, which more than a hundred shingles make sure of, it is
    left out.

    Args:
        found: the set of shingles; may be empty.

    Returns:
        `BANDS` keys (uint64); none for no shingles.
    """
    if not len(found):
        return np.empty(0, dtype=np.uint64)
    least = _least(found, mix=False)
    if least.max() >= _UNMIXED:
        least = _least(found, mix=True)
    rows = (least >> np.uint64(32)).reshape(BANDS, ROWS)
    keys = np.arange(BANDS, dtype=np.uint64)
    for row in range(ROWS):
        keys = mixed(keys ^ rows[:, row])
    return keys


def sample(found: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the shingles of a set (sorted) that stand for it: those up to `LIMIT`, or the `LEAST` smallest where those are more.

    Which shingles are chosen depends on the shingles alone, so that two texts choose alike (Broder's sampling modulo m).
    """
    return found[: max(int(np.searchsorted(found, np.uint64(LIMIT), side="right")), min(LEAST, len(found)))]
