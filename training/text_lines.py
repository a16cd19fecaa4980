"""Train the line model, a step of `training.rebuild` after `training.text_pairs`.

Rows are the blocks of naive dumps, as the rules leave them. A block is article when its words stand in the annotated body, in the
body's order: of all places in the body that a block could come from, the heaviest chain in page order is taken, so that a menu entry
that happens to be a word of the article does not count. A row weighs what the block weighs in the page's bag-of-words score.

The words' tones are counted on other pages than those they are used on; otherwise they would be trusted too much. For the same reason
the second forest, which sees how a block's score stands among the scores of its page, learns from scores of forests that never saw it.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from pipeline.forests.cascade import StagedForest, StagedSpec, load_staged
from pipeline.rules.rulebook import RuleBook, load
from pipeline.segment import PairModel, SegmentConfig, segment
from pipeline.segment.line_spans import divide
from pipeline.strip import SHAPED, Draft, StripConfig, prepare
from pipeline.strip.line_features import LINE_FEATURES, line_features
from pipeline.strip.line_model import FORMAT, OPEN_TO_DOUBT, LineModelFile
from pipeline.strip.score_features import STANDING, standing
from training import text_pairs
from training.boost import BoostConfig, train
from training.corpora import FOLDS, FUNDUS, TRAFILATURA, WCXB, learned_by, read
from training.model_files import fold_model
from training.text_dumps import Dump, read_dumps, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipeline.forests.trees import ForestSpec
    from training.model_files import Places

FOLD_FILE = "text_lines.{fold}.json"
"""The file of an out-of-fold model."""
CONFIG = BoostConfig(
    objective="cross_entropy",
    trees=1000,
    num_leaves=16,
    learning_rate=0.025,
    min_data_in_leaf=60,
    max_bin=63,
    feature_fraction=0.2,
    extra={"path_smooth": 20.0},
)
SECOND = replace(CONFIG, trees=60, num_leaves=8, learning_rate=0.1, min_data_in_leaf=100, feature_fraction=0.4)
FIRST_TREES = 250
DOUBT = 2000
"""The first trees, which every block meets, and how clear (in thousandths of log odds) their answer must be to be the last word."""
TONE_WORDS = 2500
TONE_PAGES = 12
"""A word needs this many domains' pages before it has a tone."""
TONE_LIMIT = 40
_GRAM = 4
STRAY_WORDS, STRAY_FAR = 3, 10
LISTS_CORPUS = WCXB
"""A block of so few words that stands farther than so many blocks from the rest of the body is none of it, but for the corpus whose
bodies hold long lists of short lines."""
NEAR = 20
"""Blocks farther than this from the body are menus and footers: they are many and alike."""
BLOCK_WEIGHT = 10
SECOND_BLOCK_WEIGHT = 40
"""What every block weighs beside its words, in the first and in the second forest, so that short lines count as paragraph breaks too."""
TEACHER_CORPUS = TRAFILATURA
SHARES = {FUNDUS: 8.0, TEACHER_CORPUS: 0.6}
"""What a page of a corpus weighs beside one of the English web: the pages of news in many languages are few."""


@dataclass(slots=True)
class Page:
    """One dump, segmented and stripped by rules, with a label and a weight for each block."""

    dump: Dump
    draft: Draft
    title: int | None
    labels: np.ndarray
    sizes: np.ndarray
    gold_words: int
    open: np.ndarray
    bags: list[set[str]] = field(default_factory=list)

    def weights(self, block_weight: int) -> np.ndarray:
        """What each block weighs: its share of the page's words, and as much for itself as so many words."""
        shares: np.ndarray = SHARES.get(self.dump.corpus, 1.0) * (np.minimum(self.sizes, 400) + block_weight) / max(50, self.gold_words)
        return shares


def make_page(dump: Dump, rules: RuleBook, pairs: PairModel) -> Page | None:
    """Segment and strip a dump, and label its blocks by the annotated body."""
    if not dump.gold:
        return None
    blocks = segment(dump.text, model=pairs, config=SegmentConfig()).blocks
    if not blocks:
        return None
    draft = Draft(dump.text, blocks, partial(divide, dump.text, blocks, None))
    title = prepare(draft, rules=rules, config=StripConfig())
    bags = [words(line) for line in draft.lines]
    gold = words((dump.summary + "\n" + dump.gold) if dump.summary else dump.gold)
    covered = align(bags, gold)
    sizes = np.array([len(bag) for bag in bags])
    labels = np.array(covered) / np.maximum(sizes, 1)
    if dump.corpus != LISTS_CORPUS:
        labels = without_strays(labels, sizes)
    opened = np.array([not verdict and block.kind not in SHAPED for verdict, block in zip(draft.verdict, blocks, strict=True)])
    return Page(dump, draft, title, labels, sizes, len(gold), opened, [set(bag) for bag in bags])


