"""What is remembered of builds that were reviewed, so that the next review can say what moved."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import msgspec

from copydesk.review.alarm import Alarm, Sums, moved
from copydesk.review.tally import joined, newest_days

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from copydesk.review.tally import Brief, SiteTally

_BUILDS: Final = 20
"""Builds that are remembered: a month of workdays."""
_COMPARED: Final = 5
"""Builds that the present one is compared with together."""


class Remembered(msgspec.Struct, frozen=True):
    """One build: the digest of its `build.json`, its sites, and its inputs by source and day and by what became of them."""

    build: str
    sites: dict[str, Sums]
    groups: dict[str, dict[str, int]]


def with_build(history: Sequence[Remembered], now: Remembered) -> tuple[Remembered, ...]:
    """Return the history with a build as its last; one that is the last already changes nothing."""
    return (*(each for each in history if each.build != now.build), now)[-_BUILDS:]


def alarms(history: Sequence[Remembered], sites: Mapping[str, SiteTally], briefs: Iterable[Brief]) -> list[Alarm]:
    """Return what moved since the builds before, and on the last day of a dated source; the largest deviations first.

    `history` has the builds before this one.
    """
    found = [*_since_builds(history, sites), *_since_days(briefs)]
    return sorted(found, key=lambda each: (-abs(each.deviations), each.site, each.measure))


def _since_builds(history: Sequence[Remembered], sites: Mapping[str, SiteTally]) -> Iterator[Alarm]:
    before: dict[str, Sums] = defaultdict(Sums)
    for each in history[-_COMPARED:]:
        for site, sums in each.sites.items():
            before[site] = joined(before[site], sums)
    count = min(len(history), _COMPARED)
    against = "the last build" if count == 1 else f"the last {count} builds"
    yield from moved(before, {name: site.sums for name, site in sites.items()}, against)


def _since_days(briefs: Iterable[Brief]) -> Iterator[Alarm]:
    for day, before, now in newest_days(briefs):
        yield from moved(before, now, f"the days before {day}")
