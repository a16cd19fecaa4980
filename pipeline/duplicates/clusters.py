"""From related pairs to clusters: every record is in one, and one of its records represents it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from pipeline.duplicates.composites import attach, composites
from pipeline.duplicates.links import EXACT, Link, Sets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pipeline.duplicates.compare import Verdict
    from pipeline.duplicates.sketch import Head

ASKED: Final = 8
"""Members of a cluster that a text is compared with before it joins as a copy of a part."""


class Clustered(msgspec.Struct, frozen=True):
    """What is known of every record, by its number.

    Attributes:
        representative: the number of the record that represents its cluster.
        size: how many records the cluster has.
        match: the number of the most closely related record of the cluster, -1 for none.
        strength: how closely: `EXACT`, `NEAR`, `WIRE`, 0 for none.
        similarity: Jaccard similarity with it, in ten-thousandths.
    """

    representative: NDArray[np.int64]
    size: NDArray[np.int64]
    match: NDArray[np.int64]
    strength: NDArray[np.int8]
    similarity: NDArray[np.int32]


def cluster(
    heads: Sequence[Head],
    copies: Iterable[Sequence[int]],
    links: Sequence[Link],
    judge: Callable[[int, int], Verdict],
) -> Clustered:
    """Make clusters of records.

    Exact copies, near copies and versions of a wire story join. A copy of a part joins the cluster of the longer text only if it is related
    to most records there. Parts that make up more of the longer text come first. Pages that are known to hold several articles come last,
    and nothing joins over them.

    Args:
        heads: all records.
        copies: groups of exact copies, numbers ascending; only the first of a group has links.
        links: related pairs.
        judge: compares two records by number.
    """
    sets = Sets(len(heads))
    groups = [list(group) for group in copies]
    for group in groups:
        for number in group[1:]:
            sets.unite(group[0], number)
    pages = composites(links, judge)
    plain = [link for link in links if link.one not in pages and link.two not in pages]
    for link in plain:
        if link.longer < 0:
            sets.unite(link.one, link.two)
    _join_parts(sets, [link for link in plain if link.longer >= 0], {number for group in groups for number in group[1:]}, judge)
    attach(sets, links, pages)
    return _described(heads, sets, groups, links)


def _join_parts(sets: Sets, links: list[Link], copies: set[int], judge: Callable[[int, int], Verdict]) -> None:
    members = {name: [number for number in held if number not in copies] for name, held in sets.members().items()} if links else {}
    for link in sorted(links, key=lambda link: (-link.similarity, link.one, link.two)):
        part = link.two if link.longer == link.one else link.one
        home, own = sets.find(link.longer), sets.find(part)
        if home == own:
            continue
        asked = [number for number in members[home] if number != link.longer][: ASKED - 1]
        related = 1 + sum(judge(part, number).relation is not None for number in asked)
        if 2 * related > len(asked) + 1:
            sets.unite(home, own)
            members[min(home, own)] = sorted(members[home] + members[own])


def _described(heads: Sequence[Head], sets: Sets, groups: list[list[int]], links: Sequence[Link]) -> Clustered:
    count = len(heads)
    out = Clustered(
        np.arange(count),
        np.ones(count, dtype=np.int64),
        np.full(count, -1),
        np.zeros(count, dtype=np.int8),
        np.zeros(count, dtype=np.int32),
    )
    for held in sets.members().values():
        if len(held) > 1:
            best = min(held, key=lambda number: (heads[number].rank, heads[number].moment, number))
            out.representative[held] = best
            out.size[held] = len(held)
    for link in links:
        if sets.find(link.one) == sets.find(link.two):
            for number, other in ((link.one, link.two), (link.two, link.one)):
                _note(out, number, other, link.strength, link.similarity)
    for group in groups:
        for number in group:
            best = int(out.representative[number])
            other = best if best in group and best != number else next(each for each in group if each != number)
            out.match[number], out.strength[number], out.similarity[number] = other, EXACT, 10_000
    return out


def _note(out: Clustered, number: int, other: int, strength: int, similarity: int) -> None:
    """Keep the closest match: the stronger relation, then the greater similarity, then the lesser number."""
    held = (int(out.strength[number]), int(out.similarity[number]), -int(out.match[number]))
    if (strength, similarity, -other) > held:
        out.match[number], out.strength[number], out.similarity[number] = other, strength, similarity
