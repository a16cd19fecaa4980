"""Train gradient-boosted trees on integer features and quantise them for `pipeline.forests.trees`.

LightGBM runs on one thread, with a fixed seed and its deterministic mode, so that the same rows give the same file on one architecture.
Features are integers, hence a threshold may be floored without changing any test; leaf values are rounded to 1 / `scale`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from pipeline.forests.trees import FORMAT, ForestSpec, TreeSpec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

SCALE = 1000
"""Units of a quantised leaf value in one unit of raw score: rounding 100 trees moves a score by 0.05 log odds at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoostConfig:
    """What decides the shape of a model. Names are LightGBM's."""

    objective: str = "binary"
    trees: int = 80
    num_leaves: int = 8
    learning_rate: float = 0.1
    min_data_in_leaf: int = 50
    min_sum_hessian_in_leaf: float = 1e-3
    lambda_l2: float = 1.0
    feature_fraction: float = 1.0
    bagging_fraction: float = 1.0
    max_bin: int = 255
    seed: int = 3
    scale: int = SCALE
    extra: dict[str, Any] = field(default_factory=dict)

    def parameters(self) -> dict[str, Any]:
        """The parameters as LightGBM takes them."""
        return {
            "objective": self.objective,
            "num_leaves": self.num_leaves,
            "learning_rate": self.learning_rate,
            "min_data_in_leaf": self.min_data_in_leaf,
            "min_sum_hessian_in_leaf": self.min_sum_hessian_in_leaf,
            "lambda_l2": self.lambda_l2,
            "feature_fraction": self.feature_fraction,
            "bagging_fraction": self.bagging_fraction,
            "bagging_freq": int(self.bagging_fraction < 1),
            "max_bin": self.max_bin,
            "seed": self.seed,
            "deterministic": True,
            "force_col_wise": True,
            "num_threads": 1,
            "use_missing": False,
            "verbose": -1,
        } | self.extra


def train(
    features: NDArray[np.int32],
    labels: NDArray[Any],
    names: Sequence[str],
    *,
    weights: NDArray[Any] | None = None,
    config: BoostConfig | None = None,
) -> ForestSpec:
    """Train a model and quantise it.

    Args:
        features: rows by columns.
        labels: one a row: 0 or 1 for the objective "binary"; fractions for "cross_entropy".
        names: the columns' names, stored in the model so that a reader can check the order.
        weights: one a row, or none.
        config: the model's shape.

    Returns:
        The model; `encode` makes a file of it.
    """
    return quantise(fit(features, labels, weights=weights, config=config), names, scale=(config or BoostConfig()).scale)


def fit(
    features: NDArray[np.int32],
    labels: NDArray[Any],
    *,
    weights: NDArray[Any] | None = None,
    config: BoostConfig | None = None,
) -> Any:
    """Train a model and return LightGBM's own booster, as tests and feature studies need it."""
    import lightgbm  # noqa: PLC0415 - only training needs it, and it takes a second to import

    chosen = config or BoostConfig()
    data = lightgbm.Dataset(
        np.asarray(features, dtype=np.float64), labels, weight=weights, params={"verbose": -1, "max_bin": chosen.max_bin}
    )
    return lightgbm.train(chosen.parameters(), data, num_boost_round=chosen.trees)


def quantise(booster: Any, names: Sequence[str], *, scale: int = SCALE) -> ForestSpec:
    """Turn a trained booster over integer features into a model of integers.

    Trees without a single test are kept as one leaf, so that the sum stays the same.

    Args:
        booster: a trained `lightgbm.Booster` with a single output.
        names: the columns' names.
        scale: units in one unit of raw score.

    Returns:
        The model.
    """
    trees = tuple(_tree(info["tree_structure"], scale) for info in booster.dump_model()["tree_info"])
    return ForestSpec(format=FORMAT, scale=scale, features=tuple(names), trees=trees)


def encode(spec: ForestSpec) -> bytes:
    """Write a model file: JSON, one tree a line, so that differences between two models can be read."""
    head = msgspec.json.encode({"format": spec.format, "scale": spec.scale, "features": spec.features}).decode()
    trees = ",\n".join(msgspec.json.encode(tree).decode() for tree in spec.trees)
    return f'{head[:-1]},"trees":[\n{trees}\n]}}\n'.encode()


def encode_staged(spec: ForestSpec, *, first: int, doubt: int) -> bytes:
    """Write a file of `pipeline.forests.cascade.StagedSpec`, one tree a line."""
    return f'{{"first":{first},"doubt":{doubt},"forest":\n{encode(spec).decode().rstrip()}\n}}\n'.encode()


def encode_all(specs: Mapping[str, ForestSpec]) -> bytes:
    """Write a file of several models for `pipeline.forests.trees.load_forests`."""
    parts = ",\n".join(f"{msgspec.json.encode(name).decode()}:{encode(specs[name]).decode().rstrip()}" for name in sorted(specs))
    return f"{{\n{parts}\n}}\n".encode()


def _tree(root: dict[str, Any], scale: int) -> TreeSpec:
    """Number inner nodes in pre-order and leaves from left to right."""
    feature: list[int] = []
    threshold: list[int] = []
    left: list[int] = []
    right: list[int] = []
    leaf: list[int] = []

    def walk(node: dict[str, Any]) -> int:
        if "leaf_value" in node:
            leaf.append(round(node["leaf_value"] * scale))
            return -len(leaf)
        if node["decision_type"] != "<=":
            raise ValueError(f"unexpected test {node['decision_type']!r}")
        number = len(feature)
        feature.append(node["split_feature"])
        threshold.append(math.floor(node["threshold"]))
        left.append(0)
        right.append(0)
        left[number] = walk(node["left_child"])
        right[number] = walk(node["right_child"])
        return number

    walk(root)
    return TreeSpec(tuple(feature), tuple(threshold), tuple(left), tuple(right), tuple(leaf))
