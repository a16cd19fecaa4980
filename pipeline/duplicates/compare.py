"""Two texts side by side: are they copies, versions of one story, or neither?

Copies share most shingles. Versions of one wire story share passages all over the text: what people said, names with their titles,
sentences that nobody rewrote. Two stories on one topic share a quotation or a paragraph of background, two pages of one site its
furniture: one or two passages in one place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import msgspec
import numpy as np

from pipeline.duplicates.passages import GAP, covered, joined, passages
from pipeline.duplicates.shingles import LIMIT, WORDS, shingle_set, shingles, whole
from pipeline.duplicates.tokens import NAMED, QUOTED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.config import DuplicatesConfig
    from pipeline.duplicates.tokens import Tokens

Relation = Literal["exact", "near", "wire"]

STEPS: Final = 10_000
"""Similarities are whole numbers of ten-thousandths."""
LONG: Final = 6
"""Tokens of a passage that counts: one more than a shingle, for set phrases are short."""
PART: Final = 60
"""A copy that makes up at most so many hundredths of the longer text is a copy of a part: the longer may hold another story."""
FEW_NAMES: Final = 5
"""A text with fewer different names and numbers, as in scripts without capitals, is not judged by them."""
_TENTHS: Final = 10
NONE: Final[NDArray[np.uint64]] = np.empty(0, dtype=np.uint64)


class Stretch(NamedTuple):
    """Where in a text the words stand that it shares with another: token offsets between which all but a tenth at either end lies.

    `words` counts all of them.
    """

    start: int
    end: int
    words: int


NOWHERE: Final = Stretch(0, 0, 0)


class Verdict(msgspec.Struct, frozen=True):
    """How two texts are related.

    Attributes:
        relation: near, wire or None.
        similarity: Jaccard similarity of their shingles, in ten-thousandths.
        part: whether the shorter is a copy of a part of the longer, which may hold other stories as well.
        stretches: where the shared words stand in the first and in the second text, for related ones.
        names: hundredths of the names and numbers of the text with fewer of them that the other has too; 0 where there are few.
    """

    relation: Relation | None
    similarity: int
    part: bool = False
    stretches: tuple[Stretch, Stretch] = (NOWHERE, NOWHERE)
    names: int = 0


class Shared(msgspec.Struct, frozen=True):
    """What two texts have in common, as whole numbers; the first text is the shorter one.

    Attributes:
        both: shingles of both.
        one: shingles of the first.
        two: shingles of the second.
        words: tokens of the first.
        covered: of these, those in passages of both.
        passages: passages of `LONG` tokens or more; what follows the longest one word for word belongs to it.
        spoken: passages of `LONG` tokens or more that are mostly within quotations in both texts.
        spread: tenths of the first text of which a tenth is covered at least.
        named: different capitalised words and numbers of the text that has fewer of them.
        alike: of these, those that the other text has too.
    """

    both: int
    one: int
    two: int
    words: int
    covered: int
    passages: int
    spoken: int
    spread: int
    named: int
    alike: int


def shared(one: Tokens, two: Tokens, common: NDArray[np.uint64]) -> tuple[Shared, NDArray[np.int64]]:
    """Count what two texts share, leaving out passages whose sampled shingles are mostly among the `common` ones (sorted).

    Returns:
        The counts and the passages.
    """
    found = passages(one, two)
    mine, theirs = shingle_set(one), shingle_set(two)
    words = len(one)
    if len(common):
        taken = _is_common(one, found, common)
        gone = found[taken]
        found = found[~taken]
        words -= int(covered(gone, 0, len(one)).sum())
        mine, theirs = (_without(each, side, gone, found) for side, each in enumerate((one, two)))
    both = len(np.intersect1d(mine, theirs, assume_unique=True))
    ranges = joined(found)
    lengths = ranges[:, 1] - ranges[:, 0]
    inside = covered(found, 0, len(one))
    edges = np.arange(_TENTHS + 1) * len(one) // _TENTHS
    tenths = np.diff(np.append(0, np.cumsum(inside))[edges])
    here, there = _names(one, two)
    seen = Shared(
        both=both,
        one=len(mine),
        two=len(theirs),
        words=words,
        covered=int(inside.sum()),
        passages=_separate(ranges),
        spoken=int(((lengths >= LONG) & _quoted(one, ranges[:, :2]) & _quoted(two, ranges[:, 2:])).sum()),
        spread=int((tenths * _TENTHS > np.diff(edges)).sum()),
        named=min(len(here), len(there)),
        alike=len(np.intersect1d(here, there, assume_unique=True)),
    )
    return seen, found


def judge(one: Tokens, two: Tokens, config: DuplicatesConfig, common: NDArray[np.uint64] = NONE) -> Verdict:
    """Tell how two texts are related; their order matters to the stretches alone.

    Args:
        one: the tokens of the first text.
        two: the tokens of the other.
        config: what counts.
        common: sampled shingles that do not count, sorted.
    """
    turned = (len(two), two.hashes.tobytes()) < (len(one), one.hashes.tobytes())
    if turned:
        one, two = two, one
    if len(one) < config.least_words:
        return Verdict(None, 0)
    seen, found = shared(one, two, common)
    union = seen.one + seen.two - seen.both
    similarity = (STEPS * seen.both + union // 2) // union if union else 0
    relation, part = _relation(seen, union, config)
    names = 100 * seen.alike // seen.named if seen.named >= FEW_NAMES else 0
    if relation is None:
        return Verdict(None, similarity, names=names)
    mine, theirs = (_stretch(covered(found, side, len(each))) for side, each in enumerate((one, two)))
    return Verdict(relation, similarity, part, (theirs, mine) if turned else (mine, theirs), names)


def _relation(seen: Shared, union: int, config: DuplicatesConfig) -> tuple[Relation | None, bool]:
    """Return the relation, and whether the first text is a copy of a part."""
    if 100 * seen.both >= config.near_containment * seen.one > 0 or 100 * seen.covered >= config.near_coverage * seen.words > 0:
        return "near", 100 * seen.both <= PART * seen.two
    if 100 * seen.both >= config.near_similarity * union > 0:
        return "near", False
    return ("wire" if _is_version(seen, config) else None), False


def _stretch(inside: NDArray[np.bool_]) -> Stretch:
    places = np.flatnonzero(inside)
    if not len(places):
        return NOWHERE
    aside = len(places) // _TENTHS
    return Stretch(int(places[aside]), int(places[-1 - aside]) + 1, len(places))


def _is_version(seen: Shared, config: DuplicatesConfig) -> bool:
    """Tell whether a text retells the other: passages all over it or several quotations, and the same names."""
    if seen.spoken >= config.wire_quotations and 100 * seen.alike >= config.wire_names * seen.named > 0:
        return 100 * seen.covered >= config.wire_coverage * seen.words // 2
    if seen.passages < config.wire_passages or seen.spread < config.wire_spread:
        return False
    if seen.named < FEW_NAMES:
        return 100 * seen.covered >= 2 * config.wire_coverage * seen.words
    return 100 * seen.covered >= config.wire_coverage * seen.words and 100 * seen.alike >= config.wire_names * seen.named


def _separate(ranges: NDArray[np.int64]) -> int:
    """Count long passages. Pieces of one block that both texts have in one place are one: phrases that stand twice break it up."""
    lengths = ranges[:, 1] - ranges[:, 0]
    if not len(ranges) or lengths.max() < LONG:
        return 0
    line = ranges[:, 2] - ranges[:, 0]
    return 1 + int(((lengths >= LONG) & (abs(line - line[lengths.argmax()]) > GAP)).sum())


def _quoted(tokens: Tokens, ranges: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which ranges of tokens are mostly within quotations."""
    before = np.append(0, np.cumsum((tokens.flags & QUOTED) > 0))
    mostly: NDArray[np.bool_] = 2 * (before[ranges[:, 1]] - before[ranges[:, 0]]) > ranges[:, 1] - ranges[:, 0]
    return mostly


