"""Quantised models agree with LightGBM, and training is reproducible."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.forests.trees import load_forest
from training import boost


@pytest.fixture(scope="module")
def rows() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    features = random.integers(-50, 1000, size=(3000, 12)).astype(np.int32)
    features[:, 3] = random.integers(0, 2, size=3000)
    wanted = (features[:, 0] > 300) ^ (features[:, 3] == 1) | (features[:, 5] + features[:, 6] < 100)
    return features, (wanted ^ (random.random(3000) < 0.05)).astype(np.int8)


@pytest.mark.parametrize("leaves", [2, 8, 13])
def test_scores_are_lightgbms_within_rounding(rows: tuple[np.ndarray, np.ndarray], leaves: int) -> None:
    features, labels = rows
    config = boost.BoostConfig(trees=40, num_leaves=leaves)
    booster = boost.fit(features, labels, config=config)
    names = [f"f{n}" for n in range(12)]
    forest = load_forest(boost.encode(boost.quantise(booster, names)))
    raw = booster.predict(features.astype(np.float64), raw_score=True)
    assert np.abs(forest.score(features) - raw * boost.SCALE).max() <= 0.5 * config.trees + 0.01
    assert ((forest.score(features) > 0) == (labels == 1)).mean() > (0.6 if leaves == 2 else 0.93)  # stumps cannot learn the xor


def test_training_twice_gives_the_same_bytes(rows: tuple[np.ndarray, np.ndarray]) -> None:
    features, labels = rows
    names = [f"f{n}" for n in range(12)]
    config = boost.BoostConfig(trees=15, feature_fraction=0.5, bagging_fraction=0.7)
    first, second = (boost.encode(boost.train(features, labels, names, config=config)) for _ in range(2))
    assert first == second
    assert load_forest(first).features == tuple(names)
