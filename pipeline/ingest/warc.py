"""Documents of WARC files (ISO 28500): responses, resources and conversions (WET), packed or not."""

from __future__ import annotations

import zlib
from itertools import count, islice
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, cast

from pipeline.ingest.document import Meta
from pipeline.ingest.found import ENDLESS, MEDIA_TYPES, Document, Found, Known, Part, Refused, Skipped, Source
from pipeline.ingest.streams import DAMAGE, GZIP_MAGIC, ZSTD_MAGIC, Bounded, Upto, ends_early, inflated, packing, unpacked
from pipeline.ingest.warc_ends import bad_end
from pipeline.records import WarcPosition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.rejected import RejectionCode

_LARGEST_HEADER = 64 * 1024
"""A record whose own or HTTP headers are longer than this is damaged or hostile: servers stop at 8 to 32 kB."""
_READABLE = ("text/", "application/xhtml", "application/octet-stream", "unknown")
"""How the content types begin that may be an article; pictures, feeds and scripts are left out on purpose."""


class _Place(NamedTuple):
    """Where a record begins: the offset of its packed member in the file, and its place among the records that share the member.

    The latter is the record's offset in the unpacked file, where that is packed as one piece, else its number.
    """

    offset: int
    inner: int

    @property
    def member(self) -> str:
        return str(self.offset) if self.inner == 0 else f"{self.offset}.{self.inner}"


def read_warc(source: Source) -> Iterator[Found]:
    """Yield what a WARC file, or the part of it that `source` names, holds.

    Locators are `<file>#<offset>`; in a file that was packed as one piece, `<file>#0.<offset in the unpacked file>`. A record's length is
    known when the next one begins, so each is yielded one step late. Requests, metadata and warcinfo are no inputs.
    """
    one_piece = is_one_piece(source)
    part = source.part or Part(0, ENDLESS if one_piece else source.size)
    held: tuple[_Place, Any] | None = None
    last = part.start
    try:
        for place, record in _pieces(source, part) if one_piece else _records(source, part):
            if held is not None:
                yield _finish(source, held, place.offset, one_piece=one_piece)
            held = None
            last = place.inner if one_piece else place.offset
            if (found := _member(source, record, place)) is not None:
                held = (place, found)
    except (OSError, *DAMAGE) as error:
        if isinstance(error, OSError) and error.errno is not None:  # the medium failed, not the format
            raise
        if held is not None:
            yield _finish(source, held, part.end, one_piece=one_piece)
        end = bad_end(source, last, one_piece=one_piece)
        code: RejectionCode = "truncated" if ends_early(error) or (end and end.code == "truncated") else "bad_container"
        yield source.refused(code, f"no WARC record can be read after byte {last}: {error}")
        return
    yield from _last(source, held, part, last, one_piece=one_piece)


def _last(source: Source, held: tuple[_Place, Any] | None, part: Part, last: int, *, one_piece: bool) -> Iterator[Found]:
    """Yield the last record of a part; where it is that of the file, and the file does not end there, say so.

    A record that is cut itself is one row.
    """
    is_end = part.end >= (ENDLESS if one_piece else source.size)
    end = bad_end(source, last, one_piece=one_piece) if is_end else None
    if held is not None and end is not None and isinstance(held[1], Refused | Skipped):
        yield Refused(held[1].locator, end.code, end.detail, held[1].bytes)
        return
    if held is not None:
        yield _finish(source, held, part.end, one_piece=one_piece)
    if end is not None:
        yield source.refused(end.code, f"after byte {last}: {end.detail}")


def is_one_piece(source: Source) -> bool:
    """Tell whether a packed file has its records in one piece instead of one piece a record: the second begins where no piece does."""
    with source.open() as stream:
        if (packed := packing(stream)) in (None, "bzip2", "xz"):  # the last two never go record by record
            return packed is not None
    try:
        places = [place for place, _ in islice(_records(source, Part(0, source.size)), 2)]
    except OSError:
        return False
    return len(places) == 2 and places[1].inner > 0


def warc_starts(source: Source) -> Iterator[tuple[int, bool]]:
    """Yield the offset of every record that a reader can begin at, and whether it is an input, up to the first damage.

    Offsets in the unpacked file, where it is packed as one piece. Raises what damage of the packing raises.
    """
    from fastwarc.warc import WarcRecordType as Type  # noqa: PLC0415 - only files that need it load it

    none = (Type.warcinfo, Type.request, Type.metadata, Type.continuation)
    one_piece = is_one_piece(source)
    try:
        for place, record in _pieces(source, Part(0, ENDLESS)) if one_piece else _records(source, Part(0, source.size)):
            if place.inner and not one_piece:
                return
            yield max(place), record.record_type not in none
    except OSError as error:
        if one_piece and isinstance(error, DAMAGE):
            raise
        return


