"""What Spark says of a job that failed, in one line: a machine that is gone can be resumed, an error of Python is a defect."""

from __future__ import annotations

import re
from typing import Literal

from tasks.failures import Failure

_RAISED = re.compile(r"^(?:[\w.]+\.)?(\w+(?:Error|Exception)): (.*)$", re.MULTILINE)
"""The last line of a traceback of Python."""
_OF_SYSTEM = frozenset(
    {"OSError", "FileNotFoundError", "PermissionError", "InterruptedError", "BlockingIOError", "TimeoutError", "EOFError"}
)
_LONGEST = 300


def failure_of(error: Exception) -> Failure | None:
    """Return a failure of Spark's in copydesk's terms, None where the error is not Spark's."""
    if type(error).__module__.partition(".")[0] not in ("py4j", "pyspark"):
        return None
    kind, message = told(str(error))
    return Failure("spark", kind, message)


def told(text: str) -> tuple[Literal["io", "defect"], str]:
    r"""Return what a job failed of, and whether that can be resumed.

    >>> told("Job aborted.\nTraceback (most recent call last):\n  File …\nOSError: disk full\n\n\tat org.apache.spark…")
    ('io', 'OSError: disk full')
    >>> told("Job aborted due to stage failure: ExecutorLostFailure (executor 1 exited)\nDriver stacktrace:")
    ('io', 'Job aborted due to stage failure: ExecutorLostFailure (executor 1 exited)')
    >>> told("Traceback (most recent call last):\nKeyError: 'id'")
    ('defect', "KeyError: 'id'")
    """
    raised = _RAISED.findall(text) if "Traceback (most recent call last)" in text else []
    if raised:
        name, message = raised[-1]
        return ("io" if name in _OF_SYSTEM else "defect"), f"{name}: {message}"[:_LONGEST]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return "io", (lines[0] if lines else "Spark ended without a word")[:_LONGEST]
