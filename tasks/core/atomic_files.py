"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import time
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from pipeline.config import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TEMPORARY_PREFIX = ".copydesk-tmp-"
STALE_SECONDS = 24 * 3600
"""A temporary file of another machine is stale when nobody has written to it for this long."""


class FileNote(msgspec.Struct, frozen=True):
    """A finished file: its size in bytes and its hex sha256."""

    bytes: int
    sha256: str


def temporary_name() -> str:
    """Return a name that says whose temporary file it is."""
    return f"{TEMPORARY_PREFIX}{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(6)}"


def write_atomic(path: Path, chunks: Iterable[bytes]) -> FileNote:
    """Write a file that appears under its name only when it is complete and on the disk.

    The bytes go to a temporary file in the same folder, are synced, and are renamed over `path`; then the folder is synced. With
    SOURCE_DATE_EPOCH set, that is the file's modification time. Returns the size and digest of what was written. Raises `OSError`; the
    temporary file is then removed if that is still possible.
    """
    make_folder(path.parent)
    temporary = path.parent / temporary_name()
    digest, size = sha256(), 0
    try:
        with temporary.open("xb") as stream:
            for chunk in chunks:
                stream.write(chunk)
                digest.update(chunk)
                size += len(chunk)
            stream.flush()
            os.fchmod(stream.fileno(), 0o644)
            os.fsync(stream.fileno())
        stamp_time(temporary)
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    sync_folder(path.parent)
    return FileNote(size, digest.hexdigest())


def folds_case(folder: Path) -> bool:
    """Tell whether a folder's file system takes names that differ in case alone for one name."""
    make_folder(folder)
    probe = folder / temporary_name()
    probe.touch()
    try:
        return probe.with_name(probe.name.upper()).exists()
    finally:
        probe.unlink()


def stamp_time(path: Path) -> None:
    """Give a file the modification time that SOURCE_DATE_EPOCH asks for, where it is set."""
    if (epoch := source_date()) is not None:
        os.utime(path, (epoch, epoch))


_LATEST = 1 << 40
"""Seconds since 1970 that file systems and Python still take for a date."""


def source_date() -> int | None:
    """Return SOURCE_DATE_EPOCH, None where it is not set. Raises `ConfigError` where it is no number of seconds.

    Only ASCII digits count, as its specification says: Python would take others for digits too.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return None
    if not (epoch.isascii() and epoch.isdigit() and len(epoch) < 16 and int(epoch) < _LATEST):
        msg = f"SOURCE_DATE_EPOCH is a number of seconds since 1970, not {epoch[:40]!r}"
        raise ConfigError(msg)
    return int(epoch)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, so that they outlive a power cut."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Put a folder's list of names on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_json(path: Path, value: Any) -> None:
    """Write a value as indented UTF-8 JSON, atomically."""
    write_atomic(path, [msgspec.json.format(msgspec.json.encode(value), indent=2), b"\n"])


def sweep_temporaries(folder: Path) -> None:
    """Delete temporary files that interrupted runs left below `folder`, but none that somebody may still be writing.

    A file of this machine is stale when its process is gone, any other when it is a day old.
    """
    for path in _walk(folder):
        if path.name.startswith(TEMPORARY_PREFIX) and _is_stale(path):
            with contextlib.suppress(FileNotFoundError):
                path.unlink()


def _walk(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder):
        for name in names:
            yield Path(parent) / name


def _is_stale(path: Path) -> bool:
    host, _, rest = path.name.removeprefix(TEMPORARY_PREFIX).rpartition("-")[0].rpartition("-")
    if host == socket.gethostname() and rest.isdigit():
        return not is_alive(int(rest))
    try:
        return time.time() - path.stat().st_mtime > STALE_SECONDS
    except FileNotFoundError:
        return False


def is_alive(pid: int) -> bool:
    """Tell whether a process of this machine exists and has not ended.

    A killed process whose new parent has not yet fetched its exit code still has its number, but writes nothing any more.
    """
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0]
    except (OSError, IndexError):  # no such file system, or gone meanwhile: what the signal said counts
        return True
    return state not in (b"Z", b"X")
