"""Learn what the names in markup and the words of short blocks say about a block: target statistics, one vote a domain.

A table must never be learned from the page it is applied to in training, or the trees would trust it too much; `training.html` crosses
the folds for that.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from pipeline.extract.markup_names import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.extract.page_layout import Layout

MIN_DOMAINS = 6
SMOOTHING = 3.0
UNIT = 50
"""Units of a score in one unit of log odds."""
MIN_SCORE = 20
SHORT_WORDS = 25
_WORD = re.compile(r"[^\W\d_]{2,}")

Votes = dict[str, tuple[float, float]]


def name_votes(layout: Layout, labels: Sequence[float]) -> Votes:
    """Of every name in a page's markup: the gold characters and all characters inside the elements that carry it."""
    gold, total = [0.0], [0]
    for start, end, label in zip(layout.starts, layout.ends, labels, strict=True):
        gold.append(gold[-1] + (end - start) * label)
        total.append(total[-1] + end - start)
    known = [names(attributes) for attributes in layout.attributes]
    votes: dict[str, tuple[float, float]] = {}
    for tag, attributes, first, end in zip(
        layout.element_tags, layout.element_attributes, layout.element_firsts, layout.element_ends, strict=True
    ):
        if tag in ("html", "body") or end == first:
            continue
        for name in known[attributes]:
            had = votes.get(name, (0.0, 0.0))
            votes[name] = (had[0] + gold[end] - gold[first], had[1] + total[end] - total[first])
    return votes


def word_votes(texts: Sequence[str], labels: Sequence[float]) -> Votes:
    """Of every word in a page's short blocks: the number of gold blocks and of all blocks that have it."""
    votes: dict[str, tuple[float, float]] = {}
    for text, label in zip(texts, labels, strict=True):
        found = _WORD.findall(text.lower())
        if len(found) <= SHORT_WORDS:
            for word in set(found):
                had = votes.get(word, (0.0, 0.0))
                votes[word] = (had[0] + label, had[1] + 1)
    return votes


def scores(pages: Iterable[tuple[str, Votes]], *, min_domains: int = MIN_DOMAINS, min_score: int = MIN_SCORE) -> dict[str, int]:
    """Turn votes into scores.

    Args:
        pages: of every page, its domain and its votes.
        min_domains: a name seen on fewer domains gets no score.
        min_score: a score nearer to zero is left out.

    Returns:
        Log odds against the average name, in 1 / `UNIT`.
    """
    shares: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for domain, votes in pages:
        for name, (gold, total) in votes.items():
            if total:
                shares[name][domain].append(gold / total)
    means = {name: [sum(page) / len(page) for page in domains.values()] for name, domains in shares.items()}
    means = {name: votes for name, votes in means.items() if len(votes) >= min_domains}
    if not means:
        return {}
    prior = sum(map(sum, means.values())) / sum(map(len, means.values()))
    result = {}
    for name, domain_shares in sorted(means.items()):
        share = (sum(domain_shares) + SMOOTHING * prior) / (len(domain_shares) + SMOOTHING)
        score = round(UNIT * (_logit(share) - _logit(prior)))
        if abs(score) >= min_score:
            result[name] = score
    return result


def _logit(share: float) -> float:
    share = min(max(share, 0.01), 0.99)
    return math.log(share / (1 - share))
