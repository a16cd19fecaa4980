"""What lies beside raw files and says where they came from: `<file>.meta.json` and `urls.tsv`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from pipeline.ingest.found import Known

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = ("path", "url", "fetched_at", "media_type", "http")
"""Columns of `urls.tsv` where it has no header line."""


class SidecarError(ValueError):
    """A sidecar that cannot be read; the message names the line and says what is expected."""


class _MetaFile(msgspec.Struct, frozen=True, kw_only=True):
    url: str | None = None
    fetched_at: str | None = None
    media_type: str | None = None
    http: dict[str, Any] | None = None
    http_headers: dict[str, Any] | None = None
    headers: dict[str, Any] | None = None


def read_meta_file(data: bytes) -> Known:
    """Return what a `<file>.meta.json` says; keys that copydesk does not know are left to other readers.

    Raises `SidecarError`.

    >>> known = read_meta_file(b'{"url": "https://example.org/a", "http": {"Content-Language": "en"}, "crawler": "x"}')
    >>> known.url, known.http
    ('https://example.org/a', {'Content-Language': 'en'})
    """
    try:
        meta = msgspec.json.decode(data, type=_MetaFile)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SidecarError(str(error)) from error
    http = meta.http or meta.http_headers or meta.headers
    return Known(
        url=meta.url,
        fetched_at=meta.fetched_at,
        media_type=meta.media_type,
        http={str(name): str(value) for name, value in sorted(http.items())} if http else None,
    )


def read_table(data: bytes) -> Iterator[tuple[str, Known]]:
    r"""Yield (path, what is known) for every line of a `urls.tsv`.

    Paths are relative to the table's folder; `pages.zip#a.html` names a member of a container. A first line that begins with
    `path<TAB>` names the columns, else they are `COLUMNS`; `http` is a JSON object. Blank lines and lines that begin with `#` are passed.
    Raises `SidecarError`.

    >>> [(path, known.url, known.fetched_at) for path, known in read_table(b"a.html\thttps://example.org/a\t2020-01-02\n")]
    [('a.html', 'https://example.org/a', '2020-01-02')]
    """
    try:
        lines = data.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise SidecarError(f"not UTF-8: {error}") from error
    columns: tuple[str, ...] = COLUMNS
    for number, line in enumerate(lines, 1):
        cells = [cell.strip() for cell in line.rstrip("\r").split("\t")]
        if number == 1 and cells[0] == "path":
            columns = tuple(cells)
        elif line.strip() and not line.startswith("#"):
            yield _table_row(dict(zip(columns, cells, strict=False)), number)


def _table_row(row: dict[str, str], number: int) -> tuple[str, Known]:
    if not row.get("path") or "url" not in row:
        raise SidecarError(f"line {number} has no path or no url: columns are separated by one TAB")
    try:
        http = msgspec.json.decode(row["http"], type=dict[str, str]) if row.get("http") else None
    except msgspec.DecodeError as error:
        raise SidecarError(f"line {number}: http is no JSON object of strings: {error}") from error
    known = Known(url=row["url"] or None, fetched_at=row.get("fetched_at") or None, media_type=row.get("media_type") or None, http=http)
    return row["path"].removeprefix("./"), known
