"""`copydesk verify`: derives every record of a build again from its raw bytes and compares."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click
import msgspec
from msgspec.structs import replace
from tqdm import tqdm

from copydesk.commands.verify_dataset import dataset_of_build, raw_rows_of
from copydesk.options import PLAIN, warn
from copydesk.plans import plans_now
from copydesk.terminal.progress import wanted
from pipeline.code_identity import code_sha256
from pipeline.config import Config
from pipeline.ledger import LedgerRow
from pipeline.rejected import MACHINE_CODES
from pipeline.replay import ReplayError, resolve
from pipeline.text.controls import escaped
from tasks.core.build_paths import BuildPaths
from tasks.core.isolation import Job, clean_isolated, warm_up
from tasks.core.sealed import read_sealed
from tasks.core.sketches import WholeBuild
from tasks.duplicates import search, sidecar
from tasks.settings import limits
from tasks.sketching import write_sketch
from tasks.summary import read_summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copydesk.options import Manner
    from tasks.core.plans import ShardPlan
    from tasks.summary import BuildSummary, ShardSummary

SHOWN = 50
"""How many differences are printed; the count is always whole."""


def verify_build(clean: Path, raw: Path, *, progress: bool | None, manner: Manner = PLAIN) -> int:
    """Print every difference between `clean` and what `raw` gives; return 0 where there is none, else 1."""
    paths = BuildPaths(clean)
    summary = read_summary(paths)
    if summary is None:
        warn(f"{paths.build} is missing or damaged: nothing to verify; make it with copydesk run")
        return 1
    config = stored_config(paths, summary)
    if summary.code_sha256 != code_sha256(config):
        warn("the build was made by another version of the code or of a library; install that version, or build again")
        return 1
    warm_up(config)
    found: list[str] = []
    with tqdm(total=summary.inputs, unit="doc", disable=not wanted(progress), dynamic_ncols=True) as bar:
        for difference in _differences(paths, raw, summary, config, bar):
            found.append(difference)
            if len(found) <= SHOWN and not manner.json:
                tqdm.write(escaped(difference))
    if manner.json:
        told = {"verified": not found, "records": summary.ok, "rejected": summary.rejected, "differences": found}
        click.echo(msgspec.json.encode(told))
    elif found:
        warn(f"{len(found):,} differences in {summary.inputs:,} inputs")
    elif not manner.quiet:
        click.echo(f"verified: {summary.ok:,} records and {summary.rejected:,} rejections are what {raw} gives, byte for byte")
    return 1 if found else 0


def stored_config(paths: BuildPaths, summary: BuildSummary) -> Config:
    """Return the settings of a build, with its rule files where it found them, else where their names lead from the working folder."""
    known = read_sealed(paths.rule_files, dict[str, str]) or {}
    config = msgspec.convert(summary.config, Config)
    files = tuple(known[name] if Path(known.get(name, "")).is_file() else name for name in config.rules.files)
    return replace(config, rules=replace(config.rules, files=files))


def _differences(paths: BuildPaths, raw: Path, summary: BuildSummary, config: Config, bar: Any) -> Iterator[str]:
    if config.sha256(summary.rule_files.values()) != summary.config_sha256:
        yield "build.json: config_sha256 is not the digest of its config and rule files"
    plans, _ = plans_now(raw, summary.cut)
    yield from raw_rows_of(paths, list(plans.values()))
    for shard in summary.shards:
        if shard.shard in plans:
            yield from _shard(paths, raw, shard, plans.pop(shard.shard), config, bar)
        else:
            yield f"{shard.shard}: its raw files are gone from {raw}"
    for plan in plans.values():
        yield from (f"{entry.locator}: in {raw} but in no ledger" for entry in plan.entries)
    yield from _strays(paths, summary)
    yield from _duplicates(paths, summary, config)
    yield from dataset_of_build(paths, summary)


def _strays(paths: BuildPaths, summary: BuildSummary) -> Iterator[str]:
    """Yield files that no shard of the build accounts for."""
    for make in (paths.articles, paths.ledger, paths.duplicates):
        wanted_files = {make(shard.shard) for shard in summary.shards}
        for path in sorted(make("x").parent.rglob("*")):
            if path.is_file() and path not in wanted_files:
                yield f"{path.relative_to(paths.clean)}: belongs to no shard of the build"


def _duplicates(paths: BuildPaths, summary: BuildSummary, config: Config) -> Iterator[str]:
    """Search the stored records for duplicates again and compare the sidecars; damaged records cannot be searched."""
    digests = {shard.shard: shard.duplicates_sha256 for shard in summary.shards}
    with TemporaryDirectory() as folder:
        sketches = {shard.shard: Path(folder) / f"{number}.sketch" for number, shard in enumerate(summary.shards)}
        try:
            for shard in summary.shards:
                write_sketch(paths.articles(shard.shard), sketches[shard.shard], shard.articles_sha256, config)
            whole = WholeBuild(sketches)
            found = search(whole, config)
        except OSError as error:
            yield f"duplicates cannot be searched for: {error}"
            return
        for name, numbers in whole.numbers().items():
            stored, problem = _lines(paths.duplicates(name), digests[name])
            made = [line.rstrip(b"\n") for line in sidecar(whole, found, numbers)]
            if problem or stored != made:
                yield problem or f"{paths.duplicates(name)}: its rows on duplicates are not those of the records"


def _lines(path: Path, expected: str) -> tuple[list[bytes], str | None]:
    """Read a shard's file and say what is wrong with it as a whole."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return [], f"{path}: missing"
    problem = None if sha256(data).hexdigest() == expected else f"{path}: its digest is not the one in build.json"
    return data.splitlines(), problem


