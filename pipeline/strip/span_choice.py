"""Which spans leave a text, given their scores: certain ones only, none out of a list, and never much of what may be the article.

A wrong cut costs more than a label that stays, and what is lost wrongly is lost in a few texts: lists of entries, schedules, subheadings,
texts of a kind that the model hardly knows. So a span needs a clear score, a clearer one in a text that shows no furniture; an entry
between entries that stay, stays; and the words of article that a text may lose, by the model's own doubt, are limited.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline.forests.expected_f1 import likelihood
from pipeline.strip.page import ends_sentence
from pipeline.strip.parallel_lines import whole_runs

if TYPE_CHECKING:
    from pipeline.strip.span_features import Parts
    from pipeline.text.characters import Ints

SIGNS = 3
"""A text shows furniture when so many of its blocks were taken, spans named by rules, or spans scored clearly below zero."""
LIMIT, LIMIT_CLEAN, LIMIT_ENTRY = 2300, 3300, 4000
"""Scores, in thousandths of log odds below zero, that a span needs in a text with furniture, in one without, and as an entry of a list.
Chosen out of fold on 180 texts as scrapers saved them and 804 annotated bodies: with 2,000 for the first, recall is .01 more, and four
more of the texts lose over 2% of their article; with 2,500 for the second and one sign for three, fifteen more bodies do."""
_RUN = 4
"""Short lines without an end that make a run."""
LOSS = 30
"""How much of the article, in thousandths of its characters, may be lost by the scores' own account."""
_CLEAR = 2500
_SHORT = 120
_SPREAD = 10


def leave(parts: Parts, asked: np.ndarray, scores: Ints) -> np.ndarray:
    """Choose the spans that leave.

    Args:
        parts: The text's spans.
        asked: The numbers of those that were scored, in order.
        scores: Their scores, in thousandths of log odds of article.

    Returns:
        A boolean for each of `asked`.
    """
    spoken = np.array([bool(parts.spoken[place]) for place in asked.tolist()], dtype=bool)
    shown = sum(map(bool, parts.draft.verdict)) + int(spoken.sum()) + int((scores < -_CLEAR).sum()) >= SIGNS
    gone = scores < -(LIMIT if shown else LIMIT_CLEAN)
    if not gone.any():
        return gone
    gone &= ~(_entries(parts, asked, gone, spoken) & (scores > -LIMIT_ENTRY))
    stays = list(whole_runs(parts.draft, set(parts.block[asked[gone]].tolist())))
    gone &= ~np.isin(parts.block[asked], stays)
    return _within_budget(parts, asked, scores, gone)


def _entries(parts: Parts, asked: np.ndarray, gone: np.ndarray, spoken: np.ndarray) -> np.ndarray:
    """Which spans are short lines between short lines that stay, or lines of a run of such without an end that no rule speaks for."""
    short = (parts.ends[asked] - parts.starts[asked] <= _SHORT) & parts.alone()[asked]
    stays = np.concatenate([[False], short & ~gone, [False]])
    found: np.ndarray = short & stays[:-2] & stays[2:]
    label = np.array([not ends_sentence(parts.texts[place]) for place in asked.tolist()], dtype=bool) & short
    edges = np.flatnonzero(np.diff(np.concatenate([[False], label, [False]]).astype(np.int8)))
    for first, after in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if after - first >= _RUN:
            found[first:after] |= ~spoken[first:after]
    return found


def _within_budget(parts: Parts, asked: np.ndarray, scores: Ints, gone: np.ndarray) -> np.ndarray:
    """The least likely of the chosen spans, as long as the article that they may hold stays within the budget."""
    size = (parts.ends[asked] - parts.starts[asked]).astype(np.int64)
    risk = likelihood(scores, _SPREAD) * size
    order = np.argsort(scores, kind="stable")
    order = order[gone[order]]
    most = int(risk.sum()) * LOSS // 1000
    kept = np.zeros(len(scores), dtype=bool)
    kept[order[np.cumsum(risk[order]) <= most]] = True
    return kept
