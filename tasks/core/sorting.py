"""Lines that come in any order and leave sorted, in bounded memory."""

from __future__ import annotations

import heapq
import struct
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from tasks.core.atomic_files import FileNote, temporary_name, write_atomic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_HEAD = struct.Struct("<II")


class SortedLines:
    """Collects lines with their keys; `write` puts them into a file in the order of the keys, then of the lines.

    What is beyond `budget` bytes waits in sorted temporary files in `folder` (the external merge sort of Knuth, TAOCP 3, section 5.4).
    """

    def __init__(self, folder: Path, budget: int = 64 * 1024 * 1024) -> None:
        self._folder, self._budget = folder, budget
        self._lines: list[tuple[bytes, bytes]] = []
        self._held = 0
        self._runs: list[Path] = []

    def __enter__(self) -> SortedLines:
        return self

    def __exit__(self, *_: object) -> None:
        for path in self._runs:
            path.unlink(missing_ok=True)

    def add(self, key: str, line: bytes) -> None:
        """Take a line, without its line end."""
        self._lines.append((key.encode(), line))
        self._held += len(line)
        if self._held > self._budget:
            self._spill()

    def write(self, path: Path, seen: Callable[[bytes], None] | None = None) -> FileNote:
        """Write all lines to `path`, atomically, and return the file's size and digest; `seen` is given every line on its way."""
        return write_atomic(path, map(partial(_ended, seen), self.lines()))

    def lines(self) -> Iterator[bytes]:
        """Yield all lines in their order, without line ends."""
        self._lines.sort()
        streams = [run.open("rb") for run in self._runs]
        try:
            for _, line in heapq.merge(self._lines, *map(_read, streams)) if streams else self._lines:
                yield line
        finally:
            for stream in streams:
                stream.close()

    def _spill(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / temporary_name()
        self._runs.append(path)
        self._lines.sort()
        with path.open("xb") as stream:
            for key, line in self._lines:
                stream.write(_HEAD.pack(len(key), len(line)) + key + line)
        self._lines, self._held = [], 0


def _ended(seen: Callable[[bytes], None] | None, line: bytes) -> bytes:
    if seen is not None:
        seen(line)
    return line + b"\n"


def _read(stream: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    while head := stream.read(_HEAD.size):
        key, line = _HEAD.unpack(head)
        yield stream.read(key), stream.read(line)
