"""`copydesk spark`: the build of `copydesk run`, with shards and duplicates made by Spark."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from copydesk.commands.run import RunOptions, run_build
from tasks.base import tell
from tasks.clean_shard import current_terms
from tasks.duplicates import ClashError
from tasks.failures import Failure
from tasks.inventory import current_cut
from tasks.settings import build
from tasks.spark.cleaning import clean_shards
from tasks.spark.duplicates import are_marked, mark_duplicates
from tasks.spark.failing import failure_of
from tasks.spark.parcel import packed
from tasks.spark.reading import new_files, read_files
from tasks.spark.session import session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import SparkSession

    from tasks.build import BuildDataset
    from tasks.core.plans import PlannedShard


class SparkOptions(msgspec.Struct, frozen=True):
    """Where Spark runs, and further settings of Spark by name."""

    master: str
    conf: dict[str, str]


def spark_build(raw: Path | None, clean: Path | None, spark: SparkOptions, options: RunOptions) -> int:
    """Build with Spark, print the summary, and return the exit code of a run."""
    with contextlib.ExitStack() as stack:
        return run_build(raw, clean, options, engine=_Spark(spark, stack))


class _Spark:
    """Spark as the engine of a run. The session is started when there is work for it, and ends with the stack."""

    def __init__(self, options: SparkOptions, stack: contextlib.ExitStack) -> None:
        self._options, self._stack = options, stack
        self._session: SparkSession | None = None

    def _started(self) -> SparkSession:
        if self._session is None:
            self._session = self._stack.enter_context(session(self._options.master, self._options.conf))
        return self._session

    def read(self, task: BuildDataset) -> None:
        """Read the raw files that are new or changed. Where Spark fails, the inventory reads them."""
        raw, cut = Path(task.raw_folder), current_cut()
        files = new_files(task.paths, raw, cut, follow=build().follow_symlinks)
        if not files:
            return
        try:
            read_files(self._started(), task.paths, raw, cut, files)
        except Exception as error:
            if failure_of(error) is None:
                raise

    def make(self, task: BuildDataset, plans: Mapping[str, PlannedShard], pending: Mapping[str, str], *, shown: bool) -> list[Failure]:
        """Clean what is pending and mark duplicates; return what failed."""
        terms = current_terms()
        if not pending and are_marked(task.paths, plans, terms.config):
            return []  # what is left, the dataset perhaps, is not Spark's
        parcel = packed(task.paths, task.raw_folder, terms, shown=shown)
        try:
            if failed := list(clean_shards(self._started(), parcel, plans, pending)):
                return [Failure(failure.shard, failure.kind, failure.message) for failure in failed]
            tell(task.paths, "0 stage duplicates")
            mark_duplicates(self._started(), task.paths, plans, terms.config)
        except ClashError as error:
            return [Failure("duplicates", "io", str(error))]
        except Exception as error:
            if (failure := failure_of(error)) is None:
                raise
            return [failure]
        return []
