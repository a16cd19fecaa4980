"""A forest that is run in two stages: all rows meet its first trees, only rows that those leave in doubt meet the rest.

Most rows of a page (menus, long paragraphs) are settled by a few trees, so that a forest three times as large costs little more. What
the first trees say is final where it is clear; this is a cascade in the sense of Viola and Jones (2001) with one step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from pipeline.forests.trees import Forest, ForestSpec, IntArray, ScoreArray, load_forest

if TYPE_CHECKING:
    from collections.abc import Sequence


class StagedSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A model as stored.

    Attributes:
        first: how many of the forest's trees every row meets.
        doubt: a row whose first score lies nearer to zero than this meets the others too; in the forest's units.
        forest: all trees, those of the first stage first.
    """

    first: int
    doubt: int
    forest: ForestSpec


@dataclass(frozen=True, slots=True, eq=False)
class StagedForest:
    """A model ready to run."""

    first: Forest
    rest: Forest
    doubt: int

    def score(self, features: IntArray) -> ScoreArray:
        """Score every row. Arguments, result and errors as `pipeline.forests.trees.Forest.score`.

        >>> from pipeline.forests.trees import FORMAT, TreeSpec
        >>> trees = (TreeSpec((0,), (9,), (-1,), (-2,), (-7, 2)), TreeSpec((0,), (99,), (-1,), (-2,), (-4, 4)))
        >>> spec = StagedSpec(first=1, doubt=5, forest=ForestSpec(format=FORMAT, scale=10, features=("words",), trees=trees))
        >>> load_staged(spec, ["words"]).score(np.array([[3], [30], [300]], dtype=np.int32)).tolist()
        [-7, -2, 6]
        """
        total = self.first.score(features)
        doubtful = np.flatnonzero(np.abs(total) < self.doubt)
        if len(doubtful):
            total[doubtful] += self.rest.score(features[doubtful])
        return total


def load_staged(spec: StagedSpec, features: Sequence[str]) -> StagedForest:
    """Make a model ready to run.

    Args:
        spec: the model as stored.
        features: the columns that the caller computes; the model must have been trained on the same.

    Raises:
        ValueError: the forest is damaged or was trained on other features.
    """
    if spec.forest.features != tuple(features):
        raise ValueError("the model was trained on other features")

    def load(trees: slice) -> Forest:
        return load_forest(msgspec.json.encode(msgspec.structs.replace(spec.forest, trees=spec.forest.trees[trees])))

    return StagedForest(load(slice(spec.first)), load(slice(spec.first, None)), spec.doubt)
