"""Decoding that keeps every byte that was not valid where it stood.

Such a byte becomes U+F780 + (byte - 0x80), the mapping of WHATWG's x-user-defined encoding, so that the base text is a faithful
decoding and the normaliser can repair each by an edit that anyone can see. A document that holds such characters by itself (icon
fonts do) gets U+FFFD for its bad bytes, since the two could not be told apart.
"""

from __future__ import annotations

from typing import Final

import msgspec

from pipeline.text.expressions import expression

# `surrogateescape` puts byte b at U+DC00 + b; x-user-defined wants it at U+F700 + b.
_ESCAPED: Final = expression("[\udc80-\udcff]")
_OWN: Final = expression("[\uf780-\uf7ff]")
_TO_USER_DEFINED: Final = {0xDC00 + byte: 0xF700 + byte for byte in range(0x80, 0x100)}
_TO_REPLACEMENT: Final = {0xDC00 + byte: 0xFFFD for byte in range(0x80, 0x100)}


class Kept(msgspec.Struct, frozen=True):
    """A decoding with its bad bytes in place; `lost` says that they became U+FFFD."""

    text: str
    bad: int
    lost: bool


def escaped(raw: bytes, codec: str) -> str:
    """Decode with every bad byte as a lone surrogate; codecs that escape below 0x80 (ISO-2022) give U+FFFD instead."""
    try:
        return raw.decode(codec, "surrogateescape")
    except UnicodeDecodeError:
        return raw.decode(codec, "replace")


def keep_bad_bytes(raw: bytes, codec: str) -> Kept:
    r"""Decode bytes and place those that do not fit in U+F780..U+F7FF.

    Args:
        raw: the bytes, without a byte order mark.
        codec: a Python codec.

    Returns:
        The text and the number of bad bytes in it.

    >>> keep_bad_bytes(b"caf\xc3\xa9 d\xe9j\xe0", "utf-8")
    Kept(text='café d\uf7e9j\uf7e0', bad=2, lost=False)
    """
    try:
        text, bad = raw.decode(codec), 0
    except UnicodeDecodeError:
        text = escaped(raw, codec)
        bad = len(_ESCAPED.findall(text))
    if not bad:
        return Kept(text, text.count("\ufffd") if codec.startswith("iso2022") else 0, lost=False)
    lost = _OWN.search(text) is not None
    return Kept(text.translate(_TO_REPLACEMENT if lost else _TO_USER_DEFINED), bad, lost=lost)
