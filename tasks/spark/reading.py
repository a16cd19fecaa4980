"""Reads new and changed raw files on the executors, so that the inventory has nothing to read any more: only names, sizes and times."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa

from tasks.core.build_paths import BuildPaths
from tasks.core.isolation import write_points
from tasks.core.plans import Cut, read_group, read_new
from tasks.core.scan import Item, Seen, walk
from tasks.core.sealed import read_sealed, write_sealed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyspark.sql import SparkSession

FILES = pa.schema([("group", pa.string()), ("locator", pa.string()), ("size", pa.int64()), ("mtime_ns", pa.int64())])
"""A row that goes in: a raw file that is to be read."""
READ = "group string, locator string, seen binary"
"""A row that comes out: the file as it was seen, as JSON; null where it could not be read, which the inventory then finds out by itself."""
_READ = pa.schema([("group", pa.string()), ("locator", pa.string()), ("seen", pa.binary())])
_TASKS_EACH = 8


def new_files(paths: BuildPaths, raw: Path, cut: Cut, *, follow: bool) -> list[dict[str, Any]]:
    """Return the raw files that an inventory would read, as rows of `FILES`. Those of groups that are cut anew are left to it."""
    found = []
    known: dict[str, Mapping[str, Seen]] = {}
    for group, item in walk(raw, follow=follow):
        if group not in known:
            plan = read_group(paths, group)
            known[group] = (read_sealed(paths.files(group), dict[str, Seen]) or {}) if plan is None or plan.cut == cut else {}
        old = known[group].get(item.locator)
        if not item.sidecar and item.code is None and (old is None or (old.size, old.mtime_ns) != (item.size, item.mtime_ns)):
            found.append({"group": group, "locator": item.locator, "size": item.size, "mtime_ns": item.mtime_ns})
    return found


def read_files(session: SparkSession, paths: BuildPaths, raw: Path, cut: Cut, files: list[dict[str, Any]]) -> None:
    """Read some raw files and note what was seen where the inventory looks for it."""
    frame = session.createDataFrame(pa.Table.from_pylist(files, schema=FILES))
    parts = min(len(files), _TASKS_EACH * session.sparkContext.defaultParallelism)
    reading = Reading(str(raw.absolute()), str(paths.clean.absolute()), cut)
    seen: dict[str, dict[str, Seen]] = {}
    for row in frame.repartition(parts).mapInArrow(reading, READ).where("seen is not null").collect():
        seen.setdefault(row["group"], {})[row["locator"]] = msgspec.json.decode(bytes(row["seen"]), type=Seen)
    for group, found in seen.items():
        known = read_sealed(paths.files(group), dict[str, Seen]) or {}
        write_sealed(paths.files(group), known | found)


class Reading:
    """The function that Spark maps over batches of files."""

    def __init__(self, raw: str, clean: str, cut: Cut) -> None:
        self._raw, self._clean, self._cut = raw, clean, cut

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Read the files of a partition, write the seek points of large containers, and yield what was seen."""
        for batch in batches:
            rows = [{"group": row["group"], "locator": row["locator"], "seen": self._seen(row)} for row in batch.to_pylist()]
            yield pa.RecordBatch.from_pylist(rows, schema=_READ)

    def _seen(self, row: Mapping[str, Any]) -> bytes | None:
        item = Item(row["locator"], row["size"], row["mtime_ns"], None)
        try:
            files, points = read_new(Path(self._raw), {}, [item], self._cut)
            for digest, data in points.items():
                write_points(BuildPaths(Path(self._clean)).points, digest, data)
        except OSError:
            return None
        return msgspec.json.encode(files[item.locator])
