"""Caches that know whether they are whole: a digest stands before what is kept, and a file that is not what was written counts as missing.

What counts as missing is made again. A flipped bit of a plan would else put a wrong digest into a dataset, or make every later run fail.
"""

from __future__ import annotations

import logging
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from tasks.core.atomic_files import write_atomic

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tasks.core.atomic_files import FileNote

Kind = TypeVar("Kind")
_DIGEST = 64
logger = logging.getLogger("copydesk")


def short(digest: str) -> str:
    """Return what names a result: 16 digits of a digest tell two states of a shard apart, and a reader sees them."""
    return digest[:16]


def sealed(data: bytes) -> bytes:
    """Return some bytes behind a line with their digest."""
    return sha256(data).hexdigest().encode("ascii") + b"\n" + data


def unsealed(data: bytes) -> bytes | None:
    r"""Return what was sealed, None where it is damaged.

    >>> unsealed(sealed(b"rain")), unsealed(sealed(b"rain").replace(b"rain", b"ruin"))
    (b'rain', None)
    """
    kept = data[_DIGEST + 1 :]
    return kept if data[: _DIGEST + 1] == sealed(kept)[: _DIGEST + 1] else None


def write_sealed(path: Path, value: Any) -> FileNote:
    """Write a value as sealed JSON, atomically."""
    return write_atomic(path, [sealed(msgspec.json.encode(value))])


def read_sealed(path: Path, kind: type[Kind]) -> Kind | None:
    """Return a sealed value; None where there is none, or it is damaged or of another version. Damage is named in the log."""
    data = read_bytes(path)
    try:
        return None if data is None else msgspec.json.decode(data, type=kind)
    except msgspec.DecodeError:  # of another version
        return None


def read_bytes(path: Path) -> bytes | None:
    """Return sealed bytes; None where there are none, or they are damaged, which is named in the log."""
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    kept = unsealed(data)
    if kept is None:
        logger.warning("%s is damaged or of another version; it is made again", path, extra={"event": "damaged", "path": str(path)})
    return kept


def all_whole(paths: Iterable[Path]) -> bool:
    """Tell whether sealed files are all there and as they were written; those that are not are named in the log."""
    damaged = [path for path in paths if read_bytes(path) is None]
    return not damaged
