"""The trained parts of extraction, loaded once and passed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.extract.markup_names import Names, combine
from pipeline.forests.model_files import parse_scores, shipped
from pipeline.forests.trees import Forest, Forests, load_forest, load_forests

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

BLOCKS, NAMES, WORDS, KINDS = "html_blocks.json", "html_names.tsv", "html_words.tsv", "html_kinds.json"
"""The model's files."""


@dataclass(frozen=True, slots=True, eq=False)
class HtmlModel:
    """The block model.

    Attributes:
        blocks: scores a block by its features.
        names: what names in markup say: curated groups and learned scores.
        words: learned scores of words in short blocks.
        kinds: of every page kind in the training data, how well a page as a whole fits it; None while they are being trained.
    """

    blocks: Forest
    names: Names
    words: dict[str, int]
    kinds: Forests | None

    @classmethod
    def read(cls, folder: Path | None = None) -> HtmlModel:
        """Load a model.

        Args:
            folder: where its files are; the shipped model if not given.

        Returns:
            The model.

        Raises:
            OSError: if a file cannot be read.
            ValueError: if one is not a model.
        """
        place: Traversable = shipped() if folder is None else folder
        return cls(
            load_forest(place.joinpath(BLOCKS).read_bytes()),
            combine(parse_scores(place.joinpath(NAMES).read_text("utf-8"))),
            parse_scores(place.joinpath(WORDS).read_text("utf-8")),
            load_forests(place.joinpath(KINDS).read_bytes()),
        )
