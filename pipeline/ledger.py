"""Cleans documents one by one and gives every input exactly one row: the batch function that any engine can call."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Literal

import msgspec

from pipeline.ingest.found import Document, Refused
from pipeline.rejected import Rejected, RejectionCode

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.ingest import RawDocument
    from pipeline.ingest.found import Found

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
    """One input's row, its record as a line of JSON where there is one, and what is wrong with the record where a proof was asked for."""

    row: LedgerRow
    line: bytes | None = None
    problem: str | None = None


def rejected_row(locator: str, rejected: Rejected, *, digest: str | None = None, size: int | None = None) -> LedgerRow:
    """Return the row of an input that became no record."""
    return LedgerRow(locator=locator, sha256=digest, bytes=size, status="rejected", code=rejected.code, detail=rejected.detail, id=None)


def clean_found(found: Found, config: Config, *, proof: bool = False) -> Outcome:
    """Return what becomes of anything that a raw file holds."""
    if isinstance(found, Document):
        return clean_one(found.raw, config, proof=proof)
    if isinstance(found, Refused):
        return Outcome(row=rejected_row(found.locator, Rejected(found.code, found.detail), size=found.bytes))
    row = LedgerRow(locator=found.locator, sha256=None, bytes=found.bytes, status="skipped", code=None, detail=found.reason, id=None)
    return Outcome(row=row)


def clean_one(document: RawDocument, config: Config, *, proof: bool = False) -> Outcome:
    """Clean one document; a rejection is an outcome and not an error. `proof` asks that the record is replayed as well.

    Any other exception is a defect of copydesk: it costs this document alone and is recorded as `crashed`. `MemoryError` is raised: what it
    leaves behind is not to be trusted with the next document.
    """
    from pipeline.replay import ReplayError, check  # noqa: PLC0415 - a caller that only reads rows needs none of this
    from pipeline.stages import run  # noqa: PLC0415 - the stages load models

    problem = None
    try:
        result = run(document, config)
        line = result.article.to_json()
        if len(line) > config.limits.max_record_bytes:
            raise Rejected("too_large", f"the record has {len(line)} bytes, the limit is {config.limits.max_record_bytes}")  # noqa: TRY301
        if proof:
            check(result.article, result.base)
    except Rejected as rejected:
        return Outcome(row=rejected_document(document, rejected))
    except ReplayError as error:
        problem = str(error)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - one document's defect must not cost its neighbours
        return Outcome(row=rejected_document(document, Rejected("crashed", f"{type(error).__name__}: {error}"[:500])))
    raw = result.article.provenance.raw
    row = LedgerRow(locator=raw.locator, sha256=raw.sha256, bytes=raw.bytes, status="ok", code=None, detail=None, id=result.article.id)
    return Outcome(row=row, line=line, problem=problem)


def rejected_document(document: RawDocument, rejected: Rejected) -> LedgerRow:
    """Return the row of a document that became no record."""
    data = document.data.encode("utf-8", "replace") if isinstance(document.data, str) else document.data
    digest = sha256(data).hexdigest()
    return rejected_row(document.locator or f"sha256:{digest}", rejected, digest=digest, size=len(data))
