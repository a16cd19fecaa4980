"""Documents of archives: ZIP, tar and saved web pages (MHTML). Nothing is ever unpacked to disk."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
from email import message_from_bytes, policy
from email.errors import CloseBoundaryNotFoundDefect, MessageError
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO, Self, cast

from pipeline.ingest.found import ENDLESS, Found, Inner, Known, Part, Refused, Source
from pipeline.ingest.kinds import container_kind, is_ignored, is_sidecar
from pipeline.ingest.streams import CHUNK, DAMAGE, TruncatedError, ends_early, packing, unpacked
from pipeline.ingest.zip_mending import mended

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

    from pipeline.rejected import RejectionCode

_LOCAL_HEADER = struct.Struct("<26sHH")
UNREADABLE = (zipfile.BadZipFile, tarfile.TarError, NotImplementedError, RuntimeError, ValueError, *DAMAGE)
"""What the standard library raises for a member that cannot be read."""
_ENCRYPTED = 0x1
"""Bit 0 of a ZIP member's general purpose flags (APPNOTE.TXT 4.4.4)."""


class UndividedError(Exception):
    """A container that can only be read from its start to its end."""


def unsafe(name: str) -> bool:
    r"""Tell whether a member's name leaves the archive or cannot be written down.

    >>> unsafe("a/b.html"), unsafe("../b.html"), unsafe("/etc/passwd"), unsafe("a\\\\..\\\\b"), unsafe("c:/x")
    (False, True, True, True, True)
    """
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or name[1:2] == ":" or "\0" in name or not name.isprintable()


def _ignored(name: str) -> bool:
    parts = name.replace("\\", "/").strip("/").split("/")
    return any(is_ignored(part) for part in parts if part not in (".", "..")) or "__MACOSX" in parts or is_sidecar(name)


def _verdict(name: str, seen: set[str], source: Source) -> Refused | None:
    """Return why a member cannot be read, judged by its name alone."""
    locator = source.member(name if name.isprintable() else name.encode("unicode_escape", "backslashreplace").decode("ascii"))
    if unsafe(name):
        return Refused(locator, "unsafe_path", "the member's name leads out of the archive")
    if name in seen:
        return Refused(locator, "duplicate_id", "an earlier member of the archive has the same name")
    seen.add(name)
    return None


def _is_inner(name: str) -> bool:
    """Tell whether a member is a container itself; a saved page is one document."""
    return container_kind(name) not in (None, "mhtml")


def read_zip(source: Source) -> Iterator[Found | Inner]:
    """Yield the members of a ZIP file, or those whose numbers are in its part; locators are `<file>#<name of the member>`.

    Of a file whose directory is missing, the members that are whole, and a row that says so.
    """
    with source.open() as stream:
        try:
            with zipfile.ZipFile(stream) as archive:
                yield from _zip_found(archive, source)
                return
        except _NO_ZIP as error:
            code: RejectionCode = "truncated" if _cut(source) else "bad_container"
            told = f"no ZIP file: {error}"
    if code == "truncated" and (made := mended(source)) is not None:
        with made, zipfile.ZipFile(made) as archive:
            yield from _zip_found(archive, source)
            told = f"after {len(archive.infolist())} whole members: {told}"
    yield source.refused(code, told)


_NO_ZIP = (zipfile.BadZipFile, NotImplementedError, ValueError, *DAMAGE)


def _zip_found(archive: zipfile.ZipFile, source: Source) -> Iterator[Found | Inner]:
    seen: set[str] = set()
    for number, info in enumerate(_zip_members(archive)):
        refused = _verdict(info.filename, seen, source)
        if source.part is None or source.part.start <= number < source.part.end:
            yield refused or _zip_member(archive, info, source)


def _zip_members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [info for info in archive.infolist() if not info.is_dir() and not _ignored(info.filename)]


def _cut(source: Source) -> bool:
    """Tell whether a file begins like a ZIP file: then its end, where the directory stands, is missing."""
    with source.open() as stream:
        return stream.read(4) == b"PK\x03\x04"


def zip_sizes(source: Source) -> list[int]:
    """Return how many bytes the directory says that each member unpacks to; nothing for a damaged file."""
    with source.open() as stream:
        try:
            with zipfile.ZipFile(stream) as archive:
                return [info.file_size for info in _zip_members(archive)]
        except _NO_ZIP:
            return []


def _zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, source: Source) -> Found | Inner:
    locator = source.member(info.filename)
    if info.flag_bits & _ENCRYPTED:
        return Refused(locator, "bad_record", "the member is encrypted", info.file_size)
    if (info.external_attr >> 28) == 0xA:
        return Refused(locator, "symlink", "symbolic links are not followed", info.file_size)
    if _is_inner(info.filename):
        return Inner(info.filename, info.file_size, lambda: cast("BinaryIO", archive.open(info)), _stored(info, source))
    try:
        with archive.open(info) as stream:
            data = stream.read(source.max_bytes + 1)
    except EOFError:
        return Refused(locator, "truncated", "the member ends early", info.file_size)
    except UNREADABLE as error:
        return Refused(locator, "bad_record", " ".join(str(error).split())[:300], info.file_size)
    return _finish(data, info.filename, source)


