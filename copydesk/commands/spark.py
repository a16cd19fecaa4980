"""`copydesk spark`: the build of `copydesk run`, with shards and duplicates made by Spark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from copydesk.commands.run import RunOptions, run_build
from tasks.base import tell
from tasks.clean_shard import current_terms
from tasks.duplicates import ClashError
from tasks.failures import Failure
from tasks.spark.cleaning import clean_shards
from tasks.spark.duplicates import mark_duplicates
from tasks.spark.failing import failure_of
from tasks.spark.parcel import packed
from tasks.spark.session import session

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tasks.build import BuildDataset
    from tasks.core.plans import PlannedShard


class SparkOptions(msgspec.Struct, frozen=True):
    """Where Spark runs, and further settings of Spark by name."""

    master: str
    conf: dict[str, str]


def spark_build(raw: Path | None, clean: Path | None, spark: SparkOptions, options: RunOptions) -> int:
    """Build with Spark, print the summary, and return the exit code of a run."""
    return run_build(raw, clean, options, engine=_Spark(spark))


class _Spark:
    """Spark as the engine of a run."""

    def __init__(self, options: SparkOptions) -> None:
        self._options = options

    def make(self, task: BuildDataset, plans: Mapping[str, PlannedShard], pending: Mapping[str, str], *, shown: bool) -> list[Failure]:
        """Clean what is pending and mark duplicates; return what failed."""
        parcel = packed(task.paths, task.raw_folder, current_terms(), shown=shown)
        with session(self._options.master, self._options.conf) as started:
            try:
                if failed := list(clean_shards(started, parcel, plans, pending)):
                    return [Failure(failure.shard, failure.kind, failure.message) for failure in failed]
                tell(task.paths, "0 stage duplicates")
                mark_duplicates(started, task.paths, plans, parcel.terms.config)
            except ClashError as error:
                return [Failure("duplicates", "io", str(error))]
            except Exception as error:
                if (failure := failure_of(error)) is None:
                    raise
                return [failure]
        return []
