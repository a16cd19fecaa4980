"""UTF-8 that was read as an eight-bit charset of Cyrillic, Hebrew, Arabic, DOS or a Macintosh: what ftfy does not know or does not dare.

A letter that takes two bytes became two characters ("п╠я─п╟"): the first of them one of a few, the second from the part of the charset that
holds no letters, or capitals only. No language writes words so; where nearly all of a span's letters beyond ASCII come in such pairs, and
read as letters of one alphabet, the span is mojibake for sure. Latin letters beyond ASCII stand alone among others; of them a single pair
is enough where it opens with a piece of a frame ("d├®part"), which nobody writes inside a word.
"""

from __future__ import annotations

import functools
import re
from typing import Final, NamedTuple

from pipeline.edits.compose import Op
from pipeline.text.expressions import expression

CHARSETS: Final = (
    "koi8-r", "sloppy-windows-1251", "mac-cyrillic", "ibm866", "iso-8859-5", "macroman", "sloppy-windows-1255", "sloppy-windows-1256",
    "cp850", "cp437",
)  # fmt: skip
_FRAMED: Final = frozenset({"cp850", "cp437"})
_CODECS: Final = {
    "sloppy-windows-1255": "cp1255",
    "sloppy-windows-1256": "cp1256",
    "ibm866": "cp866",
    "iso-8859-5": "iso8859_5",
    "macroman": "mac_roman",
    "sloppy-windows-1251": "cp1251",
    "mac-cyrillic": "mac_cyrillic",
}
# Cheap, and right whenever it says no: box drawing and C1 controls, or a dash or a letter of the first half around a single other one.
_MAY_BE: Final = expression(
    "[\x80-\x9f\u2500-\u25a0]|[–—ќѕ][^\x00-\x7f][–—ќѕ]|[РСОП][^\x00-\x7fА-я][РСОП]|׳[^\x00-\x7f]׳|[طظ][^\x00-\x7f][طظ]|[ΓÔ]Ç[^\x00-\x7f]"
)
_FRAME: Final = expression("[a-zA-Z][├┬─┼][^\x00-\x7f]|[├┬─┼][^\x00-\x7f][a-z]|[ΓÔ]Ç[^\x00-\x7f]")
_FRAMED_MEANT: Final = expression("[\xa0-\xbf\xc0-\u024f\u2010-\u203a\u20ac\u2122]+")
"""What text in Latin letters means by such pairs: its letters, and marks of punctuation."""
_LEAST_PAIRS: Final = 4
"""Characters that must have been found again before anything is believed."""
_SHARE: Final = 4
"""At most one in so many of the characters beyond ASCII may stand outside the pairs: dashes and quotes that somebody typed afterwards."""


class Reading(NamedTuple):
    """A charset that explains a span: its name, and the runs that it explains as (start, end, what they mean)."""

    charset: str
    runs: tuple[tuple[int, int, str], ...]


class _Charset(NamedTuple):
    encoded: dict[str, int]
    pattern: re.Pattern[str]


def _charset(name: str) -> _Charset:
    """Return the upper half of a charset, and a pattern of the UTF-8 sequences in its characters."""
    codec = _CODECS.get(name, name)
    # A byte that a charset does not use is read as U+FFFD; windows-1251 has only one, so that it is still known. Browsers read it as a
    # C1 control, which then becomes what windows-1252 has there.
    upper = {bytes([code]).decode(codec, "replace"): code for code in range(0x80, 0x100)}
    unused = [code for code in range(0x80, 0x100) if bytes([code]).decode(codec, "replace") == "\ufffd"]
    if len(unused) > 1:
        del upper["\ufffd"]
    for code in unused:
        for char in {chr(code), bytes([code]).decode("cp1252", "replace")} - {"\ufffd"}:
            upper.setdefault(char, code)
    if name == "sloppy-windows-1256":
        del upper["×"]  # it opens Hebrew letters that were read as windows-1252, which ftfy knows, and stands there in both

    def among(first: int, last: int) -> str:
        return "[" + "".join(re.escape(char) for char, code in upper.items() if first <= code <= last) + "]"

    more = among(0x80, 0xBF)
    return _Charset(upper, re.compile(f"(?:{among(0xC2, 0xDF)}{more}|{among(0xE1, 0xEF)}{more}{{2}})++"))


@functools.cache
def _tables() -> dict[str, _Charset]:
    return {name: _charset(name) for name in CHARSETS}


def read_again(text: str) -> Reading | None:
    """Return the charset as which UTF-8 was read to give this text, None for any other text.

    Args:
        text: one span.

    >>> read_again("п▒п╟я┬п╫я▐ 1912").charset, read_again("Башня – 1912")
    ('koi8-r', None)
    """
    if _MAY_BE.search(text) is None:
        return None
    beyond = sum(char > "\x7f" for char in text)
    best: tuple[int, Reading] | None = None
    for name, charset in _tables().items():
        runs = _runs(text, charset)
        covered = sum(end - start for start, end, _ in runs)
        meant = "".join(run for _, _, run in runs)
        believed = _is_of_one_alphabet(meant) or (name in _FRAMED and _is_framed(text, meant))
        if believed and _SHARE * (beyond - covered) <= beyond and (best is None or covered > best[0]):
            best = (covered, Reading(name, tuple(runs)))
    return best[1] if best else None


def _runs(text: str, charset: _Charset) -> list[tuple[int, int, str]]:
    runs = []
    for found in charset.pattern.finditer(text):
        try:
            runs.append((found.start(), found.end(), bytes(map(charset.encoded.__getitem__, found.group())).decode()))
        except UnicodeDecodeError:
            continue
    return runs


def _is_of_one_alphabet(meant: str) -> bool:
    """Tell whether characters are letters of Greek, Cyrillic, Hebrew or Arabic, apart from a few quotes and dashes."""
    letters = [char for char in meant if char.isalpha()]
    if len(letters) < _LEAST_PAIRS or 2 * len(letters) < len(meant):
        return False
    return all("\u0370" <= char <= "\u04ff" for char in letters) or all("\u0590" <= char <= "\u06ff" for char in letters)


def _is_framed(text: str, meant: str) -> bool:
    """Tell whether a text has pieces of frames inside words, and they mean letters of Latin or its punctuation."""
    return _FRAMED_MEANT.fullmatch(meant) is not None and _FRAME.search(text) is not None


def changes_of(reading: Reading, rule: str) -> list[Op]:
    """Return the changes that a reading asks for; the charset becomes part of the rule's name."""
    name = f"{rule}:encode({reading.charset})+decode(utf-8)"
    return [Op(start, end, meant, name) for start, end, meant in reading.runs]
