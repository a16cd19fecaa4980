"""What the names of a command line or a caller mean: files, folders, patterns, members of containers, with what lies beside them."""

from __future__ import annotations

import glob
import heapq
import os
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pipeline.ingest.containers import read
from pipeline.ingest.document import Meta, RawDocument
from pipeline.ingest.found import Document, Found, Known, Refused, Skipped, Source
from pipeline.ingest.kinds import SIDECAR_SUFFIX, TABLE_NAME, container_kind, is_ignored, is_sidecar
from pipeline.ingest.sidecars import SidecarError, read_meta_file, read_table
from pipeline.rejected import Rejected, RejectionCode
from tasks.core.stores import is_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pipeline.config import Config
    from tasks.core.limits import Limits


def _nothing() -> None:
    pass


STANDARD_INPUT = "-"
"""The name of what comes through a pipe."""


class Input(msgspec.Struct, frozen=True, kw_only=True):
    """One raw file to be read. `members` are the locators that are wanted, None for all.

    `problem` says why there is nothing to read; `known` is what lies beside the file and says where it came from. `name` is the locator
    where that is not the path.
    """

    path: str
    name: str | None = None
    members: frozenset[str] | None = None
    problem: str | None = None
    known: dict[str, Known] = {}

    @property
    def locator(self) -> str:
        """Return the file's name as text: bytes that are not UTF-8 as escapes."""
        return self.name or shown(self.path)


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller says of every document: the collection, the address, the media type."""

    source: str = "local"
    url: str | None = None
    media_type: str | None = None


NOTHING = Told()


def shown(name: str) -> str:
    """Return a file name as text that can be printed: bytes that are not UTF-8 as escapes."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def inputs(names: Iterable[str], told: Told = NOTHING) -> Iterator[Input]:
    """Yield the raw files that names mean, in the order of the names and, below a folder, of their paths.

    A name is a file, a folder, a pattern such as `pages/*.html`, or a container's file with `#` and a member. What is none of them is
    yielded with its problem. In folders, README files, names that begin with a dot and sidecars are passed over.
    """
    for name in names:
        path = Path(name)
        if name == STANDARD_INPUT:
            yield Input(path=name)
        elif is_address(name):
            yield from _stored(name, told)
        elif path.is_dir():
            yield from (_input(found, path, told) for found in _below(path))
        elif path.exists():
            yield _input(name, path.parent, told)
        elif (place := _container_of(name)) is not None:
            yield msgspec.structs.replace(_input(place, Path(place).parent, told), members=frozenset({shown(name)}))
        elif glob.has_magic(name):
            yield from _matching(name, told)
        else:
            yield Input(path=name, problem=_missing(name))


def _stored(name: str, told: Told) -> Iterator[Input]:
    """Yield what an address means: an object, all below it, a member of a container, or what fits a pattern; copies of them are read."""
    from click import UsageError  # noqa: PLC0415 - what an address can do wrong, it does on the command line too

    from copydesk.places import fetch_documents  # noqa: PLC0415 - only where an address is given

    try:
        found = fetch_documents(name)
    except UsageError as error:
        yield Input(path=name, problem=error.message)
        return
    except OSError as error:
        yield Input(path=name, problem=error.strerror or str(error))
        return
    places = [Path(path).relative_to(found.folder).as_posix() for path in _below(found.folder)] if found.whole else found.places
    if not places:
        yield Input(path=name, problem="nothing has this address")
    for place in places:
        path = found.folder / place
        made = _input(str(path), found.folder if found.whole else path.parent, told)
        yield msgspec.structs.replace(made, name=f"{found.base}/{place}", members=found.members)
    for place, code in found.refused.items():
        yield Input(path=name, name=f"{found.base}/{place}", problem=f"{code}: an object of this name is read by nobody")


def _missing(name: str) -> str:
    try:
        Path(name).stat()
    except OSError as error:
        return error.strerror or str(error)
    return "it cannot be read"


def _matching(pattern: str, told: Told) -> Iterator[Input]:
    found = sorted(name for name in glob.glob(pattern, recursive=True) if not is_sidecar(name))  # noqa: PTH207 - a relative pattern stays one
    if not found:
        yield Input(path=pattern, problem="no file has a name of this pattern")
    yield from inputs(found, told)


