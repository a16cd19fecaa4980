"""Streams of bytes: unpacked as they are read, never further than asked."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
import tempfile
import zlib
from abc import abstractmethod
from typing import TYPE_CHECKING, BinaryIO, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GZIP_MAGIC, ZSTD_MAGIC, XZ_MAGIC = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ\0"
_BZIP2_MAGICS = tuple(b"BZh%d" % level + block for level in range(1, 10) for block in (b"1AY&SY", b"\x17rE8P\x90"))
"""How bzip2 files begin: with a block, or with the end of an empty one."""
CHUNK = 256 * 1024
DAMAGE = (EOFError, zlib.error, gzip.BadGzipFile)
"""What the standard library raises for damaged compressed data."""


def ends_early(error: Exception) -> bool:
    """Tell whether damage is the end of the bytes in the middle of a stream, also in the first two bytes of a gzip member."""
    return isinstance(error, EOFError) or (isinstance(error, gzip.BadGzipFile) and repr(GZIP_MAGIC[:1]) in str(error))


_WINDOW = 128 * 1024 * 1024
"""Largest window, in bytes, that a Zstandard frame may ask for: the limit of the format's own command line tool. Memory that an xz stream
may take: `xz -9` takes half of it."""


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


def packing(stream: BinaryIO) -> str | None:
    """Tell by the first bytes of a seekable stream how it is packed; the stream is back at its start then.

    >>> packing(io.BytesIO(gzip.compress(b"rain"))), packing(io.BytesIO(lzma.compress(b"rain"))), packing(io.BytesIO(b"BZh is no archive"))
    ('gzip', 'xz', None)
    """
    head = stream.read(10)
    stream.seek(0)
    if head.startswith(GZIP_MAGIC):
        return "gzip"
    if head.startswith(_BZIP2_MAGICS) or (head.startswith(b"BZh") and len(head) < 10):
        return "bzip2"
    if head.startswith(XZ_MAGIC):
        return "xz"
    return "zstd" if head.startswith(ZSTD_MAGIC) else None


def unpacked(
    stream: BinaryIO, start: int = 0, points: Callable[[], BinaryIO] | None = None, alive: Callable[[], None] | None = None
) -> BinaryIO:
    """Return a buffered stream of the unpacked bytes from `start` on: of gzip, bzip2, xz and Zstandard, else of the bytes.

    Several packed streams in a row are one. What stands before `start` is passed over; with `points` (made by `seek_points`) most of it
    is not even unpacked. `alive` is called after every 16 MiB passed.
    """
    kind = packing(stream)
    if kind is None:
        stream.seek(start)
        return stream
    if kind == "gzip" and points is not None and start:
        return _from_points(stream, start, points)
    whole = cast("BinaryIO", Unpacked(_UNPACKERS[kind](stream)))
    passed = 0
    while passed < start and (piece := whole.read(min(CHUNK, start - passed))):
        if alive is not None and passed // POINT_SPACING != (passed + len(piece)) // POINT_SPACING:
            alive()
        passed += len(piece)
    return whole


POINT_SPACING = 16 * 1024 * 1024
"""Unpacked bytes from one seek point to the next: a point takes 32 kB, and 16 MiB are unpacked in less than a tenth of a second."""


def seek_points(stream: BinaryIO) -> bytes | None:
    """Return the points at which the unpacking of a gzip stream can begin, in the form that `unpacked` takes; None for a damaged one.

    It is the method of zlib's own `examples/zran.c`: a point keeps the 32 kB before it, which is as far as references go back.
    """
    from indexed_gzip import IndexedGzipFile, ZranError  # noqa: PLC0415 - only large files need it

    made = io.BytesIO()
    with IndexedGzipFile(fileobj=stream, spacing=POINT_SPACING) as whole:
        try:
            whole.build_full_index()
        except ZranError:
            return None
        whole.export_index(fileobj=made)
    return made.getvalue()


def _from_points(stream: BinaryIO, start: int, points: Callable[[], BinaryIO]) -> BinaryIO:
    from indexed_gzip import IndexedGzipFile  # noqa: PLC0415 - only large files need it

    whole = IndexedGzipFile(fileobj=stream, spacing=POINT_SPACING)
    with points() as index:
        whole.import_index(fileobj=index)
    whole.seek(start)
    return cast("BinaryIO", whole)


class Upto:
    """The next `count` bytes of a stream, as a stream that begins at 0, for readers that ask where they are and never go back."""

    def __init__(self, stream: BinaryIO, count: int) -> None:
        self._stream, self._count, self._passed = stream, count, 0

    def read(self, size: int = -1) -> bytes:
        """Read as any stream does."""
        left = self._count - self._passed
        data = self._stream.read(left if size < 0 else min(size, left))
        self._passed += len(data)
        return data

    def tell(self) -> int:
        """Return the position."""
        return self._passed


class Spooled:
    """The bytes of a stream, kept in memory up to `memory` bytes and else in a file without a name, to be read from any place.

    Takes at most `limit` bytes; `whole` is false where there were more. The file is gone when the process is, however it ends.
    """

    def __init__(self, stream: BinaryIO, memory: int, limit: int, alive: Callable[[], None]) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=memory)  # noqa: SIM115 - closed by `close`
        self.size, self.whole = 0, True
        try:
            self._take(stream, limit, alive)
        except BaseException:
            self._file.close()
            raise

    def _take(self, stream: BinaryIO, limit: int, alive: Callable[[], None]) -> None:
        while piece := stream.read(min(CHUNK, limit + 1 - self.size)):
            if self.size // POINT_SPACING != (self.size + len(piece)) // POINT_SPACING:
                alive()
            self.size += len(piece)
            if self.size > limit:
                self.whole = False
                break
            self._file.write(piece)

    def view(self) -> BinaryIO:
        """Return the bytes as a stream with a position of its own."""
        return cast("BinaryIO", io.BufferedReader(_View(cast("BinaryIO", self._file), self.size), CHUNK))

    def close(self) -> None:
        """Let go of the bytes."""
        self._file.close()


class Positioned(io.RawIOBase):
    """A stream that keeps a position of its own in `size` bytes; whoever derives from it says what stands where (`at`)."""

    def __init__(self, size: int) -> None:
        self._size, self._position = size, 0

    @abstractmethod
    def at(self, position: int, size: int) -> bytes:
        """Return up to `size` of the bytes that stand from `position` on, none at the end."""

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the position."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move as `io.IOBase` describes it."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            msg = f"a position before the start: {base + offset}"
            raise ValueError(msg)
        self._position = base + offset
        return self._position

    def readinto(self, buffer: object) -> int:
        """Read into a buffer, as `io.RawIOBase` describes it."""
        view = memoryview(buffer)  # type: ignore[arg-type]  # the base class leaves the buffer's type open
        data = self.at(self._position, len(view))
        view[: len(data)] = data
        self._position += len(data)
        return len(data)


class _View(Positioned):
    """A stream over the bytes of another that shares nothing with it but the bytes."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        super().__init__(size)
        self._stream = stream

    def at(self, position: int, size: int) -> bytes:
        """Return what the other stream has there."""
        self._stream.seek(position)
        return self._stream.read(size)


