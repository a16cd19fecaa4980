"""What the stages read besides the document: rules, models and lists, loaded once, immutable, passed in."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pipeline.lists import Lists, load_lists
from pipeline.rulebook import RuleBook, load
from pipeline.segment import PairModel
from pipeline.strip import LineModel

if TYPE_CHECKING:
    from pipeline.config import Config


class Resources(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is loaded from files."""

    rules: RuleBook
    pairs: PairModel
    lines: LineModel
    lists: Lists


@lru_cache(maxsize=4)
def load_resources(config: Config) -> Resources:
    """Return the shipped resources, with the rule files that the config names."""
    return Resources(
        rules=load(tuple(Path(name) for name in config.strip.rules)),
        pairs=PairModel.read(),
        lines=LineModel.read(),
        lists=load_lists(),
    )
