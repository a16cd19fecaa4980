"""Cleans files: one in this process, or many with one process for every core, whatever kind of raw file `copydesk run` reads."""

from __future__ import annotations

import os
import signal
import tempfile
from collections import deque
from functools import partial
from hashlib import file_digest
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from copydesk.inputs import Input, Told, found_within, inputs, shown
from pipeline.config import Config
from pipeline.ingest.document import read_meta
from pipeline.ingest.found import Document, Part, Refused, Source
from pipeline.ingest.kinds import ONE_PIECE, container_kind
from pipeline.ingest.shards import Entry
from pipeline.ledger import LedgerRow
from pipeline.records import Article
from pipeline.rejected import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pipeline.ingest.document import Meta
    from pipeline.ingest.found import Found
    from tasks.core.limits import Limits

BATCH_FILES, BATCH_BYTES = 32, 8 * 1024 * 1024
"""Raw files, and bytes of them, that a process cleans before its results are fetched: a fork for each takes as long as the cleaning."""
PART_DOCUMENTS, PART_BYTES = 64, 8 * 1024 * 1024
"""Documents, and unpacked bytes, of a container that one process cleans at a time."""
_LOOK_SECONDS = 2
"""How often a process of the pool looks whether the one that started it is still there."""
_INDEX_RATE = 1_000_000
"""Bytes a second: a container whose index is slower to make than this is cleaned in one piece."""

Status = Literal["ok", "rejected", "skipped", "failed"]


class Cleaned(msgspec.Struct, frozen=True, array_like=True):
    """What became of one document of a file.

    `status` is `ok` (then `line` is the record as JSON), `rejected` or `skipped` as in a ledger, or `failed` for a file that cannot be
    read. `code` and `detail` say why.
    """

    locator: str
    status: Status
    code: str | None
    detail: str | None
    line: bytes | None

    @property
    def article(self) -> Article | None:
        """Return the record, None where there is none."""
        return None if self.line is None else msgspec.json.decode(self.line, type=Article)


def clean_file(
    path: str | os.PathLike[str],
    *,
    url: str | None = None,
    media_type: str | None = None,
    locator: str | None = None,
    source: str = "local",
    meta: Mapping[str, Any] | Meta | None = None,
    config: Config | None = None,
) -> Article:
    """Clean the one document in a file: a page or a text, also packed (`.gz`, `.zst`), or a member of a container (`pages.zip#a.html`).

    What lies beside it (`<file>.meta.json`, `urls.tsv`) counts as in a build, but for what `url`, `media_type` and `meta` say. The locator
    is the path as given, unless `locator` names another.

    The document is cleaned in a child process under a limit of time and memory, the one that a build has by default.

    Raises:
        Rejected: The document is no article, cannot be read as one, or took too much: `timeout`, `out_of_memory`, `crashed`.
        OSError: The file cannot be read.
        ValueError: The path is a folder, or a container with several documents: `clean_files` reads these. `meta` has an unknown key.
    """
    from tasks.core.limits import Limits  # noqa: PLC0415
    from tasks.core.one_document import clean_within  # noqa: PLC0415

    name, settings = os.fspath(path), config or Config()
    told = Told(source=source, url=url, media_type=media_type)
    if Path(name).is_dir():
        msg = f"{shown(name)} is a folder; clean_files reads all that it holds"
        raise ValueError(msg)
    item = next(inputs([name], told))
    if item.problem is not None:
        raise FileNotFoundError(2, item.problem, name)
    found = list(islice((each for each in found_within(item, settings, told, Limits()) if isinstance(each, (Document, Refused))), 2))
    if len(found) > 1:
        msg = f"{shown(name)} holds more than one document; clean_files reads them all"
        raise ValueError(msg)
    if not found:
        raise Rejected("empty", "the container holds no such document")
    if isinstance(found[0], Refused):
        raise Rejected(found[0].code, found[0].detail)
    raw = msgspec.structs.replace(found[0].raw, locator=locator or found[0].raw.locator)
    return clean_within(raw if meta is None else msgspec.structs.replace(raw, meta=read_meta(meta)), settings).article


