"""Pairs of texts as data: which are one story, and which only look alike."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from marking import mark, mark_texts, record

from pipeline import clean
from pipeline.duplicates.match_key import match_key

CASES = Path(__file__).parents[1] / "cases" / "duplicates"
SEEDS = sorted((Path(__file__).parents[2] / "raw" / "seeds").glob("*.txt"))


def load(name: str) -> Any:
    return json.loads((CASES / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", load("synthetic.json"), ids=lambda case: case["name"])
@pytest.mark.parametrize("turned", [False, True])
def test_one_story(case: dict[str, Any], *, turned: bool) -> None:
    texts = [case["two"], case["one"]] if turned else [case["one"], case["two"]]
    one, two = mark_texts(texts)
    assert (one.relation, two.relation) == (case["relation"], case["relation"])
    assert one.cluster == two.cluster
    assert [one.representative, two.representative].count(True) == 1
    assert (one.size, two.size) == (2, 2)
    assert (one.match, two.match) == (two.id, one.id)
    assert one.shared
    for row, (mine, other) in ((one, texts), (two, texts[::-1])):
        assert list(row.shared) == sorted(row.shared)
        for start, end, there, there_end in row.shared:
            assert match_key(mine[start:end]) == match_key(other[there:there_end])


@pytest.mark.parametrize("case", load("negative.json"), ids=lambda case: case["name"])
def test_lookalikes(case: dict[str, Any]) -> None:
    for row in mark_texts([case["one"], case["two"]]):
        assert (row.relation, row.cluster, row.representative, row.size) == (None, row.id, True, 1)
        assert (row.match, row.similarity, row.shared) == (None, None, ())


@pytest.mark.xfail(strict=True, reason="known to fall short")
@pytest.mark.parametrize("case", load("known_failures.json"), ids=lambda case: case["name"])
def test_known_failures(case: dict[str, Any]) -> None:
    assert [row.relation for row in mark_texts([case["one"], case["two"]])] == [case["relation"]] * 2


def test_all_cases_in_one_build() -> None:
    """Beside each other, the cases stay what they are: nothing joins over a page that holds two of the stories."""
    negatives = load("negative.json")
    texts = sorted({case[side] for case in negatives for side in ("one", "two") if len(case[side]) > 100})
    made = mark_texts(texts)
    joined = {frozenset((one.id, two.id)) for one, two in combinations(made, 2) if one.cluster == two.cluster}
    furniture = load("negative.json")[2]
    same = {
        frozenset(f"{texts.index(text):04d}" for text in (furniture[side], furniture[side].rsplit("\n\n", 3)[0])) for side in ("one", "two")
    }
    assert joined == same


def test_the_seeds_hold_one_story_twice() -> None:
    articles = [clean(path.read_bytes(), source="seeds") for path in SEEDS]
    made = mark(record(article.id, article.text, article.completeness, article.published_at) for article in articles)
    together = {(one, two) for one, two in combinations(range(5), 2) if made[articles[one].id].cluster == made[articles[two].id].cluster}
    assert together == {(0, 1)}
    assert made[articles[0].id].relation == made[articles[1].id].relation == "wire"
