"""Reads a page that was packed by itself: `story.html.gz`, `story.txt.zst`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.ingest.archives import UNREADABLE
from pipeline.ingest.found import Known
from pipeline.ingest.streams import ends_early, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.ingest.found import Found, Source


def read_packed(source: Source) -> Iterator[Found]:
    """Yield the one document that a packed file holds, under the file's own locator; its bytes are the unpacked ones.

    One that is cut short or damaged is refused; one that unpacks to more than a document may have is `too_large`.
    """
    try:
        with source.open() as stream:
            plain = unpacked(stream)
            data = plain.read(source.max_bytes + 1)
            if len(data) <= source.max_bytes:
                plain.read(1)  # raises where the unpacking failed behind what was read
    except UNREADABLE as error:
        yield source.refused("truncated" if ends_early(error) else "bad_container", " ".join(str(error).split())[:300])
        return
    if len(data) > source.max_bytes:
        yield source.too_large(source.locator, None)
        return
    yield source.document(data, "", Known())
