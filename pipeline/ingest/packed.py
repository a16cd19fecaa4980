"""Reads a page that was packed by itself: `story.html.gz`, `story.txt.zst`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.ingest.archives import UNREADABLE
from pipeline.ingest.found import Known, Refused
from pipeline.ingest.streams import ends_early, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.ingest.found import Found, Source


def read_packed(source: Source) -> Iterator[Found]:
    """Yield the one document that a packed file holds, under the file's own locator; its bytes are the unpacked ones.

    One that is cut short or damaged is refused; one that unpacks to more than a document may have is `too_large`.
    """
    data = read_whole(source)
    yield data if isinstance(data, Refused) else source.document(data, "", Known())


def read_whole(source: Source) -> bytes | Refused:
    """Return the bytes of a file that is read at once, unpacked where it is packed; or why they cannot be had, or are too many."""
    try:
        with source.open() as stream:
            plain = unpacked(stream)
            data = plain.read(source.max_bytes + 1)
            if len(data) <= source.max_bytes:
                plain.read(1)  # raises where the unpacking failed behind what was read
    except UNREADABLE as error:
        return source.refused("truncated" if ends_early(error) else "bad_container", " ".join(str(error).split())[:300])
    if len(data) > source.max_bytes:
        return source.too_large(source.locator, source.size if source.size > source.max_bytes else None)
    return data
