"""The whole pipeline with models that never saw a page's fold: what scores on the development corpora are taken with.

`make models-oof` trains these models; where they are missing, the first call says so.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import msgspec

from pipeline.config import Config
from pipeline.describe import DayModel
from pipeline.extract import HtmlModel
from pipeline.ingest import RawDocument
from pipeline.resources import Resources, load_resources
from pipeline.segment import PairModel
from pipeline.stages import run
from pipeline.strip import LineModel, SpanModel
from training import field_days, html, text_lines, text_pairs, text_spans
from training.model_files import fold_model

if TYPE_CHECKING:
    from pipeline.records import Article


@cache
def fold_resources(fold: int) -> Resources:
    """Return the shipped resources with every model replaced by the one trained without a fold's sites.

    Raises `training.model_files.MissingModelsError` where nobody has made it.
    """
    config = Config()
    return msgspec.structs.replace(
        load_resources(config),
        blocks=HtmlModel.read(fold_model(html.FOLDER, fold)),
        pairs=PairModel.read(fold_model(text_pairs.FOLD_FILE, fold).read_bytes()),
        lines=LineModel.read(fold_model(text_lines.FOLD_FILE, fold).read_bytes()),
        days=DayModel.read(fold_model(field_days.FOLD_FILE, fold).read_bytes()),
        spans=SpanModel.read(fold_model(text_spans.FOLD_FILE, fold).read_bytes()) if config.strip.span_model else None,
    )


def clean_oof(raw: bytes | str, *, url: str | None, media_type: str | None, fold: int) -> Article:
    """Clean one document with the fold's models and default settings.

    Raises `Rejected` as `pipeline.clean` does.
    """
    return run(RawDocument(data=raw, url=url, media_type=media_type), Config(), fold_resources(fold)).article
