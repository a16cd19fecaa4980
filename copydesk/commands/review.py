"""`copydesk review`: pages that show what became of one document, or of a whole build."""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from copydesk.commands.clean import limits_of
from copydesk.commands.explain_inputs import explained
from copydesk.inputs import STANDARD_INPUT, found_within, inputs
from copydesk.options import EXIT_IO, EXIT_OK, EXIT_REJECTED, PLAIN, say, warn
from copydesk.review.design import page
from copydesk.review.document import Place, document_page, of_result
from copydesk.review.folder import Folder, ForeignFolderError
from copydesk.review.frames import page_itself
from copydesk.review.tally import Brief, brief
from pipeline.ingest.document import RawDocument
from pipeline.ingest.found import Document
from pipeline.rejected import Rejected
from pipeline.resources import load_resources
from tasks.core.isolation import warm_up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copydesk.inputs import Told
    from copydesk.options import Manner
    from copydesk.settings import Settings
    from pipeline.config import Config
    from pipeline.ingest.found import Found
    from tasks.core.limits import Limits


class ReviewOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Where the pages go, whether documents are cleaned again for them, from which raw files, and whether a browser is to open them."""

    output: Path | None = None
    raw: Path | None = None
    scores: bool | None = None
    open: bool = False
    progress: bool | None = None


def review_files(names: tuple[str, ...], told: Told, settings: Settings, options: ReviewOptions, manner: Manner = PLAIN) -> int:
    """Write a page for every document that names mean, and `index.html`: the page of the only one, or a list; return the exit code."""
    config, limits = settings.config(), limits_of(settings)
    folder = folder_of(options.output or Path("review"))
    if folder is None:
        return EXIT_IO
    warm_up(config)
    book, code = load_resources(config).rules, EXIT_OK
    first, briefs = b"", list[Brief]()
    for found in _found(names, told, config, limits):
        try:
            result = explained(found, config, limits)
        except Rejected as rejected:
            warn(f"{found.locator}: {rejected.code}: {rejected.detail}")
            code = EXIT_REJECTED
            continue
        if result is None or not isinstance(found, Document):
            continue
        shown, name = of_result(result), result.article.id
        picture = page_itself(found.raw.data, result)
        if picture is not None:
            folder.put(f"pages/{name}.html", picture)
        frame = f"pages/{name}.html" if picture is not None else ""
        first = first or document_page(shown, Place(frame=frame), book)
        folder.put(f"articles/{name}.html", document_page(shown, Place(root="../", frame=f"../{frame}" if frame else ""), book))
        briefs.append(brief(result.article, shown.marks, told.source))
    if briefs:
        folder.put("index.html", first if len(briefs) == 1 else page("list.html", documents=briefs))
        folder.finish({})
        tell(folder, options, manner, {"documents": len(briefs)})
    return code


def _found(names: tuple[str, ...], told: Told, config: Config, limits: Limits) -> Iterator[Found]:
    for item in inputs(names, told):
        if item.path == STANDARD_INPUT:
            yield Document("-", RawDocument(data=sys.stdin.buffer.read(), source=told.source, url=told.url, media_type=told.media_type))
        elif item.problem is not None:
            raise click.UsageError(f"{item.locator}: {item.problem}")
        else:
            yield from found_within(item, config, told, limits)


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
