"""Marks the duplicates of a build on Spark: the sidecars that `tasks.duplicates` writes, byte for byte.

What is about a pair or a cluster is decided by `pipeline.duplicates`, unchanged. The driver holds the numbers of related records, never
the records.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from pipeline.duplicates.clusters import cluster
from pipeline.duplicates.compare import NONE, judge
from pipeline.duplicates.search import row_alone, rows
from tasks.core.atomic_files import FileNote, write_atomic
from tasks.spark.components import connected
from tasks.spark.exchange import Row, addressed, joined, parts_of, unpack
from tasks.spark.fetching import ASKED, RECORD, RECORDS, TOUCHED, asked, fetched, touched
from tasks.spark.numbering import SHARD, heads_of, number, shard_row
from tasks.spark.pairing import COMMON, EDGE, LINK, LINKS, PAIR, candidates, common_phrases, judged, looked_up, paired

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from pipeline.config import DuplicatesConfig
    from pipeline.duplicates.compare import Verdict
    from pipeline.duplicates.links import Link
    from pipeline.duplicates.sketch import Head
    from pipeline.duplicates.tokens import Tokens
    from tasks.core.build_paths import BuildPaths
    from tasks.spark.exchange import Exchange
    from tasks.spark.fetching import Record
    from tasks.spark.numbering import Numbered
    from tasks.spark.pairing import Stories

COPY, LINE, WRITTEN = 40, 41, 42
"""Kinds of rows: copies with the record that stands for them; a line of a sidecar; a written sidecar."""
_POSTINGS, _JUDGED = 25_000, 5_000
"""Records whose shingles one part holds (some 170 each), and whose tokens (some 7 kB each)."""
Pairs = tuple["NDArray[np.int64]", "NDArray[np.int64]"]


class Sidecar(msgspec.Struct, frozen=True):
    """A written sidecar: its shard, size and digest, and its rows by relation, in clusters, and beside a representative."""

    shard: str
    note: FileNote
    relations: dict[str, int]
    clusters: int
    redundant: int


class _Line(msgspec.Struct, frozen=True, array_like=True):
    """A row of a sidecar as JSON, and what of it is counted."""

    line: bytes
    relation: str | None
    representative: bool
    clustered: bool


@dataclass(frozen=True, slots=True)
class _Marking:
    """The search in one build: what its rows go through, its paths and settings, how many parts hold shingles, and how many judge."""

    exchange: Exchange
    paths: BuildPaths
    config: DuplicatesConfig
    parts: tuple[int, int]


def mark(
    exchange: Exchange, paths: BuildPaths, shards: Sequence[str], records: int, config: DuplicatesConfig, least_parts: int
) -> Iterator[Sidecar]:
    """Search the sketches of some shards and write their sidecars.

    Args:
        exchange: what the rows go through.
        paths: the build.
        shards: its shards, whose sketches are current.
        records: about how many records they hold.
        config: what counts.
        least_parts: among how many parts shingles and pairs are divided at least: the number of cores.

    Raises:
        SameIdError: two records have one id.
    """
    marking = _Marking(exchange, paths, config, (max(least_parts, records // _POSTINGS), max(least_parts, records // _JUDGED)))
    numbered = number(exchange, paths, shards, records, config.least_words)
    links, edges, phrases = _links(marking, numbered)
    lines = _clustered(marking, numbered, links, edges, phrases)
    for row in exchange.each(exchange.through([numbered.shards, *lines], partial(_written, paths))):
        yield msgspec.msgpack.decode(row.data, type=Sidecar)


def _edges(exchange: Exchange, frame: Any) -> Pairs:
    """Return the two numbers of every link."""
    none = np.empty(0, dtype=np.int64)
    found = [unpack(row.data) for row in exchange.each(exchange.of_kind(frame, EDGE))]
    ones, twos = (np.concatenate([none, *(each[side] for each in found)]) for side in (0, 1))
    return ones, twos


def _links(marking: _Marking, numbered: Numbered) -> tuple[list[Any], Pairs, Callable[[], NDArray[np.uint64]]]:
    """Return frames of links, their edges, and the phrases that do not count.

    As in `pipeline.duplicates.search` pairs are judged by themselves first, and those whose first record has phrases that unrelated records
    share once more without these.
    """
    exchange, paths, config, parts = marking.exchange, marking.paths, marking.config, marking.parts
    pairs = exchange.kept(candidates(exchange, paths, numbered, parts))
    wanted = fetched(exchange, paths, numbered, exchange.of_kind(pairs, ASKED))
    first = exchange.kept(judged(exchange, numbered.records, [exchange.of_kind(pairs, PAIR), wanted], config, exchange.shared(NONE)))
    ones, twos = _edges(exchange, first)
    stories = exchange.shared(connected(ones, twos))
    found = exchange.each(common_phrases(exchange, paths, numbered, stories, config.common_records, parts[0]))
    phrases = np.unique(np.concatenate([NONE, *(unpack(row.data)[0] for row in found if row.kind == COMMON)]))
    shared = exchange.shared(phrases)
    if not len(phrases) or not len(ones):
        return [exchange.of_kind(first, LINK)], (ones, twos), shared
    leading = np.unique(ones)
    rows_asked = asked(numbered.base, leading, np.zeros(len(leading), dtype=np.int64), 0, np.zeros(len(leading), dtype=np.bool_))
    meeting = touched(exchange, paths, numbered, exchange.frame(rows_asked), shared)
    again = np.concatenate(
        [np.empty(0, dtype=np.int64), *(unpack(row.data)[0] for row in exchange.each(exchange.of_kind(meeting, TOUCHED)))]
    )
    told = np.isin(ones, again)
    kept = exchange.through([exchange.of_kind(first, LINK)], partial(_without, exchange.shared(np.sort(again))))
    if not told.any():
        return [kept], (ones, twos), shared
    rows_paired = list(paired(numbered, ones[told] * numbered.records + twos[told], parts[1], 0))
    frame = exchange.frame(row for row in rows_paired if row.kind == PAIR)
    wanted = fetched(exchange, paths, numbered, exchange.frame(row for row in rows_paired if row.kind != PAIR))
    second = exchange.kept(judged(exchange, numbered.records, [frame, wanted], config, shared))
    more = _edges(exchange, second)
    return [kept, exchange.of_kind(second, LINK)], (np.append(ones[~told], more[0]), np.append(twos[~told], more[1])), shared


def _without(numbers: Callable[[], NDArray[np.int64]], part: int, held: Iterator[Row]) -> Iterator[Row]:
    """Leave out the links that begin with some numbers."""
    gone = set(numbers().tolist())
    for row in held:
        links = [link for link in LINKS.decode(row.data) if link.one not in gone]
        if links:
            yield Row(part, LINK, len(links), msgspec.msgpack.encode(links))


def _clustered(
    marking: _Marking, numbered: Numbered, links: Sequence[Any], edges: Pairs, phrases: Callable[[], NDArray[np.uint64]]
) -> list[Any]:
    """Return the lines of all records that are related to others, addressed to their shards."""
    exchange, parts = marking.exchange, marking.parts[1]
    copies = numbered.copies
    ones, twos = (np.append(edge, copy) for edge, copy in zip(edges, copies, strict=True))
    if not len(ones):
        return []
    related, names = connected(ones, twos)
    compared = np.isin(related, np.concatenate(edges))
    there = exchange.frame(asked(numbered.base, related, parts_of(names, parts), 0, compared))
    stories = exchange.shared((related, names))
    routed = [exchange.through([frame], partial(_routed, stories, parts)) for frame in links]
    mirrored = []
    if len(copies[0]):
        target = parts_of(looked_up((related, names), copies[0]), parts)
        mirrored = [exchange.frame(addressed(target, COPY, 0, *copies))]
    records = fetched(exchange, marking.paths, numbered, there)
    return [exchange.through([records, *routed, *mirrored], partial(_lines, marking.config, phrases))]


def _routed(stories: Callable[[], Stories], parts: int, _part: int, held: Iterator[Row]) -> Iterator[Row]:
    """Send links to the parts of their clusters."""
    for row in held:
        links = LINKS.decode(row.data)
        targets = parts_of(looked_up(stories(), np.array([link.one for link in links])), parts)
        for target in np.unique(targets).tolist():
            mine = [link for link, at in zip(links, targets.tolist(), strict=True) if at == target]
            yield Row(target, LINK, len(mine), msgspec.msgpack.encode(mine))


class _Part:
    """The records of whole clusters, to be compared among themselves: numbered anew, in the same order."""

    def __init__(self, records: Sequence[Record], config: DuplicatesConfig, common: NDArray[np.uint64]) -> None:
        self.heads: Sequence[Head] = [record.head for record in records]
        self._records, self._config, self._common = records, config, common
        self._last: tuple[int, Tokens] | None = None

    def tokens(self, number: int) -> Tokens:
        if self._last is None or self._last[0] != number:
            self._last = (number, self._records[number].unpacked())
        return self._last[1]

    def judge(self, one: int, two: int) -> Verdict:
        return judge(self.tokens(one), self._records[two].unpacked(), self._config, self._common)


def _lines(config: DuplicatesConfig, phrases: Callable[[], NDArray[np.uint64]], _part: int, held: Iterator[Row]) -> Iterator[Row]:
    """Make the clusters of a part, and the lines of their records."""
    by_kind: dict[int, list[Row]] = {}
    for row in held:
        by_kind.setdefault(row.kind, []).append(row)
    records = [RECORDS.decode(row.data) for row in by_kind.get(RECORD, ())]
    places = {row.number: place for place, row in enumerate(by_kind.get(RECORD, ()))}
    links = [_renumbered(link, places) for row in by_kind.get(LINK, ()) for link in LINKS.decode(row.data)]
    links.sort(key=lambda link: (link.one, link.two))
    groups: dict[int, list[int]] = {}
    if COPY in by_kind:
        for first, other in sorted(zip(*(column.tolist() for column in joined(by_kind[COPY])), strict=True)):
            groups.setdefault(places[first], [places[first]]).append(places[other])
    part = _Part(records, config, phrases())
    found = cluster(part.heads, list(groups.values()), links, part.judge)
    for record, at, told in zip(records, places, rows(part, found, range(len(records))), strict=True):
        line = _Line(msgspec.json.encode(told), told.relation, told.representative, told.size > 1)
        yield Row(record.shard, LINE, at, msgspec.msgpack.encode(line))


def _renumbered(link: Link, places: dict[int, int]) -> Link:
    longer = places[link.longer] if link.longer >= 0 else -1
    return msgspec.structs.replace(link, one=places[link.one], two=places[link.two], longer=longer)


def _written(paths: BuildPaths, part: int, held: Iterator[Row]) -> Iterator[Row]:
    """Write the sidecar of a shard: the lines that came, and for all other records that they are alone."""
    shard = next(held)
    if shard.kind != SHARD:
        msg = f"lines came for part {part}, which is no shard"
        raise AssertionError(msg)
    name, numbers, _ = shard_row(shard)
    lines = {row.number: msgspec.msgpack.decode(row.data, type=_Line) for row in held}
    heads, encoder = heads_of(paths, name), msgspec.json.Encoder()
    note = write_atomic(paths.duplicates(name), _in_order(numbers.tolist(), heads, lines, encoder))
    relations = Counter(line.relation for line in lines.values() if line.relation is not None)
    clustered = [line for line in lines.values() if line.clustered]  # a part of another text may have joined nobody
    leading = sum(line.representative for line in clustered)
    yield Row(part, WRITTEN, 0, msgspec.msgpack.encode(Sidecar(name, note, dict(relations), leading, len(clustered) - leading)))


def _in_order(numbers: Iterable[int], heads: Iterable[Head], lines: dict[int, _Line], encoder: msgspec.json.Encoder) -> Iterator[bytes]:
    for at, head in zip(numbers, heads, strict=True):
        line = lines.get(at)
        yield (encoder.encode(row_alone(head.id)) if line is None else line.line) + b"\n"
