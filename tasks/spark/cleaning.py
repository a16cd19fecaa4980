"""Shards as rows: a plan goes to an executor, which cleans it, writes the shard's files and says what became of it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import pyarrow as pa

from tasks.core.plans import PlannedShard, ShardPlan, read_plan
from tasks.core.shard_files import is_current, read_stamp, write_shard
from tasks.core.sketches import read_contents
from tasks.core.sketching import sketch_fingerprint, write_sketch
from tasks.spark.parcel import unpacked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pyspark.sql import SparkSession

    from tasks.core.build_paths import BuildPaths
    from tasks.core.isolation import Made
    from tasks.core.shard_files import Terms
    from tasks.spark.parcel import Parcel

WORK = pa.schema([("shard", pa.string()), ("inputs_sha256", pa.string()), ("plan", pa.binary())])
"""A row that goes in. `plan` is the shard's plan as JSON, null where its files are current: then only its sketches are looked at."""
ENDED = "shard string, failure string, message string"
"""A row that comes out: `failure` is null where the shard is done, else `io` or `defect`, as in `tasks.failures`."""
_TASKS_EACH = 4
"""Tasks for every core: shards differ in what they take, and a lost executor loses the tasks that it was at."""


class ShardFailure(msgspec.Struct, frozen=True):
    """Why a shard was not done."""

    shard: str
    kind: Literal["io", "defect"]
    message: str


def clean_shards(
    session: SparkSession, parcel: Parcel, plans: Mapping[str, PlannedShard], pending: Iterable[str]
) -> Iterator[ShardFailure]:
    """Clean the pending shards on the executors and see to the sketches of all; yield those that failed.

    A shard that another attempt has done meanwhile is not done again: its stamp says so.
    """
    paths, waiting = parcel.paths, set(pending)
    rows = [_work(paths, plan, pending=plan.shard in waiting) for plan in plans.values()]
    if not rows:
        return
    frame = session.createDataFrame(pa.Table.from_pylist(rows, schema=WORK))
    parts = min(len(rows), _TASKS_EACH * session.sparkContext.defaultParallelism)
    ended = frame.repartition(parts).mapInArrow(Cleaner(parcel), ENDED)
    for row in ended.where("failure is not null").collect():
        yield ShardFailure(row["shard"], row["failure"], row["message"])


def _work(paths: BuildPaths, plan: PlannedShard, *, pending: bool) -> dict[str, Any]:
    read = read_plan(paths, plan.shard) if pending else None
    return {"shard": plan.shard, "inputs_sha256": plan.inputs_sha256, "plan": msgspec.json.encode(read) if read is not None else None}


class Cleaner:
    """The function that Spark maps over batches of rows; it is sent to the executors with the parcel."""

    def __init__(self, parcel: Parcel) -> None:
        self._parcel = parcel

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Do the shards of a partition, one after the other, and yield what became of each."""
        for batch in batches:
            for row in batch.to_pylist():
                failure = self._done(row)
                kind, message = failure or (None, None)
                yield pa.RecordBatch.from_pydict({"shard": [row["shard"]], "failure": [kind], "message": [message]}, schema=_ENDED_ARROW)

    def _done(self, row: Mapping[str, Any]) -> tuple[str, str] | None:
        """Do a shard; return why it failed, None where it did not. What fails by itself would fail at every further attempt as well."""
        paths, shard = self._parcel.paths, str(row["shard"])
        try:
            terms = unpacked(self._parcel)
            if row["plan"] is not None and not is_current(paths, shard, terms.fingerprint(row["inputs_sha256"])):
                self._clean(msgspec.json.decode(row["plan"], type=ShardPlan), terms)
            _sketch(paths, shard, terms.code_sha256)
        except OSError as error:
            return "io", f"{type(error).__name__}: {error}"
        except Exception as error:  # noqa: BLE001 - told in one line at the end of the build, with the shard's name
            return "defect", f"{type(error).__name__}: {error}"
        return None

    def _clean(self, plan: ShardPlan, terms: Terms) -> None:
        told: list[bytes] = []

        def tell(made: Made) -> None:
            told.append(b"%d %s\n" % (made.size, made.status.encode()))

        write_shard(self._parcel.paths, plan, self._parcel.raw, terms, tell, alone=True)
        if self._parcel.shown:
            with contextlib.suppress(OSError), self._parcel.paths.progress.open("ab", buffering=0) as stream:  # a bar is worth no failure
                stream.write(b"".join(told))


_ENDED_ARROW = pa.schema([("shard", pa.string()), ("failure", pa.string()), ("message", pa.string())])


def _sketch(paths: BuildPaths, shard: str, code: str) -> None:
    """Make a shard's sketches where they are not there in full and current. Damaged records lose their stamp: the next run cleans them."""
    stamp = read_stamp(paths, shard)
    if stamp is None:
        msg = f"the shard {shard} has no stamp: another run is at work in {paths.clean}; run again"
        raise OSError(msg)
    contents = read_contents(paths.sketch(shard), whole=True)
    if contents is not None and contents.fingerprint == sketch_fingerprint(stamp.articles.sha256, code):
        return
    try:
        write_sketch(paths.articles(shard), paths.sketch(shard), stamp.articles.sha256, code)
    except OSError as error:
        if error.errno is None:
            paths.stamp(shard).unlink(missing_ok=True)
        raise
