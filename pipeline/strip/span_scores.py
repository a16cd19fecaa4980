"""How a span's score stands among the scores of its text: what the second forest of the span model sees.

Furniture comes in stretches: a box has a heading, entries and a button, a release ends in contacts. And texts differ: in one every
sentence scores 4 and every caption 1.5, in another the sentences score 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline.strip.span_features import SPAN_FEATURES

if TYPE_CHECKING:
    from pipeline.text.characters import Ints

_CLEAR = 8000
_CLOSED = -7000
_OUTSIDE = -9000
"""Scores are cut at the first; a span that is not asked has the second, one outside the text the third."""
_NEAR = (1, 2, 3, 4)
_REACH = (5, 15)
_SHARES = (5, 15, 30, 50)
_TAKEN_OVER = (
    "chars", "words", "first", "last", "verdict", "spoken", "kind", "index_in_block", "left_in_block", "spans_in_block", "share_of_block",
    "break_before", "break_after", "table", "table_max", "table_min", "long_words", "said_after", "said_before", "said_nowhere",
    "names", "names_near_after", "names_near_before", "pairs_after", "again_after", "again_before", "index", "from_end", "chars_before",
    "sentence", "alone", "run", "run_index", "head_far", "head_table", "head_colon", "mark_before", "mark_before_far", "mark_after",
    "mark_after_far", "taken_3", "taken_10", "spans", "per_block", "page_taken", "page_marks", "page_sentences", "asked", "line_score",
    "capitals", "digits",
)  # fmt: skip
SPAN_STANDING = (
    "score",
    *(f"score{side}{step}" for step in _NEAR for side in "-+"),
    *(name for reach in _REACH for name in (f"mean_{reach}", f"over_mean_{reach}")),
    *(name for share in _SHARES for name in (f"quantile_{share}", f"over_quantile_{share}")),
    "block_mean", "run_mean", "least_before", "least_after", "mean_before", "mean_after", "furniture", "doubtful", "rank",
    *_TAKEN_OVER,
)  # fmt: skip
"""Columns of `span_standing`, in order."""
_COLUMNS = [SPAN_FEATURES.index(name) for name in _TAKEN_OVER]
_CHARS, _RUN, _RUN_INDEX = (SPAN_FEATURES.index(name) for name in ("chars", "run", "run_index"))


def span_standing(scores: np.ndarray, asked: np.ndarray, block: Ints, rows: Ints) -> Ints:
    """One row for each span that is asked.

    Args:
        scores: The first forest's scores of the spans that are asked, at least one, in thousandths of log odds.
        asked: The numbers of these spans, in order.
        block: The block of every span.
        rows: The first forest's features of all spans.

    Returns:
        Rows by `SPAN_STANDING`.
    """
    count = len(rows)
    cut = np.clip(scores, -_CLEAR, _CLEAR).astype(np.int64)
    padded = np.full(count + 2 * _NEAR[-1], _OUTSIDE, dtype=np.int64)
    padded[_NEAR[-1] : _NEAR[-1] + count] = _CLOSED
    padded[_NEAR[-1] + asked] = cut
    columns: list[np.ndarray | int] = [cut]
    for step in _NEAR:
        columns += [padded[asked + _NEAR[-1] - step], padded[asked + _NEAR[-1] + step]]
    weight = np.clip(rows[asked, _CHARS], 10, 400).astype(np.int64)
    running = np.concatenate([[0], np.cumsum(cut * weight)])
    sizes = np.concatenate([[0], np.cumsum(weight)])
    index = np.arange(len(asked))
    for reach in _REACH:
        first, last = np.maximum(index - reach, 0), np.minimum(index + reach + 1, len(asked))
        mean = (running[last] - running[first]) // (sizes[last] - sizes[first])
        columns += [mean, cut - mean]
    order = np.argsort(cut, kind="stable")
    share = np.cumsum(weight[order])
    for part in _SHARES:
        quantile = int(cut[order][min(int(np.searchsorted(share, share[-1] * part // 100)), len(order) - 1)])
        columns += [quantile, cut - quantile]
    runs = np.cumsum(rows[:, _RUN_INDEX] == 0)[asked]
    columns += [_mean_of(block[asked], cut, weight), _mean_of(runs, cut, weight)]
    least = np.minimum.accumulate(cut)
    columns += [np.concatenate([[0], least[:-1]]), np.concatenate([[0], np.minimum.accumulate(cut[::-1])[:-1]])[::-1]]
    before, after = sizes[:-1], sizes[-1] - sizes[1:]
    columns += [running[:-1] // np.maximum(before, 1), (running[-1] - running[1:]) // np.maximum(after, 1)]
    furniture = int(weight[cut < -1000].sum()) * 1000 // int(sizes[-1])
    columns += [furniture, int(weight[np.abs(cut) < 1500].sum()) * 1000 // int(sizes[-1])]
    columns.append(np.searchsorted(cut[order], cut) * 100 // len(cut))
    table = np.empty((len(SPAN_STANDING), len(asked)), dtype=np.int32)
    for row, column in zip(table, columns, strict=False):
        row[:] = column
    table[len(columns) :] = rows.T[_COLUMNS][:, asked]
    return table.T


def _mean_of(groups: np.ndarray, values: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """The weighted mean of each value's group."""
    total = np.bincount(groups, weights=values * weight).astype(np.int64)
    size = np.bincount(groups, weights=weight).astype(np.int64)
    mean: np.ndarray = (total // np.maximum(size, 1))[groups]
    return mean
