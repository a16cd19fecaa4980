"""Cleans one document under the limits of a build, for people who wait for it.

What hangs, dies or eats memory is refused with the same codes.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

import msgspec

from pipeline.ingest.found import Document
from pipeline.ledger import Outcome, clean_found, rejected_document
from pipeline.rejected import Rejected, RejectionCode
from pipeline.resources import load_resources
from pipeline.stages import Result, run
from tasks.core.endings import BROKEN, DONE, OUT_OF_MEMORY, PATIENCE, death_of, farewell
from tasks.core.isolation import Pipe, close_others, confine
from tasks.core.limits import Limits
from tasks.core.watching import Watch, charge, out_of_memory_kills

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pipeline.config import Config
    from pipeline.ingest import RawDocument
    from pipeline.ingest.found import Found


class _Refusal(msgspec.Struct, frozen=True, tag=True):
    code: RejectionCode
    detail: str


class _Answer(msgspec.Struct, frozen=True, tag=True):
    result: Result


_ANSWERS: msgspec.msgpack.Decoder[_Answer | _Refusal] = msgspec.msgpack.Decoder(_Answer | _Refusal)


def clean_within(document: RawDocument, config: Config, limits: Limits | None = None) -> Result:
    """Clean one document in a child process, under the limits of a build; by default those that a build has by default.

    Raises:
        Rejected: The document is no article or cannot be read, or took more time or memory than it may: `timeout`, `out_of_memory`; or
            the process that cleaned it broke off: `crashed`.
    """
    limits = limits or Limits()
    load_resources(config)  # here, so that it counts for no document
    (data,) = answers(lambda: iter((msgspec.msgpack.encode(_answer(document, config)),)), seconds=limits.seconds, memory=limits.memory)
    answer = _ANSWERS.decode(data)
    if isinstance(answer, _Refusal):
        raise Rejected(answer.code, answer.detail)
    return answer.result


def answers(work: Callable[[], Iterator[Any]], *, seconds: float, memory: int, alone: bool = False) -> Iterator[Any]:
    """Yield what `work` yields, from a child process that may take so many seconds of computing and bytes of memory.

    What it yields goes through a pipe as MessagePack. The child is ended when nobody listens any more. With `alone` it closes all files and
    sockets that this process has open but the three standard streams, so that it keeps no connection of an engine alive.

    Raises:
        Rejected: The child took too much, or broke off: `timeout`, `out_of_memory`, `crashed`.
    """
    limits = Limits(seconds, memory)
    reader, writer = os.pipe()
    kills, floor = out_of_memory_kills(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        if alone:
            close_others(writer)
        _work(work, limits, Pipe(writer, careful=False))
    os.close(writer)
    watch, whole = Watch(pid, seconds * PATIENCE), False
    try:
        for data in _frames(reader, watch):
            whole = data == _END
            if not whole:
                yield msgspec.msgpack.decode(data)[0]
    finally:
        os.close(reader)
        if sys.exception() is not None:
            os.kill(pid, signal.SIGKILL)
        end = farewell(pid)
    if not whole:
        raise death_of(end, floor, limits=limits, waited=watch.ended, kills=kills).cause


def outcome_within(found: Found, config: Config, limits: Limits) -> Outcome:
    """Return what becomes of anything that a raw file holds, as `clean_within` cleans it and as a ledger and a shard have it."""
    if not isinstance(found, Document):
        return clean_found(found, config)
    load_resources(config)
    try:
        (data,) = answers(lambda: iter((msgspec.msgpack.encode(clean_found(found, config)),)), seconds=limits.seconds, memory=limits.memory)
    except Rejected as death:
        return Outcome(row=rejected_document(found.raw, death))
    return msgspec.msgpack.decode(data, type=Outcome)


def outcomes_within(documents: Sequence[Found], config: Config, limits: Limits) -> Iterator[Outcome]:
    """Yield what becomes of each document, in order, as `outcome_within` does one; one child cleans them all unless one of them ends it.

    A document at which two children died is rejected; those after it are cleaned by the next child.
    """
    load_resources(config)
    done, deaths = 0, 0
    while done < len(documents):
        try:
            work = partial(_outcomes, documents[done:], config, limits)
            for data in answers(work, seconds=limits.seconds, memory=limits.memory, alone=True):
                yield msgspec.msgpack.decode(data, type=Outcome)
                done, deaths = done + 1, 0
        except Rejected as death:
            deaths += 1
            found = documents[done]
            if deaths == _TRIES and isinstance(found, Document):
                yield Outcome(row=rejected_document(found.raw, death))
                done, deaths = done + 1, 0


def _outcomes(documents: Sequence[Found], config: Config, limits: Limits) -> Iterator[bytes]:
    """Clean documents in a child, each on a budget of its own."""
    for found in documents:
        charge(limits.seconds)
        yield msgspec.msgpack.encode(clean_found(found, config))


_TRIES = 2
"""Children that die at a document before it is given up, as in a build: one may be ended by what has nothing to do with it."""
_END = msgspec.msgpack.encode(())


def _frames(reader: int, watch: Watch) -> Iterator[bytes]:
    """Yield the whole frames that come through a pipe, up to its end."""
    data = bytearray()
    while True:
        size = 4 + int.from_bytes(data[:4], "little")
        if len(data) >= 4 and len(data) >= size:
            yield bytes(data[4:size])
            del data[:size]
            continue
        watch.wait(reader)
        if not (piece := os.read(reader, 1 << 20)):
            return
        data += piece


def _work(work: Callable[[], Iterator[Any]], limits: Limits, pipe: Pipe) -> NoReturn:
    """Be the child: work, tell, and end without running anything that belongs to the parent."""
    code = BROKEN
    try:
        confine(limits)
        charge(limits.seconds)
        for answer in work():
            pipe.send((answer,))
        pipe.send(())
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
