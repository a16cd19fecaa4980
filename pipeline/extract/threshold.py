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
LOWEST, HIGHEST = -1500, 300
"""Bounds of the threshold: calibration is poor far from zero."""
_PROBABILITY = np.array(
    [2, 2, 3, 4, 5, 7, 9, 11, 14, 18, 23, 29, 37, 47, 60, 76, 95, 119, 148, 182, 223, 269, 321, 378, 438]
    + [500, 562, 622, 679, 731, 777, 818, 852, 881, 905, 924, 940, 953, 963, 971, 977, 982, 986, 989, 991, 993, 995, 996, 997, 998, 998],
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
    best, chosen = -1, 0
    for threshold in range(HIGHEST, LOWEST - 1, -STEP // 5):
        kept = scores > threshold
        hits, size = int(expected[kept].sum()), int(words[kept].sum())
        value = 2 * hits * 1_000_000 // max(1, 1000 * size + total)
        if value > best:
            best, chosen = value, threshold
    return chosen + floor
