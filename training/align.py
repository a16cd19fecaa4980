"""Label a page's blocks by its gold text: which blocks did the annotators keep?

Long blocks are found by their four-word sequences and put into the order that covers most of the gold text; a block that is
contained in the gold but lies outside that order is a second copy (a teaser of the opening, say), unless its words are missing
otherwise. Short blocks ("Read more", "1999") say nothing by themselves: they count as kept if they stand in the gold between the
places of their kept neighbours.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.text.folding import WORD

if TYPE_CHECKING:
    from collections.abc import Sequence

GRAM = 4
CONTAINED = 0.5


@dataclass(slots=True)
class _Match:
    block: int
    start: int
    words: int


def words(text: str) -> list[str]:
    """Words in lower case; characters of scripts without spaces one by one.

    >>> words("Ab-c 中文")
    ['ab', 'c', '中', '文']
    """
    return WORD.findall(text.lower())


def label(blocks: Sequence[str], gold: str) -> list[float]:
    r"""Say of every block how much of it is gold.

    Args:
        blocks: the blocks' texts in document order.
        gold: the gold text.

    Returns:
        One number a block, from 0 (not in the gold) to 1.

    >>> label(["Home", "A long sentence of the body stands here.", "Ad", "And another one follows right here.", "Home"],
    ...       "A long sentence of the body stands here.\nAnd another one follows right here.")
    [0.0, 1.0, 0.0, 1.0, 0.0]
    """
    want = words(gold)
    have = [words(block) for block in blocks]
    places: dict[tuple[str, ...], list[int]] = {}
    for start in range(len(want) - GRAM + 1):
        places.setdefault(tuple(want[start : start + GRAM]), []).append(start)
    scores, candidates = _long_blocks(have, places)
    chain = _best_chain(candidates, [len(block) for block in have])
    kept = {match.block for match in chain}
    covered = _covered(chain, len(want))
    for number, score in enumerate(scores):
        if score >= CONTAINED and number not in kept:
            best = min((sum(covered[m.start : m.start + m.words]) / max(1, m.words) for m in candidates if m.block == number), default=1.0)
            scores[number] = score if best < CONTAINED else 0.0
    _short_blocks(have, want, chain, scores)
    return scores


def _long_blocks(have: list[list[str]], places: dict[tuple[str, ...], list[int]]) -> tuple[list[float], list[_Match]]:
    """The share of each long block's four-word sequences that occur in the gold, and where contained blocks may lie."""
    scores: list[float] = []
    candidates: list[_Match] = []
    for number, block in enumerate(have):
        grams = [tuple(block[start : start + GRAM]) for start in range(len(block) - GRAM + 1)]
        hits = [start for start, gram in enumerate(grams) if gram in places]
        score = len(hits) / len(grams) if grams else 0.0
        scores.append(score)
        if score >= CONTAINED:
            begins = sorted({max(0, place - start) for start in (hits[0], hits[len(hits) // 2]) for place in places[grams[start]][:8]})
            candidates.extend(_Match(number, begin, len(block)) for begin in begins)
    return scores, candidates


def _best_chain(candidates: list[_Match], sizes: list[int]) -> list[_Match]:
    """The longest chain, in words, of candidates that follow one another both on the page and in the gold."""
    ends: list[int] = sorted({match.start + match.words for match in candidates})
    tree: list[tuple[int, int]] = [(0, -1)] * (len(ends) + 1)
    back: list[int] = []
    best = (0, -1)

    def query(limit: int) -> tuple[int, int]:
        found = (0, -1)
        while limit > 0:
            found = max(found, tree[limit])
            limit -= limit & -limit
        return found

    pending: list[tuple[int, tuple[int, int]]] = []
    block = -1
    for number, match in enumerate(candidates):
        if match.block != block:
            for first, value in pending:
                place = first
                while place <= len(ends):
                    tree[place] = max(tree[place], value)
                    place += place & -place
            pending, block = [], match.block
        slack = match.start + min(3, match.words // 4)
        total, previous = query(bisect_left(ends, slack + 1))
        back.append(previous)
        value = (total + sizes[match.block], number)
        pending.append((bisect_left(ends, match.start + match.words) + 1, value))
        best = max(best, value)
    chain: list[_Match] = []
    at = best[1]
    while at >= 0:
        chain.append(candidates[at])
        at = back[at]
    return chain[::-1]


def _covered(chain: list[_Match], size: int) -> list[int]:
    covered = [0] * size
    for match in chain:
        for place in range(match.start, min(size, match.start + match.words)):
            covered[place] = 1
    return covered


def _short_blocks(have: list[list[str]], want: list[str], chain: list[_Match], scores: list[float]) -> None:
    """Decide on blocks of fewer than four words by the gold between their neighbours; changes `scores`."""
    bounds = [(-1, 0, 0), *((m.block, m.start, m.start + m.words) for m in chain), (len(have), len(want), len(want))]
    for (before, _, low), (after, high, _) in pairwise(bounds):
        at = max(0, low - 2)
        for number in range(before + 1, after):
            block = have[number]
            if not block or len(block) >= GRAM:
                continue
            found = _find(want, block, at, min(high + 2, at + 60 if before >= 0 else high + 2))
            if found >= 0:
                scores[number] = 1.0
                at = found + len(block)


def _find(want: list[str], block: list[str], low: int, high: int) -> int:
    for start in range(low, min(high, len(want)) - len(block) + 1):
        if want[start : start + len(block)] == block:
            return start
    return -1
