"""`copydesk stats`: the numbers of a dataset as bars in the terminal, or as JSON."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import click
import msgspec

from copydesk.datasets import open_dataset, refusing
from copydesk.terminal.summary import columns, padded
from pipeline.dataset.charts import charts, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipeline.dataset.charts import Chart
    from pipeline.dataset.manifest import Manifest

_LABEL, _VALUE, _LEAST = 36, 12, 10
"""Columns of a terminal: the longest name, a number, and the shortest room for bars."""


@refusing
def show_stats(path: Path, *, as_json: bool, quiet: bool = False) -> int:
    """Print the statistics of a dataset, with charts unless `quiet`; return the exit code."""
    manifest = open_dataset(path).manifest
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(manifest.statistics), indent=2))
    else:
        click.echo("\n".join(_lines(manifest, shutil.get_terminal_size().columns, quiet=quiet)))
    return 0


def _lines(manifest: Manifest, width: int, *, quiet: bool) -> Iterator[str]:
    statistics = manifest.statistics
    yield f"{manifest.records:,} documents, {statistics.words:,} words, {statistics.chars:,} of {statistics.base_chars:,} characters kept"
    yield f"{manifest.inputs:,} inputs: {manifest.rejected:,} rejected, {manifest.skipped:,} skipped"
    if statistics.first_published:
        yield f"published {statistics.first_published} to {statistics.last_published}, {statistics.undated:,} without a date"
    found = manifest.duplicates
    relations = ", ".join(f"{count:,} {name}" for name, count in found.by_relation.items())
    yield f"duplicates: {found.documents:,} documents in {found.clusters:,} clusters" + (f" ({relations})" if relations else "")
    for chart in () if quiet else charts(statistics).values():
        yield ""
        yield from bars(chart, width)


def bars(chart: Chart, width: int) -> Iterator[str]:
    """Yield a chart as lines of at most `width` columns."""
    names = [shown(name) for name, _ in chart.rows]
    label = min(max(map(columns, names)), _LABEL)
    room = max(width - label - _VALUE, _LEAST)
    top = max(count for _, count in chart.rows)
    yield chart.title
    for name, (_, count) in zip(names, chart.rows, strict=True):
        bar = "█" * max(count * room // max(top, 1), 1 if count else 0)
        yield f"  {padded(name, label)}  {bar} {count:,}"
