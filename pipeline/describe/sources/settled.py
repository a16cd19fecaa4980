"""Which fields need no further search."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.spans import Candidate

_LONGEST_NAME = 70


def settled(told: Iterable[Candidate]) -> frozenset[str]:
    """Return the fields for which metadata have a source of the highest ranks: "author", "published", "modified".

    Args:
        told: candidates of a page's markup.
    """
    found = set()
    for candidate in told:
        if candidate.field in ("published", "modified"):
            found.add(candidate.field)
        elif candidate.field == "author" and candidate.extra.get("type") == "person" and 3 < len(candidate.value) <= _LONGEST_NAME:
            found.update({"author"} if " " in candidate.value else ())
    return frozenset(found)
