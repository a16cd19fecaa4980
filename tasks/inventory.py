"""The task that lists the raw files and divides them into shards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import luigi
import msgspec

from tasks.base import KnownParameters
from tasks.core.atomic_files import TEMPORARY_PREFIX, folds_case
from tasks.core.build_paths import BuildPaths
from tasks.core.isolation import write_points
from tasks.core.plans import Cut, GroupPlan, PlannedShard, ShardPlan, known_groups, plan_group, read_group, read_plan
from tasks.core.scan import Seen, listing_digest, listings, walk
from tasks.core.sealed import all_whole, read_bytes, read_sealed, write_sealed
from tasks.failures import Reporting
from tasks.settings import build

if TYPE_CHECKING:
    from collections.abc import Iterable


class Changes(msgspec.Struct, frozen=True):
    """Which inputs of a shard are not as they were in its plan before."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


def current_cut() -> Cut:
    """Return how the settings cut shards."""
    settings = build()
    return Cut(settings.shard_documents, settings.shard_bytes)


def changed_inputs(raw: Path, paths: BuildPaths, group: str | None = None) -> list[str]:
    """Return the raw files, of one group or of all, that are not as the inventory saw them: new, gone, or of another size or time."""
    now = {
        item.locator: (item.size, item.mtime_ns) for _, item in walk(raw, group=group, follow=build().follow_symlinks) if not item.sidecar
    }
    then: dict[str, tuple[int, int]] = {}
    for name in known_groups(paths) if group is None else [group]:
        seen = read_sealed(paths.files(name), dict[str, Seen]) or {}
        then |= {locator: (file.size, file.mtime_ns) for locator, file in seen.items()}
    return sorted(name for name in now.keys() | then.keys() if now.get(name) != then.get(name))


class Inventory(Reporting, KnownParameters, luigi.Task):  # type: ignore[misc]  # luigi ships no types
    """Lists `raw`, or one group of it, reads what is new or changed, and writes the plan of every shard.

    Complete while the sizes and times of all raw files are as they were when it last ran. `group` is `<source>` or `<source>/<date>`.
    """

    raw: str = luigi.Parameter(default="")
    clean: str = luigi.Parameter(default="")
    group: str = luigi.Parameter(default="")

    @property
    def folder(self) -> Path:
        """Return the folder of the inputs."""
        return Path(self.raw or build().raw)

    @property
    def paths(self) -> BuildPaths:
        """Return the paths of the build."""
        return BuildPaths(Path(self.clean or build().clean))

    def output(self) -> list[luigi.Target]:
        """Return nothing: whether the inventory is current cannot be told from its files alone."""
        return []

    def complete(self) -> bool:
        """Tell whether the stored inventory is what `raw` holds now."""
        found = listings(self.folder, group=self.group or None, follow=build().follow_symlinks)
        stored = {name: plan for name in self._stored() if (plan := read_group(self.paths, name)) is not None}
        cut = current_cut()
        current = {name: (plan.cut, plan.listing) for name, plan in stored.items()} == {
            name: (cut, listing) for name, listing in found.items()
        }
        return current and all(self._are_whole(plan) for plan in stored.values())

    def _are_whole(self, group: GroupPlan) -> bool:
        """Tell whether the plans of a group's shards are as they were written."""
        return all_whole(self.paths.plan(shard.shard) for shard in group.shards)

    def _stored(self) -> list[str]:
        return known_groups(self.paths) if not self.group else [self.group]

    def run(self) -> None:
        """Fingerprint the raw files and write the plans."""
        found = listings(self.folder, group=self.group or None, follow=build().follow_symlinks)
        self._need_case(found)
        for number, group in enumerate(sorted(found), 1):
            self._take(group)
            self.set_progress_percentage(round(100 * number / len(found)))
            self.set_status_message(f"{number:,} of {len(found):,} sources and days read; now: {group}")
        for group in set(self._stored()) - set(found):
            for path in (self.paths.files(group), self.paths.shards(group)):
                path.unlink(missing_ok=True)
        self._drop_points()

    def _need_case(self, groups: Iterable[str]) -> None:
        """Raise `OSError` where two groups would have one folder, since the outputs lie on a file system that takes A for a."""
        names: dict[str, str] = {}
        twins = [(names[name.casefold()], name) for name in sorted(groups) if names.setdefault(name.casefold(), name) != name]
        if twins and folds_case(self.paths.clean):
            msg = f"{twins[0][0]} and {twins[0][1]} would have one folder in {self.paths.clean}, whose file system does not tell them apart"
            raise OSError(msg)

    def _drop_points(self) -> None:
        """Delete the seek points of files that are gone: they hold pieces of their text."""
        if self.paths.points.is_dir():
            used = {seen.sha256 for group in known_groups(self.paths) for seen in self._known(group).values()}
            for path in self.paths.points.iterdir():
                if path.name not in used and not path.name.startswith(TEMPORARY_PREFIX):
                    path.unlink(missing_ok=True)

    def _take(self, group: str) -> None:
        items = [item for _, item in walk(self.folder, group=group, follow=build().follow_symlinks)]
        cut, old = current_cut(), read_group(self.paths, group)
        listing = listing_digest(items)
        if old is not None and (old.cut, old.listing) == (cut, listing) and self._are_whole(old):
            return
        made = plan_group(self.folder, self._known(group) if old is None or old.cut == cut else {}, items, cut, group)
        for digest, points in made.points.items():
            write_points(self.paths.points, digest, points)
        before = {entry.shard: entry.inputs_sha256 for entry in old.shards} if old else {}
        shards = []
        for plan in made.plans:
            digest = plan.inputs_sha256()
            if before.get(plan.shard) != digest or read_bytes(self.paths.plan(plan.shard)) is None:
                self._write_plan(plan)
            shards.append(PlannedShard(plan.shard, digest, _files(plan), made.documents[plan.shard]))
        write_sealed(self.paths.files(group), made.files)
        write_sealed(self.paths.shards(group), GroupPlan(cut, listing, tuple(shards)))

    def _known(self, group: str) -> dict[str, Seen]:
        return read_sealed(self.paths.files(group), dict[str, Seen]) or {}

    def _write_plan(self, plan: ShardPlan) -> None:
        """Write a plan, and before it what is different from the one that stands there."""
        old = read_plan(self.paths, plan.shard)
        if old is not None:
            was, now = ({entry.locator: entry for entry in each.entries} for each in (old, plan))
            changes = Changes(
                added=tuple(sorted(now.keys() - was.keys())),
                changed=tuple(sorted(name for name in now.keys() & was.keys() if now[name] != was[name])),
                removed=tuple(sorted(was.keys() - now.keys())),
            )
            write_sealed(self.paths.changes(plan.shard), changes)
        write_sealed(self.paths.plan(plan.shard), plan)


def _files(plan: ShardPlan) -> int:
    return len(plan.entries) if plan.part is None or plan.shard.endswith("-00000") else 0
