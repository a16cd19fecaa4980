"""Every path of a build, and files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import luigi
import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

TEMPORARY_PREFIX = ".copydesk-tmp-"


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
    def build(self) -> Path:
        """Return the file that describes the whole build."""
        return self.clean / "build.json"

    @property
    def run(self) -> Path:
        """Return the folder of clocks, logs and caches."""
        return self.clean / "run"

    @property
    def inventory(self) -> Path:
        """Return the list of raw files with sizes, times and digests."""
        return self.run / "inventory.json"

    def plan(self, shard: str) -> Path:
        """Return the list of a shard's inputs."""
        return self.run / "plan" / f"{shard}.json"

    def stamp(self, shard: str) -> Path:
        """Return the note that says which inputs and code a shard's files were made from."""
        return self.run / "stamps" / f"{shard}.json"

    @property
    def progress(self) -> Path:
        """Return the file that grows by one line for every cleaned document."""
        return self.run / "progress"

    @property
    def failures(self) -> Path:
        """Return the folder in which failed tasks say why."""
        return self.run / "failures"


def write_atomic(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file that appears under its name only when it is complete and on the disk.

    The bytes go to a temporary file in the same folder, are synced, and are renamed over `path`; then the folder is synced.
    Raises `OSError`; the temporary file is then removed if that is still possible.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=TEMPORARY_PREFIX, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            for chunk in chunks:
                stream.write(chunk)
            stream.flush()
            os.fchmod(stream.fileno(), 0o644)
            os.fsync(stream.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write_json(path: Path, value: Any) -> None:
    """Write a value as indented UTF-8 JSON, atomically."""
    write_atomic(path, [msgspec.json.format(msgspec.json.encode(value), indent=2), b"\n"])


def sweep_temporaries(folder: Path) -> None:
    """Delete temporary files that an interrupted run left below `folder`."""
    for path in folder.rglob(f"{TEMPORARY_PREFIX}*"):
        path.unlink(missing_ok=True)


class AtomicFile(luigi.Target):
    """A file that is complete when it exists: it is only ever written by `write_atomic`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def exists(self) -> bool:
        """Tell whether the file is there."""
        return self.path.is_file()
