"""Documents of delimited files: CSV (RFC 4180) and TSV, packed or not, with a header that names the columns."""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

import msgspec

from pipeline.ingest.archives import UndividedError
from pipeline.ingest.found import ENDLESS, Found, Refused, Source
from pipeline.ingest.row_streams import row_stream
from pipeline.ingest.rows import BLANK, ENVELOPE, row_found
from pipeline.ingest.streams import DAMAGE, ends_early

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEPARATORS = ",;\t|"
_SAMPLE = 64 * 1024
"""Bytes at the start of a file that show whether a TAB-separated one quotes its fields."""
LONGEST_ROW = 64 * 1024 * 1024
"""A row that is longer ends the dividing of a file: it is read as a whole then."""


class _TooLongError(Exception):
    """A row that does not end within its budget: behind it no row can be told from a quoted line end."""


class _Form(NamedTuple):
    """How a file is written: its column names, what parts its fields, whether fields may be quoted, and where the first row begins."""

    names: tuple[str, ...]
    separator: str
    quoted: bool
    start: int


class _Row(NamedTuple):
    """A row: its offset in the unpacked file, its length, its fields (Latin-1 for their bytes), or what is wrong with it.

    `ended` says whether it has a line end.
    """

    offset: int
    size: int
    cells: list[str]
    problem: str | None
    ended: bool


class _Lines:
    """The lines of a stream as the reader of the standard library takes them: one byte is one character. It counts what was read."""

    def __init__(self, stream: BinaryIO, offset: int, longest: int) -> None:
        self._stream, self.offset, self._longest = stream, offset, longest
        self.begun, self.ended, self._blank = offset, True, 0

    def begin(self) -> None:
        """Note that a row begins."""
        self.begun = self.offset

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        left = self._longest - (self.offset - self.begun)
        line = self._stream.readline(left + 1)
        if not line:
            self._stream.read(1)  # raises where the unpacking failed behind what was read
            raise StopIteration
        self.offset += len(line)
        self.ended = line.endswith(b"\n")
        if not self.ended and len(line) <= left:
            self._stream.read(1)  # the same
        self._blank = 0 if line.strip() else self._blank + len(line)
        if len(line) > left or self._blank > BLANK:
            msg = f"the bytes up to byte {self.offset} {'are blank' if self._blank > BLANK else 'do not end a row'}; the rest was not read"
            raise _TooLongError(msg)
        return line.decode("latin-1")


def _rows(lines: _Lines, separator: str, end: int = ENDLESS, *, quoted: bool = True) -> Iterator[_Row]:
    """Yield the rows that begin before `end`; one that breaks the rules of quoting has its problem, and the next line begins a new one."""
    reader = csv.reader(lines, delimiter=separator, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE, strict=True)
    while lines.offset < end:
        lines.begin()
        cells: list[str] = []
        problem = None
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problem = str(error)
        if cells or problem:
            yield _Row(lines.begun, lines.offset - lines.begun, cells, problem, lines.ended)


def _form(source: Source, longest: int) -> _Form | None:
    """Read the header. The separator is the one that parts it into most names; of equals, TAB for names with `.tsv`, else the first.

    Quotes count; in a file that TABs part they do not where its first rows break their rules. None where there is no header.
    """
    csv.field_size_limit(max(csv.field_size_limit(), longest))  # the library's bound of 128 kB; nothing ever lowers it again
    prefers_tab = ".tsv" in source.locator.rpartition("#")[2].rpartition("/")[2].lower()
    best: _Form | None = None
    for separator in "\t" + _SEPARATORS.replace("\t", "") if prefers_tab else _SEPARATORS:
        with source.open() as stream:
            lines = _Lines(row_stream(source, stream), 0, longest)
            row = next((row for row in _rows(lines, separator)), None)
        if row is not None and row.problem is None and (best is None or len(row.cells) > len(best.names)):
            best = _Form(_names(row.cells), separator, quoted=True, start=row.offset + row.size)
    if best is not None and best.separator == "\t" and not _keeps_quotes(source, longest):
        best = best._replace(quoted=False)
    return best


def _names(cells: list[str]) -> tuple[str, ...]:
    """Return column names without a byte order mark and spaces, in lower case where that makes no two the same.

    >>> _names(["ï»¿URL", " Text "])
    ('url', 'text')
    """
    names = tuple(cell.encode("latin-1").removeprefix(BOM_UTF8).decode("utf-8", "replace").strip().strip('"') for cell in cells)
    lower = tuple(name.lower() for name in names)
    return lower if len(set(lower)) == len(set(names)) else names


