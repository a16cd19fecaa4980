"""The tasks that make a whole build, or one day of it: inventory, shards, accounting, and the file that describes it."""

from __future__ import annotations

import os
import shutil
import socket
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import luigi

from pipeline.code_identity import code_identity, code_sha256
from pipeline.dataset.manifest import SEAL
from pipeline.records import SCHEMA_VERSION
from pipeline.rejected import MACHINE_CODES
from tasks.base import AtomicFile, KnownParameters, tell
from tasks.clean_shard import CleanShard, Stamp, is_current, is_whole, read_stamp, shard_fingerprint
from tasks.core.atomic_files import sweep_temporaries, write_json
from tasks.core.build_paths import BuildPaths
from tasks.core.isolation import warm_up
from tasks.core.plans import planned
from tasks.core.sealed import write_sealed
from tasks.core.staging import remove_sealed
from tasks.dataset import WriteDataset, dataset_fingerprint, dataset_is_current
from tasks.duplicates import DuplicateCounts, articles_digests, duplicates_fingerprint, mark_task, read_duplicates, sketch_tasks
from tasks.failures import Reporting
from tasks.inventory import Inventory, changed_inputs, current_cut
from tasks.settings import build, config_sha256, dataset, pipeline_config, portable, rule_digests, rule_names
from tasks.summary import BuildSummary, ShardSummary, read_summary

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping

    from pipeline.config import Config
    from tasks.core.plans import PlannedShard


def is_described(paths: BuildPaths, summary: BuildSummary, plans: Mapping[str, PlannedShard], config: Config) -> bool:
    """Tell whether a description is what a run would write now, and all that it describes is there."""
    if (summary.config, summary.code_sha256, summary.cut) != (portable(config), code_sha256(config), current_cut()):
        return False
    if [entry.shard for entry in summary.shards] != list(plans):
        return False
    marked = read_duplicates(paths, duplicates_fingerprint(articles_digests(paths, plans), config))
    if marked is None or marked.counts != summary.duplicates:
        return False
    for entry, plan in zip(summary.shards, plans.values(), strict=True):
        stamp = read_stamp(paths, entry.shard)
        if stamp is None or stamp.fingerprint != shard_fingerprint(plan.inputs_sha256, config):
            return False
        if entry != _shard_summary(entry.shard, stamp, marked.files[entry.shard].sha256) or not is_whole(paths, entry.shard, stamp):
            return False
    return True


def _shard_summary(shard: str, stamp: Stamp, duplicates_sha256: str) -> ShardSummary:
    return ShardSummary(
        shard,
        stamp.inputs_sha256,
        stamp.inputs,
        stamp.ok,
        stamp.rejected,
        stamp.skipped,
        stamp.articles.sha256,
        stamp.ledger.sha256,
        duplicates_sha256,
        stamp.respelt,
    )


def shard_tasks(raw: str, paths: BuildPaths, plans: Iterable[PlannedShard], config: Config) -> list[CleanShard]:
    """Return the task of every shard."""
    return [
        CleanShard(raw=raw, clean=str(paths.clean), shard=plan.shard, fingerprint=shard_fingerprint(plan.inputs_sha256, config))
        for plan in plans
    ]


def drop_stale(paths: BuildPaths, wanted: set[str], group: str | None = None) -> None:
    """Delete the files of shards that no longer have inputs: a raw file that is gone takes its record with it.

    `wanted` are the shards that stay; with `group`, only files of that group are looked at.
    """
    for make in (
        paths.articles,
        paths.ledger,
        paths.duplicates,
        paths.sketch,
        paths.plan,
        paths.stamp,
        paths.changes,
        paths.retry,
        paths.costs,
    ):
        kept = {make(shard) for shard in wanted}
        root = make("x").parent
        start = root / group if group else root
        for path in sorted(start.rglob("*"), reverse=True) if start.is_dir() else []:
            if path.is_dir():
                if not any(path.iterdir()):
                    path.rmdir()
            elif path not in kept and path.suffix in (".json", ".jsonl", ".sketch"):
                path.unlink(missing_ok=True)
        if group and start.is_dir() and not any(start.iterdir()):
            start.rmdir()


def drop_changes(paths: BuildPaths) -> None:
    """Delete the notes on what changed: every shard is current, and they name files that were taken down."""
    shutil.rmtree(paths.changes("x").parent, ignore_errors=True)


