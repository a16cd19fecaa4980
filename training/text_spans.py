"""Train the span model: `python -m training.rebuild --only text_spans`.

Rows are the spans that rules and the line model leave open, of two kinds of text: pages that have annotated bodies, rendered as scrapers
render them (`training.renderings`), with the bodies themselves as texts that must stay whole; and texts as scrapers really saved them,
whose furniture was marked by reading (the folder `rawtext` beside the corpora), with what is left of them once it is gone.

A span of a rendered page is article as far as its words stand in the annotated body, in the body's order. Every table and every score
that a row is made of comes from pages of other folds.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import os
import tempfile
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec
import numpy as np

from pipeline.forests.cascade import StagedSpec
from pipeline.rules.rulebook import RuleBook, load
from pipeline.segment import PairModel, SegmentConfig, segment
from pipeline.segment.line_spans import divide
from pipeline.strip import Draft, Known, LineModel, StripConfig, strip_blocks
from pipeline.strip.multi_article import is_several
from pipeline.strip.span_features import SPAN_FEATURES, Parts, Seen, look, span_features
from pipeline.strip.span_model import SPAN_FORMAT, SpanModelFile
from pipeline.strip.span_words import BITS
from training import text_lines, text_pairs
from training.boost import BoostConfig, train
from training.corpora import FOLDS, learned_by, read_folds, root
from training.model_files import Places, fold_model
from training.renderings import BODY, SCRAPERS, read_rendered
from training.text_dumps import words
from training.text_lines import align

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FOLD_FILE = "text_spans.{fold}.json"
RENDERINGS = 3
LONGEST = 16_000
"""Scrapers that render each page, and the longest text, in characters, that is learned from."""
RAW_FILES = ("dev.jsonl", "dev-random.jsonl")
RAW_WEIGHT = 20.0
"""What a text as it really came weighs beside a rendered page: 119 of them taught as much as 1,100 rendered ones."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text, and for every character whether it is article (1), furniture (0) or not known (-1)."""

    name: str
    source: str
    folds: frozenset[int]
    text: str
    gold: str | None
    mask: np.ndarray | None
    weight: float = 1.0


@dataclass(slots=True)
class Sample:
    """A text's spans as rules and the line model left them, with labels and weights."""

    name: str
    source: str
    folds: frozenset[int]
    parts: Parts
    labels: np.ndarray
    weights: np.ndarray
    open: np.ndarray
    seen: Seen
    cache: dict[Any, np.ndarray] = field(default_factory=dict)

    @property
    def fold(self) -> int:
        """The fold that the text is scored in."""
        return min(self.folds)

    def thinned(self) -> tuple[np.ndarray, np.ndarray]:
        """The spans from which the forest learns, and for how many each stands."""
        known = self.open & (self.weights > 0)
        plain = known & (self.labels > 0.9) & (self.source in SCRAPERS or self.source == BODY)
        kept = np.flatnonzero(known & ~(plain & (np.cumsum(plain) % THINNED != 0)))
        return kept, np.where(plain[kept], THINNED, 1)

    def thinned_weights(self) -> np.ndarray:
        """The weight of each span with all that it stands for; 0 where another stands for it."""
        kept, stands_for = self.thinned()
        weights = np.zeros(len(self.labels))
        weights[kept] = self.weights[kept] * stands_for
        return weights


def fold_of(outlet: str) -> int:
    """The fold of an outlet, as `bench/rawtext.py` has it."""
    return int(hashlib.sha256(outlet.encode()).hexdigest(), 16) % FOLDS


def read_raw(folder: Path, domains: dict[str, int]) -> Iterator[Text]:
    """Texts as they really came, and again without their furniture; `domains` gives the fold of each site of the corpora."""
    for file in RAW_FILES:
        for line in (folder / file).open(encoding="utf-8"):
            row = json.loads(line)
            own = fold_of(row["outlet"] or row["name"])
            host = urlsplit(row.get("url") or "").hostname or row["outlet"] or ""
            folds = frozenset({own} | {fold for domain, fold in domains.items() if host == domain or host.endswith("." + domain)})
            mask = np.ones(len(row["text"]), np.int8)
            for cut in row["cut"]:
                mask[cut["start"] : cut["end"]] = 0
            source = file.removesuffix(".jsonl")
            yield Text(row["name"], source, frozenset({own}) if len(folds) == 1 else folds, row["text"], None, mask, weight=RAW_WEIGHT)
            if row["cut"]:
                kept = "".join(char for char, good in zip(row["text"], mask, strict=True) if good)
                yield Text(row["name"], source + "-body", folds, kept, None, np.ones(len(kept), np.int8), weight=RAW_WEIGHT / 2)


