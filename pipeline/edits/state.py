"""How far a document has come: the base text and everything that was decided about it so far, in base offsets.

Every pass of the pipeline looks at the text as it stands and speaks in that text's offsets; `advance` turns its verdict into
one about the base text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pipeline.edits.compose import OffsetMap, Op, apply, compose
from pipeline.edits.layout import Removal
from pipeline.records import Annotation, QualityWarning, RemovedKind
from pipeline.spans import Finding, Item, Target

if TYPE_CHECKING:
    from collections.abc import Iterable

SINGLE_FIELDS: dict[str, RemovedKind] = {
    "title": "chrome",
    "description": "teaser",
    "dateline": "stamp",
    "published_raw": "stamp",
    "modified_raw": "stamp",
    "copyright": "legal",
    "section": "navigation",
}
"""Fields that hold one span; a further span for the same field is removed instead, as the kind named here."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What one pass decided, in offsets of the text that it saw."""

    ops: tuple[Op, ...]
    removals: tuple[Removal, ...] = ()
    items: tuple[Item, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    findings: tuple[Finding, ...] = ()
    warnings: tuple[QualityWarning, ...] = ()


class State(msgspec.Struct, frozen=True, kw_only=True):
    """A document between passes; `text` is what the ops leave of the base text."""

    base: str
    text: str
    ops: tuple[Op, ...] = ()
    removals: tuple[Removal, ...] = ()
    items: tuple[Item, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    findings: tuple[Finding, ...] = ()
    warnings: tuple[QualityWarning, ...] = ()


def begin(base: str) -> State:
    """Return the state of a document about which nothing is decided."""
    return State(base=base, text=base)


def one_each(ops: Iterable[Op], taken: Iterable[Op], removals: Iterable[Removal]) -> tuple[list[Op], list[Removal]]:
    """Let every single field take one span: the first that was ever moved there; later ones are removed as furniture."""
    seen = {op.target.field for op in taken if op.target is not None and op.target.field in SINGLE_FIELDS}
    out: list[Op] = []
    more = list(removals)
    for op in ops:
        field = op.target.field if op.target is not None else ""
        if field in seen:
            more.append(Removal(op.start, op.end, SINGLE_FIELDS[field], op.rule, None))
            out.append(Op(op.start, op.end, op.replacement, op.rule, Target("removed", op.start)))
            continue
        if field in SINGLE_FIELDS:
            seen.add(field)
        out.append(op)
    return out, more


def advance(state: State, verdict: Verdict) -> State:
    """Return the state after a pass: its ops composed with those before, its offsets turned into base offsets."""
    if not state.ops:
        ops, removals = one_each(verdict.ops, (), verdict.removals)
        return State(
            base=state.base,
            text=apply(state.base, ops),
            ops=tuple(ops),
            removals=tuple(removals),
            items=verdict.items,
            annotations=verdict.annotations,
            findings=verdict.findings,
            warnings=state.warnings + verdict.warnings,
        )
    places = OffsetMap(len(state.base), state.ops)
    ops, removals = one_each(verdict.ops, state.ops, verdict.removals)
    keyed = [_rekeyed(op, places) for op in ops]
    composed = compose(state.base, state.ops, keyed)
    return State(
        base=state.base,
        text=apply(state.base, composed),
        ops=composed,
        removals=state.removals + tuple(_removal(removal, places) for removal in removals),
        items=state.items
        + tuple(msgspec.structs.replace(item, key=places.to_base(item.key) if item.key >= 0 else -1) for item in verdict.items),
        annotations=state.annotations + tuple(_spanned(note, places) for note in verdict.annotations),
        findings=state.findings
        + tuple(
            msgspec.structs.replace(found, start=places.to_base(found.start), end=places.to_base_end(found.end))
            for found in verdict.findings
        ),
        warnings=state.warnings
        + tuple(
            QualityWarning(code=w.code, base_start=places.to_base(w.base_start), base_end=places.to_base_end(w.base_end))
            for w in verdict.warnings
        ),
    )


def _rekeyed(op: Op, places: OffsetMap) -> Op:
    """Turn the key of the op's list item into a base offset; the op's own span is composed later."""
    if op.target is None or op.target.item < 0:
        return op
    return Op(op.start, op.end, op.replacement, op.rule, Target(op.target.field, places.to_base(op.target.item), op.target.attr))


def _removal(removal: Removal, places: OffsetMap) -> Removal:
    of = None if removal.of is None else (places.to_base(removal.of[0]), places.to_base_end(removal.of[1]))
    return Removal(places.to_base(removal.start), places.to_base_end(removal.end), removal.kind, removal.rule, of)


def _spanned(note: Annotation, places: OffsetMap) -> Annotation:
    return msgspec.structs.replace(note, start=places.to_base(note.start), end=places.to_base_end(note.end))
