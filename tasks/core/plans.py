"""Plans of shards: what a raw folder holds, read once, and divided among shards."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from msgspec import structs

from pipeline.ingest.dividing import Division, divide_container
from pipeline.ingest.found import Known, Part, Source
from pipeline.ingest.kinds import ONE_PIECE, SIDECAR_SUFFIX, TABLE_NAME, container_kind
from pipeline.ingest.shards import Entry, divide
from pipeline.ingest.sidecars import SidecarError, read_meta_file, read_table
from tasks.core.isolation import map_isolated
from tasks.core.scan import LOOSE, UNREAD, Item, Seen, digest_of
from tasks.core.sealed import read_sealed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from tasks.core.build_paths import BuildPaths


BUCKETED = 64
"""A container of one part that is smaller than `shard_bytes` / 64 shares a shard with others; any other has shards of its own."""
_NAME_BYTES = 200
"""A file name may have 255 bytes on most systems; a shard's adds a digest, a number and a suffix to that of its container."""
_INDEX_RATE = 1_000_000
"""Bytes a second: a container whose index is slower to make than this is one shard."""


class Cut(msgspec.Struct, frozen=True):
    """How shards are cut: at most so many inputs and bytes, by which version of the method."""

    documents: int
    size: int
    method: int = 2


class ShardPlan(msgspec.Struct, frozen=True, omit_defaults=True):
    """The inputs of one shard: raw files, or one part of a container."""

    shard: str
    entries: tuple[Entry, ...]
    part: Part | None = None

    def inputs_sha256(self) -> str:
        """Return the digest of the shard's locators, sizes, contents and of what sidecars say."""
        return sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()


class PlannedShard(msgspec.Struct, frozen=True, array_like=True):
    """A shard in the list of its group: its name, the digest of its inputs, how many files they are, and about how many documents.

    A container of several parts counts as a file in the first of them.
    """

    shard: str
    inputs_sha256: str
    files: int
    documents: int


class GroupPlan(msgspec.Struct, frozen=True):
    """The shards of one group, and the listing of the raw folder that they were made from."""

    cut: Cut
    listing: str
    shards: tuple[PlannedShard, ...]


def read_group(paths: BuildPaths, group: str) -> GroupPlan | None:
    """Return the stored shards of a group, None where there are none or they are of another version or damaged."""
    return read_sealed(paths.shards(group), GroupPlan)


def read_plan(paths: BuildPaths, shard: str) -> ShardPlan | None:
    """Return the stored plan of a shard, None where there is none or it is damaged."""
    return read_sealed(paths.plan(shard), ShardPlan)


def known_groups(paths: BuildPaths) -> list[str]:
    """Return the groups that have an inventory."""
    root = paths.inventories
    return sorted(path.parent.relative_to(root).as_posix() for path in root.rglob("shards.json"))


def planned(paths: BuildPaths, group: str | None = None) -> dict[str, PlannedShard]:
    """Return the shards of one group or of all by name, as the inventory lists them."""
    found: dict[str, PlannedShard] = {}
    for name in known_groups(paths) if group is None else [group]:
        plan = read_group(paths, name)
        found |= {entry.shard: entry for entry in plan.shards} if plan else {}
    return dict(sorted(found.items()))


class Planned(NamedTuple):
    """What the inventory of a group finds: its files, its shards, how many documents each shard holds, and new seek points by digest."""

    files: dict[str, Seen]
    plans: list[ShardPlan]
    documents: dict[str, int]
    points: dict[str, bytes]


def plan_group(raw: Path, known: Mapping[str, Seen], items: Iterable[Item], cut: Cut, group: str) -> Planned:
    """Read what is new or changed in a group, and return its files and its shards. Nothing is written."""
    listed = sorted(items)
    files, points = read_new(raw, known, listed, cut)
    told, bad = _sidecars(raw, [item for item in listed if item.sidecar], files, group)
    entries = [*bad, *(Entry(name, seen.size, seen.sha256, seen.code, seen.detail, told.get(name, {})) for name, seen in files.items())]
    alone = {entry.locator for entry in entries if _alone(entry, files, cut)}
    shared = [entry for entry in entries if entry.locator not in alone]
    held = {name: seen.documents for name, seen in files.items()}
    buckets = divide(shared, documents=cut.documents, size=cut.size, held=held)
    plans = [ShardPlan(f"{group}/{name}", part) for name, part in buckets.items()]
    counts = {plan.shard: sum(held.get(entry.locator, 1) for entry in plan.entries) for plan in plans}
    for entry in entries:
        if entry.locator in alone:
            parts = list(_container_plans(entry, files[entry.locator].parts, group))
            plans.extend(parts)
            counts |= {plan.shard: _share(held[entry.locator], number, len(parts)) for number, plan in enumerate(parts)}
    return Planned(files, sorted(plans, key=lambda plan: plan.shard), counts, points)


