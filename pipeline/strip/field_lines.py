"""Lines that belong to a field and not to the body: stamps, bylines, sources, copyright, datelines."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

import msgspec

from pipeline.lines.agencies import find_agency
from pipeline.lines.credits import read_copyright, read_credit
from pipeline.lines.datelines import is_place, read_dateline
from pipeline.lines.timestamps import label_role, read_stamps
from pipeline.spans import Cut, Target
from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.lines.datelines import DatelineReading
    from pipeline.lines.timestamps import Stamp
    from pipeline.strip.line_cache import Known
    from pipeline.strip.page import Draft

STAMP = "stamp.line"
MOMENT = "stamp.moment"
CREDIT = "credit.sources"
SOURCE = "credit.inside"
COPYRIGHT = "copyright.line"
DATELINE = "dateline.front"
PRINT_MARK = "chrome.page_of_print"
_SHORT = 160
_DATELINE_REACH = 4
"""Paragraphs, or spans of the first, among which the dateline's is looked for."""
_LINES_BEFORE = 2
"""Lines before the first paragraph of which one may be a dateline alone: a standfirst may follow it."""
_PLACE_LINE, _PLACE_MAX = 4, 24
_EARLY = 8
"""Blocks from the top among which a labelled stamp or a sure byline may stand behind a standfirst that reads as prose."""
_HIGH = 3
"""Blocks from the top among which a whole day with a clock time stamps the story, whatever stands around it."""
_STAMP_MAX = 120
_DAY_MAX, _MOST_DAYS = 60, 2
"""The longest line that is a date alone, and how many a text may have before its body that is no chronicle."""
_NEAR_END = 5
_COPYRIGHT_SIGNS = ("©", "(c)", "ⓒ", "copyright", "℗")
_DIGIT = expression(r"\d")
_BULLET = expression(r"[-•*]\s{1,3}")
_PLACED = expression(r"(?P<label>[^\W\d_][^:\d]{3,24}):\s?[^:\d,]{2,40}\s?,\s?")
"""A stamp's label, a place, and the comma before the day."""
_SOURCE_MAX = 40
_MOMENT = expression(
    r"(?:\d{1,2}[./-]\s?\d{1,2}[./-]\s?(?:19|20)\d\d|(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2})[,\s]{1,2}(?:(?:um|at|kl\.)\s)?"
    r"\d{1,2}[.:]\d\d(?::\d\d)?(?:\s?(?:Uhr|h|[ap]\.?m\.?))?",
    re.IGNORECASE,
)
"""A day with a clock time, in figures: inside a body it stamps a teaser or a picture."""
_LETTERS_BEFORE_DIGIT = expression(r"[^\W\d_]{2,}.{0,40}?\d")
FIELD_OF = {"published": "published_raw", "modified": "modified_raw"}


def take_print_marks(draft: Draft, marks: Sequence[tuple[int, int]]) -> None:
    """Remove page numbers and running heads: whole blocks, or parts of a paragraph that goes on over the page's end."""
    starts = [block.start for block in draft.blocks]
    for start, end in marks:
        first, last = bisect_right(starts, start) - 1, bisect_right(starts, end - 1) - 1
        if draft.blocks[first].start < start or end < draft.blocks[last].end:
            draft.cut_part(Cut(start=start, end=end, rule=PRINT_MARK, kind="chrome"), first)
            continue
        for index in range(first, last + 1):
            if draft.is_open(index):
                draft.remove(index, "chrome", PRINT_MARK)


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
            if index > _EARLY:
                continue
        clocked = index <= _HIGH and ":" in line
        if not (clocked or draft.beside_taken(index) or _LETTERS_BEFORE_DIGIT.match(line)):
            continue
        stamps = stamps_of(line, language)
        if not stamps:
            continue
        labelled = any(stamp.role != "unknown" for stamp in stamps)
        if labelled or (index < first and draft.beside_taken(index)) or (clocked and _is_only_moment(draft, index, stamps, language)):
            move_stamps(draft, index, stamps, done)


def _is_only_moment(draft: Draft, index: int, stamps: Sequence[Stamp], language: str | None) -> bool:
    """Whether a line is a whole day with a clock time, and no other line is one: those are headings of a chronicle."""
    if stamps[0].date.iso is None or "T" not in stamps[0].date.iso:
        return False
    others = (line for other, line in enumerate(draft.lines) if other != index and len(line) <= _DAY_MAX and ":" in line)
    return not any(_DIGIT.search(line) and stamps_of(line, language) for line in others)


def take_day(draft: Draft, language: str | None) -> None:
    """Move a date that stands alone before the body, on the first line or beside something taken: title, byline, buttons.

    A text with such a line inside its body, or with more than two, is a chronicle: its dates are headings.
    """
    first, _ = draft.body()
    alone = []
    for index in draft.open_blocks():
        line = draft.lines[index]
        stamps = stamps_of(line, language) if len(line) <= _DAY_MAX and _DIGIT.search(line) else ()
        if stamps:
            alone.append((index, stamps))
    if len(alone) > _MOST_DAYS or any(index > first for index, _ in alone):
        return
    done = {cut.target.field for cut in draft.cuts if cut.target is not None}
    for index, stamps in alone:
        if index == 0 or draft.beside_taken(index):
            move_stamps(draft, index, stamps, done)


