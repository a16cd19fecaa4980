"""What kind of document bytes are: HTML, plain text, or neither."""

from __future__ import annotations

import re
from typing import Final, Literal

from pipeline.decode.wide import guess_wide, guess_wide_cjk
from pipeline.text.expressions import expression

MediaType = Literal["text/html", "text/plain"]

_SAMPLE_BYTES: Final = 4_096
BOMS: Final = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
# First bytes of formats that are met under wrong names; each is the format's own published signature.
_SIGNATURES: Final = (
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"GIF87a",
    b"GIF89a",
    b"%PDF-",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\x00",
    b"7z\xbc\xaf\x27\x1c",
    b"\x28\xb5\x2f\xfd",
    b"Rar!\x1a\x07",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"SQLite format 3\x00",
    b"wOFF",
    b"wOF2",
    b"\x00\x01\x00\x00\x00",
    b"\x00\x00\x01\x00",
    b"OggS\x00",
    b"ID3\x03",
    b"ID3\x04",
    b"fLaC",
    b"\x1aE\xdf\xa3",
    b"II*\x00",
    b"MM\x00*",
    b"\x00asm",
)
_CONTAINERS: Final = ((b"RIFF", 8, (b"WEBP", b"WAVE", b"AVI ")), (b"", 4, (b"ftyp",)))
# Controls that text does not hold. ESC stays: ISO-2022-JP is made of it.
_CONTROLS: Final = bytes(set(range(32)) - {0, 9, 10, 12, 13, 27}) + b"\x7f"
_TAGS: Final = (
    "html|head|body|title|meta|link|script|style|base|div|p|span|a|br|hr|h[1-6]|table|tr|td|ul|ol|li|dl|article|section|main|header|"
    "footer|nav|aside|figure|img|b|i|em|strong|font|center|blockquote|pre|form|iframe|noscript|template|amp-[a-z-]+"
)
_OPENING: Final = expression(
    rf"(?:\s|<!--(?:(?!-->)[\s\S])*-->|<\?xml[^>]{{0,200}}\?>)*(?:<!doctype\s+html|</?(?:{_TAGS})(?=[\s>/]))", re.IGNORECASE
)
_SKELETON: Final = expression(r"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
_PAIRED: Final = expression(
    r"<(p|div|span|article|section|h[1-6]|li|ul|blockquote|td)(?:\s[^<>]{0,500})?>|</(p|div|span|article|h[1-6]|li|ul)>"
)


def sniff(raw: bytes) -> MediaType | None:
    r"""Tell HTML from plain text from everything else by the first bytes.

    Args:
        raw: the whole document, or at least its first 4,096 bytes.

    Returns:
        The media type, or None for binary data. Empty input is plain text.

    >>> sniff(b"<!DOCTYPE html><p>Hello")
    'text/html'
    >>> sniff(b"5 < 6, she said\0.")
    'text/plain'
    >>> sniff(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR") is None
    True
    """
    sample = raw[:_SAMPLE_BYTES]
    codec = _sample_codec(raw, sample)
    if codec is None:
        return None
    return "text/html" if _is_html(sample.decode(codec, "replace").lstrip("\ufeff")) else "text/plain"


def is_binary(raw: bytes) -> bool:
    r"""Tell binary data from text of any kind by the first bytes, as `sniff` does.

    >>> is_binary(b"%PDF-1.7"), is_binary(b"<p>Hello")
    (True, False)
    """
    return _sample_codec(raw, raw[:_SAMPLE_BYTES]) is None


def _sample_codec(raw: bytes, sample: bytes) -> str | None:
    """A codec that reads a document's first bytes well enough to look at them, or None for binary data."""
    if _has_signature(sample):
        return None
    codec = next((codec for bom, codec in BOMS if sample.startswith(bom)), None)
    if codec is None and (wide := guess_wide(raw) or guess_wide_cjk(raw)):
        codec = wide.codec
    if codec is None and not _has_controls(sample):
        codec = "utf-8"
    return codec


def _has_signature(sample: bytes) -> bool:
    """Whether the first bytes are those of a known binary format."""
    if sample.startswith(_SIGNATURES):
        return True
    return any(sample.startswith(start) and sample[offset : offset + 4] in marks for start, offset, marks in _CONTAINERS)


def _has_controls(sample: bytes) -> bool:
    """Whether the share of controls is one that no text reaches; one in ten random bytes is one."""
    zeros = sample.count(0)
    controls = len(sample) - zeros - len(sample.translate(None, _CONTROLS))
    return 10 * zeros > 3 * len(sample) or controls > 1 + len(sample) // 40


def _is_html(text: str) -> bool:
    """Markup at the start, a document skeleton near it, or a fragment with several block elements."""
    if _OPENING.match(text) or _SKELETON.search(text, 0, 2_048):
        return True
    found = _PAIRED.findall(text)
    return sum(1 for opened, _ in found if opened) >= 3 and sum(1 for _, closed in found if closed) >= 2
