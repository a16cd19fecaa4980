"""Whether a WARC file ends where a record ends: the reader takes the end of the bytes for the end of the file, wherever that is."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, cast

from pipeline.ingest.streams import CHUNK, DAMAGE, Bounded, ends_early, unpacked
from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from pipeline.ingest.found import Source
    from pipeline.rejected import RejectionCode

_LENGTH = expression(rb"\ncontent-length:[ \t]*+(\d{1,18})", re.IGNORECASE)
_LINE = 64 * 1024
"""Longest line of a header, and longest header, that is read."""


class BadEnd(NamedTuple):
    """How a file ends that does not end with a record: its code, and what is missing or too much."""

    code: RejectionCode
    detail: str


def bad_end(source: Source, last: int, *, one_piece: bool) -> BadEnd | None:
    """Walk from the last record that was read to the end of the file; return what is wrong there, None where all is well.

    Args:
        source: the file.
        last: where the record begins, or the piece that holds it; in the unpacked file where that is `one_piece`.
        one_piece: whether the file is packed as a whole.
    """
    with source.open() as stream:
        try:
            return _walk(_from(stream, last, source, one_piece=one_piece), source)
        except DAMAGE as error:
            return BadEnd("truncated" if ends_early(error) else "bad_container", str(error))


def _from(stream: BinaryIO, last: int, source: Source, *, one_piece: bool) -> BinaryIO:
    if one_piece:
        return unpacked(stream, last, source.points, source.alive)
    return unpacked(cast("BinaryIO", io.BufferedReader(Bounded(stream, last, source.size), CHUNK)))


def _walk(stream: BinaryIO, source: Source) -> BadEnd | None:
    """Pass over records until the bytes end."""
    while head := _head(stream):
        if not head.startswith(b"WARC/"):
            whole = len(head) >= len(b"WARC/") or not b"WARC/".startswith(head)
            return BadEnd("bad_container" if whole else "truncated", "what stands behind the last record is no record")
        if not head.endswith((b"\r\n\r\n", b"\n\n")):
            return BadEnd("truncated", "the file ends in the header of a record")
        length = _LENGTH.search(head)
        missing = _pass(stream, int(length[1]) if length else 0, source)
        if missing:
            return BadEnd("truncated", f"the last record lacks {missing} bytes")
    return None


def _head(stream: BinaryIO) -> bytes:
    """Read a header up to its blank line, without blank lines before it; nothing at the end of the bytes."""
    line = stream.readline(_LINE)
    while line and not line.strip():
        line = stream.readline(_LINE)
    lines, size = [line], len(line)
    while line.strip() and size < _LINE:
        line = stream.readline(_LINE)
        lines.append(line)
        size += len(line)
    return b"".join(lines)


def _pass(stream: BinaryIO, count: int, source: Source) -> int:
    """Read so many bytes; return how many of them are missing."""
    while count and (piece := stream.read(min(CHUNK, count))):
        count -= len(piece)
        source.alive()
    return count
