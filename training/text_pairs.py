"""Train the pair model, a step of `training.rebuild`.

Rows are the neighbouring lines of naive dumps; two lines are one paragraph when the page's markup had them in one block element with
no `<br>` between. Pairs inside the annotated body weigh most. The annotated bodies themselves, one paragraph a line and hard-wrapped,
teach the model what whole lines and wrapped lines look like. Five fold models and the shipped one over all pages are written.
"""

from __future__ import annotations

import itertools
import textwrap
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from pipeline.forests.cascade import StagedSpec
from pipeline.segment.pair_features import PAIR_FEATURES, edge_words, pair_features
from pipeline.segment.pair_model import FORMAT, PairModel, PairModelFile
from pipeline.segment.split_lines import split_lines
from pipeline.text.characters import classify
from training.boost import BoostConfig, train
from training.corpora import FOLDS, FUNDUS, WCXB, learned_by
from training.text_dumps import Dump, read_dumps, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.segment.split_lines import Line
    from training.model_files import Places

FOLD_FILE = "text_pairs.{fold}.json"
"""The file of an out-of-fold model."""
CONFIG = BoostConfig(trees=300, num_leaves=16, learning_rate=0.07, min_data_in_leaf=60, feature_fraction=0.4)
FIRST_TREES = 100
DOUBT = 1500
"""The first trees, which every pair meets, and how clear (in thousandths of log odds) their answer must be to be the last word."""
BODY_WEIGHT = 1.0
"""Weight of a pair whose two lines both stand in the annotated body."""
EDGE_PRIOR = 2.0
EDGE_PAGES = 6
EDGE_LEAST = 3
EDGE_WORDS = 700
NEWS_WEIGHT = 2.0
"""The same on pages of the two smaller corpora, which are in many languages."""
LONG_BLOCK = 120
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
    first_words: list[str]
    last_words: list[str]
    last_of_pair: np.ndarray
    """For each row, the number of its first line among the words; the second line is the next."""


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
    asked = np.array([a.run == b.run for a, b in itertools.pairwise(lines)])
    features = pair_features(page.text, classify(page.text), lines, {}, {})
    labels = np.array([a == b for a, b in itertools.pairwise(block)], dtype=np.int32)
    body = np.zeros(len(labels), dtype=bool)
    if page.gold:
        gold = GoldBreaks((page.summary + "\n" + page.gold) if page.summary else page.gold)
        bags = [words(page.text[line.start : line.end]) for line in lines]
        for at, (first, second) in enumerate(itertools.pairwise(bags)):
            said = gold.joined(first, second)
            if said is not None:
                body[at] = True
                if page.corpus == FUNDUS:
                    labels[at] = said
    else:
        body = _in_prose(block, [page.text[line.start : line.end] for line in lines])
    weight = NEWS_WEIGHT if page.corpus != WCXB else BODY_WEIGHT
    weights = np.where(body, weight, OTHER_WEIGHT)
    places = np.flatnonzero(asked)
    return PairRows(page.corpus, page.fold, features[asked], labels[asked], weights[asked], body[asked], *_edges(page.text, lines), places)


def _edges(text: str, lines: Sequence[Line]) -> tuple[list[str], list[str]]:
    """The first and the last words of lines."""
    starts, ends = np.array([(line.start, line.end) for line in lines], dtype=np.int32).T
    return edge_words(text, classify(text), starts, ends)


def _in_prose(block: Sequence[int], lines: Sequence[str]) -> np.ndarray:
    """Pairs whose two lines both stand in block elements of prose: what the body of a page without annotation mostly is."""
    total: dict[int, int] = {}
    stops: dict[int, int] = {}
    for number, line in zip(block, lines, strict=True):
        total[number] = total.get(number, 0) + len(line)
        stops[number] = stops.get(number, 0) + sum(line.count(mark) for mark in ".,。、")
    prose = {number for number, size in total.items() if size >= LONG_BLOCK and stops[number] * 100 >= size}
    return np.array([a in prose and b in prose for a, b in itertools.pairwise(block)])


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
            features = pair_features(text, classify(text), lines, {}, {})
            size = len(labels)
            yield PairRows(
                "clean",
                page.fold,
                features,
                np.array(labels, np.int32),
                np.full(size, 0.3),
                np.zeros(size, bool),
                *_edges(text, lines),
                np.arange(size),
            )


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


