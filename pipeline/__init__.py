r"""copydesk's cleaning pipeline: bytes in, canonical article records out.

>>> from pipeline import clean
>>> clean("Rain fell on Monday, the mayor said.\n\nShare this article\n").text
'Rain fell on Monday, the mayor said.'
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.records import Article
from pipeline.rejected import Rejected

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.config import Config
    from pipeline.ingest import Meta

__all__ = ["Article", "Config", "Rejected", "clean"]


_ONE_WORD = re.compile(r"[^\s<>]{1,2048}")
_PLACE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]{0,20}://.*|(?:~|\.{1,2})?[/\\].*|.*\.[a-zA-Z][a-zA-Z0-9]{0,5}(?:#.*)?")
"""What a string of one word looks like that is an address, a path, or a name with an ending: no article is so short."""


def _refuse_place(raw: str) -> None:
    """Raise `ValueError` where a string is the name of a document and not a document."""
    word = raw.strip()
    if _ONE_WORD.fullmatch(word) and _PLACE.fullmatch(word):
        kind = "an address: fetch it, and give what comes" if "://" in word else "a path: copydesk.clean_file(path) reads a file"
        msg = f"{word[:80]!r} is no page or text but {kind} (or say media_type='text/plain' if it is all that there is)"
        raise ValueError(msg)


def clean(
    raw: bytes | str | os.PathLike[str],
    *,
    url: str | None = None,
    media_type: str | None = None,
    locator: str | None = None,
    source: str | None = None,
    meta: Mapping[str, Any] | Meta | None = None,
    config: Config | None = None,
) -> Article:
    """Turn one scraped document into its canonical article.

    Args:
        raw: The bytes as fetched, or a string; a string counts as its UTF-8 bytes. A `Path` is read, and names the document.
        url: Where the document came from.
        media_type: "text/html" or "text/plain" instead of sniffing.
        locator: Names the document within its collection; the default is `sha256:<hex digest of raw>`.
        source: The collection's name; the default is "local".
        meta: What is known from outside: `fetched_at` (ISO 8601), `http` (response headers), `warc` (position).
        config: Settings; the default is `Config()`.

    Returns:
        The record.

    Raises:
        Rejected: The input is no article, or cannot be read; `.code` says why. Bad content raises nothing else.
        ValueError: `meta` has a key that does not exist; or `raw` is a string of one word that is a path or an address.
        OSError: `raw` is a `Path`, and it cannot be read.

    >>> clean("pages/story.html")
    Traceback (most recent call last):
    ValueError: 'pages/story.html' is no page or text but a path: copydesk.clean_file(path) reads a file (or say media_type=...)
    """
    from pipeline.config import Config  # noqa: PLC0415 - loads the stages, which a caller of `Rejected` alone does not need
    from pipeline.ingest import RawDocument, read_meta  # noqa: PLC0415
    from pipeline.stages import run  # noqa: PLC0415

    data: bytes | str
    if isinstance(raw, os.PathLike):
        data, locator = Path(raw).read_bytes(), locator or os.fspath(raw)
    else:
        data = raw
    if isinstance(data, str) and media_type is None:
        _refuse_place(data)
    document = RawDocument(data=data, locator=locator, source=source or "local", url=url, media_type=media_type, meta=read_meta(meta))
    return run(document, config or Config()).article


def __getattr__(name: str) -> Any:
    """Load `Config` when it is first asked for."""
    if name != "Config":
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    from pipeline.config import Config  # noqa: PLC0415

    return Config
