"""Train the pair model: `python -m training.text_pairs CORPORA`.

Rows are the neighbouring lines of naive dumps; two lines are one paragraph when the page's markup had them in one block element with
no `<br>` between. Pairs inside the annotated body weigh most. The annotated bodies themselves, one paragraph a line and hard-wrapped,
teach the model what whole lines and wrapped lines look like. Five fold models and the shipped one over all pages are written.
"""

from __future__ import annotations

import sys
import textwrap
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.chars import classify
from pipeline.segment.features import PAIR_FEATURES, pair_features
from pipeline.segment.lines import split_lines
from pipeline.trees import load_forest
from training.boost import BoostConfig, encode, train
from training.text_dumps import Dump, read_dumps, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FOLDS = 5
CONFIG = BoostConfig(trees=60, num_leaves=8, learning_rate=0.15, min_data_in_leaf=60)
BODY_WEIGHT = 1.0
"""Weight of a pair whose two lines both stand in the annotated body."""
OTHER_WEIGHT = 0.15
"""Weight of any other pair: menus and footers, where a wrong join costs little."""


@dataclass(slots=True)
class PairRows:
    """Pairs of one page: features, labels, weights, and which of them lie inside the annotated body."""

    corpus: str
    fold: int
    features: np.ndarray
    labels: np.ndarray
    weights: np.ndarray
    body: np.ndarray


class GoldBreaks:
    """The annotated body as words, to ask whether two lines follow each other in it, and with a break between or not."""

    def __init__(self, gold: str) -> None:
        self._stream = " ¶ ".join(" ".join(words(line)) for line in gold.split("\n") if line.strip())
        self._stream = f" {self._stream} "

    def joined(self, first: list[str], second: list[str]) -> bool | None:
        """Whether the end of `first` and the start of `second` are one paragraph; None where they do not follow each other."""
        if not first or not second:
            return None
        head, tail = " ".join(first[-5:]), " ".join(second[:5])
        if f" {head} {tail} " in self._stream:
            return True
        if f" {head} ¶ {tail} " in self._stream:
            return False
        return None


def dump_rows(page: Dump) -> PairRows | None:
    """The pairs of a naive dump."""
    lines = split_lines(page.text)
    if len(lines) < 2:
        return None
    line_starts = [0]
    for row in page.text.split("\n"):
        line_starts.append(line_starts[-1] + len(row) + 1)
    block = [page.blocks[bisect_right(line_starts, line.start) - 1] for line in lines]
    asked = np.array([a.run == b.run for a, b in zip(lines, lines[1:], strict=False)])
    features = pair_features(page.text, classify(page.text), lines)
    labels = np.array([a == b for a, b in zip(block, block[1:], strict=False)], dtype=np.int32)
    body = np.zeros(len(labels), dtype=bool)
    if page.gold:
        gold = GoldBreaks((page.summary + "\n" + page.gold) if page.summary else page.gold)
        bags = [words(page.text[line.start : line.end]) for line in lines]
        for at, (first, second) in enumerate(zip(bags, bags[1:], strict=False)):
            said = gold.joined(first, second)
            if said is not None:
                body[at] = True
                if page.corpus.startswith("fundus"):
                    labels[at] = said
    weights = np.where(body, BODY_WEIGHT, OTHER_WEIGHT)
    return PairRows(page.corpus, page.fold, features[asked], labels[asked], weights[asked], body[asked])


def clean_rows(page: Dump) -> Iterable[PairRows]:
    """The pairs of the annotated body by itself: one paragraph a line, and for every third page wrapped at 64 to 80 columns."""
    paragraphs = [line.strip() for line in (page.gold or "").split("\n") if line.strip()]
    versions = [("\n".join(paragraphs), [0] * (len(paragraphs) - 1))]
    if int(page.page, 16) % 3 == 0:
        width = 64 + int(page.page, 16) % 17
        wrapped = [textwrap.wrap(paragraph, width) or [paragraph] for paragraph in paragraphs]
        rows = [line for part in wrapped for line in part]
        versions.append(("\n".join(rows), [int(at < len(part) - 1) for part in wrapped for at in range(len(part))][:-1]))
    for text, labels in versions:
        lines = split_lines(text)
        if len(lines) >= 2 and len(lines) == len(labels) + 1:
            features = pair_features(text, classify(text), lines)
            size = len(labels)
            yield PairRows("clean", page.fold, features, np.array(labels, np.int32), np.full(size, 0.3), np.zeros(size, bool))


def collect(pages: Iterable[Dump]) -> list[PairRows]:
    """All rows of all pages."""
    rows: list[PairRows] = []
    for page in pages:
        own = dump_rows(page)
        if own is not None:
            rows.append(own)
        if page.gold:
            rows.extend(clean_rows(page))
    return rows


def fit(rows: Sequence[PairRows]) -> bytes:
    """Train on rows and return the model file."""
    spec = train(
        np.concatenate([row.features for row in rows]),
        np.concatenate([row.labels for row in rows]),
        PAIR_FEATURES,
        weights=np.concatenate([row.weights for row in rows]),
        config=CONFIG,
    )
    return encode(spec)


def report(rows: Sequence[PairRows], models: Sequence[bytes]) -> str:
    """Out-of-fold share of pairs that are right, inside the body and in all, by corpus."""
    right: dict[tuple[str, str], list[int]] = {}
    forests = [load_forest(model) for model in models]
    for row in rows:
        hits = (forests[row.fold].score(row.features) > 0) == (row.labels == 1)
        for part, chosen in (("all", np.ones(len(hits), bool)), ("body", row.body)):
            tally = right.setdefault((row.corpus, part), [0, 0])
            tally[0] += int(hits[chosen].sum())
            tally[1] += int(chosen.sum())
    return "\n".join(f"{corpus:12} {part:5} pairs {n:7} right {hit / max(n, 1):.4f}" for (corpus, part), (hit, n) in sorted(right.items()))


def main() -> None:
    """Read the corpora named on the command line, train, print the out-of-fold score, write the models."""
    corpora = Path(sys.argv[1])
    rows = collect(page for corpus in ("wcxb-dev", "fundus-dev") for page in read_dumps(corpora, corpus))
    folds = [fit([row for row in rows if row.fold != fold]) for fold in range(FOLDS)]
    print(report(rows, folds))
    root = Path(__file__).resolve().parent
    (root / "models").mkdir(exist_ok=True)
    for fold, model in enumerate(folds):
        (root / "models" / f"text_pairs.{fold}.json").write_bytes(model)
    (root.parent / "pipeline" / "models" / "text_pairs.json").write_bytes(fit(rows))


if __name__ == "__main__":
    main()
