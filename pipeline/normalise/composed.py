"""Unicode normalisation form C: one way to write each accented letter."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from pipeline.edits.compose import trimmed
from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from pipeline.edits.compose import Op

RULE: Final = "character.nfc"
# ASCII characters are starters that never compose with what stands before them, so each such piece can be normalised alone.
_PIECE: Final = expression("[\x00-\x7f]?[^\x00-\x7f]+")


def to_nfc(text: str) -> list[Op]:
    r"""Bring a span into normalisation form C.

    >>> to_nfc("cafe\u0301")
    [Op(start=3, end=5, replacement='é', rule='character.nfc', target=None)]
    """
    if unicodedata.is_normalized("NFC", text):
        return []
    pieces = (
        trimmed(text, piece.start(), piece.end(), unicodedata.normalize("NFC", piece.group()), RULE) for piece in _PIECE.finditer(text)
    )
    return [change for change in pieces if change]