def _below(folder: Path) -> Iterator[str]:
    """Yield the files below a folder, sorted by path; links to folders are not followed."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not is_ignored(name))
        yield from (str(Path(parent, name)) for name in sorted(names) if not is_ignored(name) and not is_sidecar(name))


def _container_of(name: str) -> str | None:
    """Return the file of a container that a name with number signs leads into, None where there is none."""
    place, sign, _ = name.rpartition("#")
    while sign:
        if Path(place).is_file():
            return place if container_kind(place) not in (None, "packed") else None
        place, sign, _ = place.rpartition("#")
    return None


def _input(path: str, root: Path, told: Told) -> Input:
    try:
        known = known_beside(Path(path), root)
    except (SidecarError, OSError) as error:
        return Input(path=path, problem=f"what lies beside it cannot be read: {error}")
    own = Known(url=told.url, media_type=told.media_type)
    if own != Known():
        known = {**known, "": own.under(known.get("", Known()))}
    return Input(path=path, known=known)


def known_beside(path: Path, root: Path) -> dict[str, Known]:
    """Return what `<file>.meta.json` and the tables up to `root` say of a file, by member; what is nearer wins."""
    found: dict[str, Known] = {}
    meta = path.with_name(path.name + SIDECAR_SUFFIX)
    if meta.is_file():
        found[""] = read_meta_file(meta.read_bytes())
    folder = path.parent
    while True:
        table = folder / TABLE_NAME
        name = path.relative_to(folder).as_posix()
        if table.is_file():
            stat = table.stat()
            rows = _table(str(table), stat.st_size, stat.st_mtime_ns)
            for row, known in rows.items():
                place, _, member = row.partition("#") if row != name else (row, "", "")
                if place == name:
                    found[member] = found.get(member, Known()).under(known)
        if folder == root or root not in folder.parents:
            return found
        folder = folder.parent


@lru_cache(maxsize=16)
def _table(path: str, _size: int, _mtime_ns: int) -> dict[str, Known]:
    return dict(read_table(Path(path).read_bytes()))


def found_in(item: Input, config: Config, told: Told = NOTHING, alive: Callable[[], None] = _nothing) -> Iterator[Found]:
    """Yield what a raw file holds, in this process; `alive` is called wherever it goes on. Raises `OSError` where it cannot be read."""
    source = Source(
        open=lambda: Path(item.path).open("rb"),  # noqa: SIM115 - the reader closes it
        locator=item.locator,
        size=Path(item.path).stat().st_size,
        collection=told.source,
        max_bytes=config.limits.max_bytes,
        config=config.ingest,
        known=item.known,
        alive=alive,
    )
    for found in read(source):
        alive()
        if item.members is None or found.locator in item.members:
            yield found
            alive()


def found_within(item: Input, config: Config, told: Told, limits: Limits, *, bare: bool = False) -> Iterator[Found]:
    """Yield what a raw file holds, read by a child process in which every document may take as much as in a build.

    Where reading takes more, or breaks off, the file is refused from there on. Documents are `bare` without their data, for whoever asks
    for their names alone. Raises `OSError` where the file cannot be read.
    """
    from tasks.core.one_document import answers  # noqa: PLC0415 - loads Luigi and the stages
    from tasks.core.watching import charge  # noqa: PLC0415

    try:
        for head, data in answers(
            lambda: _frames(item, config, told, lambda: charge(limits.seconds), bare=bare), seconds=limits.seconds, memory=limits.memory
        ):
            sent = _SENT.decode(head)
            if isinstance(sent, _Failed):
                raise OSError(sent.number, sent.text, item.path)
            yield _received(sent, data)
    except Rejected as death:
        yield Refused(item.locator, death.code, death.detail)


class _Failed(msgspec.Struct, frozen=True, tag=True):
    number: int
    text: str


class _Left(msgspec.Struct, frozen=True, tag=True):
    """A member that is no document; `code` stands where it is refused."""

    locator: str
    code: RejectionCode | None
    detail: str
    bytes: int | None


class _Head(msgspec.Struct, frozen=True, tag=True):
    """A document without its data, which go beside it; a text goes as UTF-8."""

    locator: str
    own: str | None
    source: str
    url: str | None
    media_type: str | None
    meta: Meta
    is_text: bool


_SENT: msgspec.msgpack.Decoder[_Failed | _Left | _Head] = msgspec.msgpack.Decoder(_Failed | _Left | _Head)


def _frames(item: Input, config: Config, told: Told, alive: Callable[[], None], *, bare: bool) -> Iterator[tuple[bytes, bytes]]:
    """Be the child: yield what is found, and beside it the data of documents that are not to be bare."""
    encode = msgspec.msgpack.Encoder().encode
    try:
        for found in found_in(item, config, told, alive):
            if isinstance(found, Document):
                raw, data = found.raw, b"" if bare else found.raw.data
                head = _Head(found.locator, raw.locator, raw.source, raw.url, raw.media_type, raw.meta, isinstance(data, str))
                yield encode(head), data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
            elif isinstance(found, Refused):
                yield encode(_Left(found.locator, found.code, found.detail, found.bytes)), b""
            else:
                yield encode(_Left(found.locator, None, found.reason, found.bytes)), b""
    except OSError as error:
        yield encode(_Failed(error.errno or 5, error.strerror or str(error))), b""


def _received(sent: _Left | _Head, data: bytes) -> Found:
    if isinstance(sent, _Left):
        if sent.code is None:
            return Skipped(sent.locator, sent.detail, sent.bytes)
        return Refused(sent.locator, sent.code, sent.detail, sent.bytes)
    raw = RawDocument(
        data=data.decode("utf-8", "surrogatepass") if sent.is_text else data,
        locator=sent.own,
        source=sent.source,
        url=sent.url,
        media_type=sent.media_type,
        meta=sent.meta,
    )
    return Document(sent.locator, raw)


def sampled(items: Iterable[Input], count: int, seed: int, config: Config, limits: Limits) -> list[Input]:
    """Return inputs with `count` documents of all that they hold; which ones follows from the seed and the locators alone."""
    held = list(items)
    ranked = ((sha256(f"{seed}\0{locator}".encode()).digest(), number, locator) for number, locator in _locators(held, config, limits))
    chosen: dict[int, set[str]] = {}
    for _, number, locator in heapq.nsmallest(count, ranked):
        chosen.setdefault(number, set()).add(locator)
    return [msgspec.structs.replace(held[number], members=frozenset(names)) for number, names in sorted(chosen.items())]


def _locators(items: list[Input], config: Config, limits: Limits) -> Iterator[tuple[int, str]]:
    """Yield the names of what is to be read; a container that cannot be listed stands for itself, and says why when it is read."""
    for number, item in enumerate(items):
        if item.problem is not None or container_kind(item.path) in (None, "packed"):
            yield number, item.locator
            continue
        try:
            yield from ((number, found.locator) for found in found_within(item, config, NOTHING, limits, bare=True))
        except OSError:
            yield number, item.locator
