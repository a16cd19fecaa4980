"""Cleans documents in a child process, so that a hang, a crash or a memory bomb costs one document.

The child reads, unpacks and parses; nothing of a raw file is touched elsewhere. It runs under a budget of computing that the system
enforces even on a hanging native parser, and under a bound on its address space; how long it may wait, its parent watches. When it dies,
the parent knows by the last frame which document it was at, starts another child there, and when that dies at the same place, writes the
document off and goes on behind it.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import io
import os
import resource
import signal
import sys
import time
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, NoReturn, cast

import msgspec

from pipeline.config import Config
from pipeline.ingest import RawDocument
from pipeline.ingest.containers import read
from pipeline.ingest.found import Document, Part, Refused, Source
from pipeline.ingest.kinds import container_kind
from pipeline.ingest.shards import Entry
from pipeline.ledger import clean_found, clean_one, rejected_row
from pipeline.rejected import Rejected
from pipeline.resources import load_resources
from pipeline.text.expressions import compile_within
from tasks.core.atomic_files import write_atomic
from tasks.core.endings import BROKEN, DONE, IO_FAILURE, OUT_OF_MEMORY, PATIENCE, RECYCLE, End, death_of, farewell
from tasks.core.limits import Limits
from tasks.core.scan import UNREAD
from tasks.core.sealed import read_bytes, sealed
from tasks.core.watching import Watch, charge, end_with, out_of_memory_kills

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pipeline.ingest.found import Found
    from pipeline.ledger import LedgerRow
    from pipeline.rejected import RejectionCode

_TRIES, _TRIES_OUTSIDE = 2, 4
"""How many children may die at a document before it is written off, and how many of those that somebody else ended."""


class Job(msgspec.Struct, frozen=True):
    """The raw files to clean, in order.

    `proof` asks that every record is replayed as well. `points` is the folder of the files' seek points, by their digests.
    Of a raw file in `again` only the members with these locators are cleaned.
    """

    raw: str
    collection: str
    entries: tuple[Entry, ...]
    part: Part | None
    config: Config
    proof: bool = False
    points: str | None = None
    again: dict[str, frozenset[str]] = {}


class Made(msgspec.Struct, frozen=True, array_like=True):
    """One input's end: its row and its record as JSON lines, with what is needed to sort and count them.

    `milliseconds` is the computing that it took, reading it included; null where nobody measured it.
    """

    locator: str
    status: Literal["ok", "rejected", "skipped"]
    code: str | None
    id: str | None
    size: int
    row: bytes
    line: bytes | None
    problem: str | None = None
    milliseconds: int | None = None


class _Frame(msgspec.Struct, frozen=True, array_like=True):
    """What a child says: it begins a document, it made one, it came to the end of a file, or it cannot read one."""

    kind: Literal["begin", "made", "end", "io"]
    entry: int
    number: int
    made: Made | None = None
    locator: str = ""
    sha256: str | None = None
    size: int | None = None
    error: tuple[int, str] | None = None


class ChangedError(OSError):
    """A raw file is not what the inventory saw: it changed while the build ran."""


@lru_cache(maxsize=1)
def warm_up(config: Config) -> None:
    """Load in this process what every child needs, so that children start at once and share its memory.

    Raises `RuleError` on a rule file that cannot be used: that is no defect of any document.
    """
    load_resources(config)
    compile_within(module for name, module in tuple(sys.modules.items()) if name.startswith("pipeline."))
    for data in (b"<html><body><article><h1>Rain</h1><p>Rain fell on Monday.</p></article></body></html>", b"Rain fell on Monday.\n"):
        clean_one(RawDocument(data=data), config)
    gc.collect()
    gc.freeze()


def clean_isolated(job: Job, limits: Limits, *, alone: bool = False) -> Iterator[Made]:
    """Yield what became of every input of a job, in order.

    With `alone` the children close all files and sockets that this process has open but the three standard streams: a child that outlives
    its parent for a moment then keeps no connection of an engine alive.

    Raises `OSError` where a raw file cannot be read for reasons that are not its own, `ChangedError` where it is another than planned.
    """
    place = (0, 0)
    deaths = outside = 0
    while place[0] < len(job.entries):
        child = Child(job, limits, place, careful=deaths > 0, alone=alone)
        try:
            yield from child.frames()
        finally:
            child.end()
        if child.place != place:
            deaths = outside = 0
        started, place = place, child.place
        cause = child.cause(started)
        if cause is None:
            continue
        deaths, outside = deaths + 1, outside + child.ended_outside
        if deaths - outside >= _TRIES or outside >= _TRIES_OUTSIDE:
            made, place = _write_off(job, child, cause)
            yield made
            deaths = outside = 0


def _write_off(job: Job, child: Child, cause: Rejected) -> tuple[Made, tuple[int, int]]:
    """Return the row of the input at which two children died, and the place behind it."""
    entry, number = child.place
    if child.begun is not None:
        begun = child.begun
        return _made(rejected_row(begun.locator, cause, digest=begun.sha256, size=begun.size), None), (entry, number + 1)
    told = job.entries[entry]
    detail = cause.detail if number == 0 else f"{cause.detail}, while member {number} was read; what follows it was not read"
    return _made(rejected_row(told.locator, Rejected(cause.code, detail), digest=told.sha256, size=told.size), None), (entry + 1, 0)


def _made(row: LedgerRow, line: bytes | None, problem: str | None = None, milliseconds: int | None = None) -> Made:
    return Made(row.locator, row.status, row.code, row.id, row.bytes or 0, msgspec.json.encode(row), line, problem, milliseconds)


class Child:
    """One child process, from its first document to its end."""

    def __init__(self, job: Job, limits: Limits, place: tuple[int, int], *, careful: bool, alone: bool = False) -> None:
        self.place = place
        self.begun: _Frame | None = None
        self.ended_outside = False
        self._job, self._limits, self._ended = job, limits, False
        self._end = End(0, 0, stayed=False)
        self._kills = out_of_memory_kills()
        self._floor = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self._pipe, writer = os.pipe()
        self._buffer = bytearray()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self._pipe)
            if alone:
                close_others(writer)
            _work(job, limits, place, Pipe(writer, careful=careful))
        os.close(writer)
        self._watch = Watch(self._pid, limits.seconds * PATIENCE)

    def frames(self) -> Iterator[Made]:
        """Yield what the child makes until it stops."""
        decoder = msgspec.msgpack.Decoder(_Frame)
        while (data := self._next()) is not None:
            frame = decoder.decode(data)
            self.begun = frame if frame.kind == "begin" else None
            if frame.made is not None:
                self.place = (frame.entry, frame.number + 1)
                yield frame.made
            elif frame.kind == "end":
                self.place = (frame.entry + 1, 0)
            elif frame.error is not None:
                number, text = frame.error
                raise ChangedError(text) if number == 0 else OSError(number, text, frame.locator)
        self._ended = True

    def _next(self) -> bytes | None:
        """Return the next whole frame, None where the child has closed the pipe."""
        while len(self._buffer) < 4 or len(self._buffer) < 4 + int.from_bytes(self._buffer[:4], "little"):
            self._watch.wait(self._pipe)
            data = os.read(self._pipe, 1 << 20)
            if not data:
                return None
            self._buffer += data
        size = 4 + int.from_bytes(self._buffer[:4], "little")
        frame = bytes(self._buffer[4:size])
        del self._buffer[:size]
        return frame

    def end(self) -> None:
        """Close the pipe and wait for the child; one whose work nobody wants any more is ended."""
        os.close(self._pipe)
        if not self._ended:
            os.kill(self._pid, signal.SIGKILL)
        self._end = farewell(self._pid)

    def cause(self, started: tuple[int, int]) -> Rejected | None:
        """Return why the child died, None where it stopped as it should; `started` is where it began.

        `ended_outside` is true then where somebody ended it who was neither the system, for want of memory, nor its parent.
        """
        code = os.waitstatus_to_exitcode(self._end.status)
        if (code == DONE and self.place[0] == len(self._job.entries)) or (code == RECYCLE and self.place != started):
            return None
        death = death_of(self._end, self._floor, limits=self._limits, waited=self._watch.ended, kills=self._kills)
        self.ended_outside = death.outside
        return death.cause


def close_others(kept: int) -> None:
    """Close all files and sockets of this process but one and the three standard streams."""
    os.closerange(3, kept)
    os.closerange(kept + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


class Pipe:
    """The child's end of the pipe."""

    def __init__(self, handle: int, *, careful: bool) -> None:
        self._handle, self._encoder, self.careful = handle, msgspec.msgpack.Encoder(), careful

    def send(self, frame: Any) -> None:
        """Write a frame whole."""
        data = self._encoder.encode(frame)
        view = memoryview(len(data).to_bytes(4, "little") + data)
        while view:
            view = view[os.write(self._handle, view) :]


