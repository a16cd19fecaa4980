"""The table at the end of a run, and the rejected inputs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click
import msgspec

from pipeline.ledger import LedgerRow
from pipeline.text.controls import escaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.summary import BuildSummary
    from tasks.targets import BuildPaths

LISTED = 20
"""How many rejected inputs the summary names; the ledger has them all."""


def ledger_rows(paths: BuildPaths, shard: str) -> Iterator[LedgerRow]:
    """Yield the rows of one shard's ledger."""
    decoder = msgspec.json.Decoder(LedgerRow)
    with paths.ledger(shard).open("rb") as lines:
        for line in lines:
            yield decoder.decode(line)


def group_of_shard(shard: str) -> str:
    """Return the source, and the day where there is one, that a shard belongs to.

    >>> group_of_shard("reuters/2015-11-22/sub/a.warc.gz-00000"), group_of_shard("seeds/all")
    ('reuters/2015-11-22', 'seeds')
    """
    parts = shard.split("/")
    dated = len(parts) > 2 and len(parts[1]) == 10 and parts[1].replace("-", "").isdigit()
    return "/".join(parts[:2]) if dated else parts[0]


def table(summary: BuildSummary) -> Iterator[str]:
    """Yield the lines that say what went in and what came out, by source and day."""
    counts: dict[str, Counter[str]] = {}
    for shard in summary.shards:
        group = counts.setdefault(group_of_shard(shard.shard), Counter())
        group.update({"inputs": shard.inputs, "ok": shard.ok, "rejected": shard.rejected, "skipped": shard.skipped})
    width = max([len(name) for name in counts] + [6])
    names = ("inputs", "ok", "rejected", "skipped")
    yield f"{'source':<{width}}  " + "  ".join(f"{name:>8}" for name in names)
    total: Counter[str] = sum(counts.values(), Counter())
    lines: list[tuple[str, Counter[str]]] = [*sorted(counts.items()), ("total", total)]
    for name, count in lines:
        yield f"{escaped(name):<{width}}  " + "  ".join(f"{count[key]:>8}" for key in names)


def report(paths: BuildPaths, summary: BuildSummary) -> None:
    """Print what went in and what came out, and the first rejected inputs."""
    click.echo("\n".join(table(summary)))
    if (found := summary.duplicates).clusters:
        click.echo(
            f"\nduplicates beside the records that represent them: {found.redundant}   clusters: {found.clusters}   {paths.attributes}"
        )
    if summary.rejected:
        click.echo("\nrejected:")
        for rejected in rejected_lines(paths, summary):
            click.echo(f"  {rejected}")
        if summary.rejected > LISTED:
            click.echo(f"  … and {summary.rejected - LISTED} more in {paths.clean / 'ledger'}")
    if not summary.reproducible:
        click.echo("\nsome inputs were rejected by an accident of this machine; another build may differ: copydesk retry")
    click.echo(f"\nrecords: {paths.clean / 'articles'}   ledger: {paths.clean / 'ledger'}   proof: copydesk verify {paths.clean}")
    if paths.dataset.is_dir():
        click.echo(f"dataset: {paths.dataset}   numbers: copydesk stats {paths.clean}")


def rejected_lines(paths: BuildPaths, summary: BuildSummary) -> Iterator[str]:
    """Yield the first `LISTED` rejected inputs."""
    left = LISTED
    for shard in summary.shards:
        for row in ledger_rows(paths, shard.shard) if shard.rejected and left else ():
            if row.status == "rejected" and left:
                yield escaped(f"{row.locator}  {row.code}: {row.detail}")
                left -= 1
