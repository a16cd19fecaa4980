"""What a run does when it is told to stop: its processes end at once, and nothing half done is left."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

STOPS = (signal.SIGINT, signal.SIGTERM)
"""Ctrl-C, and what service managers and containers send."""


@contextmanager
def stopping_cleanly() -> Iterator[None]:
    """Make every signal to stop a `KeyboardInterrupt`, here and in the worker processes that are forked meanwhile.

    Luigi then ends its workers; each removes its temporary files and ends its own child. A worker says nothing about it: this process does.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    here = os.getpid()

    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        if os.getpid() != here:
            sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - the process is about to end
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in STOPS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
