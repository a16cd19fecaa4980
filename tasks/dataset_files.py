"""Writes the files of the dataset folder from the shards of a build, in one pass over each and in bounded memory."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import msgspec

from pipeline.code_identity import libraries_of
from pipeline.dataset.duplicates import DuplicateRow, DuplicateTally
from pipeline.dataset.manifest import FORMAT, SEAL, Code, DataFile, Manifest, encode
from pipeline.dataset.statistics import Tally
from pipeline.ledger import LedgerRow
from tasks.core.collector import seldom_collecting
from tasks.core.merging import DamagedError, merged
from tasks.core.plans import planned, read_plan
from tasks.core.scan import digest_of
from tasks.core.sorting import SortedLines
from tasks.core.staging import StagedFolder
from tasks.settings import about, pipeline_config

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.config import Config
    from pipeline.ingest.shards import Entry
    from tasks.core.atomic_files import FileNote
    from tasks.core.build_paths import BuildPaths
    from tasks.summary import BuildSummary

JSON_LINES, PARQUET = "application/jsonlines", "application/x-parquet"
ROWS = {
    "articles.jsonl": (JSON_LINES, "an article, sorted by id"),
    "articles.parquet": (PARQUET, "an article, sorted by id, in typed columns"),
    "duplicates.jsonl": (JSON_LINES, "how one article is related to others, sorted by id"),
    "duplicates.parquet": (PARQUET, "the same, in typed columns"),
    "ledger.jsonl": (JSON_LINES, "what became of one input, sorted by locator"),
    "raw.jsonl": (JSON_LINES, "a raw file that the dataset was made from, sorted by path"),
}
"""The files with data: media type, and what a row is."""
_TOLD = 1000
"""Records after which the progress is told."""


class RawRow(msgspec.Struct, frozen=True):
    """A raw file: its path below `raw`, size in bytes, hex sha256, why it could not be read, and the digest of what sidecars say of it."""

    path: str
    bytes: int
    sha256: str | None
    code: str | None
    known_sha256: str | None


class _Identity(msgspec.Struct):
    id: str


class _Located(msgspec.Struct):
    locator: str


_WRITTEN = re.compile(rb'\{"schema_version":"[0-9.]+","id":"([0-9a-f]{32})",')
_IDENTITY = msgspec.json.Decoder(_Identity)
_LOCATED = msgspec.json.Decoder(_Located)


def identified(line: bytes) -> bytes:
    """Return the key by which records are sorted: their id. Raises `msgspec.DecodeError` where a line has none.

    In lines as they are written the id is near the start; any other line is decoded.

    >>> identified(b'{"schema_version":"1.0","id":"00112233445566778899aabbccddeeff","source":"a"}')
    b'00112233445566778899aabbccddeeff'
    """
    written = _WRITTEN.match(line)
    return written[1] if written else _IDENTITY.decode(line).id.encode()


def located(line: bytes) -> bytes:
    """Return the key by which ledger rows are sorted: their locator. Raises `msgspec.DecodeError` where a line has none."""
    return _LOCATED.decode(line).locator.encode()


@lru_cache(maxsize=8)
def libraries(config: Config) -> dict[str, str]:
    """Return the versions of the libraries that decide what the bytes of a dataset with these settings are."""
    return {name: version(name) for name in sorted((*libraries_of(config), "pyarrow"))}


@dataclass(frozen=True, slots=True)
class _Folder:
    """What the parts of a dataset have in common: where from, where to, and what is counted on the way."""

    paths: BuildPaths
    summary: BuildSummary
    staged: StagedFolder
    tally: Tally
    duplicates: DuplicateTally
    rows: dict[str, int]


def write_dataset(paths: BuildPaths, summary: BuildSummary, tell: Callable[[int, int], None]) -> dict[str, FileNote]:
    """Write `clean/dataset` from the shards of a build and return the notes on its files; `tell` hears of records done and in all.

    Raises `DamagedError` where a shard is not what the build wrote, or an id is there twice: the folder then stays as it was.
    """
    with StagedFolder(paths.dataset, SEAL) as staged, seldom_collecting():
        folder = _Folder(paths, summary, staged, Tally(), DuplicateTally(), {})
        _write_articles(folder, tell)
        _write_ledger(folder)
        _write_raw(folder)
        _write_duplicates(folder)
        staged.write("build.json", paths.build.read_bytes())
        for name, data in described(_manifest(folder)).items():
            staged.write(name, data)
        return staged.publish()


def described(manifest: Manifest) -> dict[str, bytes]:
    """Return the files that follow from the manifest alone: itself, the card, its charts and the Croissant metadata."""
    from pipeline.dataset.card import CHART_FOLDER, card  # noqa: PLC0415
    from pipeline.dataset.charts import charts, svg  # noqa: PLC0415
    from pipeline.dataset.croissant import croissant  # noqa: PLC0415 - imports pyarrow

    files = {"manifest.json": encode(manifest), "README.md": card(manifest), "croissant.json": croissant(manifest)}
    return files | {f"{CHART_FOLDER}/{name}.svg": svg(chart) for name, chart in charts(manifest.statistics).items()}


def _manifest(folder: _Folder) -> Manifest:
    summary, notes, rows = folder.summary, folder.staged.notes, folder.rows
    return Manifest(
        format=FORMAT,
        schema_version=summary.schema_version,
        reproducible=summary.reproducible,
        about=about(),
        records=rows["articles.jsonl"],
        raw_files=summary.files,
        inputs=summary.inputs,
        rejected=summary.rejected,
        skipped=summary.skipped,
        made_by=Code(
            code_sha256=summary.code_sha256,
            config_sha256=summary.config_sha256,
            build_sha256=notes["build.json"].sha256,
            rule_files=summary.rule_files,
            libraries=libraries(pipeline_config()),
        ),
        files=tuple(_data_file(name, notes[name], rows[name]) for name in sorted(rows)),
        duplicates=folder.duplicates.result(),
        statistics=folder.tally.result(),
    )


def _data_file(name: str, note: FileNote, rows: int) -> DataFile:
    media_type, row = ROWS[name]
    return DataFile(name, note.bytes, note.sha256, media_type, rows, row)


def _write_articles(folder: _Folder, tell: Callable[[int, int], None]) -> None:
    from pipeline.dataset.columns import article_schema  # noqa: PLC0415 - imports pyarrow
    from pipeline.dataset.parquet import ParquetRows  # noqa: PLC0415

    paths, summary, staged = folder.paths, folder.summary, folder.staged
    count, previous, before = 0, None, b""
    files = ((paths.articles(shard.shard), shard.articles_sha256) for shard in summary.shards)
    with (
        merged(files, identified, paths.run) as lines,
        staged.open("articles.jsonl") as plain,
        staged.open("articles.parquet") as stream,
        ParquetRows(stream, article_schema()) as table,
    ):
        for key, line in lines:
            record = _record(line, folder)
            if key == previous:
                raise _clash(paths, summary, record, msgspec.json.decode(before))
            folder.tally.add_record(record)
            plain.write(line)
            table.add(record, len(line))
            previous, before, count = key, line, count + 1
            if count % _TOLD == 0:
                tell(count, summary.ok)
    folder.rows.update({"articles.jsonl": count, "articles.parquet": count})


def _record(line: bytes, folder: _Folder) -> Any:
    """Return a record; where its line is damaged, find the shards that are not what was written."""
    try:
        return msgspec.json.decode(line)
    except msgspec.DecodeError as error:
        digests = {folder.paths.articles(shard.shard): shard.articles_sha256 for shard in folder.summary.shards}
        damaged = [path for path, digest in digests.items() if digest_of(path) != digest]
        raise DamagedError((damaged or [folder.paths.build])[0], f"a record cannot be read: {error}", damaged[1:]) from error


def _clash(paths: BuildPaths, summary: BuildSummary, record: Any, other: Any) -> DamagedError:
    """Say that two records have one id, and in which shards they are."""
    files = [paths.articles(shard.shard) for shard in summary.shards]
    found = [path for path in files if record["id"].encode() in path.read_bytes()]
    locators = " and ".join(sorted(str(each["provenance"]["raw"]["locator"]) for each in (record, other)))
    shards = ", ".join(path.relative_to(paths.clean).as_posix() for path in found)
    return DamagedError(found[0], f"the id {record['id']} is there twice, for {locators} (in {shards})", found[1:])


def _write_ledger(folder: _Folder) -> None:
    paths, summary, count = folder.paths, folder.summary, 0
    files = ((paths.ledger(shard.shard), shard.ledger_sha256) for shard in summary.shards)
    with merged(files, located, paths.run) as lines, folder.staged.open("ledger.jsonl") as stream:
        for _, line in lines:
            stream.write(line)
            count += 1
    decoder = msgspec.json.Decoder(LedgerRow)
    for shard in summary.shards:
        source = shard.shard.split("/", maxsplit=1)[0]
        with paths.ledger(shard.shard).open("rb") as rows:
            for line in rows:
                row = decoder.decode(line)
                folder.tally.add_row(source, row.status, row.code)
    folder.rows["ledger.jsonl"] = count


def _write_duplicates(folder: _Folder) -> None:
    from pipeline.dataset.columns import duplicate_schema  # noqa: PLC0415 - imports pyarrow
    from pipeline.dataset.parquet import ParquetRows  # noqa: PLC0415

    paths, count = folder.paths, 0
    files = ((paths.duplicates(shard.shard), shard.duplicates_sha256) for shard in folder.summary.shards)
    decoder = msgspec.json.Decoder(DuplicateRow)
    with (
        merged(files, identified, paths.run) as lines,
        folder.staged.open("duplicates.jsonl") as plain,
        folder.staged.open("duplicates.parquet") as stream,
        ParquetRows(stream, duplicate_schema()) as table,
    ):
        for _, line in lines:
            folder.duplicates.add(decoder.decode(line))
            plain.write(line)
            table.add(msgspec.json.decode(line), len(line))
            count += 1
    if count != folder.rows["articles.jsonl"]:
        raise DamagedError(paths.attributes, f"its rows on duplicates are {count}, the records are {folder.rows['articles.jsonl']}")
    folder.rows.update({"duplicates.jsonl": count, "duplicates.parquet": count})


def raw_row(entry: Entry) -> RawRow:
    """Return the row of a raw file of an inventory."""
    known = sha256(msgspec.json.encode(entry.known, order="deterministic")).hexdigest() if entry.known else None
    return RawRow(entry.locator, entry.size, entry.sha256, entry.code, known)


def _write_raw(folder: _Folder) -> None:
    """List the raw files. A container of several shards counts in the first of them."""
    paths, count = folder.paths, 0
    with SortedLines(paths.run) as rows, folder.staged.open("raw.jsonl") as stream:
        for shard in planned(paths):
            plan = read_plan(paths, shard)
            if plan is None:
                raise DamagedError(paths.plan(shard), "it is missing or cannot be read")
            if plan.part is not None and not shard.endswith("-00000"):
                continue
            for entry in plan.entries:
                rows.add(entry.locator, msgspec.json.encode(raw_row(entry)))
        for line in rows.lines():
            stream.write(line + b"\n")
            count += 1
    folder.rows["raw.jsonl"] = count