def edge_tables(rows: Iterable[PairRows]) -> tuple[dict[str, int], dict[str, int]]:
    """What first and last words say, in tenths of log2 odds against the average pair: (`came_from`, `goes_on`)."""
    first: dict[str, list[float]] = {}
    last: dict[str, list[float]] = {}
    total = [EDGE_PRIOR, EDGE_PRIOR]
    for row in rows:
        if row.corpus == "clean":
            continue
        for place, label, weight in zip(row.last_of_pair, row.labels, row.weights, strict=True):
            total[label] += weight
            first.setdefault(row.first_words[place + 1], [0.0, 0.0, 0.0])[label] += weight
            last.setdefault(row.last_words[place], [0.0, 0.0, 0.0])[label] += weight
        for words_of, table, shift in ((row.first_words, first, 1), (row.last_words, last, 0)):
            for word in {words_of[place + shift] for place in row.last_of_pair}:
                table[word][2] += 1
    odds = total[1] / total[0]
    return _table(first, odds), _table(last, odds)


def _table(counts: dict[str, list[float]], odds: float) -> dict[str, int]:
    """The words on enough pages that lean clearly to one side, in alphabetical order."""
    scored = []
    for word, (apart, joined, pages) in counts.items():
        if pages < EDGE_PAGES:
            continue
        value = int(np.clip(round(10 * float(np.log2((joined + EDGE_PRIOR * odds) / (apart + EDGE_PRIOR) / odds))), -40, 40))
        if abs(value) >= EDGE_LEAST:
            scored.append((-abs(value) * min(pages, 40), word, value))
    return {word: value for _, word, value in sorted(sorted(scored)[:EDGE_WORDS], key=lambda entry: entry[1])}


def with_edges(row: PairRows, tables: tuple[dict[str, int], dict[str, int]]) -> np.ndarray:
    """A page's features with the edge columns filled in from tables that were counted elsewhere."""
    came = np.array([0, *(tables[0].get(word, 0) for word in row.first_words), 0, 0], dtype=np.int32)
    goes = np.array([0, *(tables[1].get(word, 0) for word in row.last_words), 0], dtype=np.int32)
    place = row.last_of_pair
    out = row.features.copy()
    at = PAIR_FEATURES.index("p_goes_on")
    columns = (goes[place], goes[place + 1], goes[place + 2], came[place + 1], came[place + 2], came[place + 3])
    for step, column in enumerate(columns):
        out[:, at + step] = column
    return out


def fit(rows: Sequence[PairRows]) -> bytes:
    """Train on rows and return the model file; the tables that a page's rows see are counted on the other folds' pages."""
    features = {}
    for part in sorted({row.fold for row in rows}):
        tables = edge_tables(row for row in rows if row.fold != part)
        features.update({id(row): with_edges(row, tables) for row in rows if row.fold == part})
    spec = train(
        np.concatenate([features[id(row)] for row in rows]),
        np.concatenate([row.labels for row in rows]),
        PAIR_FEATURES,
        weights=np.concatenate([row.weights for row in rows]),
        config=CONFIG,
    )
    came_from, goes_on = edge_tables(rows)
    staged = StagedSpec(first=FIRST_TREES, doubt=DOUBT, forest=spec)
    return msgspec.json.encode(PairModelFile(format=FORMAT, came_from=came_from, goes_on=goes_on, forest=staged))


def report(rows: Sequence[PairRows], models: Sequence[bytes]) -> str:
    """Out-of-fold share of pairs that are right, inside the body and in all, by corpus."""
    right: dict[tuple[str, str], list[int]] = {}
    loaded = [PairModel.read(model) for model in models]
    for row in rows:
        model = loaded[row.fold]
        hits = (model.forest.score(with_edges(row, (model.came_from, model.goes_on))) > 0) == (row.labels == 1)
        for part, chosen in (("all", np.ones(len(hits), bool)), ("body", row.body)):
            tally = right.setdefault((row.corpus, part), [0, 0])
            tally[0] += int(hits[chosen].sum())
            tally[1] += int(chosen.sum())
    return "\n".join(f"{corpus:12} {part:5} pairs {n:7} right {hit / max(n, 1):.4f}" for (corpus, part), (hit, n) in sorted(right.items()))


def rebuild(places: Places) -> None:
    """Train all models, write their files and print the out-of-fold score."""
    rows = collect(page for corpus in learned_by("text_pairs") for page in read_dumps(corpus))
    folds = [fit([row for row in rows if row.fold != fold]) for fold in range(FOLDS)]
    print(report(rows, folds))
    places.folds.mkdir(parents=True, exist_ok=True)
    for fold, model in enumerate(folds):
        (places.folds / FOLD_FILE.format(fold=fold)).write_bytes(model)
    if places.shipped is not None:
        places.shipped.mkdir(parents=True, exist_ok=True)
        (places.shipped / "text_pairs.json").write_bytes(fit(rows))
