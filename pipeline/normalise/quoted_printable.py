"""Characters that a mail program wrote as bytes ("=C3=A9"): quoted-printable, RFC 2045, section 6.7."""

from __future__ import annotations

from typing import Final

from pipeline.edits.compose import Op
from pipeline.text.expressions import expression

RULE: Final = "encoding.quoted_printable"
ENCODED: Final = expression(r"(?:=[C-F][0-9A-F](?:=[89AB][0-9A-F]){1,3})++")
"""Bytes that can only be UTF-8: a lead byte and what follows it, one character or several."""
_SIGN: Final = expression(r"=(?:3D|20|09)(?![0-9A-F])")
_SIGNS: Final = {"=3D": "=", "=20": " ", "=09": "\t"}


def decode_quoted_printable(text: str) -> list[Op]:
    """Decode characters of UTF-8 that stand as "=C3=A9", and, only beside such, the equals sign and spaces ("=3D", "=20").

    Left alone: bytes that are no UTF-8, and any text without a character that only this encoding can mean.

    >>> decode_quoted_printable("caf=C3=A9")
    [Op(start=3, end=9, replacement='é', rule='encoding.quoted_printable', target=None)]
    >>> decode_quoted_printable("x=20, y=3D")
    []
    """
    if "=" not in text:
        return []
    changes = []
    for found in ENCODED.finditer(text):
        try:
            changes.append(Op(found.start(), found.end(), bytes.fromhex(found.group().replace("=", "")).decode("utf-8"), RULE))
        except UnicodeDecodeError:
            continue
    if changes:
        changes += [Op(found.start(), found.end(), _SIGNS[found.group()], RULE) for found in _SIGN.finditer(text)]
        changes.sort(key=lambda change: change.start)
    return changes
