"""Cleans documents one by one and gives every input exactly one row: the batch function that any engine can call."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Literal

import msgspec

from pipeline.records import Article
from pipeline.rejected import Rejected, RejectionCode

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.ingest import RawDocument

Status = Literal["ok", "rejected", "skipped"]


class LedgerRow(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one input."""

    locator: str
    sha256: str | None
    bytes: int | None
    status: Status
    code: RejectionCode | None
    detail: str | None
    id: str | None


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One input's row, and its article where there is one."""

    row: LedgerRow
    article: Article | None


def rejected_row(locator: str, rejected: Rejected, *, digest: str | None = None, size: int | None = None) -> LedgerRow:
    """Return the row of an input that became no record."""
    return LedgerRow(locator=locator, sha256=digest, bytes=size, status="rejected", code=rejected.code, detail=rejected.detail, id=None)


def clean_one(document: RawDocument, config: Config) -> Outcome:
    """Clean one document; a rejection is an outcome and not an error.

    Any other exception is a defect of copydesk: it costs this document alone and is recorded as `crashed`.
    """
    from pipeline.stages import run  # noqa: PLC0415 - the stages load models; a caller that only reads rows needs none

    data = document.data.encode("utf-8", "replace") if isinstance(document.data, str) else document.data
    digest, locator = sha256(data).hexdigest(), document.locator
    try:
        article = run(document, config).article
    except Rejected as rejected:
        return Outcome(row=rejected_row(locator or f"sha256:{digest}", rejected, digest=digest, size=len(data)), article=None)
    except Exception as error:  # noqa: BLE001 - one document's defect must not cost its neighbours
        crashed = Rejected("crashed", f"{type(error).__name__}: {error}"[:500])
        return Outcome(row=rejected_row(locator or f"sha256:{digest}", crashed, digest=digest, size=len(data)), article=None)
    row = LedgerRow(
        locator=article.provenance.raw.locator,
        sha256=digest,
        bytes=len(data),
        status="ok",
        code=None,
        detail=None,
        id=article.id,
    )
    return Outcome(row=row, article=article)
