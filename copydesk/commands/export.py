"""`copydesk export`: records of a dataset that fulfil a condition, in the format that somebody else wants."""

from __future__ import annotations

import heapq
from hashlib import sha256
from html import escape
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

import click
import msgspec

from copydesk.datasets import open_dataset, refusing
from copydesk.options import PLAIN
from copydesk.output import FORM_FEED, PAGE_END, PAGE_HEAD, opened
from copydesk.where import WhereError, selected
from pipeline.dataset.formats import chosen, dolma, schema_org
from pipeline.dataset.manifest import DatasetError
from pipeline.records import Article

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from copydesk.datasets import Dataset
    from copydesk.options import Manner

Format = Literal["jsonl", "parquet", "dolma", "schema.org", "text", "markdown", "html"]
_WHOLE = ("schema.org", "text", "markdown", "html")
"""Formats that fields choose nothing of."""


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """What to export: a condition, dotted names of fields, the format, and whether one document a cluster of duplicates is enough.

    At most `limit` records, or `sample` of all that fulfil the condition; which ones follows from `seed` and the ids.
    """

    where: str | None = None
    fields: tuple[str, ...] = ()
    format: Format = "jsonl"
    representatives: bool = False
    limit: int | None = None
    sample: int | None = None
    seed: int = 0


class _Identity(msgspec.Struct):
    id: str


class _Marked(msgspec.Struct):
    id: str
    representative: bool


@refusing
def export(path: Path, selection: Selection, output: Path | None, manner: Manner = PLAIN, *, dry_run: bool = False) -> int:
    """Write the selected records to a file, or to standard output where `output` is None; return the exit code. `dry_run` only counts.

    A file appears under its name only when it is whole.
    """
    if selection.fields and selection.format in _WHOLE:
        raise click.UsageError(f"--fields chooses nothing in the format {selection.format}")
    if selection.format == "parquet" and output is None and not dry_run:
        raise click.UsageError("the format parquet needs --output FILE: it cannot be written to a pipe")
    needed = ["articles.parquet", "articles.jsonl", *(["duplicates.jsonl"] if selection.representatives else [])]
    dataset = open_dataset(path, needed)
    _check_fields(selection.fields)
    try:
        if dry_run:
            count = sum(1 for _ in _records(dataset, selection))
        else:
            with opened(output) as stream:
                count = _write(dataset, selection, stream)
    except WhereError as error:
        raise click.UsageError(f"--where: {error}") from error
    if manner.json:
        click.echo(msgspec.json.encode({"records": count, "of": dataset.manifest.records, "output": str(output) if output else None}))
    elif dry_run:
        click.echo(f"{count:,} of {dataset.manifest.records:,} records would be written")
    elif output is not None and not manner.quiet:
        click.echo(f"{count:,} of {dataset.manifest.records:,} records in {output}", err=True)
    return 0


def _check_fields(fields: tuple[str, ...]) -> None:
    from pipeline.dataset.columns import record_schema, subset  # noqa: PLC0415 - imports pyarrow

    try:
        subset(record_schema(), fields)
    except KeyError as error:
        names = ", ".join(record_schema().names)
        raise click.UsageError(f"no field is named {error.args[0]}; a record has: {names}; dots lead into objects") from error
    if len(set(fields)) < len(fields):
        raise click.UsageError("--fields names a field twice")


def _write(dataset: Dataset, selection: Selection, stream: BinaryIO) -> int:
    records = _records(dataset, selection)
    if selection.format == "parquet":
        return _write_parquet(records, selection.fields, stream)
    shape = _shape(selection)
    count = 0
    if selection.format == "html":
        stream.write(PAGE_HEAD.format(language="und", title=escape(dataset.manifest.about.name)).encode())
    for line in records:
        stream.write(shape(line))
        count += 1
    stream.write(PAGE_END if selection.format == "html" else b"")
    return count


def _records(dataset: Dataset, selection: Selection) -> Iterator[bytes]:
    """Yield the lines of the selected records, in the order of their ids, no more than are asked for."""
    lines = _fulfilling(dataset, selection)
    if selection.sample is not None:
        identity = msgspec.json.Decoder(_Identity)
        drawn = heapq.nsmallest(
            selection.sample, lines, key=lambda line: sha256(f"{selection.seed}\0{identity.decode(line).id}".encode()).digest()
        )
        lines = iter(sorted(drawn, key=lambda line: identity.decode(line).id))
    yield from islice(lines, selection.limit)


def _fulfilling(dataset: Dataset, selection: Selection) -> Iterator[bytes]:
    """Yield the lines of the records that fulfil the condition, in the order of their ids; both files are sorted by it."""
    hidden = _redundant(dataset) if selection.representatives else frozenset()
    identity = msgspec.json.Decoder(_Identity)
    lines = dataset.lines("articles.jsonl")
    for wanted in selected(dataset.path("articles.parquet"), selection.where):
        line = next((line for line in lines if identity.decode(line).id == wanted), None)
        if line is None:
            msg = f"{dataset.path('articles.jsonl')} has no record {wanted}, which articles.parquet has; make the dataset again"
            raise DatasetError(msg)
        if wanted not in hidden:
            yield line


def _redundant(dataset: Dataset) -> frozenset[str]:
    """Return the ids of documents that another document of their cluster stands for."""
    decoder = msgspec.json.Decoder(_Marked)
    rows = (decoder.decode(line) for line in dataset.lines("duplicates.jsonl"))
    return frozenset(row.id for row in rows if not row.representative)


def _shape(selection: Selection) -> Callable[[bytes], bytes]:
    """Return what turns a record's line into what is written for it."""
    fields = selection.fields
    if selection.format == "jsonl" and not fields:
        return lambda line: line
    if selection.format == "text":
        return lambda line: str(msgspec.json.decode(line)["text"]).encode() + b"\n" + FORM_FEED
    decoder = msgspec.json.Decoder(Article)
    if selection.format == "markdown":
        return lambda line: decoder.decode(line).to_markdown().encode() + FORM_FEED
    if selection.format == "html":
        return lambda line: decoder.decode(line).to_html().encode()

    def shaped(line: bytes) -> bytes:
        record: dict[str, Any] = msgspec.json.decode(line)
        if selection.format == "dolma":
            record = dolma(record, fields)
        else:
            record = schema_org(record) if selection.format == "schema.org" else chosen(record, fields)
        return msgspec.json.encode(record) + b"\n"

    return shaped


def _write_parquet(lines: Iterator[bytes], fields: tuple[str, ...], stream: BinaryIO) -> int:
    from pipeline.dataset.columns import article_schema, record_schema, subset  # noqa: PLC0415 - imports pyarrow
    from pipeline.dataset.parquet import ParquetRows  # noqa: PLC0415

    schema, count = subset(record_schema(), fields) if fields else article_schema(), 0
    with ParquetRows(stream, schema) as table:
        for line in lines:
            record = msgspec.json.decode(line)
            table.add(chosen(record, fields) if fields else record, len(line))
            count += 1
    return count
