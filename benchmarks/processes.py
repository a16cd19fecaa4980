"""What a command computes together with all processes that it starts, also with those that nobody waits for."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import NamedTuple

_SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER of prctl(2): processes whose parents are gone become children of this one."""


class Computed(NamedTuple):
    """CPU and wall seconds, and the peak resident bytes of the largest process of Java and of any other kind."""

    cpu: float
    wall: float
    java: int
    python: int


def computed(command: list[str], environment: dict[str, str] | None = None) -> Computed:
    """Run a command to the end of the last process that it left behind; leave the program where it fails.

    The CPU time is that of all processes below this one: those that are left behind are adopted and waited for. Where a process is not
    waited for by its parent, as Spark's are, what was last seen of it counts.
    """
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    process = subprocess.Popen(command, env={**os.environ, "OMP_NUM_THREADS": "1"} | (environment or {}))
    peaks, ticks, stop = {"java": 0, "python": 0}, dict[int, int](), threading.Event()
    watcher = threading.Thread(target=_watch, args=(peaks, ticks, stop), daemon=True)
    watcher.start()
    code = process.wait()
    wall = time.monotonic() - began
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    stop.set()
    watcher.join()
    if code not in (0, 3):  # 3: documents were rejected
        sys.exit(f"{command} ended with {code}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Computed(max(cpu, sum(ticks.values()) / os.sysconf("SC_CLK_TCK")), wall, peaks["java"], peaks["python"])


def _watch(peaks: dict[str, int], ticks: dict[int, int], stop: threading.Event) -> None:
    """Note the largest processes below this one, by the name of their program, and what each has computed itself."""
    while not stop.wait(0.5):
        for pid in _below(os.getpid()):
            try:
                name = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
                fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
                ticks[pid] = max(ticks.get(pid, 0), int(fields[11]) + int(fields[12]))
                size = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
            except (OSError, IndexError):
                continue
            kind = "java" if name.startswith("java") else "python"
            peaks[kind] = max(peaks[kind], size)


def _below(pid: int) -> list[int]:
    try:
        children = [int(word) for path in Path(f"/proc/{pid}/task").glob("*/children") for word in path.read_text().split()]
    except OSError:
        return []
    return children + [each for child in children for each in _below(child)]
