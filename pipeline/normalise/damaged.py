"""Single damaged characters: bytes that were not valid where they stood, and C1 controls that were meant as windows-1252."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from pipeline.edits.compose import Op
from pipeline.text.expressions import expression

BAD_BYTE: Final = "encoding.bad_byte"
C1: Final = "encoding.c1"
_BAD_RUN: Final = expression("[\uf780-\uf7ff]+")
_C1: Final = re.compile("[\x80-\x9f]")
_DASHES_AND_DOTS: Final = frozenset("–—…•·")
_QUOTES: Final = frozenset("‘’“”‚„‹›«»´")
_SIGNS: Final = frozenset("€£¥§©®°±²³¹¼½¾º™¢µ¡¿\xa0")


def repair_bad_bytes(text: str) -> list[Op]:
    r"""Read bytes that broke a UTF-8 text as windows-1252 where that makes sense, else mark them as lost.

    A run of bytes that is a character beyond U+FFFF written as two surrogates (CESU-8) is that character. A lone byte becomes its
    windows-1252 character if its neighbours allow it: a letter beside a Latin letter, a quotation mark beside a letter or a figure.
    All else, such as the stump of a character that was cut in two, becomes one U+FFFD.

    Args:
        text: one span of a document whose bad bytes the decoder kept in U+F780..U+F7FF.

    Returns:
        The changes.

    >>> repair_bad_bytes("caf\uf7e9")
    [Op(start=3, end=4, replacement='é', rule='encoding.bad_byte', target=None)]
    >>> repair_bad_bytes("lost \uf7e2\uf780 end")
    [Op(start=5, end=7, replacement='\ufffd', rule='encoding.bad_byte', target=None)]
    """
    changes = []
    for found in _BAD_RUN.finditer(text):
        raw = bytes(ord(c) - 0xF700 for c in found.group())
        before, after = text[: found.start()][-1:], text[found.end() : found.end() + 1]
        changes.append(Op(found.start(), found.end(), _surrogate_pairs(raw) or _as_windows_1252(raw, before, after), BAD_BYTE))
    return changes


def _surrogate_pairs(raw: bytes) -> str | None:
    """Read CESU-8: pairs of three-byte surrogates."""
    try:
        return raw.decode("utf-8", "surrogatepass").encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError:
        return None


def _as_windows_1252(raw: bytes, before: str, after: str) -> str:
    """Read a run as windows-1252 if every character suits its place; a cut multi-byte character does not count as a run of letters."""
    if len(raw) > 3 or (raw[0] >= 0xC2 and len(raw) > 1 and all(byte < 0xC0 for byte in raw[1:])):
        return "\ufffd"
    try:
        read = raw.decode("cp1252")
    except UnicodeDecodeError:
        return "\ufffd"
    around = before + read + after
    offset = len(before)
    suits = all(
        _suits(char, around[at - 1] if at else "", around[at + 1 : at + 2])
        for at, char in enumerate(around)
        if offset <= at < offset + len(read)
    )
    return read if suits else "\ufffd"


def _suits(char: str, before: str, after: str) -> bool:
    """Whether a windows-1252 character makes sense between its neighbours."""
    if char.isalpha() and char not in "ºªµ":
        beside = [c for c in (before, after) if c.isalpha()]
        return bool(beside) and all("LATIN" in unicodedata.name(c, "") for c in beside)
    if char in _QUOTES:
        return any(c.isalnum() or c in ".,;:!?)(" for c in (before, after) if c)
    return char in _DASHES_AND_DOTS or char in _SIGNS


def repair_c1(text: str) -> list[Op]:
    r"""Turn C1 controls into the windows-1252 characters that were meant; drop the five that mean nothing there.

    U+0085 alone is the control "next line" and is left to the rule for line ends; beside other C1 controls it is an ellipsis.

    Args:
        text: one span.

    Returns:
        The changes.

    >>> repair_c1("it\x92s\x85")
    [Op(start=2, end=3, replacement='’', rule='encoding.c1', target=None),
     Op(start=4, end=5, replacement='…', rule='encoding.c1', target=None)]
    """
    found = list(_C1.finditer(text))
    if all(m.group() == "\x85" for m in found):
        return []
    return [Op(m.start(), m.end(), m.group().encode("latin-1").decode("cp1252", "ignore"), C1) for m in found]
