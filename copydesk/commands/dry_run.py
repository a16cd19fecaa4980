"""`copydesk run --dry-run`: which shards a run would clean and why, without writing anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import msgspec

from copydesk.options import say
from copydesk.plans import plans_now
from copydesk.rerun_reasons import reasons
from tasks.core.plans import PlannedShard, planned, read_plan
from tasks.inventory import Changes, current_cut
from tasks.settings import pipeline_config

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tasks.core.build_paths import BuildPaths
    from tasks.core.plans import ShardPlan


class DryRun(msgspec.Struct, frozen=True):
    """What a run would do: shards in all, those that it would clean with the reason, and those that it would take down."""

    shards: int
    pending: dict[str, str]
    gone: tuple[str, ...]


def dry_run(raw: Path, paths: BuildPaths) -> DryRun:
    """Return what a run would do now."""
    plans, documents = plans_now(raw, current_cut(), paths)
    listed = [PlannedShard(name, plan.inputs_sha256(), len(plan.entries), documents[name]) for name, plan in sorted(plans.items())]
    pending = dict(reasons(paths, listed, pipeline_config(), lambda shard: _changes(paths, shard, plans)))
    return DryRun(len(plans), pending, tuple(sorted(planned(paths).keys() - plans.keys())))


def _changes(paths: BuildPaths, shard: str, plans: Mapping[str, ShardPlan]) -> Changes | None:
    old = read_plan(paths, shard)
    if old is None:
        return None
    was, now = ({entry.locator: entry for entry in each.entries} for each in (old, plans[shard]))
    return Changes(
        added=tuple(sorted(now.keys() - was.keys())),
        changed=tuple(sorted(name for name in now.keys() & was.keys() if now[name] != was[name])),
        removed=tuple(sorted(was.keys() - now.keys())),
    )


def show(found: DryRun, *, as_json: bool) -> None:
    """Print what a run would do."""
    if as_json:
        click.echo(msgspec.json.encode(found))
        return
    for shard, reason in found.pending.items():
        say(f"{shard}: {reason}")
    for shard in found.gone:
        say(f"{shard}: gone, its records would be taken down")
    click.echo(f"{len(found.pending):,} of {found.shards:,} shards would be cleaned, {len(found.gone):,} taken down; nothing was written")
