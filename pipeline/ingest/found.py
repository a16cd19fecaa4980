"""What a raw file turns out to hold: documents, refusals and members that are left out on purpose."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

import msgspec

from pipeline.config import IngestConfig
from pipeline.ingest.document import Meta, RawDocument
from pipeline.rejected import RejectionCode

MEDIA_TYPES = ("text/html", "text/plain", "application/xhtml+xml")
"""Media types that the pipeline reads; another declared type is no statement about a text."""


class Refused(msgspec.Struct, frozen=True):
    """A member of a container, or a container, that cannot become a document."""

    locator: str
    code: RejectionCode
    detail: str
    bytes: int | None = None


class Skipped(msgspec.Struct, frozen=True):
    """A member that is left out on purpose: a redirect, a picture, a note on a repeated capture."""

    locator: str
    reason: str
    bytes: int | None = None


class Document(msgspec.Struct, frozen=True):
    """A document and its locator, unique in the build."""

    locator: str
    raw: RawDocument


Found = Document | Refused | Skipped


class Known(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a sidecar says of one file: where and when it was fetched, as what, and with which HTTP headers."""

    url: str | None = None
    fetched_at: str | None = None
    media_type: str | None = None
    http: dict[str, str] | None = None

    def under(self, other: Known) -> Known:
        """Return this with the gaps filled from `other`.

        >>> known = Known(url="a").under(Known(url="b", fetched_at="2020"))
        >>> known.url, known.fetched_at
        ('a', '2020')
        """
        names = self.__struct_fields__
        return Known(**{name: own if (own := getattr(self, name)) is not None else getattr(other, name) for name in names})


class Inner(msgspec.Struct, frozen=True):
    """A member that is a container itself, of `size` bytes.

    `open` returns its bytes, to be read once and before the next member is asked for. Where the outer container keeps it as it is, `place`
    is the offset in that container at which it begins.
    """

    name: str
    size: int
    open: Callable[[], BinaryIO]
    place: int | None = None


class Part(msgspec.Struct, frozen=True, omit_defaults=True):
    """A stretch of a container: from one member's start to another's.

    In bytes of the file, unpacked where it is packed as one piece; in rows for Parquet, in members for ZIP. `repeated` holds the starts of
    those members of a tar file whose names stand in an earlier part.
    """

    start: int
    end: int
    repeated: tuple[int, ...] = ()


ENDLESS = 1 << 62
"""The end of a part that goes on to the end of its container, whatever stands there."""


def _nothing() -> None:
    pass


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that reading one raw file takes.

    `open` returns the file's bytes anew; `locator` is its path below `raw`; `max_bytes` bounds one document; `known` holds what sidecars
    say, by member (`""` for the file itself). `points` returns the file's seek points, where there are any (`streams.seek_points`);
    `alive` is called now and then while much is read and no document comes; `depth` counts the containers around this one.
    """

    open: Callable[[], BinaryIO]
    locator: str
    size: int
    collection: str
    max_bytes: int
    config: IngestConfig = IngestConfig()
    known: dict[str, Known] = {}
    part: Part | None = None
    points: Callable[[], BinaryIO] | None = None
    alive: Callable[[], None] = _nothing
    depth: int = 0

    def member(self, name: str) -> str:
        """Return the locator of a member."""
        return f"{self.locator}#{name}"

    def inner(self, name: str, opened: Callable[[], BinaryIO], size: int) -> Source:
        """Return a member as a source of its own; what sidecars say of `name#member` goes with it."""
        prefix = f"{name}#"
        known = {member.removeprefix(prefix): told for member, told in self.known.items() if member.startswith(prefix)}
        whole = self.known.get(name, Known()).under(self.known.get("", Known()))
        return Source(
            open=opened,
            locator=self.member(name),
            size=size,
            collection=self.collection,
            max_bytes=self.max_bytes,
            config=self.config,
            known=known if whole == Known() else {**known, "": whole},
            alive=self.alive,
            depth=self.depth + 1,
        )

    def refused(self, code: RejectionCode, detail: str) -> Refused:
        """Return the refusal of the container itself."""
        return Refused(self.locator, code, detail, self.size)

    def too_large(self, locator: str, size: int | None) -> Refused:
        """Return the refusal of a member that is larger than a document may be."""
        told = f"{size} bytes" if size is not None else "more bytes than allowed"
        return Refused(locator, "too_large", f"{told}, the limit is {self.max_bytes}", size)

    def document(self, data: bytes | str, member: str, own: Known, meta: Meta | None = None) -> Document:
        """Return a member as a document; what it says of itself wins over what sidecars say."""
        locator = self.member(member) if member else self.locator
        told = own.under(self.known.get(member, Known())).under(self.known.get("", Known()))
        declared = (told.media_type or "").split(";")[0].strip().lower()
        meta = meta or Meta(fetched_at=told.fetched_at, http=told.http)
        raw = RawDocument(
            data=data,
            locator=locator,
            source=self.collection,
            url=told.url,
            media_type=declared if declared in MEDIA_TYPES else None,
            meta=meta,
        )
        return Document(locator, raw)
