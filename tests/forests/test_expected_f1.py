"""The choice of blocks by expected F1, and the model files."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.forests.expected_f1 import _LOGISTIC, choose
from pipeline.strip import LineModel


def value(kept, likely, words):
    """Expected F1 of a set of blocks, in the approximation that `choose` maximises."""
    gained = sum(p * w for k, p, w in zip(kept, likely, words, strict=True) if k)
    spent = sum(w for k, w in zip(kept, words, strict=True) if k)
    return 2 * gained / (10_000 * spent + sum(p * w for p, w in zip(likely, words, strict=True)))


@given(st.lists(st.tuples(st.integers(-9000, 9000), st.integers(1, 300)), min_size=1, max_size=9), st.integers(5, 30))
def test_no_other_set_is_better(blocks, spread):
    scores, words = (np.array(column) for column in zip(*blocks, strict=True))
    likely = [int(_LOGISTIC[min(120, max(0, score // (10 * spread) + 60))]) for score in scores.tolist()]
    best = value(choose(scores, words, spread).tolist(), likely, words.tolist())
    for mask in range(1, 1 << len(blocks)):
        kept = [bool(mask >> bit & 1) for bit in range(len(blocks))]
        assert best >= value(kept, likely, words.tolist()) - 1e-12


def test_the_table_is_symmetric_and_rises():
    assert len(_LOGISTIC) == 121
    assert (_LOGISTIC + _LOGISTIC[::-1] == 10_000).all()
    assert (np.diff(_LOGISTIC) > 0).all()


def test_nothing_is_chosen_of_nothing():
    assert choose(np.array([], dtype=np.int32), np.array([], dtype=np.int32), 10).tolist() == []


@pytest.mark.parametrize("data", [b"{}", b"not json", b'{"format":"other"}'])
def test_a_damaged_model_is_refused(data):
    with pytest.raises(ValueError, match="not a line model"):
        LineModel.read(data)
