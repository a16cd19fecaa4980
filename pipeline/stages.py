"""The stages in their order, composed here and nowhere else: bytes in, article or `Rejected` out.

One way forward: bytes become characters; a page or a text says what it knows of its fields, and each of its blocks gets a verdict; the
fields are chosen, once; what leaves is cut, by the verdicts and the chosen headline; what stays is laid out and normalised. Then passes
over the text follow until one changes nothing: that one is what cleaning the cleaned text would do. `docs/how-it-works.md` shows the
order, and a test compares it with this module.
"""

from __future__ import annotations

from bisect import bisect_right
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from pipeline.annotate import entities
from pipeline.config import Config
from pipeline.decode import DecodeError, decode, decode_str, refuse_unreadable, sniff
from pipeline.describe import (
    choose_fields,
    collect_markup,
    collect_near_headline,
    collect_removed_lines,
    cut_above_body,
    date_order,
    with_raised_headline,
    with_region,
)
from pipeline.edits.compose import OffsetMap, Op, apply, compose
from pipeline.edits.layout import lay_out, op_of, tidied
from pipeline.edits.state import State, Verdict, advance, begin
from pipeline.emit import Draft, Origin, assemble, text_annotations, text_blocks, text_links, text_marks
from pipeline.extract import ExtractError, extract, parse
from pipeline.jsonld import read_graph
from pipeline.lines.datelines import reporters
from pipeline.normalise import kept_spans, normalise, normalise_moved
from pipeline.records import SEVERAL_ARTICLES, Annotation, Article, BaseKind, Completeness, MarkKind, PageKind, QualityWarning, RawSource
from pipeline.rejected import Rejected
from pipeline.resources import Resources, load_resources
from pipeline.segment import segment
from pipeline.segment.line_spans import divide
from pipeline.spans import Block, Candidate, Cut, Decoded, Fields, Finding, ScoredDay, Stripped
from pipeline.strip import Draft as TextDraft
from pipeline.strip import Judges, Known, strip
from pipeline.text.language import language
from pipeline.xml_listings import is_xml_listing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipeline.ingest import RawDocument

HTML = ("text/html", "application/xhtml+xml")
MAX_PASSES = 32
"""Passes before a document that still changes is left as it is, with the warning `unstable`. Of 560 runs on 280 development pages, as
HTML and as naive dumps, none needed more than three; made-up lines of posts glued together lose one post a pass."""


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """An article, and what `explain` shows beside it: the base text, findings and candidates in its offsets, the days of the page."""

    article: Article
    base: str
    findings: tuple[Finding, ...]
    candidates: tuple[Candidate, ...]
    days: tuple[ScoredDay, ...] = ()


