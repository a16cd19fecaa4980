"""Finds the pairs of records that may tell the same story, judges them, and finds the phrases that speak for no story.

The rules are those of `pipeline.duplicates`: here they are only given a part of the shingles, or of the pairs, at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from pipeline.duplicates.candidate_pairs import MET, common_of, neighbours
from pipeline.duplicates.compare import judge
from pipeline.duplicates.links import Link
from pipeline.duplicates.search import link_of
from pipeline.duplicates.shingles import BANDS
from pipeline.duplicates.sketch import Held
from tasks.core.sketches import read_sketches
from tasks.spark.exchange import Row, addressed, joined, pack, parts_of
from tasks.spark.fetching import RECORD, RECORDS, asked
from tasks.spark.numbering import shard_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from pipeline.config import DuplicatesConfig
    from pipeline.duplicates.tokens import Tokens
    from tasks.core.build_paths import BuildPaths
    from tasks.spark.exchange import Exchange
    from tasks.spark.numbering import Numbered

BAND, SAMPLE, PAIR, LINK, EDGE, STORY, COMMON = range(30, 37)
"""Kinds of rows: bands and sampled shingles with the numbers of their records, pairs, links, the two numbers of links, shingles with the
stories of their records, shingles that speak for none."""
LINKS: msgspec.msgpack.Decoder[list[Link]] = msgspec.msgpack.Decoder(list[Link])
Stories = tuple["NDArray[np.int64]", "NDArray[np.int64]"]
"""The numbers of related records, ascending, and for each the number of its story."""


def candidates(exchange: Exchange, paths: BuildPaths, numbered: Numbered, parts: tuple[int, int]) -> Any:
    """Return the pairs to compare, addressed to the parts that judge them, and what those parts ask for.

    `parts` are the number of parts that shingles are divided among, and the number of those that judge.
    """
    postings = exchange.through([numbered.shards], partial(_postings, paths, parts[0]))
    met = exchange.through([postings], partial(_met, numbered.records, parts[0]))
    return exchange.through([met], partial(_candidates, _Asking(numbered.records, numbered.base, parts[1])))


@dataclass(frozen=True, slots=True)
class _Asking:
    """What it takes to address a pair, and to ask for its records."""

    records: int
    base: NDArray[np.int64]
    parts: int


def paired(numbered: Numbered, keys: NDArray[np.int64], parts: int, source: int) -> Iterator[Row]:
    """Yield pairs, addressed to the parts that judge them, and what those parts ask for."""
    yield from _paired(_Asking(numbered.records, numbered.base, parts), keys, source)


def _paired(asking: _Asking, keys: NDArray[np.int64], source: int) -> Iterator[Row]:
    if not len(keys):
        return
    ones, twos = np.divmod(keys, asking.records)
    parts = parts_of(ones, asking.parts)
    yield from addressed(parts, PAIR, source, keys)
    wanted = np.unique(np.stack([np.concatenate([parts, parts]), np.concatenate([ones, twos])]), axis=1)
    yield from asked(asking.base, wanted[1], wanted[0], source, np.ones(wanted.shape[1], dtype=np.bool_))


def _postings(paths: BuildPaths, parts: int, part: int, rows: Iterator[Row]) -> Iterator[Row]:
    """Send the bands and samples of a shard's records where equal ones meet."""
    name, numbers, chosen = shard_row(next(rows))
    held, places = Held(read_sketches(paths.sketch(name))), np.flatnonzero(chosen)
    if not len(places):
        return
    banded = [place for place in places.tolist() if held.heads[place].words]
    if banded:
        keys = np.concatenate([held.bands(place) for place in banded])
        band = np.tile(np.arange(BANDS, dtype=np.uint8), len(banded))
        yield from addressed(parts_of(keys, parts), BAND, part, band, keys, np.repeat(numbers[banded], BANDS))
    hashes, owners = _samples(held, places, numbers)
    yield from addressed(parts_of(hashes, parts), SAMPLE, part, hashes, owners)


