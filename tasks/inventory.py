"""The task that lists the raw files and divides them into shards."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import luigi
import msgspec

from pipeline.ingest.shards import Entry, divide
from tasks.failures import Reporting
from tasks.scan import Seen, entries_by_group, fingerprint, same_files
from tasks.settings import build
from tasks.targets import AtomicFile, BuildPaths, write_atomic

if TYPE_CHECKING:
    from collections.abc import Mapping


class InventoryFile(msgspec.Struct, frozen=True):
    """What the inventory remembers: how shards were cut, and every raw file as it was when read."""

    shard_documents: int
    shard_bytes: int
    files: dict[str, Seen]


class ShardPlan(msgspec.Struct, frozen=True):
    """The inputs of one shard."""

    shard: str
    entries: tuple[Entry, ...]

    def inputs_sha256(self) -> str:
        """Return the digest of the shard's locators, sizes and contents."""
        return sha256(msgspec.json.encode(self)).hexdigest()


def read_inventory(paths: BuildPaths) -> InventoryFile | None:
    """Return the stored inventory, None where there is none or it is of another version or damaged."""
    try:
        return msgspec.json.decode(paths.inventory.read_bytes(), type=InventoryFile)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def plans_of(inventory: InventoryFile) -> dict[str, ShardPlan]:
    """Return every shard's plan by its name, `<source>[/<date>]/<hash bits>`."""
    plans = {}
    for group, entries in entries_by_group(inventory.files).items():
        for name, part in divide(entries, documents=inventory.shard_documents, size=inventory.shard_bytes).items():
            plans[f"{group}/{name}"] = ShardPlan(f"{group}/{name}", part)
    return dict(sorted(plans.items()))


def totals(plans: Mapping[str, ShardPlan]) -> tuple[int, int]:
    """Return the number of inputs and of their bytes."""
    entries = [entry for plan in plans.values() for entry in plan.entries]
    return len(entries), sum(entry.size for entry in entries)


class Inventory(Reporting, luigi.Task):
    """Lists `raw`, reads what is new or changed, and writes the plan of every shard.

    Complete while the sizes and times of all raw files are as they were when it last ran.
    """

    raw = luigi.Parameter(default="")
    clean = luigi.Parameter(default="")

    @property
    def folder(self) -> Path:
        """Return the folder of the inputs."""
        return Path(self.raw or build().raw)

    @property
    def paths(self) -> BuildPaths:
        """Return the paths of the build."""
        return BuildPaths(Path(self.clean or build().clean))

    def output(self) -> AtomicFile:
        """Return the inventory's file."""
        return AtomicFile(self.paths.inventory)

    def complete(self) -> bool:
        """Tell whether the stored inventory is what `raw` holds now."""
        known, settings = read_inventory(self.paths), build()
        if known is None or (known.shard_documents, known.shard_bytes) != (settings.shard_documents, settings.shard_bytes):
            return False
        return same_files(self.folder, known.files)

    def run(self) -> None:
        """Fingerprint the raw files and write the inventory."""
        settings, known = build(), read_inventory(self.paths)
        files = fingerprint(self.folder, known.files if known else {})
        inventory = InventoryFile(settings.shard_documents, settings.shard_bytes, files)
        write_atomic(self.paths.inventory, [msgspec.json.encode(inventory)])
