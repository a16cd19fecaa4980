"""The members of a ZIP file whose directory is missing: it stands at the end, so that a cut file has lost it first.

Before every member stands a header of its own (APPNOTE.TXT 4.3.7). From these a new directory is made, and
the file is read with it like any other.
"""

from __future__ import annotations

import io
import struct
import zlib
from bz2 import BZ2Decompressor
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, cast

from pipeline.ingest.streams import CHUNK, POINT_SPACING, Positioned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.ingest.found import Source

_LOCAL = struct.Struct("<4sHHHHHLLLHH")
_CENTRAL = struct.Struct("<4sHHHHHHLLLHHHHHLL")
_END = struct.Struct("<4sHHHHLLH")
_DESCRIPTOR = struct.Struct("<LLL")
_LOCAL_MAGIC, _CENTRAL_MAGIC, _END_MAGIC, _DESCRIPTOR_MAGIC = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x07\x08"
_STREAMED = 0x8
"""Bit 3 of the flags: sizes and checksum stand behind the member."""
_DEFLATED, _BZIP2 = 8, 12
_LARGEST = 0xFFFF_FFFF
"""Where sizes and offsets of a file are larger, they stand elsewhere (Zip64); such a file is mended up to there."""


class _Member(NamedTuple):
    """A whole member: where it begins and ends, and its entry in a directory."""

    start: int
    end: int
    entry: bytes


def mended(source: Source) -> BinaryIO | None:
    """Return a cut ZIP file up to its last whole member, with a directory of the whole members; None where there is none.

    A member that was written without its size is unpacked to find its end, at most `[ingest] unread_bytes` of it.
    """
    with source.open() as stream:
        members = list(_members(stream, source))
    if not members:
        return None
    directory = b"".join(member.entry for member in members)
    end = members[-1].end
    close = _END.pack(_END_MAGIC, 0, 0, len(members) & 0xFFFF, len(members) & 0xFFFF, len(directory), end, 0)
    return cast("BinaryIO", io.BufferedReader(_Joined(source.open(), end, directory + close), CHUNK))


def _members(stream: BinaryIO, source: Source) -> Iterator[_Member]:
    place = 0
    while place <= source.size and (member := _member(stream, place, source)) is not None:
        yield member
        place = member.end


def _member(stream: BinaryIO, start: int, source: Source) -> _Member | None:
    """Return the member that begins at a place, None where none does or it is not whole."""
    stream.seek(start)
    head = stream.read(_LOCAL.size)
    if len(head) < _LOCAL.size or not head.startswith(_LOCAL_MAGIC):
        return None
    _, version, flags, method, time, date, crc, packed, size, names, extra = _LOCAL.unpack(head)
    name = stream.read(names)
    begin = start + _LOCAL.size + names + extra
    end = begin + packed
    if flags & _STREAMED:
        told = _behind(stream, begin, method, source)
        if told is None:
            return None
        end, crc, packed, size = told
    if end > min(source.size, _LARGEST) or len(name) < names:
        return None
    entry = _CENTRAL.pack(_CENTRAL_MAGIC, version, version, flags, method, time, date, crc, packed, size, names, 0, 0, 0, 0, 0, start)
    return _Member(start, end, entry + name)


def _behind(stream: BinaryIO, begin: int, method: int, source: Source) -> tuple[int, int, int, int] | None:
    """Return where a member without a size ends, its checksum and its sizes, None where that cannot be told."""
    packed = _unpacked_length(stream, begin, method, source)
    if packed is None:
        return None
    stream.seek(begin + packed)
    told = stream.read(len(_DESCRIPTOR_MAGIC) + _DESCRIPTOR.size)
    marked = len(_DESCRIPTOR_MAGIC) if told.startswith(_DESCRIPTOR_MAGIC) else 0
    if len(told) < marked + _DESCRIPTOR.size:
        return None
    crc, stored, size = _DESCRIPTOR.unpack_from(told, marked)
    return (begin + packed + marked + _DESCRIPTOR.size, crc, packed, size) if stored == packed else None


def _unpacked_length(stream: BinaryIO, begin: int, method: int, source: Source) -> int | None:
    """Return how many bytes a packed member takes in the file, None where it does not say where it ends."""
    if method not in (_DEFLATED, _BZIP2):
        return None
    machine = zlib.decompressobj(-15) if method == _DEFLATED else BZ2Decompressor()
    stream.seek(begin)
    read = made = 0
    while not machine.eof and made <= source.config.unread_bytes and (piece := stream.read(1024)):
        read += len(piece)
        try:
            unfolded = len(machine.decompress(piece))
        except (zlib.error, OSError, EOFError):
            return None
        if made // POINT_SPACING != (made + unfolded) // POINT_SPACING:
            source.alive()
        made += unfolded
    return read - len(machine.unused_data) if machine.eof else None


class _Joined(Positioned):
    """The first `end` bytes of a stream, and other bytes behind them."""

    def __init__(self, stream: BinaryIO, end: int, rest: bytes) -> None:
        super().__init__(end + len(rest))
        self._stream, self._end, self._rest = stream, end, rest

    def at(self, position: int, size: int) -> bytes:
        """Return what stands there in the stream, or behind it."""
        if position >= self._end:
            return self._rest[position - self._end :][:size]
        self._stream.seek(position)
        return self._stream.read(min(size, self._end - position))

    def close(self) -> None:
        """Close this and the stream below."""
        self._stream.close()
        super().close()