def clean_files(
    paths: Iterable[str | os.PathLike[str]],
    *,
    workers: int | None = None,
    source: str = "local",
    config: Config | None = None,
) -> Iterator[Cleaned]:
    """Clean all documents of files, folders, patterns and containers, in their order; yield what became of each.

    Every document is cleaned in a child process under a limit of time and memory, so that a hostile one costs itself alone: as in a build
    it is then rejected as `timeout`, `out_of_memory` or `crashed`. `workers` is how many clean at once, by default one for every core;
    results that wait for their turn lie on disk, so that memory does not grow with the number of files. Children are forked.

    A name that cannot be read is yielded as `failed` and costs itself alone.
    """
    told = Told(source=source)
    yield from clean_inputs(inputs((os.fspath(path) for path in paths), told), config or Config(), told, workers=workers or cores())


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Batch(msgspec.Struct, frozen=True):
    """Raw files, or a part of one, that one process cleans."""

    items: tuple[Input, ...]
    part: Part | None = None


def clean_inputs(items: Iterable[Input], config: Config, told: Told, *, workers: int, limits: Limits | None = None) -> Iterator[Cleaned]:
    """Yield what becomes of every document of some inputs, in their order."""
    from tasks.core.isolation import warm_up  # noqa: PLC0415 - loads Luigi and the stages
    from tasks.core.limits import Limits  # noqa: PLC0415

    limits = limits or Limits()
    warm_up(config)
    with tempfile.TemporaryDirectory(prefix="copydesk-") as folder:
        work = partial(_clean_batch, config=config, told=told, limits=limits, points=folder)
        batches = _batches(items, Path(folder), split=workers > 1)
        if workers == 1:
            for batch in batches:
                yield from work(batch)
            return
        yield from _parallel(work, batches, workers, folder)


def _parallel(work: Any, batches: Iterator[_Batch], workers: int, folder: str) -> Iterator[Cleaned]:
    """Clean batches in several processes; their results wait in files, in the order of the batches."""
    import multiprocessing  # noqa: PLC0415 - who cleans one file needs none of these
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415

    stop = Path(folder) / "stop"
    context = multiprocessing.get_context("fork")
    executor = ProcessPoolExecutor(workers, mp_context=context, initializer=_attend, initargs=(os.getpid(),))
    waiting: deque[Any] = deque()
    number = 0
    try:
        for batch in batches:
            waiting.append(executor.submit(_spool, work, batch, f"{folder}/{number}"))
            number += 1
            if len(waiting) > 2 * workers:
                yield from _fetched(waiting.popleft().result())
        while waiting:
            yield from _fetched(waiting.popleft().result())
    except BrokenProcessPool as error:
        raise OSError("a cleaning process was killed; run again with fewer workers") from error
    finally:
        stop.touch()  # who is at work ends after the document in hand
        executor.shutdown(cancel_futures=True)


def _attend(parent: int) -> None:
    """Be a process of the pool: the first process is who hears of an interrupt, and when it is gone, so is this one."""

    def look(*_: object) -> None:
        if os.getppid() != parent:
            os._exit(1)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, _LOOK_SECONDS, _LOOK_SECONDS)


def _spool(work: Any, batch: _Batch, path: str) -> str:
    encoder, stop = msgspec.msgpack.Encoder(), Path(path).with_name("stop")
    with Path(path).open("wb") as stream:
        for cleaned in work(batch):
            if stop.exists():
                break
            data = encoder.encode(cleaned)
            stream.write(len(data).to_bytes(4, "little") + data)
    return path


def _fetched(path: str) -> Iterator[Cleaned]:
    decoder = msgspec.msgpack.Decoder(Cleaned)
    with Path(path).open("rb") as stream:
        while head := stream.read(4):
            yield decoder.decode(stream.read(int.from_bytes(head, "little")))
    Path(path).unlink()


def _batches(items: Iterable[Input], points: Path, *, split: bool) -> Iterator[_Batch]:
    """Gather small files, and divide large containers where `split` asks for it; `points` takes the seek points of packed ones."""
    gathered: list[Input] = []
    size = 0
    for item in items:
        parts, length = _parts(item, points) if split else ((), 0)
        if parts or size + length > BATCH_BYTES or len(gathered) >= BATCH_FILES:
            if gathered:
                yield _Batch(tuple(gathered))
            gathered, size = [], 0
        if parts:
            yield from (_Batch((item,), part) for part in parts)
        else:
            gathered.append(item)
            size += length
    if gathered:
        yield _Batch(tuple(gathered))


