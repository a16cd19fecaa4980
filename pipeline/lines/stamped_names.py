"""Who stands beside a date on one line, without a label: "Jane Doe • 3 May 2020"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from pipeline.lines.byline_variants import GLUED_DATE, is_name, is_nobody_else
from pipeline.lines.bylines import Byline
from pipeline.lines.datelines import is_place
from pipeline.lines.dates import read_date
from pipeline.lines.name_lists import read_names
from pipeline.lines.names import Name
from pipeline.lines.relative_dates import relative_span
from pipeline.lines.tables import has_digit
from pipeline.lines.timestamps import label_role, read_stamps
from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.lines.dates import Order

_PARTS = expression(r"\s{0,3}(?:[|❘│•·⋅●,]|\s/{1,2}\s|\s[–—-]\s)\s{0,3}")
_MOST_BESIDE = 4
"""Words of furniture beside a name and a date."""


def stamped_name(base: str, start: int, end: int, *, language: str | None = None, order: Order | None = None) -> Byline | None:
    """Read who stands beside a date on one line, and nothing else there: "Jane Doe • 3 May 2020", "Jane Doe | 3 hours ago".

    A word of a name stands nowhere on the page in small letters; words of rubrics do.

    >>> line = "Jane Doe and Max Roe, Valley Times - 3 May 2020"
    >>> [n.name for n in stamped_name(line, 0, len(line)).names], stamped_name("Latest News 3 May 2020 news", 0, 22)
    (['Jane Doe', 'Max Roe'], None)
    >>> [n.name for n in stamped_name("Jane DoeMay 05, 202014 Shares", 0, 29).names]
    ['Jane Doe']
    """
    line = base[start:end]
    stamp = _stamp_of(line, language, order) if len(line) <= _LONGEST_STAMPED and has_digit(line) else None
    if stamp is None:
        return None
    named: list[Name] = []
    rest = 0
    for left, right in ((0, stamp[0]), (stamp[1], len(line))):
        for begin, close in _parts(line, left, right):
            part = line[begin:close]
            people = _people_in(line, begin, close)
            if people and close <= stamp[0] and _DATED_AT.fullmatch(line, close, stamp[0]):
                return None  # "Port Neuf, le 3 mai 2024": where it was written
            if people:
                named.extend(people)
            elif label_role(part) is None:
                words = part.split()  # none where a part is nothing but marks that count as spaces
                if words and words[-1].islower() and close <= stamp[0] and not line[close : stamp[0]].strip():
                    return None  # "Meeting on 3 May 2020 at 6 pm, Town Hall"
                rest += len(words)
    if not named or rest > _MOST_BESIDE or not all(is_nobody_else(base, name.name) for name in named):
        return None
    stamps = read_stamps(line[slice(*stamp)], language=language, order=order)
    stamps = tuple(msgspec.structs.replace(one, start=one.start + stamp[0], end=one.end + stamp[0]) for one in stamps)
    return Byline(names=tuple(named), place=None, stamps=stamps, certain=True)


def _stamp_of(line: str, language: str | None, order: Order | None) -> tuple[int, int] | None:
    """Return the span of a line's full date, also where it stands at the name before it, or of its relative one."""
    date = read_date(line, language=language, order=order)
    if date is not None and date.iso is not None and len(date.iso) >= _DAY:
        return date.start, date.end
    glued = GLUED_DATE.search(line)
    if glued is not None:
        return glued.start(), len(line)
    first = next(_parts(line, 0, len(line)), None)
    relative = relative_span(line) if first is not None and is_name(line[slice(*first)]) else None  # a search for each of ninety phrases
    return relative[:2] if relative else None


def _people_in(line: str, begin: int, close: int) -> tuple[Name, ...]:
    """Return the people of a part of a line that is nothing but a person's name, or "A and B" in full names."""
    part = line[begin:close]
    if is_name(part):
        return () if part.isupper() or is_place(part.split()[-1]) else (Name(begin, close, part, "person"),)
    names = read_names(line, begin, close).names if _TWO.search(part) else ()
    return names if len(names) > 1 and all(is_name(name.name) and not name.name.isupper() for name in names) else ()


def lists_people(base: str, line: str) -> bool:
    """Return whether a line is a list of people's names and nothing else; beside the date under it then stands a place.

    >>> lists_people("Jane Doe / Max Roe", "Jane Doe / Max Roe"), lists_people("Jane Doe", "Jane Doe")
    (True, False)
    """
    if len(line) > _LONGEST_STAMPED or not _LISTED.search(line):
        return False
    listing = read_names(line, whole=True)
    return len(listing.names) > 1 and not listing.rest and all(is_nobody_else(base, name.name) for name in listing.names)


_DATED_AT = expression(r",\s{1,2}(?:le|den|dem|der|el|a|il|lì|li|the|dnia|dne|em)\s{1,2}", re.IGNORECASE)
_LISTED = expression(r"\s/\s|,\s|\s[|•·]\s")
_TWO = expression(r"\s(?:and|und|et|y|e|en|og|och|i|&)\s")


def _parts(line: str, left: int, right: int) -> Iterator[tuple[int, int]]:
    """Yield the spans between marks in `line[left:right]`, without outer space."""
    edges = [left, *(edge for match in _PARTS.finditer(line, left, right) for edge in match.span()), right]
    for begin, close in zip(edges[::2], edges[1::2], strict=True):
        part = line[begin:close]
        if part.strip(_OUTER):
            yield begin + len(part) - len(part.lstrip(_OUTER)), close - len(part) + len(part.rstrip(_OUTER))


_OUTER = " \t\u00a0:;()[]–—-"
_LONGEST_STAMPED = 110
_DAY = 10