def _stored(info: zipfile.ZipInfo, source: Source) -> int | None:
    """Return where a member's bytes begin in the file, None where they are packed (APPNOTE.TXT 4.3.7: the local header)."""
    if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size:
        return None
    with source.open() as stream:
        stream.seek(info.header_offset)
        head = stream.read(_LOCAL_HEADER.size)
    if len(head) < _LOCAL_HEADER.size or not head.startswith(b"PK\x03\x04"):
        return None
    _, names, extra = _LOCAL_HEADER.unpack(head)
    begin = info.header_offset + _LOCAL_HEADER.size + names + extra
    return begin if begin + info.file_size <= source.size else None


def _finish(data: bytes, name: str, source: Source) -> Found:
    if len(data) > source.max_bytes:
        return source.too_large(source.member(name), None)
    if container_kind(name) == "mhtml":
        return _saved_page(data, name, source)
    return source.document(data, name, Known())


def read_tar(source: Source) -> Iterator[Found | Inner]:
    """Yield the members of a tar file, packed or not, in one pass; locators are `<file>#<name of the member>`.

    A part is a stretch of the unpacked file.
    """
    part = source.part or Part(0, ENDLESS)
    seen: set[str] = set()
    done = 0
    with source.open() as packed:
        try:
            budget = source.config.unread_bytes + source.max_bytes if packing(packed) else None
            stream = _Guarded(unpacked(packed, part.start, source.points, source.alive), budget)
            for info, archive in _tar_members(stream):
                offset = part.start + info.offset
                if offset >= part.end:
                    return
                done += 1
                if info.isdir() or _ignored(info.name):
                    continue
                if offset in part.repeated:
                    seen.add(info.name)
                yield _verdict(info.name, seen, source) or _tar_member(archive, info, source, stream)
        except _TooMuchError as error:
            yield source.refused("too_large", f"after {done} members: {error}")
        except (tarfile.TarError, *DAMAGE) as error:
            cut = done > 0 or part.start > 0 or ends_early(error)
            yield source.refused("truncated" if cut else "bad_container", f"after {done} members: {error}")


class _Header(tarfile.TarInfo):
    """A member's header. The library takes for the end whatever is no header; the only end is a block of zeros."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> Self:
        """Read the next header; raise where the file ends without an end, or goes on with something else."""
        try:
            return super().fromtarfile(archive)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]  # the end
            raise
        except (tarfile.EmptyHeaderError, tarfile.TruncatedHeaderError) as error:  # type: ignore[attr-defined]
            msg = "the file ends where a header or the end should stand"
            raise TruncatedError(msg) from error
        except tarfile.InvalidHeaderError as error:  # type: ignore[attr-defined]
            raise tarfile.ReadError(str(error)) from error


def _tar_members(stream: _Guarded) -> Iterator[tuple[tarfile.TarInfo, tarfile.TarFile]]:
    """Yield every member and its archive, which forgets it: else memory grows with the number of members.

    Behind the end only zeros may stand: raises `tarfile.ReadError` where something else does, which nobody would see.
    """
    with tarfile.open(fileobj=stream, mode="r|", tarinfo=_Header) as archive:  # type: ignore[call-overload]  # it only ever calls read
        while (info := archive.next()) is not None:
            stream.begin()
            yield info, archive
            archive.members = []
        stream.begin()
        while rest := archive.fileobj.read(CHUNK):
            if rest.strip(b"\0"):
                msg = "something stands behind the end of the archive"
                raise tarfile.ReadError(msg)
            if stream.plain:
                stream.begin()


def tar_starts(source: Source, budget: int) -> Iterator[tuple[int, bool, bool]]:
    """Yield each member's start in the unpacked file, whether it is an input, and whether an earlier input has its name.

    Raises what damage raises, and `UndividedError` where a member unfolds beyond `budget` bytes or a header speaks of all members after it.
    """
    seen: set[bytes] = set()
    with source.open() as packed:
        stream = _Guarded(unpacked(packed), budget if packing(packed) else None)
        try:
            for info, archive in _tar_members(stream):
                if archive.pax_headers.keys() - {"comment"}:
                    msg = "a header for all members"
                    raise UndividedError(msg)
                counts = not (info.isdir() or _ignored(info.name))
                safe = counts and not unsafe(info.name)
                name = sha256(info.name.encode("utf-8", "surrogateescape")).digest()[:12]
                yield info.offset, counts, safe and name in seen
                if safe:
                    seen.add(name)
        except _TooMuchError as error:
            raise UndividedError(str(error)) from error


def _tar_member(archive: tarfile.TarFile, info: tarfile.TarInfo, source: Source, stream: _Guarded) -> Found | Inner:
    locator = source.member(info.name)
    if info.issym() or info.islnk():
        return Refused(locator, "symlink", "links are not followed", info.size)
    if _is_inner(info.name) and info.isreg():
        stream.begin(source.config.nested_bytes)
        place = info.offset_data + (source.part.start if source.part else 0) if stream.plain and not info.issparse() else None
        return Inner(info.name, info.size, lambda: cast("BinaryIO", _Member(cast("BinaryIO", archive.extractfile(info)), info.size)), place)
    if info.size > source.max_bytes:
        return source.too_large(locator, info.size)
    member = archive.extractfile(info) if info.isreg() else None
    if member is None:
        return Refused(locator, "bad_record", "neither a file nor a folder", info.size)
    data = member.read()
    if len(data) < info.size:
        return Refused(locator, "truncated", f"{len(data)} of {info.size} bytes", len(data))
    return _finish(data, info.name, source)


class _Member(io.RawIOBase):
    """A member of a tar file that raises where it ends before its size: the library's own stream ends in silence."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream, self._left = stream, size

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: object) -> int:
        """Read into a buffer, as `io.RawIOBase` describes it."""
        view = memoryview(buffer)  # type: ignore[arg-type]  # the base class leaves the buffer's type open
        data = self._stream.read(len(view))
        if not data and self._left and view:
            msg = f"the member lacks {self._left} bytes"
            raise TruncatedError(msg)
        view[: len(data)] = data
        self._left -= len(data)
        return len(data)