def _keeps_quotes(source: Source, longest: int) -> bool:
    """Tell whether the first rows of a file that TABs part keep the rules of quoting.

    A quote that stays open to the end is a cut field, but where all lines behind it have as many TABs as the header it is a mere letter.
    """
    with source.open() as stream:
        lines = _Lines(row_stream(source, stream), 0, longest)
        try:
            bad = next((row for row in _rows(lines, "\t", _SAMPLE) if row.problem is not None), None)
        except (*DAMAGE, _TooLongError):
            return True
    if bad is None or bad.problem != "unexpected end of data":
        return bad is None
    with source.open() as stream:
        head, *_ = row_stream(source, stream).readline(_SAMPLE).split(b"\n")
    with source.open() as stream:
        behind = row_stream(source, stream, bad.offset).read(_SAMPLE).split(b"\n")[:-1]
    return len(behind) < 2 or any(line.count(b"\t") != head.count(b"\t") for line in behind)


def read_delimited(source: Source) -> Iterator[Found]:
    """Yield the documents of a CSV or TSV file; locators are `<file>#<offset of the row in the unpacked file>`.

    Its first row names the columns. A row that breaks the rules of quoting, or has more fields than the header, is a `bad_record`; where
    quotes stay open to the end of the file, or the last row has neither all its fields nor a line end, it is `truncated`.
    """
    longest = source.max_bytes + ENVELOPE
    read = source.part.start if source.part else 0
    try:
        form = _form(source, longest)
        if form is None or not set(form.names) & set(source.config.content):
            yield _no_header(source, form)
            return
        read = max(read, form.start)
        end = source.part.end if source.part else ENDLESS
        with source.open() as stream:
            lines = _Lines(row_stream(source, stream, read), read, longest)
            for row in _rows(lines, form.separator, end, quoted=form.quoted):
                read = row.offset + row.size
                yield _found(row, form, source)
    except _TooLongError as error:
        yield source.refused("too_large", f"after byte {read}: {error}")
    except DAMAGE as error:
        yield source.refused("truncated" if ends_early(error) else "bad_container", f"after {read} unpacked bytes: {error}")


def _no_header(source: Source, form: _Form | None) -> Refused:
    if form is None:
        return source.refused("empty" if source.size == 0 else "bad_container", "no row can be read")
    told = ", ".join(repr(name[:40]) for name in form.names[:8])
    names = ", ".join(source.config.content)
    return source.refused("bad_container", f"the first row names no column of {names} ([ingest] content names them), but {told}")


def _found(row: _Row, form: _Form, source: Source) -> Found:
    """Return a row as a document, by the names of its columns."""
    locator = source.member(str(row.offset))
    if row.problem is not None:
        cut = not row.ended or row.problem == "unexpected end of data"
        return Refused(locator, "truncated" if cut else "bad_record", f"no row: {row.problem}", row.size)
    if len(row.cells) > len(form.names):
        told = f"{len(row.cells)} fields where the header names {len(form.names)}: a field that holds the separator has to be quoted"
        return Refused(locator, "bad_record", told, row.size)
    if not row.ended and (len(row.cells) < len(form.names) or not row.cells[-1]):
        return Refused(locator, "truncated", f"{len(row.cells)} of {len(form.names)} fields, the last of them empty or cut", row.size)
    return row_found(_fields(row.cells, form, source), str(row.offset), source, row.size)


def _fields(cells: list[str], form: _Form, source: Source) -> dict[str, Any]:
    """Return a row's fields by name. An empty one counts as missing, unless nothing else could be the page.

    What is UTF-8 is text; a page in another encoding stays bytes, for the decoder.
    """
    row: dict[str, Any] = {}
    for name, cell in zip(form.names, cells, strict=False):
        if cell and name not in row:
            data = cell.encode("latin-1")
            try:
                row[name] = data.decode()
            except UnicodeDecodeError:
                row[name] = data
    for name in source.config.http:
        if isinstance(written := row.get(name), str):
            row[name] = _headers(written)
    asked = [name for name in source.config.content if name in form.names[: len(cells)]]
    return row if not asked or any(name in row for name in asked) else {**row, asked[0]: ""}


def _headers(written: str) -> Any:
    """Return HTTP headers that stand in a field as a JSON object."""
    try:
        return msgspec.json.decode(written)
    except (msgspec.DecodeError, RecursionError):
        return None


def delimited_starts(source: Source) -> Iterator[int]:
    """Yield the offset of every row in the unpacked file, up to the first damage; then raises what the damage raises."""
    try:
        form = _form(source, LONGEST_ROW)
        if form is None:
            return
        with source.open() as stream:
            lines = _Lines(row_stream(source, stream, form.start), form.start, LONGEST_ROW)
            for row in _rows(lines, form.separator, quoted=form.quoted):
                yield row.offset
    except _TooLongError as error:
        raise UndividedError(str(error)) from error
