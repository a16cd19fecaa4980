"""Shows what `copydesk diff` found: as text for a terminal, and as one page of HTML without scripts."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from copydesk.commands.diff_model import Changed, Report
    from pipeline.dataset.differences import Difference, RecordDifference

_FIELDS = 12
"""How many fields of one document the text names."""
_STYLE = (
    "body{font:14px/1.5 sans-serif;max-width:72em;margin:2em auto;padding:0 1em}table{border-collapse:collapse;margin:.5em 0}"
    "td,th{border:1px solid #ccc;padding:.2em .6em;text-align:left;vertical-align:top;word-break:break-word}"
    ".l{background:#ffebe9}.r{background:#e6ffec}code{font-size:90%}summary{cursor:pointer}"
)


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


def as_text(report: Report) -> str:
    """Return a report as lines."""
    return "\n".join(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    yield f"left:  {report.left}, {report.left_records} records"
    yield f"right: {report.right}, {report.right_records} records"
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
    yield from (f"  {count:>8}  {name}" for name, count in _counts(report) if count)
    if report.fields:
        yield "\ndocuments by field that differs:"
        yield from (f"  {count:>8}  {name}" for name, count in report.fields.items())
    if report.outcomes:
        yield "\ninputs by what became of them (left, right):"
        yield from (f"  {count:>8}  {name}" for name, count in report.outcomes.items())
    rules = _rules(report)
    if rules:
        yield "\nedits that only one side has, by rule (left, right):"
        yield from (f"  {left:>8} {right:>8}  {rule}" for rule, left, right in rules)
    for record in report.records:
        yield ""
        yield from _record(record)
    hidden = report.differing + report.raw_changed + report.only_left + report.only_right - len(report.records)
    if hidden:
        yield f"\n… and {hidden} more documents (--limit shows more)"


def _rules(report: Report) -> list[tuple[str, int, int]]:
    names = report.left_rules.keys() | report.right_rules.keys()
    counted = [(name, report.left_rules.get(name, 0), report.right_rules.get(name, 0)) for name in names]
    return sorted(counted, key=lambda row: (-row[1] - row[2], row[0]))


def _record(record: RecordDifference) -> Iterator[str]:
    yield f"{record.locator}  {_why(record)}"
    for field in record.fields[:_FIELDS]:
        yield f"  {field.pointer}"
        yield f"    - {_side(field.left)}"
        yield f"    + {_side(field.right)}"
    if len(record.fields) > _FIELDS:
        yield f"  … and {len(record.fields) - _FIELDS} more places"
    for mark, rules in (("-", record.left_rules), ("+", record.right_rules)):
        if rules:
            yield f"  {mark} edits by {_counted(rules)}"


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


def as_html(report: Report) -> str:
    """Return a report as a page of its own."""
    sides = [("left", report.left, str(report.left_records)), ("right", report.right, str(report.right_records))]
    return "".join(
        (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>copydesk diff</title><style>{_STYLE}</style>',
            "<h1>Two datasets</h1>",
            _html_table(("", "folder", "records"), sides),
            *_html_parts(report),
            "</html>",
        )
    )


def _html_parts(report: Report) -> Iterator[str]:
    if report.equal:
        yield "<p>Nothing differs.</p>"
        return
    for name, changes in _versions(report):
        if changes:
            yield f"<h2>{escape(name.capitalize())}</h2>"
            yield _html_table(("name", "left", "right"), [(c.name, _side(c.left), _side(c.right)) for c in changes])
    if report.reproducible[0] != report.reproducible[1]:
        yield f"<p>Reproducible: {report.reproducible[0]} on the left, {report.reproducible[1]} on the right.</p>"
    yield "<h2>Records</h2>" + _html_table(("", "documents"), [(name, str(count)) for name, count in _counts(report)])
    if report.fields:
        yield "<h2>Fields</h2>" + _html_table(("field that differs", "documents"), [(name, str(n)) for name, n in report.fields.items()])
    if report.outcomes:
        yield "<h2>Inputs</h2>" + _html_table(("what became of them", "inputs"), [(name, str(n)) for name, n in report.outcomes.items()])
    rules = _rules(report)
    if rules:
        yield "<h2>Rules</h2>" + _html_table(("rule of edits", "only left", "only right"), [(r, str(a), str(b)) for r, a, b in rules])
    yield f"<h2>Documents</h2><p>The first {len(report.records)}.</p>"
    yield from (_html_record(record) for record in report.records)


def _html_record(record: RecordDifference) -> str:
    rows = "".join(_html_row(field) for field in record.fields)
    sides = (("left", record.left_rules), ("right", record.right_rules))
    rules = "".join(f"<p>Edits only {side}: {escape(_counted(found))}</p>" for side, found in sides if found)
    table = f"<table><tr><th>place</th><th>left</th><th>right</th></tr>{rows}</table>" if rows else ""
    return f"<details><summary>{escape(record.locator)} <small>{escape(_why(record))}</small></summary>{table}{rules}</details>"


def _html_row(field: Difference) -> str:
    pointer, left, right = escape(field.pointer), escape(_side(field.left)), escape(_side(field.right))
    return f"<tr><td><code>{pointer}</code></td><td class=l>{left}</td><td class=r>{right}</td></tr>"


def _html_table(names: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"
