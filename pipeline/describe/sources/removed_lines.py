"""What the furniture of a dumped page says of its fields: the page's title in its first line, the byline and the stamp above the body.

Only lines that left the text are read. Prose names people and days too, and what stays in the text is nobody's byline.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from pipeline.describe.sources.candidates import lines_of
from pipeline.describe.sources.near_headline import collect_near_headline
from pipeline.lines.byline_variants import is_nobody_else
from pipeline.lines.tables import has_digit
from pipeline.spans import Candidate
from pipeline.text.echo import echo, stems
from pipeline.text.language import language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.config import DescribeConfig
    from pipeline.lines.dates import Order
    from pipeline.spans import Block

_ABOVE = 12
"""Blocks above the body in which bylines and stamps are looked for."""
_PROSE = 80
"""Code points of a kept block that is body."""
_LONGEST_TITLE = 200
_ECHO = 0.5
"""Share of the words of the page's title that the story repeats; the site's name in it is none of them."""
_READ = 4_000
_TITLE_WORDS = 4
_MOST_STAMPS = 12
"""Stamps beside which a name is looked for: each may cost several searches through the whole text."""


def collect_removed_lines(
    base: str,
    blocks: Sequence[Block],
    removed: Sequence[tuple[int, int]],
    *,
    moved: Sequence[Candidate],
    order: Order | None,
    now: str | None,
    config: DescribeConfig,
) -> tuple[Candidate, ...]:
    """Return what the removed lines of a dumped page say of its fields.

    Args:
        base: the base text.
        blocks: all of its blocks, in order, those that left the text among them.
        removed: spans of the base text that left it and went to no field, sorted and disjoint.
        moved: what moves to fields already, as candidates; its title finds the headline.
        order: order of day and month in digits, where something says it.
        now: ISO time of fetching, for relative stamps.
        config: budgets.

    Returns:
        Candidates with base spans: "author", "published", "modified", "date", and "title" from the first line where nothing moves there.
    """
    spans = _Spans(removed)
    spoken = language(base, None)
    titles = tuple(candidate for candidate in moved if candidate.field == "title")
    first = () if titles else _first_line(base, blocks, spans)
    told = titles or first
    rest = blocks[1:] if first else blocks
    found: list[Candidate] = []
    for part in (rest, _above_body(rest, spans)):
        seen = collect_near_headline(base, part, told=told, language=spoken.code if spoken else None, order=order, now=now, config=config)
        found += [c for c in seen if spans.hold(c.start, c.end) and _is_told(c)]
        if not any(c.field == "author" for c in (*moved, *found)):
            found += _names(base, part, found, spans)
    said: dict[tuple[str, int], Candidate] = {}
    for candidate in found:
        key = candidate.field, candidate.start
        if key not in said or (candidate.source == "line" and said[key].source != "line"):
            said[key] = candidate  # a line beside the headline says more than the same line far from it
    return first + tuple(said.values())


def _is_told(candidate: Candidate) -> bool:
    """Return whether removed lines can say this: the headline's own line is no source, and a person's name has no digit."""
    return candidate.field != "title" and not (candidate.field == "author" and has_digit(candidate.value))


def _above_body(blocks: Sequence[Block], spans: _Spans) -> Sequence[Block]:
    """Return the blocks right above the body and the first of the body: title, byline and stamp stand there in whatever order."""
    kept = [index for index, block in enumerate(blocks) if not spans.hold(block.start, block.end)]
    body = next((index for index in kept if blocks[index].end - blocks[index].start >= _PROSE), kept[0] if kept else 0)
    return blocks[max(0, body - _ABOVE) : body + 1]


def _names(base: str, blocks: Sequence[Block], seen: Sequence[Candidate], spans: _Spans) -> tuple[Candidate, ...]:
    """Return the name that stands alone on a line near one of the first stamps' lines."""
    dated = sorted({candidate.start for candidate in seen if candidate.field in ("published", "modified", "date")})[:_MOST_STAMPS]
    lines = [span for block in blocks for span in lines_of(base, block)] if dated else []
    starts = [start for start, _ in lines]
    for at in dated:
        place = bisect_right(starts, at) - 1
        for near in (place - 1, place + 1, place - 2, place - 3):
            if (
                0 <= near < len(lines)
                and spans.hold(*lines[near])
                and not _in_row(base, lines, near)
                and is_nobody_else(base, base[slice(*lines[near])])
            ):
                return (_author(base, *lines[near]),)
    return ()


def _in_row(base: str, lines: Sequence[tuple[int, int]], index: int) -> bool:
    """Return whether nothing but a mark stands on the line before and on the line after: topics are listed so."""
    return 0 < index < len(lines) - 1 and not any(char.isalnum() for near in (index - 1, index + 1) for char in base[slice(*lines[near])])


def _author(base: str, start: int, end: int) -> Candidate:
    return Candidate(field="author", value=base[start:end], source="line-alone", start=start, end=end, extra={"type": "person"})


class _Spans:
    """Sorted, disjoint spans."""

    def __init__(self, spans: Sequence[tuple[int, int]]) -> None:
        self._spans, self._starts = spans, [start for start, _ in spans]

    def hold(self, start: int, end: int) -> bool:
        """Return whether one of the spans holds all of [start, end)."""
        place = bisect_right(self._starts, start) - 1
        return place >= 0 and self._spans[place][1] >= end


def _kept(base: str, blocks: Sequence[Block], spans: _Spans) -> str:
    """The front of what stays in the text."""
    parts: list[str] = []
    size = 0
    for block in blocks[1:]:
        if size < _READ and not spans.hold(block.start, block.end):
            parts.append(base[block.start : block.end])
            size += block.end - block.start
    return " ".join(parts)[:_READ]


def _first_line(base: str, blocks: Sequence[Block], spans: _Spans) -> tuple[Candidate, ...]:
    """Return the first line as the page's title element: scrapers that dump a page's text begin with it.

    The story must say some of it again: else it is a menu's first entry, a button, a cookie notice or a page's data.
    """
    if not blocks or not spans.hold(blocks[0].start, blocks[0].end):
        return ()
    end = base.find("\n", blocks[0].start)
    end = blocks[0].end if end < 0 else min(end, blocks[0].end)
    line = base[blocks[0].start : end]
    if len(line) > _LONGEST_TITLE or len(stems(line)) < _TITLE_WORDS or echo(line, _kept(base, blocks, spans)) < _ECHO:
        return ()
    return (Candidate(field="title", value=base[blocks[0].start : end], source="title", start=blocks[0].start, end=end),)
