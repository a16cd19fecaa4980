"""Cleans a shard: the inputs of its plan become two files and a stamp. Settings, limits and digests are arguments, for any engine."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from itertools import chain
from typing import TYPE_CHECKING

import msgspec

from pipeline.config import Config
from tasks.core.atomic_files import FileNote
from tasks.core.costs import Cost, Slowest
from tasks.core.isolation import Job, Made, clean_isolated
from tasks.core.limits import Limits
from tasks.core.reuse import LeftOver, left_over
from tasks.core.sealed import read_sealed, short, write_sealed
from tasks.core.sketching import ShardSketches
from tasks.core.sorting import SortedLines

if TYPE_CHECKING:
    from collections.abc import Callable

    from tasks.core.build_paths import BuildPaths
    from tasks.core.plans import ShardPlan

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


class Terms(msgspec.Struct, frozen=True):
    """What decides a shard's files besides its plan and the raw bytes, and what a document may take.

    The digests are those of the settings with their rule files, and of the code: `Resources` has both.
    """

    config: Config
    config_sha256: str
    code_sha256: str
    limits: Limits

    def fingerprint(self, inputs_sha256: str) -> str:
        """Return the identity of what the files of these inputs are on these terms."""
        return fingerprint_of(inputs_sha256, self.config_sha256, self.code_sha256)


def fingerprint_of(inputs: str, config: str, code: str) -> str:
    """Return the identity of a shard's output: the digests of its inputs, the config and the code."""
    return short(sha256("\0".join((inputs, config, code)).encode()).hexdigest())


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


def write_shard(paths: BuildPaths, plan: ShardPlan, raw: str, terms: Terms, tell: Callable[[Made], None], *, alone: bool = False) -> Stamp:
    """Clean the inputs of a plan, write both files of its shard and its sketches, then the stamp that makes them count.

    Whoever does it again writes the same bytes, at the same time too.

    Args:
        paths: the build.
        plan: the inputs.
        raw: the folder that they lie in.
        terms: settings, limits and digests.
        tell: hears of every input's end.
        alone: the children keep none of the files and sockets that this process has open.

    Raises:
        OSError: a raw file cannot be read, or is not the planned one; a file cannot be written.
    """
    shard, inputs = plan.shard, plan.inputs_sha256()
    left = left_over(paths, plan, terms.config_sha256, terms.code_sha256) or LeftOver((), plan.entries, {})
    collection, points = shard.split("/", maxsplit=1)[0], str(paths.points)
    job = Job(raw, collection, left.entries, plan.part, terms.config, points=points, again=left.again)
    counted, slowest = _Counted(), Slowest()
    slowest.add_noted(paths.costs(shard), {made.locator for made in left.made})
    with SortedLines(paths.run) as articles, SortedLines(paths.run) as ledger:
        for made in chain(left.made, clean_isolated(job, terms.limits, alone=alone)):
            counted.add(made)
            if made.line is not None:
                articles.add(made.id or "", made.line)
            ledger.add(made.locator, made.row)
            if made.milliseconds is not None:
                slowest.add(Cost(made.milliseconds, made.locator, made.id, made.code))
            tell(made)
        paths.stamp(shard).unlink(missing_ok=True)
        sketches = ShardSketches()
        written = articles.write(paths.articles(shard), sketches.add)
        sketches.write(paths.sketch(shard), written.sha256, terms.code_sha256)
        noted = ledger.write(paths.ledger(shard))
        stamp = counted.stamp((inputs, terms.config_sha256, terms.code_sha256), written, noted)
    _account(plan, stamp)
    slowest.write(paths.costs(shard))
    write_sealed(paths.stamp(shard), stamp)
    for note in (paths.changes(shard), paths.retry(shard)):  # they name files that may have been taken down
        note.unlink(missing_ok=True)
    return stamp


class _Counted:
    """What a shard's stamp counts."""

    def __init__(self) -> None:
        self._statuses: Counter[str] = Counter()
        self._codes: Counter[str] = Counter()
        self._respelt = 0

    def add(self, made: Made) -> None:
        self._statuses[made.status] += 1
        if made.code is not None:
            self._codes[made.code] += 1
        if made.line is not None:
            self._respelt += made.line.count(_RESPELT)

    def stamp(self, digests: tuple[str, str, str], articles: FileNote, ledger: FileNote) -> Stamp:
        """Return the stamp; the digests are those of the inputs, the config and the code."""
        ended = (self._statuses.total(), self._statuses["ok"], self._statuses["rejected"], self._statuses["skipped"])
        return Stamp(*digests, articles, ledger, *ended, dict(sorted(self._codes.items())), self._respelt)


def _account(plan: ShardPlan, stamp: Stamp) -> None:
    """Check that every raw file of a shard came to an end."""
    if stamp.inputs != stamp.ok + stamp.rejected + stamp.skipped or (plan.part is None and stamp.inputs < len(plan.entries)):
        msg = f"shard {plan.shard} has {len(plan.entries)} raw files but {stamp}"
        raise AssertionError(msg)
