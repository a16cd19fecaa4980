"""`copydesk verify`: derives every record of a build again from its raw bytes and compares."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

import click
import msgspec
from tqdm import tqdm

from copydesk.bars import wanted
from pipeline.batch import LedgerRow
from pipeline.codeversion import code_sha256
from pipeline.config import Config
from pipeline.ingest import RawDocument
from pipeline.rejected import MACHINE_CODES, Rejected
from pipeline.replay import ReplayError, check, resolve
from pipeline.stages import run
from tasks.build import read_summary
from tasks.scan import find
from tasks.targets import BuildPaths

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tasks.build import BuildSummary, ShardSummary

SHOWN = 50
"""How many differences are printed; the count is always whole."""


def verify_build(clean: Path, raw: Path, *, progress: bool | None) -> int:
    """Print every difference between `clean` and what `raw` gives; return 0 where there is none, else 1."""
    paths = BuildPaths(clean)
    summary = read_summary(paths)
    if summary is None:
        click.echo(f"copydesk: {paths.build} is missing or damaged: nothing to verify; make it with copydesk run", err=True)
        return 1
    if summary.code_sha256 != code_sha256():
        click.echo(
            "copydesk: the build was made by another version of the code or of a library; install that version, or build again", err=True
        )
        return 1
    config = msgspec.convert(summary.config, Config)
    differences = 0
    with tqdm(total=summary.inputs, unit="doc", disable=not wanted(progress), dynamic_ncols=True) as bar:
        for difference in _differences(paths, raw, summary, config, bar):
            differences += 1
            if differences <= SHOWN:
                tqdm.write(difference)
    if differences:
        click.echo(f"copydesk: {differences} differences in {summary.inputs} inputs", err=True)
        return 1
    click.echo(f"verified: {summary.ok} records and {summary.rejected} rejections are what {raw} gives, byte for byte")
    return 0


def _differences(paths: BuildPaths, raw: Path, summary: BuildSummary, config: Config, bar: Any) -> Iterator[str]:
    if config.sha256() != summary.config_sha256:
        yield "build.json: config_sha256 is not the digest of its config"
    seen: set[str] = set()
    for shard in summary.shards:
        yield from _shard(paths, raw, shard, config, bar, seen)
    for locator, _, _ in find(raw):
        if locator not in seen:
            yield f"{locator}: in {raw} but in no ledger"
    yield from _strays(paths, summary)


def _strays(paths: BuildPaths, summary: BuildSummary) -> Iterator[str]:
    """Yield files that no shard of the build accounts for."""
    for make in (paths.articles, paths.ledger):
        wanted_files = {make(shard.shard) for shard in summary.shards}
        for path in sorted(make("x").parent.rglob("*")):
            if path.is_file() and path not in wanted_files:
                yield f"{path.relative_to(paths.clean)}: belongs to no shard of the build"


def _lines(path: Path, expected: str) -> tuple[list[bytes], str | None]:
    """Read a shard's file and say what is wrong with it as a whole."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return [], f"{path}: missing"
    problem = None if sha256(data).hexdigest() == expected else f"{path}: its digest is not the one in build.json"
    return data.splitlines(), problem


def _shard(paths: BuildPaths, raw: Path, shard: ShardSummary, config: Config, bar: Any, seen: set[str]) -> Iterator[str]:
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
    for number, line in enumerate(ledger, 1):
        try:
            row = msgspec.json.decode(line, type=LedgerRow)
        except msgspec.DecodeError:
            yield f"{paths.ledger(shard.shard)}: line {number} is no ledger row"
            continue
        seen.add(row.locator)
        yield from _input(raw, row, records.pop(row.id or "", None), config)
        bar.update(1)
    for identity in records:
        yield f"{identity}: a record without a ledger row"


def _input(raw: Path, row: LedgerRow, stored: bytes | None, config: Config) -> Iterator[str]:
    """Compare one input's row and record with what its bytes give now."""
    if row.sha256 is None or row.code in MACHINE_CODES:
        return
    try:
        data = (raw / row.locator).read_bytes()
    except OSError as error:
        yield f"{row.locator}: {error.strerror or error}"
        return
    if sha256(data).hexdigest() != row.sha256:
        yield f"{row.locator}: the raw file has changed since the build"
        return
    if row.code == "too_large" and len(data) > config.limits.max_bytes:
        return
    try:
        result = run(RawDocument(data=data, locator=row.locator, source=row.locator.split("/")[0]), config)
    except Rejected as rejected:
        if (row.status, row.code, row.detail) != ("rejected", rejected.code, rejected.detail):
            yield f"{row.locator}: the ledger says {row.status} {row.code or ''}, now it is rejected as {rejected.code}"
        return
    if row.status != "ok" or stored is None:
        yield f"{row.locator}: the ledger says {row.status} {row.code or ''}, now it gives a record"
        return
    if (made := result.article.to_json()) != stored:
        yield f"{row.locator}: {_first_field(made, stored)} differs"
    try:
        check(result.article, result.base)
    except ReplayError as error:
        yield f"{row.locator}: {error}"


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
