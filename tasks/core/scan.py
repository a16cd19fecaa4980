"""Finds the raw files of a build and fingerprints them, reading only what changed."""

from __future__ import annotations

import errno
import os
import re
from hashlib import file_digest, sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from pipeline.ingest.found import Part
from pipeline.ingest.kinds import TABLE_NAME, is_ignored, is_sidecar
from tasks.core.object_names import read_refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
LOOSE = "raw"
"""Source of files that lie in `raw` itself and in no folder of a source."""

UNREAD = {
    "permission": "this user may not read it",
    "symlink": "a symbolic link that is not followed, or that leads to itself",
    "unsafe_path": "the name is not valid UTF-8, or no file below the folder can have it",
    "bad_record": "neither a file nor a folder",
}


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """A raw file as it was when it was last read: size in bytes, mtime in nanoseconds, hex sha256, and a large container's parts.

    `documents` is about how many inputs it holds.
    """

    size: int
    mtime_ns: int
    sha256: str | None
    code: str | None
    detail: str | None
    parts: tuple[Part, ...] = ()
    documents: int = 1


class Item(NamedTuple):
    """Something below `raw`: an input, or a sidecar. `code` says why it cannot be read; only files have a size and a time."""

    locator: str
    size: int
    mtime_ns: int
    code: str | None

    @property
    def sidecar(self) -> bool:
        """Tell whether this says something about inputs and is none itself."""
        return is_sidecar(self.locator)


def walk(raw: Path, *, group: str | None = None, follow: bool = False) -> Iterator[tuple[str, Item]]:
    """Yield (group, item) for everything below `raw`, or in one group of it, in no particular order and in constant memory.

    README files and names that begin with a dot are no inputs. Unless `follow` is set, a symlink is an input with code `symlink`; a file or
    folder that this user may not read is an input with code `permission`, a name that is not UTF-8 one with code `unsafe_path`, and what
    is no file, folder or followed link one with code `bad_record`.
    """
    if not raw.is_dir():
        msg = f"{raw} is no folder: name the folder of the inputs with --raw"
        raise FileNotFoundError(msg)
    start, prefix = raw, ""
    if group in (None, LOOSE):
        yield from _refused(raw)
    if group is not None and group != LOOSE:
        start, prefix = raw / group, f"{group}/"
        yield from _tables_above(raw, group)
        if not start.is_dir():
            return
    for item in _walk(start, prefix, frozenset() if follow else None):
        place = group_of(item.locator)
        if group is None or group == place:
            yield place, item


def _refused(raw: Path) -> Iterator[tuple[str, Item]]:
    """Yield what a store holds and no folder can, where `raw` was fetched from one. It has no group of its own: its name may lead out."""
    for locator, code in read_refused(raw).items():
        yield LOOSE, Item(locator, 0, 0, code)


def _tables_above(raw: Path, group: str) -> Iterator[tuple[str, Item]]:
    """Yield the tables in the folders above a group: they may tell of its files."""
    parts = group.split("/")
    for depth in range(len(parts)):
        locator = "/".join([*parts[:depth], TABLE_NAME])
        path = raw / locator
        if path.is_file():
            stat = path.stat()
            yield group, Item(locator, stat.st_size, stat.st_mtime_ns, None)


def _walk(folder: Path, prefix: str, visited: frozenset[tuple[int, int]] | None) -> Iterator[Item]:
    """Yield what is below a folder; `visited` holds the folders on the way where symlinks are followed."""
    if visited is not None:
        stat = folder.stat()
        if (stat.st_dev, stat.st_ino) in visited:
            return
        visited |= {(stat.st_dev, stat.st_ino)}
    try:
        entries = os.scandir(folder)
    except PermissionError:
        yield Item(prefix.rstrip("/"), 0, 0, "permission")
        return
    except FileNotFoundError:  # it was there a moment ago
        return
    with entries:
        for entry in entries:
            if not is_ignored(entry.name):
                yield from _entry(entry, prefix, visited)


def _entry(entry: os.DirEntry[str], prefix: str, visited: frozenset[tuple[int, int]] | None) -> Iterator[Item]:
    locator = prefix + os.fsencode(entry.name).decode("utf-8", "backslashreplace")
    try:
        yield from _readable(entry, locator, prefix, visited)
    except FileNotFoundError:  # it was there a moment ago
        return
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        yield Item(locator, 0, 0, "symlink")


def _readable(entry: os.DirEntry[str], locator: str, prefix: str, visited: frozenset[tuple[int, int]] | None) -> Iterator[Item]:
    follow = visited is not None
    if locator != prefix + entry.name:
        yield Item(locator, 0, 0, "unsafe_path")
    elif entry.is_symlink() and not follow:
        yield Item(locator, 0, 0, "symlink")
    elif entry.is_dir():
        yield from _walk(Path(entry.path), locator + "/", visited)
    elif entry.is_file():
        stat = entry.stat()
        yield Item(locator, stat.st_size, stat.st_mtime_ns, None if os.access(entry.path, os.R_OK) else "permission")
    else:  # a pipe, a socket, a device, or a link to nothing
        yield Item(locator, 0, 0, "bad_record")


def listing_digest(items: Iterable[Item]) -> str:
    """Return a digest of names, sizes, times and codes that does not depend on their order: the sum of their hashes modulo 2**256."""
    total = 0
    for item in items:
        total += int.from_bytes(sha256("\0".join(map(str, item)).encode()).digest())
    return f"{total % (1 << 256):064x}"


def listings(raw: Path, *, group: str | None = None, follow: bool = False) -> dict[str, str]:
    """Return every group's listing digest, in one pass and by sizes and times alone."""
    sums: dict[str, int] = {}
    tables: dict[str, int] = {}
    for place, item in walk(raw, group=group, follow=follow):
        value = int(listing_digest([item]), 16)
        sums[place] = sums.get(place, 0) + value
        if group is None and item.locator.rpartition("/")[2] == TABLE_NAME:
            tables[item.locator.rpartition("/")[0]] = value
    for folder, value in tables.items():
        for place in sums:
            if _is_above(folder, place):
                sums[place] += value
    return {place: f"{total % (1 << 256):064x}" for place, total in sums.items()}


def _is_above(folder: str, group: str) -> bool:
    """Tell whether a table in `folder` lies above a group and not in it."""
    if group == LOOSE:
        return False
    return folder == "" or group.startswith(folder + "/")


def digest_of(path: Path) -> str:
    """Return the hex sha256 of a file, read in pieces."""
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def group_of(locator: str) -> str:
    """Return the `<source>` or `<source>/<YYYY-MM-DD>` that an input belongs to.

    >>> group_of("reuters/2015-11-22/a/b.html"), group_of("seeds/a.txt"), group_of("a.txt")
    ('reuters/2015-11-22', 'seeds', 'raw')
    """
    parts = locator.split("/")
    if len(parts) == 1:
        return LOOSE
    return "/".join(parts[:2]) if len(parts) > 2 and _DATE.fullmatch(parts[1]) else parts[0]
