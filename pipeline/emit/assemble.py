"""Builds the article record from the finished draft: the one place that knows the record's whole shape."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec

from pipeline.edits.compose import Op, apply
from pipeline.edits.layout import Removal
from pipeline.emit.identity import article_id
from pipeline.emit.pointers import Places, on_lines, place
from pipeline.emit.readable import readable_values
from pipeline.records import (
    SCHEMA_VERSION,
    Annotation,
    Article,
    Author,
    BaseInfo,
    BaseKind,
    Completeness,
    Credit,
    Dateline,
    DecodeInfo,
    Edit,
    Embed,
    Entity,
    Image,
    InlineMark,
    Language,
    Link,
    PageKind,
    Provenance,
    Quality,
    QualityWarning,
    RawSource,
    Removed,
    TextBlock,
)
from pipeline.spans import Fields, Item
from pipeline.text.characters import count_words
from pipeline.text.controls import without_controls

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.config import EmitConfig


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where one input came from, and how its bytes became characters."""

    raw: RawSource
    source: str
    url: str | None
    decode: DecodeInfo


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the stages found out about one input; offsets of ops, removals, items and warnings are in the base text."""

    base: str
    base_kind: BaseKind
    ops: tuple[Op, ...]
    removals: tuple[Removal, ...]
    items: tuple[Item, ...]
    described: Fields
    moved_source: str
    blocks: tuple[TextBlock, ...]
    links: tuple[Link, ...]
    marks: tuple[InlineMark, ...]
    entities: tuple[Entity, ...]
    annotations: tuple[Annotation, ...]
    language: Language | None
    variety: str | None
    page_kind: PageKind
    completeness: Completeness
    warnings: tuple[QualityWarning, ...]
    config_sha256: str
    code_sha256: str


def digest(text: str) -> str:
    """Return the hex sha256 of the UTF-8 bytes of `text`."""
    return sha256(text.encode()).hexdigest()


def assemble(draft: Draft, origin: Origin, config: EmitConfig) -> Article:
    """Return the finished article: text and moved fields are what the ops make of the base text, exactly."""
    text = apply(draft.base, draft.ops)
    draft = readable(draft)
    draft = msgspec.structs.replace(draft, ops=on_lines(draft.base, draft.ops))
    places = place(draft.ops, draft.items)
    described, singles = draft.described, places.singles
    authors = _authors(places) or described.authors
    tags = tuple(entry.values[""] for entry in places.lists["tags"]) or described.tags
    return Article(
        schema_version=SCHEMA_VERSION,
        id=article_id(origin.raw.locator, origin.raw.sha256),
        source=origin.source,
        url=without_controls(origin.url) if origin.url else None,
        canonical_url=described.canonical_url,
        title=singles.get("/title", described.title),
        description=singles.get("/description", described.description),
        authors=authors,
        publisher=described.publisher,
        published_at=described.published_at,
        modified_at=described.modified_at,
        published_raw=singles.get("/published_raw", described.published_raw),
        modified_raw=singles.get("/modified_raw", described.modified_raw),
        dateline=_dateline(singles, draft.items),
        credits=tuple(
            Credit(name=entry.values.get("name") or entry.values["raw"], raw=entry.values["raw"]) for entry in places.lists["credits"]
        ),
        copyright=singles.get("/copyright", described.copyright),
        language=draft.language,
        variety=draft.variety,
        section=singles.get("/section", described.section),
        tags=tags,
        text=text,
        blocks=draft.blocks,
        images=_images(places),
        embeds=_embeds(places),
        links=draft.links,
        marks=draft.marks,
        removed=_removed(places, draft.removals, config),
        entities=draft.entities,
        annotations=draft.annotations,
        page_kind=draft.page_kind,
        completeness=draft.completeness if text else "empty",
        quality=_quality(text, draft),
        provenance=_provenance(text, draft, origin, places, config),
    )


def readable(draft: Draft) -> Draft:
    """Return a draft whose fields command nothing: see `readable_values`.

    What moves to a field is cleaned in the op that moves it, so that its replay is what arrives. A value that comes from markup stands at
    no place of the base text; that such values lost something is a warning of its own.
    """
    ops = _with_words(tuple(map(_readable_op, draft.ops)))
    told = (draft.described, draft.items, tuple(link.url for link in draft.links))
    described, items, urls = readable_values(told)
    if (described, items, urls) == told:
        return msgspec.structs.replace(draft, ops=ops)
    links = tuple(msgspec.structs.replace(link, url=url) for link, url in zip(draft.links, urls, strict=True))
    warning = QualityWarning(code=CONTROLS_IN_FIELDS, base_start=0, base_end=0)
    return msgspec.structs.replace(draft, ops=ops, described=described, items=items, links=links, warnings=(*draft.warnings, warning))


def _readable_op(op: Op) -> Op:
    if op.target is None or op.target.field == "removed" or (plain := without_controls(op.replacement)) == op.replacement:
        return op
    return msgspec.structs.replace(op, replacement=plain)


def _with_words(ops: tuple[Op, ...]) -> tuple[Op, ...]:
    """Point no op at a place where nothing arrives: an absent value is null, and its replay would be an empty string."""
    arrive = {op.target for op in ops if op.target is not None and (op.replacement or op.target.field == "removed")}
    if all(op.target is None or op.target in arrive for op in ops):
        return ops
    return tuple(op if op.target in arrive else msgspec.structs.replace(op, target=None) for op in ops)


CONTROLS_IN_FIELDS = "controls_in_fields"
"""The warning that a value of the page's markup had controls or directional overrides, which are not in the record."""


