"""Finds the raw files of a build and fingerprints them, reading only what changed."""

from __future__ import annotations

import os
import re
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pipeline.ingest.shards import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
LOOSE = "raw"
"""Source of files that lie in `raw` itself and in no folder of a source."""


UNREAD = {
    "permission": "this user may not read it",
    "symlink": "symbolic links are not followed",
    "unsafe_path": "the name is not valid UTF-8",
}


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """A raw file as it was when it was last read: size in bytes, mtime in nanoseconds, hex sha256."""

    size: int
    mtime_ns: int
    sha256: str | None
    code: str | None
    detail: str | None


def find(raw: Path) -> Iterator[tuple[str, os.stat_result | None, str | None]]:
    """Yield (locator, stat, code) for every input below `raw`, sorted by locator.

    README files and names that begin with a dot are no inputs. A symlink is an input with code `symlink` and is not followed;
    a file or folder that this user may not read is an input with code `permission`, a name that is not UTF-8 one with code
    `unsafe_path`. Codes other than those of files come without a stat.
    """
    if not raw.is_dir():
        msg = f"{raw} is no folder: name the folder of the inputs with --raw"
        raise FileNotFoundError(msg)
    yield from sorted(_walk(raw, ""), key=lambda found: found[0])


def _walk(folder: Path, prefix: str) -> Iterator[tuple[str, os.stat_result | None, str | None]]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except PermissionError:
        yield prefix.rstrip("/"), None, "permission"
        return
    for entry in entries:
        if entry.name.startswith(".") or entry.name.split(".")[0].upper() == "README":
            continue
        locator = prefix + os.fsencode(entry.name).decode("utf-8", "backslashreplace")
        if not entry.name.isprintable() and locator != prefix + entry.name:
            yield locator, None, "unsafe_path"
        elif entry.is_symlink():
            yield locator, None, "symlink"
        elif entry.is_dir():
            yield from _walk(Path(entry.path), locator + "/")
        elif entry.is_file():
            code = None if os.access(entry.path, os.R_OK) else "permission"
            yield locator, entry.stat(follow_symlinks=False), code


def fingerprint(raw: Path, known: dict[str, Seen]) -> dict[str, Seen]:
    """Return every input of `raw` with its digest; files whose size and mtime are as `known` are not read again."""
    found: dict[str, Seen] = {}
    for locator, stat, code in find(raw):
        old = known.get(locator)
        if stat is None or code is not None:
            size, mtime_ns = (stat.st_size, stat.st_mtime_ns) if stat is not None else (0, 0)
            found[locator] = Seen(size, mtime_ns, None, code, UNREAD[code or "permission"])
        elif old is not None and old.code is None and (old.size, old.mtime_ns) == (stat.st_size, stat.st_mtime_ns):
            found[locator] = old
        else:
            found[locator] = _read(raw / locator, stat)
    return found


def _read(path: Path, stat: os.stat_result) -> Seen:
    with path.open("rb") as stream:
        return Seen(stat.st_size, stat.st_mtime_ns, file_digest(stream, "sha256").hexdigest(), None, None)


def same_files(raw: Path, known: dict[str, Seen]) -> bool:
    """Tell by sizes and mtimes alone whether `raw` holds just what is known."""
    found = {locator: (0, 0, code) if stat is None else (stat.st_size, stat.st_mtime_ns, code) for locator, stat, code in find(raw)}
    return found == {locator: (seen.size, seen.mtime_ns, seen.code) for locator, seen in known.items()}


def group_of(locator: str) -> str:
    """Return the `<source>` or `<source>/<YYYY-MM-DD>` that an input belongs to.

    >>> group_of("reuters/2015-11-22/a/b.html"), group_of("seeds/a.txt"), group_of("a.txt")
    ('reuters/2015-11-22', 'seeds', 'raw')
    """
    parts = locator.split("/")
    if len(parts) == 1:
        return LOOSE
    return "/".join(parts[:2]) if len(parts) > 2 and _DATE.fullmatch(parts[1]) else parts[0]


def entries_by_group(found: dict[str, Seen]) -> dict[str, list[Entry]]:
    """Return the inputs of every group, in the order of their locators."""
    groups: dict[str, list[Entry]] = {}
    for locator, seen in sorted(found.items()):
        groups.setdefault(group_of(locator), []).append(Entry(locator, seen.size, seen.sha256, seen.code, seen.detail))
    return groups
