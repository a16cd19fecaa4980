"""Documents that do something bad on an executor, named by what they do. Executors import this module."""

from __future__ import annotations

import ctypes
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pipeline.stages
from tasks.spark.cleaning import Cleaner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyarrow as pa

REAL = pipeline.stages.run


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_bytes().rpartition(b") ")[2].split()[1])


def poisoned(kill: Callable[[str], None]) -> Callable[..., Any]:
    """Return a `pipeline.stages.run` that hangs, crashes or eats memory at documents that are called so; `kill` hears of the others."""

    def run(document: Any, *rest: Any) -> Any:
        name = document.locator.rpartition("/")[2]
        if name == "hang.txt":
            while True:
                pass
        if name == "segfault.txt":
            ctypes.string_at(0)
        if name == "eat.txt":
            held = []
            while True:
                held.append(bytearray(64 * 1024 * 1024))
        kill(name)
        return REAL(document, *rest)

    return run


class Poisoned(Cleaner):
    """Cleans shards on an executor; the first time that it meets `kill-…` documents it ends its own process of Python, or its executor."""

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        pipeline.stages.run = poisoned(self._kill)
        try:
            yield from super().__call__(batches)
        finally:
            pipeline.stages.run = REAL

    def _kill(self, name: str) -> None:
        marker = self._parcel.paths.run / f"killed-{name}"
        if not name.startswith("kill-") or marker.exists():
            return
        marker.touch()
        worker = os.getppid()
        victim = worker if name == "kill-worker.txt" else parent_of(parent_of(worker))
        os.kill(victim, signal.SIGKILL)
