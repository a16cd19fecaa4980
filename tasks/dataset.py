"""The task that writes `clean/dataset`: all current records as one folder that anybody can load, check and rebuild."""

from __future__ import annotations

import contextlib
import fcntl
from hashlib import sha256
from importlib.metadata import version
from typing import TYPE_CHECKING

import msgspec

from pipeline.dataset.manifest import FORMAT
from tasks.base import OfBuild, tell
from tasks.core.atomic_files import FileNote
from tasks.core.merging import DamagedError
from tasks.core.scan import digest_of
from tasks.core.sealed import read_sealed, short, write_sealed
from tasks.dataset_files import write_dataset
from tasks.settings import about
from tasks.summary import read_summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tasks.core.build_paths import BuildPaths
    from tasks.summary import BuildSummary


class DatasetStamp(msgspec.Struct, frozen=True):
    """What the files of the dataset were made from, and what they are."""

    fingerprint: str
    files: dict[str, FileNote]


def dataset_fingerprint(paths: BuildPaths) -> str:
    """Return the identity of what the dataset would be made from now: the build's description, and what the publisher says."""
    parts = (FORMAT, sha256(paths.build.read_bytes()).hexdigest(), msgspec.json.encode(about()).decode(), version("pyarrow"))
    return short(sha256("\0".join(parts).encode()).hexdigest())


def dataset_is_current(paths: BuildPaths) -> bool:
    """Tell whether the dataset is what a run would write now, and all its files are there."""
    stamp = read_sealed(paths.dataset_stamp, DatasetStamp)
    try:
        if stamp is None or stamp.fingerprint != dataset_fingerprint(paths):
            return False
        return all((paths.dataset / name).stat().st_size == note.bytes for name, note in stamp.files.items())
    except (FileNotFoundError, NotADirectoryError):
        return False


def forget_damaged_dataset(paths: BuildPaths) -> None:
    """Read the files of the dataset, and forget its stamp where one is not what was written: a run then makes the folder again."""
    stamp = read_sealed(paths.dataset_stamp, DatasetStamp)
    try:
        damaged = stamp is None or any(digest_of(paths.dataset / name) != note.sha256 for name, note in stamp.files.items())
    except (FileNotFoundError, NotADirectoryError):
        damaged = True
    if damaged:
        paths.dataset_stamp.unlink(missing_ok=True)


class WriteDataset(OfBuild):
    """Writes the dataset folder of a build that is otherwise done. `fingerprint` names what it is made from."""

    def complete(self) -> bool:
        """Tell whether the folder is current."""
        return dataset_is_current(self.paths)

    def run(self) -> None:
        """Write the folder, then the stamp that makes it count. A damaged shard is named and made anew by the next run."""
        with self._alone():
            if self.complete():
                return
            try:
                files = write_dataset(self.paths, self._summary(), self._tell)
            except DamagedError as error:
                self._forget(error.paths)
                raise
            stamp = DatasetStamp(dataset_fingerprint(self.paths), files)
            write_sealed(self.paths.dataset_stamp, stamp)

    def _forget(self, damaged: Iterable[Path]) -> None:
        """Take away the stamps of damaged files, so that the next run cleans their shards, or looks for duplicates, again."""
        for path in damaged:
            kind, _, name = path.relative_to(self.paths.clean).as_posix().partition("/")
            stamp = self.paths.duplicates_stamp if kind == self.paths.attributes.name else self.paths.stamp(name.removesuffix(".jsonl"))
            stamp.unlink(missing_ok=True)

    def _summary(self) -> BuildSummary:
        summary = read_summary(self.paths)
        if summary is None:
            raise DamagedError(self.paths.build, "it is missing or cannot be read")
        return summary

    def _tell(self, done: int, total: int) -> None:
        self.set_progress_percentage(round(100 * done / max(total, 1)))
        self.set_status_message(f"{done:,} of {total:,} records")
        tell(self.paths, f"{done} of {total}")

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        with self.paths.build.open("rb") as stream:
            with contextlib.suppress(OSError):  # a share without locks: both write, and both write the same bytes
                fcntl.flock(stream, fcntl.LOCK_EX)
            yield
