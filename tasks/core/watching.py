"""How long a child process may go on: its own computing counts, and the clock only while it waits.

A process that computes is charged by the system (`ITIMER_PROF`), so that neighbours, `nice` and a suspended machine decide nothing. One
that waits is charged by nobody, so its parent looks now and then whether it sleeps and has computed nothing since the last look.
"""

from __future__ import annotations

import os
import select
import signal
from pathlib import Path
from typing import NamedTuple

_LOOK_SECONDS = 0.5
"""How often the parent looks. Time in which the parent itself did not run (a suspended machine) counts as one look."""
_WAITING = frozenset("SD")
"""States of a process that waits, as /proc names them: for anything, or for a disk. A stopped one (T) waits for nobody but its owner."""
_PARENT_SECONDS = 5
"""How often a child looks whether its parent is still there."""


class _Look(NamedTuple):
    """What a look at a process finds: whether it waits, and how much it has computed in ticks of the system's clock."""

    waits: bool
    ticks: int


def _look(pid: int) -> _Look | None:
    """Look at a process, None on systems that do not show it."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b") ")[2].split()
    except OSError:
        return None
    return _Look(fields[0].decode("ascii") in _WAITING, int(fields[11]) + int(fields[12]))


class Watch:
    """Watches one child: `wait` ends it when it has waited for `seconds` without a word; `ended` tells whether that happened."""

    def __init__(self, pid: int, seconds: float) -> None:
        self._pid, self._seconds = pid, seconds
        self.ended = False

    def wait(self, pipe: int) -> None:
        """Return when the pipe has something to read, which a child that is ended has too: the end."""
        waited, before = 0.0, _look(self._pid)
        while not select.select([pipe], [], [], min(_LOOK_SECONDS, self._seconds))[0]:
            now = _look(self._pid)
            computes = before is not None and now is not None and (not now.waits or now.ticks != before.ticks)
            waited = 0.0 if computes else waited + min(_LOOK_SECONDS, self._seconds)
            before = now
            if waited >= self._seconds and not self.ended:
                self.ended = True
                os.kill(self._pid, signal.SIGKILL)


def charge(seconds: float) -> None:
    """Set the child's budget anew: so many seconds of computing from here on, after which the system ends it."""
    signal.setitimer(signal.ITIMER_PROF, seconds)


def end_with(parent: int) -> None:
    """Make this process end when its parent is gone, also in the middle of a wait."""

    def look(*_: object) -> None:
        if os.getppid() != parent:
            os._exit(1)

    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, _PARENT_SECONDS, _PARENT_SECONDS)


def out_of_memory_kills() -> int | None:
    """Return how many processes the system has ended for want of memory since it started, None where it does not say."""
    try:
        lines = Path("/proc/vmstat").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), None)
