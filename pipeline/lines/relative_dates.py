"""Stamps such as "2 hours ago", which mean something only beside the time of fetching."""

from __future__ import annotations

import datetime
import functools
import re

from pipeline.lines.tables import rows
from pipeline.text.expressions import expression

_NUMBER = r"(?P<n>\d{1,3}|an?|one|eine[mnr]?|une?|una|um|uma|uno)"
_HAS = expression(
    r"\d|yester|today|gestern|heute|hier|jourd|ayer|hoy|ontem|hoje|ieri|oggi|gister|вчера|сегодня|昨天|\b(?:an?|une?|una|eine)",
    re.IGNORECASE,
)


@functools.cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    made = []
    for _, unit, phrase, _ in rows("relative"):
        body = phrase.replace("{n}", _NUMBER)
        made.append((unit, re.compile(rf"(?<!\w){body}(?!\w)", re.IGNORECASE)))
    return tuple(made)


def _moment(now: str) -> datetime.datetime | None:
    try:
        return datetime.datetime.fromisoformat(now)
    except ValueError:
        return None


def relative_span(text: str) -> tuple[int, int, str, int] | None:
    """Return (start, end, unit, count) of the first relative stamp, or None.

    The unit is second, minute, hour, day, week, yesterday or today.

    >>> relative_span("Posted 2 hours ago"), relative_span("vor einer Stunde"), relative_span("no")
    ((7, 18, 'hour', 2), (0, 16, 'hour', 1), None)
    """
    if len(text) > 200 or not _HAS.search(text):
        return None
    best: tuple[int, int, str, int] | None = None
    for unit, pattern in _patterns():
        match = pattern.search(text)
        if match and (best is None or (match.start(), -match.end()) < (best[0], -best[1])):
            said = match.groupdict().get("n") or "1"
            best = (match.start(), match.end(), unit, int(said) if said.isdigit() else 1)
    return best


def resolve(unit: str, count: int, now: str) -> tuple[str, str] | None:
    """Return (ISO value, precision) of a relative stamp seen at `now`, or None where `now` is no ISO time.

    Minutes keep the minute; hours and more give the day, because they are rounded.

    >>> resolve("hour", 2, "2020-05-03T01:30:00+00:00"), resolve("minute", 5, "2020-05-03T01:30:00+00:00")
    (('2020-05-02', 'day'), ('2020-05-03T01:25+00:00', 'minute'))
    """
    moment = _moment(now)
    if moment is None:
        return None
    step = {
        "second": datetime.timedelta(seconds=count),
        "minute": datetime.timedelta(minutes=count),
        "hour": datetime.timedelta(hours=count),
        "day": datetime.timedelta(days=count),
        "week": datetime.timedelta(weeks=count),
        "yesterday": datetime.timedelta(days=1),
        "today": datetime.timedelta(0),
    }[unit]
    then = moment - step
    if unit in ("second", "minute"):
        return then.isoformat(timespec="minutes"), "minute"
    return then.date().isoformat(), "day"
