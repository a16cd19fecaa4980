"""`copydesk run`: the Luigi build with a progress bar, a summary and exit codes."""

from __future__ import annotations

import logging
import shutil
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click
import luigi
import luigi.configuration
import msgspec

from copydesk.bars import FileProgress, wanted
from pipeline.batch import LedgerRow
from pipeline.config import ConfigError
from tasks.build import BuildDataset, read_summary
from tasks.failures import read_failures
from tasks.inventory import Inventory, plans_of, read_inventory, totals
from tasks.settings import build, pipeline_config

if TYPE_CHECKING:
    from tasks.build import BuildSummary
    from tasks.targets import BuildPaths

LISTED = 20
"""How many rejected inputs the summary names; the ledger has them all."""


def run_build(raw: Path | None, clean: Path | None, *, workers: int, config_path: Path | None, progress: bool | None, quiet: bool) -> int:
    """Build, print the summary, and return the exit code of DESIGN section 6."""
    if config_path is not None:
        luigi.configuration.add_config_path(str(config_path))
    logging.getLogger("luigi").setLevel(logging.ERROR)
    logging.getLogger("luigi-interface").setLevel(logging.ERROR)
    try:
        pipeline_config()
        if not Path(raw or build().raw).is_dir():
            click.echo(f"copydesk: {raw or build().raw} is no folder; put pages or texts into {raw or build().raw}/<source>/", err=True)
            return 2
        task = BuildDataset(raw=str(raw or build().raw), clean=str(clean or build().clean))
        if task.complete():
            _say(quiet, f"nothing to do: {task.paths.clean} is up to date")
        elif (code := _build(task, workers, shown=wanted(progress) and not quiet)) is not None:
            return code
    except ConfigError as error:
        click.echo(f"copydesk: {error}", err=True)
        return 2
    except OSError as error:
        click.echo(f"copydesk: {error.filename or ''}: {error.strerror or error}", err=True)
        return 4
    summary = read_summary(task.paths)
    if summary is None:
        click.echo(f"copydesk: {task.paths.build} was not written; run again with --config and log_level = DEBUG to see why", err=True)
        return 1
    if not quiet:
        _report(task.paths, summary)
    return 3 if summary.rejected else 0


def _say(quiet: bool, line: str) -> None:  # noqa: FBT001
    if not quiet:
        click.echo(line)


def _build(task: BuildDataset, workers: int, *, shown: bool) -> int | None:
    """Run the tasks; return an exit code where they failed, else None."""
    shutil.rmtree(task.paths.failures, ignore_errors=True)
    task.paths.progress.unlink(missing_ok=True)
    if not luigi.build([Inventory(raw=task.raw, clean=task.clean)], local_scheduler=True, log_level="CRITICAL"):
        return _failed(task.paths)
    inventory = read_inventory(task.paths)
    documents, _ = totals(plans_of(inventory)) if inventory else (0, 0)
    with FileProgress(task.paths.progress, documents, shown=shown):
        done = luigi.build([task], local_scheduler=True, workers=workers, log_level="CRITICAL")
    return None if done else _failed(task.paths)


def _failed(paths: BuildPaths) -> int:
    failures = read_failures(paths.failures)
    for failure in failures[:LISTED]:
        click.echo(f"copydesk: {failure.task}: {failure.message}", err=True)
    if not failures:
        click.echo("copydesk: a task failed and could not say why; is the disk full?", err=True)
    return 1 if any(failure.kind == "defect" for failure in failures) else 4


def _rows(paths: BuildPaths, summary: BuildSummary) -> list[tuple[str, LedgerRow]]:
    decoder = msgspec.json.Decoder(LedgerRow)
    return [
        (shard.shard.rpartition("/")[0], row)
        for shard in summary.shards
        for row in decoder.decode_lines(paths.ledger(shard.shard).read_bytes())
    ]


def _report(paths: BuildPaths, summary: BuildSummary) -> None:
    """Print what went in and what came out, by source, and the first rejected inputs."""
    rows = _rows(paths, summary)
    counts: dict[str, Counter[str]] = {}
    for group, row in rows:
        counts.setdefault(group, Counter())[row.status] += 1
    width = max([len(group) for group in counts] + [6])
    click.echo(f"{'source':<{width}}  {'inputs':>8}  {'ok':>8}  {'rejected':>8}  {'skipped':>8}")
    for group, count in [*sorted(counts.items()), ("total", sum(counts.values(), Counter()))]:
        numbers = (sum(count.values()), count["ok"], count["rejected"], count["skipped"])
        click.echo(f"{group:<{width}}  " + "  ".join(f"{number:>8}" for number in numbers))
    rejected = [row for _, row in rows if row.status == "rejected"]
    if rejected:
        click.echo("\nrejected:")
        for row in rejected[:LISTED]:
            click.echo(f"  {row.locator}  {row.code}: {row.detail}")
        if len(rejected) > LISTED:
            click.echo(f"  … and {len(rejected) - LISTED} more in {paths.clean / 'ledger'}")
    click.echo(f"\nrecords: {paths.clean / 'articles'}   ledger: {paths.clean / 'ledger'}   proof: copydesk verify {paths.clean}")