def read_new(raw: Path, known: Mapping[str, Seen], items: Iterable[Item], cut: Cut) -> tuple[dict[str, Seen], dict[str, bytes]]:
    """Read those of some files that are new or changed; return all as they are now, and new seek points by digest."""
    files = {item.locator: _seen(raw, item, known.get(item.locator)) for item in items if not item.sidecar}
    return files, _divide(raw, files, known, cut)


def _share(total: int, number: int, count: int) -> int:
    """Return one of `count` nearly equal shares."""
    return total * (number + 1) // count - total * number // count


def _seen(raw: Path, item: Item, old: Seen | None) -> Seen:
    if item.code is not None:
        return Seen(item.size, item.mtime_ns, None, item.code, UNREAD[item.code])
    if old is not None and old.code is None and (old.size, old.mtime_ns) == (item.size, item.mtime_ns):
        return old
    try:
        return Seen(item.size, item.mtime_ns, digest_of(raw / item.locator), None, None)
    except PermissionError:
        return Seen(item.size, item.mtime_ns, None, "permission", UNREAD["permission"])


def _divide(raw: Path, files: dict[str, Seen], known: Mapping[str, Seen], cut: Cut) -> dict[str, bytes]:
    """Divide the containers that are new or changed, note their parts in `files`, and return their seek points by digest."""
    new = [name for name, seen in files.items() if seen.sha256 and seen is not known.get(name) and container_kind(name)]
    points: dict[str, bytes] = {}

    def work(name: str) -> Division:
        source = Source(open=lambda: (raw / name).open("rb"), locator=name, size=files[name].size, collection="", max_bytes=0)
        return divide_container(source, documents=cut.documents, size=cut.size)

    for name, made in zip(new, map_isolated(work, new, lambda name: 60 + files[name].size / _INDEX_RATE), strict=True):
        division = msgspec.convert(made, Division) if made is not None else Division(1)
        files[name] = structs.replace(files[name], parts=division.parts, documents=division.documents)
        if division.points is not None:
            points[files[name].sha256 or ""] = division.points
    return points


def _alone(entry: Entry, files: Mapping[str, Seen], cut: Cut) -> bool:
    """Tell whether an input has shards of its own: a container of some size that is read piece by piece."""
    if entry.sha256 is None or container_kind(entry.locator) in ONE_PIECE:
        return False
    return bool(files[entry.locator].parts) or entry.size > cut.size // BUCKETED


def _container_plans(entry: Entry, parts: tuple[Part, ...], group: str) -> Iterator[ShardPlan]:
    """Yield the shards of one container: `<its name>-<digest of its locator>-<number of the part>`, all in the folder of the group."""
    name = entry.locator.rpartition("/")[2]
    short = name if len(name.encode()) <= _NAME_BYTES else f"long.{container_kind(name)}"
    for number, part in enumerate(parts or (None,)):
        yield ShardPlan(f"{group}/{short}-{sha256(entry.locator.encode()).hexdigest()[:8]}-{number:05d}", (entry,), part)


def _sidecars(raw: Path, items: list[Item], files: Mapping[str, Seen], group: str) -> tuple[dict[str, dict[str, Known]], list[Entry]]:
    """Return what sidecars say, by locator and member, and an entry for each that cannot be read.

    A file's own `.meta.json` wins over a table, and a table in a nearer folder over one above.
    """
    told: dict[str, dict[str, Known]] = {}
    bad: list[Entry] = []
    for item in sorted(items, key=lambda item: (not item.locator.endswith(SIDECAR_SUFFIX), -item.locator.count("/"), item.locator)):
        try:
            for locator, member, known in _read_sidecar(item.locator, (raw / item.locator).read_bytes(), files):
                members = told.setdefault(locator, {})
                members[member] = members.get(member, Known()).under(known)
        except (SidecarError, PermissionError) as error:
            if group == LOOSE or item.locator.startswith(f"{group}/"):
                bad.append(Entry(item.locator, item.size, None, item.code or "bad_record", f"the sidecar cannot be read: {error}"))
        except FileNotFoundError:
            if item.code is None:
                raise
            bad.append(Entry(item.locator, item.size, None, item.code, UNREAD[item.code]))  # no file has such a name
    return told, bad


def _read_sidecar(locator: str, data: bytes, files: Mapping[str, Seen]) -> Iterator[tuple[str, str, Known]]:
    if locator.endswith(SIDECAR_SUFFIX):
        yield locator.removesuffix(SIDECAR_SUFFIX), "", read_meta_file(data)
        return
    folder = locator.removesuffix(TABLE_NAME)
    for path, known in read_table(data):
        target, member = folder + path, ""
        if target not in files and "#" in target:
            target, _, member = target.partition("#")
        if target in files:
            yield target, member, known