def _parts(item: Input, points: Path) -> tuple[tuple[Part, ...], int]:
    """Return the parts of a container that is worth dividing, and a file's size."""
    from pipeline.ingest.dividing import Division, divide_container  # noqa: PLC0415 - only for containers
    from tasks.core.isolation import map_isolated, write_points  # noqa: PLC0415

    try:
        size = Path(item.path).stat().st_size if item.problem is None else 0
    except OSError:
        return (), 0
    if not size or container_kind(item.path) in ONE_PIECE:
        return (), size
    path = Path(item.path)
    source = Source(open=lambda: path.open("rb"), locator=item.locator, size=size, collection="", max_bytes=0)

    def divide(_: object) -> Division:
        return divide_container(source, documents=PART_DOCUMENTS, size=PART_BYTES)

    (made,) = map_isolated(divide, [item], lambda _: 60 + size / _INDEX_RATE)
    division = msgspec.convert(made, Division) if made is not None else Division(1)
    if division.points is not None:
        write_points(points, _digest(item.path), division.points)
    return division.parts, size


def _digest(path: str) -> str:
    with Path(path).open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def _clean_batch(batch: _Batch, *, config: Config, told: Told, limits: Limits, points: str) -> Iterator[Cleaned]:
    """Yield what becomes of the documents of a batch; a file that cannot be read costs itself alone."""
    for group in _runs(batch.items):
        if group[0].problem is not None:
            yield from (Cleaned(item.locator, "failed", None, item.problem, None) for item in group)
        elif not _is_text(group[0]):
            for item in group:
                yield from clean_here(item, config, told, limits)
        else:
            yield from _clean_run(group, batch.part, config=config, told=told, limits=limits, points=points)


def _runs(items: tuple[Input, ...]) -> Iterator[list[Input]]:
    """Yield neighbours together: those that can be read, those that cannot, and those whose name is no text."""
    run: list[Input] = []
    for item in items:
        kind, same = (item.problem is None, _is_text(item)), {each.path for each in run}
        if run and (kind != (run[0].problem is None, _is_text(run[0])) or item.path in same):
            yield run
            run = []
        run.append(item)
    if run:
        yield run


def _is_text(item: Input) -> bool:
    return item.path == item.locator


def clean_here(item: Input, config: Config, told: Told, limits: Limits) -> Iterator[Cleaned]:
    """Yield what becomes of the documents of one raw file."""
    try:
        for found in found_within(item, config, told, limits):
            yield cleaned_of(found, config, limits)
    except OSError as error:
        yield Cleaned(item.locator, "failed", None, error.strerror or str(error), None)


def cleaned_of(found: Found, config: Config, limits: Limits) -> Cleaned:
    """Return what becomes of a document, in a child process under the limits of a build."""
    from tasks.core.one_document import outcome_within  # noqa: PLC0415 - loads the stages

    outcome = outcome_within(found, config, limits)
    row = outcome.row
    return Cleaned(row.locator, row.status, row.code, row.detail, outcome.line)


def _clean_run(items: list[Input], part: Part | None, *, config: Config, told: Told, limits: Limits, points: str) -> Iterator[Cleaned]:
    """Clean files in child processes; after one that cannot be read, go on behind it."""
    from tasks.core.isolation import Job, clean_isolated  # noqa: PLC0415
    from tasks.core.reuse import entry_of  # noqa: PLC0415

    left = list(items)
    while left:
        entries = {item.path: entry for item in left if isinstance(entry := _entry(item), Entry)}
        members = {item.path: item.members for item in left if item.members is not None}
        job = Job("", told.source, tuple(entries.values()), part, config, points=points, again=members)
        done: set[str | None] = set()
        try:
            for made in clean_isolated(job, limits):
                done.add(entry_of(made.locator, entries))
                row = msgspec.json.decode(made.row, type=LedgerRow)
                yield Cleaned(made.locator, made.status, row.code, row.detail, made.line)
        except OSError as error:
            left = [item for item in left if item.path not in done and item.path in entries]
            yield from (Cleaned(item.locator, "failed", None, error.strerror or str(error), None) for item in left[:1])
            left = left[1:]
        else:
            yield from (gone for item in left if isinstance(gone := _entry(item), Cleaned) and item.path not in entries)
            return


def _entry(item: Input) -> Entry | Cleaned:
    """Return a raw file as a job has it, or why it cannot be read."""
    try:
        return Entry(item.path, Path(item.path).stat().st_size, _digest(item.path), known=item.known)
    except OSError as error:
        return Cleaned(item.locator, "failed", None, error.strerror or str(error), None)
