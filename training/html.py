"""Train the block model of HTML extraction and the page kinds, a step of `training.rebuild`.

Five fold models (each without a fold's sites) go to folders of their own, the model for shipping to `pipeline/models/`.

The tables of names and words are target statistics, so a page's features are made with tables that never saw the page's fold, in the
shipped model as in the fold models.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.config import DecodeConfig
from pipeline.decode import decode
from pipeline.extract import parse
from pipeline.extract.block_features import describe
from pipeline.extract.block_model import BLOCKS, KINDS, NAMES, WORDS, HtmlModel, read_blocks
from pipeline.extract.corrections import FIELD_TAGS
from pipeline.extract.markup_names import combine
from pipeline.extract.metadata import Evidence, gather
from pipeline.extract.parse import visible_html
from pipeline.extract.walk import walk
from pipeline.forests.model_files import format_scores
from pipeline.jsonld import read_graph
from training import boost, html_kinds, html_tables
from training.align import label
from training.corpora import FOLDS, FUNDUS, learned_by, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from pipeline.extract.page_layout import Layout
    from training.model_files import Places

CONFIG = boost.BoostConfig(
    trees=400,
    num_leaves=16,
    learning_rate=0.03,
    feature_fraction=0.3,
    lambda_l2=5.0,
    min_data_in_leaf=80,
)
FIRST_TREES = 150
DOUBT = 2_500
"""The first trees, which every block meets, and how clear (in thousandths of log odds) their answer must be to be the last word."""
FOLDER = "html.{fold}"
"""The folder of an out-of-fold model; its files have the shipped ones' names."""
_UNKNOWN = -1.0
_WORD_DOMAINS = 8
_PAGE_WEIGHT = 400.0
_CORPUS_WEIGHT = {FUNDUS: 2.0}
_SEGMENT_WEIGHT = 2.0
_POWER = 0.4
_LONGEST = 150

Tables = tuple[dict[str, int], dict[str, int]]


@dataclass(slots=True, eq=False)
class Example:
    """A page to learn from. `labels` holds -1 where the annotation says nothing of a block."""

    corpus: str
    domain: str
    language: str
    fold: int
    layout: Layout
    evidence: Evidence
    gold: dict[str, Any]
    labels: list[float]
    names: html_tables.Votes
    words: html_tables.Votes


def build() -> list[Example]:
    """Read all articles of the corpora, lay them out and label their blocks."""
    examples = []
    for corpus in learned_by("html"):
        for page in read(corpus):
            if page.kind != "article":
                continue
            html = decode(page.raw, is_html=True, config=DecodeConfig()).text
            language = language_of(html)
            tree = parse(html)
            graph = read_graph(tree, html)
            titles = html_kinds.page_titles(tree, graph, page.gold.get("url"))
            layout = walk(visible_html(tree), 5_000)
            if not layout.starts:
                continue
            fields = [layout.element_tags[element] in FIELD_TAGS for element in layout.elements]
            texts = ["" if in_field else text for text, in_field in zip(layout.texts(), fields, strict=True)]
            full = page.gold.get("text")
            if full:
                labels = label(texts, "\n".join(part for part in (page.gold.get("summary"), full) if part))
            else:
                labels = _segment_labels(texts, page.gold.get("with") or (), page.gold.get("without") or ())
            examples.append(
                Example(
                    corpus,
                    page.domain,
                    language,
                    page.fold,
                    layout,
                    gather(html, graph, titles),
                    page.gold,
                    labels,
                    html_tables.name_votes(layout, labels) if full else {},
                    html_tables.word_votes(texts, labels) if full else {},
                )
            )
    return examples


def language_of(html: str) -> str:
    """The language that a page declares, for the tables of scores only."""
    at = html.lower().find("lang=", 0, 5_000)
    code = html[at + 5 : at + 9].strip("\"'= >").lower()[:2] if at >= 0 else ""
    return code if code.isalpha() else "?"


