"""The table at the end of a run, the rejected inputs, and what to type next."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec
from wcwidth import wcswidth

from pipeline.ledger import LedgerRow
from pipeline.text.controls import escaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.core.build_paths import BuildPaths
    from tasks.summary import BuildSummary

LISTED = 20
"""How many rejected inputs the summary names; the ledger has them all."""


def padded(words: str, width: int) -> str:
    """Return words with spaces up to a number of columns of a terminal, in which a Chinese character takes two.

    >>> padded("ab", 4) + "|", padded("雨", 4) + "|"
    ('ab  |', '雨  |')
    """
    return words + " " * max(0, width - columns(words))


def columns(words: str) -> int:
    """Return how many columns of a terminal words take."""
    return max(wcswidth(words), 0) or len(words)


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
    names = ("inputs", "ok", "rejected", "skipped")
    total: Counter[str] = sum(counts.values(), Counter())
    lines: list[tuple[str, Counter[str]]] = [*sorted(counts.items()), ("total", total)]
    first = max(columns(escaped(name)) for name, _ in [*lines, ("source", total)])
    width = max(len("rejected"), len(f"{total['inputs']:,}"))
    yield padded("source", first) + "".join(f"  {name:>{width}}" for name in names)
    for name, count in lines:
        yield padded(escaped(name), first) + "".join(f"  {count[key]:>{width},}" for key in names)


def program() -> str:
    """Return what to type for copydesk here: its name where the shell finds it, else the path that it was started by."""
    started = Path(sys.argv[0])
    if started.name != "copydesk":
        return "copydesk" if shutil.which("copydesk") else f"{shlex.quote(sys.executable)} -m copydesk"
    found = shutil.which("copydesk")
    return "copydesk" if found and Path(found).resolve() == started.resolve() else shlex.quote(str(started))


def report(paths: BuildPaths, summary: BuildSummary) -> None:
    """Print what went in and what came out, the first rejected inputs, and what to type next."""
    click.echo("\n".join(table(summary)))
    if (found := summary.duplicates).clusters:
        told = f"duplicates beside the records that represent them: {found.redundant:,}   clusters: {found.clusters:,}"
        click.echo(f"\n{told}   {paths.attributes}")
    if summary.respelt:
        variety = summary.config["normalise"]["variety"]
        told = f"words spelt as {variety} has them: {summary.respelt:,}   to keep them as they are written: [normalise] variety = keep"
        click.echo(f"\n{told}")
    if summary.rejected:
        click.echo("\nrejected:")
        for rejected in rejected_lines(paths, summary):
            click.echo(f"  {rejected}")
        if summary.rejected > LISTED:
            click.echo(f"  … and {summary.rejected - LISTED:,} more in {paths.clean / 'ledger'}")
    here, clean = program(), shlex.quote(str(paths.clean))
    if not summary.reproducible:
        click.echo(f"\nsome inputs were rejected by an accident of this machine; another build may differ: {here} retry --clean {clean}")
    click.echo(f"\nrecords: {paths.clean / 'articles'}   ledger: {paths.clean / 'ledger'}")
    if paths.dataset.is_dir():
        click.echo(f"dataset: {paths.dataset}   numbers: {here} stats {clean}")
    first = first_record(paths, summary)
    if first is not None:
        click.echo(f"next, what was cut and why: {here} explain {clean} {first[:8]}")
        click.echo(f"all of it in a browser: {here} review {clean} --open")


def first_record(paths: BuildPaths, summary: BuildSummary) -> str | None:
    """Return the id of some record of the build, None where it has none."""
    rows = (row for shard in summary.shards if shard.ok for row in ledger_rows(paths, shard.shard))
    return next((row.id for row in rows if row.id is not None), None)


def report_json(paths: BuildPaths, summary: BuildSummary) -> None:
    """Print what went in and what came out as one JSON object."""
    names = ("reproducible", "files", "inputs", "ok", "rejected", "skipped", "codes", "duplicates", "respelt")
    told = {name: getattr(summary, name) for name in names}
    click.echo(msgspec.json.encode({"clean": str(paths.clean), **told, "shards": len(summary.shards)}))


def rejected_lines(paths: BuildPaths, summary: BuildSummary) -> Iterator[str]:
    """Yield the first `LISTED` rejected inputs."""
    left = LISTED
    for shard in summary.shards:
        for row in ledger_rows(paths, shard.shard) if shard.rejected and left else ():
            if row.status == "rejected" and left:
                yield escaped(f"{row.locator}  {row.code}: {row.detail}")
                left -= 1
