"""`copydesk review`: pages that show what became of one document, or of a whole build."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from copydesk.commands.clean import limits_of
from copydesk.commands.explain_inputs import explained
from copydesk.inputs import found_within, inputs
from copydesk.options import EXIT_IO, EXIT_OK, EXIT_REJECTED, PLAIN, say, warn
from copydesk.review.document import document_page, of_result
from copydesk.review.folder import Folder, ForeignFolderError
from copydesk.review.frames import frame
from pipeline.rejected import Rejected
from pipeline.resources import load_resources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copydesk.inputs import Told
    from copydesk.options import Manner
    from copydesk.review.document import Shown
    from copydesk.settings import Settings
    from pipeline.config import Config
    from pipeline.ingest.found import Found
    from pipeline.stages import Result
    from tasks.limits import Limits

HTML = ("text/html", "application/xhtml+xml")
"""Media types of inputs that are pages."""


class ReviewOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Where the pages go, whether documents are cleaned again for them, from which raw files, and whether a browser is to open them."""

    output: Path | None = None
    raw: Path | None = None
    scores: bool | None = None
    open: bool = False
    progress: bool | None = None


def review_files(names: tuple[str, ...], told: Told, settings: Settings, options: ReviewOptions, manner: Manner = PLAIN) -> int:
    """Write a page for every document that names mean, the first one as `index.html`; return the exit code."""
    config, limits = settings.config(), limits_of(settings)
    folder = folder_of(options.output or Path("review"))
    if folder is None:
        return EXIT_IO
    book, code, count = load_resources(config).rules, EXIT_OK, 0
    for found, result in _results(names, told, config, limits):
        if isinstance(result, Rejected):
            warn(f"{found.locator}: {result.code}: {result.detail}")
            code = EXIT_REJECTED
            continue
        shown, name = of_result(result), result.article.id if count else "index"
        picture = frame_of(found, shown)
        if picture is not None:
            folder.put(f"pages/{name}.html", picture)
        folder.put(f"{name}.html", document_page(shown, build="", book=book, frame=f"pages/{name}.html" if picture else ""))
        count += 1
    folder.finish({})
    if count:
        tell(folder, options, manner, {"documents": count})
    return code


def _results(names: tuple[str, ...], told: Told, config: Config, limits: Limits) -> Iterator[tuple[Found, Result | Rejected]]:
    for item in inputs(names, told):
        if item.problem is not None:
            raise click.UsageError(f"{item.locator}: {item.problem}")
        for found in found_within(item, config, told, limits):
            try:
                result = explained(found, config, limits)
            except Rejected as rejected:
                yield found, rejected
            else:
                if result is not None:
                    yield found, result


def folder_of(path: Path) -> Folder | None:
    """Return the folder that pages are written to, None, with a word on why, where it holds something else."""
    try:
        return Folder(path)
    except ForeignFolderError as error:
        warn(str(error))
        return None


def tell(folder: Folder, options: ReviewOptions, manner: Manner, counts: dict[str, int]) -> None:
    """Say where the pages are, and open the first of them where a person asked for it."""
    place = folder.path.resolve() / "index.html"
    if manner.json:
        click.echo(msgspec.json.encode({"page": str(place), "written": folder.written, **counts}))
    elif not manner.quiet:
        say(f"{folder.written:,} files written; open {place}")
    if options.open:
        webbrowser.open(place.as_uri())


def frame_of(found: Found, shown: Shown) -> bytes | None:
    """Return the page itself for the frame beside its marks; None for a text."""
    raw = getattr(found, "raw", None)
    provenance = shown.article.provenance
    if raw is None or provenance.raw.media_type not in HTML:
        return None
    if isinstance(raw.data, str):
        return frame(raw.data, shown.marks)
    try:
        text = raw.data.decode(provenance.decode.encoding, "replace")
    except LookupError:  # an encoding that only the decoder knows: letters beyond ASCII look wrong in the frame, and only there
        text = raw.data.decode("utf-8", "replace")
    return frame(text, shown.marks)
