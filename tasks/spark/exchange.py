"""How arrays travel between the stages of the search: a row is a few thousand numbers in one piece, addressed to a part.

A row a number would cost Spark more than the search itself. So a stage divides its numbers by parts with numpy, packs what goes to a part
into one row, and the next stage gets all rows of a part together.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import msgspec
import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray
    from pyspark.sql import DataFrame, SparkSession

COLUMNS = "part int, kind int, number bigint, data binary"
_ARROW = pa.schema([("part", pa.int32()), ("kind", pa.int32()), ("number", pa.int64()), ("data", pa.binary())])
_ROWS, _BYTES = 256, 8 * 1024 * 1024
"""Rows and bytes that are handed to Spark at a time."""
_ODD = np.uint64(0x9E3779B97F4A7C15)


class Row(NamedTuple):
    """A row on its way: the part that it is addressed to, what it is, a number that its kind gives a meaning to, and its content."""

    part: int
    kind: int
    number: int
    data: bytes


class Stage(Protocol):
    """What happens to all rows of a part, which come in the order of kinds and numbers."""

    def __call__(self, part: int, rows: Iterator[Row]) -> Iterator[Row]:
        """Yield rows for parts of the next stage."""


class Mapped:
    """A stage as Spark maps it over the batches of a partition, which holds all rows of several parts, sorted."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield what the stage makes of the parts of a partition."""
        rows = (Row(*row) for batch in batches for row in zip(*(column.to_pylist() for column in batch.columns), strict=True))
        return _batches(made for part, held in groupby(rows, itemgetter(0)) for made in self._stage(part, held))


def _batches(rows: Iterable[Row]) -> Iterator[pa.RecordBatch]:
    held: list[Row] = []
    size = 0
    for row in rows:
        held.append(row)
        size += len(row.data)
        if len(held) >= _ROWS or size >= _BYTES:
            yield _batch(held)
            held, size = [], 0
    if held:
        yield _batch(held)


def _batch(rows: Sequence[Row]) -> pa.RecordBatch:
    columns = zip(zip(*rows, strict=True), _ARROW.types, strict=True)
    return pa.RecordBatch.from_arrays([pa.array(values, kind) for values, kind in columns], schema=_ARROW)


def table(rows: Iterable[Row]) -> pa.Table:
    """Return rows as a table of Arrow."""
    return pa.Table.from_batches(_batches(rows), schema=_ARROW)


class Exchange(Protocol):
    """Sends rows through stages. What a frame of rows is, only the exchange knows."""

    def frame(self, rows: Iterable[Row]) -> Any:
        """Return rows of this process as a frame."""

    def through(self, frames: Sequence[Any], stage: Stage) -> Any:
        """Return what a stage makes of the rows of some frames, part by part."""

    def kept(self, frame: Any) -> Any:
        """Return a frame that is made once, however often it is used."""

    def of_kind(self, frame: Any, *kinds: int) -> Any:
        """Return the rows of some kinds."""

    def each(self, frame: Any) -> Iterator[Row]:
        """Yield the rows of a frame in this process, in any order."""

    def shared(self, value: Any) -> Callable[[], Any]:
        """Return a function that gives a value on any executor, which fetches it once."""


class SparkExchange:
    """An exchange on Spark: a frame is a `DataFrame` that is divided into so many partitions between any two stages."""

    def __init__(self, session: SparkSession, partitions: int) -> None:
        self.session, self.partitions = session, partitions
        self._kept: list[DataFrame] = []

    def frame(self, rows: Iterable[Row]) -> DataFrame:
        """Return rows of this process as a frame."""
        return self.session.createDataFrame(table(rows))

    def through(self, frames: Sequence[DataFrame], stage: Stage) -> DataFrame:
        """Return what a stage makes of the rows of some frames, part by part."""
        together = frames[0]
        for other in frames[1:]:
            together = together.unionAll(other)
        divided = together.repartition(self.partitions, "part").sortWithinPartitions("part", "kind", "number")
        return divided.mapInArrow(Mapped(stage), COLUMNS)

    def of_kind(self, frame: DataFrame, *kinds: int) -> DataFrame:
        """Return the rows of some kinds."""
        return frame.where(f"kind in ({', '.join(map(str, kinds))})")

    def each(self, frame: DataFrame) -> Iterator[Row]:
        """Yield the rows of a frame in this process, in any order."""
        for row in frame.collect():  # a local iterator would make one partition after the other
            yield Row(row["part"], row["kind"], row["number"], bytes(row["data"]))

    def kept(self, frame: DataFrame) -> DataFrame:
        """Return a frame that is made once, however often it is used."""
        self._kept.append(frame.persist())
        return self._kept[-1]

    def forget(self) -> None:
        """Let go of what was kept."""
        for frame in self._kept:
            frame.unpersist()
        self._kept.clear()

    def shared(self, value: Any) -> Callable[[], Any]:
        """Return a function that gives a value on any executor, which fetches it once."""
        return _Shared(self.session.sparkContext.broadcast(value))


class _Shared:
    def __init__(self, sent: Any) -> None:
        self._sent = sent

    def __call__(self) -> Any:
        return self._sent.value


_PACKED: msgspec.msgpack.Decoder[list[tuple[str, bytes]]] = msgspec.msgpack.Decoder(list[tuple[str, bytes]])


def pack(*arrays: NDArray[Any]) -> bytes:
    """Return arrays as bytes; only their first dimension is kept.

    >>> [array.tolist() for array in unpack(pack(np.arange(3), np.array([7], dtype=np.uint8)))]
    [[0, 1, 2], [7]]
    """
    return msgspec.msgpack.encode([(array.dtype.str, array.tobytes()) for array in arrays])


def unpack(data: bytes) -> list[NDArray[Any]]:
    """Return the arrays that `pack` has put into bytes."""
    return [np.frombuffer(content, dtype=kind) for kind, content in _PACKED.decode(data)]


def joined(rows: Iterable[Row]) -> list[NDArray[Any]]:
    """Return the packed arrays of several rows, each joined to one. There is a row at least."""
    return [np.concatenate(each) for each in zip(*(unpack(row.data) for row in rows), strict=True)]


def parts_of(keys: NDArray[Any], parts: int) -> NDArray[np.int64]:
    """Return the part that each key belongs to: equal keys have one part, and parts are of nearly one size.

    >>> parts_of(np.array([5, 5]), 1).tolist()
    [0, 0]
    """
    mixed = (keys.astype(np.uint64) * _ODD) >> np.uint64(32)
    return ((mixed * np.uint64(parts)) >> np.uint64(32)).astype(np.int64)


def addressed(parts: NDArray[np.int64], kind: int, number: int, *arrays: NDArray[Any]) -> Iterator[Row]:
    """Divide arrays by the parts of their entries and yield a row a part, none for empty arrays."""
    if not len(parts):
        return
    order = np.argsort(parts, kind="stable")
    there, begins = np.unique(parts[order], return_index=True)
    for part, chosen in zip(there.tolist(), np.split(order, begins[1:]), strict=True):
        yield Row(part, kind, number, pack(*(array[chosen] for array in arrays)))
