"""Files of rows as streams of UTF-8: byte order marks and UTF-16 are undone as the file is read."""

from __future__ import annotations

import codecs
import zlib
from typing import TYPE_CHECKING, BinaryIO, cast

from pipeline.ingest.streams import CHUNK, DAMAGE, TruncatedError, Unpacked, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.ingest.found import Source

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def wide_encoding(head: bytes) -> str | None:
    r"""Tell by its first four bytes whether a file of rows is in UTF-16 or UTF-32, with or without a byte order mark.

    Rows begin with signs and letters of ASCII, so every other byte is zero where there is no mark.

    >>> wide_encoding('\ufeff{"t'.encode("utf-16-le")), wide_encoding('{"'.encode("utf-16-be")), wide_encoding(b'{"te')
    ('utf-16-le', 'utf-16-be', None)
    """
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    zeros = [byte == 0 for byte in head]
    return marked or ("utf-16-le" if zeros == [False, True, False, True] else "utf-16-be" if zeros == [True, False, True, False] else None)


def wide_rows(source: Source) -> str | None:
    """Tell whether the rows of a file, packed or not, are in UTF-16 or UTF-32; None also where its first bytes cannot be read."""
    with source.open() as stream:
        try:
            return wide_encoding(unpacked(stream).read(4))
        except DAMAGE:
            return None


def row_stream(source: Source, stream: BinaryIO, start: int = 0) -> BinaryIO:
    """Return the unpacked bytes of a file of rows from `start` on, in UTF-8; `start` counts bytes of that form.

    A mark in UTF-8 stays. What is not in the encoding raises what damage of the packing raises.
    """
    wide = wide_rows(source)
    if wide is None:
        return unpacked(stream, start, source.points, source.alive)
    whole = cast("BinaryIO", Unpacked(_narrowed(unpacked(stream), wide)))
    while start > 0 and (piece := whole.read(min(CHUNK, start))):
        start -= len(piece)
    return whole


def _narrowed(stream: BinaryIO, encoding: str) -> Iterator[bytes]:
    """Yield the pieces of a stream in UTF-8."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while piece := stream.read(CHUNK):
            yield decoder.decode(piece).encode()
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        if error.reason in ("truncated data", "unexpected end of data"):
            msg = "the last character is not complete"
            raise TruncatedError(msg) from error
        raise zlib.error(str(error)) from error


def in_utf8(data: bytes) -> bytes:
    r"""Return a whole file of rows in UTF-8 without a byte order mark. Raises `UnicodeDecodeError`.

    >>> in_utf8('\ufeff[1]'.encode("utf-16-le")), in_utf8(codecs.BOM_UTF8 + b"[1]")
    (b'[1]', b'[1]')
    """
    wide = wide_encoding(data[:4])
    return (data.decode(wide).encode() if wide else data).removeprefix(codecs.BOM_UTF8)
