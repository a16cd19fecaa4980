"""Progress bars: only on a terminal, unless asked for."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING

from tqdm import tqdm

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType


_COLUMNS = 100
"""Width of a bar where nobody says how wide the terminal is."""


def wanted(choice: bool | None) -> bool:  # noqa: FBT001 - a three-valued command line switch
    """Return whether to show a bar: as chosen, else where standard error is a terminal."""
    return sys.stderr.isatty() if choice is None else choice


def _has_width() -> bool:
    """Tell whether standard error is a terminal that says how wide it is; those of containers and of some CI say 0."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns > 0
    except (OSError, ValueError):
        return False


class FileProgress:
    """Follows a file that grows by one line `<bytes> <status>` for every document, whichever process writes it.

    The bar shows documents, megabytes a second and rejections. `total` is how many documents are expected; a line `<number> total` says
    that there are so many more, or fewer.
    """

    def __init__(self, path: Path, total: int, *, shown: bool) -> None:
        self._path, self._seen = path, 0
        self._bytes = self._rejected = 0
        known = _has_width()
        self._bar = tqdm(total=total, unit="doc", disable=not shown, dynamic_ncols=known, ncols=None if known else _COLUMNS)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def __enter__(self) -> FileProgress:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()
        self._read()
        self._bar.close()

    def _follow(self) -> None:
        while not self._stop.wait(0.2):
            self._read()

    def _read(self) -> None:
        try:
            with self._path.open("rb") as stream:
                stream.seek(self._seen)
                data = stream.read()
        except FileNotFoundError:
            return
        whole = data[: data.rfind(b"\n") + 1]
        self._seen += len(whole)
        done = 0
        for line in whole.splitlines():
            size, _, status = line.partition(b" ")
            if status == b"total":
                self._bar.total = (self._bar.total or 0) + int(size)
                continue
            done += 1
            self._bytes += int(size)
            self._rejected += status == b"rejected"
        elapsed = self._bar.format_dict["elapsed"] or 1
        self._bar.set_postfix_str(f"{self._bytes / 1e6 / max(elapsed, 0.001):.1f} MB/s, {self._rejected} rejected", refresh=False)
        self._bar.update(done)
