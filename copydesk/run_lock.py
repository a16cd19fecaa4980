"""One `copydesk run` at a time in a folder: the second waits."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import socket
import time
from typing import TYPE_CHECKING

from copydesk.options import warn

if TYPE_CHECKING:
    from pathlib import Path

_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL)
"""What shares say that cannot lock. Two runs then do the same work twice and write the same bytes."""
_LOOK_SECONDS = 0.2


class BuildLock:
    """Holds a file locked. The system lets go of it when the process and its workers are gone, however they ended.

    The file says who holds it; that text is for readers only.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._handle = path, -1

    def __enter__(self) -> BuildLock:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        told = False
        while not self._locked():
            if not told:
                warn(f"waiting for another run ({holder(self._path) or 'unknown'}) to finish")
                told = True
            time.sleep(_LOOK_SECONDS)
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, f"process {os.getpid()} on {socket.gethostname()}".encode(), 0)
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            os.ftruncate(self._handle, 0)
            fcntl.flock(self._handle, fcntl.LOCK_UN)
        os.close(self._handle)

    def _locked(self) -> bool:
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
        return True


def holder(path: Path) -> str | None:
    """Return who works in the folder now, None where nobody does."""
    try:
        with path.open("rb") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return stream.read().decode("utf-8", "replace") or "another process"
            except OSError:
                return None
            return None
    except OSError:
        return None
