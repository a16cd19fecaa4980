"""Cleans files of a disk from Python."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.records import Article


def clean_file(path: str | Path, **known: Any) -> Article:
    """Clean the one document that a file holds.

    Args:
        path: an HTML page or a text; its bytes are read as they are.
        known: the keywords of `clean`: `url`, `media_type`, `locator`, `source`, `meta`, `config`.

    Raises:
        OSError: the file cannot be read.
        Rejected: its content is no article; `.code` says why.
    """
    from pipeline import clean  # noqa: PLC0415 - loads the stages

    return clean(Path(path).read_bytes(), **known)
