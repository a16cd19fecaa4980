"""The whole pipeline with models that never saw a page's fold: what `bench/run.py ours_oof` scores."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pipeline.config import Config
from pipeline.extract import HtmlModel
from pipeline.ingest import RawDocument
from pipeline.resources import Resources, load_resources
from pipeline.segment import PairModel
from pipeline.stages import run
from pipeline.strip import LineModel, SpanModel

if TYPE_CHECKING:
    from pipeline.records import Article

MODELS = Path(__file__).resolve().parent / "models"


@cache
def fold_resources(fold: int) -> Resources:
    """Return the shipped resources with every model replaced by the one trained without a fold's sites."""
    return msgspec.structs.replace(
        load_resources(Config()),
        blocks=HtmlModel.read(MODELS / f"html.{fold}"),
        pairs=PairModel.read((MODELS / f"text_pairs.{fold}.json").read_bytes()),
        lines=LineModel.read((MODELS / f"text_lines.{fold}.json").read_bytes()),
        spans=SpanModel.read((MODELS / f"text_spans.{fold}.json").read_bytes()),
    )


def clean_oof(raw: bytes | str, *, url: str | None, media_type: str | None, fold: int) -> Article:
    """Clean one document with the fold's models and default settings.

    Raises `Rejected` as `pipeline.clean` does.
    """
    return run(RawDocument(data=raw, url=url, media_type=media_type), Config(), fold_resources(fold)).article
