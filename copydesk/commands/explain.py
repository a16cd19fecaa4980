"""`copydesk explain`: the whole base text, span by span, with what became of it and why."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import click
import msgspec

from copydesk.review.document import Place, document_page, of_result
from copydesk.review.marked import spans
from pipeline.text.controls import escaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copydesk.review.marked import Fate, Span
    from pipeline.rules.rulebook import RuleBook
    from pipeline.stages import Result

_COLOURS: dict[Fate, str | None] = {"kept": None, "layout": None, "changed": "yellow", "dropped": "red", "moved": "cyan", "removed": "red"}


def _label(span: Span) -> str:
    if span.fate == "removed":
        return f"removed: {span.why}, {span.rule}"
    if span.fate == "moved":
        return f"moved to {span.to}, {span.rule}"
    return f"{span.fate}: {span.rule}"


class Choice(msgspec.Struct, frozen=True):
    """Which spans to show: those of some fates, and those of rules that a pattern takes. With neither, everything."""

    fates: frozenset[str] = frozenset()
    rule: str | None = None

    @property
    def all(self) -> bool:
        """Tell whether nothing was chosen."""
        return not self.fates and self.rule is None

    def takes(self, span: Span) -> bool:
        """Tell whether a span is to be shown. A rule is taken by its whole name, by a pattern, or by the group before its dot."""
        if self.fates and span.fate not in self.fates:
            return False
        if self.rule is None:
            return True
        rule = span.rule or ""
        return fnmatchcase(rule, self.rule) or rule.startswith(f"{self.rule}.")


EVERYTHING = Choice()


def as_text(result: Result, *, colours: bool, choice: Choice = EVERYTHING) -> str:
    """Return the document for a terminal: removed, moved and changed spans in colour with the rule beside each.

    With a choice, only the spans that it takes, one a line, each with its offsets in the base text.
    """
    found = spans(result.article, result.base)
    if choice.all:
        return "".join(_worded(span, colours=colours) for span in found).strip("\n") + "\n\n" + "\n".join(_facts(result))
    lines = [f"{span.start}-{span.end}  {_worded(span, colours=colours)}" for span in found if choice.takes(span)]
    return "\n".join(lines) if lines else "no such span"


def _worded(span: Span, *, colours: bool) -> str:
    words = escaped(span.text, lines=True)
    if span.fate in ("kept", "layout"):
        return words
    if span.fate == "changed":
        words = f"[-{words}-]{{+{escaped(span.replacement or '', lines=True)}+}}"
    elif not colours:
        words = f"[> {words} >]" if span.fate == "moved" else f"[- {words} -]"
    label = f" ‹{_label(span)}›"
    return click.style(words, fg=_COLOURS[span.fate]) + click.style(label, dim=True) if colours else words + label


def _facts(result: Result) -> Iterator[str]:
    """Yield lines on the record: every field with its source, the candidates that lost, findings and warnings."""
    article = result.article
    document = article.to_dict()
    yield f"--- {article.quality.words} words kept of {article.quality.base_chars} characters; {article.page_kind}, {article.completeness}"
    for name, source in article.provenance.fields.items():
        yield f"{name} = {document[name]!r}  (from {source})"
    for candidate in result.candidates:
        yield f"candidate {candidate.field}: {candidate.value[:200]!r}  (from {candidate.source})"
    for day in result.days:
        words = ", ".join(f"{name} {value}" for name, value in day.evidence.items())
        yield f"day {day.day}: score {day.score}  ({words})"
    for finding in result.findings:
        score = "" if finding.score is None else f", score {finding.score}"
        words = " ".join(result.base[finding.start : finding.end].split())[:60]
        yield f"finding {finding.start}-{finding.end}: {finding.rule} says {finding.verdict}{score}  {words!r}"
    for warning in article.quality.warnings:
        yield f"warning {warning.code} at {warning.base_start}-{warning.base_end}"


def as_json(result: Result, choice: Choice = EVERYTHING) -> str:
    """Return spans, candidates and findings as one JSON object."""
    value = {
        "id": result.article.id,
        "locator": result.article.provenance.raw.locator,
        "spans": [span for span in spans(result.article, result.base) if choice.takes(span)],
        "candidates": result.candidates,
        "days": result.days,
        "findings": result.findings,
        "fields": result.article.provenance.fields,
        "warnings": result.article.quality.warnings,
    }
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def as_html(result: Result, book: RuleBook, choice: Choice = EVERYTHING) -> str:
    """Return a page of its own, in the design of `copydesk review`; `book` has the texts of the rules."""
    shown = of_result(result, lambda span: span.fate == "layout" or choice.takes(span))
    return document_page(shown, Place(alone=True), book).decode()
