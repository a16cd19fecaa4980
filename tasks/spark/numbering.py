"""Numbers the records of a build in the order of their ids, and chooses those that are searched, with no list of all records anywhere.

Ids are digests, so a range of them (a bucket) holds its share of the records. A bucket sorts its ids; where its numbers begin follows from
the sizes of the buckets before it. Its directory then tells in which shard, and where there, the record with a number stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from tasks.core.sketches import read_sketches
from tasks.spark.exchange import Row, addressed, joined, pack, parts_of, unpack

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from pipeline.duplicates.sketch import Head
    from tasks.core.build_paths import BuildPaths
    from tasks.spark.exchange import Exchange

NAME, SHARD, IDS, PLACES, DIRECTORY, SIZE, CLASH, TEXTS, COPIES, DROPPED = range(10)
"""Kinds of rows: a shard's name; its name, numbers and marks; ids for a bucket; ranks for a shard; a bucket's directory and size; an id
that two records have; digests of texts; groups of equal texts; records that are copies."""
_BUCKET = 1_000_000
"""Records of a bucket: some 100 MB while it is sorted."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """A build whose records have numbers.

    Attributes:
        records: how many there are.
        base: the first number of every bucket.
        shards: a row for every shard: its name as bytes, the numbers of its records in their order there, and which are searched.
        directory: a row for every bucket: shard and place of its records in the order of the numbers.
        copies: two numbers for every record whose text another one has, too: the least number with that text, and its own.
    """

    records: int
    base: NDArray[np.int64]
    shards: Any
    directory: Any
    copies: tuple[NDArray[np.int64], NDArray[np.int64]]


class SameIdError(ValueError):
    """Two records of a build have one id."""

    def __init__(self, identity: str, shards: tuple[str, str]) -> None:
        super().__init__(identity)
        self.identity, self.shards = identity, shards


def number(exchange: Exchange, paths: BuildPaths, shards: Sequence[str], records: int, least_words: int) -> Numbered:
    """Number the records of some shards.

    Args:
        exchange: what the rows go through.
        paths: the build.
        shards: names of its shards.
        records: about how many records they hold.
        least_words: shorter texts are not searched.

    Raises:
        SameIdError: two records have one id.
    """
    buckets = 1 + records // _BUCKET
    names = exchange.frame(Row(place, NAME, 0, shard.encode()) for place, shard in enumerate(shards))
    ranked = exchange.kept(exchange.through([exchange.through([names], partial(_identified, paths, buckets))], _ranked))
    sizes = np.zeros(buckets, dtype=np.int64)
    for row in exchange.each(exchange.of_kind(ranked, SIZE, CLASH)):
        if row.kind == CLASH:
            identity, one, two = msgspec.msgpack.decode(row.data)
            raise SameIdError(identity, (shards[one], shards[two]))
        sizes[row.part] = row.number
    base = np.cumsum(sizes) - sizes
    named = exchange.kept(
        exchange.through([names, exchange.of_kind(ranked, PLACES)], partial(_numbered, paths, base, buckets, least_words))
    )
    found = exchange.kept(exchange.through([exchange.of_kind(named, TEXTS)], _copied))
    chosen = exchange.kept(exchange.through([exchange.of_kind(named, SHARD), exchange.of_kind(found, DROPPED)], _chosen))
    copies = [unpack(row.data) for row in exchange.each(exchange.of_kind(found, COPIES))]
    none = np.empty(0, dtype=np.int64)
    firsts, others = (np.concatenate([none, *(each[side] for each in copies)]) for side in (0, 1))
    return Numbered(int(sizes.sum()), base, chosen, exchange.of_kind(ranked, DIRECTORY), (firsts, others))


def heads_of(paths: BuildPaths, shard: str) -> Sequence[Head]:
    """Return the heads of a shard's records."""
    return read_sketches(paths.sketch(shard)).heads


def shard_row(row: Row) -> tuple[str, NDArray[np.int64], NDArray[np.bool_]]:
    """Return what the row of a shard holds: its name, the numbers of its records, and which of them are searched."""
    name, numbers, chosen = unpack(row.data)
    return name.tobytes().decode(), numbers, chosen


