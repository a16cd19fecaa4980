"""Related pairs of records, and disjoint sets of records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.duplicates.compare import NOWHERE, Stretch

if TYPE_CHECKING:
    from pipeline.duplicates.compare import Relation

EXACT, NEAR, WIRE = 3, 2, 1
RELATIONS: Final[dict[int, Relation]] = {EXACT: "exact", NEAR: "near", WIRE: "wire"}


class Link(msgspec.Struct, frozen=True, array_like=True):
    """Two related records by number, the lesser first.

    `longer` is the one of which the other is a part, else -1; `stretches` say where in the first and in the second the shared words stand.
    """

    one: int
    two: int
    strength: int
    similarity: int
    longer: int = -1
    stretches: tuple[Stretch, Stretch] = (NOWHERE, NOWHERE)


class Sets:
    """Disjoint sets of numbers (Tarjan, 1975): the least number names a set, so that the order of unions does not matter."""

    def __init__(self, count: int) -> None:
        self._above = list(range(count))

    def find(self, number: int) -> int:
        """Return the name of the set of a number."""
        above = self._above
        while above[number] != number:
            above[number] = above[above[number]]
            number = above[number]
        return number

    def unite(self, one: int, two: int) -> None:
        """Make one set of two."""
        one, two = sorted((self.find(one), self.find(two)))
        self._above[two] = one

    def members(self) -> dict[int, list[int]]:
        """Return all sets by name, numbers ascending."""
        out: dict[int, list[int]] = {}
        for number in range(len(self._above)):
            out.setdefault(self.find(number), []).append(number)
        return out
