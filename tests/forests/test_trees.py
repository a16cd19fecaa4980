"""The integer forest against LightGBM and against a plain walk of each tree."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.forests.trees import FORMAT, ForestSpec, TreeSpec, load_forest, load_forests


def tree(draw: st.DrawFn, leaves: int, features: int) -> TreeSpec:
    feature: list[int] = []
    threshold: list[int] = []
    left: list[int] = []
    right: list[int] = []
    leaf: list[int] = []

    def grow(size: int) -> int:
        if size == 1:
            leaf.append(draw(st.integers(-5000, 5000)))
            return -len(leaf)
        number = len(feature)
        feature.append(draw(st.integers(0, features - 1)))
        threshold.append(draw(st.integers(-5, 5)))
        left.append(0)
        right.append(0)
        cut = draw(st.integers(1, size - 1))
        left[number] = grow(cut)
        right[number] = grow(size - cut)
        return number

    grow(leaves)
    return TreeSpec(tuple(feature), tuple(threshold), tuple(left), tuple(right), tuple(leaf))


@st.composite
def forests(draw: st.DrawFn) -> ForestSpec:
    features = draw(st.integers(1, 4))
    sizes = draw(st.lists(st.integers(1, 16), min_size=0, max_size=5))
    trees = tuple(tree(draw, size, features) for size in sizes)
    return ForestSpec(format=FORMAT, scale=1000, features=tuple(f"f{n}" for n in range(features)), trees=trees)


def walked(spec: TreeSpec, row: list[int]) -> int:
    node = 0 if spec.feature else -1
    while node >= 0:
        node = spec.left[node] if row[spec.feature[node]] <= spec.threshold[node] else spec.right[node]
    return spec.leaf[-1 - node]


@settings(max_examples=150, deadline=None)
@given(forests(), st.integers(0, 2**32 - 1), st.sampled_from((1, 4_000, 300_000_000)))
def test_scores_are_the_sum_of_one_leaf_a_tree(spec: ForestSpec, seed: int, unit: int) -> None:
    """Thresholds far beyond 16 bits are told apart as well as small ones, from values right beside them too."""
    wider = [msgspec.structs.replace(one, threshold=tuple(unit * limit for limit in one.threshold)) for one in spec.trees]
    spec = msgspec.structs.replace(spec, trees=tuple(wider))
    random = np.random.default_rng(seed)
    rows = random.integers(-7, 8, size=(20, len(spec.features))) * unit + random.integers(-1, 2, size=(20, len(spec.features)))
    rows = rows.astype(np.int32)
    got = load_forest(msgspec.json.encode(spec)).score(rows)
    assert got.dtype == np.int64
    assert got.tolist() == [sum(walked(one, row) for one in spec.trees) for row in rows.tolist()]


def test_no_rows() -> None:
    spec = ForestSpec(format=FORMAT, scale=1, features=("a",), trees=(TreeSpec((0,), (1,), (-1,), (-2,), (0, 1)),))
    assert load_forest(msgspec.json.encode(spec)).score(np.zeros((0, 1), dtype=np.int32)).tolist() == []


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"{}",
        b'{"format":"other","scale":1,"features":[],"trees":[]}',
        b'{"format":"copydesk-trees-1","scale":1,"features":["a"],"trees":[[[1],[0],[-1],[-2],[0,1]]]}',
        b'{"format":"copydesk-trees-1","scale":1,"features":["a"],"trees":[[[0],[0],[-2],[-1],[0,1]]]}',
        b'{"format":"copydesk-trees-1","scale":1,"features":["a"],"trees":[[[0],[0],[0],[-1],[0,1]]]}',
        b'{"format":"copydesk-trees-1","scale":1,"features":["a"],"trees":[[[0],[0,1],[-1],[-2],[0,1]]]}',
    ],
)
def test_a_bad_file_is_refused(bad: bytes) -> None:
    with pytest.raises(ValueError, match=r"model|tree"):
        load_forest(bad)


def test_more_leaves_than_bits_are_refused() -> None:
    comb = TreeSpec(tuple([0] * 16), tuple(range(16)), tuple(-1 - n for n in range(16)), (*range(1, 16), -17), tuple(range(17)))
    spec = ForestSpec(format=FORMAT, scale=1, features=("a",), trees=(comb,))
    with pytest.raises(ValueError, match="17 leaves"):
        load_forest(msgspec.json.encode(spec))


def test_columns_must_match() -> None:
    spec = ForestSpec(format=FORMAT, scale=1, features=("a", "b"), trees=())
    with pytest.raises(ValueError, match="expected 2 features"):
        load_forest(msgspec.json.encode(spec)).score(np.zeros((1, 3), dtype=np.int32))


def test_several_models_in_one_file() -> None:
    one = ForestSpec(format=FORMAT, scale=1, features=("a",), trees=(TreeSpec((0,), (1,), (-1,), (-2,), (3, 5)),) * 2)
    two = ForestSpec(format=FORMAT, scale=1, features=("a",), trees=(TreeSpec((), (), (), (), (7,)),))
    models = load_forests(msgspec.json.encode({"two": two, "one": one}))
    found = models.score(np.array([[0], [2]], dtype=np.int32))
    assert {name: scores.tolist() for name, scores in found.items()} == {"one": [6, 10], "two": [7, 7]}


@pytest.mark.parametrize("bad", [b"{}", b"[]", b'{"x":{"format":"copydesk-trees-1","scale":1,"features":["a"],"trees":[]}}'])
def test_a_bad_file_of_models_is_refused(bad: bytes) -> None:
    with pytest.raises(ValueError, match="model"):
        load_forests(bad)
