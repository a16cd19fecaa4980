"""The task that writes `clean/dataset`: all current records as one folder that anybody can load, check and rebuild."""

from __future__ import annotations

import contextlib
import fcntl
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import luigi
import msgspec

from pipeline.batch import LedgerRow
from pipeline.codeversion import LIBRARIES
from pipeline.config import ConfigError
from pipeline.dataset.manifest import FORMAT, SEAL, About, Code, DataFile, Manifest, encode
from pipeline.dataset.statistics import Tally
from tasks.failures import Reporting
from tasks.inventory import planned, read_plan
from tasks.merging import DamagedError, merged
from tasks.settings import about, rule_digests
from tasks.sorting import SortedLines
from tasks.staging import StagedFolder
from tasks.targets import BuildPaths, FileNote, write_atomic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pipeline.ingest.shards import Entry
    from tasks.build import BuildSummary

JSON_LINES, PARQUET = "application/jsonlines", "application/x-parquet"
ROWS = {
    "articles.jsonl": (JSON_LINES, "an article, sorted by id"),
    "articles.parquet": (PARQUET, "an article, sorted by id, in typed columns"),
    "ledger.jsonl": (JSON_LINES, "what became of one input, sorted by locator"),
    "raw.jsonl": (JSON_LINES, "a raw file that the dataset was made from, sorted by path"),
}
"""The files with data: media type, and what a row is."""


class DatasetStamp(msgspec.Struct, frozen=True):
    """What the files of the dataset were made from, and what they are."""

    fingerprint: str
    files: dict[str, FileNote]


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


_IDENTITY = msgspec.json.Decoder(_Identity)
_LOCATED = msgspec.json.Decoder(_Located)


def identified(line: bytes) -> bytes:
    """Return the key by which records are sorted: their id. Raises `msgspec.DecodeError` where a line has none."""
    return _IDENTITY.decode(line).id.encode()


def located(line: bytes) -> bytes:
    """Return the key by which ledger rows are sorted: their locator. Raises `msgspec.DecodeError` where a line has none."""
    return _LOCATED.decode(line).locator.encode()


def need_pyarrow() -> None:
    """Raise `ConfigError` where the dataset is to be written and pyarrow is not installed."""
    if find_spec("pyarrow") is None:
        msg = "clean/dataset needs pyarrow: pip install 'copydesk[datasets]', or set [dataset] write = false"
        raise ConfigError(msg)


def libraries() -> dict[str, str]:
    """Return the versions of the libraries that decide what a dataset's bytes are."""
    return {name: version(name) for name in sorted((*LIBRARIES, "pyarrow"))}


def dataset_fingerprint(paths: BuildPaths) -> str:
    """Return the identity of what the dataset would be made from now: the build's description, and what the publisher says."""
    parts = (FORMAT, sha256(paths.build.read_bytes()).hexdigest(), msgspec.json.encode(about()).decode(), version("pyarrow"))
    return sha256("\0".join(parts).encode()).hexdigest()


def dataset_is_current(paths: BuildPaths) -> bool:
    """Tell whether the dataset is what a run would write now, and all its files are there."""
    try:
        stamp = msgspec.json.decode(paths.dataset_stamp.read_bytes(), type=DatasetStamp)
        if stamp.fingerprint != dataset_fingerprint(paths):
            return False
        return all((paths.dataset / name).stat().st_size == note.bytes for name, note in stamp.files.items())
    except (FileNotFoundError, NotADirectoryError, msgspec.DecodeError):
        return False


class WriteDataset(Reporting, luigi.Task):  # type: ignore[misc]  # luigi ships no types
    """Writes the dataset folder of a build that is otherwise done. `fingerprint` names what it is made from."""

    clean: str = luigi.Parameter()
    fingerprint: str = luigi.Parameter()

    @property
    def paths(self) -> BuildPaths:
        """Return the paths of the build."""
        return BuildPaths(Path(self.clean))

    def output(self) -> list[luigi.Target]:
        """Return nothing: that the files exist does not say that they are current; `complete` does."""
        return []

    def complete(self) -> bool:
        """Tell whether the folder is current."""
        return dataset_is_current(self.paths)

    def run(self) -> None:
        """Write the folder, then the stamp that makes it count. A damaged shard is named and made anew by the next run."""
        need_pyarrow()
        with self._alone():
            if self.complete():
                return
            try:
                files = write_dataset(self.paths, self._tell)
            except DamagedError as error:
                with contextlib.suppress(ValueError):
                    shard = error.path.relative_to(self.paths.clean).with_suffix("").as_posix().partition("/")[2]
                    self.paths.stamp(shard).unlink(missing_ok=True)
                raise
            stamp = DatasetStamp(dataset_fingerprint(self.paths), files)
            write_atomic(self.paths.dataset_stamp, [msgspec.json.encode(stamp)])

    def _tell(self, done: int, total: int) -> None:
        self.set_progress_percentage(round(100 * done / max(total, 1)))
        self.set_status_message(f"{done} of {total} records")

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        with self.paths.build.open("rb") as stream:
            with contextlib.suppress(OSError):  # a share without locks: both write, and both write the same bytes
                fcntl.flock(stream, fcntl.LOCK_EX)
            yield


