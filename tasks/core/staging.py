"""A folder whose files change all at once, as far as a file system can: the new ones are complete before the first old one goes."""

from __future__ import annotations

import contextlib
import os
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO, cast

from pipeline.dataset.manifest import DatasetError, read_seal, seal
from tasks.core.atomic_files import FileNote, make_folder, stamp_time, sync_folder, temporary_name, write_atomic

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_HELD = 1024 * 1024
"""Bytes that are gathered before they are digested and written: Parquet comes in many small pieces."""


class _Digesting:
    """A binary stream for writing that knows the size and digest of what went through."""

    closed = False

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._digest = stream, sha256()
        self._held, self._size = bytearray(), 0

    def write(self, data: bytes) -> int:
        size = memoryview(data).nbytes
        self._size += size
        self._held += data
        if len(self._held) >= _HELD:
            self.flush()
        return size

    def tell(self) -> int:
        return self._size

    def flush(self) -> None:
        if self._held:
            self._digest.update(self._held)
            self._stream.write(self._held)
            self._held = bytearray()

    def note(self) -> FileNote:
        self.flush()
        return FileNote(self._size, self._digest.hexdigest())


class StagedFolder:
    """Collects the new files of a folder under temporary names; `publish` shows them.

    The file `seal_name` lists all others with their digests. `publish` takes it away first and writes it last, so a folder without it, or
    one that does not agree with it, is not to be trusted. Leaving the context without `publish` leaves the folder as it was.
    """

    def __init__(self, folder: Path, seal_name: str) -> None:
        self._folder, self._seal = folder, folder / seal_name
        self._staged: dict[str, Path] = {}
        self.notes: dict[str, FileNote] = {}

    def __enter__(self) -> StagedFolder:
        return self

    def __exit__(self, *_: object) -> None:
        for path in self._staged.values():
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """Open a new file for writing; it is on the disk, and its note is there, when the context ends."""
        target = self._folder / name
        make_folder(target.parent)
        temporary = target.parent / temporary_name()
        self._staged[name] = temporary
        with temporary.open("xb") as stream:
            digesting = _Digesting(stream)
            yield cast("BinaryIO", digesting)
            note = digesting.note()
            stream.flush()
            os.fchmod(stream.fileno(), 0o644)
            os.fsync(stream.fileno())
        stamp_time(temporary)
        self.notes[name] = note

    def write(self, name: str, data: bytes) -> None:
        """Stage a file with these bytes."""
        with self.open(name) as stream:
            stream.write(data)

    def publish(self) -> dict[str, FileNote]:
        """Put every staged file under its name, delete what the old seal listed and is no more, seal, and return all notes."""
        gone = self._sealed() - self._staged.keys()
        self._seal.unlink(missing_ok=True)
        for name, temporary in self._staged.items():
            temporary.replace(self._folder / name)
        for name in gone:
            (self._folder / name).unlink(missing_ok=True)
        for folder in sorted({(self._folder / name).parent for name in self._staged}):
            sync_folder(folder)
        note = write_atomic(self._seal, [seal({name: note.sha256 for name, note in self.notes.items()})])
        return self.notes | {self._seal.name: note}

    def _sealed(self) -> set[str]:
        return sealed_names(self._seal)


def sealed_names(path: Path) -> set[str]:
    """Return the names that a folder's seal lists, none where there is no seal that can be read."""
    try:
        return set(read_seal(path.read_bytes()))
    except (FileNotFoundError, NotADirectoryError, DatasetError):
        return set()


def remove_sealed(path: Path) -> None:
    """Delete a folder's seal and all files that it lists; files that somebody else put there stay."""
    names = sealed_names(path)
    path.unlink(missing_ok=True)
    for name in names:
        (path.parent / name).unlink(missing_ok=True)
    for folder in sorted({(path.parent / name).parent for name in names}, reverse=True):
        with contextlib.suppress(OSError):  # not empty, or not there
            folder.rmdir()
