"""What `copydesk explain` is asked about: any files, or a record or an input of a build."""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
import msgspec

from copydesk.commands.clean import limits_of
from copydesk.commands.explain import EVERYTHING, Choice, as_html, as_json, as_text
from copydesk.inputs import STANDARD_INPUT, Input, Told, found_within, inputs, known_beside
from copydesk.options import EXIT_OK, EXIT_REJECTED, EXIT_USAGE, found_settings, say, warn
from pipeline.ingest.document import RawDocument
from pipeline.ingest.found import Document, Refused
from pipeline.ledger import LedgerRow
from pipeline.rejected import Rejected
from pipeline.resources import load_resources
from tasks.core.one_document import clean_within

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from copydesk.options import Manner
    from copydesk.settings import Settings
    from pipeline.config import Config
    from pipeline.ingest.found import Found
    from pipeline.stages import Result
    from tasks.core.limits import Limits

Format = Literal["text", "html", "json"]
_LISTED = 5
"""How many inputs are named where a key means several."""


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """How to show what became of documents, and of how many."""

    format: Format = "text"
    choice: Choice = EVERYTHING
    limit: int | None = None


def explain_files(names: Iterable[str], told: Told, settings: Settings, shape: Explained, manner: Manner) -> int:
    """Show every document that names mean; return the exit code."""
    items = list(inputs(names, told))
    config, limits = settings.config(), limits_of(settings)
    if told.url is not None and len(items) > 1:
        raise click.UsageError("--url is the address of one page; urls.tsv or <file>.meta.json beside the files name those of many")
    code, several = EXIT_OK, len(items) > 1
    for found in islice(_all(items, config, told, limits), shape.limit):
        if isinstance(found, Input):
            warn(f"{found.locator}: {found.problem}")
            code = EXIT_USAGE
        else:
            code = _show(found, (config, limits), shape, manner, several=several or "#" in found.locator) or code
    return code


def _all(items: list[Input], config: Config, told: Told, limits: Limits) -> Iterator[Found | Input]:
    for item in items:
        if item.path == STANDARD_INPUT:
            raw = RawDocument(data=sys.stdin.buffer.read(), source=told.source, url=told.url, media_type=told.media_type)
            yield Document("-", raw)
        elif item.problem is not None:
            yield item
        else:
            try:
                yield from found_within(item, config, told, limits)
            except OSError as error:
                yield msgspec.structs.replace(item, problem=error.strerror or str(error))


def _show(found: Found, by: tuple[Config, Limits], shape: Explained, manner: Manner, *, several: bool) -> int:
    """Show one document; return 3 where it is rejected, else 0."""
    try:
        result = explained(found, *by)
    except Rejected as rejected:
        warn(f"{found.locator}: {rejected.code}: {rejected.detail}")
        return EXIT_REJECTED
    if result is None:
        manner.note(f"{found.locator}: skipped")
    elif shape.format == "json":
        click.echo(as_json(result, shape.choice))
    elif shape.format == "html":
        click.echo(as_html(result, load_resources(by[0]).rules, shape.choice), nl=False)
    else:
        if several:
            say(f"=== {found.locator}")
        click.echo(as_text(result, colours=manner.coloured, choice=shape.choice) + ("\n" if several else ""), color=manner.coloured)
    return EXIT_OK


def explained(found: Found, config: Config, limits: Limits) -> Result | None:
    """Clean what a raw file holds within limits, and return what is to be explained; None for what is no input. Raises `Rejected`."""
    if isinstance(found, Document):
        return clean_within(found.raw, config, limits)
    if isinstance(found, Refused):
        raise Rejected(found.code, found.detail)
    return None


def is_build(name: str) -> bool:
    """Tell whether a name is the folder of a build."""
    return (Path(name) / "build.json").is_file()


def places_of(clean: Path, keys: tuple[str, ...]) -> set[str]:
    """Return the raw files that keys of records may lead into, seen from the folder of the inputs."""
    from copydesk.places import without_member  # noqa: PLC0415
    from tasks.core.build_paths import BuildPaths  # noqa: PLC0415
    from tasks.summary import read_summary  # noqa: PLC0415

    paths = BuildPaths(clean)
    summary = read_summary(paths)
    ledgers = [(shard.shard, paths.ledger(shard.shard)) for shard in summary.shards] if summary else []
    return {place for key in keys for place in without_member(_row(ledgers, key, clean)[1].locator)}


def explain_build(clean: Path, keys: tuple[str, ...], raw: Path | None, shape: Explained, manner: Manner) -> int:
    """Show records of a build, by the beginning of an id or by a locator, with the build's own settings; return the exit code."""
    from copydesk.commands.guards import noted_raw  # noqa: PLC0415 - loads Luigi
    from copydesk.commands.verify import stored_config  # noqa: PLC0415
    from tasks.core.build_paths import BuildPaths  # noqa: PLC0415
    from tasks.summary import read_summary  # noqa: PLC0415

    paths = BuildPaths(clean)
    summary = read_summary(paths)
    if summary is None:
        raise click.UsageError(f"{paths.build} is damaged; make the build again with copydesk run")
    noted = noted_raw(paths)
    folder = raw or (noted if noted is not None and noted.is_dir() else Path("raw"))
    if not folder.is_dir():
        raise click.UsageError(f"{folder} is no folder: name the folder of the inputs with --raw")
    ledgers = [(shard.shard, paths.ledger(shard.shard)) for shard in summary.shards]
    config, limits, code = stored_config(paths, summary), limits_of(found_settings(None)), EXIT_OK
    for key in keys:
        shard, row = _row(ledgers, key, clean)
        found = _found(folder, row, shard, config, limits)
        if found is None:
            raise click.UsageError(
                f"{row.locator} is not in {folder}: it changed or is gone since the build; copydesk run brings it up to date"
            )
        code = _show(found, (config, limits), shape, manner, several=len(keys) > 1 or shape.format == "text") or code
    return code


def _row(ledgers: list[tuple[str, Path]], key: str, clean: Path) -> tuple[str, LedgerRow]:
    """Return the one input that a key means, and its shard."""
    decoder = msgspec.json.Decoder(LedgerRow)
    found: list[tuple[str, LedgerRow]] = []
    for shard, path in ledgers:
        with path.open("rb") as lines:
            found += [
                (shard, row) for row in map(decoder.decode, lines) if row.locator == key or (row.id is not None and row.id.startswith(key))
            ]
    if not found:
        raise click.UsageError(f"{clean} has no input whose id begins with {key}, and none with that locator; its ledger lists them all")
    if len(found) > 1:
        names = ", ".join(f"{(row.id or '')[:12]} {row.locator}" for _, row in found[:_LISTED])
        raise click.UsageError(f"{key} means {len(found):,} inputs: {names}{' …' if len(found) > _LISTED else ''}; name one in full")
    return found[0]


def _found(raw: Path, row: LedgerRow, shard: str, config: Config, limits: Limits) -> Found | None:
    """Return an input of a build as its raw file holds it now, None where it is not there."""
    place = raw_place(raw, row.locator)
    if place is None:
        return None
    known = known_beside(raw / place, raw)
    item = Input(path=str(raw / place), name=place, members=frozenset({row.locator}), known=known)
    return next(found_within(item, config, Told(source=shard.split("/", maxsplit=1)[0]), limits), None)


def raw_place(raw: Path, locator: str) -> str | None:
    """Return the raw file that a locator of a build leads into, seen from the folder of the inputs; None where it is not there."""
    place = locator
    while not (raw / place).is_file():
        place, sign, _ = place.rpartition("#")
        if not sign:
            return None
    return place