class _OnFolders(Reporting, KnownParameters, luigi.Task):  # type: ignore[misc]  # luigi ships no types
    """What the tasks of a build have in common: where from and where to."""

    raw: str = luigi.Parameter(default="", positional=False, description="folder of the inputs (default: [build] raw)")
    clean: str = luigi.Parameter(default="", positional=False, description="folder of the outputs (default: [build] clean)")

    @property
    def raw_folder(self) -> str:
        """Return the folder of the inputs."""
        return str(self.raw or build().raw)

    @property
    def paths(self) -> BuildPaths:
        """Return the paths of the build."""
        return BuildPaths(Path(self.clean or build().clean))

    def changed_inputs(self) -> list[str]:
        """Return the raw files that are not as the inventory saw them."""
        return changed_inputs(Path(self.raw_folder), self.paths)


class BuildDataset(_OnFolders):
    """Cleans everything below `raw` into `clean`.

    Complete when the raw files, the settings and the code are those that the build was made from and all its files are there.
    """

    def requires(self) -> Inventory:
        """Return the inventory that this build is planned from."""
        return Inventory(raw=self.raw_folder, clean=str(self.paths.clean))

    def output(self) -> AtomicFile:
        """Return the file that describes the build."""
        return AtomicFile(self.paths.build)

    def complete(self) -> bool:
        """Tell whether the build is what a run would make now."""
        config = pipeline_config()
        summary = read_summary(self.paths)
        described = summary is not None and self.requires().complete() and is_described(self.paths, summary, planned(self.paths), config)
        if described and (dataset_is_current(self.paths) if dataset().write else not (self.paths.dataset / SEAL).exists()):
            return True
        warm_up(config)
        return False

    def run(self) -> Iterator[Any]:
        """Wait until all is clean and duplicates are marked, drop what no input stands behind, describe the build, write the dataset."""
        config, plans = pipeline_config(), planned(self.paths)
        yield shard_tasks(self.raw_folder, self.paths, plans.values(), config)
        digests = articles_digests(self.paths, plans)
        self._tell("duplicates")
        yield sketch_tasks(self.paths, digests, config)
        self._here(mark_task(self.paths, digests, config))
        drop_stale(self.paths, set(plans))
        drop_changes(self.paths)
        sweep_temporaries(self.paths.clean)
        write_sealed(self.paths.rule_files, {name: str(Path(file).absolute()) for name, file in rule_names(config.rules.files).items()})
        write_sealed(self.paths.raw_folder, str(Path(self.raw_folder).absolute()))
        write_json(self.paths.build, self._summary(plans, config))
        if dataset().write:
            self._tell("dataset")
            self._here(WriteDataset(clean=str(self.paths.clean), fingerprint=dataset_fingerprint(self.paths)))
        else:
            remove_sealed(self.paths.dataset / SEAL)

    def _here(self, task: luigi.Task) -> None:
        """Do a task that nothing can be done beside: a process of its own would cost more than many a build's whole search.

        What it tells Luigi's pages is told of this task.
        """
        task.set_status_message, task.set_progress_percentage = self.set_status_message, self.set_progress_percentage
        if not task.complete():
            task.run()

    def _tell(self, stage: str) -> None:
        tell(self.paths, f"0 stage {stage}")
        self.set_status_message(f"{stage}, {len(planned(self.paths)):,} shards")

    def _summary(self, plans: Mapping[str, PlannedShard], config: Config) -> BuildSummary:
        shards = []
        codes: Counter[str] = Counter()
        marked = read_duplicates(self.paths, duplicates_fingerprint(articles_digests(self.paths, plans), config))
        for name, plan in plans.items():
            stamp = read_stamp(self.paths, name)
            if (
                marked is None
                or stamp is None
                or stamp.inputs_sha256 != plan.inputs_sha256
                or stamp.inputs != stamp.ok + stamp.rejected + stamp.skipped
            ):
                msg = f"shard {name} is not accounted for: another run is at work in {self.paths.clean}; run again"
                raise OSError(msg)
            codes.update(stamp.codes)
            shards.append(_shard_summary(name, stamp, marked.files[name].sha256))
        return BuildSummary(
            schema_version=SCHEMA_VERSION,
            reproducible=not (codes.keys() & MACHINE_CODES),
            files=sum(plan.files for plan in plans.values()),
            inputs=sum(shard.inputs for shard in shards),
            ok=sum(shard.ok for shard in shards),
            rejected=sum(shard.rejected for shard in shards),
            skipped=sum(shard.skipped for shard in shards),
            codes=dict(sorted(codes.items())),
            duplicates=marked.counts if marked else DuplicateCounts(0, 0, 0, 0, 0),
            respelt=sum(shard.respelt for shard in shards),
            cut=current_cut(),
            config_sha256=config_sha256(config),
            code_sha256=code_sha256(config),
            config=portable(config),
            rule_files=rule_digests(config.rules.files),
            code=code_identity(config),
            shards=tuple(shards),
        )


