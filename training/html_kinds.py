"""Learn to tell kinds of pages apart: one small forest a kind, over features of the page as a whole.

All pages of the corpora that have kinds are used, seven kinds. Which blocks are kept says the block model that never saw the page's fold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.config import DecodeConfig
from pipeline.decode import decode
from pipeline.describe import collect_markup
from pipeline.extract import ExtractConfig, HtmlModel, choose, parse
from pipeline.extract.block_features import describe
from pipeline.extract.decide import decide
from pipeline.extract.metadata import gather
from pipeline.extract.page_kind import page_row
from pipeline.extract.parse import visible_html
from pipeline.extract.walk import walk
from pipeline.forests.trees import load_forests
from pipeline.jsonld import Graph, read_graph
from training import boost
from training.corpora import learned_by, read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CONFIG = boost.BoostConfig(trees=30, num_leaves=6, learning_rate=0.15, min_data_in_leaf=15, lambda_l2=5.0, feature_fraction=0.5)


@dataclass(frozen=True, slots=True)
class Row:
    """One page's features and kind."""

    kind: str
    fold: int
    values: list[int]
    names: list[str]


def build(models: Mapping[int, HtmlModel]) -> list[Row]:
    """Compute the rows of all pages with the fold's models."""
    rows = []
    for page in (page for corpus in learned_by("html_kinds") for page in read(corpus)):
        model = models[page.fold]
        html = decode(page.raw, is_html=True, config=DecodeConfig()).text
        tree = parse(html)
        graph = read_graph(tree, html)
        titles = page_titles(tree, graph, page.gold.get("url"))
        layout = walk(visible_html(tree), 5_000)
        if layout.starts:
            described, _ = describe(layout, gather(html, graph, titles), model.names, model.words)
            chosen = choose(described, model.blocks.score(described.matrix), ExtractConfig())
            kept = decide(described, chosen, page.gold.get("url")).kept
            values, names = page_row(described, kept, page.gold.get("url"))
            rows.append(Row(page.kind, page.fold, values, names))
    return rows


def page_titles(tree: Any, graph: Graph, url: str | None) -> tuple[str, ...]:
    """The titles that a page's markup gives: extraction is told of them, so training must be."""
    return tuple(dict.fromkeys(candidate.value for candidate in collect_markup(tree, graph, url=url) if candidate.field == "title"))


def train(rows: Sequence[Row], fold: int) -> bytes:
    """Train all kinds without a fold (-1: with all pages) and return the file."""
    used = [row for row in rows if row.fold != fold]
    matrix = np.array([row.values for row in used], dtype=np.int32)
    specs = {
        kind: boost.train(matrix, np.array([row.kind == kind for row in used], dtype=np.int8), used[0].names, config=CONFIG)
        for kind in sorted({row.kind for row in rows})
    }
    return boost.encode_all(specs)


def confusion(rows: Sequence[Row], files: Mapping[int, bytes]) -> dict[str, dict[str, int]]:
    """From true kind to predicted kinds, with the model that never saw the page's fold."""
    forests = {fold: load_forests(data) for fold, data in files.items()}
    table: dict[str, dict[str, int]] = {}
    for row in rows:
        matrix = np.array([row.values], dtype=np.int32)
        scores = {name: int(found[0]) for name, found in forests[row.fold].score(matrix).items()}
        best = max(sorted(scores), key=lambda name: scores[name])
        counts = table.setdefault(row.kind, {})
        counts[best] = counts.get(best, 0) + 1
    return table
