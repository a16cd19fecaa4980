"""How a block's score stands among the scores of its page."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.strip.line_features import LINE_FEATURES
from pipeline.strip.score_features import STANDING, standing


def columns_of(scores, asked, count):
    rows = np.ones((count, len(LINE_FEATURES)), dtype=np.int32)
    found = standing(np.array(scores, dtype=np.int64), np.array(asked, dtype=np.intp), rows)
    assert found.shape == (len(asked), len(STANDING))
    return {name: found[:, number].tolist() for number, name in enumerate(STANDING)}


def test_neighbours_are_those_on_the_page():
    columns = columns_of([3000, -8000, 2000], [0, 1, 3], 5)
    assert columns["score"] == [3000, -6000, 2000]
    assert columns["score-1"] == [-9000, 3000, -7000]
    assert columns["score+1"] == [-6000, -7000, -7000]
    assert columns["score+2"] == [-7000, 2000, -9000]


def test_a_caption_stands_below_the_paragraphs_around_it():
    columns = columns_of([4000, 4200, 1500, 4100, 3900], range(5), 5)
    assert columns["quantile_50"] == [4000] * 5
    assert columns["over_quantile_50"] == [0, 200, -2500, 100, -100]
    assert columns["kept_6"] == [5] * 5
    assert columns["over_mean_6"][2] == 1500 - (4000 + 4200 + 1500 + 4100 + 3900) // 5
    assert columns["rank"] == [40, 80, 0, 60, 20]


def test_the_ends_are_those_of_the_likely_blocks():
    columns = columns_of([-3000, 2000, 500, 2500, -500], range(5), 5)
    assert columns["after_first"] == [-1, 0, 1, 2, 3]
    assert columns["before_last"] == [3, 2, 1, 0, -1]
    assert columns["likely"] == [2] * 5
    assert columns["doubtful"] == [2] * 5


@given(st.lists(st.integers(-20_000, 20_000), min_size=1, max_size=40), st.integers(0, 5))
def test_any_scores_give_finite_rows(scores, gap):
    asked = [place * (gap + 1) for place in range(len(scores))]
    columns = columns_of(scores, asked, asked[-1] + 3)
    assert all(0 <= rank < 100 for rank in columns["rank"])
    assert sorted(columns["score"]) == sorted(max(-6000, min(6000, score)) for score in scores)
