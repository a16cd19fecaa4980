"""`copydesk status`: what a build holds, and what a run would do now."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click
import msgspec

from copydesk.rerun_reasons import reasons
from copydesk.run_lock import holder
from copydesk.terminal.summary import rejected_lines, table
from pipeline.code_identity import code_sha256
from pipeline.text.controls import escaped
from tasks.core.build_paths import BuildPaths
from tasks.core.plans import known_groups, planned, read_group
from tasks.core.scan import listings
from tasks.failures import read_failures
from tasks.inventory import current_cut
from tasks.settings import build, pipeline_config
from tasks.summary import read_summary

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.config import Config


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """What `copydesk status --json` prints.

    `running` says who works in the folder now. `pending` counts the shards that a run would clean, as far as the inventory knows;
    `raw_changed` names the sources whose raw files are not those of the inventory (null where no raw folder was given). `same_cut` is
    false where these settings cut shards otherwise, so that a run would make other shards.
    """

    built: bool
    running: str | None
    reproducible: bool | None
    current_code: bool | None
    files: int
    inputs: int
    ok: int
    rejected: int
    skipped: int
    codes: dict[str, int]
    shards: int
    pending: int
    raw_changed: list[str] | None
    same_cut: bool | None
    failures: list[str]


def status_of(paths: BuildPaths, raw: Path | None, config: Config, changed: list[str] | None = None) -> Status:
    """Return what is known of a build. `changed` are the sources that changed, where the inputs lie in no folder."""
    summary, plans = read_summary(paths), planned(paths)
    return Status(
        built=summary is not None,
        running=holder(paths.lock),
        reproducible=summary.reproducible if summary else None,
        current_code=summary.code_sha256 == code_sha256(config) if summary else None,
        files=summary.files if summary else 0,
        inputs=summary.inputs if summary else 0,
        ok=summary.ok if summary else 0,
        rejected=summary.rejected if summary else 0,
        skipped=summary.skipped if summary else 0,
        codes=summary.codes if summary else {},
        shards=len(plans),
        pending=sum(1 for _ in reasons(paths, plans.values(), config)),
        raw_changed=_changed(paths, raw) if raw is not None else changed,
        same_cut=summary.cut == current_cut() if summary else None,
        failures=[f"{failure.task}: {failure.message}" for failure in read_failures(paths.failures)],
    )


def _changed(paths: BuildPaths, raw: Path) -> list[str]:
    found = listings(raw, follow=build().follow_symlinks)
    plans = {group: read_group(paths, group) for group in found}
    return sorted({*known_groups(paths)} - {*found} | {name for name, plan in plans.items() if plan is None or plan.listing != found[name]})


def show_status(clean: Path, raw: Path | None, *, as_json: bool, quiet: bool = False, changed: list[str] | None = None) -> int:
    """Print what is known of a build, unless quiet; return 0, or 3 where inputs are rejected, or 4 where there is no build."""
    paths = BuildPaths(clean)
    status = status_of(paths, raw, pipeline_config(), changed)
    if as_json:
        click.echo(msgspec.json.encode(status))
    elif not quiet:
        _print(paths, status)
    if not status.built:
        return 4
    return 3 if status.rejected else 0


def _print(paths: BuildPaths, status: Status) -> None:
    summary = read_summary(paths)
    if summary is None:
        click.echo(f"{paths.clean} holds no finished build; make it with copydesk run")
    else:
        for line in table(summary):
            click.echo(line)
        click.echo(f"\nfrom {summary.files:,} raw files in {len(summary.shards):,} shards; reproducible: {_yes(summary.reproducible)}")
        click.echo(f"made by the code that is installed here: {_yes(bool(status.current_code))}")
    if status.codes:
        click.echo("\nrejected: " + ", ".join(f"{count:,} {code}" for code, count in Counter(status.codes).most_common()))
        for line in rejected_lines(paths, summary) if summary else ():
            click.echo(f"  {line}")
    _print_now(status)


def _print_now(status: Status) -> None:
    if status.running:
        click.echo(f"\nat work now: {escaped(status.running)}")
    if status.pending:
        click.echo(f"\n{status.pending:,} of {status.shards:,} shards would be cleaned by a run (copydesk run --why-rerun says why)")
    if status.raw_changed:
        click.echo(f"\nraw files are not as they were in: {escaped(', '.join(status.raw_changed))}")
    if status.same_cut is False:
        click.echo("\nthe settings [build] shard_documents and shard_bytes are not those of the build (--config): a run would cut it anew")
    for failure in status.failures:
        click.echo("\nthe last run failed: " + escaped(failure))


def _yes(value: Any) -> str:
    return "yes" if value else "no"
