"""Reads any raw file: the one document that it is, or the many that it holds, also in containers inside containers."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO, cast

from pipeline.ingest.archives import UNREADABLE, read_mhtml, read_tar, read_zip
from pipeline.ingest.delimited import read_delimited
from pipeline.ingest.feeds import read_xml
from pipeline.ingest.found import Found, Inner, Known, Refused, Source
from pipeline.ingest.kinds import Kind, container_kind
from pipeline.ingest.packed import read_packed
from pipeline.ingest.rows import read_json, read_jsonl, read_parquet
from pipeline.ingest.streams import CHUNK, Bounded, Spooled
from pipeline.ingest.warc import read_warc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_READERS: dict[Kind, Callable[[Source], Iterator[Found | Inner]]] = {
    "warc": read_warc,
    "jsonl": read_jsonl,
    "json": read_json,
    "delimited": read_delimited,
    "parquet": read_parquet,
    "zip": read_zip,
    "tar": read_tar,
    "mhtml": read_mhtml,
    "xml": read_xml,
    "packed": read_packed,
}
_DEEPEST = 4
"""Containers around a document: a WARC file in a ZIP file in a tar file is three. Files that hold themselves go on for ever."""


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
        if isinstance(found, Inner):
            yield from _inside(found, source)
        else:
            yield found
    if number < 0 and source.part is None:
        yield source.refused("empty", "the container holds no document")


def _inside(inner: Inner, source: Source) -> Iterator[Found]:
    """Yield what a container inside a container holds. One that is packed is unpacked into memory or a file without a name."""
    locator = source.member(inner.name)
    if source.depth + 1 >= _DEEPEST:
        yield Refused(locator, "too_deep", f"more than {_DEEPEST} containers inside each other are not opened", inner.size)
        return
    place = inner.place
    if place is not None:
        yield from read(source.inner(inner.name, lambda: _stretch(source.open(), place, place + inner.size), inner.size))
        return
    limit = source.config.nested_bytes
    if inner.size > limit:
        yield Refused(locator, "too_large", f"{inner.size} bytes, the limit is {limit} ([ingest] nested_bytes)", inner.size)
        return
    try:
        with inner.open() as stream:
            spooled = Spooled(stream, source.max_bytes, limit, source.alive)
    except UNREADABLE as error:
        yield Refused(locator, "truncated" if isinstance(error, EOFError) else "bad_record", " ".join(str(error).split())[:300], inner.size)
        return
    try:
        if spooled.whole:
            yield from read(source.inner(inner.name, spooled.view, spooled.size))
        else:
            yield Refused(locator, "too_large", f"more than {limit} bytes ([ingest] nested_bytes)", None)
    finally:
        spooled.close()


def _stretch(stream: BinaryIO, start: int, end: int) -> BinaryIO:
    return cast("BinaryIO", io.BufferedReader(Bounded(stream, start, end), CHUNK))


def _whole(source: Source) -> Found:
    if source.size > source.max_bytes:
        return source.too_large(source.locator, source.size)
    with source.open() as stream:
        data = stream.read(source.max_bytes + 1)
    if len(data) > source.max_bytes:
        return source.too_large(source.locator, len(data))
    return source.document(data, "", Known())
