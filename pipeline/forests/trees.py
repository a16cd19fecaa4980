"""Gradient-boosted trees in integer arithmetic: small model files, the same score on every processor.

A model is a forest of binary trees over integer features. Thresholds, leaf values and scores are integers too, so that no rounding
mode, vector unit or mathematics library can change a verdict. `training.boost` writes such models; this module reads and runs them.

The forest is evaluated by the bit-vector method (QuickScorer: Lucchese et al., SIGIR 2015): leaves are numbered from left to right,
every inner node carries the set of leaves that are out of reach once its test fails, the sets of all failing nodes of a tree are
united, and the lowest leaf that remains is the tree's answer. This takes a handful of whole-array operations and no branches.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

IntArray = NDArray[np.int32]
ScoreArray = NDArray[np.int64]

FORMAT = "copydesk-trees-1"
_AT_ONCE = 256
"""Rows that are judged at once: what is computed on the way stays in a processor's cache."""
_LEAST, _MOST = -0x4000, 0x3FFF
"""Half of what 16 bits hold, so that the difference of any two numbers has the right sign."""

MAX_LEAVES = 16
"""Leaves of one tree; the sets of leaves are 16 bits wide."""


class TreeSpec(msgspec.Struct, frozen=True, array_like=True):
    """One tree as stored: inner nodes in pre-order, a child `c >= 0` is inner node `c` and a child `c < 0` is leaf `-1 - c`.

    A row goes left when `row[feature] <= threshold`. Leaves are numbered from left to right.
    """

    feature: tuple[int, ...]
    threshold: tuple[int, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    leaf: tuple[int, ...]


class ForestSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A model file: the names of its features in column order, and its trees.

    A score is the sum of one leaf value a tree; `scale` is how many units make one unit of the trained model's raw score (log odds
    for a classifier). Nothing in the forest depends on `scale`: it is there for readers.
    """

    format: str
    scale: int
    features: tuple[str, ...]
    trees: tuple[TreeSpec, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """A model made ready to run.

    Attributes:
        features: the names of its columns.
        scale: what one unit of the trained model's raw score is in the forest's own.
        columns: the column that each test reads: places in a tree by trees.
        thresholds: what each test compares with, of the same shape with a last axis of one; 16 bits wide, which halves the work.
        lost: the leaves that are out of reach once a test fails, as bits, of the same shape.
        wide: columns with a threshold that does not fit 16 bits, and all their thresholds, sorted; the tests on them compare ranks.
        values: the leaves of all trees.
        offsets: where each tree's leaves begin, one a row.
        lowest: the lowest leaf that is not in a set of lost ones.
    """

    features: tuple[str, ...]
    scale: int
    columns: NDArray[np.intp]
    thresholds: NDArray[np.int16]
    lost: NDArray[np.int16]
    wide: tuple[tuple[int, IntArray], ...]
    values: IntArray
    offsets: NDArray[np.intp]
    lowest: NDArray[np.uint8]

    def score(self, features: IntArray) -> ScoreArray:
        """Score every row.

        Args:
            features: rows by columns, in the order of `self.features`.

        Returns:
            One integer a row, in units of 1 / `scale`.

        Raises:
            ValueError: if the number of columns is not that of the model.

        >>> spec = ForestSpec(format=FORMAT, scale=10, features=("words",), trees=(TreeSpec((0,), (9,), (-1,), (-2,), (-7, 5)),))
        >>> load_forest(msgspec.json.encode(spec)).score(np.array([[3], [30]], dtype=np.int32)).tolist()
        [-7, 5]
        """
        total: ScoreArray = self.answers(features).sum(axis=0, dtype=np.int64)
        return total

    def answers(self, features: IntArray) -> IntArray:
        """The answer of every tree, trees by rows. Arguments and errors as `score`."""
        if features.ndim != 2 or features.shape[1] != len(self.features):
            raise ValueError(f"expected {len(self.features)} features, got an array of shape {features.shape}")
        rows, trees = features.shape[0], self.offsets.shape[0]
        if not rows or not trees:
            return np.zeros((trees, rows), dtype=np.int32)
        if rows <= _AT_ONCE:
            return self._answers(features.T)
        return np.concatenate([self._answers(features[at : at + _AT_ONCE].T) for at in range(0, rows, _AT_ONCE)], axis=1)

    def _answers(self, turned: IntArray) -> IntArray:
        """The answer of every tree for a few rows, given column after column: all tests of all trees at once."""
        narrow = np.minimum(np.maximum(turned, _LEAST), _MOST).astype(np.int16)
        for column, limits in self.wide:
            narrow[column] = limits.searchsorted(turned[column])
        tests = narrow.take(self.columns, axis=0, mode="clip")
        np.subtract(self.thresholds, tests, out=tests)
        np.right_shift(tests, 15, out=tests)  # the sign on all bits: ones where a test fails
        np.bitwise_and(tests, self.lost, out=tests)
        lost = np.bitwise_or.reduce(tests, axis=0).view(np.uint16)
        found: IntArray = self.values.take(self.lowest.take(lost) + self.offsets)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Forests:
    """Several models over the same features, run as one.

    Attributes:
        names: the models' names, sorted.
        joined: all their trees, model after model.
        starts: of each model, the number of trees before its own.
    """

    names: tuple[str, ...]
    joined: Forest
    starts: NDArray[np.intp]

    def score(self, features: IntArray) -> dict[str, ScoreArray]:
        """Score every row with every model; arguments and errors as `Forest.score`."""
        sums = np.add.reduceat(self.joined.answers(features), self.starts, axis=0, dtype=np.int64)
        return dict(zip(self.names, sums, strict=True))


def load_forest(data: bytes) -> Forest:
    """Make a model ready to run.

    Args:
        data: a model file, JSON of `ForestSpec`.

    Returns:
        The forest.

    Raises:
        ValueError: if the file is of another format, or a tree has more than `MAX_LEAVES` leaves or is not well formed.
    """
    try:
        spec = msgspec.json.decode(data, type=ForestSpec)
    except msgspec.MsgspecError as error:
        raise ValueError(f"not a model file: {error}") from error
    if spec.format != FORMAT:
        raise ValueError(f"model format {spec.format!r}, expected {FORMAT!r}")
    most = max((len(tree.leaf) for tree in spec.trees), default=1)
    if most > MAX_LEAVES:
        raise ValueError(f"a tree has {most} leaves, at most {MAX_LEAVES} are possible")
    return _prepare(spec, bits=8 if most <= 8 else 16)


def load_forests(data: bytes) -> Forests:
    """Make several models in one file ready to run: a JSON object from a name to a `ForestSpec`, at least one.

    Raises:
        ValueError: as `load_forest` does, or if a model has no tree or other features than the first.
    """
    try:
        specs = dict(sorted(msgspec.json.decode(data, type=dict[str, ForestSpec]).items()))
    except msgspec.MsgspecError as error:
        raise ValueError(f"not a file of models: {error}") from error
    models = list(specs.values())
    if not models or any(not model.trees or model.features != models[0].features for model in models):
        raise ValueError("every model in a file must have trees and the same features")
    joined = msgspec.structs.replace(models[0], trees=tuple(tree for model in models for tree in model.trees))
    sizes = [len(model.trees) for model in models]
    starts = np.cumsum([0, *sizes[:-1]], dtype=np.intp)
    return Forests(tuple(specs), load_forest(msgspec.json.encode(joined)), starts)


def _prepare(spec: ForestSpec, bits: int) -> Forest:
    """Lay the trees side by side; a tree with fewer tests than the largest is filled with tests that lose nothing."""
    left = [_left_leaves(tree, len(spec.features), number) for number, tree in enumerate(spec.trees)]
    depth = max(map(len, left), default=0)
    lost = _laid(left, depth).astype(np.uint16)
    columns = _laid([tree.feature for tree in spec.trees], depth).astype(np.intp)
    thresholds = _laid([tree.threshold for tree in spec.trees], depth).astype(np.int32)
    sizes = [len(tree.leaf) for tree in spec.trees]
    beyond = sorted(set(columns[(thresholds < _LEAST) | (thresholds >= _MOST)].tolist()))
    wide = [(column, _distinct(thresholds[(columns == column) & (lost > 0)])) for column in beyond]
    for column, limits in wide:
        on = columns == column
        thresholds[on] = limits.searchsorted(thresholds[on])
    return Forest(
        features=spec.features,
        scale=spec.scale,
        columns=columns,
        thresholds=thresholds.astype(np.int16)[:, :, None],
        lost=lost.view(np.int16)[:, :, None],
        wide=tuple(wide),
        values=np.array([value for tree in spec.trees for value in tree.leaf], dtype=np.int32),
        offsets=np.cumsum([0, *sizes[:-1]], dtype=np.intp)[:, None] if sizes else np.zeros((0, 1), dtype=np.intp),
        lowest=_lowest_clear_bit(bits),
    )


def _laid(rows: Sequence[Sequence[int]], length: int) -> NDArray[np.int64]:
    """Return rows of numbers as columns of this length, filled up with zeros."""
    return np.array([(*row, *[0] * (length - len(row))) for row in rows], dtype=np.int64).reshape(len(rows), length).T.copy()


def _left_leaves(tree: TreeSpec, features: int, number: int) -> list[int]:
    """Of every inner node, the set of leaves below its left child, as bits. A node's children stand behind it.

    Raises:
        ValueError: if the tree, of this number in its forest, is not a binary tree over so many features with leaves numbered from left
            to right.
    """
    nodes = len(tree.feature)
    same = len(tree.threshold) == len(tree.left) == len(tree.right) == nodes == len(tree.leaf) - 1
    sets, first, last = [0] * nodes, [0] * nodes, [0] * nodes
    for node in reversed(range(nodes)) if same else ():
        left, right = tree.left[node], tree.right[node]
        for child in (left, right):
            if child >= 0 and not node < child < nodes:
                raise ValueError(f"tree {number}: child {child} is not a later node")
        first[node], middle = (first[left], last[left]) if left >= 0 else (-1 - left, -1 - left)
        after, last[node] = (first[right], last[right]) if right >= 0 else (-1 - right, -1 - right)
        same = same and after == middle + 1
        sets[node] = (2 << middle) - (1 << first[node])
    if not same or (nodes and (first[0], last[0]) != (0, nodes)) or not all(0 <= column < features for column in tree.feature):
        raise ValueError(f"tree {number} is not well formed")
    return sets


def _distinct(numbers: IntArray) -> IntArray:
    """Return the numbers sorted, each once: as numpy's `unique`, which loads numpy's masked arrays first."""
    return np.array(sorted(set(numbers.tolist())), dtype=numbers.dtype)


def _lowest_clear_bit(bits: int) -> NDArray[np.uint8]:
    """A table from a set of lost leaves to the lowest leaf that is not lost (0 for the full set, which cannot occur)."""
    sets = np.arange(1 << bits, dtype=np.uint32)
    table = np.zeros(1 << bits, dtype=np.uint8)
    for bit in reversed(range(bits)):
        table[(sets >> bit) & 1 == 0] = bit
    return table
