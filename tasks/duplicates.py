"""The tasks that mark the duplicates of a build: one search through the sketches of all shards, then a sidecar for every shard.

A shard's sketches are made with its records (`tasks/clean_shard.py`); where they are lost or damaged, a task of their own makes them again.
"""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING

import luigi
import msgspec
from luigi.parameter import ParameterVisibility

from pipeline.code_identity import code_sha256
from pipeline.duplicates.search import find, rows
from tasks.base import OfBuild, short, tell
from tasks.clean_shard import read_stamp
from tasks.core.atomic_files import FileNote, write_atomic
from tasks.core.sealed import read_sealed, write_sealed
from tasks.core.sketches import WholeBuild, read_contents
from tasks.settings import pipeline_config
from tasks.sketching import sketch_fingerprint, write_sketch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pipeline.config import Config
    from pipeline.duplicates.clusters import Clustered
    from tasks.core.build_paths import BuildPaths


class ClashError(OSError):
    """Two records of a build have one id; the message names it and their shards. The next run cleans those shards again."""

    def __init__(self, identity: str, shards: tuple[str, str]) -> None:
        super().__init__(f"the id {identity} stands in {shards[0]} and in {shards[1]}: these do not belong to one build; run again")
        self.shards = shards


class DuplicateCounts(msgspec.Struct, frozen=True):
    """Duplicates in `build.json`: clusters of two records or more, the records in them by relation, and those beside a representative."""

    clusters: int
    exact: int
    near: int
    wire: int
    redundant: int


class DuplicatesStamp(msgspec.Struct, frozen=True):
    """What the sidecars of a build were made from, and what they are, by shard."""

    fingerprint: str
    counts: DuplicateCounts
    files: dict[str, FileNote]


def articles_digests(paths: BuildPaths, shards: Iterable[str]) -> dict[str, str]:
    """Return the hex sha256 of the records of every shard, as its stamp notes it; empty where there is no stamp."""
    stamps = {shard: read_stamp(paths, shard) for shard in shards}
    return {shard: stamp.articles.sha256 if stamp else "" for shard, stamp in stamps.items()}


def duplicates_fingerprint(digests: Mapping[str, str], config: Config) -> str:
    """Return the identity of what the sidecars would be made from now: the records, the settings of the search and the code."""
    parts = [code_sha256(config), msgspec.json.encode(config.duplicates, order="deterministic").decode()]
    return short(sha256("\0".join([*parts, *(f"{shard}\n{digest}" for shard, digest in sorted(digests.items()))]).encode()).hexdigest())


def read_duplicates(paths: BuildPaths, fingerprint: str) -> DuplicatesStamp | None:
    """Return the note on the sidecars; None where they are not those of `fingerprint` or not all there in full."""
    stamp = read_sealed(paths.duplicates_stamp, DuplicatesStamp)
    if stamp is None or stamp.fingerprint != fingerprint:
        return None
    try:
        whole = all(paths.duplicates(shard).stat().st_size == note.bytes for shard, note in stamp.files.items())
    except (FileNotFoundError, NotADirectoryError):
        return None
    return stamp if whole else None


def search(build: WholeBuild, config: Config, progress: Callable[[int, int], None] | None = None) -> Clustered:
    """Find the duplicates of a build; raises `ClashError` where two records have the same id."""
    if (clash := build.clash()) is not None:
        raise ClashError(clash[0], clash[1:])
    return find(build, config.duplicates, progress)


def sidecar(build: WholeBuild, found: Clustered, numbers: list[int]) -> Iterator[bytes]:
    """Yield the lines of a shard's sidecar."""
    encoder = msgspec.json.Encoder()
    for row in rows(build, found, numbers):
        yield encoder.encode(row) + b"\n"


def count(found: Clustered) -> DuplicateCounts:
    """Count what was found."""
    strengths = Counter(found.strength.tolist())
    related = int((found.size > 1).sum())
    clusters = len(set(found.representative[found.size > 1].tolist()))
    return DuplicateCounts(clusters, strengths[3], strengths[2], strengths[1], related - clusters)


class SketchShard(OfBuild):
    """Sketches the records of one shard whose sketches are not there any more; they are a cache below `run`."""

    shard: str = luigi.Parameter()

    def complete(self) -> bool:
        """Tell whether the sketches are there in full and current."""
        contents = read_contents(self.paths.sketch(self.shard), whole=True)
        return contents is not None and contents.fingerprint == self.fingerprint

    def run(self) -> None:
        """Sketch the shard. Damaged records lose their stamp, so that the next run cleans the shard again."""
        digest = articles_digests(self.paths, [self.shard])[self.shard]
        try:
            write_sketch(self.paths.articles(self.shard), self.paths.sketch(self.shard), digest, pipeline_config())
        except OSError as error:
            if error.errno is None:
                self.paths.stamp(self.shard).unlink(missing_ok=True)
            raise


class MarkDuplicates(OfBuild):
    """Searches the sketches of all shards and writes the sidecars. `fingerprint` names what they are made from."""

    shards: tuple[str, ...] = luigi.TupleParameter(significant=False, visibility=ParameterVisibility.HIDDEN)

    def complete(self) -> bool:
        """Tell whether the sidecars are current."""
        return read_duplicates(self.paths, self.fingerprint) is not None

    def run(self) -> None:
        """Search, write every sidecar, then the stamp that makes them count. Shards that clash are cleaned again by the next run."""
        shards = [str(shard) for shard in self.shards]
        build = WholeBuild({shard: self.paths.sketch(shard) for shard in shards})
        try:
            found = search(build, pipeline_config(), self._tell)
        except ClashError as error:
            for shard in error.shards:
                self.paths.stamp(shard).unlink(missing_ok=True)
            raise
        self.paths.duplicates_stamp.unlink(missing_ok=True)
        files = {
            shard: write_atomic(self.paths.duplicates(shard), sidecar(build, found, numbers)) for shard, numbers in build.numbers().items()
        }
        stamp = DuplicatesStamp(self.fingerprint, count(found), files)
        write_sealed(self.paths.duplicates_stamp, stamp)

    def _tell(self, done: int, total: int) -> None:
        self.set_progress_percentage(round(100 * done / max(total, 1)))
        self.set_status_message(f"{done:,} of {total:,} pairs compared")
        tell(self.paths, f"{done} of {total}")


def sketch_tasks(paths: BuildPaths, digests: Mapping[str, str], config: Config) -> list[SketchShard]:
    """Return the task of every shard."""
    clean = str(paths.clean)
    return [SketchShard(clean=clean, shard=shard, fingerprint=sketch_fingerprint(digest, config)) for shard, digest in digests.items()]


def mark_task(paths: BuildPaths, digests: Mapping[str, str], config: Config) -> MarkDuplicates:
    """Return the task that marks the duplicates of these shards."""
    return MarkDuplicates(clean=str(paths.clean), fingerprint=duplicates_fingerprint(digests, config), shards=tuple(digests))
