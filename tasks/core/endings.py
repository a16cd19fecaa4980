"""How child processes end, and what that says of the document that they were at."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

from pipeline.rejected import Rejected
from tasks.core.watching import out_of_memory_kills

if TYPE_CHECKING:
    from tasks.core.limits import Limits

DONE, OUT_OF_MEMORY, IO_FAILURE, BROKEN, RECYCLE = 76, 77, 78, 79, 80
"""Exit codes by which a child says why it stops. 0 is not among them: a library may end the process with it in the middle of a document."""
PATIENCE = 2
"""How many times its seconds of computing a document may wait for something."""
_FAREWELL_SECONDS = 5
"""How long a child that has closed its pipe may take to end."""


class Death(NamedTuple):
    """Why a child died, and whether somebody ended it who was neither the system, for want of memory, nor its parent."""

    cause: Rejected
    outside: bool = False


def death_of(end: End, floor: int, *, limits: Limits, waited: bool, kills: int | None) -> Death:
    """Return why a child died.

    Args:
        end: how it ended.
        floor: the most memory that its parent had when it began, in the unit of `ru_maxrss`.
        limits: what it was allowed.
        waited: whether its parent ended it because it waited too long.
        kills: how many processes the system had ended for want of memory when the child began.
    """
    code, grown = os.waitstatus_to_exitcode(end.status), end.peak - floor
    memory = Rejected("out_of_memory", f"more than {limits.memory} bytes of memory")
    if code >= 0:
        return Death(memory if code == OUT_OF_MEMORY else Rejected("crashed", "the cleaning process broke off"))
    if code == -signal.SIGPROF or waited:
        spent = f"waited {limits.seconds * PATIENCE:g} seconds without computing" if waited else "not done"
        return Death(Rejected("timeout", f"{spent} within the time limit of {limits.seconds:g} seconds"))
    if grown * (1 if sys.platform == "darwin" else 1024) > limits.memory // 2 or (
        code == -signal.SIGKILL and kills != out_of_memory_kills()
    ):
        return Death(memory)
    outside = -code in _OUTSIDE and not end.stayed
    by = " from outside" if outside else ", which stayed without a word," if end.stayed else ""
    return Death(Rejected("crashed", f"the cleaning process was ended{by} by {signal.Signals(-code).name}"), outside)


_OUTSIDE = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)
"""Signals that people and service managers end processes with; none comes from a defect."""


class End(NamedTuple):
    """How a child ended: what the system says of it, the most memory that it had (`ru_maxrss`), and whether it had to be ended."""

    status: int
    peak: int
    stayed: bool


def farewell(pid: int) -> End:
    """Wait for a child that says no more, and end one that stays."""
    deadline, stayed = time.monotonic() + _FAREWELL_SECONDS, False
    while True:
        ended, status, usage = os.wait4(pid, os.WNOHANG)
        if ended:
            return End(status, usage.ru_maxrss, stayed)
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
            stayed = True
        time.sleep(0.001)
