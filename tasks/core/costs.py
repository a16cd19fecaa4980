"""What single documents of a shard cost: a note for people, that says which of them take longest. Nothing is decided by it.

Times are of a machine and a day, so they stand below `run/` and in no record.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Final

import msgspec

from tasks.core.sealed import read_sealed, write_sealed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from tasks.core.build_paths import BuildPaths

KEPT: Final = 20
"""Documents of a shard that are noted: those that took longest."""


class Cost(msgspec.Struct, frozen=True, array_like=True):
    """The computing that a document took, in milliseconds; `id` is null where it became no record, `code` says why."""

    milliseconds: int
    locator: str
    id: str | None
    code: str | None


class Slowest:
    """Gathers the costs of a shard's documents, and keeps the highest.

    >>> slowest = Slowest()
    >>> for number in range(30):
    ...     slowest.add(Cost(number, f"a/{number}.txt", None, None))
    >>> len(slowest.costs), slowest.costs[0].milliseconds
    (20, 29)
    """

    def __init__(self) -> None:
        self._heap: list[tuple[int, str, Cost]] = []

    def add(self, cost: Cost) -> None:
        """Note one document."""
        entry = (cost.milliseconds, cost.locator, cost)
        if len(self._heap) < KEPT:
            heapq.heappush(self._heap, entry)
        else:
            heapq.heappushpop(self._heap, entry)

    @property
    def costs(self) -> tuple[Cost, ...]:
        """Return what was kept, the highest first."""
        return tuple(cost for *_, cost in sorted(self._heap, reverse=True))

    def add_noted(self, path: Path, reused: Collection[str]) -> None:
        """Note again what an earlier run noted of documents, by their locators, that were not cleaned again."""
        for cost in read_sealed(path, tuple[Cost, ...]) or ():
            if cost.locator in reused:
                self.add(cost)

    def write(self, path: Path) -> None:
        """Keep the note where a review looks for it."""
        write_sealed(path, self.costs)


def costs_of(paths: BuildPaths, shards: Iterator[str]) -> tuple[Cost, ...]:
    """Return the documents of some shards that took longest, as far as it is known, the slowest first."""
    slowest = Slowest()
    for shard in shards:
        for cost in read_sealed(paths.costs(shard), tuple[Cost, ...]) or ():
            slowest.add(cost)
    return slowest.costs
