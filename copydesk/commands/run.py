"""`copydesk run` and `copydesk retry`: the Luigi build with a lock, a progress bar, a summary and exit codes."""

from __future__ import annotations

import logging
import shutil
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

import click
import luigi
import msgspec
from luigi.scheduler import Scheduler
from luigi.worker import Worker

from copydesk.commands.dry_run import dry_run, show
from copydesk.commands.guards import RefusedError, check_folder, check_inputs, check_settings, note_raw
from copydesk.options import say, warn
from copydesk.rerun_reasons import reasons
from copydesk.run_lock import BuildLock
from copydesk.settings import Settings, use
from copydesk.signals import stopping_cleanly
from copydesk.terminal.logs import log_to_stderr
from copydesk.terminal.progress import FileProgress, wanted
from copydesk.terminal.summary import LISTED, report, report_json
from pipeline.config import ConfigError
from pipeline.rules.rulebook import RuleError
from tasks.build import BuildDataset
from tasks.clean_shard import forget_damaged
from tasks.core.atomic_files import source_date, sweep_temporaries
from tasks.core.plans import planned
from tasks.dataset import forget_damaged_dataset
from tasks.failures import read_failures
from tasks.inventory import Inventory
from tasks.settings import build, pipeline_config
from tasks.summary import read_summary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasks.core.build_paths import BuildPaths
    from tasks.core.plans import PlannedShard
    from tasks.failures import Failure

LogFormat = Literal["text", "json"]


class RunOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How a run works and what it says. `log_format` asks for log lines also beside a bar; `rehash` reads every raw file anew.

    `yes` goes on where the settings are not those of the build: a program that calls this means it, the command line asks. `replace` goes
    on where most of the build's raw files are gone, also where the folder is empty; False asks, and None, for programs, takes a file that
    is gone for taken down, but an empty folder for a share that is not mounted.
    """

    workers: int = 1
    config_path: Path | None = None
    progress: bool | None = None
    quiet: bool = False
    verbose: bool = False
    as_json: bool = False
    log_format: LogFormat | None = None
    rehash: bool = False
    why: bool = False
    dry_run: bool = False
    yes: bool = True
    replace: bool | None = None


class Again(Protocol):
    """Work that is done once more: what it looks at before the inventory, and what it makes of it after. 0 says that there is none."""

    def before(self, paths: BuildPaths) -> int:
        """Look at the build as it is, and return how many inputs are to be cleaned again."""

    def after(self, paths: BuildPaths, plans: Mapping[str, PlannedShard], pending: Mapping[str, str]) -> None:
        """Mark them. Raises `RefusedError` where the run would touch more than them."""


class Engine(Protocol):
    """Reads files and makes shards and duplicates elsewhere than Luigi, which lists them before, and describes the build after.

    Both methods raise `ConfigError` where the engine is not there, or does not start.
    """

    def read(self, task: BuildDataset) -> None:
        """Read the files that are new or changed; what it leaves out is read by the inventory."""

    def make(self, task: BuildDataset, plans: Mapping[str, PlannedShard], pending: Mapping[str, str], *, shown: bool) -> list[Failure]:
        """Make what is pending, and return what failed."""


def run_build(
    raw: Path | None, clean: Path | None, options: RunOptions, *, again: Again | None = None, engine: Engine | None = None
) -> int:
    """Build, print the summary, and return the exit code of DESIGN section 6."""
    logging.getLogger("luigi").setLevel(logging.ERROR)
    logging.getLogger("luigi-interface").setLevel(logging.ERROR)
    shown = wanted(options.progress) and not (options.quiet or options.dry_run)
    logged = options.log_format is not None or options.verbose or not (shown or options.quiet)
    log_to_stderr(options.log_format or "text", shown=logged and not options.dry_run)
    try:
        if options.config_path is not None:
            use(Settings(options.config_path))
        task = _task(raw, clean)
        check_folder(Path(task.raw_folder), task.paths, replace=options.replace is True)
        if options.dry_run:
            show(dry_run(Path(task.raw_folder), task.paths), as_json=options.as_json)
            return 0
        if again is None and not options.rehash and task.complete():
            note_raw(Path(task.raw_folder), task.paths)
            _say(options, f"nothing to do: {task.paths.clean} is up to date")
        else:
            with stopping_cleanly(), BuildLock(task.paths.lock):
                code = _locked(task, options, again, engine, shown=shown)
            if code is not None:
                return code
    except (ConfigError, RuleError) as error:
        warn(f"{' '.join(str(error).split())}")
        return 2
    except RefusedError as refused:
        warn(str(refused))
        return refused.code
    except OSError as error:
        warn(f"{error.filename or ''}: {error.strerror or error}")
        return 4
    return _end(task, options)


def _task(raw: Path | None, clean: Path | None) -> BuildDataset:
    pipeline_config()
    source_date()
    return BuildDataset(raw=str(raw or build().raw), clean=str(clean or build().clean))


def _end(task: BuildDataset, options: RunOptions) -> int:
    """Say what the build holds, and return the exit code."""
    summary = read_summary(task.paths)
    if summary is None:
        warn(f"{task.paths.build} was not written; run again with --verbose to see why")
        return 1
    if options.as_json:
        report_json(task.paths, summary)
    elif not options.quiet:
        report(task.paths, summary)
    return 3 if summary.rejected else 0


def _say(options: RunOptions, line: str) -> None:
    if not (options.quiet or options.as_json):
        click.echo(line)


def _locked(task: BuildDataset, options: RunOptions, again: Again | None, engine: Engine | None, *, shown: bool) -> int | None:
    """Do what a run does while it has the folder for itself; return an exit code where it failed, else None."""
    paths = task.paths
    sweep_temporaries(paths.clean)
    if again is not None:
        if not again.before(paths):
            return None
        return _build(task, options, again, engine, shown=shown)
    if options.replace is False:
        check_inputs(Path(task.raw_folder), paths)
    if options.rehash:
        shutil.rmtree(paths.inventories, ignore_errors=True)
        forget_damaged(paths)
        forget_damaged_dataset(paths)
    if task.complete():
        _say(options, f"nothing to do: {paths.clean} is up to date")
        return None
    check_settings(paths, yes=options.yes, quiet=options.quiet)
    return _build(task, options, None, engine, shown=shown)


def _build(task: BuildDataset, options: RunOptions, again: Again | None, engine: Engine | None, *, shown: bool) -> int | None:
    """Run the tasks; return an exit code where they failed, else None."""
    paths = task.paths
    shutil.rmtree(paths.failures, ignore_errors=True)
    paths.progress.unlink(missing_ok=True)
    with warnings.catch_warnings(), FileProgress(paths.progress, shown=shown) as bar:
        # Luigi forks its workers beside its own keep-alive thread; they run Python code alone and take no lock of that thread.
        warnings.filterwarnings("ignore", message=".*multi-threaded.*", category=DeprecationWarning)
        bar.stage("reading")
        if engine is not None:
            engine.read(task)
        inventory = Inventory(raw=task.raw_folder, clean=str(paths.clean))
        if not luigi.build([inventory], _Forking(), local_scheduler=True, log_level="CRITICAL"):
            return _failed(paths)
        plans = planned(paths)
        pending = dict(reasons(paths, plans.values(), pipeline_config()))
        if again is not None:
            again.after(paths, plans, pending)
            pending = dict(reasons(paths, plans.values(), pipeline_config()))
        if options.why or options.verbose:
            for shard, reason in pending.items():
                say(f"{shard}: {reason}", err=True)
        bar.stage("cleaning", sum(plans[shard].documents for shard in pending))
        if engine is not None and (failures := engine.make(task, plans, pending, shown=shown)):
            return _told(failures)
        done = luigi.build([task], _Forking(), local_scheduler=True, workers=options.workers, log_level="CRITICAL")
    return None if done else _failed(paths)


_NEVER = 1 << 40


class _Forking:
    """Makes Luigi fork for every task, with one worker too: what an inventory or a dataset takes does not stay with this process."""

    def create_local_scheduler(self) -> Scheduler:
        # a clock that jumps must not make a worker of this very process look lost
        return Scheduler(prune_on_get_work=True, record_task_history=False, worker_disconnect_delay=_NEVER, remove_delay=_NEVER)

    def create_worker(self, scheduler: Scheduler, worker_processes: int, assistant: bool) -> Worker:  # noqa: FBT001 - Luigi's signature
        return Worker(scheduler=scheduler, worker_processes=worker_processes, assistant=assistant, force_multiprocessing=True)


def _failed(paths: BuildPaths) -> int:
    failures = read_failures(paths.failures)
    if not failures:
        warn("a task failed and could not say why; is the disk full?")
    return _told(failures)


def _told(failures: list[Failure]) -> int:
    """Say what failed, and return the exit code."""
    for failure in failures[:LISTED]:
        warn(f"{failure.task}: {failure.message}")
    return 1 if any(failure.kind == "defect" for failure in failures) else 4
