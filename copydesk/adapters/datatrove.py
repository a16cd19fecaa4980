"""Steps of a datatrove pipeline: a filter that cleans, and a reader of a copydesk build."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from copydesk.adapters import clean_rows, missing

try:
    from datatrove.pipeline.filters.base_filter import BaseFilter
    from datatrove.pipeline.readers.base import BaseDiskReader
except ImportError as error:
    raise missing(__name__, "datatrove") from error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datatrove.data import Document
    from datatrove.pipeline.writers.disk_base import DiskWriter

    from pipeline.config import Config
    from tasks.core.limits import Limits


class CopydeskFilter(BaseFilter):
    """Cleans each document in its place, and drops what is no article.

    A document that stays has the cleaned text, and the whole record, as JSON, in `metadata["record"]`. One that is dropped keeps its text;
    the exclusion writer finds the code in `metadata["filter_reason"]`, as of every filter of datatrove, and the particulars in
    `metadata["filter_detail"]`. The document's id is the record's locator, `metadata["url"]` its address, and `metadata["fetched_at"]` or
    `metadata["date"]` when it was fetched.
    """

    name = "📰 copydesk"

    def __init__(
        self,
        content: Literal["text", "html"] = "text",
        *,
        config: Config | None = None,
        source: str = "local",
        limits: Limits | None = None,
        exclusion_writer: DiskWriter | None = None,
        batch_size: int = 100,
    ) -> None:
        """Take documents whose text is a page (`html`, as the readers of WARC give them) or a text, `batch_size` in one child process."""
        super().__init__(exclusion_writer, batch_size)
        self._content, self._config, self._source, self._limits = content, config, source, limits

    def filter(self, doc: Document) -> bool | tuple[bool, str]:
        """Clean one document; return whether it stays, or the code of its rejection."""
        return self.filter_batch([doc])[0]

    def filter_batch(self, batch: list[Document]) -> list[bool | tuple[bool, str]]:
        """Clean documents; return of each whether it stays, or the code of its rejection."""
        rows = clean_rows([self._row(doc) for doc in batch], config=self._config, source=self._source, limits=self._limits)
        return [_taken(doc, row) for doc, row in zip(batch, rows, strict=True)]

    def _row(self, doc: Document) -> dict[str, Any]:
        fetched = doc.metadata.get("fetched_at") or doc.metadata.get("date")
        told = {"url": doc.metadata.get("url"), "fetched_at": None if fetched is None else str(fetched)}
        return {self._content: doc.text, "locator": str(doc.id), **told}


def _taken(doc: Document, row: dict[str, Any]) -> bool | tuple[bool, str]:
    """Put what became of a document into it."""
    if row["record"] is None:
        doc.metadata["filter_detail"] = row["detail"]
        return False, str(row["code"] or row["status"])
    doc.text = msgspec.json.decode(row["record"])["text"]
    doc.metadata["record"] = row["record"]
    return True


class CopydeskReader(BaseDiskReader):
    """Reads the records of a build: `text` and `id` as datatrove has them, every other field of the record in `metadata`.

    `metadata["duplicates"]` is the record's row of the sidecar on duplicates, if there is one. `clean` may be a folder or any address that
    fsspec opens. Shards are shared among tasks as files are.
    """

    name = "📰 copydesk build"

    def __init__(self, clean: str, *, representatives: bool = False, limit: int = -1, skip: int = 0) -> None:
        """Read the build in a folder; with `representatives` only one document of every cluster of duplicates."""
        super().__init__(clean, glob_pattern="articles/**/*.jsonl", limit=limit, skip=skip)
        self._representatives = representatives

    def read_file(self, filepath: str) -> Iterator[Document]:
        """Yield the records of a shard."""
        marks = self._marks(filepath.replace("articles/", "attributes/duplicates/", 1))
        with self.data_folder.open(filepath, "rb") as lines:
            for number, line in enumerate(lines):
                record = msgspec.json.decode(line)
                mark = marks.get(record["id"])
                if self._representatives and mark is not None and not mark["representative"]:
                    continue
                document = self.get_document_from_dict(record | {"duplicates": mark}, filepath, number)
                if document is not None:
                    yield document

    def _marks(self, sidecar: str) -> dict[str, dict[str, Any]]:
        if not self.data_folder.isfile(sidecar):
            return {}
        with self.data_folder.open(sidecar, "rb") as lines:
            return {row["id"]: row for row in map(msgspec.json.decode, lines)}
