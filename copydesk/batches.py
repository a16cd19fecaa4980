"""Functions for every engine that passes batches of Arrow: a row in, a row out, in the same order; or a plan in, and a row an input out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa

from pipeline.config import Config
from pipeline.ingest.found import Document, Source
from pipeline.ingest.rows import row_found
from tasks.core.isolation import Job, clean_isolated, warm_up
from tasks.core.limits import Limits
from tasks.core.one_document import outcomes_within

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from io import BytesIO
    from pathlib import Path

    from pipeline.ingest.found import Found
    from tasks.core.plans import ShardPlan

_FIELDS = (
    *(("locator", pa.string(), False), ("sha256", pa.string(), True), ("bytes", pa.int64(), True), ("status", pa.string(), False)),
    *(("code", pa.string(), True), ("detail", pa.string(), True), ("id", pa.string(), True), ("record", pa.string(), True)),
)
SCHEMA = pa.schema([pa.field(name, kind, nullable=null) for name, kind, null in _FIELDS])
"""The rows that come out: those of a build's ledger, and `record`, the line of `articles/*.jsonl` without its line end."""
_ROWS = 100
"""Rows of a batch that `clean_plans` yields."""
_OWN = frozenset({"locator", "source"})
"""Columns that say what a raw folder says by names of files; `[ingest]` names all others."""


def clean_batch(
    batch: pa.RecordBatch | pa.Table, *, config: Config | None = None, source: str = "local", limits: Limits | None = None
) -> pa.RecordBatch | pa.Table:
    """Clean the rows of a batch, or of a table; give back as many, in the same order and of the same class (`SCHEMA`).

    A row is read as a row of a Parquet file in `raw/` is: `[ingest]` names the columns that hold the page or the text (`html`, `text`, …),
    its address, when it was fetched and of which type it is. Two more are asked for here: `locator` (else the digest of the bytes) and
    `source`. What comes out depends on the row and the settings alone: never on the batch that it is in, nor on the machine.

    Documents are cleaned in a child process, each under the limits of a build (10 s of computing, 2 GiB): one that hangs, dies or eats
    memory is rejected as `timeout`, `crashed` or `out_of_memory` and costs itself alone.

    >>> import pyarrow as pa
    >>> out = clean_batch(pa.RecordBatch.from_pylist([{"text": "Rain fell on Monday, the mayor said."}, {"text": ""}]))
    >>> out["status"].to_pylist(), out["code"].to_pylist()
    (['ok', 'rejected'], [None, 'empty'])
    """
    settings = config or Config()
    wanted = [name for name in batch.schema.names if name in _wanted(settings)]
    documents = [_document(row, source, settings) for row in batch.select(wanted).to_pylist()]
    rows = [
        msgspec.structs.asdict(made.row) | {"record": None if made.line is None else made.line.decode().rstrip("\n")}
        for made in outcomes_within(documents, settings, limits or Limits())
    ]
    return (pa.Table if isinstance(batch, pa.Table) else pa.RecordBatch).from_pylist(rows, schema=SCHEMA)


def clean_batches(
    batches: Iterable[pa.RecordBatch], *, config: Config | None = None, source: str = "local", limits: Limits | None = None
) -> Iterator[pa.RecordBatch]:
    """Yield the cleaned rows of each batch: the form in which engines map over a partition, models loaded once for all."""
    for batch in batches:
        yield clean_batch(batch, config=config, source=source, limits=limits)


def clean_plans(
    plans: Iterable[ShardPlan], raw: Path | str, *, config: Config | None = None, limits: Limits | None = None
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of every input that plans name (`SCHEMA`): the form for engines that are given files, and not rows of a table.

    A plan is a few raw files, or a part of one, with what sidecars say of them; `plans_of` makes the plans of a folder. Rows and records
    are those of a build, and as there documents are cleaned in child processes, each under `limits`.

    Args:
        plans: what to clean.
        raw: the folder that the files lie in, as this machine sees it.
        config: the settings.
        limits: what a document may take; by default 10 s of computing and 2 GiB.

    Raises:
        OSError: A raw file cannot be read, or is not what it was when the plan was made.
    """
    settings = config or Config()
    warm_up(settings)
    for plan in plans:
        job = Job(str(raw), plan.shard.split("/", maxsplit=1)[0], plan.entries, plan.part, settings)
        held: list[dict[str, Any]] = []
        for made in clean_isolated(job, limits or Limits(), alone=True):
            held.append(msgspec.json.decode(made.row) | {"record": None if made.line is None else made.line.decode()})
            if len(held) == _ROWS:
                yield pa.RecordBatch.from_pylist(held, schema=SCHEMA)
                held = []
        if held:
            yield pa.RecordBatch.from_pylist(held, schema=SCHEMA)


def _wanted(config: Config) -> frozenset[str]:
    """Return the columns that are read: no other is made into objects."""
    ingest = config.ingest
    names = (*ingest.content, *ingest.url, *ingest.fetched_at, *ingest.media_type, *ingest.http)
    return _OWN | {name.partition(".")[0] for name in names}


def _document(row: Mapping[str, Any], source: str, config: Config) -> Found:
    """Return a row as a document, named by its own columns."""
    named = {name: row[name] for name in _OWN if isinstance(row.get(name), str) and row[name]}
    place = Source(
        open=_nowhere,
        locator=named.get("locator", ""),
        size=0,
        collection=named.get("source", source),
        max_bytes=config.limits.max_bytes,
        config=config.ingest,
    )
    found = row_found(row, "", place, None)
    if isinstance(found, Document):
        locator = named.get("locator")
        return Document(locator or "", msgspec.structs.replace(found.raw, locator=locator))
    return msgspec.structs.replace(found, locator=named.get("locator", ""))


def _nowhere() -> BytesIO:
    """Stand for the file that a row is not in."""
    raise OSError("a row of a batch has no file")
