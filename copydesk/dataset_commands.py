"""The commands on datasets: `copydesk export`, `stats`, `diff`, `rebuild`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Literal

import click

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


def _split(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())


@click.command()
@click.argument("dataset", type=_FOLDER, default="clean")
@click.option("--where", metavar="CONDITION", help="Only records that fulfil this condition, an expression of SQL.")
@click.option("--fields", multiple=True, callback=_split, metavar="NAMES", help="Only these fields, parted by commas.")
@click.option(
    "--format", "format_", type=click.Choice(["jsonl", "parquet", "dolma", "schema.org", "text"]), default="jsonl", show_default=True
)
@click.option("--representatives", is_flag=True, help="Only one document of every cluster of duplicates.")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.  [default: standard output]")
def export(*, dataset: Path, where: str | None, fields: tuple[str, ...], format_: Any, representatives: bool, output: Path | None) -> None:
    """Write records of DATASET (or of a build's dataset) in the format that somebody else wants, sorted by id.

    CONDITION sees the fields of one record: text, title, source, published_at, page_kind, completeness, quality.words, publisher.domain …
    language, words, chars, site and locator are short for language.code, quality.words, quality.text_chars, publisher.domain and
    provenance.raw.locator. Strings stand in single or double quotes. Dates are strings as precise as printed, so "2015-11" sorts before
    "2015-11-01".

    \b
    Formats:
      jsonl        the records as they are, or objects with the chosen fields
      parquet      typed columns; needs --output
      dolma        id, text, source, created, added and metadata
      schema.org   a NewsArticle a line
      text         the texts alone, a form feed on a line of its own after each

    \b
    Examples:
      copydesk export --where 'language = "en" and published_at >= "2015-11-01" and completeness = "full"'
      copydesk export clean --fields id,title,language.code --format parquet -o titles.parquet
      copydesk export clean --representatives --format dolma -o corpus.jsonl
    """  # noqa: D301 - click reads a real \b
    from copydesk.commands.export import Selection  # noqa: PLC0415
    from copydesk.commands.export import export as write  # noqa: PLC0415

    selection = Selection(where=where, fields=fields, format=format_, representatives=representatives)
    sys.exit(write(dataset, selection, output))


@click.command()
@click.argument("dataset", type=_FOLDER, default="clean")
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as JSON.")
def stats(*, dataset: Path, as_json: bool) -> None:
    """Show the numbers of DATASET (or of a build's dataset): what it holds, what was removed and what was rejected.

    The same charts are in the dataset's card, README.md.

    \b
    Examples:
      copydesk stats clean
      copydesk stats clean --json
    """  # noqa: D301 - click reads a real \b
    from copydesk.commands.stats import show_stats  # noqa: PLC0415

    sys.exit(show_stats(dataset, as_json=as_json))


@click.command()
@click.argument("left", type=_FOLDER)
@click.argument("right", type=_FOLDER)
@click.option("--format", "format_", type=click.Choice(["text", "json", "html"]), default="text", show_default=True)
@click.option("--limit", type=click.IntRange(0), default=100, show_default=True, help="How many documents to show; all are counted.")
def diff(*, left: Path, right: Path, format_: Literal["text", "json", "html"], limit: int) -> None:
    """Say what differs between two datasets, and why: records, fields, rules, settings, versions. Exits with 1 where anything does.

    \b
    Examples:
      copydesk diff clean.before clean
      copydesk diff clean.before clean --format html > diff.html
    """  # noqa: D301 - click reads a real \b
    from copydesk.commands.diff import diff as show  # noqa: PLC0415

    sys.exit(show(left, right, format_, limit))


@click.command()
@click.argument("dataset", type=_FOLDER, default="clean")
@click.option("--raw", type=_FOLDER, default="raw", show_default=True, help="Folder of the raw files.")
@click.option("--clean", type=click.Path(file_okay=False, path_type=Path), help="Keep the new build here.  [default: a temporary folder]")
@click.option("--workers", type=click.IntRange(1, 256), default=1, show_default=True, help="How many processes clean at once.")
@click.option("--check", is_flag=True, help="Only say what differs; build nothing.")
@click.option("--anyway", is_flag=True, help="Build also where something differs.")
@click.option("--progress/--no-progress", default=None, help="Show a progress bar.  [default: on a terminal]")
def rebuild(*, dataset: Path, raw: Path, **options: Any) -> None:
    """Make DATASET (or a build's dataset) again from its raw files, with its own settings, and compare every byte.

    Before it runs it compares the code, the libraries of the lock, the settings and the raw files with those that the dataset names, and
    says what differs. Exits with 0 where every file came out the same, and with 1 where something differs.

    \b
    Examples:
      copydesk rebuild clean/dataset --raw raw
      copydesk rebuild clean/dataset --check
    """  # noqa: D301 - click reads a real \b
    from copydesk.commands.rebuild import RebuildOptions  # noqa: PLC0415
    from copydesk.commands.rebuild import rebuild as make  # noqa: PLC0415

    sys.exit(make(dataset, raw, RebuildOptions(**options)))


COMMANDS = (export, stats, diff, rebuild)