def _authors(places: Places) -> tuple[Author, ...]:
    return tuple(Author(name=entry.values["name"], type=entry.values.get("type", "person")) for entry in places.lists["authors"])


def _dateline(singles: Mapping[str, str], items: tuple[Item, ...]) -> Dateline | None:
    raw = singles.get("/dateline/raw")
    if raw is None:
        return None
    values: dict[str, Any] = next((item.values for item in items if item.field == "dateline"), {})
    return Dateline(raw=raw, place=values.get("place"), date_raw=values.get("date_raw"), agency=values.get("agency"))


def _images(places: Places) -> tuple[Image, ...]:
    return tuple(
        Image(
            caption=entry.values.get("caption") or None,
            credit=entry.values.get("credit") or None,
            alt=entry.values.get("alt") or None,
            url=entry.values.get("url"),
            base_start=entry.start,
            base_end=entry.end,
        )
        for entry in places.lists["images"]
    )


def _embeds(places: Places) -> tuple[Embed, ...]:
    return tuple(
        Embed(
            platform=entry.values.get("platform", "unknown"),
            kind=entry.values.get("kind", "post"),
            author=entry.values.get("author"),
            handle=entry.values.get("handle"),
            date=entry.values.get("date"),
            date_raw=entry.values.get("date_raw"),
            text=entry.values.get("text"),
            urls=tuple(entry.values.get("urls", ())),
            base_start=entry.start,
            base_end=entry.end,
        )
        for entry in places.lists["embeds"]
    )


def _removed(places: Places, removals: tuple[Removal, ...], config: EmitConfig) -> tuple[Removed, ...]:
    by_key = {removal.start: removal for removal in removals}
    out = []
    for entry in places.lists["removed"]:
        removal = by_key[entry.key]
        text = entry.values.get("") if config.removed_text else None
        kind: Any = removal.kind
        out.append(Removed(kind=kind, rule=removal.rule, base_start=entry.start, base_end=entry.end, text=text, of=removal.of))
    return tuple(out)


def _quality(text: str, draft: Draft) -> Quality:
    words, sentences = count_words(text)
    return Quality(
        words=words,
        sentences=max(sentences, 1) if words else 0,
        base_chars=len(draft.base),
        text_chars=len(text),
        warnings=draft.warnings,
    )


def _provenance(text: str, draft: Draft, origin: Origin, places: Places, config: EmitConfig) -> Provenance:
    hidden = not config.removed_text
    edits = tuple(
        Edit(
            op.start, op.end, "" if hidden and op.target is not None and op.target.field == "removed" else op.replacement, op.rule, pointer
        )
        for op, pointer in zip(draft.ops, places.pointers, strict=True)
    )
    fields = dict(draft.described.sources)
    for pointer in places.pointers:
        if pointer is not None:
            name = pointer.split("/")[1]
            if name != "removed":
                fields[name] = draft.moved_source
    return Provenance(
        raw=origin.raw,
        decode=origin.decode,
        base=BaseInfo(kind=draft.base_kind, chars=len(draft.base), sha256=digest(draft.base)),
        edits=edits,
        fields=dict(sorted(fields.items())),
        text_sha256=digest(text),
        config_sha256=draft.config_sha256,
        code_sha256=draft.code_sha256,
    )
