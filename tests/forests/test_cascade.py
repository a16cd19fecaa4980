"""Forests in two stages: the second only speaks where the first one doubts."""

import numpy as np
import pytest

from pipeline.forests.cascade import StagedSpec, load_staged
from pipeline.forests.trees import FORMAT, ForestSpec, TreeSpec

FIRST = TreeSpec((0,), (9,), (-1,), (-2,), (-700, 200))
SECOND = TreeSpec((1,), (0,), (-1,), (-2,), (-400, 400))
FOREST = ForestSpec(format=FORMAT, scale=100, features=("words", "stops"), trees=(FIRST, SECOND))
ROWS = np.array([[3, 0], [3, 5], [30, 0], [30, 5]], dtype=np.int32)


@pytest.mark.parametrize(
    ("doubt", "scores"),
    [(0, [-700, -700, 200, 200]), (200, [-700, -700, 200, 200]), (201, [-700, -700, -200, 600]), (5000, [-1100, -300, -200, 600])],
)
def test_the_rest_is_asked_in_doubt(doubt, scores):
    model = load_staged(StagedSpec(first=1, doubt=doubt, forest=FOREST), FOREST.features)
    assert model.score(ROWS).tolist() == scores


def test_no_rows():
    model = load_staged(StagedSpec(first=1, doubt=201, forest=FOREST), FOREST.features)
    assert model.score(ROWS[:0]).tolist() == []


def test_all_trees_in_the_first_stage():
    model = load_staged(StagedSpec(first=2, doubt=5000, forest=FOREST), FOREST.features)
    assert model.score(ROWS).tolist() == [-1100, -300, -200, 600]


def test_other_features_are_refused():
    with pytest.raises(ValueError, match="other features"):
        load_staged(StagedSpec(first=1, doubt=0, forest=FOREST), ("words", "commas"))
