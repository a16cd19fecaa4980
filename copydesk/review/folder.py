"""A folder of pages: only files whose bytes changed are written, and what no longer belongs there is taken away."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

import msgspec

from copydesk.review.design import SCRIPT, STYLE, asset
from copydesk.review.tally import Brief
from tasks.core.atomic_files import TEMPORARY_PREFIX

if TYPE_CHECKING:
    from pathlib import Path

NOTE = "review.json"
"""What is known of the pages: it says that the folder is one of reviews, and what each page was made from."""
_FORMAT = "review 1"


class Known(msgspec.Struct, frozen=True, array_like=True):
    """A record's page: the digest of all that it was made from, and what lists say of the record."""

    key: str
    brief: Brief


class Note(msgspec.Struct, frozen=True):
    """What is known of the folder: its pages by the ids of their records, and its files."""

    copydesk: str
    documents: dict[str, Known]
    files: tuple[str, ...]


class ForeignFolderError(Exception):
    """The folder holds something that is no review."""


class Folder:
    """The folder that pages are written to. Raises `ForeignFolderError` where it holds something else."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.written = 0
        self._files: set[str] = set()
        note = _read(path / NOTE)
        if note is None and path.is_dir() and any(path.iterdir()) and not (path / NOTE).exists():
            raise ForeignFolderError(f"{path} is not empty and holds no review; name another folder with --output")
        self.known = note.documents if note else {}
        self._before = set(note.files) if note else set()
        if note is None:  # from now on the folder is one of reviews, also where this one is interrupted
            self._write(NOTE, msgspec.json.encode(Note(_FORMAT, {}, ())))

    def put(self, name: str, data: bytes) -> None:
        """Write a file, unless it is there with the same bytes."""
        self._files.add(name)
        path = self.path / name
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_size == len(data) and path.read_bytes() == data:
                return
        self._write(name, data)
        self.written += 1

    def _write(self, name: str, data: bytes) -> None:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f"{TEMPORARY_PREFIX}{os.getpid()}")
        temporary.write_bytes(data)
        temporary.replace(path)

    def keep(self, *names: str) -> bool:
        """Tell whether files are there; they then stay as they are."""
        if not all((self.path / name).is_file() for name in names):
            return False
        self._files.update(names)
        return True

    def finish(self, documents: dict[str, Known]) -> None:
        """Write style sheet, script and note, and take away the files of an earlier review that no longer belong here."""
        for name in (STYLE, SCRIPT):
            self.put(name, asset(name).encode())
        files = tuple(sorted(self._files))
        for name in sorted(self._before - self._files):
            (self.path / name).unlink(missing_ok=True)
        self.put(NOTE, msgspec.json.encode(Note(_FORMAT, documents, files)))


def _read(path: Path) -> Note | None:
    """Return the note of a folder, None where there is none or one of another version: then all pages are made anew."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Note)
    except (FileNotFoundError, NotADirectoryError, msgspec.DecodeError):
        return None