def read_pages(cache: Path) -> Iterator[Text]:
    """Rendered pages, and their bodies."""
    for page in read_rendered(learned_by("text_spans"), cache, count=RENDERINGS):
        mask = np.ones(len(page.text), np.int8) if page.scraper == BODY else None
        if len(page.text) <= LONGEST:
            yield Text(f"{page.corpus}/{page.page}", page.scraper, frozenset({page.fold}), page.text, page.gold, mask)


class Maker:
    """Makes samples of texts with the pair and line models that never saw them."""

    def __init__(self, rules: RuleBook, models: Path) -> None:
        self.rules = rules
        self.pairs = [PairModel.read(fold_model(text_pairs.FOLD_FILE, fold, models).read_bytes()) for fold in range(FOLDS)]
        self.lines = [LineModel.read(fold_model(text_lines.FOLD_FILE, fold, models).read_bytes()) for fold in range(FOLDS)]

    def sample(self, text: Text) -> Sample | None:
        """A text's spans; None where nothing of it is open, or a rendering has too little of the body."""
        fold = min(text.folds)
        blocks = segment(text.text, model=self.pairs[fold], config=SegmentConfig()).blocks
        if not blocks:
            return None
        draft = Draft(text.text, blocks, partial(divide, text.text, blocks, None))
        if is_several(draft):
            return None
        known = Known(self.rules)
        scores = strip_blocks(draft, known, self.lines[fold], config=StripConfig()).scores
        parts = Parts(draft, known, scores)
        labels = _by_mask(parts, text.mask) if text.mask is not None else _by_gold(parts, text)
        if labels is None:
            return None
        chars = np.fromiter(map(len, parts.texts), np.int64, len(parts.texts))
        share = 1.0 if text.mask is not None and text.source != BODY else min(1.0, 3000 / max(1, int(chars.sum())))
        weights = text.weight * share * (np.minimum(chars, 400) + 30) / 100
        weights[labels < 0] = 0
        return Sample(text.name, text.source, text.folds, parts, np.maximum(labels, 0), weights, parts.open(), look(parts))


def _by_mask(parts: Parts, mask: np.ndarray) -> np.ndarray:
    running = np.concatenate([[0], np.cumsum(mask)])
    found: np.ndarray = (running[parts.ends] - running[parts.starts]) / np.maximum(parts.ends - parts.starts, 1)
    return found


def _by_gold(parts: Parts, text: Text) -> np.ndarray | None:
    """Labels by the annotated body; a standfirst or headline that is no part of it is furniture."""
    bags = [words(part) for part in parts.texts]
    gold = words(text.gold or "")
    covered = np.array(align(bags, gold))
    sizes = np.array([len(bag) for bag in bags])
    if covered.sum() < 0.5 * len(gold):
        return None
    labels: np.ndarray = covered / np.maximum(sizes, 1)
    labels[sizes == 0] = -1
    labels[(labels > 0.35) & (labels < 0.65)] = -1
    short = np.flatnonzero((labels > 0) & (sizes <= 3))
    body = np.flatnonzero((labels >= 0.5) & (sizes > 3))
    for index in short:
        if not len(body) or np.abs(body - index).min() > 10:
            labels[index] = 0
    return labels


def load_samples(models: Path) -> list[Sample]:
    """All samples, in order.

    Args:
        models: The folder of the out-of-fold models that cut and judge blocks.
    """
    cache = Path(os.environ.get("COPYDESK_RENDERINGS", Path(tempfile.gettempdir()) / "copydesk-renderings"))
    folds = read_folds(root())
    domains = {domain: fold for (corpus, _), (domain, fold) in folds.items() if corpus in learned_by("text_spans")}
    maker = Maker(load(), models)
    texts = itertools.chain(read_raw(root().parent / "rawtext", domains), read_pages(cache))
    return [sample for text in texts if (sample := maker.sample(text)) is not None]


CONFIG = BoostConfig(
    objective="cross_entropy",
    trees=240,
    num_leaves=16,
    learning_rate=0.08,
    min_data_in_leaf=80,
    max_bin=63,
    feature_fraction=0.3,
    extra={"path_smooth": 20.0},
)
FIRST_TREES = 60
FIRST_DOUBT = 3500
"""The first trees, which every span meets, and how clear their answer must be to be the last word."""
TABLE_SCALE = 16
"""Units of a table's score in one of log odds."""
TABLE_PENALTY = 3.0
TABLE_STEPS = 25
THINNED = 3
"""Of the article's spans on rendered pages every third one stands for three: they are many and alike."""


