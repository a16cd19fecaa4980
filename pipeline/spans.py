"""The small frozen values that one stage hands to the next: characters, blocks, spans that leave the text, candidates for fields.

Offsets are half-open and count Unicode code points of the text that the stage was given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from pipeline.records import Author, BlockKind, Completeness, DecodeInfo, PageKind, Publisher, QualityWarning, RemovedKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Decoded(msgspec.Struct, frozen=True, kw_only=True):
    """Characters made from bytes.

    A byte that was not valid where it stood is in `text` as U+F780 + (byte - 0x80), the WHATWG x-user-defined mapping, so that
    the normaliser can repair it by an edit that anyone can see.
    """

    text: str
    info: DecodeInfo
    warnings: tuple[str, ...]


class Block(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A paragraph-like run of the base text, `base[start:end]`, with neither space nor line end at its ends.

    Only a block of code begins with the white space that indents its first line.
    """

    start: int
    end: int
    kind: BlockKind = "paragraph"
    level: int | None = None


class Span(msgspec.Struct, frozen=True, gc=False):
    """A part of a block that is judged by itself, `base[start:end]`, without white space at its ends; `block` is the block's number."""

    start: int
    end: int
    block: int


Divider: TypeAlias = "Callable[[Sequence[int] | None], list[Span]]"
"""Gives the spans of the blocks of some numbers, in order; of all blocks for None. Most blocks are never asked about."""


class ScoredDay(msgspec.Struct, frozen=True, kw_only=True):
    """A day that a page names, and how surely it is that of publication.

    Attributes:
        day: ISO, ten code points.
        score: in thousandths of log odds.
        evidence: what spoke for or against it, without what is zero; the names are those of `pipeline.describe.day_evidence`.
    """

    day: str
    score: int
    evidence: dict[str, int]


class Fields(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of a record that its sources give, and the source that won each.

    `language` is the declared one, as printed; `sources` maps a field's name to a source ("json-ld", "og", "line" ...); `days` are the days
    among which `published_at` was chosen.
    """

    title: str | None = None
    description: str | None = None
    authors: tuple[Author, ...] = ()
    publisher: Publisher | None = None
    published_at: str | None = None
    modified_at: str | None = None
    published_raw: str | None = None
    modified_raw: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    canonical_url: str | None = None
    copyright: str | None = None
    language: str | None = None
    sources: dict[str, str] = {}
    days: tuple[ScoredDay, ...] = ()


class Target(msgspec.Struct, frozen=True, gc=False):
    """Where a span that leaves the text goes: a field of the record, or one attribute of one item of a list field.

    `item` is the key of the list item: the base offset at which the item begins (unique within the field), -1 for a field that is
    not a list of items. `attr` is the attribute ("caption"), empty where the field itself is the string. Examples:
    `Target("title")`, `Target("dateline", attr="raw")`, `Target("images", 120, "caption")`, `Target("embeds", 300, "urls")` (several
    cuts with the same target: one list element each for `urls`, else concatenated), `Target("tags", 40)`.
    """

    field: str
    item: int = -1
    attr: str = ""


class Cut(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A span that leaves the text by a named rule.

    Either it is removed (`kind` is set, and `of` for a repeat), or it moves to `target`; with neither, the characters are dropped
    (separators between moved parts). `replacement` is what arrives at the target where that differs from the span itself.
    """

    start: int
    end: int
    rule: str
    kind: RemovedKind | None = None
    of: tuple[int, int] | None = None
    target: Target | None = None
    replacement: str | None = None


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """Values of a list item that are derived and not moved by a cut: `Item(field="embeds", key=300, values={"platform": "x"})`."""

    field: str
    key: int
    values: dict[str, Any]


class Finding(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a rule or a model said of a span, decisive or not; `explain` prints it. `score` is the model's integer score."""

    start: int
    end: int
    rule: str
    verdict: str
    score: int | None = None


class Stripped(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict on every block: cuts are sorted and disjoint; what no cut covers is kept."""

    cuts: tuple[Cut, ...]
    items: tuple[Item, ...] = ()
    findings: tuple[Finding, ...] = ()
    warnings: tuple[QualityWarning, ...] = ()
    page_kind: PageKind = "article"
    completeness: Completeness = "full"


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One source's word on one field, before anybody judges it.

    `source` says where it stood ("json-ld", "og", "meta", "h1", "line", ...). `start`/`end` give the base span of a candidate that
    is visible in the base text, else -1.
    """

    field: str
    value: str
    source: str
    start: int = -1
    end: int = -1
    extra: dict[str, Any] = {}
