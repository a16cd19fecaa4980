"""Pages that hold several articles: each belongs to one story, and none makes one story of two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.duplicates.links import NEAR

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from pipeline.duplicates.compare import Stretch, Verdict
    from pipeline.duplicates.links import Link, Sets

ASKED: Final = 8
"""Partners from either end of a page that are compared with each other."""
SAME_PAGE: Final = 7_500
"""Similarity, in ten-thousandths, from which on two pages of several articles are one page that was printed twice."""

SAME_NAMES: Final = 25
"""Two stretches that share so many hundredths of their names and numbers are parts of one article, not two articles."""


class _Partner(NamedTuple):
    """A record that is related to a page: where in the page the shared words stand, and how closely it is related."""

    stretch: Stretch
    number: int
    strength: int


def composites(links: Sequence[Link], judge: Callable[[int, int], Verdict]) -> set[int]:
    """Return the records that hold several articles: two partners that are not related share different stretches of the text.

    A near copy that shares words of both stretches holds both articles too. Two rewritten versions of a story that have little in common
    do not make it a page of two articles: what they share with it lies all over it.

    Args:
        links: related pairs.
        judge: compares two records by number.
    """
    partners: dict[int, list[_Partner]] = {}
    for link in links:
        partners.setdefault(link.one, []).append(_Partner(link.stretches[0], link.two, link.strength))
        partners.setdefault(link.two, []).append(_Partner(link.stretches[1], link.one, link.strength))
    related = {(link.one, link.two) for link in links}
    found = set()
    for number, held in partners.items():
        between = _between_articles(held, related, judge) if len(held) > 1 else None
        if between is not None:
            found.add(number)
            end, start = between
            found.update(each.number for each in held if each.strength == NEAR and each.stretch.start < end and each.stretch.end > start)
    return found


def _between_articles(held: list[_Partner], related: set[tuple[int, int]], judge: Callable[[int, int], Verdict]) -> tuple[int, int] | None:
    """Return where in a page the stretch of one article ends and where that of another begins, if it holds two."""
    firsts = sorted(held, key=lambda each: (each.stretch.end, each.number))[:ASKED]
    lasts = sorted(held, key=lambda each: (-each.stretch.start, each.number))[:ASKED]
    for first in firsts:
        for last in lasts:
            one, two = sorted((first.number, last.number))
            apart = first.stretch.end <= last.stretch.start and (one, two) not in related
            if apart and _differ(judge(one, two)):
                return first.stretch.end, last.stretch.start
    return None


def _differ(verdict: Verdict) -> bool:
    return verdict.relation is None and verdict.names < SAME_NAMES


def attach(sets: Sets, links: Sequence[Link], pages: Collection[int]) -> None:
    """Let every page of several articles join the one cluster that it has most words in common with.

    Copies of one page join together. A page whose articles stand on other such pages alone joins the one of which it is a copy.

    Args:
        sets: the clusters of all other records; changed in place.
        links: related pairs.
        pages: the pages of several articles.
    """
    between = [link for link in links if link.one in pages and link.two in pages and link.strength == NEAR]
    for link in between:
        if link.similarity >= SAME_PAGE:
            sets.unite(link.one, link.two)
    groups = {sets.find(page) for page in pages}
    homes = _closest(sets, [link for link in links if (link.one in pages) != (link.two in pages)], groups)
    homes |= _closest(sets, [link for link in between if link.longer < 0], groups - homes.keys())
    for name, other in homes.items():
        sets.unite(name, other)


def _closest(sets: Sets, links: Sequence[Link], groups: Collection[int]) -> dict[int, int]:
    """Return for each of some sets the record elsewhere that shares most words with one of its records, then the most similar one."""
    best: dict[int, tuple[int, int, int]] = {}
    for link in links:
        for stretch, page, other in zip(link.stretches, (link.one, link.two), (link.two, link.one), strict=True):
            name = sets.find(page)
            if name in groups and name != sets.find(other):
                best[name] = max(best.get(name, (0, 0, 0)), (stretch.words, link.similarity, -other))
    return {name: -other for name, (_, _, other) in best.items()}
