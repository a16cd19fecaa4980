"""A floor under the quality of extraction, on pages written for the purpose. It only goes up."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import mean

import pytest

from pipeline.extract import ExtractConfig, HtmlModel, extract, parse
from pipeline.jsonld import read_graph
from training.metrics import word_f1

PAGES = json.loads((Path(__file__).parents[1] / "cases" / "extract" / "wild.json").read_text("utf-8"))
FLOOR = 0.98
EACH = 0.85


@pytest.fixture(scope="module")
def scores() -> dict[str, float]:
    model, config = HtmlModel.read(), ExtractConfig()
    found = {}
    for page in PAGES:
        tree = parse(page["html"])
        article = extract(tree, page["html"], read_graph(tree, page["html"]), url=None, model=model, config=config)
        text = "\n\n".join(article.base[one.start : one.end] for one in article.findings if one.verdict == "keep")
        found[page["name"]] = word_f1(text, page["want"])
    return found


def test_the_mean_stays_above_the_floor(scores: dict[str, float]) -> None:
    assert mean(scores.values()) >= FLOOR, scores


@pytest.mark.parametrize("name", [page["name"] for page in PAGES])
def test_no_layout_fails(scores: dict[str, float], name: str) -> None:
    assert scores[name] >= EACH
