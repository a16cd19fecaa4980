"""`copydesk verify` on a dataset: whether the folder is whole, agrees with itself, and agrees with the build beside it."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Any

import click
import msgspec

from copydesk.datasets import open_dataset, problems
from copydesk.options import PLAIN, say, warn
from pipeline.dataset.duplicates import DuplicateRow, DuplicateTally
from pipeline.dataset.manifest import MANIFEST, SEAL, DatasetError, digest
from pipeline.dataset.statistics import Tally
from pipeline.emit.identity import article_id
from pipeline.ledger import LedgerRow
from pipeline.records import Article
from tasks.core.merging import DamagedError, merged
from tasks.dataset_files import RawRow, described, identified, raw_row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from copydesk.datasets import Dataset
    from copydesk.options import Manner
    from tasks.core.build_paths import BuildPaths
    from tasks.core.plans import ShardPlan
    from tasks.summary import BuildSummary

SHOWN = 50
"""How many problems are printed; the count is always whole."""


def is_dataset(folder: Path) -> bool:
    """Tell whether a folder is a dataset and not a whole build."""
    return (folder / MANIFEST).is_file() or (folder / SEAL).is_file()


def verify_dataset(folder: Path, manner: Manner = PLAIN) -> int:
    """Print what is wrong with a dataset; return 0 where nothing is, else 1."""
    found: list[str] = []
    for problem in dataset_problems(folder):
        found.append(problem)
        if len(found) <= SHOWN and not manner.json:
            say(problem)
    if manner.json:
        click.echo(msgspec.json.encode({"verified": not found, "differences": found}))
    elif found:
        warn(f"{len(found):,} {'problem' if len(found) == 1 else 'problems'} in {folder}")
    elif not manner.quiet:
        click.echo(f"verified: {folder} is whole; JSON Lines, Parquet, statistics and card say the same")
    return 1 if found else 0


def dataset_problems(folder: Path) -> Iterator[str]:
    """Yield what is wrong with a dataset: damaged files first, and only where there are none, what does not agree."""
    damaged = False
    for problem in problems(folder):
        damaged = True
        yield problem
    if damaged:
        return
    try:
        dataset = open_dataset(folder, [entry.path for entry in open_dataset(folder).manifest.files])
    except DatasetError as error:
        yield str(error)
        return
    yield from _disagreements(dataset)


def _disagreements(dataset: Dataset) -> Iterator[str]:
    manifest, tally, ids = dataset.manifest, Tally(), set[str]()
    for name, data in described(manifest).items():
        if dataset.path(name).read_bytes() != data:
            yield f"{dataset.path(name)} is not what {MANIFEST} gives"
    if digest(dataset.path("build.json").read_bytes()) != manifest.made_by.build_sha256:
        yield f"build.json is not the one that {MANIFEST} names"
    yield from _records(dataset, tally, ids)
    yield from _ledger(dataset, tally, ids)
    yield from _duplicates(dataset, ids)
    for name in ("articles.jsonl", "articles.parquet"):
        if manifest.file(name).rows != len(ids):
            yield f"{name} has {len(ids)} rows, {MANIFEST} says {manifest.file(name).rows}"
    counted, stated = msgspec.to_builtins(tally.result()), msgspec.to_builtins(manifest.statistics)
    for name in counted:
        if counted[name] != stated[name] and name != "outcomes":  # a ledger row does not say its source
            yield f"{MANIFEST}: statistics.{name} is not what the records give"


def _records(dataset: Dataset, tally: Tally, ids: set[str]) -> Iterator[str]:
    """Check every record, and that each row group of the Parquet file holds the same records as the lines."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - heavy

    from pipeline.dataset.columns import article_schema, to_table  # noqa: PLC0415

    lines, previous = dataset.lines("articles.jsonl"), ""
    with pq.ParquetFile(dataset.path("articles.parquet")) as table:
        if not table.schema_arrow.equals(article_schema()):
            yield "articles.parquet: its columns are not those of the record"
            return
        for number in range(table.num_row_groups):
            stored = table.read_row_group(number, use_threads=False)
            rows: list[Any] = []
            for line in islice(lines, stored.num_rows):
                record = msgspec.json.decode(line)
                rows.append(record)
                yield from _record(line, record, previous)
                previous = str(record["id"])
                ids.add(previous)
                tally.add_record(record)
            if not to_table(rows, article_schema()).equals(stored):
                yield f"articles.parquet: row group {number} does not hold the records of articles.jsonl"
    if next(lines, None) is not None:
        yield "articles.jsonl has more records than articles.parquet"


