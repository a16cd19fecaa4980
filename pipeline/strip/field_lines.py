"""Lines that belong to a field and not to the body: stamps, bylines, sources, copyright, datelines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.lines.agencies import find_agency
from pipeline.lines.bylines import read_byline
from pipeline.lines.credits import read_copyright, read_credit
from pipeline.lines.datelines import read_dateline
from pipeline.lines.timestamps import read_stamps
from pipeline.spans import Target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.lines.timestamps import Stamp
    from pipeline.strip.page import Draft

STAMP = "stamp.line"
MOMENT = "stamp.moment"
BYLINE = "byline.line"
CREDIT = "credit.sources"
SOURCE = "credit.inside"
COPYRIGHT = "copyright.line"
DATELINE = "dateline.front"
_SHORT = 160
_STAMP_MAX = 120
_NEAR_TITLE = 12
_NEAR_BODY = 6
_NEAR_END = 5
_COPYRIGHT_SIGNS = ("©", "(c)", "copyright", "℗")
_DIGIT = re.compile(r"\d")
_SOURCE_MAX = 40
_MOMENT = re.compile(
    r"(?:\d{1,2}[./-]\s?\d{1,2}[./-]\s?(?:19|20)\d\d|(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2})[,\s]{1,2}(?:(?:um|at|kl\.)\s)?"
    r"\d{1,2}[.:]\d\d(?::\d\d)?(?:\s?(?:Uhr|h|[ap]\.?m\.?))?",
    re.IGNORECASE,
)
"""A day with a clock time, in figures: inside a body it stamps a teaser or a picture."""
_LETTERS_BEFORE_DIGIT = re.compile(r"[^\W\d_]{2,}.{0,40}?\d")
_FIELD_OF = {"published": "published_raw", "modified": "modified_raw"}


def take_copyright(draft: Draft) -> None:
    """Move the first copyright line outside the body to its field, remove the others."""
    moved = False
    for index in draft.holding(_COPYRIGHT_SIGNS):
        line = draft.lines[index]
        if len(line) > 2 * _SHORT or not draft.is_open(index) or not any(map(line[:40].lower().__contains__, _COPYRIGHT_SIGNS)):
            continue
        reading = read_copyright(line)
        if reading is None:
            continue
        if moved:
            draft.remove(index, "legal", COPYRIGHT)
        else:
            draft.move(index, Target("copyright"), COPYRIGHT, (reading.start, reading.end))
            moved = True


def take_stamps(draft: Draft, language: str | None) -> None:
    """Move the first published and the first modified date to their fields, remove the other stamps.

    A line of a date alone may be the heading of a chronicle: it counts only before the body, beside something taken already. Inside the
    body only a day with a clock time in figures is removed.
    """
    first, last = draft.body()
    done: set[str] = set()
    for index in draft.open_blocks():
        line = draft.lines[index]
        if len(line) > _STAMP_MAX or not _DIGIT.search(line):
            continue
        if first <= index < last:
            if line[0].isdigit() and _MOMENT.fullmatch(line):
                draft.remove(index, "stamp", MOMENT)
            continue
        if not (_beside_taken(draft, index) or _LETTERS_BEFORE_DIGIT.match(line)):
            continue
        stamps = read_stamps(line, language=language)
        if not stamps:
            continue
        labelled = any(stamp.role != "unknown" for stamp in stamps)
        if labelled or (index < first and _beside_taken(draft, index)):
            _move_stamps(draft, index, stamps, done)


def _move_stamps(draft: Draft, index: int, stamps: Sequence[Stamp], done: set[str]) -> None:
    parts = []
    for stamp in stamps:
        field = _FIELD_OF.get(stamp.role, "published_raw")
        if field not in done:
            done.add(field)
            parts.append((Target(field), (stamp.start, stamp.end)))
    if parts:
        draft.move_parts(index, parts, STAMP)
    else:
        draft.remove(index, "stamp", STAMP)


def _beside_taken(draft: Draft, index: int) -> bool:
    around = [place for place in (index - 1, index + 1) if 0 <= place < len(draft.blocks)]
    return any(draft.verdict[place] for place in around)


def take_bylines(draft: Draft, title: int | None, language: str | None) -> None:
    """Move the names of a byline in the head of the page to `authors`."""
    first = draft.body()[0]
    for index in _byline_places(draft, title, first):
        line = draft.lines[index]
        reading = read_byline(line, language=language)
        if reading is None or not (reading.certain or _beside_taken(draft, index) or title is not None):
            continue
        base = draft.blocks[index].start
        parts = [(Target("authors", base + name.start, "name"), (name.start, name.end)) for name in reading.names]
        if reading.stamps:
            parts += [(Target(_FIELD_OF.get(stamp.role, "published_raw")), (stamp.start, stamp.end)) for stamp in reading.stamps[:1]]
        draft.move_parts(index, parts, BYLINE)
        for name in reading.names:
            draft.add_item("authors", base + name.start, {"type": name.type})
        return


def _byline_places(draft: Draft, title: int | None, first: int) -> list[int]:
    """Where a byline may stand: near the title, else among the last open blocks before the body."""
    opened = [index for index in draft.open_blocks() if index < first and len(draft.lines[index]) <= _SHORT]
    if title is None:
        return opened[-_NEAR_BODY:]
    return [index for index in opened if title - 4 <= index <= title + _NEAR_TITLE]


def take_credits(draft: Draft) -> None:
    """Move a line that only names the story's sources, after the body, to `credits`; inside the body, remove it: it credits a picture."""
    first, last = draft.body()
    if first > last:
        return
    opened = draft.open_blocks()
    for index in opened:
        if first < index < last and len(draft.lines[index]) <= _SOURCE_MAX and _names_source(draft.lines[index]):
            draft.remove(index, "credit", SOURCE)
    after = [index for index in opened if index > last]
    for index in after[:_NEAR_END]:
        reading = read_credit(draft.lines[index]) if len(draft.lines[index]) <= _SHORT else None
        if reading is None:
            continue
        base = draft.blocks[index].start
        draft.move(index, Target("credits", base, "raw"), CREDIT)
        draft.add_item("credits", base, {"name": reading.name})


def _names_source(line: str) -> bool:
    """Whether a short line is an agency's name, or "Source:" and one."""
    return find_agency(line) is not None or (":" in line and read_credit(line) is not None)


def take_dateline(draft: Draft) -> None:
    """Move the dateline of the first paragraph, or a line that is nothing else right before it, to its field."""
    first = draft.body()[0]
    if first >= len(draft.blocks):
        return
    before = next((index for index in reversed(draft.open_blocks()) if index < first), None)
    if before is not None and _move_dateline(draft, before, alone=True):
        return
    _move_dateline(draft, first, alone=False)


def _move_dateline(draft: Draft, index: int, *, alone: bool) -> bool:
    """Move what stands at the front of a block if it is a dateline; `alone` asks that nothing else is on the line."""
    line = draft.lines[index]
    reading = read_dateline(line)
    if reading is None or (reading.end >= len(line)) is not alone:
        return False
    end = reading.end
    raw = (reading.start, len(line[:end].rstrip()))
    while end < len(line) and line[end].isspace():
        end += 1
    draft.move_parts(index, [(Target("dateline", attr="raw"), raw)], DATELINE, None if alone else end)
    draft.add_item("dateline", -1, {"place": reading.place, "date_raw": reading.date_raw, "agency": reading.agency})
    return True
