"""Chooses when a page was first published and last changed."""

from __future__ import annotations

import functools
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


CALLED = frozenset({"published", "published_raw"})
"""Fields whose candidates are called the day of publication by what gives them."""


class Moment(msgspec.Struct, frozen=True):
    """A date that was chosen: ISO value, the words on the page, the source, and whether the source calls it something else.

    A `derived` day of publication is one that nothing calls so: a bare day beside the headline, or the only change of a page. A `printed` one
    stands in the base text.
    """

    iso: str
    raw: str
    source: str
    derived: bool = False
    printed: bool = False


@functools.cache
def ranks(kind: str) -> dict[tuple[str, str], int]:
    """Return (field, source) -> rank of a table of `date_sources.tsv` ("published", "modified" or "page").

    >>> ranks("published")["published", "json-ld"]
    1
    """
    return {(field, source): int(rank) for table, field, source, rank, _ in rows("date_sources") if table == kind}


def reading_of(candidate: Candidate, language: str | None, order: Order | None) -> DateReading | None:
    """Return what a dated candidate says, None where it is no date."""
    iso = candidate.extra.get("iso")
    return read_iso(iso if isinstance(iso, str) and iso else candidate.value, language=language, order=order)


def is_possible(iso: str, fetched_at: str | None) -> bool:
    """Return whether a page can have been published then: not before the web, not after fetching, no default of a system.

    >>> is_possible("2020-05-03", None), is_possible("1970-01-01", None), is_possible("2020-05-03", "2020-05-01T00:00:00Z")
    (True, False, False)
    """
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
    table = ranks(kind)
    best: int | None = None
    chosen: Moment | None = None
    for candidate in candidates:
        rank = table.get((candidate.field, candidate.source))
        if rank is None or (best is not None and rank > best):
            continue
        reading = reading_of(candidate, language, order)
        if reading is None or reading.iso is None or not is_possible(reading.iso, fetched_at):
            continue
        if chosen is None or rank != best or (kind == "published" and candidate.source in _TAGS and reading.iso[:10] < chosen.iso[:10]):
            derived = kind == "published" and candidate.field not in CALLED
            best, chosen = rank, Moment(reading.iso, candidate.value, candidate.source, derived, candidate.start >= 0)
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