def _segment_labels(texts: Sequence[str], wanted: Iterable[str], unwanted: Iterable[str]) -> list[float]:
    """Weak labels from hand-picked strings: blocks that hold one, and unknown for all others."""
    good, bad = [" ".join(s.split()) for s in wanted], [" ".join(s.split()) for s in unwanted]
    labels = []
    for text in texts:
        flat = " ".join(text.split())
        yes, no = any(s in flat for s in good), any(s in flat for s in bad)
        labels.append(_UNKNOWN if yes == no else float(yes))
    return labels


def weigh(example: Example, words: NDArray[np.int64]) -> NDArray[np.float64]:
    """Weights of a page's blocks: longer blocks count more, and every fully annotated page counts the same.

    The power lies between what word F1 asks for (every word the same) and what paragraph breaks ask for (every block
    the same); it was chosen by cross-validation.
    """
    weights = np.minimum(words, _LONGEST).astype(np.float64) ** _POWER + 1
    weights[np.array(example.labels) < 0] = 0
    if not example.gold.get("text"):
        return weights * _SEGMENT_WEIGHT
    return weights / max(1e-9, float(weights.sum())) * _PAGE_WEIGHT * _CORPUS_WEIGHT.get(example.corpus, 1.0)


class Crossing:
    """Tables learned without certain folds, and features made with them."""

    def __init__(self, examples: list[Example]) -> None:
        """Keep the examples."""
        self.examples = examples
        self.known: dict[frozenset[int], Tables] = {}

    def tables(self, without: frozenset[int]) -> Tables:
        """The tables learned from all folds but some."""
        if without not in self.known:
            used = [example for example in self.examples if example.fold not in without and example.names]
            self.known[without] = (
                html_tables.scores((example.domain, example.names) for example in used),
                html_tables.scores(((example.domain, example.words) for example in used), min_domains=_WORD_DOMAINS),
            )
        return self.known[without]

    def train(self, fold: int) -> tuple[bytes, Tables]:
        """Train without a fold's pages (-1: with all pages). Returns the forest's file and the tables that go with it."""
        matrices, labels, weights = [], [], []
        names: list[str] = []
        for example in self.examples:
            if example.fold == fold:
                continue
            scores, words = self.tables(frozenset((fold, example.fold)) - {-1})
            page, names = describe(example.layout, example.evidence, combine(scores), words)
            matrices.append(page.matrix)
            labels.append(np.array(example.labels))
            weights.append(weigh(example, page.words))
        weight = np.concatenate(weights)
        used = weight > 0
        spec = boost.train(
            np.concatenate(matrices)[used],
            (np.concatenate(labels)[used] >= 0.5).astype(np.int8),
            names,
            weights=weight[used],
            config=CONFIG,
        )
        return boost.encode_staged(spec, first=FIRST_TREES, doubt=DOUBT), self.tables(frozenset((fold,)) - {-1})


def write(folder: Path, forest: bytes, tables: Tables) -> HtmlModel:
    """Write a block model's files, and return the model, without page kinds."""
    folder.mkdir(parents=True, exist_ok=True)
    names, words = tables
    unit = f"in 1/{html_tables.UNIT} of log odds against the average"
    folder.joinpath(BLOCKS).write_bytes(forest)
    folder.joinpath(NAMES).write_text(format_scores(names, (f"how much text under a name in markup is article, {unit}",)), "utf-8")
    folder.joinpath(WORDS).write_text(format_scores(words, (f"how often a short block with a word is article, {unit}",)), "utf-8")
    return HtmlModel(read_blocks(forest), combine(names), words, None)


def rebuild(places: Places) -> None:
    """Train all models and write their files."""
    crossing = Crossing(build())
    models = {fold: write(places.folds / FOLDER.format(fold=fold), *crossing.train(fold)) for fold in range(FOLDS)}
    rows = html_kinds.build(models)
    for fold in range(FOLDS):
        (places.folds / FOLDER.format(fold=fold) / KINDS).write_bytes(html_kinds.train(rows, fold))
    if places.shipped is not None:
        write(places.shipped, *crossing.train(-1))
        (places.shipped / KINDS).write_bytes(html_kinds.train(rows, -1))
