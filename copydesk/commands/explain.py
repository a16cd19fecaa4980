"""`copydesk explain`: the whole base text, span by span, with what became of it and why."""

from __future__ import annotations

import html
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal

import click
import msgspec

from pipeline.text.controls import escaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.records import Article, Edit
    from pipeline.stages import Result

Fate = Literal["kept", "layout", "changed", "dropped", "moved", "removed"]

_COLOURS: dict[Fate, str | None] = {"kept": None, "layout": None, "changed": "yellow", "dropped": "red", "moved": "cyan", "removed": "red"}
_STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
pre{white-space:pre-wrap;font:inherit}
.removed,.dropped{background:#fbe3e4;text-decoration:line-through;text-decoration-color:#b33}
.moved{background:#dff0f7}.changed{background:#fff3c4}.changed del{color:#933}.changed ins{color:#063;text-decoration:none}
.why{font:12px/1 ui-monospace,monospace;color:#555;background:#eee;border-radius:3px;padding:1px 4px;margin-left:4px;text-decoration:none;
display:inline-block}
table{border-collapse:collapse}td,th{border-top:1px solid #ddd;padding:3px 10px;text-align:left;vertical-align:top}"""


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


def as_html(result: Result, *, title: str, choice: Choice = EVERYTHING) -> str:
    """Return a page of its own that shows the same as the text format."""
    parts = [_marked(span) for span in spans(result.article, result.base) if choice.takes(span)]
    body = ("" if choice.all else "\n").join(parts)
    facts = "".join(f"<tr><td>{html.escape(line)}</td></tr>" for line in _facts(result))
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(title)}</title><style>{_STYLE}</style>'
        f"<h1>{html.escape(title)}</h1><pre>{body}</pre><table>{facts}</table></html>\n"
    )


def _marked(span: Span) -> str:
    words = html.escape(escaped(span.text, lines=True))
    if span.fate in ("kept", "layout"):
        return words
    if span.fate == "changed":
        words = f"<del>{words}</del><ins>{html.escape(escaped(span.replacement or '', lines=True))}</ins>"
    return f'<span class="{span.fate}">{words}</span><span class="why">{html.escape(_label(span))}</span>'