class Study:
    """Features of samples, and models trained without some folds."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        self.samples = samples
        self.lexicon = Lexicon(samples)
        self._tables: dict[frozenset[int], tuple[np.ndarray, np.ndarray]] = {}
        self._forests: dict[frozenset[int], StagedSpec] = {}

    def tables(self, without: frozenset[int]) -> tuple[np.ndarray, np.ndarray]:
        """The scores of hashed words of spans and of headings, learned without some folds."""
        if without not in self._tables:
            self._tables[without] = (self.lexicon.learn(without), self.lexicon.learn(without, heads=True))
        return self._tables[without]

    def rows(self, sample: Sample, without: frozenset[int]) -> np.ndarray:
        """Features of a sample, of a table that never saw its folds and some others; of the spans that are open and those that are not."""
        key = without | {sample.fold}
        if key not in sample.cache:
            found = span_features(sample.parts, sample.seen, *self.tables(key))
            sample.cache[key] = np.clip(found, -32000, 32000).astype(np.int16)
        return sample.cache[key]

    def forest(self, without: frozenset[int]) -> StagedSpec:
        """The forest, trained without some folds."""
        if without not in self._forests:
            features, labels, weights = [], [], []
            known = frozenset(sorted(without)[:1])
            for sample in self.samples:
                if sample.folds & without:
                    continue
                kept, stands_for = sample.thinned()
                features.append(self.rows(sample, known)[kept])
                labels.append(sample.labels[kept])
                weights.append(sample.weights[kept] * stands_for)
            forest = train(np.concatenate(features), np.concatenate(labels), SPAN_FEATURES, weights=np.concatenate(weights), config=CONFIG)
            self._forests[without] = StagedSpec(first=FIRST_TREES, doubt=FIRST_DOUBT, forest=forest)
        return self._forests[without]

    def model(self, without: frozenset[int]) -> bytes:
        """The model file of all texts but those of some folds."""
        table, sections = (base64.b64encode(part.tobytes()).decode() for part in self.tables(without))
        file = SpanModelFile(format=SPAN_FORMAT, table=table, sections=sections, forest=self.forest(without))
        return msgspec.json.encode(file)


class Lexicon:
    """The places of all spans, from which tables are learned."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        from scipy.sparse import csr_matrix  # noqa: PLC0415 - only training needs it

        sizes = [len(sample.labels) for sample in samples]
        firsts = np.concatenate([[0], np.cumsum(sizes)])
        owner = np.concatenate([sample.seen.found.owner + first for sample, first in zip(samples, firsts, strict=False)])
        column = np.concatenate([sample.seen.found.at for sample in samples])
        value = (1 / np.sqrt(np.bincount(owner, minlength=firsts[-1])))[owner]
        self.matrix = csr_matrix((value, (owner, column)), shape=(int(firsts[-1]), 1 << BITS))
        heads = [np.where(sample.seen.heads >= 0, sample.seen.heads + first, -1) for sample, first in zip(samples, firsts, strict=False)]
        self.heads = np.concatenate(heads)
        self.labels = np.concatenate([sample.labels for sample in samples])
        self.weights = np.concatenate([sample.thinned_weights() for sample in samples])
        self.folds = np.repeat([sum(1 << fold for fold in sample.folds) for sample in samples], sizes)

    def learn(self, without: frozenset[int], *, heads: bool = False) -> np.ndarray:
        """Learn one byte for each place, by logistic regression with a quadratic penalty, on the texts of other folds than some.

        Args:
            without: The folds.
            heads: Whether the words are those of a span's heading and not its own.
        """
        from scipy.optimize import minimize  # noqa: PLC0415

        kept = (self.weights > 0) & (self.folds & sum(1 << fold for fold in without) == 0)
        kept &= (self.heads >= 0) | (not heads)
        matrix, label, weight = self.matrix[self.heads[kept] if heads else kept], self.labels[kept], self.weights[kept]
        turned = matrix.T.tocsr()
        penalty = TABLE_PENALTY * weight.mean()

        def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
            score = matrix @ point[:-1] + point[-1]
            chance = 1 / (1 + np.exp(-np.clip(score, -30, 30)))
            miss = -(label * np.log(chance + 1e-12) + (1 - label) * np.log(1 - chance + 1e-12))
            slope = weight * (chance - label)
            total = float((weight * miss).sum() + penalty / 2 * (point[:-1] ** 2).sum())
            return total, np.append(turned @ slope + penalty * point[:-1], slope.sum())

        found = minimize(loss, np.zeros((1 << BITS) + 1), jac=True, method="L-BFGS-B", options={"maxiter": TABLE_STEPS})
        table: np.ndarray = np.clip(np.rint(found.x[:-1] * TABLE_SCALE), -127, 127).astype(np.int8)
        return table


def rebuild(places: Places) -> None:
    """Train all models and write their files.

    Renderings are kept in the folder that the environment variable COPYDESK_RENDERINGS names, by default one for temporary files.
    """
    study = Study(load_samples(places.folds))
    for fold in range(FOLDS):
        (places.folds / FOLD_FILE.format(fold=fold)).write_bytes(study.model(frozenset({fold})))
    if places.shipped is not None:
        places.shipped.mkdir(parents=True, exist_ok=True)
        (places.shipped / "text_spans.json").write_bytes(study.model(frozenset()))
