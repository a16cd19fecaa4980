"""Progress bars: only on a terminal, unless asked for."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING, Any

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


_UNITS = {"duplicates": "pair"}
"""What a stage counts, where it is not documents."""


class FileProgress:
    """Shows the stages of a run, each as a bar of its own, and follows a file in which the tasks tell how far they are.

    Lines of the file: `<bytes> <status>` for every document; `<number> total`: there are so many more of them, or fewer;
    `0 stage <name>`: another stage begins; `<number> of <total>`: so much of it is done.
    """

    def __init__(self, path: Path, *, shown: bool) -> None:
        self._path, self._shown, self._seen = path, shown, 0
        self._bytes = self._rejected = 0
        self._name = ""
        self._bar: tqdm[Any] | None = None
        self._lock = threading.RLock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def __enter__(self) -> FileProgress:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()
        self._read()
        if self._bar is not None:
            self._bar.close()

    def stage(self, name: str, total: int | None = None) -> None:
        """Begin a stage. `total` is how many documents are expected; without it the bar tells the time alone."""
        with self._lock:
            if name == self._name:
                return
            if self._bar is not None:
                self._bar.close()
            self._name = name
            if self._shown:
                width = {"dynamic_ncols": True} if _has_width() else {"ncols": _COLUMNS}
                shape = None if total is not None else "{desc}: {elapsed}"
                self._bar = tqdm(total=total, unit=_UNITS.get(name, "doc"), desc=f"{name:<10}", bar_format=shape, **width)

    def _follow(self) -> None:
        while not self._stop.wait(0.2):
            self._read()

    def _read(self) -> None:
        try:
            with self._path.open("rb") as stream:
                stream.seek(self._seen)
                data = stream.read()
        except FileNotFoundError:
            data = b""
        whole = data[: data.rfind(b"\n") + 1]
        self._seen += len(whole)
        with self._lock:
            for line in whole.splitlines():
                self._take(*line.split(b" ", 1))
            if self._bar is not None and self._bar.bar_format:
                self._bar.refresh()

    def _take(self, number: bytes, status: bytes) -> None:
        if status.startswith(b"stage "):
            self.stage(status.removeprefix(b"stage ").decode())
        elif self._bar is None:
            return
        elif status == b"total":
            self._bar.total = (self._bar.total or 0) + int(number)
        elif status.startswith(b"of "):
            self._bar.bar_format, self._bar.total = None, int(status.removeprefix(b"of "))
            self._bar.update(int(number) - self._bar.n)
        else:
            self._bytes += int(number)
            self._rejected += status == b"rejected"
            elapsed = self._bar.format_dict["elapsed"] or 1
            self._bar.set_postfix_str(f"{self._bytes / 1e6 / max(elapsed, 0.001):.1f} MB/s, {self._rejected:,} rejected", refresh=False)
            self._bar.update(1)
