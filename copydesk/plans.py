"""The shards that the raw files give now, without writing anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.core.plans import plan_group
from tasks.core.scan import Seen, walk
from tasks.core.sealed import read_sealed
from tasks.settings import build

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.core.build_paths import BuildPaths
    from tasks.core.plans import Cut, ShardPlan


def plans_now(raw: Path, cut: Cut, paths: BuildPaths | None = None) -> tuple[dict[str, ShardPlan], dict[str, int]]:
    """Return the shards that `raw` gives now, and about how many documents each holds; nothing is written.

    What an inventory of `paths` knows of unchanged files is not read again.
    """
    groups = sorted({group for group, _ in walk(raw, follow=build().follow_symlinks)})
    plans: dict[str, ShardPlan] = {}
    documents: dict[str, int] = {}
    for group in groups:
        found = [item for _, item in walk(raw, group=group, follow=build().follow_symlinks)]
        made = plan_group(raw, _known(paths, group), found, cut, group)
        plans |= {plan.shard: plan for plan in made.plans}
        documents |= made.documents
    return plans, documents


def _known(paths: BuildPaths | None, group: str) -> dict[str, Seen]:
    if paths is None:
        return {}
    return read_sealed(paths.files(group), dict[str, Seen]) or {}
