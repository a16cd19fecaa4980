"""The raw document: bytes and what was told about them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from pipeline.records import WarcPosition
from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Mapping

_CHARSET = expression(r"""charset\s{0,9}=\s{0,9}["']?([\w:.+-]{1,40})""", re.IGNORECASE)


class Meta(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known about a document from outside.

    `fetched_at` is ISO 8601; `http` holds response headers by name; `warc` says where the document lies in a WARC file.
    """

    fetched_at: str | None = None
    http: dict[str, str] | None = None
    warc: WarcPosition | None = None

    def content_type(self) -> str | None:
        """Return the Content-Type header, whatever its case."""
        return next((value for name, value in (self.http or {}).items() if name.lower() == "content-type"), None)

    def charset(self) -> str | None:
        """Return the charset that the Content-Type header declares.

        >>> Meta(http={"content-type": "text/html; charset=windows-1251"}).charset()
        'windows-1251'
        """
        match = _CHARSET.search(self.content_type() or "")
        return match.group(1) if match else None


class RawDocument(msgspec.Struct, frozen=True, kw_only=True):
    """One input. `data` is bytes as fetched, or a string that somebody already decoded (it counts as its UTF-8 bytes)."""

    data: bytes | str
    locator: str | None = None
    source: str = "local"
    url: str | None = None
    media_type: str | None = None
    meta: Meta = Meta()


def read_meta(meta: Mapping[str, Any] | Meta | None) -> Meta:
    """Return the checked form of a caller's `meta`.

    Raises `ValueError` with one line that names the unfit key.
    """
    if meta is None:
        return Meta()
    if isinstance(meta, Meta):
        return meta
    try:
        return msgspec.convert(dict(meta), Meta)
    except msgspec.ValidationError as error:
        msg = f"meta takes fetched_at, http and warc: {error}"
        raise ValueError(msg) from error