class Unpacked(io.BufferedIOBase):
    """Unpacked pieces as a stream that loses none of them: where the unpacking fails, what came before is read first.

    The library's own streams throw away what they have gathered for a call when the next piece fails.
    """

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._ready, self._failed = pieces, b"", cast("Exception | None", None)

    def readable(self) -> bool:
        """Return True."""
        return True

    def _fill(self) -> bool:
        """Make the next piece ready, if there is one; what fails raises at once where nothing is ready, else with the next call."""
        if self._failed is not None:
            raise self._failed
        try:
            self._ready += next(self._pieces, b"")
        except DAMAGE as error:
            self._failed = error
            if not self._ready:
                raise
            return False
        return True

    def read(self, size: int | None = -1) -> bytes:
        """Read as any stream does, less where the unpacking fails."""
        wanted = sys.maxsize if size is None or size < 0 else size
        made: list[bytes] = []
        count = 0
        while count < wanted:
            if not self._ready and not self._more(made):
                break
            made.append(self._ready[: wanted - count])
            self._ready = self._ready[wanted - count :]
            count += len(made[-1])
        return b"".join(made)

    def _more(self, made: list[bytes]) -> bool:
        """Make a piece ready; tell whether there is one. What fails behind pieces that are read already waits for the next call."""
        try:
            self._fill()
        except DAMAGE:
            if not made:
                raise
        return bool(self._ready)

    def read1(self, size: int = -1) -> bytes:
        """Read what is ready, or the next piece."""
        if not self._ready:
            self._fill()
        piece = self._ready if size < 0 else self._ready[:size]
        self._ready = self._ready[len(piece) :]
        return piece

    def readline(self, size: int | None = -1) -> bytes:
        """Read a line as any stream does, less where the unpacking fails."""
        left = sys.maxsize if size is None or size < 0 else size
        made: list[bytes] = []
        while left and (self._ready or self._more(made)):
            end = self._ready.find(b"\n") + 1
            made.append(self._ready[: min(end or left, left)])
            self._ready = self._ready[len(made[-1]) :]
            left -= len(made[-1])
            if made[-1].endswith(b"\n"):
                break
        return b"".join(made)


