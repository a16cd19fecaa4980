"""Chooses the authors."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence

from pipeline.describe.tables import rows
from pipeline.describe.titles import is_site
from pipeline.readers.names import NameType, split_authors, type_of
from pipeline.readers.tables import fold
from pipeline.records import Author, Candidate


@functools.cache
def _ranks() -> dict[str, int]:
    return {source: int(rank) for source, rank, _ in rows("author_sources")}


def _typed(name: str, kind: NameType, sites: Sequence[str]) -> Author:
    return Author(name=name, type="organization" if kind == "person" and is_site(name, sites) else kind)


def choose_authors(candidates: Iterable[Candidate], sites: Sequence[str]) -> tuple[tuple[Author, ...], str] | None:
    """Return (authors, source) of the best source that names somebody, or None.

    Args:
        candidates: those of field "author".
        sites: squeezed names of the site; an author of that name is an organization.
    """
    groups: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        if candidate.source in _ranks():
            groups.setdefault(candidate.source, []).append(candidate)
    for source in sorted(groups, key=lambda name: _ranks()[name]):
        authors = _authors(groups[source], sites)
        if authors:
            return authors, source
    return None


def _authors(group: list[Candidate], sites: Sequence[str]) -> tuple[Author, ...]:
    found: dict[str, Author] = {}
    for candidate in group:
        for name, kind in split_authors(candidate.value):
            found.setdefault(fold(name), _typed(name, kind, sites))
    return tuple(found.values())


__all__ = ["choose_authors", "type_of"]
