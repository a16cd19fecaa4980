"""Documents of rows: JSON Lines, JSON and Parquet."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from typing import TYPE_CHECKING, Any

import msgspec

from pipeline.ingest.found import ENDLESS, Found, Known, Refused, Source
from pipeline.ingest.row_streams import in_utf8, row_stream
from pipeline.ingest.streams import CHUNK, DAMAGE, ends_early, unpacked
from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.rejected import RejectionCode

ENVELOPE = 64 * 1024
"""A row may be this much longer than the largest document: the other fields."""
_BATCH = 64
"""Rows of a Parquet file that are in memory at once."""
BLANK = 1024 * 1024
"""Nobody leaves so many bytes of blank lines between two rows: it is damage, or a stream that unfolds to nothing without end."""


def read_jsonl(source: Source) -> Iterator[Found]:
    """Yield the documents of JSON Lines, packed or not; locators are `<file>#<offset of the line in the unpacked file>`.

    A file in UTF-16 or UTF-32 is read as UTF-8, and offsets count there; a byte order mark before a line is passed.
    Blank lines are no rows. The last line may lack its line end; a packed file that stops early ends with the row `truncated`.
    """
    offset, end = (source.part.start, source.part.end) if source.part else (0, ENDLESS)
    blank = 0
    with source.open() as stream:
        try:
            lines = row_stream(source, stream, offset)
            most = 2 * source.max_bytes + ENVELOPE
            while offset < end and (line := lines.readline(most)):
                if len(line) < most and not line.endswith(b"\n"):
                    lines.read(1)  # raises where the line is cut because the unpacking failed
                blank = 0 if line.removeprefix(BOM_UTF8).strip() else blank + len(line)
                if not blank:
                    yield _line(line, offset, source)
                offset += len(line)
                over = 0 if line.endswith(b"\n") else _pass_line(lines, source.config.unread_bytes)
                if over < 0 or blank > BLANK:
                    what = "are blank" if blank > BLANK else "do not end a line"
                    yield source.refused("too_large", f"the bytes up to byte {offset} {what}; the rest was not read")
                    return
                offset += over
        except DAMAGE as error:
            yield source.refused("truncated" if ends_early(error) else "bad_container", f"after {offset} unpacked bytes: {error}")


def _pass_line(lines: Any, budget: int) -> int:
    """Read to the end of an oversized line; return the bytes passed, -1 where the budget ends first."""
    passed = 0
    while piece := lines.readline(CHUNK):
        passed += len(piece)
        if piece.endswith(b"\n"):
            break
        if passed > budget:
            return -1
    return passed


def jsonl_starts(source: Source) -> Iterator[int]:
    """Yield the offset of every line in the unpacked file, up to the first damage; then raises what the damage raises."""
    with source.open() as stream:
        lines = row_stream(source, stream)
        offset, begins = 0, True
        while chunk := lines.read(CHUNK):
            if begins:
                yield offset
            position = chunk.find(b"\n")
            while 0 <= position < len(chunk) - 1:
                yield offset + position + 1
                position = chunk.find(b"\n", position + 1)
            begins = chunk.endswith(b"\n")
            offset += len(chunk)


def read_json(source: Source) -> Iterator[Found]:
    """Yield the documents of one JSON object, a list of objects or JSON Lines by another name; locators are `<file>#<number>` from 0.

    The file is read whole, so it may be no larger than a document; larger collections are JSON Lines.
    """
    with source.open() as packed, unpacked(packed) as stream:
        data = b""
        try:
            data = stream.read(source.max_bytes + 1)
            if len(data) <= source.max_bytes:
                stream.read(1)  # raises where the unpacking failed behind what was read
        except DAMAGE as error:
            yield from _whole_rows(data, source)
            yield source.refused("truncated" if ends_early(error) else "bad_container", str(error))
            return
    if len(data) > source.max_bytes:
        yield source.too_large(source.locator, source.size)
        return
    try:
        value = msgspec.json.decode(data := in_utf8(data))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        if data.lstrip().startswith(b"{") and b"\n{" in data:
            yield from read_jsonl(source)
        else:
            yield from _whole_rows(data, source)
            yield source.refused("truncated" if _is_cut(error) else "bad_container", f"no JSON: {error}")
        return
    for number, row in enumerate(value if isinstance(value, list) else [value]):
        yield row_found(row, str(number), source, None)


def _is_cut(error: Exception) -> bool:
    """Tell whether JSON only lacks its end. The library has no other name for it than its words."""
    return "truncated" in str(error)


def _whole_rows(data: bytes, source: Source) -> Iterator[Found]:
    """Yield the rows of a list that can be read before its damage."""
    text, decoder = data.decode("utf-8", "replace"), json.JSONDecoder()
    opened = _LIST.match(text)
    number, place = 0, opened.end() if opened else len(text)
    while place < len(text):
        try:
            row, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            return
        parted = _BETWEEN.match(text, place)
        if parted is None:  # a number may go on behind the cut
            return
        yield row_found(row, str(number), source, None)
        number, place = number + 1, parted.end()


_LIST = expression(r"\s*+\[\s*+")
_BETWEEN = expression(r"\s*+(?:,\s*+|(?=\])|\Z)")


def _line(line: bytes, offset: int, source: Source) -> Found:
    if len(line) >= 2 * source.max_bytes + ENVELOPE:
        return source.too_large(source.member(str(offset)), None)
    try:
        row = msgspec.json.decode(line.removeprefix(BOM_UTF8))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        code: RejectionCode = "bad_record" if line.endswith(b"\n") else "truncated"
        return Refused(source.member(str(offset)), code, f"no JSON: {error}", len(line))
    return row_found(row, str(offset), source, len(line))


def row_found(row: Any, member: str, source: Source, size: int | None) -> Found:
    """Return a row as a document by the configured field names; `member` names it in its file, `size` is its length there in bytes."""
    locator = source.member(member)
    if not isinstance(row, dict):
        return Refused(locator, "bad_record", f"a {type(row).__name__} where an object with fields is expected", size)
    fields = source.config
    data = _first(row, fields.content)
    if not isinstance(data, (str, bytes)):
        names = ", ".join(fields.content)
        return Refused(locator, "bad_record", f"none of the fields {names} holds a text ([ingest] content names them)", size)
    count = len(data) if isinstance(data, bytes) or len(data) > source.max_bytes else len(data.encode("utf-8", "replace"))
    if count > source.max_bytes:
        return source.too_large(locator, count)
    http = _first(row, fields.http)
    own = Known(
        url=_text(_first(row, fields.url)),
        fetched_at=_text(_first(row, fields.fetched_at)),
        media_type=_text(_first(row, fields.media_type)),
        http={str(name): str(value) for name, value in http.items()} if isinstance(http, dict) else None,
    )
    return source.document(data, member, own)


def _first(row: dict[str, Any], names: tuple[str, ...]) -> Any:
    """Return the first of the fields that is there and not null."""
    for name in names:
        value: Any = row.get(name)
        if value is None and "." in name:
            value = row
            for key in name.split("."):
                value = value.get(key) if isinstance(value, dict) else None
        if value is not None:
            return value
    return None


def _text(value: Any) -> str | None:
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return value if isinstance(value, str) and value else None


def read_parquet(source: Source) -> Iterator[Found]:
    """Yield the documents of a Parquet file, or the rows in its part; locators are `<file>#<row number>` from 0."""
    import pyarrow as pa  # noqa: PLC0415 - heavy
    import pyarrow.parquet as pq  # noqa: PLC0415

    start, end = (source.part.start, source.part.end) if source.part else (0, ENDLESS)
    with source.open() as stream:
        try:
            # With a buffer a column is read piece by piece; without one a row group of any size is read whole.
            table = pq.ParquetFile(stream, buffer_size=CHUNK)
            names = {"content", "url", "fetched_at", "media_type", "http"}
            wanted = {name.split(".")[0] for field in names for name in getattr(source.config, field)}
            columns = [name for name in table.schema_arrow.names if name in wanted]
            number = 0
            for group in range(table.num_row_groups):
                rows = table.metadata.row_group(group).num_rows
                if number < end and start < number + rows:
                    yield from _group(table, group, number, columns, source)
                number += rows
        except (pa.ArrowException, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:  # the medium failed, not the format
                raise
            yield source.refused("truncated" if _lacks_footer(source) else "bad_container", " ".join(str(error).split())[:300])


def _lacks_footer(source: Source) -> bool:
    """Tell whether a file begins as Parquet and does not end so: its directory is gone, and no row can be found without it."""
    with source.open() as stream:
        begins = stream.read(4)
        stream.seek(max(0, source.size - 4))
        return begins == _PARQUET != stream.read(4)


_PARQUET = b"PAR1"


def _group(table: Any, group: int, first: int, columns: list[str], source: Source) -> Iterator[Found]:
    number = first
    start, end = (source.part.start, source.part.end) if source.part else (0, ENDLESS)
    for batch in table.iter_batches(batch_size=_BATCH, row_groups=[group], columns=columns, use_threads=False):
        if number >= end:
            return
        if number + batch.num_rows > start:
            for row, values in enumerate(batch.to_pylist(), number):
                if start <= row < end:
                    yield row_found(values, str(row), source, None)
        source.alive()
        number += batch.num_rows


def parquet_starts(source: Source) -> Iterator[tuple[int, int, int]]:
    """Yield the number of every row group's first row, how many rows it has, and how many bytes they unpack to."""
    import pyarrow as pa  # noqa: PLC0415 - heavy
    import pyarrow.parquet as pq  # noqa: PLC0415

    with source.open() as stream:
        try:
            metadata = pq.ParquetFile(stream).metadata
        except (pa.ArrowException, OSError):
            return
    number = 0
    for group in range(metadata.num_row_groups):
        rows = metadata.row_group(group).num_rows
        yield number, rows, metadata.row_group(group).total_byte_size
        number += rows
