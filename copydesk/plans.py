"""The shards that the raw files give now, without writing anything."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tasks.core.plans import Cut, plan_group
from tasks.core.scan import Seen, walk
from tasks.core.sealed import read_sealed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tasks.core.build_paths import BuildPaths
    from tasks.core.plans import ShardPlan


def plans_of(raw: Path | str, *, documents: int = 256, size: int = 64 * 1024 * 1024, follow_symlinks: bool = False) -> list[ShardPlan]:
    """Return the plans of a folder of raw files, for `clean_plans`: each names at most so many documents and bytes.

    Every file is read once, for its digest. A build whose `[build]` has these as `shard_documents` and `shard_bytes` has the same plans.

    Raises:
        OSError: The folder, or a file in it, cannot be read.
    """
    plans, _ = _planned(Path(raw), Cut(documents, size), lambda _group: {}, follow=follow_symlinks)
    return [plans[name] for name in sorted(plans)]


def plans_now(raw: Path, cut: Cut, paths: BuildPaths | None = None) -> tuple[dict[str, ShardPlan], dict[str, int]]:
    """Return the shards that `raw` gives now, and about how many documents each holds; nothing is written.

    What an inventory of `paths` knows of unchanged files is not read again.
    """
    from tasks.settings import build  # noqa: PLC0415 - loads Luigi, which `plans_of` does without

    return _planned(raw, cut, lambda group: _known(paths, group), follow=build().follow_symlinks)


def _planned(
    raw: Path, cut: Cut, known: Callable[[str], Mapping[str, Seen]], *, follow: bool
) -> tuple[dict[str, ShardPlan], dict[str, int]]:
    groups = sorted({group for group, _ in walk(raw, follow=follow)})
    plans: dict[str, ShardPlan] = {}
    documents: dict[str, int] = {}
    for group in groups:
        found = [item for _, item in walk(raw, group=group, follow=follow)]
        made = plan_group(raw, known(group), found, cut, group)
        plans |= {plan.shard: plan for plan in made.plans}
        documents |= made.documents
    return plans, documents


def _known(paths: BuildPaths | None, group: str) -> dict[str, Seen]:
    if paths is None:
        return {}
    return read_sealed(paths.files(group), dict[str, Seen]) or {}
