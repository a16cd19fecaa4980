"""The line model: which of the blocks that no rule names are the article."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from pipeline.forests.cascade import StagedForest, StagedSpec, load_staged
from pipeline.forests.model_files import read_model, shipped
from pipeline.forests.trees import Forest, ForestSpec, load_forest
from pipeline.strip.line_features import LINE_FEATURES, line_features
from pipeline.strip.score_features import STANDING, standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.strip.page import Draft
    from pipeline.text.characters import Ints

FORMAT = "copydesk-lines-4"

OPEN_TO_DOUBT = 2500
"""How near to zero, in thousandths of log odds, the first forest's score of a block lies that the second one is asked about."""
_CAUTION = 300
"""What is taken off every score: out of fold, fewer captions stay for it and no word is lost on the whole."""


class LineModelFile(msgspec.Struct, frozen=True, kw_only=True):
    """A model file: two forests, and what words say of the block they stand in."""

    format: str
    tones: dict[str, int]
    forest: StagedSpec
    second: ForestSpec


class LineModel(msgspec.Struct, frozen=True, kw_only=True):
    """A forest over `LINE_FEATURES`, and one over `STANDING` that sees the scores of the whole page.

    The mean of their scores is the model's; above 0 it says that a block is article.
    """

    tones: dict[str, int]
    forest: StagedForest
    second: Forest

    @classmethod
    def read(cls, data: bytes | None = None) -> LineModel:
        """Read a model file, or the one that comes with the package.

        Raises:
            ValueError: The file is damaged or was trained on other features.
        """
        file = read_model(data or shipped().joinpath("text_lines.json").read_bytes(), LineModelFile, FORMAT, "line model")
        if file.second.features != STANDING:
            raise ValueError("the line model's second forest was trained on other features")
        second = load_forest(msgspec.json.encode(file.second))
        return cls(tones=file.tones, forest=load_staged(file.forest, LINE_FEATURES), second=second)

    def judge(self, draft: Draft, title: int | None, asked: Sequence[int]) -> tuple[Ints, Ints]:
        """Score blocks, above 0 for article and below 0 for furniture, and count their words.

        Args:
            draft: The page.
            title: The title's block, None where there is none.
            asked: The blocks that are wanted, in order.

        Returns:
            One score and one number of words for each of `asked`.
        """
        if not asked:
            return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32)
        wanted = np.array(asked, dtype=np.intp)
        rows = line_features(draft, title, self.tones)
        scores = self.forest.score(rows[wanted])
        doubtful = np.flatnonzero(np.abs(scores) < OPEN_TO_DOUBT)
        if len(doubtful):
            second = self.second.score(standing(scores, wanted, rows)[doubtful])
            scores[doubtful] = (scores[doubtful] + second) // 2
        return (scores - _CAUTION).astype(np.int32), rows[wanted, LINE_FEATURES.index("words")]
