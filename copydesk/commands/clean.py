"""`copydesk clean`: documents of any files on standard output or in a file, in the form that somebody wants."""

from __future__ import annotations

import contextlib
import sys
from html import escape
from itertools import chain, groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

import click
import msgspec

from copydesk.files import Cleaned, clean_here, clean_inputs, cleaned_of
from copydesk.inputs import STANDARD_INPUT, Input, Told, inputs, sampled
from copydesk.options import EXIT_OK, EXIT_REJECTED, EXIT_USAGE, say, warn
from copydesk.output import FORM_FEED, PAGE_END, PAGE_HEAD, opened
from copydesk.signals import stopping_cleanly
from pipeline.ingest.document import RawDocument
from pipeline.ingest.found import Document
from pipeline.ingest.kinds import container_kind
from pipeline.records import Article

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from copydesk.options import Manner
    from copydesk.settings import Settings
    from pipeline.config import Config
    from tasks.core.limits import Limits

Format = Literal["json", "text", "markdown", "html"]


class CleanOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What to clean and how to write it: at most `limit` documents, or `sample` of all, chosen by `seed`."""

    files: tuple[str, ...]
    files_from: str | None = None
    told: Told = Told()
    format: Format = "json"
    output: Path | None = None
    workers: int = 1
    limit: int | None = None
    sample: int | None = None
    seed: int = 0
    dry_run: bool = False


def clean_documents(options: CleanOptions, settings: Settings, manner: Manner) -> int:
    """Clean and write documents as they come; return the exit code.

    A rejected document is one line on standard error, as is a name that cannot be read.
    """
    config = settings.config()
    items: Iterable[Input] = inputs(_names(options), options.told)
    if options.sample is not None:
        items = sampled(items, options.sample, options.seed, config, limits_of(settings))
    if options.dry_run:
        return _list(islice(items, options.limit))
    counts = {"ok": 0, "rejected": 0, "skipped": 0, "failed": 0}
    with stopping_cleanly(), opened(options.output) as stream, contextlib.closing(_cleaned(items, options, settings, config)) as made:
        writer = _Writer(stream, options.format)
        for cleaned in islice(made, options.limit):
            counts[cleaned.status] += 1
            if cleaned.line is not None:
                writer.write(cleaned.line)
            elif cleaned.status != "skipped":
                reason = f"{cleaned.code}: {cleaned.detail}" if cleaned.code else cleaned.detail
                warn(f"{cleaned.locator}: {reason}")
            else:
                manner.detail(f"{cleaned.locator}: skipped, {cleaned.detail}")
        writer.end()
    if options.output is not None and str(options.output) != "-":
        manner.note(f"{counts['ok']:,} articles in {options.output}")
    manner.detail(", ".join(f"{count:,} {name}" for name, count in counts.items() if count) or "no document")
    if counts["failed"]:
        return EXIT_USAGE
    return EXIT_REJECTED if counts["rejected"] else EXIT_OK


def _names(options: CleanOptions) -> Iterator[str]:
    """Yield the names that were given, then those that a file lists, one a line."""
    yield from options.files
    if options.files_from is None:
        return
    with contextlib.ExitStack() as stack:
        try:
            stream = sys.stdin.buffer if options.files_from == "-" else stack.enter_context(Path(options.files_from).open("rb"))
        except OSError as error:
            raise click.UsageError(f"--files-from {options.files_from}: {error.strerror or error}") from error
        for line in stream:
            if name := line.rstrip(b"\r\n"):
                yield name.decode("utf-8", "surrogateescape")


def _cleaned(items: Iterable[Input], options: CleanOptions, settings: Settings, config: Config) -> Generator[Cleaned]:
    """Yield what becomes of every document. A page alone and standard input have no batches and no pool."""
    coming, limits = iter(items), limits_of(settings)
    first = list(islice(coming, 2))
    if len(first) == 1 and _is_page(first[0]):
        yield from clean_here(first[0], config, options.told, limits)
        return
    if options.told.url is not None and first and first[0].path != STANDARD_INPUT:
        raise click.UsageError("--url is the address of one page; urls.tsv or <file>.meta.json beside the files name those of many")
    for standard, group in groupby(chain(first, coming), key=lambda item: item.path == STANDARD_INPUT):
        if standard:
            yield from (cleaned_of(_standard_input(options.told), config, limits) for _ in group)
        else:
            yield from clean_inputs(group, config, options.told, workers=options.workers, limits=limits)


def _is_page(item: Input) -> bool:
    return item.problem is None and item.path != STANDARD_INPUT and container_kind(item.path) in (None, "packed")


def _standard_input(told: Told) -> Document:
    raw = RawDocument(data=sys.stdin.buffer.read(), source=told.source, url=told.url, media_type=told.media_type)
    return Document("", raw)


def limits_of(settings: Settings) -> Limits:
    """Return what one document may take, as the section `[build]` says it. Wrong numbers are wrong usage."""
    from tasks.core.limits import Limits  # noqa: PLC0415

    written = settings.sections().get("build", {}) | {name.removeprefix("build."): value for name, value in settings.single}
    try:
        return Limits(
            seconds=float(written.get("time_limit", Limits().seconds)),
            memory=int(written.get("memory_limit", Limits().memory)),
            recycle=int(written.get("recycle_documents", Limits().recycle)),
        )
    except ValueError as error:
        raise click.UsageError(f"[build] time_limit, memory_limit and recycle_documents are numbers: {error}") from error


def _list(items: Iterable[Input]) -> int:
    """Print the raw files, or the members of them, that would be read."""
    code = EXIT_OK
    for item in items:
        for locator in sorted(item.members) if item.members is not None else [item.locator]:
            say(locator if item.problem is None else f"{locator}: {item.problem}", err=item.problem is not None)
        code = EXIT_USAGE if item.problem is not None else code
    return code


def _language(article: Article) -> str:
    return escape(article.language.code if article.language else "und")


class _Writer:
    """Writes records one after the other in one form. Texts and Markdown are parted by a form feed on a line of its own."""

    def __init__(self, stream: BinaryIO, form: Format) -> None:
        self._stream, self._form, self._count = stream, form, 0
        self._decoder = msgspec.json.Decoder(Article)

    def write(self, line: bytes) -> None:
        """Write one record, given as a line of JSON."""
        if self._form == "json":
            self._put(line + b"\n")
        else:
            article = self._decoder.decode(line)
            if self._form == "html":
                head = PAGE_HEAD.format(language=_language(article), title=escape(article.title or ""))
                self._put((head if not self._count else "").encode() + article.to_html().encode())
            else:
                words = article.text + "\n" if self._form == "text" else article.to_markdown()
                self._put((FORM_FEED if self._count else b"") + words.encode())
        self._count += 1

    def end(self) -> None:
        """Write what closes the whole."""
        if self._form == "html" and self._count:
            self._put(PAGE_END)

    def _put(self, data: bytes) -> None:
        self._stream.write(data)
        self._stream.flush()
