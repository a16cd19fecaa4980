"""The commands on documents: `copydesk clean`, `explain` and `review`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from copydesk.build_commands import clean_folder
from copydesk.options import FILE, FOLDER, common, found_settings, with_settings, workers_of
from copydesk.places import (
    FOLDER_OR_ADDRESS,
    Address,
    address_of,
    build_at_address,
    fetch_build,
    fetch_named,
    raw_of,
    with_sidecars,
    work_option,
)

if TYPE_CHECKING:
    from copydesk.options import Manner
    from copydesk.places import Place
    from copydesk.settings import Settings

_MEDIA_TYPES = ("text/html", "text/plain", "application/xhtml+xml")
_url_option = click.option("--url", help="The address the document came from; for one document alone.")
_type_option = click.option("--media-type", type=click.Choice(_MEDIA_TYPES), help="Say what the input is instead of sniffing.")
_limit_option = click.option("--limit", type=click.IntRange(1), help="Stop after so many documents.")


@click.command()
@click.argument("files", nargs=-1, metavar="FILE...")
@click.option("--files-from", metavar="FILE", help="Also clean the files that this one lists, one a line; - for standard input.")
@_url_option
@_type_option
@click.option("--source", default="local", show_default=True, help="The record's source.")
@common
@with_settings
@click.option("--format", "form", type=click.Choice(["json", "text", "markdown", "html"]), help="What to write.  [default: json]")
@click.option("--text", "text_only", is_flag=True, help="The same as --format text.")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.  [default: standard output]")
@click.option(
    "--workers", "-j", default="auto", show_default=True, callback=workers_of, metavar="N|auto", help="How many processes clean at once."
)
@_limit_option
@click.option("--sample", type=click.IntRange(1), help="Clean so many documents, chosen by chance.")
@click.option("--seed", type=int, default=0, show_default=True, help="Which chance: the same seed chooses the same documents.")
@click.option("--dry-run", is_flag=True, help="Only list what would be read.")
@work_option
def clean(  # noqa: PLR0913 - an option each
    *,
    files: tuple[str, ...],
    url: str | None,
    media_type: str | None,
    source: str,
    settings: Settings,
    form: Any,
    text_only: bool,
    manner: Manner,
    **options: Any,
) -> None:
    """Clean documents: JSON on standard output, one line a document.

    FILE is a page or a text, also packed (.gz, .zst), any container that copydesk run reads (WARC, JSON Lines, Parquet, ZIP, tar …), a
    member of one (pages.zip#a.html), a folder, a pattern in quotes, or - for standard input; all but the last may lie in a store
    (s3://bucket/page.html). Documents come in the order of the names; several processes work on them. What <file>.meta.json and urls.tsv
    beside a file say of it counts.

    A rejected document is one line on standard error, and the exit code is 3; a name that cannot be read costs itself alone, and the exit
    code is 2. Texts and Markdown of several documents are parted by a form feed on a line of its own.

    \b
    Examples:
      copydesk clean page.html
      copydesk clean *.html > articles.jsonl
      copydesk clean scrapes -j 4 -o articles.jsonl
      copydesk clean crawl.warc.gz --sample 20 --seed 7 --format markdown
      find . -name '*.html' | copydesk clean --files-from - -o articles.jsonl
      curl -s URL | copydesk clean - --url URL
      copydesk clean --text --set normalise.variety=keep story.txt
    """  # noqa: D301 - click reads a real \b
    if not files and options["files_from"] is None:
        raise click.UsageError("name a file, a folder or - for standard input, or give a list with --files-from")
    if url is not None and (len(files) != 1 or options["files_from"] is not None):
        raise click.UsageError("--url is the address of one page; urls.tsv or <file>.meta.json beside the files name those of many")
    if text_only and form not in (None, "text"):
        raise click.UsageError(f"--text and --format {form} contradict each other: give one of them")
    if manner.json and (text_only or form not in (None, "json")):
        raise click.UsageError("--json contradicts the other format: give one of them")
    from copydesk.commands.clean import CleanOptions, clean_documents  # noqa: PLC0415
    from copydesk.inputs import Told  # noqa: PLC0415

    told = Told(source=source, url=url, media_type=media_type)
    chosen = CleanOptions(files=files, told=told, format=form or ("text" if text_only else "json"), **options)
    sys.exit(clean_documents(chosen, settings, manner))


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--format", "form", type=click.Choice(["text", "html", "json"]), help="How to show it.  [default: text]")
@click.option(
    "--only",
    "fates",
    multiple=True,
    type=click.Choice(["kept", "moved", "changed", "removed", "dropped"]),
    help="Only spans with this fate; repeat for more.",
)
@click.option("--rule", metavar="RULE", help="Only spans of this rule; a group (share) or a pattern ('byline.*') takes all of it.")
@_url_option
@_type_option
@_limit_option
@click.option("--raw", type=FOLDER_OR_ADDRESS, help="Folder or address of a build's inputs.  [default: the one it was built from]")
@work_option
@click.option("--config", "config_path", type=FILE, help="A luigi.cfg.  [default: COPYDESK_CONFIG, or luigi.cfg here or above]")
@click.option("--no-config", is_flag=True, help="Read no settings file.")
@click.option("--set", "single", multiple=True, metavar="NAME=VALUE", help="A single setting, e.g. normalise.variety=keep.")
@common
def explain(  # noqa: PLR0913 - an option each
    *,
    files: tuple[str, ...],
    form: Any,
    fates: tuple[str, ...],
    rule: str | None,
    url: str | None,
    media_type: str | None,
    limit: int | None,
    raw: Place | None,
    manner: Manner,
    **given: Any,
) -> None:
    """Show every span of documents: kept, moved, changed or removed, and the rule that decided.

    FILE is whatever copydesk clean reads. Of a build, name its folder and the beginning of a record's id, or a locator: then the build's
    own settings and raw files count.

    \b
    Examples:
      copydesk explain page.html | less -R
      copydesk explain story.txt --only removed --rule share
      copydesk explain story.txt --format html > why.html
      copydesk explain 'scrapes.zip#a/page.html'
      copydesk explain clean 02268a3f
      copydesk explain clean seeds/story.txt
    """  # noqa: D301 - click reads a real \b
    from copydesk.commands.explain import Choice  # noqa: PLC0415
    from copydesk.commands.explain_inputs import Explained, explain_build, explain_files, is_build, places_of  # noqa: PLC0415
    from copydesk.inputs import Told  # noqa: PLC0415

    if manner.json and form not in (None, "json"):
        raise click.UsageError("--json contradicts the other format: give one of them")
    shape = Explained(format="json" if manner.json else form or "text", choice=Choice(frozenset(fates), rule), limit=limit)
    copied = build_at_address(files[0])
    if copied is not None or is_build(files[0]):
        if len(files) == 1:
            raise click.UsageError(f"{files[0]} is a build: name the beginning of a record's id, or a locator, behind it")
        if url or media_type or any(given.values()):
            raise click.UsageError("a build is explained with its own settings: leave --config, --set, --url and --media-type out")
        folder, keys = copied or Path(files[0]), files[1:]
        inputs = raw_of(address_of(files[0]) or folder, raw, "raw")
        if isinstance(inputs, Address):
            inputs = fetch_named(inputs, with_sidecars(places_of(folder, keys)))
        sys.exit(explain_build(folder, keys, inputs, shape, manner))
    if raw is not None:
        raise click.UsageError("--raw is for a record of a build: copydesk explain clean ID --raw raw")
    settings = found_settings(given["config_path"], given["single"], no_config=given["no_config"])
    manner.detail(f"settings: {settings.told}")
    sys.exit(explain_files(files, Told(url=url, media_type=media_type), settings, shape, manner))


@click.command()
@click.argument("names", nargs=-1, metavar="[CLEAN|FILE...]")
@click.option("--output", "-o", type=click.Path(file_okay=False, path_type=Path), help="Folder of the pages; see below for the default.")
@click.option("--raw", type=FOLDER, help="Folder of a build's inputs.  [default: the one it was built from]")
@click.option(
    "--scores/--no-scores",
    default=None,
    help="Clean every document again for its page.  [default: in builds of at most 1,000 documents whose raw files are there]",
)
@click.option("--open", "open_", is_flag=True, help="Open the first page in a browser.")
@_url_option
@_type_option
@click.option("--progress/--no-progress", default=None, help="Show a progress bar.  [default: on a terminal]")
@common
@with_settings
def review(
    *, names: tuple[str, ...], open_: bool, url: str | None, media_type: str | None, settings: Settings, manner: Manner, **options: Any
) -> None:
    """Write pages that show what was kept, moved, changed and removed: of the build in CLEAN, or of single documents.

    The pages need no server: open index.html in a browser. Of a build they go to CLEAN/run/review, and only what changed is written again;
    of documents to the folder review. There are pages of every document, its site, the build, its dataset and its rules. Keys: j and k go
    from span to span, n and p to doubtful ones; y, x and f say keep, remove and wrong field. What you said is kept in the browser until
    you export it for copydesk rules learn.

    With --scores documents are cleaned again: their pages then have the models' scores, the values that lost, every changed character,
    and the page itself. Without, a page shows what the record alone knows.

    \b
    Examples:
      copydesk review clean --open
      copydesk review clean --no-scores -o pages
      copydesk review page.html -o page
    """  # noqa: D301 - click reads a real \b
    from copydesk.commands.explain_inputs import is_build  # noqa: PLC0415
    from copydesk.commands.review import ReviewOptions, review_files  # noqa: PLC0415
    from copydesk.commands.review_build import review_build  # noqa: PLC0415
    from copydesk.inputs import Told  # noqa: PLC0415

    if manner.quiet and options["progress"] is None:
        options["progress"] = False
    for name in ("output", "raw"):
        if options[name] is not None and settings.is_further_up:
            options[name] = options[name].absolute()
    chosen = ReviewOptions(open=open_, **options)
    if names and build_at_address(names[0]) is not None:
        names = (str(fetch_build(address_of(names[0]) or "")), *names[1:])
    if names and not is_build(names[0]):
        if chosen.raw is not None or chosen.scores is not None:
            raise click.UsageError("--raw and --scores are for a build: name its folder, or leave them out")
        sys.exit(review_files(names, Told(url=url, media_type=media_type), settings, chosen, manner))
    if len(names) > 1:
        raise click.UsageError("name one build, or documents")
    if url or media_type:
        raise click.UsageError("--url and --media-type are for a document; a build knows those of its documents")
    clean = clean_folder(Path(names[0]) if names else None, settings)
    sys.exit(review_build(clean, settings, chosen, manner))


COMMANDS = (clean, explain, review)
