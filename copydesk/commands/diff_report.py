"""Shows what `copydesk diff` found: as text for a terminal, and as one page of HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from copydesk.review.design import page
from copydesk.terminal.summary import columns, padded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from copydesk.commands.diff_model import Changed, DiffOptions, Report
    from pipeline.dataset.differences import Difference, RecordDifference
    from pipeline.dataset.stretches import Stretch

_FIELDS = 12
"""How many fields of one document the text names."""


def _counts(report: Report) -> list[tuple[str, int]]:
    return [
        ("the same", report.same),
        ("different from the same raw bytes", report.differing),
        ("different, the raw bytes too", report.raw_changed),
        ("only in the left one", report.only_left),
        ("only in the right one", report.only_right),
    ]


def _versions(report: Report) -> list[tuple[str, tuple[Changed, ...]]]:
    return [("settings", report.settings), ("libraries", report.libraries), ("rule files", report.rule_files), ("code", report.code)]


def as_text(report: Report, options: DiffOptions) -> str:
    """Return a report as lines."""
    return "\n".join(_lines(report, options))


def _lines(report: Report, options: DiffOptions) -> Iterator[str]:
    yield f"left:  {report.left}, {report.left_records:,} records"
    yield f"right: {report.right}, {report.right_records:,} records"
    if report.equal:
        yield "nothing differs"
        return
    for name, changes in _versions(report):
        if changes:
            yield f"\n{name}:"
            yield from (f"  {change.name}: {_side(change.left)} -> {_side(change.right)}" for change in changes)
    if report.reproducible[0] != report.reproducible[1]:
        yield f"\nreproducible: {report.reproducible[0]} -> {report.reproducible[1]}"
    yield "\nrecords:"
    yield from (f"  {count:>8,}  {name}" for name, count in _counts(report) if count)
    yield from _counted_by(report)
    if report.records:
        yield "\ndocuments:"
    width = max((columns(record.locator) for record in report.records), default=0)
    yield from (f"  {padded(record.locator, width)}  {_summary(record)}" for record in report.records)
    hidden = report.differing + report.raw_changed + report.only_left + report.only_right - len(report.records)
    if hidden:
        yield f"  … and {hidden:,} more documents (--limit shows more)"
    for record in report.records if not options.short else ():
        if record.reason in ("record", "raw"):
            yield ""
            yield from _record(record, options)


def _counted_by(report: Report) -> Iterator[str]:
    if report.fields:
        yield "\ndocuments by field that differs:"
        yield from (f"  {count:>8,}  {name}" for name, count in report.fields.items())
    if report.outcomes:
        yield "\ninputs by what became of them (left, right):"
        yield from (f"  {count:>8,}  {name}" for name, count in report.outcomes.items())
    if rules := _rules(report):
        yield "\nedits that only one side has, by rule (left, right):"
        yield from (f"  {left:>8,} {right:>8,}  {rule}" for rule, left, right in rules)


def _summary(record: RecordDifference) -> str:
    """Say in one line what differs in a document."""
    if record.reason not in ("record", "raw"):
        return _why(record)
    told = []
    if record.stretches:
        gone, new = sum(each.gone for each in record.stretches), sum(each.new for each in record.stretches)
        told.append(f"text at {_places(len(record.stretches))}, -{gone:,} +{new:,} words")
    names = (field.pointer.removeprefix("/provenance") for field in record.fields if not field.shift and field.pointer != "/text")
    told += dict.fromkeys(name.split("/")[1] for name in names)
    raw = ["other raw bytes"] if record.reason == "raw" else []
    return "; ".join([*raw, *told]) or "offsets alone"


def _places(count: int) -> str:
    return "1 place" if count == 1 else f"{count:,} places"


def _rules(report: Report) -> list[tuple[str, int, int]]:
    names = report.left_rules.keys() | report.right_rules.keys()
    counted = [(name, report.left_rules.get(name, 0), report.right_rules.get(name, 0)) for name in names]
    return sorted(counted, key=lambda row: (-row[1] - row[2], row[0]))


def _record(record: RecordDifference, options: DiffOptions) -> Iterator[str]:
    yield f"{record.locator}  {_why(record)}"
    shown = [field for field in record.fields if (options.shifts or not field.shift) and field.pointer != "/text"]
    for field in shown[:_FIELDS]:
        yield f"  {field.pointer}"
        yield f"    - {_side(field.left)}"
        yield f"    + {_side(field.right)}"
    if len(shown) > _FIELDS:
        yield f"  … and {len(shown) - _FIELDS:,} more fields"
    if record.stretches:
        yield "  /text"
    yield from (f"    {_stretch(each, options)}" for each in record.stretches)
    for mark, rules in (("-", record.left_rules), ("+", record.right_rules)):
        if rules:
            yield f"  {mark} edits by {_counted(rules)}"


def _stretch(each: Stretch, options: DiffOptions) -> str:
    """Show a stretch as words between those around it; a line end in it is a pilcrow."""
    gone, new = (" ".join(side.replace("\n", " ¶ ").split()) for side in (each.left, each.right))
    if options.colours:
        parts = [click.style(gone, fg="red", strikethrough=True) if gone else "", click.style(new, fg="green") if new else ""]
    else:
        parts = [f"[-{gone}-]" if gone else "", f"{{+{new}+}}" if new else ""]
    return " ".join(part for part in (each.before, "".join(parts), each.after) if part)


def _why(record: RecordDifference) -> str:
    if record.reason == "record":
        return record.left_id or ""
    if record.reason == "raw":
        return f"{record.left_id} -> {record.right_id}: its raw bytes are not the same"
    other = "right" if record.reason == "left" else "left"
    return f"only in the {record.reason} one; the {other} one says: {record.detail}"


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} ({count})" for name, count in counts.items())


def _side(value: str | None) -> str:
    return "(none)" if value is None else value


def as_html(report: Report, options: DiffOptions) -> str:
    """Return a report as a page of its own, in the design of `copydesk review`."""
    made = page(
        "diff.html",
        alone=True,
        acts=False,
        report=report,
        versions=[(name, changes) for name, changes in _versions(report) if changes],
        counts=_counts(report),
        rules=_rules(report),
        documents=[(record, _summary(record), *_shown(record, options)) for record in report.records],
    )
    return made.decode()


def _shown(record: RecordDifference, options: DiffOptions) -> tuple[list[Difference], list[tuple[str, str]]]:
    """Return what a page shows of a document: its fields, and on which side which edits are alone."""
    fields = [field for field in record.fields if (options.shifts or not field.shift) and field.pointer != "/text"]
    sides = (("left", record.left_rules), ("right", record.right_rules))
    return fields, [(side, _counted(found)) for side, found in sides if found]