def _gunzipped(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the unpacked pieces of a gzip stream."""
    with gzip.GzipFile(fileobj=stream) as whole:
        while piece := whole.read1(CHUNK):
            yield piece


def _unframed(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the unpacked pieces of Zstandard frames one after the other; a frame that stops early raises, which the library passes over.

    Small packed pieces keep each unpacked one small, however well it was packed.
    """
    import zstandard  # noqa: PLC0415 - only files that need it load it

    made = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
    frame, rest = None, b""
    try:
        while piece := rest or stream.read(_PIECE):
            frame = frame or made.decompressobj()
            if unfolded := frame.decompress(piece):
                yield unfolded
            rest = b""
            if frame.eof:
                rest, frame = frame.unused_data, None
    except zstandard.ZstdError as error:
        raise zlib.error(str(error)) from error
    if frame is not None:
        msg = "the last Zstandard frame is not complete"
        raise TruncatedError(msg)


_PIECE = 1024


def _unrolled(stream: BinaryIO, made: Callable[[], bz2.BZ2Decompressor | lzma.LZMADecompressor], padding: bytes) -> Iterator[bytes]:
    """Yield the unpacked pieces of bzip2 or xz streams one after the other, none larger than a chunk, however well they were packed.

    `padding` may stand behind a stream.
    """
    machine, rest = made(), stream.read(CHUNK)
    while rest or not machine.needs_input:
        try:
            unfolded = machine.decompress(rest, CHUNK)
        except (OSError, lzma.LZMAError, ValueError) as error:
            raise zlib.error(str(error)) from error
        if unfolded:
            yield unfolded
        rest = b""
        if machine.eof:
            rest = machine.unused_data.lstrip(padding)
            while not rest and (more := stream.read(CHUNK)):
                rest = more.lstrip(padding)
            if not rest:
                return
            machine = made()
        elif machine.needs_input:
            rest = stream.read(CHUNK)
    msg = "the last stream is not complete"
    raise TruncatedError(msg)


_UNPACKERS: dict[str, Callable[[BinaryIO], Iterator[bytes]]] = {
    "gzip": _gunzipped,
    "zstd": _unframed,
    "bzip2": lambda stream: _unrolled(stream, bz2.BZ2Decompressor, b""),
    "xz": lambda stream: _unrolled(stream, lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_WINDOW), b"\0"),
}


def inflated(data: bytes, limit: int, *, raw: bool = False) -> bytes:
    """Return unpacked gzip or zlib data, at most `limit` bytes of it.

    `raw` takes data without a header. Raises `zlib.error` on damage.

    >>> inflated(zlib.compress(b"rain " * 1000), 9)
    b'rain rain'
    """
    machine = zlib.decompressobj(-15 if raw else 47)
    return machine.decompress(data, limit)
