"""Chooses the authors."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence

from pipeline.describe.tables import rows
from pipeline.describe.titles import is_site
from pipeline.readers.names import NameType, split_authors
from pipeline.readers.tables import fold
from pipeline.records import Author, Candidate


@functools.cache
def _ranks() -> dict[str, int]:
    return {source: int(rank) for source, rank, _ in rows("author_sources")}


def _typed(name: str, kind: NameType, sites: Sequence[str]) -> Author:
    return Author(name=name, type="organization" if kind == "person" and is_site(name, sites) else kind)


def choose_authors(candidates: Iterable[Candidate], sites: Sequence[str]) -> tuple[tuple[Author, ...], str] | None:
    """Return (authors, source) of the best source that names somebody, or None.

    A source that names only the site gives way to a source that names a person.

    Args:
        candidates: those of field "author".
        sites: squeezed names of the site; an author of that name is an organization.
    """
    groups: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        if candidate.source in _ranks():
            groups.setdefault(candidate.source, []).append(candidate)
    fallback: tuple[tuple[Author, ...], str] | None = None
    for source in sorted(groups, key=lambda name: _ranks()[name]):
        authors = _authors(_trusted(source, groups[source]), sites, inverted=source in _INVERTED)
        if authors and any(author.type == "person" or not is_site(author.name, sites) for author in authors):
            return authors, source
        if authors and fallback is None:
            fallback = authors, source
    return fallback


_INVERTED = frozenset({"citation", "dublin-core"})
_LISTS = frozenset({"byline-class", "rel-author", "microdata"})
_MOST_LISTED = 3
"""Elements of one class with different names: more of them are a list of other articles."""


def _trusted(source: str, group: list[Candidate]) -> list[Candidate]:
    """Return the candidates of a group that are the article's own: not of a box at the side, and no long list of bylines."""
    if source not in _LISTS:
        return group
    inside = [candidate for candidate in group if not candidate.extra.get("aside")]
    chosen = inside or group
    names = {fold(name) for candidate in chosen for name, _ in split_authors(candidate.value)}
    if not inside and len(names) > 1:
        return []
    return chosen if len(names) <= _MOST_LISTED else chosen[:1]


def _authors(group: list[Candidate], sites: Sequence[str], *, inverted: bool) -> tuple[Author, ...]:
    """Return the names of a group once each; of a name and the same with words around it, the shorter."""
    found: dict[str, Author] = {}
    for candidate in group:
        for name, kind in split_authors(candidate.value, inverted=inverted):
            found.setdefault(fold(name), _typed(name, kind, sites))
    kept = [key for key in found if not any(other != key and len(other) > 5 and other in key for other in found)]
    return tuple(found[key] for key in kept)
