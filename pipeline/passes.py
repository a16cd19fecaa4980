"""The pass that every document goes through until nothing changes: segment, strip, lay out, normalise.

Because the last pass changed nothing, cleaning a cleaned text gives that text: it is the same function on the same string.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pipeline.describe import language
from pipeline.edits.compose import OffsetMap, Op, apply, compose
from pipeline.edits.layout import Layout, lay_out
from pipeline.edits.state import State, Verdict, advance
from pipeline.normalise import Normalised, NormSpan, normalise
from pipeline.records import Annotation, Completeness, PageKind, QualityWarning
from pipeline.segment import segment
from pipeline.segment.line_spans import divide
from pipeline.spans import Block, Stripped
from pipeline.strip import Known, strip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.config import Config
    from pipeline.resources import Resources

MAX_PASSES = 12
"""Passes before a document that still changes is left as it is, with the warning `unstable`. Of 560 runs on 280 development pages, as
HTML and as naive dumps, none needed more than three."""


class TextRun(msgspec.Struct, frozen=True, kw_only=True):
    """A document after its last pass: blocks and annotations are in offsets of `state.text`.

    `source_blocks` are all blocks of the text that the first pass saw, in its offsets.
    """

    state: State
    blocks: tuple[Block, ...]
    source_blocks: tuple[Block, ...]
    annotations: tuple[Annotation, ...]
    variety: str | None
    page_kind: PageKind
    completeness: Completeness
    stable: bool


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a text besides its characters: only the first pass over a document has any of it.

    `variety` is the English variety that the page declares ("en-GB"); `bad_bytes` says that bytes which were not valid stand in the
    text as U+F780 to U+F7FF.
    """

    titles: tuple[str, ...] = ()
    variety: str | None = None
    bad_bytes: bool = False


NOTHING = Told()


class Pass(msgspec.Struct, frozen=True, kw_only=True):
    """One pass in offsets of the text it saw: its verdict, and what remains of the blocks that `segment` made (`source_blocks`)."""

    verdict: Verdict
    blocks: tuple[Block, ...]
    normalised: Normalised
    stripped: Stripped
    source_blocks: tuple[Block, ...] = ()


def settle(
    text: str, stripped: Stripped, layout: Layout, config: Config, resources: Resources, *, spoken: str | None, told: Told = NOTHING
) -> Pass:
    """Normalise what a layout keeps and what it moves, and return both as one verdict on `text`; `spoken` is its language."""
    ops = tuple(op if op.target is None else _moved(op, config, resources, bad_bytes=told.bad_bytes) for op in layout.ops)
    kept = apply(text, ops)
    spans = _spans(ops, layout.kept, spoken)
    normalised = normalise(
        kept, spans, config=config.normalise, lists=resources.lists, source_variety=told.variety, bad_bytes=told.bad_bytes
    )
    later = tuple(Op(change.start, change.end, change.replacement, change.rule) for change in normalised.changes)
    places = OffsetMap(len(text), ops if normalised.annotations or normalised.warnings else ())
    verdict = Verdict(
        ops=compose(text, ops, later),
        removals=layout.removals,
        items=stripped.items,
        annotations=tuple(
            msgspec.structs.replace(note, start=places.to_base(note.start), end=places.to_base_end(note.end))
            for note in normalised.annotations
        ),
        findings=stripped.findings,
        warnings=stripped.warnings
        + tuple(
            QualityWarning(code=w.code, base_start=places.to_base(w.base_start), base_end=places.to_base_end(w.base_end))
            for w in normalised.warnings
        ),
    )
    return Pass(verdict=verdict, blocks=layout.kept, normalised=normalised, stripped=stripped)


def text_pass(text: str, config: Config, resources: Resources, told: Told = NOTHING, known: Known | None = None) -> Pass:
    """Judge a text as it stands. With nothing told the result is a function of the string, the config and the resources alone.

    `known` holds what earlier passes with the same config and resources found out about single lines: it saves time and changes nothing.
    """
    segmented = segment(text, model=resources.pairs, config=config.segment)
    found = language(text, None)
    spoken = found.code if found else None
    stripped = strip(
        text,
        segmented.blocks,
        rules=known or resources.rules,
        model=resources.lines,
        spans=divide(text, segmented.blocks),
        span_model=resources.spans,
        config=config.strip,
        title_hints=told.titles,
        language=spoken,
    )
    layout = lay_out(text, segmented.blocks, stripped.cuts, segmented.joins)
    settled = settle(text, stripped, layout, config, resources, spoken=spoken, told=told)
    return msgspec.structs.replace(settled, source_blocks=segmented.blocks)


def clean_text(start: State, config: Config, resources: Resources, told: Told = NOTHING) -> TextRun:
    """Run text passes from a state until one changes nothing."""
    state = start
    known = Known(resources.rules)
    done = text_pass(state.text, config, resources, told, known)
    first = done
    passes = 1
    while done.verdict.ops and passes < MAX_PASSES:
        state = advance(state, done.verdict)
        done = text_pass(state.text, config, resources, known=known)
        passes += 1
    return TextRun(
        state=state,
        blocks=done.blocks,
        source_blocks=first.source_blocks,
        annotations=done.normalised.annotations,
        variety=first.normalised.variety,
        page_kind=first.stripped.page_kind,
        completeness=first.stripped.completeness,
        stable=not done.verdict.ops,
    )


def _moved(op: Op, config: Config, resources: Resources, *, bad_bytes: bool) -> Op:
    """Repair the encoding of what moves to a field, and put it on one line; what is removed stays as it was."""
    if op.target is None or op.target.field == "removed" or not op.replacement:
        return op
    span = [NormSpan(0, len(op.replacement), "field")]
    found = normalise(op.replacement, span, config=config.normalise, lists=resources.lists, bad_bytes=bad_bytes)
    value = apply(op.replacement, [Op(c.start, c.end, c.replacement, c.rule) for c in found.changes]) if found.changes else op.replacement
    if "\n" in value and op.target.field not in _OF_SEVERAL_LINES:
        value = " ".join(part.strip() for part in value.split("\n") if part.strip())
    return op if value == op.replacement else Op(op.start, op.end, value, op.rule, op.target)


_OF_SEVERAL_LINES = frozenset({"embeds", "images"})
"""Fields whose line ends mean something: posts have paragraphs, a caption stands over its credit."""


def _spans(ops: Sequence[Op], blocks: Sequence[Block], spoken: str | None) -> list[NormSpan]:
    """Return the spans of kept blocks in the text that `ops` leave."""
    spans: list[NormSpan] = []
    shift = index = 0
    for block in blocks:
        while index < len(ops) and ops[index].end <= block.start:
            shift += _growth(ops[index])
            index += 1
        start = block.start + shift
        inner, last = shift, index
        while last < len(ops) and ops[last].end <= block.end:
            inner += _growth(ops[last])
            last += 1
        role = "table" if block.kind == "table" else "code" if block.kind == "code" else "body"
        spans.append(NormSpan(start, block.end + inner, role, spoken))  # type: ignore[arg-type]  # a literal by construction
    return spans


def _growth(op: Op) -> int:
    return (len(op.replacement) if op.target is None else 0) - (op.end - op.start)
