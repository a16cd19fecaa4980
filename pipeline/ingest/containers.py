"""Reads any raw file: the one document that it is, or the many that it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.ingest.archives import read_mhtml, read_tar, read_zip, zip_count
from pipeline.ingest.found import Found, Known, Part, Source
from pipeline.ingest.kinds import Kind, container_kind
from pipeline.ingest.rows import jsonl_starts, parquet_starts, read_json, read_jsonl, read_parquet
from pipeline.ingest.warc import read_warc, warc_starts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_READERS: dict[Kind, Callable[[Source], Iterator[Found]]] = {
    "warc": read_warc,
    "jsonl": read_jsonl,
    "json": read_json,
    "parquet": read_parquet,
    "zip": read_zip,
    "tar": read_tar,
    "mhtml": read_mhtml,
}


def read(source: Source) -> Iterator[Found]:
    """Yield all that a raw file holds, in its order; at least one thing, so that every file is accounted for.

    Memory is bounded by the largest document, not by the file. `OSError` of the medium itself is raised.
    """
    kind = container_kind(source.locator)
    if kind is None:
        yield _whole(source)
        return
    number = -1
    for number, found in enumerate(_READERS[kind](source)):  # noqa: B007 - the count is wanted after the loop
        yield found
    if number < 0 and source.part is None:
        yield source.refused("empty", "the container holds no document")


def _whole(source: Source) -> Found:
    if source.size > source.max_bytes:
        return source.too_large(source.locator, source.size)
    with source.open() as stream:
        data = stream.read(source.max_bytes + 1)
    if len(data) > source.max_bytes:
        return source.too_large(source.locator, len(data))
    return source.document(data, "", Known())


def divide_container(source: Source, *, documents: int, size: int) -> tuple[Part, ...]:
    """Return the parts of a container that can be read from the middle, each of at most `documents` members and about `size` bytes.

    Empty where the container has to be read from its start (a packed JSON Lines or tar file) or is one part anyway. The parts follow
    from the file's bytes alone and cover it whole, damage included.
    """
    kind = container_kind(source.locator)
    if kind == "zip":
        count = zip_count(source)
        cuts = list(range(0, count, documents))
        return _parts(cuts, count)
    starts: Iterable[int] = {"warc": warc_starts, "jsonl": jsonl_starts, "parquet": parquet_starts}.get(kind or "", _none)(source)
    if kind == "parquet":
        rows = list(starts)
        return _parts(_cuts(rows[:-1], documents, documents), rows[-1]) if rows else ()
    return _parts(_cuts(starts, documents, size), source.size)


def _none(_: Source) -> Iterator[int]:
    return iter(())


def _cuts(starts: Iterable[int], documents: int, size: int) -> list[int]:
    """Return those starts at which a part begins."""
    cuts: list[int] = []
    members = 0
    for start in starts:
        if not cuts or members >= documents or start - cuts[-1] >= size:
            cuts.append(start)
            members = 0
        members += 1
    return cuts


def _parts(cuts: list[int], end: int) -> tuple[Part, ...]:
    if len(cuts) < 2:
        return ()
    return tuple(Part(start, stop) for start, stop in zip(cuts, [*cuts[1:], end], strict=True))
