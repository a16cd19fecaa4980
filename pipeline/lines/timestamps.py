"""Lines that say when a page was published or changed, and nothing else."""

from __future__ import annotations

import functools
import re
from typing import Literal

import msgspec

from pipeline.lines.calendars import is_weekday
from pipeline.lines.dates import DateReading, Order, read_date
from pipeline.lines.tables import ascii_digits, has_digit, rows
from pipeline.text.expressions import expression
from pipeline.text.folding import fold_word

Role = Literal["published", "modified", "unknown"]

LONGEST = 200
"""Code points of the longest line that can be a stamp; two dates with labels in a long-worded language take some 120."""

_SEPARATORS = " \t\u00a0\u200b\u200e\u200f,;:：|❘│/·•●・⋅∙‧–—-()[]「」【】.。*＞>←→~⏱🕒📅"
_UNTIL = expression(r"\s?[-–—]\s?\d{1,2}[:.]\d{2}")
"""What follows a time that something begins at: "19.1.23, 10:00-11:30" is when it takes place."""
_COLONS = frozenset(":：")
_LONGEST_LABEL = 30
"""Code points of the longest label that stands alone on its line."""
_COUNT = expression(r"\d{1,6}")
_MOST_DATES = 4


class Stamp(msgspec.Struct, frozen=True, kw_only=True):
    """A date and what the line calls it; `line[start:end]` is the date as printed."""

    role: Role
    start: int
    end: int
    date: DateReading


@functools.cache
def _labels() -> dict[str, Role]:
    roles: dict[str, Role] = {"published": "published", "modified": "modified", "unknown": "unknown"}
    table: dict[str, Role] = {}
    for kind, _, phrase, _ in rows("stamps"):
        table.setdefault(fold_word(phrase), roles[kind])
    return table


@functools.lru_cache(maxsize=1024)
def label_role(words: str) -> Role | None:
    """Return what a label beside a date says ("Last updated:" is modified), or None for words that are no label.

    Numbers ("5 min read") count as part of a label.

    >>> label_role("Last updated: "), label_role(" | 5 min read"), label_role("rules came into force on")
    ('modified', 'unknown', None)
    """
    bare = fold_word(_COUNT.sub("", ascii_digits(words)).replace(".", "").strip(_SEPARATORS))
    if not bare:
        return "unknown"
    found = _labels().get(" ".join(bare.split()))
    if found:
        return found
    if is_weekday(bare):
        return "unknown"
    first, _, rest = bare.partition(" ")
    if rest and is_weekday(first.strip(_SEPARATORS)) and (after := _labels().get(" ".join(rest.strip(_SEPARATORS).split()))):
        return after
    role: Role = "unknown"
    for part in re.split(r"[|❘│·•●・⋅∙‧,;:()–—]|\s-\s", bare):
        part_role = _labels().get(" ".join(part.strip(_SEPARATORS).split())) if part.strip(_SEPARATORS) else "unknown"
        if part_role is None and is_weekday(part.strip(_SEPARATORS)):
            continue
        if part_role is None:
            return None
        role = part_role if part_role != "unknown" else role
    return role


def is_stamp_label(line: str) -> bool:
    """Return whether a line is nothing but the label of a stamp, with its colon.

    >>> is_stamp_label("Last Updated:"), is_stamp_label("Updated"), is_stamp_label("They said:")
    (True, False, False)
    """
    return len(line) <= _LONGEST_LABEL and line[-1:] in _COLONS and label_role(line) in ("published", "modified")


def _dates(line: str, language: str | None, order: Order | None, now: str | None) -> list[DateReading]:
    found: list[DateReading] = []
    position = 0
    while position < len(line) and len(found) < _MOST_DATES:
        reading = read_date(line[position:], language=language, order=order, now=now)
        if reading is None:
            break
        found.append(msgspec.structs.replace(reading, start=reading.start + position, end=reading.end + position))
        position = found[-1].end
    return found


def read_stamps(line: str, *, language: str | None = None, order: Order | None = None, now: str | None = None) -> tuple[Stamp, ...]:
    """Read every date of a line that consists of dates, labels and separators only; empty for any other line.

    Args:
        line: one line of text.
        language: BCP 47 code, for month names and number order.
        order: order of day and month where the page shows it.
        now: ISO time of fetching, for relative stamps.

    >>> [(s.role, s.date.iso) for s in read_stamps("Published 3 May 2020, updated 4 May 2020")]
    [('published', '2020-05-03'), ('modified', '2020-05-04')]
    >>> read_stamps("Updated rules came into force on 3 May 2020.")
    ()
    """
    if not 4 <= len(line) <= LONGEST:
        return ()
    return _stamps(line, language, order, now) or _glued(line, language, order, now)


_GLUED = expression(
    r"(?<=[a-z])(?=[A-Z][a-z]{2,8}\.?\s\d{1,2},\s(?:19|20)\d\d|\d{1,2}[./]\d{1,2}[./](?:19|20)\d\d)"
    r"|(?<=\D(?:19|20)\d\d)(?=\d{1,2}\s?min|\d{1,2}[./]\d{1,2}[./](?:19|20)\d\d|[A-Z][a-z])"
)
"""Where the markup between a label and a date, or between two dates, left no space: "Published onMay 3, 2020", "May 3, 20205 min read"."""


def _glued(line: str, language: str | None, order: Order | None, now: str | None) -> tuple[Stamp, ...]:
    """Read a line of stamps in which a space is missing, as if it stood there."""
    match = _GLUED.search(line) if has_digit(line) else None
    if match is None:
        return ()
    at = match.start()
    stamps = _stamps(f"{line[:at]} {line[at:]}", language, order, now)
    return tuple(
        msgspec.structs.replace(stamp, start=stamp.start - (stamp.start > at), end=stamp.end - (stamp.end > at))
        for stamp in stamps
        if not stamp.start < at < stamp.end - 1
    )


def _stamps(line: str, language: str | None, order: Order | None, now: str | None) -> tuple[Stamp, ...]:
    dates = _dates(line, language, order, now)
    if not dates:
        return ()
    edges = [0, *(edge for date in dates for edge in (date.start, date.end)), len(line)]
    gaps = [line[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)]
    roles = [label_role(gap) for gap in gaps]
    if None in roles or any(_UNTIL.match(gap) for gap in gaps[1:]):
        return ()
    stamps = []
    for index, date in enumerate(dates):
        role: Role = roles[index] or "unknown"
        after = roles[index + 1]
        if role == "unknown" and index == len(dates) - 1 and after:
            role = after
        stamps.append(Stamp(role=role, start=date.start, end=date.end, date=date))
    if any(stamp.date.precision in ("month", "none") and stamp.role == "unknown" for stamp in stamps) and not _stands_alone(line, stamps):
        return ()
    return tuple(stamps)


def _stands_alone(line: str, stamps: list[Stamp]) -> bool:
    """Tell "3/5/2020" and "Dec. 21" (a stamp without a year) from "May 2020", which is as often a heading."""
    return len(stamps) == 1 and stamps[0].date.precision == "none" and len(line.strip(_SEPARATORS)) - len(stamps[0].date.raw) <= 8


def read_stamp(line: str, *, language: str | None = None, order: Order | None = None, now: str | None = None) -> Stamp | None:
    """Read the first date of a line that is a stamp; see `read_stamps`.

    >>> read_stamp("Updated Nov 23, 2015").role, read_stamp("Veröffentlicht am 3. Mai 2020").date.iso
    ('modified', '2020-05-03')
    """
    found = read_stamps(line, language=language, order=order, now=now)
    return found[0] if found else None