class _TooMuchError(Exception):
    """A stream that unfolds beyond its budget between two members."""


_PATIENCE = 16
"""How often `tarfile` may ask for more behind the end of the bytes: a header that claims terabytes makes it ask for them block by block."""


class _Guarded:
    """A stream for `tarfile` that stops when more than a budget is unpacked for one member; `plain` where nothing is packed."""

    def __init__(self, stream: BinaryIO, budget: int | None) -> None:
        self._stream, self._budget, self._left = stream, budget or 0, budget or 0
        self.plain = budget is None
        self._empty = 0

    def begin(self, more: int = 0) -> None:
        """Note that a member begins, or that it may be so much larger than the budget."""
        self._left = self._budget + more

    def read(self, size: int = -1) -> bytes:
        """Read as any stream does; `tarfile` asks for blocks of 10 kB."""
        data = self._stream.read(size)
        self._left -= len(data)
        self._empty = 0 if data else self._empty + 1
        if self._empty > _PATIENCE:
            msg = "a header claims more bytes than there are"
            raise TruncatedError(msg)
        if self._left < 0 and not self.plain:
            msg = f"one member unpacks to more than {self._budget} bytes; the rest was not read"
            raise _TooMuchError(msg)
        return data


def read_mhtml(source: Source) -> Iterator[Found]:
    """Yield the page of an MHTML file (RFC 2557); its locator is that of the file. Pictures and styles are part of it and no inputs."""
    with source.open() as stream:
        data = stream.read(2 * source.max_bytes + 1)
    if len(data) > 2 * source.max_bytes:
        yield source.too_large(source.locator, source.size)
        return
    yield _saved_page(data, "", source)


def _saved_page(data: bytes, member: str, source: Source) -> Found:
    locator = source.member(member) if member else source.locator
    try:
        message: EmailMessage = message_from_bytes(data, policy=policy.default)
        page = next((part for part in message.walk() if part.get_content_type() in ("text/html", "application/xhtml+xml")), None)
        body = page.get_payload(decode=True) if page is not None else None
    except (MessageError, LookupError, ValueError, AttributeError, RecursionError) as error:
        return Refused(locator, "bad_container", f"no MHTML: {error}", len(data))
    is_cut = any(isinstance(defect, CloseBoundaryNotFoundDefect) for part in message.walk() for defect in part.defects)
    if is_cut and (page is None or page is list(message.walk())[-1]):
        return Refused(locator, "truncated", "the page is not closed", len(data))
    if page is None or not isinstance(body, bytes):
        return Refused(locator, "bad_container", "no part of the MHTML file is a page", len(data))
    if len(body) > source.max_bytes:
        return source.too_large(locator, len(body))
    place = page.get("Content-Location") or message.get("Snapshot-Content-Location")
    kind = page.get("Content-Type")
    url = str(place).strip() if place and "://" in str(place) else None
    own = Known(url=url, media_type=page.get_content_type(), http={"Content-Type": str(kind)} if kind else None)
    return source.document(body, member, own)