def without_strays(labels: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """The labels, without those of a few words far from every longer block of the body: a menu entry that is also a word of the body."""
    long = np.flatnonzero((labels >= 0.5) & (sizes > STRAY_WORDS))
    if not len(long):
        return labels
    few = np.flatnonzero((labels > 0) & (sizes <= STRAY_WORDS))
    right = np.searchsorted(long, few)
    far = np.minimum(np.abs(long[np.minimum(right, len(long) - 1)] - few), np.abs(few - long[np.maximum(right - 1, 0)])) > STRAY_FAR
    cleared = labels.copy()
    cleared[few[far]] = 0
    return cleared


def read_teacher_dumps() -> Iterator[Dump]:
    """Dumps of the multilingual corpus that has segments only, with trafilatura's extraction as their body.

    A page counts where that extraction holds every annotated segment of the body and none of the furniture: 336 of 502.
    """
    import trafilatura  # noqa: PLC0415 - takes a while to import, and only this needs it

    pages = (page for page in read(TEACHER_CORPUS) if page.kind == "article")
    for page, dumped in zip(pages, read_dumps(TEACHER_CORPUS), strict=True):
        body = trafilatura.extract(page.raw, include_comments=False, include_tables=True, deduplicate=False) or ""
        flat = " ".join(body.split())
        inside = [" ".join(part.split()) in flat for part in page.gold.get("with") or []]
        outside = [" ".join(part.split()) in flat for part in page.gold.get("without") or []]
        if inside and all(inside) and not any(outside):
            yield dataclasses.replace(dumped, gold=body)


def align(bags: Sequence[Sequence[str]], gold: Sequence[str]) -> list[int]:
    """How many words of each block come from the body, when blocks come from it in order.

    Every run of four words of a block that stands in the body is a candidate place; a block of fewer words must stand there whole.
    The heaviest chain of candidates that goes forward in both is found with a Fenwick tree.
    """
    places: dict[tuple[str, ...], list[int]] = {}
    for size in range(1, _GRAM + 1):
        for at in range(len(gold) - size + 1):
            places.setdefault(tuple(gold[at : at + size]), []).append(at)
    tree: list[tuple[int, int]] = [(0, -1)] * (len(gold) + 2)
    nodes: list[tuple[int, int, int]] = []
    best = (0, -1)
    for number, bag in enumerate(bags):
        new = []
        for place, hits in _candidates(bag, places):
            weight, before = (0, -1)
            at = place + 1
            while at > 0:
                weight, before = max((weight, before), tree[at])
                at &= at - 1
            new.append((place, weight + hits, before, hits))
        for place, weight, before, hits in new:
            nodes.append((number, before, hits))
            entry = (weight, len(nodes) - 1)
            best = max(best, entry)
            at = place + 1
            while at < len(tree):
                tree[at] = max(tree[at], entry)
                at += at & -at
    covered = [0] * len(bags)
    node = best[1]
    while node >= 0:
        number, node_before, hits = nodes[node]
        covered[number] = hits
        node = node_before
    return covered


def _candidates(bag: Sequence[str], places: dict[tuple[str, ...], list[int]]) -> list[tuple[int, int]]:
    """Places in the body, with the words of the block that stand there; places in falling order."""
    if not bag:
        return []
    size = min(_GRAM, len(bag))
    grams = [tuple(bag[at : at + size]) for at in range(len(bag) - size + 1)]
    if len(bag) <= _GRAM:
        return [(place, len(bag)) for place in reversed(places.get(grams[0], ())[:60])]
    hits = sum(gram in places for gram in grams)
    if hits * 3 < len(grams):
        return []
    known = min(len(bag), hits + size - 1)
    starts = {place - at for at, gram in enumerate(grams[:40]) for place in places.get(gram, ())[:6]}
    return [(max(0, start), known) for start in sorted(starts, reverse=True)[:40]]


def tones_of(pages: Iterable[Page]) -> dict[str, int]:
    """The words that speak most clearly for article or furniture: ten times the log2 odds of the pages they stand in, rounded."""
    good: Counter[str] = Counter()
    bad: Counter[str] = Counter()
    for page in pages:
        inside: set[str] = set()
        outside: set[str] = set()
        for label, bag in zip(page.labels, page.bags, strict=True):
            (inside if label >= 0.5 else outside).update(bag)
        good.update(inside)
        bad.update(outside)
    scored = []
    for word in good.keys() | bad.keys():
        seen = good[word] + bad[word]
        if seen >= TONE_PAGES and word.isalpha():
            odds = np.log2((good[word] + 2) / (bad[word] + 2))
            tone = int(np.clip(round(10 * float(odds)), -TONE_LIMIT, TONE_LIMIT))
            if tone:
                scored.append((-abs(tone) * min(seen, 60), word, tone))
    return {word: tone for _, word, tone in sorted(sorted(scored)[:TONE_WORDS], key=lambda entry: entry[1])}


class Study:
    """Features of pages, and forests trained without some folds.

    The second forest must learn from scores as they are on pages that the first one never saw: for a model without fold k, the pages
    of fold j are scored by a first forest without k and j.
    """

    def __init__(self, pages: Sequence[Page]) -> None:
        self.pages = pages
        self._tones: dict[frozenset[int], dict[str, int]] = {}
        self._rows: dict[tuple[int, frozenset[int]], np.ndarray] = {}
        self._firsts: dict[frozenset[int], StagedSpec] = {}
        self._ready: dict[frozenset[int], StagedForest] = {}

    def tones(self, without: frozenset[int]) -> dict[str, int]:
        """Words' tones counted on all pages but those of some folds."""
        if without not in self._tones:
            self._tones[without] = tones_of(page for page in self.pages if page.dump.fold not in without)
        return self._tones[without]

    def rows(self, page: Page, without: frozenset[int]) -> np.ndarray:
        """A page's features, its words' tones counted without its own fold and some others."""
        key = (id(page), without | {page.dump.fold})
        found = self._rows.get(key)
        if found is None:
            found = line_features(page.draft, page.title, self.tones(key[1]))
            if len(without) <= 1:  # with more they are asked for once, and all together would fill the memory
                self._rows[key] = found
        return found

    def first(self, without: frozenset[int]) -> StagedSpec:
        """The first forest, trained without some folds."""
        if without not in self._firsts:
            features, labels, weights = [], [], []
            for page in self.pages:
                if page.dump.fold in without:
                    continue
                far = page.open & (distance(page.labels) > NEAR)
                kept = page.open & ~(far & (np.arange(len(far)) % 3 != 0))  # of blocks far from the body, every third stands for three
                features.append(self.rows(page, without)[kept])
                labels.append(page.labels[kept])
                weights.append(page.weights(BLOCK_WEIGHT)[kept] * np.where(far[kept], 3, 1))
            forest = train(np.concatenate(features), np.concatenate(labels), LINE_FEATURES, weights=np.concatenate(weights), config=CONFIG)
            self._firsts[without] = StagedSpec(first=FIRST_TREES, doubt=DOUBT, forest=forest)
        return self._firsts[without]

    def unseen(self, without: frozenset[int]) -> StagedForest:
        """The first forest that was trained without some folds, ready to score their pages."""
        if without not in self._ready:
            self._ready[without] = load_staged(self.first(without), LINE_FEATURES)
        return self._ready[without]

    def second(self, without: frozenset[int]) -> ForestSpec:
        """The second forest, trained without some folds."""
        features, labels, weights = [], [], []
        for page in self.pages:
            asked = np.flatnonzero(page.open)
            if page.dump.fold in without or not len(asked):
                continue
            rows = self.rows(page, without)
            scores = self.unseen(without | {page.dump.fold}).score(rows[asked])
            doubtful = np.abs(scores) < OPEN_TO_DOUBT
            features.append(standing(scores, asked, rows)[doubtful])
            labels.append(page.labels[asked][doubtful])
            weights.append(page.weights(SECOND_BLOCK_WEIGHT)[asked][doubtful])
        return train(np.concatenate(features), np.concatenate(labels), STANDING, weights=np.concatenate(weights), config=SECOND)

    def model(self, without: frozenset[int]) -> bytes:
        """The model file of all pages but those of some folds."""
        file = LineModelFile(format=FORMAT, tones=self.tones(without), forest=self.first(without), second=self.second(without))
        return msgspec.json.encode(file)


def distance(labels: np.ndarray) -> np.ndarray:
    """How many blocks each block stands from the nearest one of the body."""
    index = np.arange(len(labels))
    body = np.flatnonzero(labels >= 0.5)
    if not len(body):
        return np.full(len(labels), len(labels))
    right = np.searchsorted(body, index)
    after = body[np.minimum(right, len(body) - 1)]
    before = body[np.maximum(right - 1, 0)]
    nearest: np.ndarray = np.minimum(np.abs(after - index), np.abs(index - before))
    return nearest


def rebuild(places: Places) -> None:
    """Train all models and write their files. Pages are cut into blocks by the pair models that never saw them."""
    rules = load()
    pairs = [PairModel.read(fold_model(text_pairs.FOLD_FILE, fold, places.folds).read_bytes()) for fold in range(FOLDS)]
    dumps = (
        page for corpus in learned_by("text_lines") for page in (read_teacher_dumps() if corpus == TEACHER_CORPUS else read_dumps(corpus))
    )
    study = Study([page for dump in dumps if (page := make_page(dump, rules, pairs[dump.fold])) is not None])
    for fold in range(FOLDS):
        (places.folds / FOLD_FILE.format(fold=fold)).write_bytes(study.model(frozenset({fold})))
    if places.shipped is not None:
        places.shipped.mkdir(parents=True, exist_ok=True)
        (places.shipped / "text_lines.json").write_bytes(study.model(frozenset()))
