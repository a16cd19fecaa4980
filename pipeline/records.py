"""The record that copydesk emits, and the small frozen values that flow between the stages.

Every type here is a frozen `msgspec.Struct`. The first half is the public record (schema 1.0): its fields, their order and
their closed enums are the contract with users, and `article.schema.json` is generated from these classes. The second half is
internal: what one stage hands to the next.

Offsets are half-open and count Unicode code points. `start`/`end` index the record's `text`; `base_start`/`base_end` index the
base text (for plain text the decoded string, for HTML all visible text rendered block after block).
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final, Literal

import msgspec

SCHEMA_VERSION: Final = "1.0"

BlockKind = Literal["paragraph", "heading", "quote", "list_item", "table", "code", "preformatted"]
MarkKind = Literal["strong", "em", "code", "sup", "sub"]
AuthorType = Literal["person", "organization", "agency"]
RemovedKind = Literal[
    "share",
    "embed_code",
    "player",
    "advert",
    "related",
    "teaser",
    "navigation",
    "promo",
    "newsletter",
    "consent",
    "paywall",
    "comments",
    "credit",
    "stamp",
    "byline",
    "tags",
    "legal",
    "repeat",
    "other_article",
    "chrome",
    "unscored",
]
PageKind = Literal[
    "article",
    "listing",
    "product",
    "forum",
    "video",
    "gallery",
    "live",
    "documentation",
    "service",
    "collection",
    "error",
    "multiple",
]
Completeness = Literal["full", "teaser", "paywalled", "empty"]
BaseKind = Literal["text", "html", "json-ld", "app-state"]
DecodeMethod = Literal["str", "bom", "valid-utf8", "mostly-utf8", "http", "meta", "detector", "fallback"]


class Author(msgspec.Struct, frozen=True, kw_only=True):
    """One named author: a person, an organization (a paper, a ministry) or a news agency."""

    name: str
    type: AuthorType


class Publisher(msgspec.Struct, frozen=True, kw_only=True):
    """Who published the page."""

    name: str | None
    domain: str | None


class Dateline(msgspec.Struct, frozen=True, kw_only=True):
    """Where and when an agency story was filed; `raw` is what stood before the first sentence."""

    raw: str
    place: str | None
    date_raw: str | None
    agency: str | None


class Credit(msgspec.Struct, frozen=True, kw_only=True):
    """A source line such as "TRTWorld and agencies"."""

    name: str
    raw: str


class Language(msgspec.Struct, frozen=True, kw_only=True):
    """A BCP 47 code and how sure the detector is, 0 to 1."""

    code: str
    score: float


class TextBlock(msgspec.Struct, frozen=True, kw_only=True):
    """A block of `text`; `level` is a heading's rank (1 to 6) or a list's or quote's depth.

    `rows` and `columns` are a table's: its rows as they stand in `text`, and the most cells that one of them has.
    """

    kind: BlockKind
    start: int
    end: int
    base_start: int
    base_end: int
    level: int | None
    language: str | None
    rows: int | None = None
    columns: int | None = None


class Image(msgspec.Struct, frozen=True, kw_only=True):
    """A picture's words and address; the span covers its caption, credit and alt text in the base text."""

    caption: str | None
    credit: str | None
    alt: str | None
    url: str | None
    base_start: int
    base_end: int