def write_dataset(paths: BuildPaths, tell: Callable[[int, int], None] = lambda _done, _total: None) -> dict[str, FileNote]:
    """Write `clean/dataset` from the shards of a build and return the notes on its files.

    Raises `DamagedError` where a shard is not what the build wrote, or an id is there twice: the folder then stays as it was.
    """
    from tasks.build import read_summary  # noqa: PLC0415 - the build's task requires this module's

    summary = read_summary(paths)
    if summary is None:
        raise DamagedError(paths.build, "it is missing or cannot be read")
    tally = Tally()
    with StagedFolder(paths.dataset, SEAL) as staged:
        rows = {
            **_write_articles(paths, summary, staged, tally, tell),
            "ledger.jsonl": _write_ledger(paths, summary, staged, tally),
            "raw.jsonl": _write_raw(paths, staged),
        }
        staged.write("build.json", paths.build.read_bytes())
        manifest = make_manifest(summary, staged.notes, rows, tally, about())
        for name, data in described(manifest).items():
            staged.write(name, data)
        return staged.publish()


def described(manifest: Manifest) -> dict[str, bytes]:
    """Return the files that follow from the manifest alone: itself, the card, its charts and the Croissant metadata."""
    from pipeline.dataset.card import CHART_FOLDER, card  # noqa: PLC0415
    from pipeline.dataset.charts import charts, svg  # noqa: PLC0415
    from pipeline.dataset.croissant import croissant  # noqa: PLC0415 - imports pyarrow

    files = {"manifest.json": encode(manifest), "README.md": card(manifest), "croissant.json": croissant(manifest)}
    return files | {f"{CHART_FOLDER}/{name}.svg": svg(chart) for name, chart in charts(manifest.statistics).items()}


def make_manifest(summary: BuildSummary, notes: dict[str, FileNote], rows: dict[str, int], tally: Tally, told: About) -> Manifest:
    """Return the manifest of a dataset whose data files are written."""
    return Manifest(
        format=FORMAT,
        schema_version=summary.schema_version,
        reproducible=summary.reproducible,
        about=told,
        records=rows["articles.jsonl"],
        raw_files=summary.files,
        inputs=summary.inputs,
        rejected=summary.rejected,
        skipped=summary.skipped,
        made_by=Code(
            code_sha256=summary.code_sha256,
            config_sha256=summary.config_sha256,
            build_sha256=notes["build.json"].sha256,
            rule_files=rule_digests(summary.config["rules"]["files"]),
            libraries=libraries(),
        ),
        files=tuple(
            DataFile(name, notes[name].bytes, notes[name].sha256, ROWS[name][0], rows[name], ROWS[name][1]) for name in sorted(rows)
        ),
        duplicates=(),
        statistics=tally.result(),
    )


def _write_articles(
    paths: BuildPaths, summary: BuildSummary, staged: StagedFolder, tally: Tally, tell: Callable[[int, int], None]
) -> dict[str, int]:
    from pipeline.dataset.columns import article_schema  # noqa: PLC0415 - imports pyarrow
    from pipeline.dataset.parquet import ParquetRows  # noqa: PLC0415

    count, previous, before = 0, None, b""
    files = ((paths.articles(shard.shard), shard.articles_sha256) for shard in summary.shards)
    with (
        merged(files, identified, paths.run) as lines,
        staged.open("articles.jsonl") as plain,
        staged.open("articles.parquet") as stream,
        ParquetRows(stream, article_schema()) as table,
    ):
        for key, line in lines:
            record = msgspec.json.decode(line)
            if key == previous:
                raise _clash(paths, summary, record, msgspec.json.decode(before))
            tally.add_record(record)
            plain.write(line)
            table.add(record, len(line))
            previous, before, count = key, line, count + 1
            if count % 1000 == 0:
                tell(count, summary.ok)
    return {"articles.jsonl": count, "articles.parquet": count}


def _clash(paths: BuildPaths, summary: BuildSummary, record: Any, other: Any) -> DamagedError:
    """Say that two records have one id, and in which shards they are."""
    found = [shard.shard for shard in summary.shards if record["id"].encode() in paths.articles(shard.shard).read_bytes()]
    locators = " and ".join(sorted(str(each["provenance"]["raw"]["locator"]) for each in (record, other)))
    return DamagedError(paths.articles(found[-1]), f"the id {record['id']} is there twice, for {locators} (in {', '.join(found)})")


def _write_ledger(paths: BuildPaths, summary: BuildSummary, staged: StagedFolder, tally: Tally) -> int:
    count = 0
    decoder = msgspec.json.Decoder(LedgerRow)
    files = ((paths.ledger(shard.shard), shard.ledger_sha256) for shard in summary.shards)
    with merged(files, located, paths.run) as lines, staged.open("ledger.jsonl") as stream:
        for _, line in lines:
            stream.write(line)
            count += 1
    for shard in summary.shards:
        source = shard.shard.split("/", maxsplit=1)[0]
        with paths.ledger(shard.shard).open("rb") as rows:
            for line in rows:
                row = decoder.decode(line)
                tally.add_row(source, row.status, row.code)
    return count


def raw_row(entry: Entry) -> RawRow:
    """Return the row of a raw file of an inventory."""
    known = sha256(msgspec.json.encode(entry.known, order="deterministic")).hexdigest() if entry.known else None
    return RawRow(entry.locator, entry.size, entry.sha256, entry.code, known)


def _write_raw(paths: BuildPaths, staged: StagedFolder) -> int:
    """List the raw files. A container of several shards counts in the first of them."""
    count = 0
    with SortedLines(paths.run) as rows, staged.open("raw.jsonl") as stream:
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
    return count