def _pieces(source: Source, part: Part) -> Iterator[tuple[_Place, Any]]:
    """Yield every record of a file packed as one piece; the part is one of the unpacked file."""
    from fastwarc.warc import ArchiveIterator  # noqa: PLC0415 - only files that need it load it

    with source.open() as packed:
        damage: list[Exception] = []
        stream = _Checked(Upto(unpacked(packed, part.start, source.points, source.alive), part.end - part.start), damage)
        for record in ArchiveIterator(cast("BinaryIO", stream), parse_http=False, max_header_len=_LARGEST_HEADER):
            yield _Place(0, part.start + record.stream_pos), record
        if damage:
            raise damage[0]


class _Checked:
    """A stream that keeps what the unpacking raises, and ends there: not every exception gets through the WARC library."""

    def __init__(self, stream: Upto, damage: list[Exception]) -> None:
        self._stream, self._damage = stream, damage

    def read(self, size: int = -1) -> bytes:
        """Read as any stream does."""
        try:
            return self._stream.read(size)
        except DAMAGE as error:
            self._damage.append(error)
            return b""

    def tell(self) -> int:
        """Return the position."""
        return self._stream.tell()


def _records(source: Source, part: Part) -> Iterator[tuple[_Place, Any]]:
    """Yield every record with its place. The library's errors of format are `OSError`, which is what the caller expects."""
    from fastwarc.warc import ArchiveIterator  # noqa: PLC0415 - only files that need it load it

    stream = Bounded(source.open(), part.start, part.end)
    with stream, source.open() as probe:
        last, number = -1, count(1)
        for record in ArchiveIterator(stream, parse_http=False, max_header_len=_LARGEST_HEADER):
            offset = part.start + record.stream_pos
            if offset > last >= 0 and not _begins(probe, offset):
                offset = last
            if offset <= last:
                yield _Place(last, next(number)), record
            else:
                number = count(1)
                last = offset
                yield _Place(offset, 0), record


def _begins(probe: BinaryIO, offset: int) -> bool:
    """Tell whether a record, packed or not, begins at an offset; in a file packed as one piece the library's positions mean nothing."""
    probe.seek(offset)
    head = probe.read(5)
    return head.startswith((GZIP_MAGIC, ZSTD_MAGIC)) or head == b"WARC/"


def _finish(source: Source, held: tuple[_Place, Found], end: int, *, one_piece: bool) -> Found:
    """Return a document with its length in the stored file: that of the whole piece, where others lie in it too."""
    place, found = held
    if not isinstance(found, Document) or found.raw.meta.warc is None:
        return found
    whole = one_piece or place.inner > 0 or end <= place.offset
    length = (source.size if whole else end) - place.offset
    from msgspec.structs import replace  # noqa: PLC0415

    warc = replace(found.raw.meta.warc, length=length, unpacked_offset=place.inner if one_piece else None)
    return replace(found, raw=replace(found.raw, meta=replace(found.raw.meta, warc=warc)))


def _member(source: Source, record: Any, place: _Place) -> Found | None:
    from fastwarc.warc import WarcRecordType as Type  # noqa: PLC0415

    kind, locator, size = record.record_type, source.member(place.member), record.content_length
    if kind == Type.revisit:
        return Skipped(locator, "a revisit record repeats an earlier capture", 0)
    if kind in (Type.warcinfo, Type.request, Type.metadata, Type.continuation):
        return None
    if kind not in (Type.response, Type.resource, Type.conversion) or not record.headers.get("WARC-Record-ID"):
        return Refused(locator, "bad_record", "a WARC record without a known type and an id", size)
    if size > source.max_bytes + _LARGEST_HEADER:
        return source.too_large(locator, size)
    http = _http(record) if kind == Type.response else None
    if kind == Type.response and http is None:
        return Refused(locator, "bad_record", "a response record without HTTP headers", size)
    return _payload(source, record, place, http)


