"""The ordered stages, composed here and nowhere else: bytes in, article or `Rejected` out."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from pipeline.annotate import entities
from pipeline.code_identity import code_sha256
from pipeline.decode import DecodeError, decode, decode_str, sniff
from pipeline.describe import collect_furniture, collect_html, collect_visible, date_order, foreign_language, judge, language
from pipeline.describe.above_body import follow_title, lift_lines, one_title
from pipeline.edits.compose import OffsetMap
from pipeline.edits.layout import lay_out
from pipeline.edits.state import State, advance, begin
from pipeline.emit import Draft, assemble
from pipeline.extract import ExtractError, extract, parse
from pipeline.lines.datelines import reporters
from pipeline.passes import TextRun, Told, clean_text, settle
from pipeline.records import Annotation, Article, BaseKind, Language, Link, QualityWarning, RawSource, TextBlock
from pipeline.rejected import Rejected
from pipeline.resources import Resources, load_resources
from pipeline.spans import Block, Candidate, Decoded, Fields, Finding, Stripped

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.ingest import RawDocument

HTML = ("text/html", "application/xhtml+xml")


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """An article, and what `explain` shows beside it: the base text, findings and candidates in its offsets."""

    article: Article
    base: str
    findings: tuple[Finding, ...]
    candidates: tuple[Candidate, ...]


class _Read(msgspec.Struct, frozen=True, kw_only=True):
    """A document whose text is settled, before its fields are judged."""

    run: TextRun
    base_kind: BaseKind
    candidates: tuple[Candidate, ...]
    source_blocks: tuple[Block, ...] = ()
    links: tuple[tuple[int, int, str], ...] = ()
    declared_language: str | None = None
    fields: Fields | None = None


def run(document: RawDocument, config: Config, resources: Resources | None = None) -> Result:
    """Clean one document.

    Raises `Rejected`, and on bad content nothing else.
    """
    resources = resources or load_resources(config)
    raw = document.data.encode("utf-8", "replace") if isinstance(document.data, str) else document.data
    if len(raw) > config.limits.max_bytes:
        raise Rejected("too_large", f"{len(raw)} bytes, the limit is {config.limits.max_bytes}")
    if not raw.strip():
        raise Rejected("empty", f"{len(raw)} bytes and nothing but white space")
    media_type = document.media_type or sniff(raw)
    if media_type is None:
        raise Rejected("binary", f"{len(raw)} bytes that are no text")
    is_html = media_type in HTML
    decoded = _decode(document, raw, config, is_html=is_html)
    read = _read_html(decoded, document, config, resources) if is_html else _read_text(decoded, document, config, resources)
    return _describe(read, decoded, document, _raw_source(document, raw, media_type), config, resources)


def _decode(document: RawDocument, raw: bytes, config: Config, *, is_html: bool) -> Decoded:
    if isinstance(document.data, str):
        return decode_str(document.data)
    try:
        return decode(raw, declared=document.meta.charset(), is_html=is_html, config=config.decode)
    except DecodeError as error:
        raise Rejected(error.code, error.detail) from error  # type: ignore[arg-type]  # the decoder's codes are among ours


def _raw_source(document: RawDocument, raw: bytes, media_type: str) -> RawSource:
    digest = sha256(raw).hexdigest()
    return RawSource(
        locator=document.locator or f"sha256:{digest}",
        sha256=digest,
        bytes=len(raw),
        media_type=media_type,
        fetched_at=document.meta.fetched_at,
        http=dict(sorted(document.meta.http.items())) if document.meta.http else None,
        warc=document.meta.warc,
    )


def _read_text(decoded: Decoded, document: RawDocument, config: Config, resources: Resources) -> _Read:
    """Clean a text; where a page's furniture was taken out of it, read the page's own lines on its fields there."""
    text_run = clean_text(begin(decoded.text), config, resources, Told(bad_bytes=_has_bad_bytes(decoded)))
    moved = _moved_candidates(text_run.state, "line")
    seen = _furniture_candidates(text_run, moved, document, config) if text_run.page_kind == "article" and text_run.state.removals else ()
    return _Read(run=text_run, base_kind="text", candidates=moved + seen)


def _furniture_candidates(text_run: TextRun, moved: tuple[Candidate, ...], document: RawDocument, config: Config) -> tuple[Candidate, ...]:
    """Return what the lines that left a text say of its fields: no line that stays is read, since prose names people and days too."""
    state = text_run.state
    return collect_furniture(
        state.base,
        text_run.source_blocks,
        sorted((removal.start, removal.end) for removal in state.removals),
        moved=moved,
        order=date_order(None, document.url),
        now=document.meta.fetched_at,
        config=config.describe,
    )


def _has_bad_bytes(decoded: Decoded) -> bool:
    """Tell whether invalid bytes stand in the text as private-use characters that an edit may repair."""
    return decoded.info.repaired > 0 and "bad_bytes_lost" not in decoded.warnings


def _english_variety(declared: str | None) -> str | None:
    """Return the variety of English that a page declares, in the form of the settings ("en-GB"); None for any other tag."""
    parts = (declared or "").replace("_", "-").split("-")
    return f"en-{parts[1].upper()}" if len(parts) == 2 and parts[0].lower() == "en" and len(parts[1]) == 2 else None


def _read_html(decoded: Decoded, document: RawDocument, config: Config, resources: Resources) -> _Read:
    """Parse, gather the page's own words on its fields, find the article, then clean its text like any other text."""
    try:
        encoded = document.data if isinstance(document.data, bytes) and decoded.info.method == "valid-utf8" else None
        tree = parse(decoded.text, config=config.extract, encoded=encoded)
        told = collect_html(tree, url=document.url, http=document.meta.http, config=config.describe)
        titles = tuple(dict.fromkeys(candidate.value for candidate in told if candidate.field == "title"))
        own = next((candidate.value for candidate in told if candidate.field == "canonical_url"), None)
        found = extract(tree, decoded.text, url=document.url or own, model=resources.blocks, config=config.extract, title_hints=titles)
    except ExtractError as error:
        raise Rejected(error.code, error.detail) from error  # type: ignore[arg-type]  # the extractor's codes are among ours
    declared = next((candidate.value for candidate in told if candidate.field == "language"), None)
    spoken = language(found.base, declared)
    code = spoken.code if spoken else None
    seen = collect_visible(
        found.base,
        found.blocks,
        told=told,
        language=code,
        order=date_order(declared, document.url or own),
        now=document.meta.fetched_at,
        config=config.describe,
    )
    judged = judge(told + seen, url=document.url, fetched_at=document.meta.fetched_at, config=config.describe)
    cuts = lift_lines(found.base, found.blocks, follow_title(found.base, found.cuts, judged.title), seen)
    stripped = Stripped(cuts=cuts, items=found.items, findings=found.findings, warnings=found.warnings)
    layout = lay_out(found.base, found.blocks, cuts)
    first = settle(
        found.base,
        stripped,
        layout,
        config,
        resources,
        spoken=code,
        told=Told(variety=_english_variety(declared), bad_bytes=_has_bad_bytes(decoded)),
    )
    code = [(block.start, block.end) for block in layout.kept if block.kind == "code"]
    text_run = clean_text(advance(begin(found.base), first.verdict), config, resources, code=code)
    text_run = msgspec.structs.replace(
        text_run,
        state=one_title(text_run.state, judged.title),
        variety=first.normalised.variety,
        page_kind=found.page_kind if text_run.page_kind == "article" else text_run.page_kind,
        completeness=found.completeness if text_run.completeness == "full" else text_run.completeness,
    )
    moved = _moved_candidates(text_run.state, "visible")
    return _Read(
        run=text_run,
        base_kind=found.kind,
        candidates=told + seen + moved,
        fields=judged if all(candidate.field == "title" for candidate in moved) else None,
        source_blocks=found.blocks,
        links=found.links,
        declared_language=declared,
    )