class TextPass(msgspec.Struct, frozen=True, kw_only=True):
    """One round of cutting, in offsets of the text it saw: what was decided, the blocks that remain, and remarks in what remains."""

    verdict: Verdict
    kept: tuple[Block, ...]
    annotations: tuple[Annotation, ...]
    variety: str | None
    page_kind: PageKind
    completeness: Completeness


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """What every step works with: the settings, what was loaded by them, and what is known of the document's lines so far.

    `known` holds what earlier passes over the document found out about single lines: it saves time and changes nothing.
    """

    config: Config
    resources: Resources
    known: Known


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What a text is: its blocks, the line ends that only wrapped a line, a verdict on every block, and its language."""

    blocks: tuple[Block, ...]
    joins: tuple[Op, ...] = ()
    stripped: Stripped
    language: str | None


class _Read(msgspec.Struct, frozen=True, kw_only=True):
    """What a document says of its fields, and what it is, before anything is cut.

    `headline`, `near_headline` and `links` are a page's: the block that shows its headline, what stands near it, where links lead,
    and `marks` the words that are set apart within their lines.
    `variety` is the English variety that a page declares ("en-GB"); `bad_bytes` says that bytes which were not valid stand in the base
    text as U+F780 to U+F7FF.
    """

    base: str
    base_kind: BaseKind
    candidates: tuple[Candidate, ...]
    judged: Judged
    headline: Cut | None = None
    near_headline: tuple[Candidate, ...] = ()
    links: tuple[tuple[int, int, str], ...] = ()
    marks: tuple[tuple[int, int, MarkKind], ...] = ()
    declared_language: str | None = None
    variety: str | None = None
    bad_bytes: bool = False

    @property
    def is_page(self) -> bool:
        """Whether the base text was made from a page."""
        return self.base_kind != "text"


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
    if is_xml_listing(decoded.text):
        raise Rejected(
            "no_article", "a feed or a list of addresses; of a feed in a file named .xml, .rss, .atom or .rdf the items are read"
        )
    desk = Desk(config=config, resources=resources, known=Known(resources.rules))
    read = _read_page(decoded, document, desk) if is_html else _read_text(decoded, document, desk)
    days = desk.resources.days if read.is_page else None
    fields = choose_fields(read.candidates, url=document.url, fetched_at=document.meta.fetched_at, config=config.describe, days=days)
    passes = _settle(read, fields.title, desk)
    state = passes.state
    if not state.text and not fields.title:
        raise Rejected("no_article", f"none of {len(state.base)} visible characters is part of an article")
    try:
        refuse_unreadable(state.text, config.decode)
    except DecodeError as error:
        raise Rejected(error.code, error.detail) from error  # type: ignore[arg-type]  # the decoder's codes are among ours
    draft = _draft(read, fields, passes, decoded, desk)
    origin = Origin(raw=_raw_source(document, raw, media_type), source=document.source, url=document.url, decode=decoded.info)
    article = assemble(draft, origin, config.emit)
    return Result(article=article, base=state.base, findings=state.findings, candidates=read.candidates, days=fields.days)


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


# ---- what the document says, and what it is --------------------------------------------------------------------------


def _read_page(decoded: Decoded, document: RawDocument, desk: Desk) -> _Read:
    """Parse, gather what the markup says, judge the blocks, and read the lines near the headline."""
    try:
        encoded = document.data if isinstance(document.data, bytes) and decoded.info.method == "valid-utf8" else None
        tree = parse(decoded.text, config=desk.config.extract, encoded=encoded)
        graph = read_graph(tree, decoded.text, desk.config.describe)
        told = collect_markup(tree, graph, url=document.url, http=document.meta.http, config=desk.config.describe)
        titles = tuple(dict.fromkeys(candidate.value for candidate in told if candidate.field == "title"))
        url = document.url or next((candidate.value for candidate in told if candidate.field == "canonical_url"), None)
        page = extract(tree, decoded.text, graph, url=url, model=desk.resources.blocks, config=desk.config.extract, title_hints=titles)
    except ExtractError as error:
        raise Rejected(error.code, error.detail) from error  # type: ignore[arg-type]  # the extractor's codes are among ours
    declared = next((candidate.value for candidate in told if candidate.field == "language"), None)
    spoken = language(page.base, declared)
    code = spoken.code if spoken else None
    seen = collect_near_headline(
        page.base,
        page.blocks,
        told=told,
        language=code,
        order=date_order(with_region(declared, (candidate.value for candidate in told if candidate.field == "language")), url),
        now=document.meta.fetched_at,
        config=desk.config.describe,
    )
    stripped = Stripped(
        cuts=page.cuts,
        items=page.items,
        findings=page.findings,
        warnings=page.warnings,
        page_kind=page.page_kind,
        completeness=page.completeness,
    )
    return _Read(
        base=page.base,
        base_kind=page.kind,
        candidates=with_raised_headline(told + seen, page.base, page.headline),
        judged=Judged(blocks=page.blocks, stripped=stripped, language=code),
        headline=page.headline,
        near_headline=seen,
        links=page.links,
        marks=page.marks,
        declared_language=declared,
        variety=_english_variety(declared),
        bad_bytes=_has_bad_bytes(decoded),
    )


def _read_text(decoded: Decoded, document: RawDocument, desk: Desk) -> _Read:
    """Judge the blocks of a text, and read what it says of its fields in the lines that are to leave it.

    No line that stays is read, since prose names people and days too.
    """
    text, bad_bytes = decoded.text, _has_bad_bytes(decoded)
    judged = judge_text(text, None, desk)
    cuts = tidied(text, judged.stripped.cuts)
    removed = [(cut.start, cut.end) for cut in cuts if cut.kind is not None]
    moved = tuple(_moved_candidates(text, cuts, judged.stripped, desk, bad_bytes=bad_bytes))
    seen: tuple[Candidate, ...] = ()
    if judged.stripped.page_kind == "article" and removed:
        seen = collect_removed_lines(
            text,
            judged.blocks,
            removed,
            moved=moved,
            order=date_order(None, document.url),
            now=document.meta.fetched_at,
            config=desk.config.describe,
        )
    return _Read(base=text, base_kind="text", candidates=moved + seen, judged=judged, bad_bytes=bad_bytes)


def judge_text(text: str, headline: str | None, desk: Desk, code: Sequence[tuple[int, int]] = ()) -> Judged:
    """Say what a text is: segment it into blocks and judge every block.

    Args:
        text: the text as it stands; all offsets are its code points.
        headline: the chosen title, where one is chosen already. Without it the result is a function of the string, the config and the
            resources alone.
        desk: settings and resources.
        code: the spans that a page's markup calls code: nothing in them leaves or changes.
    """
    segmented = segment(text, model=desk.resources.pairs, config=desk.config.segment, code=code)
    found = language(text, None)
    spoken = found.code if found else None
    stripped = strip(
        TextDraft(text, segmented.blocks, lambda chosen: divide(text, segmented.blocks, desk.known.spans, chosen)),
        judges=Judges(rules=desk.known, lines=desk.resources.lines, spans=desk.resources.spans),
        config=desk.config.strip,
        print_marks=segmented.print_marks,
        headline=headline,
        language=spoken,
    )
    if code:
        stripped = msgspec.structs.replace(stripped, cuts=tuple(cut for cut in stripped.cuts if not _touches(cut, code)))
    return Judged(blocks=segmented.blocks, joins=segmented.joins, stripped=stripped, language=spoken)


def _touches(cut: Cut, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a cut takes anything of some spans, which are sorted and disjoint."""
    at = bisect_right(spans, cut.start, key=lambda span: span[1])
    return at < len(spans) and spans[at][0] < cut.end


