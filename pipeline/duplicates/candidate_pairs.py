"""Pairs of records that may tell the same story, found without comparing all with all, and phrases that say nothing about it.

Records are numbered; a pair of them is the number `lesser * records + greater`. What is found depends on the set of records and on
their order by id alone. Memory is bounded: postings are sorted a part at a time, and a shingle of many records gives a few pairs for
each of them, not all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from pipeline.duplicates.shingles import BANDS, LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pipeline.duplicates.sketch import Sketched

POSTINGS: Final = 1 << 22
"""Postings that are sorted at a time: some 300 MB with all that is made of them."""
WIDE: Final = 16
"""Of the records that share a shingle, all pairs are formed where they are at most so many, else each with the next `NEIGHBOURS`."""
NEIGHBOURS: Final = 2
MET: Final = 3
"""Sampled shingles that two records share at least to be compared. Versions of a story of 120 words share ten and more."""


def pairs_of_bands(build: Sketched, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the pairs that share the key of a band, each with its next neighbours in the order of the numbers."""
    records = len(build.heads)
    keys = np.empty((BANDS, len(chosen)), dtype=np.uint64)
    for place, number in enumerate(chosen):
        keys[:, place] = build.bands(int(number))
    found = np.empty(0, dtype=np.int64)
    for row in keys:
        order = np.argsort(row, kind="stable")
        found = np.union1d(found, neighbours(row[order], chosen[order], records, wide=0))
    return found


def pairs_of_samples(build: Sketched, chosen: NDArray[np.int64], postings: int = POSTINGS) -> NDArray[np.int64]:
    """Return the pairs that share at least `MET` sampled shingles."""
    keys, counts = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    for hashes, numbers in _postings(build, chosen, postings):
        new, met = np.unique(neighbours(hashes, numbers, len(build.heads)), return_counts=True)
        keys, place = np.unique(np.concatenate([keys, new]), return_inverse=True)
        counts = np.bincount(place, weights=np.concatenate([counts, met]), minlength=len(keys)).astype(np.int64)
    return keys[counts >= MET]


def common_shingles(
    build: Sketched, chosen: NDArray[np.int64], story: NDArray[np.int64], least: int, postings: int = POSTINGS
) -> NDArray[np.uint64]:
    """Return the sampled shingles that speak for no story: the records that share one tell different stories.

    A phrase of an agency report that a hundred sites took over stands in many records as well, but those tell one.

    Args:
        build: the sketches.
        chosen: the numbers of the records that were searched.
        story: for every record the number of the story that it tells as far as is known, the same for related records.
        least: a shingle of fewer records is not judged.
        postings: how many postings are sorted at a time.

    Returns:
        Sorted shingles of `least` records or more, fewer than half of which tell the same story.
    """
    out = [common_of(hashes, story[numbers], least) for hashes, numbers in _postings(build, chosen, postings)]
    return np.unique(np.concatenate(out)) if out else np.empty(0, dtype=np.uint64)


def common_of(hashes: NDArray[np.uint64], stories: NDArray[np.int64], least: int) -> NDArray[np.uint64]:
    """Return those of some shingles that `common_shingles` returns, from all records that have them.

    Args:
        hashes: a shingle for every record that has it, in any order.
        stories: the story that the record tells.
        least: a shingle of fewer records is not judged.
    """
    if not len(hashes):
        return np.empty(0, dtype=np.uint64)
    order = np.lexsort((stories, hashes))
    mine, told = hashes[order], stories[order]
    begins = np.flatnonzero(np.append(True, (mine[1:] != mine[:-1]) | (told[1:] != told[:-1])))
    same = np.diff(np.append(begins, len(mine)))
    first = np.flatnonzero(np.append(True, mine[begins][1:] != mine[begins][:-1]))
    largest, held = np.maximum.reduceat(same, first), np.add.reduceat(same, first)
    found: NDArray[np.uint64] = mine[begins][first][(held >= least) & (2 * largest < held)]
    return found


def _postings(build: Sketched, chosen: NDArray[np.int64], postings: int) -> Iterator[tuple[NDArray[np.uint64], NDArray[np.int64]]]:
    """Yield shingles and the numbers of their records, sorted by both, a range of shingles at a time."""
    total = sum(build.heads[int(number)].sampled for number in chosen)
    parts = max(1, -(-total // postings))
    step = LIMIT // parts
    for part in range(parts):
        low, high = np.uint64(part * step), np.uint64((part + 1) * step if part + 1 < parts else 0xFFFFFFFFFFFFFFFF)
        samples = []
        for number in chosen:
            held = build.sample(int(number))
            ends = (0, len(held)) if parts == 1 else np.searchsorted(held, np.array([low, high], dtype=np.uint64))
            samples.append(np.array(held[ends[0] : ends[1]], dtype=np.uint64))
        if not samples:
            return
        hashes = np.concatenate(samples)
        numbers = np.repeat(chosen, [len(each) for each in samples])
        order = np.argsort(hashes, kind="stable")
        yield hashes[order], numbers[order]


def neighbours(hashes: NDArray[Any], numbers: NDArray[np.int64], records: int, wide: int = WIDE) -> NDArray[np.int64]:
    """Return pairs of records that stand together at a hash, one for every hash at which they do.

    Args:
        hashes: sorted.
        numbers: the record of each, ascending where hashes are equal.
        records: how many records there are.
        wide: up to how many records of a hash form all pairs.
    """
    _, bucket, held = np.unique(hashes, return_inverse=True, return_counts=True)
    size = held[bucket]
    keys = [np.empty(0, dtype=np.int64)]
    for offset in range(1, min(max(wide, NEIGHBOURS + 1), len(hashes))):
        first = np.flatnonzero(hashes[:-offset] == hashes[offset:])
        if offset > NEIGHBOURS:
            first = first[size[first] <= wide]
        if not len(first):
            break
        keys.append(numbers[first] * records + numbers[first + offset])
    return np.concatenate(keys)
