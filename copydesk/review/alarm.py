"""What moved since the last builds, or since the days before, by more than chance explains.

A site is measured by means over its documents: which share of the page was kept, how long the text is, how often a field was found. Two
groups of documents are compared by the difference of their means in standard errors, as in Welch's test: more than three are an alarm,
where the groups have five documents or more and the difference is large enough to matter.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

DEVIATIONS: Final = 3.0
_DOCUMENTS: Final = 5
"""Fewer documents on either side are no group."""
MEASURES: Final = {"kept share": 0.05, "length": 0.25, "title": 0.1, "authors": 0.1, "published_at": 0.1, "description": 0.1}
"""What is measured, and the least difference that matters: of shares, and of the length as a binary logarithm (0.25: a fifth more)."""
_LEAST_VARIANCE: Final = 0.0004
"""Taken where all documents say the same, so that no division by nothing makes an alarm: a deviation of two percent."""


class Sums(msgspec.Struct, array_like=True):
    """What is known of a group of documents: how many, and of every measure the sum of its values and of their squares."""

    documents: int = 0
    sums: dict[str, float] = {}
    squares: dict[str, float] = {}

    def add(self, values: Mapping[str, float]) -> None:
        """Count one document."""
        self.documents += 1
        for name, value in values.items():
            self.sums[name] = round(self.sums.get(name, 0.0) + value, 6)
            self.squares[name] = round(self.squares.get(name, 0.0) + value * value, 6)

    def mean(self, name: str) -> float:
        """Return the mean of a measure."""
        return self.sums.get(name, 0.0) / self.documents

    def variance(self, name: str) -> float:
        """Return the variance of a measure."""
        return max(self.squares.get(name, 0.0) / self.documents - self.mean(name) ** 2, _LEAST_VARIANCE)


class Alarm(msgspec.Struct, frozen=True):
    """A measure of a site that moved: from and to, in how many standard errors, and against what (`the last build`, or a day)."""

    site: str
    measure: str
    before: float
    now: float
    deviations: float
    against: str


def measures(*, kept: int, base: int, words: int, found: Iterable[str]) -> dict[str, float]:
    """Return what is measured of one document: characters kept of those of the base text, words, and the names of fields found.

    >>> measures(kept=50, base=200, words=7, found=["title"])["kept share"]
    0.25
    """
    fields = set(found)
    shares = {name: float(name in fields) for name in MEASURES if name not in ("kept share", "length")}
    return {"kept share": kept / base if base else 0.0, "length": math.log2(words + 1), **shares}


def moved(before: Mapping[str, Sums], now: Mapping[str, Sums], against: str) -> Iterator[Alarm]:
    """Yield what moved, by site, between two groups of documents."""
    for site in sorted(before.keys() & now.keys()):
        old, new = before[site], now[site]
        if min(old.documents, new.documents) < _DOCUMENTS:
            continue
        for name, least in MEASURES.items():
            change = new.mean(name) - old.mean(name)
            error = math.sqrt(old.variance(name) / old.documents + new.variance(name) / new.documents)
            if abs(change) >= least and abs(change) > DEVIATIONS * error:
                yield Alarm(site, name, _shown(name, old.mean(name)), _shown(name, new.mean(name)), round(change / error, 1), against)


def _shown(name: str, mean: float) -> float:
    return round(2**mean - 1) if name == "length" else round(mean, 3)