def _record(line: bytes, record: Any, previous: str) -> Iterator[str]:
    try:
        article = msgspec.json.decode(line, type=Article)
    except msgspec.ValidationError as error:
        yield f"{record.get('id')}: no record of this version: {error}"
        return
    provenance = article.provenance
    if article.id <= previous:
        yield f"{article.id}: twice in articles.jsonl, or out of order"
    if article.id != article_id(provenance.raw.locator, provenance.raw.sha256):
        yield f"{article.id}: not the id of its locator and raw bytes"
    if sha256(article.text.encode()).hexdigest() != provenance.text_sha256:
        yield f"{article.id}: text_sha256 is not the digest of its text"
    for name in ("blocks", "links", "marks", "entities", "annotations"):
        for number, span in enumerate(getattr(article, name)):
            if not 0 <= span.start <= span.end <= len(article.text):
                yield f"{article.id}: /{name}/{number} lies outside the text"
    for number, entity in enumerate(article.entities):
        if article.text[entity.start : entity.end] != entity.surface:
            yield f"{article.id}: /entities/{number} does not lie on its surface"


def _ledger(dataset: Dataset, tally: Tally, ids: set[str]) -> Iterator[str]:
    manifest, decoder = dataset.manifest, msgspec.json.Decoder(LedgerRow)
    counts: Counter[str] = Counter()
    left = set(ids)
    for line in dataset.lines("ledger.jsonl"):
        row = decoder.decode(line)
        counts[row.status] += 1
        tally.add_row("", row.status, row.code)
        if row.status == "ok" and row.id not in left:
            yield f"{row.locator}: the ledger says ok, but there is no record"
        left.discard(row.id or "")
    yield from (f"{identity}: a record without a ledger row" for identity in sorted(left))
    if (counts.total(), counts["rejected"], counts["skipped"]) != (manifest.inputs, manifest.rejected, manifest.skipped):
        yield f"ledger.jsonl: {counts.total()} inputs are not those that {MANIFEST} counts"


def _duplicates(dataset: Dataset, ids: set[str]) -> Iterator[str]:
    tally, decoder, marked = DuplicateTally(), msgspec.json.Decoder(DuplicateRow), set[str]()
    for line in dataset.lines("duplicates.jsonl"):
        row = decoder.decode(line)
        marked.add(row.id)
        tally.add(row)
        yield from (
            f"duplicates.jsonl: {name} is no record" for name in (row.id, row.cluster, row.match) if name is not None and name not in ids
        )
    yield from (f"{identity}: a record without a row in duplicates.jsonl" for identity in sorted(ids - marked))
    if tally.result() != dataset.manifest.duplicates:
        yield f"{MANIFEST}: its duplicates are not what duplicates.jsonl gives"


def raw_rows_of(paths: BuildPaths, plans: list[ShardPlan]) -> Iterator[str]:
    """Yield what the dataset's list of raw files says that the raw files do not.

    Args:
        paths: the build.
        plans: its shards, as the raw files give them now.
    """
    stored = paths.dataset / "raw.jsonl"
    if not is_dataset(paths.dataset) or not stored.is_file():
        return
    wanted = {entry.locator: raw_row(entry) for plan in plans for entry in plan.entries}
    for number, line in enumerate(stored.read_bytes().splitlines(), 1):
        try:
            row = msgspec.json.decode(line, type=RawRow)
        except msgspec.DecodeError:
            yield f"{stored}: line {number} is no row of a raw file"
            continue
        now = wanted.pop(row.path, None)
        if now != row:
            yield f"{stored}: its row of {row.path} is not what the raw file is now"
    yield from (f"{stored}: {locator} is not in it" for locator in sorted(wanted))


def dataset_of_build(paths: BuildPaths, summary: BuildSummary) -> Iterator[str]:
    """Yield what is wrong with the dataset of a build, or how it is not the dataset of just this build."""
    if not is_dataset(paths.dataset):
        return
    found = list(dataset_problems(paths.dataset))
    if found:
        yield from found
        return
    if (paths.dataset / "build.json").read_bytes() != paths.build.read_bytes():
        yield f"{paths.dataset} is of another build; run copydesk run"
        return
    files = ((paths.articles(shard.shard), shard.articles_sha256) for shard in summary.shards)
    try:
        with merged(files, identified, paths.run) as lines, (paths.dataset / "articles.jsonl").open("rb") as stored:
            if any(line != other for (_, line), other in zip_longest(lines, stored, fillvalue=(b"", b""))):
                yield f"{paths.dataset / 'articles.jsonl'} does not hold the records of {paths.clean / 'articles'}"
    except DamagedError:
        return  # the shard was named already
