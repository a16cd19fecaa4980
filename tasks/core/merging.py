"""Sorted files of lines read as one sorted stream, in bounded memory and with a bounded number of open files."""

from __future__ import annotations

import contextlib
import heapq
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from tasks.core.atomic_files import temporary_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    Sorted = tuple[Path, str | None]

FAN_IN = 256
"""How many files are open at once: a quarter of what systems usually allow a process."""


class DamagedError(OSError):
    """A file of a build that is not what the build wrote; the message names it. The next run makes it, and `others`, anew."""

    def __init__(self, path: Path, problem: str, others: Iterable[Path] = ()) -> None:
        super().__init__(f"{path}: {problem}")
        self.paths = (path, *others)


def read_sorted(path: Path, digest: str | None, key: Callable[[bytes], bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Yield (key, line with its line end) for a file of lines that are sorted by `key`.

    Raises `DamagedError` where a line has no key, is out of order or is cut short, and at the end where the file's hex sha256 is not
    `digest`: what was yielded counts only once the last line was read.
    """
    total, previous = sha256(), b""
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            total.update(line)
            try:
                found = key(line)
            except msgspec.DecodeError as error:
                raise DamagedError(path, f"line {number} cannot be read: {error}") from error
            if found < previous or not line.endswith(b"\n"):
                raise DamagedError(path, f"line {number} is out of order or cut short")
            previous = found
            yield found, line
    if digest is not None and total.hexdigest() != digest:
        raise DamagedError(path, "its sha256 is not the one that was noted when it was written")


@contextlib.contextmanager
def merged(files: Iterable[Sorted], key: Callable[[bytes], bytes], folder: Path) -> Iterator[Iterator[tuple[bytes, bytes]]]:
    """Give the lines of sorted files, each with its hex sha256 where one is known, as one sorted stream of (key, line).

    More than `FAN_IN` files are merged in rounds; what is between two rounds waits in temporary files in `folder` (Knuth, TAOCP 3,
    section 5.4.1).
    """
    streams = [read_sorted(path, digest, key) for path, digest in files]
    runs: list[Path] = []
    try:
        while len(streams) > FAN_IN:
            rounds = [streams[start : start + FAN_IN] for start in range(0, len(streams), FAN_IN)]
            streams = []
            for part in rounds:
                folder.mkdir(parents=True, exist_ok=True)
                runs.append(folder / temporary_name())
                with runs[-1].open("xb") as out:
                    out.writelines(line for _, line in heapq.merge(*part))
                streams.append(read_sorted(runs[-1], None, key))
        yield heapq.merge(*streams)
    finally:
        for run in runs:
            run.unlink(missing_ok=True)
