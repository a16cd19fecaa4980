"""Chooses when a page was first published and last changed."""

from __future__ import annotations

import functools
import re
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from pipeline.describe.field_tables import rows
from pipeline.lines.dates import DateReading, Order, read_iso

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.spans import Candidate

_EARLIEST = "1990-01-01"
"""No web page is older (the first server went up in December 1990); earlier dates are of what the page is about."""
_EPOCH = frozenset({"1970-01-01", "1999-11-30", "2000-01-01T00:00:00", "1999-12-31"})


DATED = frozenset({"published", "modified", "date", "created", "published_raw", "modified_raw"})
"""Fields whose candidates say when something happened to a page."""


class Moment(msgspec.Struct, frozen=True):
    """A date that was chosen: ISO value, the words on the page, and the source."""

    iso: str
    raw: str
    source: str


@functools.cache
def _ranks(kind: str) -> dict[tuple[str, str], int]:
    return {(field, source): int(rank) for table, field, source, rank, _ in rows("date_sources") if table == kind}


def _readable(candidate: Candidate, language: str | None, order: Order | None) -> DateReading | None:
    iso = candidate.extra.get("iso")
    return read_iso(iso if isinstance(iso, str) and iso else candidate.value, language=language, order=order)


def _possible(iso: str, fetched_at: str | None) -> bool:
    if len(iso) < 10 or iso[:10] < _EARLIEST or iso in _EPOCH:
        return False
    return fetched_at is None or iso[:10] <= fetched_at[:10]


def choose(
    kind: str, candidates: Iterable[Candidate], *, language: str | None, order: Order | None, fetched_at: str | None
) -> Moment | None:
    """Return the best dated candidate of a table of `date_sources.tsv` ("published" or "modified"), or None.

    Args:
        kind: the table.
        candidates: those of a page whose field is in `DATED`.
        language: for month names.
        order: for dates in digits.
        fetched_at: ISO time of fetching; later days are impossible.
    """
    pool = tuple(candidates)
    chosen = _best(kind, pool, language=language, order=order, fetched_at=fetched_at)
    if kind == "published" and chosen is not None and chosen.source in _MACHINE:
        shown = _best("shown", pool, language=language, order=order, fetched_at=fetched_at)
        if shown is not None and shown.iso[:10] < chosen.iso[:10] and _is_alone(pool, shown):
            return shown  # a page moved to a new system has the day of the move in its metadata
        local = _best("local", pool, language=language, order=order, fetched_at=fetched_at)
        if local is not None and _is_local_day(chosen.iso, local.iso):
            return local
    return chosen


_HOUR = re.compile(r"T(?P<hour>\d\d):\d\d")
_UTC = ("Z", "+00:00")
_EAST, _WEST = 14, 12
"""Hours by which civil time may differ from UTC (ISO 8601 offsets in use: +14:00 to -12:00)."""


def _is_local_day(utc: str, day: str) -> bool:
    """Return whether a printed day is the one before or after that of a time in UTC, as it is where the page was written.

    >>> _is_local_day("2018-12-31T23:11:59+00:00", "2019-01-01"), _is_local_day("2018-12-31T08:00:00Z", "2019-01-01")
    (True, False)
    """
    match = _HOUR.search(utc) if utc.endswith(_UTC) else None
    if match is None:
        return False
    distance = (date.fromisoformat(day[:10]) - date.fromisoformat(utc[:10])).days
    return (distance == 1 and int(match["hour"]) + _EAST >= 24) or (distance == -1 and int(match["hour"]) < _WEST)


def _is_alone(candidates: Iterable[Candidate], shown: Moment) -> bool:
    """Return whether no other bare date stands beside the headline; several are those of other articles."""
    bare = [c for c in candidates if c.field == "date" and c.source in ("line", "time")]
    return all(c.value != shown.raw for c in bare) or len({str(c.extra.get("iso") or c.value)[:10] for c in bare}) == 1


_MACHINE = frozenset({"json-ld", "og", "microdata", "citation", "dublin-core", "meta"})


def _best(
    kind: str, candidates: Iterable[Candidate], *, language: str | None, order: Order | None, fetched_at: str | None
) -> Moment | None:
    ranks = _ranks(kind)
    best: int | None = None
    chosen: Moment | None = None
    for candidate in candidates:
        rank = ranks.get((candidate.field, candidate.source))
        if rank is None or (best is not None and rank > best):
            continue
        reading = _readable(candidate, language, order)
        if reading is None or reading.iso is None or not _possible(reading.iso, fetched_at):
            continue
        if chosen is None or rank != best or (kind == "published" and candidate.source in _TAGS and reading.iso[:10] < chosen.iso[:10]):
            best, chosen = rank, Moment(reading.iso, candidate.value, candidate.source)
    return chosen


_TAGS = frozenset({"og", "meta"})
"""Sources whose tags may disagree: the earliest day is the first publication, a later one that of a new system."""


def printed(kind: str, candidates: Iterable[Candidate]) -> str | None:
    """Return the first stamp of a kind that is printed on the page, as printed."""
    fields = {"published": ("published_raw", "published", "date"), "modified": ("modified_raw", "modified")}[kind]
    for field in fields:
        for candidate in candidates:
            if candidate.field == field and candidate.source in ("line", "visible"):
                return candidate.value
    return None
