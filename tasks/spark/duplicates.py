"""The duplicates of a build as its stamps know them, made on Spark."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tasks.core.sealed import write_sealed
from tasks.core.shard_files import read_stamp
from tasks.duplicates import (
    ClashError,
    DuplicateCounts,
    DuplicatesStamp,
    articles_digests,
    duplicates_fingerprint,
    read_duplicates,
)
from tasks.spark.exchange import SparkExchange
from tasks.spark.marking import mark
from tasks.spark.numbering import SameIdError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyspark.sql import SparkSession

    from pipeline.config import Config
    from tasks.core.build_paths import BuildPaths


RECORDS = 25_000
"""Records of a partition: so much goes to one process of Python at a time."""


def are_marked(paths: BuildPaths, shards: Iterable[str], config: Config) -> bool:
    """Tell whether the sidecars are those of the records that are there."""
    return read_duplicates(paths, duplicates_fingerprint(articles_digests(paths, shards), config)) is not None


def mark_duplicates(session: SparkSession, paths: BuildPaths, shards: Iterable[str], config: Config) -> None:
    """Write the sidecars of a build whose shards and sketches are current, then the stamp that makes them count.

    Nothing is done where the sidecars are those of the records that are there.

    Raises:
        ClashError: two records have one id. The next run cleans their shards again.
    """
    names = sorted(shards)
    if are_marked(paths, names, config):
        return
    stamps = [read_stamp(paths, shard) for shard in names]
    paths.duplicates_stamp.unlink(missing_ok=True)
    files, relations, clusters, redundant = {}, Counter[str](), 0, 0
    records, cores = sum(stamp.ok for stamp in stamps if stamp), session.sparkContext.defaultParallelism
    exchange = SparkExchange(session, max(cores, records // RECORDS))
    try:
        for sidecar in mark(exchange, paths, names, records, config.duplicates, cores) if names else ():
            files[sidecar.shard] = sidecar.note
            relations.update(sidecar.relations)
            clusters, redundant = clusters + sidecar.clusters, redundant + sidecar.redundant
    except SameIdError as error:
        for shard in error.shards:
            paths.stamp(shard).unlink(missing_ok=True)
        raise ClashError(error.identity, error.shards) from error
    finally:
        exchange.forget()
    fingerprint = duplicates_fingerprint(articles_digests(paths, names), config)
    counts = DuplicateCounts(clusters, relations["exact"], relations["near"], relations["wire"], redundant)
    write_sealed(paths.duplicates_stamp, DuplicatesStamp(fingerprint, counts, dict(sorted(files.items()))))
