"""Digests that name records."""

from __future__ import annotations

from hashlib import sha256


def article_id(locator: str, raw_sha256: str) -> str:
    """Return the record's id: the first 32 hex digits of sha256(locator + NUL + hex sha256 of the raw bytes).

    >>> article_id("seeds/a.txt", "00" * 32)
    '814000dce8f811bcfc80e1e1d7f17c8a'
    """
    return sha256(f"{locator}\0{raw_sha256}".encode()).hexdigest()[:32]
