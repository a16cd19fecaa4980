"""Documents of archives: ZIP, tar and saved web pages (MHTML). Nothing is ever unpacked to disk."""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from email import message_from_bytes, policy
from email.errors import MessageError
from typing import TYPE_CHECKING, BinaryIO

from pipeline.ingest.found import Found, Known, Refused, Source
from pipeline.ingest.kinds import container_kind, is_ignored, is_sidecar
from pipeline.ingest.streams import DAMAGE, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

_ENCRYPTED = 0x1
"""Bit 0 of a ZIP member's general purpose flags (APPNOTE.TXT 4.4.4)."""


def unsafe(name: str) -> bool:
    r"""Tell whether a member's name leaves the archive or cannot be written down.

    >>> unsafe("a/b.html"), unsafe("../b.html"), unsafe("/etc/passwd"), unsafe("a\\\\..\\\\b"), unsafe("c:/x")
    (False, True, True, True, True)
    """
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or name[1:2] == ":" or "\0" in name or not name.isprintable()


def _ignored(name: str) -> bool:
    parts = name.strip("/").split("/")
    return any(is_ignored(part) for part in parts if part not in (".", "..")) or "__MACOSX" in parts or is_sidecar(name)


def _verdict(name: str, seen: set[str], source: Source) -> Refused | None:
    """Return why a member cannot be read, judged by its name alone."""
    locator = source.member(name if name.isprintable() else name.encode("unicode_escape", "backslashreplace").decode("ascii"))
    if unsafe(name):
        return Refused(locator, "unsafe_path", "the member's name leads out of the archive")
    if name in seen:
        return Refused(locator, "duplicate_id", "an earlier member of the archive has the same name")
    seen.add(name)
    if container_kind(name) not in (None, "mhtml"):
        return Refused(locator, "bad_container", "a container inside a container is not opened")
    return None


def read_zip(source: Source) -> Iterator[Found]:
    """Yield the members of a ZIP file, or those whose numbers are in its part; locators are `<file>#<name of the member>`."""
    with source.open() as stream:
        try:
            with zipfile.ZipFile(stream) as archive:
                seen: set[str] = set()
                for number, info in enumerate(_zip_members(archive)):
                    refused = _verdict(info.filename, seen, source)
                    if source.part is None or source.part.start <= number < source.part.end:
                        yield refused or _zip_member(archive, info, source)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, *DAMAGE) as error:
            yield source.refused("truncated" if _cut(source) else "bad_container", f"no ZIP file: {error}")


def _zip_members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [info for info in archive.infolist() if not info.is_dir() and not _ignored(info.filename)]


def _cut(source: Source) -> bool:
    """Tell whether a file begins like a ZIP file: then its end, where the directory stands, is missing."""
    with source.open() as stream:
        return stream.read(4) == b"PK\x03\x04"


def zip_count(source: Source) -> int:
    """Return the number of members, 0 for a damaged file."""
    with source.open() as stream:
        try:
            with zipfile.ZipFile(stream) as archive:
                return len(_zip_members(archive))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, *DAMAGE):
            return 0


def _zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, source: Source) -> Found:
    locator = source.member(info.filename)
    if info.flag_bits & _ENCRYPTED:
        return Refused(locator, "bad_record", "the member is encrypted", info.file_size)
    if (info.external_attr >> 28) == 0xA:
        return Refused(locator, "symlink", "symbolic links are not followed", info.file_size)
    try:
        with archive.open(info) as stream:
            data = stream.read(source.max_bytes + 1)
    except EOFError:
        return Refused(locator, "truncated", "the member ends early", info.file_size)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError) as error:
        return Refused(locator, "bad_record", " ".join(str(error).split())[:300], info.file_size)
    return _finish(data, info.filename, source)


def _finish(data: bytes, name: str, source: Source) -> Found:
    if len(data) > source.max_bytes:
        return source.too_large(source.member(name), None)
    if container_kind(name) == "mhtml":
        return _saved_page(data, name, source)
    return source.document(data, name, Known())


def read_tar(source: Source) -> Iterator[Found]:
    """Yield the members of a tar file, packed or not, in one pass; locators are `<file>#<name of the member>`."""
    seen: set[str] = set()
    done = 0
    with source.open() as packed:
        try:
            stream = _Guarded(unpacked(packed), source.config.unread_bytes + source.max_bytes)
            with tarfile.open(fileobj=stream, mode="r|") as archive:  # type: ignore[call-overload]  # it only ever calls read
                for info in archive:
                    stream.begin()
                    done += 1
                    if info.isdir() or _ignored(info.name):
                        continue
                    yield _verdict(info.name, seen, source) or _tar_member(archive, info, source)
        except _TooMuchError as error:
            yield source.refused("too_large", f"after {done} members: {error}")
        except (tarfile.TarError, *DAMAGE) as error:
            cut = done > 0 or isinstance(error, EOFError)
            yield source.refused("truncated" if cut else "bad_container", f"after {done} members: {error}")


def _tar_member(archive: tarfile.TarFile, info: tarfile.TarInfo, source: Source) -> Found:
    locator = source.member(info.name)
    if info.issym() or info.islnk():
        return Refused(locator, "symlink", "links are not followed", info.size)
    if info.size > source.max_bytes:
        return source.too_large(locator, info.size)
    stream = archive.extractfile(info) if info.isreg() else None
    if stream is None:
        return Refused(locator, "bad_record", "neither a file nor a folder", info.size)
    data = stream.read()
    if len(data) < info.size:
        return Refused(locator, "truncated", f"{len(data)} of {info.size} bytes", len(data))
    return _finish(data, info.name, source)


class _TooMuchError(Exception):
    """A stream that unfolds beyond its budget between two members."""


class _Guarded:
    """A stream for `tarfile` that stops when more than a budget is unpacked for one member."""

    def __init__(self, stream: BinaryIO, budget: int) -> None:
        self._stream, self._budget, self._passed = stream, budget, 0

    def begin(self) -> None:
        """Note that a member begins."""
        self._passed = 0

    def read(self, size: int = -1) -> bytes:
        """Read as any stream does; `tarfile` asks for blocks of 10 kB."""
        data = self._stream.read(size)
        self._passed += len(data)
        if self._passed > self._budget:
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
    if page is None or not isinstance(body, bytes):
        return Refused(locator, "bad_container", "no part of the MHTML file is a page", len(data))
    if len(body) > source.max_bytes:
        return source.too_large(locator, len(body))
    place = page.get("Content-Location") or message.get("Snapshot-Content-Location")
    kind = page.get("Content-Type")
    url = str(place).strip() if place and "://" in str(place) else None
    own = Known(url=url, media_type=page.get_content_type(), http={"Content-Type": str(kind)} if kind else None)
    return source.document(body, member, own)