def _work(job: Job, limits: Limits, place: tuple[int, int], pipe: Pipe) -> NoReturn:
    """Be the child: clean from `place` on, tell the pipe, and end without running anything that belongs to the parent."""
    code = BROKEN
    try:
        confine(limits)
        code = _clean_entries(job, limits, place, pipe)
    except MemoryError:
        code = OUT_OF_MEMORY
    except BaseException:  # noqa: BLE001 - also a panic of a native parser; nothing may get past the child's end
        code = BROKEN
    finally:
        os._exit(code)


def confine(limits: Limits) -> None:
    """Bound the process: it dies of the alarm by default and with its parent, leaves no core, and cannot grow beyond its limit."""
    faulthandler.disable()
    end_with(os.getppid())
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM, signal.SIGPROF})
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, ValueError):  # other systems than Linux tell it elsewhere, or do not take the bound
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        bound = pages * resource.getpagesize() + limits.memory
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        if hard == resource.RLIM_INFINITY or bound < hard:
            resource.setrlimit(resource.RLIMIT_AS, (bound, hard))


def _clean_entries(job: Job, limits: Limits, place: tuple[int, int], pipe: Pipe) -> int:
    done, floor = 0, _resident()
    for number in range(place[0], len(job.entries)):
        entry = job.entries[number]
        if done >= limits.recycle:
            return RECYCLE
        first = place[1] if number == place[0] else 0
        began = time.process_time()
        wanted = job.again.get(entry.locator)
        try:
            for member, found in enumerate(_inputs(job, entry, limits)):
                if member < first or (wanted is not None and found.locator not in wanted):
                    continue
                pipe.send(_clean(job, found, (number, member), pipe, began))
                began = time.process_time()
                done += 1
                if done % 256 == 0 and _resident() - floor > limits.memory // 2:
                    return RECYCLE
        except OSError as error:
            text = str(error) if isinstance(error, ChangedError) else (error.strerror or str(error))
            told = (0 if isinstance(error, ChangedError) else error.errno or 5, text)
            pipe.send(_Frame("io", number, 0, locator=entry.locator, error=told))
            return IO_FAILURE
        pipe.send(_Frame("end", number, 0))
    return DONE


