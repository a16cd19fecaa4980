"""Charset labels, as pages and servers write them, to the codecs that browsers use for them.

The label table itself is resiliparse's copy of the WHATWG Encoding Standard, section 4.2. This module adds what that copy leaves out
and trades the narrow codecs for the supersets that the standard prescribes: a page labelled gb2312 is read as gb18030.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import msgspec

from pipeline.text.expressions import expression


class Encoding(msgspec.Struct, frozen=True):
    """An encoding: its WHATWG name in lower case and Python's codec for it."""

    name: str
    codec: str


UTF_8: Final = Encoding("utf-8", "utf-8")
UTF_16_LE: Final = Encoding("utf-16le", "utf-16-le")
UTF_16_BE: Final = Encoding("utf-16be", "utf-16-be")
UTF_32_LE: Final = Encoding("utf-32le", "utf-32-le")
UTF_32_BE: Final = Encoding("utf-32be", "utf-32-be")
WINDOWS_1252: Final = Encoding("windows-1252", "cp1252")
ISO_2022_JP: Final = Encoding("iso-2022-jp", "iso2022_jp_ext")

# resiliparse's answer -> the WHATWG name and the codec that covers all of what the standard reads under that name.
_SUPERSETS: Final = {
    "gbk": Encoding("gbk", "gb18030"),
    "gb18030": Encoding("gb18030", "gb18030"),
    "euc_kr": Encoding("euc-kr", "cp949"),
    "shift_jis": Encoding("shift_jis", "cp932"),
    "big5": Encoding("big5", "big5hkscs"),
    "euc_jp": Encoding("euc-jp", "euc_jis_2004"),
    "iso2022_jp": ISO_2022_JP,
    "iso8859-11": Encoding("windows-874", "cp874"),
    "mac-roman": Encoding("macintosh", "mac-roman"),
    "cp866": Encoding("ibm866", "cp866"),
    "utf-8": UTF_8,
    "utf-16-le": UTF_16_LE,
    "utf-16-be": UTF_16_BE,
}
# Labels that the table misses: some are in the standard, the others were seen in the wild and have one possible meaning.
_MORE_LABELS: Final = {
    "x-mac-cyrillic": Encoding("x-mac-cyrillic", "mac-cyrillic"),
    "x-mac-ukrainian": Encoding("x-mac-cyrillic", "mac-cyrillic"),
    "utf-32": UTF_32_LE,
    "utf-32le": UTF_32_LE,
    "utf-32be": UTF_32_BE,
    "utf_8": UTF_8,
    "win-1251": Encoding("windows-1251", "cp1251"),
    "cp949": Encoding("euc-kr", "cp949"),
    "cp932": Encoding("shift_jis", "cp932"),
    "cp936": Encoding("gbk", "gb18030"),
    "cp950": Encoding("big5", "big5hkscs"),
}
_WINDOWS: Final = expression(r"cp(125\d)\Z")
_ISO: Final = expression(r"iso8859-(\d+)\Z")
_CHARSET: Final = expression(r"charset\s*+=\s*+[\"']?+\s*+([^\s\"';,]++)", re.IGNORECASE)


@lru_cache(maxsize=256)
def from_label(label: str) -> Encoding | None:
    """Find the encoding that a label stands for.

    Args:
        label: a charset label, or a whole Content-Type value.

    Returns:
        The encoding, or None for a label that no browser knows.

    >>> from_label("ISO-8859-1")
    Encoding(name='windows-1252', codec='cp1252')
    >>> from_label("text/html; charset=GB2312").name
    'gbk'
    >>> from_label("klingon") is None
    True
    """
    from resiliparse.parse.encoding import map_encoding_to_html5  # noqa: PLC0415 - not needed for valid UTF-8

    inner = _CHARSET.search(label)
    clean = (inner.group(1) if inner else label).strip(" \t\r\n\"';,").lower()
    if clean in _MORE_LABELS:
        return _MORE_LABELS[clean]
    codec = map_encoding_to_html5(clean, fallback_utf8=False) if clean.isascii() else None
    if not codec:
        return None
    if codec in _SUPERSETS:
        return _SUPERSETS[codec]
    name = _ISO.sub(r"iso-8859-\1", _WINDOWS.sub(r"windows-\1", codec))
    return Encoding(name, codec)
