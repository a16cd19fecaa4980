"""Choosing a legacy encoding when nothing but the text can say.

Candidates are the declared encodings, the answers of two detectors and, for a few high bytes only, windows-1252. Each is decoded and
judged by what its text would look like.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.decode.bad_bytes import escaped
from pipeline.decode.labels import UTF_8, WINDOWS_1252, Encoding, from_label

if TYPE_CHECKING:
    from pipeline.records import DecodeMethod

_HIGH: Final = re.compile(rb"[\x80-\xff]")
# Signs that a text was read in the wrong encoding, with their cost per occurrence.
_ODDITIES: Final = (
    (10, re.compile("[\x80-\x9f\ufffd\udc80-\udcff\ue000-\uf8ff]")),
    (4, re.compile(r"[^\W\d_][^\w\s'’‘ʼ.\-‐‑–—·•/&+@:,;!?()\[\]\"“”„«»…=_%*#~|\x00-\x7f]+[^\W\d_]")),
    (3, re.compile("[a-zà-ÿа-яё][À-ÖØ-ÞА-ЯЁ](?=[A-Za-zÀ-ÿА-яЁё])")),
    (
        6,
        re.compile(
            "[A-Za-z][\u0370-\u03ff\u0400-\u04ff\u0590-\u05ff\u0600-\u06ff]|[\u0370-\u03ff\u0400-\u04ff\u0590-\u05ff\u0600-\u06ff][A-Za-z]"
        ),
    ),
)


class Candidate(msgspec.Struct, frozen=True):
    """An encoding and who proposed it."""

    encoding: Encoding
    method: DecodeMethod


def choose(raw: bytes, declared: list[Candidate], *, detect_bytes: int) -> Candidate:
    """Choose among the declared encodings and the detectors' answers.

    Args:
        raw: a document that is neither UTF-8 nor UTF-16.
        declared: what HTTP and the page said, in that order.
        detect_bytes: how much of the document the detectors read.

    Returns:
        The first declared encoding that reads the document plausibly, else the most plausible proposal of the detectors.
    """
    sample = raw if len(raw) <= detect_bytes else raw[: detect_bytes // 2] + raw[-detect_bytes // 2 :]
    for candidate in declared:
        if oddity(sample, candidate.encoding) <= len(sample) // 500:
            return candidate
    if len(_HIGH.findall(raw)) <= 3:
        return Candidate(WINDOWS_1252, "fallback")
    proposals = declared + [Candidate(encoding, "detector") for encoding in _detected(sample)]
    if not proposals:
        return Candidate(WINDOWS_1252, "fallback")
    return min(proposals, key=lambda candidate: oddity(sample, candidate.encoding))


def oddity(sample: bytes, encoding: Encoding) -> int:
    """Count what prose does not hold in a reading of the bytes: the higher, the less plausible."""
    text = escaped(sample, encoding.codec)
    return sum(cost * len(pattern.findall(text)) for cost, pattern in _ODDITIES)


def _detected(sample: bytes) -> list[Encoding]:
    """Ask resiliparse's uchardet, then charset-normalizer."""
    from charset_normalizer import from_bytes  # noqa: PLC0415 - slow to import, rarely needed
    from resiliparse.parse.encoding import detect_encoding  # noqa: PLC0415

    found = []
    label = detect_encoding(sample, html5_compatible=False)
    if label and (first := from_label(label)) and first != UTF_8:
        found.append(first)
    best = from_bytes(sample).best()
    if best and (second := from_label(best.encoding)) and second != UTF_8:
        found.append(second)
    return found
