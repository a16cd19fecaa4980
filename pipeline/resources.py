"""What the stages read besides the document: rules, models and lists, loaded once, immutable, passed in."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pipeline.code_identity import code_sha256
from pipeline.describe import DayModel
from pipeline.extract import HtmlModel
from pipeline.lists import Lists, load_lists
from pipeline.rules.rulebook import RuleBook, RuleError, load
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
    spans: SpanModel | None
    days: DayModel
    lists: Lists
    config_sha256: str
    code_sha256: str


def load_resources(config: Config) -> Resources:
    """Return the shipped resources, with the rule files that the config names as they are now.

    Raises `RuleError` where such a file cannot be read or used.
    """
    return _load(config, tuple(map(_digest, config.rules.files)))


def _digest(name: str) -> str:
    try:
        return sha256(Path(name).read_bytes()).hexdigest()
    except OSError as error:
        raise RuleError(f"{name}: {error.strerror or error}") from error


@lru_cache(maxsize=4)
def _load(config: Config, rule_digests: tuple[str, ...]) -> Resources:
    return Resources(
        rules=load(tuple(Path(name) for name in config.rules.files)),
        blocks=HtmlModel.read(),
        pairs=PairModel.read(),
        lines=LineModel.read(),
        spans=SpanModel.read() if config.strip.span_model else None,
        days=DayModel.read(),
        lists=load_lists(),
        config_sha256=config.sha256(rule_digests),
        code_sha256=code_sha256(config),
    )