def _moved_candidates(state: State, source: str) -> tuple[Candidate, ...]:
    """Return what was moved out of the text as candidates, so that it is judged like the word of any other source."""
    moved = [
        Candidate(field=op.target.field, value=op.replacement, source=source, start=op.start, end=op.end)
        for op in state.ops
        if op.target is not None and op.target.field in ("title", "published_raw", "modified_raw", "copyright") and op.replacement
    ]
    moved += [
        Candidate(field="author", value=name, source="dateline", extra={"type": "person"})
        for op in state.ops
        if op.target is not None and op.target.field == "dateline" and op.target.attr == "raw"
        for name in reporters(op.replacement)
    ]
    dated = (item.values.get("date_raw") for item in state.items if item.field == "dateline")
    return (*moved, *(Candidate(field="published_raw", value=raw, source=source) for raw in dated if raw))


def _describe(read: _Read, decoded: Decoded, document: RawDocument, raw: RawSource, config: Config, resources: Resources) -> Result:
    state = read.run.state
    fields = read.fields or judge(read.candidates, url=document.url, fetched_at=document.meta.fetched_at, config=config.describe)
    if not state.text and not fields.title:
        raise Rejected("no_article", f"none of {len(state.base)} visible characters is part of an article")
    spoken = language(state.text or state.base, read.declared_language)
    places = OffsetMap(len(state.base), state.ops)
    draft = Draft(
        raw=raw,
        source=document.source,
        url=document.url,
        decode=decoded.info,
        base=state.base,
        base_kind=read.base_kind,
        ops=state.ops,
        removals=state.removals,
        items=state.items,
        described=fields,
        moved_source="line" if read.base_kind == "text" else "visible",
        blocks=_blocks(read, places, spoken),
        links=_links(read, places),
        entities=entities(state.text, language=spoken.code if spoken else None, lists=resources.lists),
        annotations=_annotations(read, places),
        language=spoken,
        variety=read.run.variety,
        page_kind=read.run.page_kind,
        completeness=read.run.completeness,
        warnings=_warnings(read, decoded),
        config_sha256=resources.config_sha256,
        code_sha256=code_sha256(),
    )
    return Result(article=assemble(draft, config.emit), base=state.base, findings=state.findings, candidates=read.candidates)