def _shard(paths: BuildPaths, raw: Path, shard: ShardSummary, plan: ShardPlan, config: Config, bar: Any) -> Iterator[str]:
    ledger, problem = _lines(paths.ledger(shard.shard), shard.ledger_sha256)
    if problem:
        yield problem
    articles, problem = _lines(paths.articles(shard.shard), shard.articles_sha256)
    if problem:
        yield problem
    records: dict[str, bytes] = {}
    for number, line in enumerate(articles, 1):
        try:
            records[msgspec.json.decode(line)["id"]] = line
        except (msgspec.DecodeError, KeyError, TypeError):
            yield f"{paths.articles(shard.shard)}: line {number} is no record"
    rows: dict[str, list[LedgerRow]] = {}
    for number, line in enumerate(ledger, 1):
        try:
            row = msgspec.json.decode(line, type=LedgerRow)
            rows.setdefault(row.locator, []).append(row)
        except msgspec.DecodeError:
            yield f"{paths.ledger(shard.shard)}: line {number} is no ledger row"
    yield from _derived(_job(paths, raw, plan, config), rows, records, bar)
    for left in rows.values():
        for row in left:
            yield f"{row.locator}: in the ledger, but not in {raw}"
    for identity in records:
        yield f"{identity}: a record without a ledger row"


def _job(paths: BuildPaths, raw: Path, plan: ShardPlan, config: Config) -> Job:
    return Job(str(raw), plan.shard.split("/")[0], plan.entries, plan.part, config, proof=True, points=str(paths.points))


def _derived(job: Job, rows: dict[str, list[LedgerRow]], records: dict[str, bytes], bar: Any) -> Iterator[str]:
    """Derive a shard again; take what agrees out of `rows` and `records`, and yield what does not."""
    for made in clean_isolated(job, limits()):
        bar.update(1)
        now = msgspec.json.decode(made.row, type=LedgerRow)
        stored = rows.get(made.locator, [])
        row = now if now in stored else (stored[0] if stored else None)
        if row is None:
            yield f"{made.locator}: in {job.raw} but in no ledger"
            continue
        stored.remove(row)
        if not stored:
            del rows[made.locator]
        yield from _compare(row, now, records.pop(row.id or "", None), made.line)
        if made.problem:
            yield f"{made.locator}: {made.problem}"


def _compare(row: LedgerRow, now: LedgerRow, stored: bytes | None, made: bytes | None) -> Iterator[str]:
    """Compare one input's row and record with what its bytes give now. Accidents of a machine prove nothing."""
    if row.code in MACHINE_CODES or now.code in MACHINE_CODES:
        return
    if (row.sha256, row.bytes) != (now.sha256, now.bytes):
        yield f"{row.locator}: the raw file has changed since the build"
    elif row != now:
        yield f"{row.locator}: the ledger says {row.status} {row.code or ''}, now it is {now.status} {now.code or ''}"
    elif row.status == "ok" and stored is None:
        yield f"{row.locator}: the ledger says ok, but there is no record"
    elif stored is not None and made is not None and made != stored:
        yield f"{row.locator}: {_first_field(made, stored)} differs"


def _first_field(made: bytes, stored: bytes) -> str:
    """Name the first field in which two records differ, as a JSON pointer."""
    left, right = msgspec.json.decode(made), msgspec.json.decode(stored)
    pointer = ""
    while (isinstance(left, dict) and isinstance(right, dict)) or (isinstance(left, list) and isinstance(right, list)):
        keys = list(left) if isinstance(left, dict) else list(map(str, range(min(len(left), len(right)))))
        found = next((key for key in keys if _at(left, key) != _at(right, key)), None)
        if found is None:
            return pointer or "the record"
        pointer += f"/{found}"
        left, right = _at(left, found), _at(right, found)
    return pointer


def _at(value: Any, key: str) -> Any:
    try:
        return resolve({"value": value}, f"/value/{key}")
    except ReplayError:
        return None
