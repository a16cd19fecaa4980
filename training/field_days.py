"""Train the model of the day of publication, a step of `training.rebuild`.

Rows are the days that annotated pages name, with the evidence of `pipeline.describe.day_evidence`; a day is right when the annotators gave
it. Pages on which they found none teach what no day of publication is. Five fold models and the shipped one over all pages are written.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from pipeline.config import Config
from pipeline.decode import DecodeError, decode
from pipeline.describe import collect_markup, collect_near_headline, date_order
from pipeline.describe.choose_dates import DATED
from pipeline.describe.day_evidence import day_features, days_of, evidence
from pipeline.describe.day_model import FILE, FORMAT, DayModelFile
from pipeline.extract import ExtractError, HtmlModel, extract, parse
from pipeline.jsonld import read_graph
from pipeline.text.language import language
from training.boost import BoostConfig, train
from training.corpora import FOLDS, WCXB, learned_by, read, root

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pipeline.describe.day_evidence import Day
    from pipeline.spans import Candidate
    from training.corpora import GoldPage
    from training.model_files import Places

FOLD_FILE = "field_days.{fold}.json"
"""The file of an out-of-fold model."""
CONFIG = BoostConfig(trees=80, num_leaves=8, learning_rate=0.08, min_data_in_leaf=15, feature_fraction=0.7)
LEAST = -1400
"""Thousandths of log odds below which no day is given: out of fold, a fifth of the days right below it, and pages without a day of
publication keep none as often as those with one keep theirs. The value was chosen with all folds in view: scores of days are out of fold
for the forest, not for this one number."""


class Rows(msgspec.Struct, frozen=True):
    """The days of one page: its fold, their evidence, and which of them are right."""

    fold: int
    features: np.ndarray
    right: np.ndarray


def candidates_of(page: GoldPage, config: Config, model: HtmlModel) -> tuple[tuple[Candidate, ...], str | None]:
    """Return what a page says of its fields, and the language that it declares; nothing where it cannot be read."""
    url = page.gold.get("url")
    try:
        text = decode(page.raw, declared=None, is_html=True, config=config.decode).text
        tree = parse(text, config=config.extract)
        graph = read_graph(tree, text, config.describe)
        told = collect_markup(tree, graph, url=url, http=None, config=config.describe)
        titles = tuple(dict.fromkeys(candidate.value for candidate in told if candidate.field == "title"))
        found = extract(tree, text, graph, url=url, model=model, config=config.extract, title_hints=titles)
    except (DecodeError, ExtractError):
        return (), None
    declared = next((candidate.value for candidate in told if candidate.field == "language"), None)
    spoken = language(found.base, declared)
    seen = collect_near_headline(
        found.base,
        found.blocks,
        told=told,
        language=spoken.code if spoken else None,
        order=date_order(declared, url),
        config=config.describe,
    )
    return told + seen, declared


def rows_of(page: GoldPage, candidates: Sequence[Candidate], declared: str | None) -> Rows | None:
    """Return the days of a page as rows, None where it names none or nobody looked for its day."""
    if not page.gold.get("date") and page.corpus != WCXB:
        return None
    dated = [candidate for candidate in candidates if candidate.field in DATED]
    days = days_of(dated, language=declared, order=date_order(declared, page.gold.get("url")), fetched_at=None)
    if not days:
        return None
    headline = next((c.start for c in candidates if c.field == "title" and c.source == "line"), -1)
    news = any(c.field == "kind" and "news" in c.value for c in candidates)
    return Rows(page.fold, evidence(days, headline=headline, news=news), np.array([_is_right(day, page) for day in days], dtype=np.int32))


def _is_right(day: Day, page: GoldPage) -> bool:
    """Return whether annotators gave a day; where theirs is UTC's, a day beside it is right too."""
    want = str(page.gold.get("date") or "")[:10]
    if not want or not page.gold.get("utc"):
        return day.day == want
    return abs((date.fromisoformat(day.day) - date.fromisoformat(want)).days) <= 1


def page_rows() -> Iterator[Rows]:
    """Yield the rows of all pages that the step learns from."""
    config, model = Config(), HtmlModel.read()
    for corpus in learned_by("field_days"):
        for page in read(corpus, root()):
            if page.is_html and (page.kind == "article" or corpus != WCXB):  # the other corpora's kinds are those of annotations
                rows = rows_of(page, *candidates_of(page, config, model))
                if rows is not None:
                    yield rows


def fitted(pages: Sequence[Rows]) -> DayModelFile:
    """Train a model."""
    features, right = np.concatenate([page.features for page in pages]), np.concatenate([page.right for page in pages])
    return DayModelFile(format=FORMAT, forest=train(features, right, day_features(), config=CONFIG), least=LEAST)


def rebuild(places: Places) -> None:
    """Write the out-of-fold models and, where it is wanted, the shipped one."""
    pages = list(page_rows())
    for fold in range(FOLDS):
        _write(places.folds / FOLD_FILE.format(fold=fold), fitted([page for page in pages if page.fold != fold]))
    if places.shipped is not None:
        _write(places.shipped / FILE, fitted(pages))


def _write(path: Path, model: DayModelFile) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.encode(model) + b"\n")
