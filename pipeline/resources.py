"""What the stages read besides the document: rules, models and lists, loaded once, immutable, passed in."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pipeline.extract import HtmlModel
from pipeline.lists import Lists, load_lists
from pipeline.rules.rulebook import RuleBook, load
from pipeline.segment import PairModel
from pipeline.strip import LineModel, SpanModel

if TYPE_CHECKING:
    from pipeline.config import Config


class Resources(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is loaded from files."""

    rules: RuleBook
    blocks: HtmlModel
    pairs: PairModel
    lines: LineModel
    spans: SpanModel
    lists: Lists
    config_sha256: str


@lru_cache(maxsize=4)
def load_resources(config: Config) -> Resources:
    """Return the shipped resources, with the rule files that the config names."""
    return Resources(
        rules=load(tuple(Path(name) for name in config.rules.files)),
        blocks=HtmlModel.read(),
        pairs=PairModel.read(),
        lines=LineModel.read(),
        spans=SpanModel.read(),
        lists=load_lists(),
        config_sha256=settings_sha256(config),
    )


def settings_sha256(config: Config) -> str:
    """Return the digest of all settings, and of the content of the rule files that they name.

    Raises `OSError` where such a file cannot be read.
    """
    if not config.rules.files:
        return config.sha256()
    contents = "".join(sha256(Path(name).read_bytes()).hexdigest() for name in config.rules.files)
    return sha256(f"{config.sha256()}{contents}".encode()).hexdigest()
