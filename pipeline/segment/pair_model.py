"""The pair model: are two neighbouring lines one paragraph?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from pipeline.forests.cascade import StagedForest, StagedSpec, load_staged
from pipeline.forests.model_files import read_model, shipped
from pipeline.segment.pair_features import PAIR_FEATURES, pair_features

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.segment.split_lines import Line
    from pipeline.text.characters import Classes

_BATCH = 50_000


FORMAT = "copydesk-pairs-2"


class PairModelFile(msgspec.Struct, frozen=True, kw_only=True):
    """A model file: a forest, and what words at the edges of lines say; see `pipeline.segment.pair_features`."""

    format: str
    came_from: dict[str, int]
    goes_on: dict[str, int]
    forest: StagedSpec


class PairModel(msgspec.Struct, frozen=True, kw_only=True):
    """A forest over `PAIR_FEATURES`; a score above 0 says that the lines are one paragraph."""

    came_from: dict[str, int]
    goes_on: dict[str, int]
    forest: StagedForest

    @classmethod
    def read(cls, data: bytes | None = None) -> PairModel:
        """Read a model file, or the one that comes with the package.

        Raises:
            ValueError: The file is damaged or was trained on other features.
        """
        file = read_model(data or shipped().joinpath("text_pairs.json").read_bytes(), PairModelFile, FORMAT, "pair model")
        return cls(came_from=file.came_from, goes_on=file.goes_on, forest=load_staged(file.forest, PAIR_FEATURES))

    def scores(self, text: str, classes: Classes, lines: Sequence[Line]) -> list[int]:
        """The score of each line with the next one; `len(lines) - 1` integers."""
        if len(lines) < 2:
            return []
        rows = pair_features(text, classes, lines, self.came_from, self.goes_on)
        parts = [self.forest.score(rows[at : at + _BATCH]) for at in range(0, len(rows), _BATCH)]
        joined: list[int] = np.concatenate(parts).tolist()
        return joined