def _resident() -> int:
    """Return the process's resident memory in bytes, 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    except OSError:
        return 0


def _inputs(job: Job, entry: Entry, limits: Limits) -> Iterator[Found]:
    """Yield what one raw file holds, under the alarm."""
    charge(limits.seconds)
    if entry.sha256 is None:
        code = cast("RejectionCode", entry.code or "permission")
        yield Refused(entry.locator, code, entry.detail or "", None)
        return
    path = Path(job.raw) / entry.locator
    source = Source(
        open=lambda: _open(path, entry),
        locator=entry.locator,
        size=entry.size,
        collection=job.collection,
        max_bytes=job.config.limits.max_bytes,
        config=job.config.ingest,
        known=entry.known,
        part=job.part,
        points=_points(job, entry),
        alive=lambda: charge(limits.seconds),
    )
    try:
        for found in read(source):
            charge(limits.seconds)
            yield found
            charge(limits.seconds)
    except PermissionError:
        yield Refused(entry.locator, "permission", UNREAD["permission"], entry.size)


def _points(job: Job, entry: Entry) -> Callable[[], BinaryIO] | None:
    """Return how a file's seek points are opened, None where nobody made or kept any, or they are damaged.

    Then more is unpacked, and the same is read.
    """
    if job.part is None or job.points is None:
        return None
    points = read_bytes(Path(job.points) / f"{entry.sha256}")
    return (lambda: io.BytesIO(points)) if points is not None else None


def write_points(folder: Path, digest: str, points: bytes) -> None:
    """Keep the seek points of the file with a digest where `Job.points` is looked for."""
    write_atomic(folder / digest, [sealed(points)])


def _open(path: Path, entry: Entry) -> BinaryIO:
    try:
        stream = path.open("rb")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ChangedError(f"{entry.locator} disappeared during the build; run again") from error
    if os.fstat(stream.fileno()).st_size != entry.size:
        stream.close()
        raise ChangedError(f"{entry.locator} changed during the build; run again")
    return stream


def _clean(job: Job, found: Found, place: tuple[int, int], pipe: Pipe, began: float) -> _Frame:
    """Return what became of the input at a place; `began` is the computing of this process before it was read, in seconds."""
    number, member = place
    if pipe.careful:
        pipe.careful = False
        if isinstance(found, Document):
            data = found.raw.data.encode("utf-8", "replace") if isinstance(found.raw.data, str) else found.raw.data
            pipe.send(_Frame("begin", number, member, None, found.locator, sha256(data).hexdigest(), len(data)))
    outcome = clean_found(found, job.config, proof=job.proof)
    entry = job.entries[number]
    if outcome.row.sha256 not in (None, entry.sha256) and container_kind(entry.locator) is None:
        raise ChangedError(f"{entry.locator} changed during the build; run again")
    made = _made(outcome.row, outcome.line, outcome.problem, round(1000 * (time.process_time() - began)))
    return _Frame("made", number, member, made)


def map_isolated(work: Callable[[Any], Any], items: Sequence[Any], seconds: Callable[[Any], float]) -> Iterator[Any]:
    """Yield what `work` returns for each item, in order, from a child process; None where it fails, crashes or takes too long.

    `seconds` says how long that is. What `work` returns goes through a pipe as MessagePack.
    """
    place = 0
    while place < len(items):
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            _work_through(work, items[place:], seconds, Pipe(writer, careful=False))
        os.close(writer)
        for data in _results(reader, pid, [seconds(item) for item in items[place:]]):
            place += 1
            yield msgspec.msgpack.decode(data)
        if place < len(items):
            place += 1
            yield None


def _results(reader: int, pid: int, seconds: Sequence[float]) -> Iterator[bytes]:
    """Yield what a child of `map_isolated` sends, until it ends; nobody is left behind, whoever stops reading."""
    with os.fdopen(reader, "rb", buffering=0) as stream:
        try:
            for most in seconds:
                watch, data = Watch(pid, most * PATIENCE), b""
                while len(data) < 4 or len(data) < 4 + int.from_bytes(data[:4], "little"):
                    watch.wait(reader)
                    wanted = 4 - len(data) if len(data) < 4 else 4 + int.from_bytes(data[:4], "little") - len(data)
                    if not (piece := stream.read(wanted)):
                        return
                    data += piece
                yield data[4:]
        finally:
            farewell(pid)


def _work_through(work: Callable[[Any], Any], items: Sequence[Any], seconds: Callable[[Any], float], pipe: Pipe) -> NoReturn:
    """Be the child of `map_isolated`."""
    try:
        confine(Limits())
        for item in items:
            charge(seconds(item))
            pipe.send(work(item))
    finally:
        os._exit(0)
