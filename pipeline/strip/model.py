"""The line model: which of the blocks that no rule names are the article."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from pipeline.staged import StagedForest, StagedSpec, load_staged
from pipeline.strip.features import LINE_FEATURES, line_features

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.chars import Ints
    from pipeline.strip.draft import Draft

_FORMAT = "copydesk-lines-3"


class LineModelFile(msgspec.Struct, frozen=True, kw_only=True):
    """A model file: a forest, and what words say of the block they stand in."""

    format: str
    tones: dict[str, int]
    forest: StagedSpec


class LineModel(msgspec.Struct, frozen=True, kw_only=True):
    """A forest over `LINE_FEATURES`; a score above 0 says that a block is article."""

    tones: dict[str, int]
    forest: StagedForest

    @classmethod
    def read(cls, data: bytes | None = None) -> LineModel:
        """Read a model file, or the one that comes with the package.

        Raises:
            ValueError: The file is damaged or was trained on other features.
        """
        try:
            file = msgspec.json.decode(
                data or (resources.files("pipeline") / "models" / "text_lines.json").read_bytes(), type=LineModelFile
            )
        except msgspec.MsgspecError as error:
            raise ValueError(f"not a line model: {error}") from error
        if file.format != _FORMAT:
            raise ValueError("the line model is of another format")
        return cls(tones=file.tones, forest=load_staged(file.forest, LINE_FEATURES))

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
        scores: Ints = self.forest.score(rows[wanted]).astype(np.int32)
        return scores, rows[wanted, LINE_FEATURES.index("words")]
