"""Which blocks to keep, given how likely each of them is article: the one home of this choice for pages and for texts.

A fixed threshold is wrong twice: on a page that the model is sure of it keeps labels, on one that it doubts (a guide made of short
lines, a language that it hardly knows) it throws the article away. What is wanted is the set of blocks with the best expected F1 of
words; for independent blocks that set is a prefix of the blocks in falling order of probability, and one pass finds it (Lipton, Elkan
and Naryanaswamy, "Optimal thresholding of classifiers to maximize F1 measure", 2014). Keeping a block is right when its probability is
above half of the F1 that the page will reach: where the model is at a loss, a block with 30% is worth keeping; on a clear page it must
have nearly 50%. A text takes that set as it is (`choose`); a page takes the threshold behind it within bounds (`best_threshold`), because
the user's settings move it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pipeline.text.characters import Ints

_BELOW = (
    25, 27, 30, 33, 37, 41, 45, 50, 55, 61, 67, 74, 82, 90, 100, 110, 121, 134, 148, 163, 180, 198, 219, 241, 266, 293, 323, 356,
    392, 431, 474, 522, 573, 630, 691, 759, 832, 911, 998, 1091, 1192, 1301, 1419, 1545, 1680, 1824, 1978, 2142, 2315, 2497,
    2689, 2891, 3100, 3318, 3543, 3775, 4013, 4256, 4502, 4750, 5000,
)  # fmt: skip
_LOGISTIC = np.array([*_BELOW, *(10_000 - value for value in reversed(_BELOW[:-1]))], dtype=np.int64)
"""10,000 times the logistic function at -6.0, -5.9, ... 6.0; integers, so that every machine chooses alike."""
_MOST_WORDS = 400
FINE = 50
"""Step of a page's threshold, in thousandths of log odds."""
LOWEST, HIGHEST = -1500, 300
"""Bounds of a page's threshold: calibration is poor far from zero."""
STEP = 250
"""Width of the steps in which a page's scores are read, in thousandths of log odds; the page's bounds were chosen with it."""
_LOW = (2, 2, 3, 4, 5, 7, 9, 11, 14, 18, 23, 29, 37, 47, 60, 76, 95, 119, 148, 182, 223, 269, 321, 378, 438)
_PROBABILITY = np.array(
    [*_LOW, 500, *(1000 - value for value in reversed(_LOW))],
    dtype=np.int64,
)
"""The logistic function in thousandths at -6250, -6000 … 6250 thousandths of log odds."""


def likelihood(scores: Ints, spread: int) -> np.ndarray:
    """10,000 times the likelihood of article of each score, given in thousandths of log odds; `spread` as in `choose`."""
    found: np.ndarray = _LOGISTIC[_tenths(scores, spread)]
    return found


def _tenths(scores: Ints, spread: int) -> np.ndarray:
    found: np.ndarray = np.clip(scores.astype(np.int64) // (10 * spread), -60, 60) + 60
    return found


def best_threshold(scores: np.ndarray, words: np.ndarray, floor: int = 0) -> int:
    """Return the threshold with the highest expected F1 over words.

    Args:
        scores: of every block, in thousandths of log odds.
        words: of every block.
        floor: what the user's settings add: a positive value keeps less.

    Returns:
        A threshold: blocks with a higher score are kept.

    >>> words = np.array([50, 50, 50, 50])
    >>> best_threshold(np.array([3000, 2500, -400, -6000]), words), best_threshold(np.array([400, -500, -700, -6000]), words)
    (300, -750)
    """
    places = np.clip((scores + STEP // 2) // STEP + 25, 0, len(_PROBABILITY) - 1)
    expected = _PROBABILITY[places] * words
    total = int(expected.sum())
    steps = (HIGHEST - LOWEST) // FINE + 1
    below = np.clip(-((LOWEST - scores) // FINE), 0, steps)
    hits = _suffix_sums(below, expected, steps)
    size = _suffix_sums(below, words, steps)
    value = 2_000_000 * hits // np.maximum(1000 * size + total, 1)
    return HIGHEST - FINE * int(np.argmax(value[::-1])) + floor


def _suffix_sums(below: np.ndarray, amounts: np.ndarray, steps: int) -> np.ndarray:
    """Of every threshold, lowest first, the amounts of the blocks above it; `below` counts the thresholds under each block's score."""
    counts = np.bincount(below, weights=amounts, minlength=steps + 1).astype(np.int64)
    return counts[::-1].cumsum()[::-1][1:]


def choose(scores: Ints, words: Ints, spread: int) -> np.ndarray:
    """Choose the blocks to keep.

    Args:
        scores: One a block, in thousandths of log odds.
        words: The number of words of each block; a block without a word counts as one.
        spread: The tenths by which scores are divided before they are read as log odds.

    Returns:
        A boolean for each block. Blocks of equal probability are all kept or all not.

    >>> choose(np.array([2000, -100, -5000]), np.array([50, 20, 20]), 10).tolist()
    [True, True, False]
    """
    if not len(scores):
        return np.zeros(0, dtype=bool)
    tenths = _tenths(scores, spread)
    likely = _LOGISTIC[tenths]
    size = np.clip(words, 1, _MOST_WORDS).astype(np.int64)
    order = np.argsort(-tenths, kind="stable")
    gained = np.cumsum((likely * size)[order])
    spent = np.cumsum(size[order])
    last = np.append(tenths[order][1:] != tenths[order][:-1], True)  # only between unequal blocks may the line be drawn
    value = np.where(last, 2 * gained / (10_000 * spent + gained[-1]), 0.0)
    kept = np.zeros(len(scores), dtype=bool)
    kept[order[: int(np.argmax(value)) + 1]] = True
    return kept


_MOSTLY = 75
"""Percentage of the blocks asked about above which a page is nearly all article; on naive dumps of whole pages menus outnumber them."""
_CLEARLY = 1500
"""How far below zero, in thousandths of log odds, the score of a block must lie to leave such a page.

Both numbers were set once, for a paragraph that two trainings of the same model judged 0.8 apart; on the naive dumps of the
development pages they change no score by more than 0.0001."""


def spare(scores: Ints, keep: np.ndarray) -> np.ndarray:
    """Keep doubtful blocks too where nearly all others stay: somebody has taken the page's furniture out before.

    The models were trained on whole pages; the few blocks that they would take from an extract are mostly its weakest paragraphs.

    >>> spare(np.array([900, 800, 700, -700, -1800]), np.array([True, True, True, False, False])).tolist()
    [True, True, True, False, False]
    >>> spare(np.array([900, 800, 700, 600, -700]), np.array([True, True, True, True, False])).tolist()
    [True, True, True, True, True]
    """
    if int(keep.sum()) * 100 < len(keep) * _MOSTLY:
        return keep
    spared: np.ndarray = keep | (scores > -_CLEARLY)
    return spared