def _is_common(one: Tokens, found: NDArray[np.int64], common: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Tell for each passage whether at least half of its sampled shingles are common, and one of them at least."""
    hashes = shingles(one)
    place = np.minimum(np.searchsorted(common, hashes), len(common) - 1)
    hits = np.append(0, np.cumsum(common[place] == hashes))
    samples = np.append(0, np.cumsum(hashes <= np.uint64(LIMIT)))
    last = np.maximum(found[:, 0] + 1, found[:, 1] - WORDS + 1)
    hit = hits[last] - hits[found[:, 0]]
    common_ones: NDArray[np.bool_] = (hit > 0) & (2 * hit >= samples[last] - samples[found[:, 0]])
    return common_ones


def _without(tokens: Tokens, side: int, gone: NDArray[np.int64], found: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return the shingles of a text that do not lie within common passages."""
    count = whole(tokens)
    outside = ~covered(gone, side, len(tokens))[:count] | covered(found, side, len(tokens))[:count]
    return np.unique(shingles(tokens)[:count][outside])


def _names(one: Tokens, two: Tokens) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return the names and numbers of both texts: what neither ever writes without a capital or a digit in front."""
    small = np.union1d(one.hashes[one.flags & NAMED == 0], two.hashes[two.flags & NAMED == 0])
    mine, theirs = (np.setdiff1d(each.hashes[(each.flags & NAMED) > 0], small) for each in (one, two))
    return mine, theirs
