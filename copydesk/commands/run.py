"""`copydesk run` and `copydesk retry`: the Luigi build with a lock, a progress bar, a summary and exit codes."""

from __future__ import annotations

import logging
import shutil
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
import luigi
import luigi.configuration
import msgspec
from luigi.scheduler import Scheduler
from luigi.worker import Worker

from copydesk.rerun_reasons import reasons
from copydesk.run_lock import BuildLock
from copydesk.signals import stopping_cleanly
from copydesk.terminal.logs import log_to_stderr
from copydesk.terminal.progress import FileProgress, wanted
from copydesk.terminal.summary import LISTED, report
from pipeline.config import ConfigError
from pipeline.rules.rulebook import RuleError
from pipeline.text.controls import escaped
from tasks.build import BuildDataset
from tasks.clean_shard import forget_damaged
from tasks.dataset import forget_damaged_dataset, need_pyarrow
from tasks.failures import read_failures
from tasks.inventory import Inventory, planned
from tasks.settings import build, dataset, pipeline_config
from tasks.summary import read_summary
from tasks.targets import BuildPaths, source_date, sweep_temporaries

if TYPE_CHECKING:
    from collections.abc import Callable

LogFormat = Literal["text", "json"]


class RunOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How a run works and what it says. `log_format` asks for log lines also beside a bar; `rehash` reads every raw file anew."""

    workers: int = 1
    config_path: Path | None = None
    progress: bool | None = None
    quiet: bool = False
    log_format: LogFormat | None = None
    rehash: bool = False
    why: bool = False


def run_build(raw: Path | None, clean: Path | None, options: RunOptions, *, prepare: Callable[[BuildPaths], None] | None = None) -> int:
    """Build, print the summary, and return the exit code of DESIGN section 6.

    `prepare` is called under the lock, before anything else is looked at.
    """
    if options.config_path is not None:
        luigi.configuration.add_config_path(str(options.config_path))
    logging.getLogger("luigi").setLevel(logging.ERROR)
    logging.getLogger("luigi-interface").setLevel(logging.ERROR)
    shown = wanted(options.progress) and not options.quiet
    log_to_stderr(options.log_format or "text", shown=options.log_format is not None or not (shown or options.quiet))
    try:
        pipeline_config()
        source_date()
        if dataset().write:
            need_pyarrow()
        task = BuildDataset(raw=str(raw or build().raw), clean=str(clean or build().clean))
        if (problem := _unready(task)) is not None:
            return problem
        if prepare is None and not options.rehash and task.complete():
            _say(options, f"nothing to do: {task.paths.clean} is up to date")
        else:
            with stopping_cleanly(), BuildLock(task.paths.lock):
                code = _locked(task, options, prepare, shown=shown)
            if code is not None:
                return code
    except (ConfigError, RuleError) as error:
        click.echo(f"copydesk: {' '.join(str(error).split())}", err=True)
        return 2
    except OSError as error:
        click.echo(escaped(f"copydesk: {error.filename or ''}: {error.strerror or error}"), err=True)
        return 4
    summary = read_summary(task.paths)
    if summary is None:
        click.echo(f"copydesk: {task.paths.build} was not written; run again with --config and log_level = DEBUG to see why", err=True)
        return 1
    if not options.quiet:
        report(task.paths, summary)
    return 3 if summary.rejected else 0


def _say(options: RunOptions, line: str) -> None:
    if not options.quiet:
        click.echo(line)


def _unready(task: BuildDataset) -> int | None:
    """Say what is wrong with the folder of the inputs and return an exit code, None where nothing is.

    A folder that is gone or wholly empty, where there was a build of it, is a share that is not mounted and not a takedown of all.
    """
    raw = Path(task.raw_folder)
    summary = read_summary(task.paths)
    built = summary is not None and summary.files > 0
    if not raw.is_dir():
        if built:
            click.echo(f"copydesk: {raw} is gone, and {task.paths.clean} was built from it: is a share not mounted?", err=True)
            return 4
        hint = "name a folder that holds a folder for every source" if raw.exists() else f"put pages or texts into {raw}/<source>/"
        click.echo(f"copydesk: {raw} is no folder; {hint}", err=True)
        return 2
    if (mixed := _mixed(raw.resolve(), task.paths)) is not None:
        click.echo(f"copydesk: {mixed}; a build would read its own outputs: name another folder with --clean", err=True)
        return 2
    if built and not any(raw.iterdir()):
        click.echo(
            f"copydesk: {raw} is empty, and {task.paths.clean} was built from it: is a share not mounted? To take everything down, leave "
            f"an empty folder {raw}/<source>",
            err=True,
        )
        return 4
    return None


def _mixed(raw: Path, paths: BuildPaths) -> str | None:
    """Say how the folders of inputs and outputs lie in each other, None where they do not."""
    clean = paths.clean.resolve()
    if clean.is_relative_to(raw):
        return f"{paths.clean} lies in the folder of the inputs" if clean != raw else "inputs and outputs have one folder"
    kept = (paths.articles("x").parent, paths.ledger("x").parent, paths.attributes, paths.dataset, paths.run)
    if any(raw.is_relative_to(folder.resolve()) for folder in kept):
        return f"the inputs lie among the outputs in {paths.clean}"
    return None


def _locked(task: BuildDataset, options: RunOptions, prepare: Callable[[BuildPaths], None] | None, *, shown: bool) -> int | None:
    """Do what a run does while it has the folder for itself; return an exit code where it failed, else None."""
    paths = task.paths
    sweep_temporaries(paths.clean)
    if prepare is not None:
        prepare(paths)
    if options.rehash:
        shutil.rmtree(paths.inventories, ignore_errors=True)
        forget_damaged(paths)
        forget_damaged_dataset(paths)
    if task.complete():
        _say(options, f"nothing to do: {paths.clean} is up to date")
        return None
    return _build(task, options, shown=shown)


def _build(task: BuildDataset, options: RunOptions, *, shown: bool) -> int | None:
    """Run the tasks; return an exit code where they failed, else None."""
    paths = task.paths
    shutil.rmtree(paths.failures, ignore_errors=True)
    paths.progress.unlink(missing_ok=True)
    with warnings.catch_warnings():
        # Luigi forks its workers beside its own keep-alive thread; they run Python code alone and take no lock of that thread.
        warnings.filterwarnings("ignore", message=".*multi-threaded.*", category=DeprecationWarning)
        inventory = Inventory(raw=task.raw_folder, clean=str(paths.clean))
        if not luigi.build([inventory], _Forking(), local_scheduler=True, log_level="CRITICAL"):
            return _failed(paths)
        plans = planned(paths)
        pending = dict(reasons(paths, plans.values(), pipeline_config()))
        if options.why:
            for shard, reason in pending.items():
                click.echo(escaped(f"{shard}: {reason}"), err=True)
        with FileProgress(paths.progress, sum(plans[shard].documents for shard in pending), shown=shown):
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
    for failure in failures[:LISTED]:
        click.echo(escaped(f"copydesk: {failure.task}: {failure.message}"), err=True)
    if not failures:
        click.echo("copydesk: a task failed and could not say why; is the disk full?", err=True)
    return 1 if any(failure.kind == "defect" for failure in failures) else 4
