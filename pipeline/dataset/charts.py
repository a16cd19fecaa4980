"""Bar charts of a dataset's statistics as SVG: plain markup, no script, no font and no colour that a dark page would swallow."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pipeline.dataset.statistics import Groups, Statistics, Taken

BARS = 24
"""How many bars a chart shows; what is left is summed up in a last one."""
UNKNOWN, REST = "(not stated)", "(all others)"

_WIDTH, _LABEL, _VALUE, _ROW, _HEAD = 720, 240, 96, 20, 34
"""Lengths in pixels: the whole chart, the column of names, the column of numbers, a row, the title."""
_NAME_CHARS = 36
_STYLE = (
    "text{font:12px sans-serif;fill:#24292f}.t{font-weight:bold;font-size:14px}.n{text-anchor:end}.v{fill:#57606a}"
    "rect{fill:#4c78a8}.b{fill:#fff}"
)


class Chart(msgspec.Struct, frozen=True):
    """A bar chart: rows of name and count, in the order in which they are shown."""

    title: str
    unit: str
    rows: tuple[tuple[str, int], ...]


def charts(statistics: Statistics) -> dict[str, Chart]:
    """Return every chart that has a bar, by name; the terminal shows the same ones."""
    made = {
        "sources": Chart("Documents by source", "documents", _groups(statistics.sources)),
        "sites": Chart("Documents by site", "documents", _groups(statistics.sites)),
        "languages": Chart("Documents by language", "documents", _groups(statistics.languages)),
        "months": Chart("Documents by month of publication", "documents", _months(statistics.months)),
        "kinds": Chart("Documents by kind of page", "documents", _groups(statistics.page_kinds)),
        "completeness": Chart("Documents by completeness", "documents", _groups(statistics.completeness)),
        "lengths": Chart(
            "Documents by number of words", "documents", tuple((_span(b.at_least, b.below), b.documents) for b in statistics.lengths)
        ),
        "removed-rules": Chart("Words removed, by rule", "words", _taken(statistics.removed_by_rule)),
        "removed-sites": Chart("Words removed, by site", "words", _taken(statistics.removed_by_site)),
        "rejections": Chart("Rejected inputs by code", "inputs", _counts(statistics.codes)),
    }
    return {name: chart for name, chart in made.items() if chart.rows}


def _span(at_least: int, below: int) -> str:
    return f"{at_least} to {below - 1}" if below - at_least > 1 else str(at_least)


def _groups(groups: Groups) -> tuple[tuple[str, int], ...]:
    rows = [(UNKNOWN if group.name is None else group.name, group.documents) for group in groups.listed]
    return _cut(rows, groups.rest.documents)


def _months(groups: Groups) -> tuple[tuple[str, int], ...]:
    """Return the months, or the years where there are too many months, in their order; of too many years, the latest."""
    for chars in (7, 4):
        counts: dict[str, int] = {}
        for group in groups.listed:
            name = UNKNOWN if group.name is None else group.name[:chars]
            counts[name] = counts.get(name, 0) + group.documents
        if len(counts) <= BARS:
            break
    dated = sorted((row for row in counts.items() if row[0] != UNKNOWN), reverse=True)
    undated = [(UNKNOWN, counts[UNKNOWN])] if UNKNOWN in counts else []
    rest = (
        groups.rest.documents + sum(count for _, count in dated[BARS - 2 :]) if len(dated) + len(undated) > BARS else groups.rest.documents
    )
    kept = dated[: BARS - 2] if len(dated) + len(undated) > BARS else dated
    return (*reversed(kept), *undated, *([(REST, rest)] if rest else []))


def _taken(takings: Iterable[Taken]) -> tuple[tuple[str, int], ...]:
    rows = [(UNKNOWN if taken.name is None else taken.name, taken.words) for taken in takings if taken.words]
    return _cut(sorted(rows, key=lambda row: (-row[1], row[0])), 0)


def _counts(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return _cut(sorted(counts.items(), key=lambda row: (-row[1], row[0])), 0)


def _cut(rows: list[tuple[str, int]], rest: int) -> tuple[tuple[str, int], ...]:
    """Return the rows that a chart has room for."""
    if len(rows) > BARS:
        rest += sum(count for _, count in rows[BARS - 1 :])
        rows = rows[: BARS - 1]
    return (*rows, (REST, rest)) if rest else tuple(rows)


def svg(chart: Chart) -> bytes:
    """Return a chart as an SVG document. Bar widths are whole pixels."""
    top = max(count for _, count in chart.rows)
    room = _WIDTH - _LABEL - _VALUE - 16
    height = _HEAD + _ROW * len(chart.rows) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}" role="img">',
        f"<title>{escape(chart.title)}</title><style>{_STYLE}</style>",
        f'<rect class="b" width="{_WIDTH}" height="{height}"/><text class="t" x="8" y="22">{escape(chart.title)}</text>',
    ]
    for number, (name, count) in enumerate(chart.rows):
        y = _HEAD + _ROW * number
        width = max(count * room // max(top, 1), 1 if count else 0)
        parts.append(
            f'<text class="n" x="{_LABEL}" y="{y + 14}">{escape(shown(name))}</text>'
            f'<rect x="{_LABEL + 8}" y="{y + 3}" width="{width}" height="{_ROW - 6}"/>'
            f'<text class="v" x="{_LABEL + 14 + width}" y="{y + 14}">{count:,}</text>'
        )
    return ("\n".join([*parts, "</svg>"]) + "\n").encode()


def shown(name: str) -> str:
    """Return a name as a chart has room for it: one line, cut where it is long, and without characters that XML forbids.

    >>> shown("a" * 50)[-3:], shown(f"a{chr(1)}b")
    ('aa…', 'ab')
    """
    line = "".join(char for char in " ".join(name.split()) if char.isprintable())
    return line if len(line) <= _NAME_CHARS else line[: _NAME_CHARS - 1] + "…"