def _payload(source: Source, record: Any, place: _Place, http: tuple[int, dict[str, str]] | None) -> Found:
    """Return the record's document, or why it is none. `http` is the status and the headers of a response."""
    locator, expected = source.member(place.member), record.content_length
    status, headers = http or (200, {})
    if status != 200:
        return Skipped(locator, f"HTTP status {status}", expected)
    declared = _header(headers, "content-type") if http else (record.headers.get("Content-Type") or "")
    if declared and not declared.lower().startswith(_READABLE):
        return Skipped(locator, f"content type {declared.split(';')[0].strip()}", expected)
    body = record.reader.read() if expected else b""
    if len(body) < expected:
        return Refused(locator, "truncated", f"{len(body)} of {expected} bytes", len(body))
    body = decoded_body(body, headers, source.max_bytes + 1)
    if len(body) > source.max_bytes:
        return source.too_large(locator, None)
    return _document(source, record, place, body, headers, declared)


def _document(source: Source, record: Any, place: _Place, body: bytes, headers: dict[str, str], declared: str) -> Document:
    own = Known(
        url=record.headers.get("WARC-Target-URI"),
        fetched_at=record.headers.get("WARC-Date"),
        media_type=declared if not headers and declared.split(";", maxsplit=1)[0].strip() in MEDIA_TYPES else None,
    )
    offset = place.offset if place.inner == 0 else 0
    position = WarcPosition(path=source.locator, offset=offset, length=0, record_id=record.headers.get("WARC-Record-ID"))
    return source.document(body, place.member, own, Meta(fetched_at=own.fetched_at, http=headers or None, warc=position))


def _http(record: Any) -> tuple[int, dict[str, str]] | None:
    """Return the status and the headers of a response, None where there are none."""
    try:
        record.parse_http(auto_decode="none", max_header_len=_LARGEST_HEADER)
    except (OSError, ValueError):
        return None
    if record.http_headers is None or record.http_headers.status_code is None:
        return None
    return record.http_headers.status_code, dict(record.http_headers.to_tuples())


def _header(headers: dict[str, str], name: str) -> str:
    return next((value for key, value in headers.items() if key.lower() == name), "")


def decoded_body(body: bytes, headers: dict[str, str], limit: int) -> bytes:
    r"""Return a body without its transfer and content codings, at most `limit` bytes of it.

    Archives often keep the header and store the body without the coding: what cannot be undone is left as it is.

    >>> decoded_body(b"4\r\nrain\r\n0\r\n\r\n", {"Transfer-Encoding": "chunked"}, 100)
    b'rain'
    """
    if "chunked" in _header(headers, "transfer-encoding").lower():
        body = _unchunked(body) or body
    for coding in reversed(_header(headers, "content-encoding").lower().split(",")):
        body = _undo(coding.strip(), body, limit)
    return body


def _unchunked(body: bytes) -> bytes | None:
    """Undo the chunked coding of RFC 9112, section 7.1; None where the body is not chunked."""
    pieces: list[bytes] = []
    position = 0
    while True:
        line_end = body.find(b"\r\n", position, position + 64)
        try:
            size = int(body[position:line_end].split(b";")[0], 16) if line_end > 0 else -1
        except ValueError:
            return None
        if size < 0 or line_end + 2 + size > len(body):
            return None
        if size == 0:
            return b"".join(pieces)
        pieces.append(body[line_end + 2 : line_end + 2 + size])
        position = line_end + 4 + size


def _undo(coding: str, body: bytes, limit: int) -> bytes:
    try:
        if coding in ("gzip", "x-gzip"):
            return inflated(body, limit)
        if coding == "deflate":
            return _deflated(body, limit)
        if coding == "br":
            return _unbrotlied(body, limit)
        if coding == "zstd":
            return _unzstd(body, limit)
    except (zlib.error, ValueError):
        return body
    return body


def _deflated(body: bytes, limit: int) -> bytes:
    """Undo `deflate`, which servers send with and without zlib's header."""
    try:
        return inflated(body, limit)
    except zlib.error:
        return inflated(body, limit, raw=True)


def _unbrotlied(body: bytes, limit: int) -> bytes:
    import brotli  # noqa: PLC0415 - only bodies that need it load it

    machine, out, size = brotli.Decompressor(), [], 0
    data = body
    try:
        while size < limit:
            piece = machine.process(data, output_buffer_limit=min(limit - size, 1 << 20))
            data = b""
            if not piece and machine.can_accept_more_data():
                break
            out.append(piece)
            size += len(piece)
            if machine.is_finished():
                break
    except brotli.error as error:
        raise ValueError(str(error)) from error
    return b"".join(out)[:limit]


def _unzstd(body: bytes, limit: int) -> bytes:
    import zstandard  # noqa: PLC0415 - only bodies that need it load it

    try:
        with zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(body) as stream:
            return bytes(stream.read(limit))
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from error
