"""How sure the model must be on a page, given how sure it is on the page as a whole.

For a score that is F1 over words, keeping a block is right when its probability is above half of the F1 that the page will reach (Lipton,
Elkan and Naryanaswamy, "Optimal thresholding of classifiers to maximize F1 measure", 2014): on a page on which the model is at a loss,
a block with 30% is worth keeping; on a clear page it must have nearly 50%.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEP = 250
FINE = 50
LOWEST, HIGHEST = -1500, 300
"""Bounds of the threshold: calibration is poor far from zero."""
_LOW = (2, 2, 3, 4, 5, 7, 9, 11, 14, 18, 23, 29, 37, 47, 60, 76, 95, 119, 148, 182, 223, 269, 321, 378, 438)
_PROBABILITY = np.array(
    [*_LOW, 500, *(1000 - value for value in reversed(_LOW))],
    dtype=np.int64,
)
"""The logistic function in thousandths at -6250, -6000 … 6250 thousandths of log odds."""


def best_threshold(scores: NDArray[np.int64], words: NDArray[np.int64], floor: int = 0) -> int:
    """The threshold with the highest expected F1.

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


def _suffix_sums(below: NDArray[np.int64], amounts: NDArray[np.int64], steps: int) -> NDArray[np.int64]:
    """Of every threshold, lowest first, the amounts of the blocks above it; `below` counts the thresholds under each block's score."""
    counts = np.bincount(below, weights=amounts, minlength=steps + 1).astype(np.int64)
    return counts[::-1].cumsum()[::-1][1:]
