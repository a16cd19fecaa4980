"""The task that cleans one shard: inputs in, articles and ledger out."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import luigi
import msgspec

from pipeline.batch import LedgerRow, clean_one, rejected_row
from pipeline.codeversion import code_sha256
from pipeline.ingest import RawDocument
from pipeline.rejected import Rejected
from tasks.failures import Reporting
from tasks.inventory import ShardPlan
from tasks.settings import pipeline_config
from tasks.targets import BuildPaths, write_atomic

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.ingest.shards import Entry
    from pipeline.records import Article


class FileNote(msgspec.Struct, frozen=True):
    """A finished file: its size in bytes and its hex sha256."""

    bytes: int
    sha256: str


class Stamp(msgspec.Struct, frozen=True):
    """What a shard's files were made from, and what they are."""

    fingerprint: str
    articles: FileNote
    ledger: FileNote
    ok: int
    rejected: int
    skipped: int


def shard_fingerprint(plan: ShardPlan, config: Config) -> str:
    """Return the identity of a shard's output: its inputs, the config and the code."""
    parts = (plan.inputs_sha256(), config.sha256(), code_sha256())
    return sha256("\0".join(parts).encode()).hexdigest()


def read_stamp(paths: BuildPaths, shard: str) -> Stamp | None:
    """Return the note on a shard's files, None where there is none or it is damaged."""
    try:
        return msgspec.json.decode(paths.stamp(shard).read_bytes(), type=Stamp)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def is_current(paths: BuildPaths, shard: str, fingerprint: str) -> bool:
    """Tell whether a shard's files are there in full and were made from just these inputs, settings and code."""
    stamp = read_stamp(paths, shard)
    if stamp is None or stamp.fingerprint != fingerprint:
        return False
    files = ((paths.articles(shard), stamp.articles), (paths.ledger(shard), stamp.ledger))
    return all(path.is_file() and path.stat().st_size == note.bytes for path, note in files)


class CleanShard(Reporting, luigi.Task):
    """Cleans the inputs of one shard. `fingerprint` names the result, so changed inputs or code are another task."""

    raw = luigi.Parameter()
    clean = luigi.Parameter()
    shard = luigi.Parameter()
    fingerprint = luigi.Parameter()

    @property
    def paths(self) -> BuildPaths:
        """Return the paths of the build."""
        return BuildPaths(Path(self.clean))

    def complete(self) -> bool:
        """Tell whether the shard's files are current."""
        return is_current(self.paths, self.shard, self.fingerprint)

    def run(self) -> None:
        """Clean every input of the shard, write both files, then the stamp that makes them count."""
        plan = msgspec.json.decode(self.paths.plan(self.shard).read_bytes(), type=ShardPlan)
        config = pipeline_config()
        rows: list[LedgerRow] = []
        articles: list[Article] = []
        for number, entry in enumerate(plan.entries, 1):
            row, article = self._clean(entry, config)
            rows.append(row)
            if article is not None:
                articles.append(article)
            self._advance(entry, row, number / len(plan.entries))
        articles.sort(key=lambda article: article.id)
        rows.sort(key=lambda row: row.locator)
        self._write(rows, articles, len(plan.entries))

    def _clean(self, entry: Entry, config: Config) -> tuple[LedgerRow, Article | None]:
        """Clean one raw file. Reading errors that concern this file alone become its row."""
        if entry.sha256 is None:
            code = entry.code or "permission"
            return rejected_row(entry.locator, Rejected(code, entry.detail or "")), None  # type: ignore[arg-type]  # codes of the scan
        if entry.size > config.limits.max_bytes:
            too_large = Rejected("too_large", f"{entry.size} bytes, the limit is {config.limits.max_bytes}")
            return rejected_row(entry.locator, too_large, digest=entry.sha256, size=entry.size), None
        try:
            data = (Path(self.raw) / entry.locator).read_bytes()
        except PermissionError:
            rejected = Rejected("permission", "the file cannot be read by this user")
            return rejected_row(entry.locator, rejected, digest=entry.sha256, size=entry.size), None
        outcome = clean_one(RawDocument(data=data, locator=entry.locator, source=entry.locator.split("/")[0]), config)
        return outcome.row, outcome.article

    def _advance(self, entry: Entry, row: LedgerRow, share: float) -> None:
        """Tell the progress bar and Luigi's own pages how far the shard is."""
        with self.paths.progress.open("ab", buffering=0) as stream:
            stream.write(b"%d %s\n" % (entry.size, row.status.encode()))
        report: Any = self.set_progress_percentage  # None where no Luigi worker runs the task
        if report is not None:
            report(round(100 * share))

    def _write(self, rows: list[LedgerRow], articles: list[Article], inputs: int) -> None:
        counts = {status: sum(row.status == status for row in rows) for status in ("ok", "rejected", "skipped")}
        if sum(counts.values()) != inputs or counts["ok"] != len(articles):
            msg = f"shard {self.shard} has {inputs} inputs but {counts} rows and {len(articles)} articles"
            raise AssertionError(msg)
        self.paths.stamp(self.shard).unlink(missing_ok=True)
        made = _write_lines(self.paths.articles(self.shard), articles)
        noted = _write_lines(self.paths.ledger(self.shard), rows)
        stamp = Stamp(self.fingerprint, made, noted, counts["ok"], counts["rejected"], counts["skipped"])
        write_atomic(self.paths.stamp(self.shard), [msgspec.json.encode(stamp)])


def _write_lines(path: Path, records: list[Article] | list[LedgerRow]) -> FileNote:
    data = msgspec.json.Encoder().encode_lines(records)
    write_atomic(path, [data])
    return FileNote(len(data), sha256(data).hexdigest())
