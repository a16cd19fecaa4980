"""How a block's score stands among the scores of its page: what the second forest of the line model sees.

Scores of different pages are not alike: on one page every paragraph scores 4 and every caption 1.5, on another the paragraphs score 1.
A score that lies far below those of the page's other likely paragraphs, or of the paragraphs right around it, is a caption or a box
more often than its value by itself would say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline.forests.expected_f1 import likelihood
from pipeline.strip.line_features import LINE_FEATURES

if TYPE_CHECKING:
    from pipeline.text.characters import Ints

_CLEAR = 6000
_CLOSED = -7000
_OUTSIDE = -9000
"""Scores are cut at the first; a block that is not asked has the second, one outside the page the third."""
_LIKELY = 1500
_DOUBTFUL = 1000
_WORDS = 60
_NEAR = (1, 2, 3, 4)
_SHARES = (10, 25, 50, 75)
_REACH = (6, 15)
_TAKEN_OVER = (
    "chars", "words", "prose", "verdict", "spoken", "tone_mean", "last", "kind", "capitals", "stops", "title_words", "topic",
    "in_core", "from_title", "chars_to_usual", "run_lines", "run_index", "run_from_end", "core_share", "page_taken", "blocks",
    "english", "same", "colons",
)  # fmt: skip
STANDING = (
    "score",
    *(f"score{side}{step}" for step in _NEAR for side in "-+"),
    *(name for share in _SHARES for name in (f"quantile_{share}", f"over_quantile_{share}")),
    *(name for reach in _REACH for name in (f"mean_{reach}", f"over_mean_{reach}", f"kept_{reach}")),
    "rank", "after_first", "before_last", "likely", "doubtful",
    *_TAKEN_OVER,
)  # fmt: skip
"""Columns of `standing`, in order: the score and those of the neighbours, where it stands among the page's and the surrounding likely
blocks, and some columns of the first forest."""
_COLUMNS = [LINE_FEATURES.index(name) for name in _TAKEN_OVER]
_WORDS_COLUMN = LINE_FEATURES.index("words")


def standing(scores: np.ndarray, asked: np.ndarray, rows: Ints) -> Ints:
    """One row for each block that is asked.

    Args:
        scores: The first forest's scores of the blocks that are asked, at least one, in thousandths of log odds.
        asked: The numbers of these blocks on the page, in order.
        rows: The first forest's features of all blocks of the page.

    Returns:
        Rows by `STANDING`.
    """
    count = len(rows)
    cut = np.clip(scores, -_CLEAR, _CLEAR).astype(np.int64)
    padded = np.full(count + 2 * _NEAR[-1], _OUTSIDE, dtype=np.int64)
    padded[_NEAR[-1] : _NEAR[-1] + count] = _CLOSED
    padded[_NEAR[-1] + asked] = cut
    words = np.clip(rows[asked, _WORDS_COLUMN], 1, _WORDS).astype(np.int64)
    columns: list[np.ndarray | int] = [cut]
    for step in _NEAR:
        columns += [padded[asked + _NEAR[-1] - step], padded[asked + _NEAR[-1] + step]]
    columns += _among(cut, words)
    columns += _around(cut, asked, count)
    columns += _ends(cut, asked, count)
    table = np.empty((len(STANDING), len(asked)), dtype=np.int32)
    for row, column in zip(table, columns, strict=False):
        row[:] = column
    table[len(columns) :] = rows.T[_COLUMNS][:, asked]
    return table.T


def _among(scores: np.ndarray, words: np.ndarray) -> list[np.ndarray | int]:
    """Scores below which a share of the page's expected words of article stand, and how far above them each block is."""
    order = np.argsort(scores, kind="stable")
    ranked = scores[order]
    expected = np.cumsum((likelihood(scores, 12) * words)[order])
    columns: list[np.ndarray | int] = []
    for share in _SHARES:
        quantile = int(ranked[min(int(np.searchsorted(expected, expected[-1] * share // 100)), len(ranked) - 1)])
        columns += [quantile, scores - quantile]
    return columns


def _around(scores: np.ndarray, asked: np.ndarray, count: int) -> list[np.ndarray | int]:
    """The mean of the positive scores in the neighbourhood, how far above it each block is, and how many they are."""
    positive, number = np.zeros(count + 1, dtype=np.int64), np.zeros(count + 1, dtype=np.int64)
    positive[asked + 1] = np.maximum(scores, 0)
    number[asked + 1] = scores > 0
    positive, number = np.cumsum(positive), np.cumsum(number)
    columns: list[np.ndarray | int] = []
    for reach in _REACH:
        first, last = np.maximum(asked - reach, 0), np.minimum(asked + reach + 1, count)
        near = number[last] - number[first]
        mean = (positive[last] - positive[first]) // np.maximum(near, 1)
        columns += [mean, scores - mean, near]
    return columns


def _ends(scores: np.ndarray, asked: np.ndarray, count: int) -> list[np.ndarray | int]:
    """The share of blocks with a lower score, how far the first and the last likely block are, how many are likely and doubtful."""
    likely = asked[scores > _LIKELY]
    first, last = (int(likely[0]), int(likely[-1])) if len(likely) else (count, -1)
    rank = np.searchsorted(np.sort(scores), scores) * 100 // len(scores)
    return [rank, asked - first, last - asked, len(likely), int((np.abs(scores) < _DOUBTFUL).sum())]
