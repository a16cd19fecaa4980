"""`copydesk retry`: cleans rejected inputs again, after whatever stopped them was mended, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec
from luigi.configuration import get_config

from copydesk.commands.guards import RefusedError, noted_raw
from copydesk.commands.run import RunOptions, run_build
from copydesk.commands.verify import stored_config
from copydesk.datasets import find_dataset
from copydesk.options import say, warn
from copydesk.rerun_reasons import other_settings
from copydesk.settings import Settings, use
from copydesk.terminal.summary import ledger_rows
from pipeline.config import Config, ConfigError
from pipeline.dataset.manifest import MANIFEST, DatasetError, decode
from pipeline.rejected import MACHINE_CODES
from tasks.core.build_paths import BuildPaths
from tasks.core.plans import planned, read_plan
from tasks.core.reuse import RetryNote, write_note
from tasks.core.shard_files import read_stamp
from tasks.settings import about, build, pipeline_config, use_settings
from tasks.summary import read_summary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasks.core.plans import PlannedShard
    from tasks.summary import BuildSummary

RETRIED = MACHINE_CODES | {"permission"}
"""What is retried by default: another moment or another machine may do better. All else follows from the input."""


class _Rejected:
    """The inputs that were rejected with one of some codes."""

    def __init__(self, codes: frozenset[str], options: RunOptions) -> None:
        self._codes, self._options = codes, options
        self._notes: list[RetryNote] = []

    def before(self, paths: BuildPaths) -> int:
        """Note the shards that hold such inputs, with their plans as they were cleaned; return how many inputs it concerns."""
        count = 0
        for shard in planned(paths):
            stamp, plan = read_stamp(paths, shard), read_plan(paths, shard)
            if stamp is None or plan is None or not self._codes & stamp.codes.keys():
                continue
            count += sum(number for code, number in stamp.codes.items() if code in self._codes)
            if stamp.inputs_sha256 == plan.inputs_sha256():
                codes = tuple(sorted(self._codes & stamp.codes.keys()))
                self._notes.append(RetryNote(plan, stamp.config_sha256, stamp.code_sha256, stamp.articles, stamp.ledger, codes))
        if not (self._options.quiet or self._options.as_json):
            click.echo(f"{count:,} inputs to retry ({', '.join(sorted(self._codes))})" if count else "nothing to retry")
        return count

    def after(self, paths: BuildPaths, plans: Mapping[str, PlannedShard], pending: Mapping[str, str]) -> None:
        """Leave a note for every shard concerned.

        Raises `RefusedError` where other inputs are new or changed, or the code is another: a run is what takes that up.
        """
        mine = {note.plan.shard for note in self._notes}
        others = {shard: reason for shard, reason in pending.items() if shard not in mine or "code:" in reason}
        if others and not self._options.yes:
            shard, reason = next(iter(others.items()))
            told = f"{len(others):,} of {len(plans):,} shards would be cleaned for other reasons ({shard}: {reason})"
            raise RefusedError(f"{told}: bring the build up to date with copydesk run first, or add --yes")
        for note in self._notes:
            if note.plan.shard in plans:
                write_note(paths, note)
                paths.stamp(note.plan.shard).unlink(missing_ok=True)


def retry_build(raw: Path | None, clean: Path | None, codes: frozenset[str], options: RunOptions) -> int:
    """Clean the inputs that were rejected with one of `codes` again, with the build's own settings; return the exit code of a run.

    The settings of this process give the limits of a document and the folders. The result is what one undisturbed run would have made.
    """
    try:
        if options.config_path is not None:
            use(Settings(options.config_path))
        paths = BuildPaths(clean or Path(build().clean))
        summary = read_summary(paths)
        if summary is None:
            warn(f"{paths.clean} holds no finished build, so that there is nothing to retry; make it with copydesk run")
            return 4
        _adopt(paths, summary, options)
    except (ConfigError, msgspec.ValidationError) as error:
        warn(f"{' '.join(str(error).split())}")
        return 2
    if options.dry_run:
        return _list(paths, summary, codes, options)
    noted = noted_raw(paths)
    raw = raw or (noted if noted is not None and noted.is_dir() else None)
    return run_build(raw, paths.clean, msgspec.structs.replace(options, config_path=None), again=_Rejected(codes, options))


def _list(paths: BuildPaths, summary: BuildSummary, codes: frozenset[str], options: RunOptions) -> int:
    """Print the inputs that a retry would clean again; return 0."""
    shards = [shard.shard for shard in summary.shards if shard.rejected]
    rows = [row for shard in shards for row in ledger_rows(paths, shard) if row.code in codes]
    if options.as_json:
        click.echo(msgspec.json.encode({row.locator: row.code for row in rows}))
        return 0
    for row in rows:
        say(f"{row.locator}  {row.code}: {row.detail}")
    click.echo(f"{len(rows):,} inputs would be cleaned again; nothing was written")
    return 0


def _adopt(paths: BuildPaths, summary: BuildSummary, options: RunOptions) -> None:
    """Make this process build by the settings that the build was made with, and say where those at hand are others."""
    differing = other_settings(summary, pipeline_config())
    if differing and not options.quiet:
        warn(f"a retry keeps the settings of the build; not used: {differing}")
    own: Config = stored_config(paths, summary)
    try:
        told, write = decode((find_dataset(paths.clean) / MANIFEST).read_bytes()).about, True
    except (DatasetError, OSError):
        told, write = about(), False
    use_settings(own, (summary.cut.documents, summary.cut.size), told)
    get_config().set("dataset", "write", str(write).lower())
