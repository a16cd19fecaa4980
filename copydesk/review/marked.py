"""A document's base text as marks: every stretch with what became of it, the rule that decided, and how certain that was."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipeline.records import Article, Edit
    from pipeline.spans import Finding

Fate = Literal["kept", "layout", "changed", "dropped", "moved", "removed"]
Strength = Literal["", "rule", "model", "doubt"]
"""How certain a verdict is: by a named rule or the page's own markup; by a model that was sure; by a model that was not."""

DOUBT = 1000
"""Scores nearer to zero are doubtful. They are thousandths of log odds: this one says right about three times in four."""
UNKNOWN = "▒"
"""Stands for a character that a record alone no longer knows: what an edit changed or dropped."""
_BREAK = "\n\n"


class Span(msgspec.Struct, frozen=True):
    """A stretch of the base text and its fate; `replacement` is what stands there now, or what moved."""

    start: int
    end: int
    fate: Fate
    text: str
    replacement: str | None = None
    rule: str | None = None
    to: str | None = None
    why: str | None = None


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A span as a page shows it.

    Attributes:
        span: what became of it.
        strength: how certain that is; empty for what nobody judged.
        score: the model's integer score, where a model decided.
        field: the first part of the pointer that it moved to, with the item's number ("title", "images-0"); empty where it did not move.
    """

    span: Span
    strength: Strength = ""
    score: int | None = None
    field: str = ""

    @property
    def label(self) -> str:
        """Return what became of it, in words.

        >>> Mark(span=Span(0, 4, "removed", "Menu", rule="navigation.words", why="navigation")).label
        'removed: navigation'
        """
        if self.span.fate == "removed":
            return f"removed: {self.span.why}"
        return f"moved to {self.span.to}" if self.span.fate == "moved" else self.span.fate


class Row(msgspec.Struct, frozen=True):
    """Marks that stand in one paragraph, and what the margin says of them: labels and rules that the row before did not have."""

    marks: tuple[Mark, ...]
    notes: tuple[Mark, ...]

    @property
    def gone(self) -> bool:
        """Tell whether nothing of it is left."""
        return all(mark.span.fate in ("removed", "dropped", "layout") for mark in self.marks)


def spans(article: Article, base: str) -> Iterator[Span]:
    """Yield the base text from its first to its last character as spans."""
    position = 0
    for edit in article.provenance.edits:
        if edit.base_start > position:
            yield Span(position, edit.base_start, "kept", base[position : edit.base_start])
        yield _span(article, base, edit)
        position = edit.base_end
    if position < len(base):
        yield Span(position, len(base), "kept", base[position:])


def _span(article: Article, base: str, edit: Edit) -> Span:
    text = base[edit.base_start : edit.base_end]
    if edit.to is None:
        fate: Fate = "changed" if edit.replacement.strip() else "dropped"
        if edit.rule.startswith("layout.") and not text.strip():
            fate = "layout"
        return Span(edit.base_start, edit.base_end, fate, text, edit.replacement, edit.rule)
    if not edit.to.startswith("/removed/"):
        return Span(edit.base_start, edit.base_end, "moved", text, edit.replacement, edit.rule, edit.to)
    entry = article.removed[int(edit.to.split("/")[2])]
    why = entry.kind if entry.of is None else f"{entry.kind} of {entry.of[0]}-{entry.of[1]}"
    return Span(edit.base_start, edit.base_end, "removed", text, None, edit.rule, edit.to, why)


def rebuilt_base(article: Article) -> str:
    """Return the base text as far as a record alone knows it, in its full length.

    What is kept, moved or removed as it stood is there; of changed and dropped characters only the number is known, and of white space
    between blocks.
    """
    parts: list[str] = []
    position = taken = 0
    for edit in article.provenance.edits:
        kept = edit.base_start - position
        parts += (article.text[taken : taken + kept], _known(article, edit))
        taken += kept + (len(edit.replacement) if edit.to is None else 0)
        position = edit.base_end
    return "".join(parts) + article.text[taken:]


def _known(article: Article, edit: Edit) -> str:
    length = edit.base_end - edit.base_start
    words = edit.replacement
    if edit.to is not None and edit.to.startswith("/removed/"):
        words = article.removed[int(edit.to.split("/")[2])].text or edit.replacement
    if edit.to is not None and len(words) == length:
        return words
    if edit.rule.startswith(("layout.", "space.")) and not words.strip():
        return "\n" * length if length > 1 or "\n" in words else " " * length
    return UNKNOWN * length


def marks(found: Iterable[Span], findings: Sequence[Finding] = ()) -> Iterator[Mark]:
    """Yield spans as marks. What is kept or removed is divided at blank lines, so that every paragraph can be judged by itself."""
    scored = sorted((finding for finding in findings if finding.score is not None), key=lambda finding: finding.start)
    starts = [finding.start for finding in scored]
    for span in found:
        for part in _paragraphs(span) if span.fate in ("kept", "removed") else (span,):
            place = bisect_right(starts, part.start + len(part.text) - len(part.text.lstrip())) - 1
            near = scored[place] if place >= 0 and scored[place].end > part.start else None
            yield _mark(part, near)


def _paragraphs(span: Span) -> Iterator[Span]:
    start = span.start
    for piece in span.text.split(_BREAK):
        if start > span.start:
            yield Span(start - len(_BREAK), start, "layout", _BREAK)
        if piece:
            fate = span.fate if piece.strip() else "layout"
            yield msgspec.structs.replace(span, start=start, end=start + len(piece), fate=fate, text=piece)
        start += len(piece) + len(_BREAK)


def _mark(span: Span, near: Finding | None) -> Mark:
    if span.fate in ("layout", "changed", "dropped"):
        return Mark(span=span, strength="" if span.fate == "layout" else "rule")
    field = _field(span.to) if span.fate == "moved" else ""
    by_model = (span.rule or "").startswith("model.")
    if near is None or near.score is None or not (by_model or span.fate == "kept"):
        return Mark(span=span, strength="model" if by_model else "rule" if span.rule else "", field=field)
    return Mark(span=span, strength="doubt" if abs(near.score) < DOUBT else "model", score=near.score, field=field)


def _field(pointer: str | None) -> str:
    """Return the field, and the number of its item, that a JSON pointer leads into.

    >>> _field("/images/0/caption"), _field("/dateline/raw")
    ('images-0', 'dateline')
    """
    parts = (pointer or "").split("/")[1:3]
    return "-".join(parts) if len(parts) == 2 and parts[1].isdigit() else parts[0] if parts else ""


def rows(found: Iterable[Mark]) -> Iterator[Row]:
    """Yield marks by paragraph: a line end between blocks begins another row, one inside a list or a poem does not."""
    told: dict[tuple[str, str | None], Mark] = {}
    for row in _divided(found):
        before, told = told, {(mark.label, mark.span.rule): mark for mark in row if mark.span.fate not in ("kept", "layout")}
        yield Row(tuple(row), tuple(told.values()) if told.keys() != before.keys() else ())


def _divided(found: Iterable[Mark]) -> Iterator[list[Mark]]:
    row: list[Mark] = []
    for mark in found:
        if mark.span.fate == "layout" and ("\n" in mark.span.text or _BREAK in (mark.span.replacement or "")):
            if row:
                yield row
            row = []
        elif row or mark.span.fate != "layout":
            row.append(mark)
    if row:
        yield row