def stamps_of(line: str, language: str | None) -> tuple[Stamp, ...]:
    """The stamps of a line, behind its bullet; where a place stands between the label and the day, those behind the place."""
    bullet = _BULLET.match(line)
    start = bullet.end() if bullet else 0
    stamps = read_stamps(line[start:], language=language)
    if not stamps and (placed := _PLACED.match(line, start)) is not None and label_role(placed["label"]) not in (None, "unknown"):
        start = placed.end()
        role = label_role(placed["label"])
        stamps = tuple(msgspec.structs.replace(stamp, role=role) for stamp in read_stamps(line[start:], language=language))
    if not start:
        return stamps
    return tuple(msgspec.structs.replace(stamp, start=stamp.start + start, end=stamp.end + start) for stamp in stamps)


def move_stamps(draft: Draft, index: int, stamps: Sequence[Stamp], done: set[str]) -> None:
    """Move the stamps of a line to fields that nothing is in yet, whose names `done` then holds too; without such, remove the line."""
    parts = []
    for stamp in stamps:
        field = FIELD_OF.get(stamp.role, "published_raw")
        if field not in done:
            done.add(field)
            parts.append((Target(field), (stamp.start, stamp.end)))
    if parts:
        draft.move_parts(index, parts, STAMP)
    else:
        draft.remove(index, "stamp", STAMP)


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


def take_dateline(draft: Draft, known: Known) -> None:
    """Move the dateline of the first paragraph that has one, or a line that is nothing else right before it, to its field.

    A standfirst or a caption may stand before that paragraph, on lines of its own or inside the line.
    """
    first = draft.body()[0]
    if first >= len(draft.blocks):
        return
    before = [index for index in draft.open_blocks() if index < first][-_LINES_BEFORE:]
    if any(_move_dateline(draft, known, index, alone=True) for index in reversed(before)) or (before and _move_place(draft, before[-1])):
        return
    for index in range(first, min(first + _DATELINE_REACH, len(draft.blocks))):
        if draft.is_open(index) and draft.prose[index] and _move_dateline(draft, known, index, alone=False):
            return
    _move_inner_dateline(draft, first)


def _move_place(draft: Draft, index: int) -> bool:
    """Move a city in capitals that stands alone on its line right before the first paragraph, in a text that has no other such line."""
    line = draft.lines[index]
    if not (line.isupper() and is_place(line)) or index > _PLACE_LINE:
        return False
    if sum(other.isupper() and is_place(other) for other in draft.lines if len(other) <= _PLACE_MAX) > 1:
        return False
    draft.move_parts(index, [(Target("dateline", attr="raw"), (0, len(line)))], DATELINE)
    draft.add_item("dateline", -1, {"place": line, "date_raw": None, "agency": None})
    return True


def _move_inner_dateline(draft: Draft, index: int) -> None:
    """Move a dateline in capitals that begins a span of the first paragraph: a title and a standfirst are glued before it."""
    for span in draft.spans([index])[1:_DATELINE_REACH]:
        line = draft.text[span.start : span.end]
        reading = read_dateline(line) if line[:3].isupper() else None
        if reading is None or reading.end >= len(line):
            continue
        start, end = span.start + reading.start, span.start + reading.end
        raw = start + len(draft.text[start:end].rstrip(" -–—:"))
        target = Target("dateline", attr="raw")
        cuts = [Cut(start=start, end=raw, rule=DATELINE, target=target), Cut(start=raw, end=end, rule=DATELINE)]
        while cuts[-1].end > raw and draft.text[cuts[-1].end - 1].isspace():
            cuts[-1] = Cut(start=raw, end=cuts[-1].end - 1, rule=DATELINE)
        draft.cut_parts([cut for cut in cuts if cut.start < cut.end], index)
        draft.add_item("dateline", -1, {"place": reading.place, "date_raw": reading.date_raw, "agency": reading.agency})
        return


def _is_entry(draft: Draft, known: Known, index: int, reading: DatelineReading) -> bool:
    """Whether a city in small letters before a colon is one of several: an entry of a list of places."""
    if reading.agency or reading.date_raw or not reading.place or not reading.raw.endswith(reading.place) or reading.place.isupper():
        return False
    colons = (":", "：")
    if draft.lines[index][len(reading.raw) : reading.end].strip() not in colons:
        return False
    others = (known.dateline(line) for at, line in enumerate(draft.lines) if at != index and (":" in line[:40] or "：" in line[:40]))
    return any(other is not None and other.place for other in others)


def front_dateline(draft: Draft, known: Known, index: int) -> DatelineReading | None:
    """The dateline that stands at the front of a block, if one does that is no entry of a list of places."""
    reading = known.dateline(draft.lines[index])
    return None if reading is None or _is_entry(draft, known, index, reading) else reading


def _move_dateline(draft: Draft, known: Known, index: int, *, alone: bool) -> bool:
    """Move what stands at the front of a block if it is a dateline; `alone` asks that nothing else is on the line."""
    line = draft.lines[index]
    reading = front_dateline(draft, known, index)
    if reading is None or (reading.end >= len(line)) is not alone:
        return False
    end = reading.end
    raw = (reading.start, len(line[:end].rstrip()))
    while end < len(line) and line[end].isspace():
        end += 1
    draft.move_parts(index, [(Target("dateline", attr="raw"), raw)], DATELINE, None if alone else end)
    draft.add_item("dateline", -1, {"place": reading.place, "date_raw": reading.date_raw, "agency": reading.agency})
    return True
