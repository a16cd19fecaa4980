"""Cleans one document under the limits of a build, for people who wait for it.

What hangs, dies or eats memory is refused with the same codes.
"""

from __future__ import annotations

import os
import resource
from typing import TYPE_CHECKING, NoReturn

import msgspec

from pipeline.rejected import Rejected, RejectionCode
from pipeline.resources import load_resources
from pipeline.stages import Result, run
from tasks.endings import BROKEN, DONE, OUT_OF_MEMORY, PATIENCE, death_of, farewell
from tasks.isolation import Limits, Pipe, confine
from tasks.watching import Watch, charge, out_of_memory_kills

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.ingest import RawDocument


class _Refusal(msgspec.Struct, frozen=True, tag=True):
    code: RejectionCode
    detail: str


class _Answer(msgspec.Struct, frozen=True, tag=True):
    result: Result


def clean_within(document: RawDocument, config: Config, limits: Limits | None = None) -> Result:
    """Clean one document in a child process, under the limits that a build sets by default.

    Raises:
        Rejected: The document is no article or cannot be read, or took more time or memory than it may: `timeout`, `out_of_memory`; or
            the process that cleaned it broke off: `crashed`.
    """
    limits = limits or Limits()
    load_resources(config)  # here, so that it counts for no document
    reader, writer = os.pipe()
    kills, floor = out_of_memory_kills(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        _work(document, config, limits, Pipe(writer, careful=False))
    os.close(writer)
    watch, data = Watch(pid, limits.seconds * PATIENCE), bytearray()
    try:
        while True:
            watch.wait(reader)
            if not (piece := os.read(reader, 1 << 20)):
                break
            data += piece
    finally:
        os.close(reader)
        death = death_of(farewell(pid), floor, limits=limits, waited=watch.ended, kills=kills)
    if len(data) < 4 or len(data) != 4 + int.from_bytes(data[:4], "little"):
        raise death.cause
    answer = msgspec.msgpack.decode(memoryview(data)[4:], type=_Answer | _Refusal)
    if isinstance(answer, _Refusal):
        raise Rejected(answer.code, answer.detail)
    return answer.result


def _work(document: RawDocument, config: Config, limits: Limits, pipe: Pipe) -> NoReturn:
    """Be the child: clean, tell, and end without running anything that belongs to the parent."""
    code = BROKEN
    try:
        confine(limits)
        charge(limits.seconds)
        pipe.send(_answer(document, config))
        code = DONE
    except MemoryError:
        code = OUT_OF_MEMORY
    finally:
        os._exit(code)


def _answer(document: RawDocument, config: Config) -> _Answer | _Refusal:
    try:
        return _Answer(run(document, config))
    except Rejected as rejected:
        return _Refusal(rejected.code, rejected.detail)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a defect is told as a build tells it
        return _Refusal("crashed", f"{type(error).__name__}: {error}"[:500])
