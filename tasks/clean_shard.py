"""The task that cleans one shard: inputs in, articles and ledger out."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import time
from collections import Counter
from hashlib import sha256
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO

import luigi
import msgspec

from pipeline.code_identity import code_sha256
from tasks.base import OfBuild, short
from tasks.core.atomic_files import FileNote
from tasks.core.costs import Cost, Slowest
from tasks.core.isolation import ChangedError, Job, Made, clean_isolated
from tasks.core.plans import ShardPlan, read_group
from tasks.core.reuse import LeftOver, left_over
from tasks.core.scan import digest_of
from tasks.core.sealed import read_sealed, unsealed, write_sealed
from tasks.core.sorting import SortedLines
from tasks.settings import config_sha256, limits, pipeline_config
from tasks.sketching import ShardSketches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.config import Config
    from tasks.core.build_paths import BuildPaths

logger = logging.getLogger("copydesk")

_TELL_SECONDS = 0.5
"""How often the progress bar and Luigi's pages hear of a running shard."""


_RESPELT = b'spelling.variant",null]'
"""How an edit of the text ends, in a record, that spells a word in the wanted variety."""


class Stamp(msgspec.Struct, frozen=True):
    """What a shard's files were made from, and what they are.

    `config_sha256` also covers the rule files that the settings name; `codes` counts the rejected by code, `respelt` the words that were
    spelt in the wanted variety of English.
    """

    inputs_sha256: str
    config_sha256: str
    code_sha256: str
    articles: FileNote
    ledger: FileNote
    inputs: int
    ok: int
    rejected: int
    skipped: int
    codes: dict[str, int]
    respelt: int

    @property
    def fingerprint(self) -> str:
        """Return the identity of what the files were made from."""
        return fingerprint_of(self.inputs_sha256, self.config_sha256, self.code_sha256)


def fingerprint_of(inputs: str, config: str, code: str) -> str:
    """Return the identity of a shard's output: the digests of its inputs, the config and the code."""
    return short(sha256("\0".join((inputs, config, code)).encode()).hexdigest())


def shard_fingerprint(inputs_sha256: str, config: Config) -> str:
    """Return the identity of what a shard's output would be now."""
    return fingerprint_of(inputs_sha256, config_sha256(config), code_sha256(config))


def read_stamp(paths: BuildPaths, shard: str) -> Stamp | None:
    """Return the note on a shard's files, None where there is none or it is damaged."""
    return read_sealed(paths.stamp(shard), Stamp)


def is_current(paths: BuildPaths, shard: str, fingerprint: str) -> bool:
    """Tell whether a shard's files are there in full and were made from just these inputs, settings and code."""
    stamp = read_stamp(paths, shard)
    return stamp is not None and stamp.fingerprint == fingerprint and is_whole(paths, shard, stamp)


def is_whole(paths: BuildPaths, shard: str, stamp: Stamp) -> bool:
    """Tell whether a shard's files are there with the sizes that its stamp notes."""
    files = ((paths.articles(shard), stamp.articles), (paths.ledger(shard), stamp.ledger))
    try:
        return all(path.stat().st_size == note.bytes for path, note in files)
    except (FileNotFoundError, NotADirectoryError):
        return False


def forget_damaged(paths: BuildPaths) -> None:
    """Read the files of every shard, and forget the stamp of one whose bytes are not those that were written: a run then makes it again."""
    root = paths.stamp("x").parent
    for path in root.rglob("*.json") if root.is_dir() else ():
        shard = path.relative_to(root).as_posix().removesuffix(".json")
        stamp = read_stamp(paths, shard)
        if stamp is None or not is_whole(paths, shard, stamp):
            continue
        files = ((paths.articles(shard), stamp.articles), (paths.ledger(shard), stamp.ledger))
        if any(digest_of(made) != note.sha256 for made, note in files):
            path.unlink(missing_ok=True)