def _identified(paths: BuildPaths, buckets: int, part: int, rows: Iterator[Row]) -> Iterator[Row]:
    """Send the ids of a shard's records to their buckets."""
    for row in rows:
        heads = heads_of(paths, row.data.decode())
        if heads:
            whole = np.frombuffer(bytes.fromhex("".join(head.id for head in heads)), dtype=">u8").reshape(-1, 2).astype(np.uint64)
            bucket = (((whole[:, 0] >> np.uint64(32)) * np.uint64(buckets)) >> np.uint64(32)).astype(np.int64)
            yield from addressed(bucket, IDS, part, whole[:, 0], whole[:, 1], np.arange(len(heads), dtype=np.int32))


def _ranked(part: int, rows: Iterator[Row]) -> Iterator[Row]:
    """Sort a bucket's ids, send every shard the ranks of its records, and keep the directory."""
    held = list(rows)
    high, low, places = joined(held)
    shards = np.repeat([row.number for row in held], [len(unpack(row.data)[2]) for row in held])
    order = np.lexsort((low, high))
    high, low, places, shards = high[order], low[order], places[order], shards[order]
    twins = np.flatnonzero((high[1:] == high[:-1]) & (low[1:] == low[:-1]))
    if len(twins):
        first = int(twins[0])
        identity = f"{int(high[first]):016x}{int(low[first]):016x}"
        yield Row(part, CLASH, 0, msgspec.msgpack.encode((identity, int(shards[first]), int(shards[first + 1]))))
    yield Row(part, SIZE, len(order), b"")
    yield Row(part, DIRECTORY, len(order), pack(shards.astype(np.int32), places))
    yield from addressed(shards, PLACES, part, places, np.arange(len(order)))


def _numbered(paths: BuildPaths, base: NDArray[np.int64], parts: int, least_words: int, part: int, rows: Iterator[Row]) -> Iterator[Row]:
    """Give the records of a shard their numbers, and send the digests of their texts where equal ones meet."""
    shard = next(rows).data.decode()
    heads = heads_of(paths, shard)
    numbers = np.empty(len(heads), dtype=np.int64)
    for row in rows:
        places, ranks = unpack(row.data)
        numbers[places] = base[row.number] + ranks
    long = np.array([head.words >= least_words for head in heads], dtype=np.bool_)
    yield Row(part, SHARD, 0, pack(np.frombuffer(shard.encode(), dtype=np.uint8), numbers, long))
    told = np.array([bool(head.text_sha256) for head in heads], dtype=np.bool_)
    if told.any():
        digests = np.frombuffer(bytes.fromhex("".join(head.text_sha256 for head in heads)), dtype="<u8").reshape(-1, 4)
        yield from addressed(parts_of(digests[:, 0], parts), TEXTS, part, *(digests[:, side] for side in range(4)), numbers[told])


def _copied(part: int, rows: Iterator[Row]) -> Iterator[Row]:
    """Find equal texts; the least number of a group stands for it, and the shards of all others hear that they are copies."""
    held = list(rows)
    *digests, numbers = joined(held)
    shards = np.repeat([row.number for row in held], [len(unpack(row.data)[-1]) for row in held])
    order = np.lexsort((numbers, *digests))
    numbers, shards = numbers[order], shards[order]
    same = np.ones(len(order) - 1, dtype=np.bool_)
    for each in digests:
        same &= each[order][1:] == each[order][:-1]
    first = np.flatnonzero(np.append(True, ~same))
    leading = np.repeat(numbers[first], np.diff(np.append(first, len(order))))
    other = leading != numbers
    if other.any():
        yield Row(part, COPIES, 0, pack(leading[other], numbers[other]))
        yield from addressed(shards[other], DROPPED, part, numbers[other])


def _chosen(part: int, rows: Iterator[Row]) -> Iterator[Row]:
    """Mark the records of a shard that are searched: long enough, and no copies."""
    name, numbers, long = unpack(next(rows).data)
    dropped: list[Any] = [unpack(row.data)[0] for row in rows]
    chosen = long & ~np.isin(numbers, np.concatenate(dropped)) if dropped else long
    yield Row(part, SHARD, 0, pack(name, numbers, chosen))
