"""What a page says of each day that it names: the evidence by which the day of publication is chosen.

Candidates of one day are put together, whatever their source; a day's evidence is who names it, as what, where, and how it stands among
the other days of the page. All of it is integers.
"""

from __future__ import annotations

import datetime
import functools
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from pipeline.describe.choose_dates import CALLED, CHANGED, Moment, is_possible, ranks, reading_of
from pipeline.spans import Candidate
from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from pipeline.forests.trees import IntArray
    from pipeline.lines.dates import Order

_HOUR = expression(r"T(?P<hour>\d\d):\d\d")
_UTC = ("Z", "+00:00")
_EAST, _WEST = 14, 12
"""Hours by which civil time may differ from UTC (ISO 8601 offsets in use: +14:00 to -12:00)."""
_PRINTED = frozenset({"line", "time", "date-class", "line-loose", "line-below", "line-far", "line-first", "visible", "url"})
"""Sources that show a day in the page's own zone."""
_BARE = frozenset({"date", "created"})
_LOOSE = frozenset({"line-loose"})
_TAGS = frozenset({"og", "meta"})
_MOST = 3
"""Candidates of one kind that are counted."""
_FAR = 9_999
_NO_RANK = 99


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """One day that a page names.

    Attributes:
        day: ISO, ten code points.
        candidates: what names it, in the page's order, each with the ISO value that was read.
    """

    day: str
    candidates: tuple[tuple[Candidate, str], ...]

    def says(self, *fields: str) -> bool:
        """Return whether a candidate of one of some fields names the day."""
        return any(candidate.field in fields for candidate, _ in self.candidates)

    def is_only(self, fields: AbstractSet[str]) -> bool:
        """Return whether candidates of no other fields name the day."""
        return all(candidate.field in fields for candidate, _ in self.candidates)

    def is_from(self, sources: AbstractSet[str]) -> bool:
        """Return whether no other sources call the day that of publication, or name it where none does."""
        called = [candidate for candidate, _ in self.candidates if candidate.field in CALLED]
        return all(candidate.source in sources for candidate in called or (one for one, _ in self.candidates))

    def moment(self) -> Moment:
        """Return the day as its best candidate gives it: by the table of sources, and of equals the one with a time."""
        table = ranks("published")
        best = min(
            self.candidates,
            key=lambda one: (table.get((one[0].field, one[0].source), _NO_RANK), "T" not in one[1]),
        )
        return Moment(best[1], best[0].value, best[0].source, not self.says(*CALLED), best[0].start >= 0 and best[0].field not in CHANGED)


def days_of(candidates: Iterable[Candidate], *, language: str | None, order: Order | None, fetched_at: str | None) -> tuple[Day, ...]:
    """Return the days that may be the first publication, sorted.

    Where a day is called that of publication, one that is only called that of a change is none, nor is one that stands among other words;
    of several days that only tags in the head call so the first counts: a later one is that of a new system.

    Args:
        candidates: those of a page whose field is in `pipeline.describe.choose_dates.DATED`.
        language: for month names.
        order: for dates in digits.
        fetched_at: ISO time of fetching; later days are impossible.
    """
    found: dict[str, list[tuple[Candidate, str]]] = {}
    for candidate in candidates:
        reading = reading_of(candidate, language, order)
        if reading is not None and reading.iso is not None and is_possible(reading.iso, fetched_at):
            found.setdefault(reading.iso[:10], []).append((candidate, reading.iso))
    days = [Day(day=day, candidates=tuple(found[day])) for day in sorted(found)]
    called = [day for day in days if day.says(*CALLED)]
    if called:
        days = [
            day for day in days if not day.is_only(CHANGED) and not (day.is_only(_BARE) and day.is_from(_LOOSE) and _is_apart(day, called))
        ]
        tagged = [day for day in called if day.is_from(_TAGS)]
        days = [day for day in days if day not in tagged[1:]]
    return tuple(days)


def _is_apart(day: Day, others: Iterable[Day]) -> bool:
    """Return whether a day is more than one off all others, so that no zone makes them one."""
    number = datetime.date.fromisoformat(day.day).toordinal()
    return all(abs(datetime.date.fromisoformat(other.day).toordinal() - number) > 1 for other in others)


@functools.cache
def _sources() -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys((*ranks("published"), *ranks("modified"), *ranks("page"))))


@functools.cache
def day_features() -> tuple[str, ...]:
    """Return the names of the columns of `evidence`.

    >>> day_features()[0], "sources" in day_features()
    ('published line-first', True)
    """
    return (*(f"{field} {source}" for field, source in _sources()), *_OTHERS)


_OTHERS = (
    "best rank",
    "sources",
    "candidates",
    "first place",
    "days",
    "earlier days",
    "later days",
    "days called published",
    "first of those",
    "days without a role",
    "without a role",
    "nearest other day",
    "from the headline",
    "place",
    "has a time",
    "local day of another's time in UTC",
    "another is the local day of its time in UTC",
    "news",
)


def evidence(days: Sequence[Day], *, headline: int, news: bool) -> IntArray:
    """Return the evidence of days, one a row, in the columns of `day_features`.

    Args:
        days: those of a page.
        headline: where the headline's block begins in the base text; -1 where none was found.
        news: the page says that it is a news article.
    """
    order = {id(c): number for number, c in enumerate(sorted((c for day in days for c, _ in day.candidates), key=_place))}
    published = [day.day for day in days if day.says("published")]
    bare = {day.day for day in days if any(c.field == "date" and c.source in ("line", "time") for c, _ in day.candidates)}
    numbers = [datetime.date.fromisoformat(day.day).toordinal() for day in days]
    table = ranks("published")
    rows = []
    for index, day in enumerate(days):
        named = [(c.field, c.source) for c, _ in day.candidates]
        start = min((c.start for c, _ in day.candidates if c.start >= 0), default=-1)
        others = [abs(number - numbers[index]) for at, number in enumerate(numbers) if at != index]
        rows.append(
            [
                *(min(named.count(source), _MOST) for source in _sources()),
                min((table.get(name, _NO_RANK) for name in named), default=_NO_RANK),
                len(set(named)),
                len(named),
                min(order[id(c)] for c, _ in day.candidates),
                len(days),
                index,
                len(days) - 1 - index,
                len(published),
                int(bool(published) and published[0] == day.day),
                len(bare),
                int(day.day in bare),
                min([_FAR, *others]),
                min(start - headline, _FAR) if start >= 0 and headline >= 0 else -_FAR,
                min(start, _FAR),
                int(any("T" in iso for _, iso in day.candidates)),
                int(any(_is_local(other, day) for other in days)),
                int(any(_is_local(day, other) for other in days)),
                int(news),
            ]
        )
    return np.array(rows, dtype=np.int32).reshape(len(rows), len(day_features()))


def _place(candidate: Candidate) -> tuple[bool, int]:
    """Return what sorts candidates as the page shows them: those without a place first, in the order in which they were found."""
    return candidate.start >= 0, max(candidate.start, 0)


def _is_local(utc: Day, shown: Day) -> bool:
    """Return whether a day is printed and may be the local one of a time in UTC of the day before or after."""
    distance = (datetime.date.fromisoformat(shown.day) - datetime.date.fromisoformat(utc.day)).days
    if abs(distance) != 1 or not any(c.source in _PRINTED for c, _ in shown.candidates):
        return False
    hours = [int(match["hour"]) for _, iso in utc.candidates if iso.endswith(_UTC) and (match := _HOUR.search(iso))]
    return any(hour + _EAST >= 24 if distance == 1 else hour < _WEST for hour in hours)
