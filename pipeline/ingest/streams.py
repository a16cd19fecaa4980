"""Streams of bytes: unpacked as they are read, never further than asked."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import TYPE_CHECKING, BinaryIO, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

GZIP_MAGIC, ZSTD_MAGIC = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
CHUNK = 256 * 1024
DAMAGE = (EOFError, zlib.error, gzip.BadGzipFile)
"""What the standard library raises for damaged compressed data."""
_WINDOW = 128 * 1024 * 1024
"""Largest window, in bytes, that a Zstandard frame may ask for: the limit of the format's own command line tool."""


class Bounded(io.RawIOBase):
    """The bytes of a stream from `start` to `end`, as a stream that begins at 0."""

    def __init__(self, stream: BinaryIO, start: int, end: int) -> None:
        self._stream, self._start, self._end = stream, start, end
        stream.seek(start)

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True: the WARC reader asks where it is, and passes over records by seeking."""
        return True

    def tell(self) -> int:
        """Return the position within the stretch."""
        return self._stream.tell() - self._start

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move as `io.IOBase` describes it, within the stretch."""
        base = {io.SEEK_SET: self._start, io.SEEK_CUR: self._stream.tell(), io.SEEK_END: self._end}[whence]
        return self._stream.seek(min(max(base + offset, self._start), self._end)) - self._start

    def readinto(self, buffer: object) -> int:
        """Read into a buffer, as `io.RawIOBase` describes it."""
        view = memoryview(buffer)  # type: ignore[arg-type]  # the base class leaves the buffer's type open
        data = self._stream.read(min(len(view), self._end - self._stream.tell()))
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close this and the stream below."""
        self._stream.close()
        super().close()


class TruncatedError(EOFError):
    """A compressed stream that ends in the middle."""


def is_compressed(stream: BinaryIO) -> bool:
    """Tell by the first bytes of a seekable stream whether it is packed; the stream is back at its start then."""
    head = stream.read(4)
    stream.seek(0)
    return head.startswith(GZIP_MAGIC) or head == ZSTD_MAGIC


def unpacked(stream: BinaryIO) -> BinaryIO:
    """Return a buffered stream of the unpacked bytes of gzip (also several members) or Zstandard (several frames), else of the bytes."""
    head = stream.read(4)
    stream.seek(0)
    if head.startswith(GZIP_MAGIC):
        return cast("BinaryIO", gzip.GzipFile(fileobj=stream))
    if head == ZSTD_MAGIC:
        return cast("BinaryIO", io.BufferedReader(_Frames(stream), CHUNK))
    return stream


class _Frames(io.RawIOBase):
    """Zstandard frames one after the other; a frame that stops early raises, which the library's own reader passes over."""

    def __init__(self, stream: BinaryIO) -> None:
        import zstandard  # noqa: PLC0415 - only files that need it load it

        self._stream = stream
        self._error = zstandard.ZstdError
        self._made = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
        self._chunks = self._unpack()
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        """Return True."""
        return True

    def _unpack(self) -> Iterator[bytes]:
        """Yield unpacked stretches. Small packed pieces keep each stretch small, however well it was packed."""
        frame = None
        rest = b""
        while True:
            piece, rest = rest or self._stream.read(_PIECE), b""
            if not piece:
                break
            if frame is None:
                frame = self._made.decompressobj()
            yield frame.decompress(piece)
            if frame.eof:
                rest, frame = frame.unused_data, None
        if frame is not None:
            msg = "the last Zstandard frame is not complete"
            raise TruncatedError(msg)

    def readinto(self, buffer: object) -> int:
        """Read into a buffer, as `io.RawIOBase` describes it."""
        view = memoryview(buffer)  # type: ignore[arg-type]  # the base class leaves the buffer's type open
        try:
            while not self._ready:
                self._ready = memoryview(next(self._chunks))
        except StopIteration:
            return 0
        except self._error as error:
            raise zlib.error(str(error)) from error
        count = min(len(view), len(self._ready))
        view[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count


_PIECE = 1024


def inflated(data: bytes, limit: int, *, raw: bool = False) -> bytes:
    """Return unpacked gzip or zlib data, at most `limit` bytes of it.

    `raw` takes data without a header. Raises `zlib.error` on damage.

    >>> inflated(zlib.compress(b"rain " * 1000), 9)
    b'rain rain'
    """
    machine = zlib.decompressobj(-15 if raw else 47)
    return machine.decompress(data, limit)
