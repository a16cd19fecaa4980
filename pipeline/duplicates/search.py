"""The search for duplicates in a build, from sketches to rows. `docs/duplicates.md` tells it in prose."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from pipeline.duplicates.candidate_pairs import common_shingles, pairs_of_bands, pairs_of_samples
from pipeline.duplicates.clusters import Clustered, cluster
from pipeline.duplicates.compare import NONE, STEPS, Relation, Verdict, judge
from pipeline.duplicates.links import EXACT, NEAR, RELATIONS, WIRE, Link, Sets
from pipeline.duplicates.passages import passages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from pipeline.config import DuplicatesConfig
    from pipeline.duplicates.sketch import Comparable, Sketched
    from pipeline.duplicates.tokens import Tokens

_STRENGTHS: Final = {"near": NEAR, "wire": WIRE}


class Row(msgspec.Struct, frozen=True):
    """A row of the sidecar; `docs/duplicates.md` says what its fields mean."""

    id: str
    relation: Relation | None
    cluster: str
    representative: bool
    size: int
    match: str | None
    similarity: float | None
    shared: tuple[tuple[int, int, int, int], ...]


class ClashError(ValueError):
    """Two records of a build have the same id: its shards do not belong together."""


def find(build: Sketched, config: DuplicatesConfig, progress: Callable[[int, int], None] | None = None) -> Clustered:
    """Find the duplicates of a build.

    Args:
        build: its sketches, numbered in the order of the ids.
        config: what counts.
        progress: told now and then how many pairs of how many are compared.

    Raises:
        ClashError: two records have the same id.
    """
    heads = build.heads
    for one, two in itertools.pairwise(heads):
        if one.id >= two.id:
            raise ClashError(f"two records have the id {one.id}" if one.id == two.id else f"record {two.id} is not in the order of ids")
    same: dict[str, list[int]] = {}
    for number, head in enumerate(heads):
        same.setdefault(head.text_sha256 or f"{number}", []).append(number)
    chosen = np.array([group[0] for group in same.values() if heads[group[0]].words >= config.least_words], dtype=np.int64)
    compare = _Compare(build, config)
    links = _links(compare, chosen, progress or (lambda _done, _all: None))
    return cluster(heads, [group for group in same.values() if len(group) > 1], links, compare.pair)


class _Compare:
    """Compares records by number, with the phrases that do not count once they are known."""

    def __init__(self, build: Sketched, config: DuplicatesConfig) -> None:
        self.build, self.config = build, config
        self.common: NDArray[np.uint64] = NONE
        self._last: tuple[int, Tokens] | None = None

    def pair(self, one: int, two: int) -> Verdict:
        """Compare two records."""
        if self._last is None or self._last[0] != one:
            self._last = (one, self.build.tokens(one))
        return judge(self._last[1], self.build.tokens(two), self.config, self.common)

    def meets_common(self, number: int) -> bool:
        """Tell whether a record has phrases that do not count."""
        return bool(np.isin(self.build.sample(number), self.common).any())


def _links(compare: _Compare, chosen: NDArray[np.int64], progress: Callable[[int, int], None]) -> list[Link]:
    """Return the related pairs of the chosen records.

    Pairs are judged twice: first by themselves, which also shows the phrases that unrelated records share, then without those phrases.
    """
    build, config, records = compare.build, compare.config, len(compare.build.heads)
    keys = np.union1d(pairs_of_bands(build, chosen), pairs_of_samples(build, chosen))
    first: list[tuple[int, int, Verdict]] = []
    for done, key in enumerate(keys.tolist()):
        one, two = divmod(key, records)
        verdict = compare.pair(one, two)
        if verdict.relation is not None:
            first.append((one, two, verdict))
        if done % 1000 == 0:
            progress(done, len(keys))
    sets = Sets(records)
    for one, two, _ in first:
        sets.unite(one, two)
    story = np.array([sets.find(number) for number in range(records)], dtype=np.int64)
    compare.common = common_shingles(build, chosen, story, config.common_records)
    out = []
    for one, two, before in first:
        again = len(compare.common) and compare.meets_common(one)
        verdict = compare.pair(one, two) if again else before
        if (link := link_of(one, two, verdict, build.heads[one].words > build.heads[two].words)) is not None:
            out.append(link)
    progress(len(keys), len(keys))
    return out


def link_of(one: int, two: int, verdict: Verdict, longer_first: bool) -> Link | None:  # noqa: FBT001 - what the verdict leaves open
    """Return two records as a link, None where they are not related; `longer_first` tells whether the first has more words."""
    if verdict.relation is None:
        return None
    longer = (one if longer_first else two) if verdict.part else -1
    return Link(one, two, _STRENGTHS[verdict.relation], verdict.similarity, longer, verdict.stretches)


def row_alone(identity: str) -> Row:
    """Return the row of a record that is related to no other, by its id."""
    return Row(identity, None, identity, representative=True, size=1, match=None, similarity=None, shared=())


def rows(build: Comparable, found: Clustered, numbers: Iterable[int]) -> Iterator[Row]:
    """Yield the rows of some records."""
    heads = build.heads
    for number in numbers:
        match, strength = int(found.match[number]), int(found.strength[number])
        representative = int(found.representative[number])
        yield Row(
            id=heads[number].id,
            relation=RELATIONS.get(strength),
            cluster=heads[representative].id,
            representative=number == representative,
            size=int(found.size[number]),
            match=heads[match].id if strength else None,
            similarity=int(found.similarity[number]) / STEPS if strength else None,
            shared=_shared(build, number, match, strength) if strength else (),
        )


def _shared(build: Comparable, number: int, match: int, strength: int) -> tuple[tuple[int, int, int, int], ...]:
    """Return the passages that two records share, in code points of their texts."""
    if strength == EXACT:
        chars = build.heads[number].chars
        return ((0, chars, 0, chars),)
    one, two = build.tokens(number), build.tokens(match)
    return tuple(
        (int(one.starts[start]), int(one.ends[end - 1]), int(two.starts[there]), int(two.ends[there_end - 1]))
        for start, end, there, there_end in passages(one, two).tolist()
    )