def _in_text(state: State, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Where spans of the base text stand in the text as it is now; those that left it are dropped."""
    places = OffsetMap(len(state.base), state.ops if spans else ())
    found = [(places.to_text(start), places.to_text(end)) for start, end in spans]
    return [span for span in found if span[0] < span[1]]


def _moved_candidates(text: str, cuts: Iterable[Cut], stripped: Stripped, desk: Desk, *, bad_bytes: bool) -> Iterator[Candidate]:
    """Yield what is to move out of a text as candidates, so that it is judged like the word of any other source."""
    for cut in cuts:
        if cut.target is not None and cut.target.field in ("title", "published_raw", "modified_raw", "copyright"):
            op = normalise_moved(op_of(text, cut), config=desk.config.normalise, lists=desk.resources.lists, bad_bytes=bad_bytes)
            if op.replacement:
                yield Candidate(field=cut.target.field, value=op.replacement, source="line", start=op.start, end=op.end)
        if cut.target is not None and cut.target.field == "dateline" and cut.target.attr == "raw":
            for name in reporters(text[cut.start : cut.end]):
                yield Candidate(field="author", value=name, source="dateline", extra={"type": "person"})
    for item in stripped.items:
        if item.field == "dateline" and (raw := item.values.get("date_raw")):
            yield Candidate(field="published_raw", value=raw, source="line")


def _has_bad_bytes(decoded: Decoded) -> bool:
    """Tell whether invalid bytes stand in the text as private-use characters that an edit may repair."""
    return decoded.info.repaired > 0 and "bad_bytes_lost" not in decoded.warnings


def _english_variety(declared: str | None) -> str | None:
    """Return the variety of English that a page declares, in the form of the settings ("en-GB"); None for any other tag."""
    parts = (declared or "").replace("_", "-").split("-")
    return f"en-{parts[1].upper()}" if len(parts) == 2 and parts[0].lower() == "en" and len(parts[1]) == 2 else None


# ---- cuts, layout, normalising, until nothing changes ----------------------------------------------------------------


class _Passes(msgspec.Struct, frozen=True, kw_only=True):
    """A document after its last pass: `first` is the first round, `judged` the first that saw a text, `last` the last one."""

    state: State
    first: TextPass
    judged: TextPass
    last: TextPass


def _settle(read: _Read, title: str | None, desk: Desk) -> _Passes:
    """Cut by the verdicts and the chosen title, then pass over what is left until a pass changes nothing.

    The passes are told where a page has code, so that nothing in it changes. Where a text alone would not find that code again, they are
    not told: a cleaned text has to clean to itself, and a text cannot be told anything.
    """
    judged = read.judged
    if read.is_page:
        cuts = cut_above_body(read.base, judged.blocks, judged.stripped.cuts, headline=read.headline, title=title, read=read.near_headline)
        judged = msgspec.structs.replace(judged, stripped=msgspec.structs.replace(judged.stripped, cuts=cuts))
    first = _cut(read.base, judged, desk, variety=read.variety, bad_bytes=read.bad_bytes)
    code = [(block.start, block.end) for block in first.kept if block.kind == "code"] if read.is_page else []
    if code:
        told = _pass_over(read, first, title, desk, code)
        if not _cut(told.state.text, judge_text(told.state.text, title, desk), desk).verdict.ops:
            return told
    return _pass_over(read, first, title, desk, ())


def _pass_over(read: _Read, first: TextPass, title: str | None, desk: Desk, code: Sequence[tuple[int, int]]) -> _Passes:
    """Run passes over the text until one changes nothing; `code` are spans of the base text in which nothing may change."""
    state, last = begin(read.base), first
    seen, passes = None if read.is_page else first, 1
    while (last.verdict.ops and passes < MAX_PASSES) or seen is None:
        state = advance(state, last.verdict)
        judged = judge_text(state.text, title, desk, _in_text(state, code))
        last = _cut(state.text, judged, desk)
        if passes + (seen is not None) == MAX_PASSES and last.verdict.ops:  # what this pass would do stays undone: all blocks stay
            last = msgspec.structs.replace(last, kept=judged.blocks, annotations=())
        passes += seen is not None
        seen = seen or last
    return _Passes(state=state, first=first, judged=seen, last=last)


def _cut(text: str, judged: Judged, desk: Desk, *, variety: str | None = None, bad_bytes: bool = False) -> TextPass:
    """Lay out what stays, normalise what stays and what moves, and return both as one verdict on `text`."""
    lists, settings, stripped = desk.resources.lists, desk.config.normalise, judged.stripped
    layout = lay_out(text, judged.blocks, stripped.cuts, judged.joins)
    ops = tuple(op if op.target is None else normalise_moved(op, config=settings, lists=lists, bad_bytes=bad_bytes) for op in layout.ops)
    spans = kept_spans(ops, layout.kept, judged.language)
    found = normalise(apply(text, ops), spans, config=settings, lists=lists, source_variety=variety, bad_bytes=bad_bytes)
    places = OffsetMap(len(text), ops if found.annotations or found.warnings else ())
    notes = (
        msgspec.structs.replace(note, start=places.to_base(note.start), end=places.to_base_end(note.end)) for note in found.annotations
    )
    warnings = (
        QualityWarning(code=warning.code, base_start=places.to_base(warning.base_start), base_end=places.to_base_end(warning.base_end))
        for warning in found.warnings
    )
    verdict = Verdict(
        ops=compose(text, ops, found.changes),
        removals=layout.removals,
        items=stripped.items,
        annotations=tuple(notes),
        findings=stripped.findings,
        warnings=(*stripped.warnings, *warnings),
    )
    return TextPass(
        verdict=verdict,
        kept=layout.kept,
        annotations=found.annotations,
        variety=found.variety,
        page_kind=stripped.page_kind,
        completeness=stripped.completeness,
    )


# ---- the record ------------------------------------------------------------------------------------------------------


def _draft(read: _Read, fields: Fields, passes: _Passes, decoded: Decoded, desk: Desk) -> Draft:
    """Gather what the record says, in offsets of the finished text where it is about the text."""
    state, last = passes.state, passes.last
    spoken = language(state.text or state.base, read.declared_language)
    code = spoken.code if spoken else None
    places = OffsetMap(len(state.base), state.ops)
    page_kind = passes.first.page_kind if passes.judged.page_kind == "article" else passes.judged.page_kind
    several = (SEVERAL_ARTICLES,) if page_kind == "multiple" else ()
    whole = (*decoded.warnings, *(("unstable",) if passes.last.verdict.ops else ()), *several)
    return Draft(
        base=state.base,
        base_kind=read.base_kind,
        ops=state.ops,
        removals=state.removals,
        items=state.items,
        described=fields,
        moved_source="visible" if read.is_page else "line",
        blocks=text_blocks(state.text, last.kept, read.judged.blocks if read.is_page else (), places, code),
        links=text_links(state.text, read.links, places),
        marks=text_marks(state.text, read.marks, places),
        entities=entities(state.text, language=code, lists=desk.resources.lists),
        annotations=text_annotations(state.annotations, last.annotations, places),
        language=spoken,
        variety=passes.first.variety,
        page_kind=page_kind,
        completeness=passes.first.completeness if passes.judged.completeness == "full" else passes.judged.completeness,
        warnings=(*(QualityWarning(code=name, base_start=0, base_end=len(state.base)) for name in whole), *state.warnings),
        config_sha256=desk.resources.config_sha256,
        code_sha256=desk.resources.code_sha256,
    )
