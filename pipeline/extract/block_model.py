"""The trained parts of extraction, loaded once and passed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from pipeline.extract.markup_names import Names, combine
from pipeline.forests.cascade import StagedForest, StagedSpec, load_staged
from pipeline.forests.model_files import parse_scores, shipped
from pipeline.forests.trees import Forests, load_forests

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

BLOCKS, NAMES, WORDS, KINDS = "html_blocks.json", "html_names.tsv", "html_words.tsv", "html_kinds.json"
"""The model's files."""


@dataclass(frozen=True, slots=True, eq=False)
class HtmlModel:
    """The block model.

    Attributes:
        blocks: scores a block by its features; blocks that its first trees are sure of meet no others.
        names: what names in markup say: curated groups and learned scores.
        words: learned scores of words in short blocks.
        kinds: of every page kind in the training data, how well a page as a whole fits it; None while they are being trained.
    """

    blocks: StagedForest
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
            read_blocks(place.joinpath(BLOCKS).read_bytes()),
            combine(parse_scores(place.joinpath(NAMES).read_text("utf-8"))),
            parse_scores(place.joinpath(WORDS).read_text("utf-8")),
            load_forests(place.joinpath(KINDS).read_bytes()),
        )


def read_blocks(data: bytes) -> StagedForest:
    """Make the forest of a file ready to run.

    Raises:
        ValueError: the bytes are no such forest.
    """
    spec = msgspec.json.decode(data, type=StagedSpec)
    return load_staged(spec, spec.forest.features)