class Embed(msgspec.Struct, frozen=True, kw_only=True):
    """A post or player of another site that stood inside the article."""

    platform: str
    kind: str
    author: str | None
    handle: str | None
    date: str | None
    date_raw: str | None
    text: str | None
    urls: tuple[str, ...]
    base_start: int
    base_end: int


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A link inside the body; `start`/`end` index `text`."""

    text: str
    url: str
    start: int
    end: int


class InlineMark(msgspec.Struct, frozen=True, kw_only=True):
    """Words that the page sets apart within their line; `start`/`end` index `text`. Marks may overlap and hold each other."""

    kind: MarkKind
    start: int
    end: int


class Removed(msgspec.Struct, frozen=True, kw_only=True):
    """A span that is not article: why it went, by which rule, and what it said.

    `of` is the base span of the original when the span is a repeat.
    """

    kind: RemovedKind
    rule: str
    base_start: int
    base_end: int
    text: str | None
    of: tuple[int, int] | None


class Entity(msgspec.Struct, frozen=True, kw_only=True):
    """A name in `text` and the id that its aliases share; the words stay as written."""

    start: int
    end: int
    surface: str
    id: str
    name: str


class Annotation(msgspec.Struct, frozen=True, kw_only=True):
    """A remark on a span of `text` that changes nothing."""

    start: int
    end: int
    type: str
    value: str
    rule: str


class QualityWarning(msgspec.Struct, frozen=True, kw_only=True):
    """Something a user should look at, with the base span it concerns."""

    code: str
    base_start: int
    base_end: int


SEVERAL_ARTICLES = "several_articles"
"""The warning of a document that holds several articles: `page_kind` is "multiple"."""


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """Counts for filters downstream."""

    words: int
    sentences: int
    base_chars: int
    text_chars: int
    warnings: tuple[QualityWarning, ...]


class WarcPosition(msgspec.Struct, frozen=True, kw_only=True):
    """Where a record lies in a WARC file: byte offset and length of its packed piece in the file as stored.

    In a file that was packed as one piece, that piece is the whole file, and `unpacked_offset` is where the record begins in what it
    unpacks to; else it is null.
    """

    path: str
    offset: int
    length: int
    record_id: str | None
    unpacked_offset: int | None = None


class RawSource(msgspec.Struct, frozen=True, kw_only=True):
    """The bytes that the record was made from, and what was told about them."""

    locator: str
    sha256: str
    bytes: int
    media_type: str
    fetched_at: str | None
    http: dict[str, str] | None
    warc: WarcPosition | None


class DecodeInfo(msgspec.Struct, frozen=True, kw_only=True):
    """How bytes became characters. `repaired` counts single bytes that were not valid where they stood."""

    encoding: str
    declared: str | None
    method: DecodeMethod
    repaired: int


class BaseInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What the edits point into."""

    kind: BaseKind
    chars: int
    sha256: str


class Edit(msgspec.Struct, frozen=True, array_like=True):
    """Replace `base[base_start:base_end]`: `replacement` arrives in the text (`to` null) or at a JSON pointer of the record."""

    base_start: int
    base_end: int
    replacement: str
    rule: str
    to: str | None


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """All that is needed to derive the record again and compare."""

    raw: RawSource
    decode: DecodeInfo
    base: BaseInfo
    edits: tuple[Edit, ...]
    fields: dict[str, str]
    text_sha256: str
    config_sha256: str
    code_sha256: str


class Article(msgspec.Struct, frozen=True, kw_only=True):
    """One canonical article, schema 1.0. Absent is null, never guessed."""

    schema_version: Literal["1.0"]
    id: str
    source: str
    url: str | None
    canonical_url: str | None
    title: str | None
    description: str | None
    authors: tuple[Author, ...]
    publisher: Publisher | None
    published_at: str | None
    modified_at: str | None
    published_raw: str | None
    modified_raw: str | None
    dateline: Dateline | None
    credits: tuple[Credit, ...]
    copyright: str | None
    language: Language | None
    variety: str | None
    section: str | None
    tags: tuple[str, ...]
    text: str
    blocks: tuple[TextBlock, ...]
    images: tuple[Image, ...]
    embeds: tuple[Embed, ...]
    links: tuple[Link, ...]
    marks: tuple[InlineMark, ...]
    removed: tuple[Removed, ...]
    entities: tuple[Entity, ...]
    annotations: tuple[Annotation, ...]
    page_kind: PageKind
    completeness: Completeness
    quality: Quality
    provenance: Provenance

    def to_dict(self) -> dict[str, Any]:
        """Return the record as plain dicts, lists, strings and numbers, in the schema's order."""
        return dict(msgspec.to_builtins(self))

    def to_json(self) -> bytes:
        """Return the record as one line of canonical JSON (UTF-8, no line end)."""
        return msgspec.json.encode(self)

    def to_markdown(self) -> str:
        """Return title and text as Markdown: headings, lists, quotes, tables, code, links and emphasis, from blocks and spans."""
        return str(import_module("pipeline.views.as_markdown").to_markdown(self))  # a view reads records: they name it, and import none

    def to_html(self) -> str:
        """Return title and text as an `article` element of HTML, from blocks and spans."""
        return str(import_module("pipeline.views.as_html").to_html(self))