class CleanShard(OfBuild):
    """Cleans the inputs of one shard. `fingerprint` names the result, so changed inputs or code are another task."""

    raw: str = luigi.Parameter()
    shard: str = luigi.Parameter()

    def complete(self) -> bool:
        """Tell whether the shard's files are current."""
        return is_current(self.paths, self.shard, self.fingerprint)

    def run(self) -> None:
        """Clean every input of the shard, write both files and the sketches of the records, then the stamp that makes them count.

        Where several builds work on one folder without a common scheduler, the second waits for the first and finds the work done.
        """
        config = pipeline_config()
        with self._plan() as stream:
            plan = self._read(stream)
            inputs = plan.inputs_sha256()
            if shard_fingerprint(inputs, config) != self.fingerprint:
                raise ChangedError(f"the plan of {self.shard} changed during the build; run again")
            if not self.complete():
                self._clean(plan, inputs, config)
            else:
                _Teller(self, plan).close()

    def _read(self, stream: BinaryIO) -> ShardPlan:
        """Return the plan. One that was damaged since the inventory looked at it is forgotten: the next run writes it again."""
        data = unsealed(stream.read())
        if data is None:
            self.paths.plan(self.shard).unlink(missing_ok=True)
            raise ChangedError(f"the plan of {self.shard} is damaged; run again")
        return msgspec.json.decode(data, type=ShardPlan)

    @contextlib.contextmanager
    def _plan(self) -> Iterator[BinaryIO]:
        with self.paths.plan(self.shard).open("rb") as stream:
            with contextlib.suppress(OSError):  # a share without locks: both write, and both write the same bytes
                fcntl.flock(stream, fcntl.LOCK_EX)
            yield stream

    def _clean(self, plan: ShardPlan, inputs: str, config: Config) -> None:
        settings = config_sha256(config)
        left = left_over(self.paths, plan, settings, code_sha256(config)) or LeftOver((), plan.entries, {})
        collection, points = self.shard.split("/", maxsplit=1)[0], str(self.paths.points)
        job = Job(self.raw, collection, left.entries, plan.part, config, points=points, again=left.again)
        statuses: Counter[str] = Counter()
        codes: Counter[str] = Counter()
        respelt, slowest = 0, Slowest()
        slowest.add_noted(self.paths.costs(self.shard), {made.locator for made in left.made})
        began = time.monotonic()
        with SortedLines(self.paths.run) as articles, SortedLines(self.paths.run) as ledger, _Teller(self, plan) as teller:
            for made in chain(left.made, clean_isolated(job, limits())):
                statuses[made.status] += 1
                if made.code is not None:
                    codes[made.code] += 1
                if made.line is not None:
                    articles.add(made.id or "", made.line)
                    respelt += made.line.count(_RESPELT)
                ledger.add(made.locator, made.row)
                if made.milliseconds is not None:
                    slowest.add(Cost(made.milliseconds, made.locator, made.id, made.code))
                teller.tell(made)
            self.paths.stamp(self.shard).unlink(missing_ok=True)
            sketches = ShardSketches()
            written = articles.write(self.paths.articles(self.shard), sketches.add)
            sketches.write(self.paths.sketch(self.shard), written.sha256, config)
            stamp = Stamp(
                inputs,
                settings,
                code_sha256(config),
                written,
                ledger.write(self.paths.ledger(self.shard)),
                statuses.total(),
                statuses["ok"],
                statuses["rejected"],
                statuses["skipped"],
                dict(sorted(codes.items())),
                respelt,
            )
        _account(self.shard, plan, stamp)
        slowest.write(self.paths.costs(self.shard))
        write_sealed(self.paths.stamp(self.shard), stamp)
        for note in (self.paths.changes(self.shard), self.paths.retry(self.shard)):  # they name files that may have been taken down
            note.unlink(missing_ok=True)
        self._log(stamp, teller.bytes, time.monotonic() - began)

    def _log(self, stamp: Stamp, size: int, seconds: float) -> None:
        logger.info(
            "shard %s: %d documents, %d ok, %d rejected, %d skipped, %.1f s, %.1f MB/s",
            self.shard,
            stamp.inputs,
            stamp.ok,
            stamp.rejected,
            stamp.skipped,
            seconds,
            size / 1e6 / max(seconds, 0.001),
            extra={
                "event": "shard",
                "shard": self.shard,
                "inputs": stamp.inputs,
                "ok": stamp.ok,
                "rejected": stamp.rejected,
                "skipped": stamp.skipped,
                "codes": stamp.codes,
                "seconds": round(seconds, 3),
                "bytes": size,
            },
        )


def _account(shard: str, plan: ShardPlan, stamp: Stamp) -> None:
    """Check that every raw file of a shard came to an end."""
    if stamp.inputs != stamp.ok + stamp.rejected + stamp.skipped or (plan.part is None and stamp.inputs < len(plan.entries)):
        msg = f"shard {shard} has {len(plan.entries)} raw files but {stamp}"
        raise AssertionError(msg)


class _Teller:
    """Tells the progress bar and Luigi's own pages how far a shard is, now and then."""

    def __init__(self, task: CleanShard, plan: ShardPlan) -> None:
        self._task = task
        group = read_group(task.paths, task.shard.rpartition("/")[0])
        about = {entry.shard: entry.documents for entry in group.shards} if group else {}
        self._expected = about.get(task.shard, len(plan.entries))
        self._pending: list[bytes] = []
        self._told, self._done, self._rejected = time.monotonic(), 0, 0
        self.bytes = 0

    def __enter__(self) -> _Teller:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Tell the rest, and by how much the shard held more or fewer inputs than were expected."""
        if self._done != self._expected:
            self._pending.append(b"%d total\n" % (self._done - self._expected))
        self._flush()

    def tell(self, made: Made) -> None:
        """Note one input's end."""
        self._pending.append(b"%d %s\n" % (made.size, made.status.encode()))
        self.bytes += made.size
        self._done += 1
        self._rejected += made.status == "rejected"
        if time.monotonic() - self._told > _TELL_SECONDS:
            self._flush()

    def _flush(self) -> None:
        self._told = time.monotonic()
        with contextlib.suppress(OSError), self._task.paths.progress.open("ab", buffering=0) as stream:  # a bar is worth no failure
            stream.write(b"".join(self._pending))
        self._pending.clear()
        self._task.set_progress_percentage(min(100, round(100 * self._done / max(self._expected, 1))))
        done = f"{self._done:,} of about {self._expected:,} documents"
        self._task.set_status_message(f"{done}, {self._rejected:,} rejected, {self.bytes / 1e6:,.1f} MB")