class CleanShards(_OnFolders):
    """Cleans shards beside a `BuildDataset` of another machine, where both ask one scheduler service: it gives each shard to one of them.

    `process` makes this task one of this process alone. Else the scheduler would give all shards to the machine that asked first, for a
    build's shards are known only when its inventory is done.
    """

    process: str = luigi.Parameter(default=f"{socket.gethostname()}-{os.getpid()}", description="a name that no other process has")

    def requires(self) -> Inventory:
        """Return the inventory that the build is planned from."""
        return Inventory(raw=self.raw_folder, clean=str(self.paths.clean))

    def output(self) -> list[luigi.Target]:
        """Return nothing: that files exist does not say that they are current; `complete` does."""
        return []

    def complete(self) -> bool:
        """Tell whether every shard is what a run would make now."""
        config = pipeline_config()
        if self.requires().complete():
            plans = planned(self.paths).values()
            if all(is_current(self.paths, plan.shard, shard_fingerprint(plan.inputs_sha256, config)) for plan in plans):
                return True
        warm_up(config)
        return False

    def run(self) -> Iterator[list[CleanShard]]:
        """Wait until the shards are clean, whoever cleans them."""
        yield shard_tasks(self.raw_folder, self.paths, planned(self.paths).values(), pipeline_config())


class RawDay(luigi.ExternalTask):  # type: ignore[misc]  # luigi ships no types
    """One day's folder of one source: it comes from outside, and a day that has not come yet is waited for."""

    raw: str = luigi.Parameter()
    source: str = luigi.Parameter()
    date: dt.date = luigi.DateParameter()

    def complete(self) -> bool:
        """Tell whether the folder is there."""
        return (Path(self.raw) / self.source / self.date.isoformat()).is_dir()


class CleanDay(_OnFolders):
    """Cleans `raw/<source>/<date>` alone, for schedules: `RangeDaily --of CleanDay --param-name date` or cron.

    `build.json` and everything else that is about the whole build are left to `BuildDataset`, which then finds the day done.
    """

    source: str = luigi.Parameter(description="the folder below raw")
    date: dt.date = luigi.DateParameter(description="the day, YYYY-MM-DD")

    @classmethod
    def bulk_complete(cls, parameter_tuples: Iterable[dt.date]) -> list[dt.date]:
        """Return those days that are complete; `RangeDaily` asks so. `cls` may be a partial with the other parameters."""
        return [date for date in parameter_tuples if cls(date=date).complete()]

    @property
    def group(self) -> str:
        """Return the day's folder below `raw`."""
        return f"{self.source}/{self.date.isoformat()}"

    def requires(self) -> list[luigi.Task]:
        """Return the day's raw folder and its inventory."""
        return [RawDay(raw=self.raw_folder, source=self.source, date=self.date)]

    def output(self) -> list[luigi.Target]:
        """Return nothing: that files exist does not say that they are current; `complete` does."""
        return []

    def complete(self) -> bool:
        """Tell whether every shard of the day is what a run would make now."""
        config = pipeline_config()
        if RawDay(raw=self.raw_folder, source=self.source, date=self.date).complete() and self._inventory().complete():
            plans = planned(self.paths, self.group).values()
            if all(is_current(self.paths, plan.shard, shard_fingerprint(plan.inputs_sha256, config)) for plan in plans):
                return True
        warm_up(config)
        return False

    def run(self) -> Iterator[Any]:
        """List the day's files, wait until its shards are clean, and drop what no input stands behind."""
        yield self._inventory()
        plans = planned(self.paths, self.group)
        yield shard_tasks(self.raw_folder, self.paths, plans.values(), pipeline_config())
        drop_stale(self.paths, set(plans), self.group)

    def _inventory(self) -> Inventory:
        return Inventory(raw=self.raw_folder, clean=str(self.paths.clean), group=self.group)