def _blocks(read: _Read, places: OffsetMap, spoken: Language | None) -> tuple[TextBlock, ...]:
    """Return the blocks of the text; a page's own structure says what kind each is, else the text's shape."""
    starts = {block.start: block for block in read.source_blocks if block.kind != "paragraph"}
    code = spoken.code if spoken else None
    text = read.run.state.text
    out = []
    for block in read.run.blocks:
        base_start = places.to_base(block.start)
        origin = starts.get(base_start, block)
        out.append(
            TextBlock(
                kind=origin.kind,
                start=block.start,
                end=block.end,
                base_start=base_start,
                base_end=places.to_base_end(block.end),
                level=origin.level,
                language=(foreign_language(text[block.start : block.end], code) or code) if code else None,
            )
        )
    return tuple(out)


def _links(read: _Read, places: OffsetMap) -> tuple[Link, ...]:
    text = read.run.state.text
    out = []
    for start, end, url in read.links:
        low, high = places.to_text(start), places.to_text(end)
        if low < high:
            out.append(Link(text=text[low:high], url=url, start=low, end=high))
    return tuple(out)


def _annotations(read: _Read, places: OffsetMap) -> tuple[Annotation, ...]:
    """Return the remarks of all passes in offsets of the text; remarks on words that left it are dropped."""
    early = (
        msgspec.structs.replace(note, start=places.to_text(note.start), end=places.to_text(note.end)) for note in read.run.state.annotations
    )
    notes = {note for note in (*early, *read.run.annotations) if note.start < note.end}
    return tuple(sorted(notes, key=lambda note: (note.start, note.end, note.type, note.value)))


def _warnings(read: _Read, decoded: Decoded) -> tuple[QualityWarning, ...]:
    length = len(read.run.state.base)
    whole = [QualityWarning(code=code, base_start=0, base_end=length) for code in decoded.warnings]
    if not read.run.stable:
        whole.append(QualityWarning(code="unstable", base_start=0, base_end=length))
    return (*whole, *read.run.state.warnings)
