"""The commands on datasets: `copydesk export`, `stats`, `diff`, `rebuild`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from copydesk.build_commands import clean_folder
from copydesk.options import common, with_settings, workers_of
from copydesk.places import FOLDER_OR_ADDRESS, Address, fetch_build, is_of_dataset, set_inputs, work_option

if TYPE_CHECKING:
    from copydesk.options import Manner
    from copydesk.places import Place
    from copydesk.settings import Settings

_dataset_argument = click.argument("dataset", required=False, type=FOLDER_OR_ADDRESS)


def _split(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())


def _placed(path: Path | None, settings: Settings) -> Path | None:
    return path.absolute() if path is not None and settings.is_further_up else path


def _local(place: Place) -> Path:
    """Return a folder as it is, and of an address a copy of the dataset that lies there."""
    return fetch_build(place, is_of_dataset) if isinstance(place, Address) else place


@click.command()
@_dataset_argument
@click.option("--where", metavar="CONDITION", help="Only records that fulfil this condition, an expression of SQL.")
@click.option("--fields", multiple=True, callback=_split, metavar="NAMES", help="Only these fields, parted by commas.")
@click.option(
    "--format",
    "format",
    type=click.Choice(["jsonl", "parquet", "dolma", "schema.org", "text", "markdown", "html"]),
    default="jsonl",
    show_default=True,
    help="What to write; see below.",
)
@click.option("--representatives", is_flag=True, help="Only one document of every cluster of duplicates.")
@click.option("--limit", type=click.IntRange(1), help="Stop after so many records.")
@click.option("--sample", type=click.IntRange(1), help="So many of the records, chosen by chance.")
@click.option("--seed", type=int, default=0, show_default=True, help="Which chance: the same seed chooses the same records.")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.  [default: standard output]")
@click.option("--dry-run", is_flag=True, help="Only say how many records would be written.")
@work_option
@common
@with_settings
def export(*, dataset: Place | None, output: Path | None, dry_run: bool, settings: Settings, manner: Manner, **chosen: Any) -> None:
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
      markdown     headings, lists, quotes, tables, code, links and emphasis in Markdown, parted in the same way
      html         one page with an article for each

    \b
    Examples:
      copydesk export --where 'language = "en" and published_at >= "2015-11-01" and completeness = "full"'
      copydesk export clean --fields id,title,language.code --format parquet -o titles.parquet
      copydesk export clean --representatives --format dolma -o corpus.jsonl
      copydesk export clean --sample 10 --seed 1 --format markdown
    """  # noqa: D301 - click reads a real \b
    from copydesk.commands.export import Selection  # noqa: PLC0415
    from copydesk.commands.export import export as write  # noqa: PLC0415

    output = _placed(output, settings)
    if manner.json and output is None and not dry_run:
        raise click.UsageError("--json says how many records were written, and they would go to the same place: add --output FILE")
    sys.exit(write(clean_folder(dataset, settings, is_of_dataset), Selection(**chosen), output, manner, dry_run=dry_run))


@click.command()
@_dataset_argument
@work_option
@common
@with_settings
def stats(*, dataset: Place | None, settings: Settings, manner: Manner) -> None:
    """Show the numbers of DATASET (or of a build's dataset): what it holds, what was removed and what was rejected.

    The same charts are in the dataset's card, README.md. --quiet leaves the charts out.

    \b
    Examples:
      copydesk stats clean
      copydesk stats clean --json
    """  # noqa: D301 - click reads a real \b
    from copydesk.commands.stats import show_stats  # noqa: PLC0415

    sys.exit(show_stats(clean_folder(dataset, settings, is_of_dataset), as_json=manner.json, quiet=manner.quiet))


@click.command()
@click.argument("left", type=FOLDER_OR_ADDRESS)
@click.argument("right", type=FOLDER_OR_ADDRESS)
@click.option("--format", "form", type=click.Choice(["text", "json", "html"]), help="How to show it.  [default: text]")
@click.option("--limit", type=click.IntRange(0), default=100, show_default=True, help="How many documents to show; all are counted.")
@click.option("--shifts", is_flag=True, help="Also show places that only moved because something before them changed.")
@work_option
@common
def diff(*, left: Place, right: Place, form: Literal["text", "json", "html"] | None, limit: int, shifts: bool, manner: Manner) -> None:
    """Say what differs between two datasets, and why: records, fields, rules, settings, versions. Exits with 1 where anything does.

    A line a document comes first: which fields, and how much of the text; then every changed stretch of a text as words, with a few words
    around it. --quiet leaves the stretches out.

    \b
    Examples:
      copydesk diff clean.before clean
      copydesk diff clean.before clean --format html > diff.html
    """  # noqa: D301 - click reads a real \b
    from copydesk.commands.diff import diff as show  # noqa: PLC0415
    from copydesk.commands.diff_model import DiffOptions  # noqa: PLC0415

    if manner.json and form not in (None, "json"):
        raise click.UsageError("--json contradicts the other format: give one of them")
    shape = "json" if manner.json else form or "text"
    sys.exit(show(_local(left), _local(right), shape, limit, DiffOptions(shifts=shifts, short=manner.quiet, colours=manner.coloured)))


@click.command()
@_dataset_argument
@click.option("--raw", type=FOLDER_OR_ADDRESS, help="Folder or address of the raw files.  [default: [build] raw]")
@click.option("--clean", type=click.Path(file_okay=False, path_type=Path), help="Keep the new build here.  [default: a temporary folder]")
@click.option(
    "--workers", "-j", default="1", show_default=True, callback=workers_of, metavar="N|auto", help="How many processes clean at once."
)
@click.option("--check", "--dry-run", "check", is_flag=True, help="Only say what differs; build nothing.")
@click.option("--anyway", is_flag=True, help="Build also where something differs.")
@click.option("--progress/--no-progress", default=None, help="Show progress bars.  [default: on a terminal]")
@work_option
@common
@with_settings
def rebuild(*, dataset: Place | None, raw: Place | None, clean: Path | None, settings: Settings, manner: Manner, **options: Any) -> None:
    """Make DATASET (or a build's dataset) again from its raw files, with its own settings, and compare every byte.

    Before it runs it compares the code, the libraries of the lock, the settings and the raw files with those that the dataset names, and
    says what differs. Exits with 0 where every file came out the same, and with 1 where something differs. Of --config and --set only
    [build] counts.

    \b
    Examples:
      copydesk rebuild clean/dataset --raw raw
      copydesk rebuild clean/dataset --check
    """  # noqa: D301 - click reads a real \b
    from copydesk.commands.rebuild import RebuildOptions  # noqa: PLC0415
    from copydesk.commands.rebuild import rebuild as make  # noqa: PLC0415

    raw, clean = raw if isinstance(raw, Address) else _placed(raw, settings), _placed(clean, settings)
    folder = clean_folder(dataset, settings, is_of_dataset)
    sys.exit(make(folder, set_inputs(raw), RebuildOptions(clean=clean, manner=manner, **options)))


COMMANDS = (export, stats, diff, rebuild)
