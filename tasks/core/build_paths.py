"""Every path of a build."""

from __future__ import annotations

from pathlib import Path

import msgspec


class BuildPaths(msgspec.Struct, frozen=True):
    """Where things lie below a build's `clean` folder. Clock and machine appear below `run` only."""

    clean: Path

    def articles(self, shard: str) -> Path:
        """Return the file of a shard's records; `shard` is `<source>[/<date>]/<name>`."""
        return self.clean / "articles" / f"{shard}.jsonl"

    def ledger(self, shard: str) -> Path:
        """Return the file of a shard's ledger, one row for every input."""
        return self.clean / "ledger" / f"{shard}.jsonl"

    @property
    def attributes(self) -> Path:
        """Return the folder of sidecars: rows on documents that need other documents."""
        return self.clean / "attributes"

    def duplicates(self, shard: str) -> Path:
        """Return the file of a shard's rows on duplicates, one for every record."""
        return self.attributes / "duplicates" / f"{shard}.jsonl"

    @property
    def dataset(self) -> Path:
        """Return the folder that holds all current records for readers."""
        return self.clean / "dataset"

    @property
    def dataset_stamp(self) -> Path:
        """Return the note that says what the dataset's files were made from, and what they are."""
        return self.run / "dataset.json"

    @property
    def build(self) -> Path:
        """Return the file that describes the whole build."""
        return self.clean / "build.json"

    @property
    def run(self) -> Path:
        """Return the folder of clocks, logs and caches."""
        return self.clean / "run"

    @property
    def lock(self) -> Path:
        """Return the file that a run holds locked while it works."""
        return self.run / "lock"

    @property
    def inventories(self) -> Path:
        """Return the folder of what is known of the raw files."""
        return self.run / "inventory"

    def files(self, group: str) -> Path:
        """Return the list of a group's raw files with sizes, times and digests."""
        return self.inventories / group / "files.json"

    def shards(self, group: str) -> Path:
        """Return the list of a group's shards."""
        return self.inventories / group / "shards.json"

    def plan(self, shard: str) -> Path:
        """Return the list of a shard's inputs."""
        return self.run / "plan" / f"{shard}.json"

    def changes(self, shard: str) -> Path:
        """Return the note on which inputs of a shard were new, changed or gone when its plan was last written."""
        return self.run / "changes" / f"{shard}.json"

    def retry(self, shard: str) -> Path:
        """Return the note on which inputs of a shard are to be cleaned again."""
        return self.run / "retry" / f"{shard}.json"

    def stamp(self, shard: str) -> Path:
        """Return the note that says which inputs and code a shard's files were made from."""
        return self.run / "stamps" / f"{shard}.json"

    def costs(self, shard: str) -> Path:
        """Return the note on which documents of a shard took longest."""
        return self.run / "costs" / f"{shard}.json"

    def sketch(self, shard: str) -> Path:
        """Return the file of what the search for duplicates keeps of a shard's records."""
        return self.run / "sketches" / f"{shard}.sketch"

    @property
    def duplicates_stamp(self) -> Path:
        """Return the note that says which records the rows on duplicates were made from."""
        return self.run / "duplicates.json"

    @property
    def raw_folder(self) -> Path:
        """Return the note on which folder of inputs the build was made from."""
        return self.run / "raw.json"

    @property
    def rule_files(self) -> Path:
        """Return the note on where the rule files lie that the settings name, by the names that the build tells others."""
        return self.run / "rules.json"

    @property
    def points(self) -> Path:
        """Return the folder of the seek points of large packed containers, by the digests of the containers."""
        return self.run / "points"

    @property
    def progress(self) -> Path:
        """Return the file that grows by one line for every cleaned document."""
        return self.run / "progress"

    @property
    def failures(self) -> Path:
        """Return the folder in which failed tasks say why."""
        return self.run / "failures"
