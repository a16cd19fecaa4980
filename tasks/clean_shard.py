"""The task that cleans one shard: inputs in, articles and ledger out."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import time
from typing import TYPE_CHECKING, BinaryIO

import luigi
import msgspec

from pipeline.code_identity import code_sha256
from tasks.base import OfBuild
from tasks.core.isolation import ChangedError
from tasks.core.plans import ShardPlan, read_group
from tasks.core.scan import digest_of
from tasks.core.sealed import unsealed
from tasks.core.shard_files import Terms, fingerprint_of, is_current, is_whole, read_stamp, write_shard
from tasks.settings import config_sha256, limits, pipeline_config

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.config import Config
    from tasks.core.build_paths import BuildPaths
    from tasks.core.isolation import Made
    from tasks.core.shard_files import Stamp

logger = logging.getLogger("copydesk")

_TELL_SECONDS = 0.5
"""How often the progress bar and Luigi's pages hear of a running shard."""


def current_terms() -> Terms:
    """Return the terms on which the settings of this process clean."""
    config = pipeline_config()
    return Terms(config, config_sha256(config), code_sha256(config), limits())


def shard_fingerprint(inputs_sha256: str, config: Config) -> str:
    """Return the identity of what a shard's output would be now."""
    return fingerprint_of(inputs_sha256, config_sha256(config), code_sha256(config))


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
            if shard_fingerprint(plan.inputs_sha256(), config) != self.fingerprint:
                raise ChangedError(f"the plan of {self.shard} changed during the build; run again")
            if not self.complete():
                self._clean(plan)
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

    def _clean(self, plan: ShardPlan) -> None:
        began = time.monotonic()
        with _Teller(self, plan) as teller:
            stamp = write_shard(self.paths, plan, str(self.raw), current_terms(), teller.tell)
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
