"""Brings what the search keeps of single records to the parts of a stage that ask for it: by way of the directory, from the shards."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from pipeline.duplicates.sketch import Head, Held
from pipeline.duplicates.tokens import Tokens
from tasks.core.sketches import read_sketches
from tasks.spark.exchange import Row, addressed, joined, pack, unpack
from tasks.spark.numbering import DIRECTORY, SHARD, shard_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from tasks.core.build_paths import BuildPaths
    from tasks.spark.exchange import Exchange, Stage
    from tasks.spark.numbering import Numbered

ASKED, PLACED, RECORD, TOUCHED = 20, 21, 22, 23
"""Kinds of rows: numbers that parts ask for; their places in a shard; a record; numbers of records with phrases that do not count."""


class Record(msgspec.Struct, frozen=True, array_like=True):
    """What is kept of a record: the place of its shard in the list of shards, its head, and its tokens where they were asked for."""

    shard: int
    head: Head
    tokens: bytes | None

    def unpacked(self) -> Tokens:
        """Return the tokens. Nobody asks a record for them that has come without."""
        return Tokens(*unpack(self.tokens or b"\x90"))


RECORDS: msgspec.msgpack.Decoder[Record] = msgspec.msgpack.Decoder(Record)


def asked(
    base: NDArray[np.int64], numbers: NDArray[np.int64], parts: NDArray[np.int64], source: int, tokens: NDArray[np.bool_]
) -> Iterator[Row]:
    """Yield the rows that ask for some records on behalf of parts.

    Args:
        base: the first number of every bucket.
        numbers: what is asked for.
        parts: the part that asks for each.
        source: tells the rows of several askers apart.
        tokens: whether the tokens of each are wanted.
    """
    yield from addressed(np.searchsorted(base, numbers, side="right") - 1, ASKED, source, numbers, parts, tokens)


def fetched(exchange: Exchange, paths: BuildPaths, numbered: Numbered, wanted: Any) -> Any:
    """Return a row of the kind `RECORD` for every number that a part asked for, addressed to that part."""
    return _through_shards(exchange, numbered, wanted, partial(_records, paths))


def touched(exchange: Exchange, paths: BuildPaths, numbered: Numbered, wanted: Any, common: Callable[[], NDArray[np.uint64]]) -> Any:
    """Return rows of the kind `TOUCHED`: those of the numbers that were asked for whose records have phrases that do not count."""
    return _through_shards(exchange, numbered, wanted, partial(_touched, paths, common))


def _through_shards(exchange: Exchange, numbered: Numbered, wanted: Any, stage: Stage) -> Any:
    placed = exchange.through([numbered.directory, wanted], partial(_located, numbered.base))
    return exchange.through([numbered.shards, placed], stage)


def _located(base: NDArray[np.int64], part: int, rows: Iterator[Row]) -> Iterator[Row]:
    directory = next(rows)
    held = list(rows)
    if directory.kind != DIRECTORY or not held:
        return
    shards, places = unpack(directory.data)
    numbers, parts, tokens = joined(held)
    ranks = numbers - base[part]
    yield from addressed(shards[ranks].astype(np.int64), PLACED, part, places[ranks], numbers, parts, tokens)


def _records(paths: BuildPaths, part: int, rows: Iterator[Row]) -> Iterator[Row]:
    shard, held = next(rows), list(rows)
    if shard.kind != SHARD or not held:
        return
    kept = Held(read_sketches(paths.sketch(shard_row(shard)[0])))
    for place, number, target, wants in zip(*(column.tolist() for column in joined(held)), strict=True):
        tokens = None
        if wants:
            found = kept.tokens(place)
            tokens = pack(*(np.asarray(getattr(found, name)) for name in Tokens.__struct_fields__))
        yield Row(target, RECORD, number, msgspec.msgpack.encode(Record(part, kept.heads[place], tokens)))


def _touched(paths: BuildPaths, common: Callable[[], NDArray[np.uint64]], part: int, rows: Iterator[Row]) -> Iterator[Row]:
    shard, held = next(rows), list(rows)
    if shard.kind != SHARD or not held:
        return
    kept, phrases = Held(read_sketches(paths.sketch(shard_row(shard)[0]))), common()
    places, numbers, *_ = joined(held)
    chosen = [bool(np.isin(kept.sample(place), phrases).any()) for place in places.tolist()]
    yield Row(0, TOUCHED, part, pack(numbers[np.array(chosen, dtype=np.bool_)]))
