"""Writes Parquet with bounded row groups, and the same bytes under the same version of pyarrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

import pyarrow.parquet as pq

from pipeline.dataset.columns import to_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

GROUP_ROWS = 2000
GROUP_BYTES = 32 * 1024 * 1024
"""Bytes of JSON after which a row group ends; a larger record has a row group of its own. Bounds what writer and readers hold."""
_OPTIONS: dict[str, Any] = {
    "version": "2.6",
    "data_page_version": "1.0",
    "compression": "zstd",
    "compression_level": 3,
    "use_dictionary": True,
    "write_statistics": True,
    "store_schema": True,
}
"""Every option that decides bytes is named here, so that a new default of pyarrow changes nothing."""


class ParquetRows:
    """Collects rows and writes them to a stream, a row group at a time. Use it as a context manager; the end writes the footer."""

    def __init__(self, stream: BinaryIO, schema: pa.Schema) -> None:
        self._schema = schema
        self._writer = pq.ParquetWriter(stream, schema, **_OPTIONS)
        self._rows: list[Mapping[str, Any]] = []
        self._held = 0

    def __enter__(self) -> ParquetRows:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._flush()
        self._writer.close()

    def add(self, row: Mapping[str, Any], size: int) -> None:
        """Take a row, as its JSON of `size` bytes gives it."""
        if self._rows and (len(self._rows) >= GROUP_ROWS or self._held + size > GROUP_BYTES):
            self._flush()
        self._rows.append(row)
        self._held += size

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_table(to_table(self._rows, self._schema), row_group_size=len(self._rows))
        self._rows, self._held = [], 0