def _samples(held: Held, places: NDArray[np.int64], owners: NDArray[np.int64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return the sampled shingles of some records of a shard, each with what `owners` says of its record."""
    samples = [held.sample(place) for place in places.tolist()]
    return np.concatenate(samples), np.repeat(owners[places], [len(each) for each in samples])


def _met(records: int, parts: int, part: int, rows: Iterator[Row]) -> Iterator[Row]:
    """Form the pairs of records that stand together at a band or a shingle, each with how often they do."""
    held = list(rows)
    found, counts = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    if bands := [row for row in held if row.kind == BAND]:
        band, keys, numbers = joined(bands)
        order = np.lexsort((numbers, keys, band))
        band, keys = band[order], keys[order]
        place = np.cumsum(np.append(False, (band[1:] != band[:-1]) | (keys[1:] != keys[:-1])))
        found = np.unique(neighbours(place, numbers[order], records, wide=0))
        counts = np.full(len(found), MET)
    if samples := [row for row in held if row.kind == SAMPLE]:
        hashes, numbers = joined(samples)
        order = np.lexsort((numbers, hashes))
        new, met = np.unique(neighbours(hashes[order], numbers[order], records), return_counts=True)
        found, counts = np.append(found, new), np.append(counts, met)
    yield from addressed(parts_of(found, parts), PAIR, part, found, counts.astype(np.int32))


def _candidates(asking: _Asking, part: int, rows: Iterator[Row]) -> Iterator[Row]:
    """Keep the pairs that share enough."""
    found, counts = joined(rows)
    keys, place = np.unique(found, return_inverse=True)
    met = np.bincount(place, weights=counts, minlength=len(keys))
    yield from _paired(asking, keys[met >= MET], part)


def judged(exchange: Exchange, records: int, frames: list[Any], config: DuplicatesConfig, common: Callable[[], NDArray[np.uint64]]) -> Any:
    """Return the links among pairs, part by part as they were judged, and their edges.

    `frames` hold the pairs, and the records that they ask for; `common` gives the phrases that do not count.
    """
    return exchange.through(frames, partial(_judged, records, config, common))


def _judged(
    records: int, config: DuplicatesConfig, common: Callable[[], NDArray[np.uint64]], part: int, rows: Iterator[Row]
) -> Iterator[Row]:
    tokens: dict[int, Tokens] = {}
    pairs: list[Row] = []
    for row in rows:
        if row.kind == RECORD:
            tokens[row.number] = RECORDS.decode(row.data).unpacked()
        else:
            pairs.append(row)
    if not pairs:
        return
    phrases, links = common(), []
    for key in np.sort(joined(pairs)[0]).tolist():
        one, two = divmod(key, records)
        verdict = judge(tokens[one], tokens[two], config, phrases)
        if (link := link_of(one, two, verdict, len(tokens[one]) > len(tokens[two]))) is not None:
            links.append(link)
    if links:
        yield Row(part, LINK, len(links), msgspec.msgpack.encode(links))
        yield Row(part, EDGE, len(links), pack(np.array([link.one for link in links]), np.array([link.two for link in links])))


def common_phrases(
    exchange: Exchange, paths: BuildPaths, numbered: Numbered, stories: Callable[[], Stories], least: int, parts: int
) -> Any:
    """Return the sampled shingles that speak for no story, in rows of the kind `COMMON`; `least` as in `common_shingles`."""
    told = exchange.through([numbered.shards], partial(_told, paths, stories, parts))
    return exchange.through([told], partial(_common, least))


def _told(paths: BuildPaths, stories: Callable[[], Stories], parts: int, part: int, rows: Iterator[Row]) -> Iterator[Row]:
    """Send the samples of a shard's records, each with its story, where equal ones meet."""
    name, numbers, chosen = shard_row(next(rows))
    places = np.flatnonzero(chosen)
    if not len(places):
        return
    hashes, told = _samples(Held(read_sketches(paths.sketch(name))), places, looked_up(stories(), numbers))
    yield from addressed(parts_of(hashes, parts), STORY, part, hashes, told)


def looked_up(stories: Stories, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the story of every number: its own number where it is related to nobody.

    >>> looked_up((np.array([2, 5]), np.array([2, 2])), np.array([1, 5, 9])).tolist()
    [1, 2, 9]
    """
    related, names = stories
    if not len(related):
        return numbers
    place = np.minimum(np.searchsorted(related, numbers), len(related) - 1)
    found: NDArray[np.int64] = np.where(related[place] == numbers, names[place], numbers)
    return found


def _common(least: int, part: int, rows: Iterator[Row]) -> Iterator[Row]:
    hashes, stories = joined(rows)
    yield Row(part, COMMON, 0, pack(common_of(hashes, stories, least)))
