"""Extraction with models that never saw a page's fold."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.decode import decode
from pipeline.decode.config import DecodeConfig
from pipeline.extract import ExtractConfig, ExtractError, HtmlModel, extract, parse
from pipeline.rejected import Rejected

_MODELS = Path(__file__).resolve().parent / "models"


@dataclass(frozen=True, slots=True)
class Body:
    """The body alone."""

    text: str


@cache
def fold_model(fold: int) -> HtmlModel:
    """The model trained without a fold's sites."""
    return HtmlModel.read(_MODELS / f"html.{fold}")


def clean_oof(raw: bytes, *, url: str | None, media_type: str | None, fold: int) -> Body:
    """Extract a page's body with the fold's model: kept blocks, without the spans that are cut, joined by blank lines."""
    del media_type
    html = decode(raw, is_html=True, config=DecodeConfig()).text
    try:
        found = extract(parse(html), html, url=url, model=fold_model(fold), config=ExtractConfig())
    except ExtractError as error:
        raise Rejected(error.code, error.detail) from error  # type: ignore[arg-type]  # the extractor's codes are among them
    parts = []
    for finding in found.findings:
        if finding.verdict == "keep":
            at, pieces = finding.start, []
            for cut in found.cuts:
                if finding.start <= cut.start and cut.end <= finding.end:
                    pieces.append(found.base[at : cut.start])
                    at = cut.end
            pieces.append(found.base[at : finding.end])
            parts.append("".join(pieces).strip())
    return Body("\n\n".join(part for part in parts if part))
