"""Choosing a legacy encoding when nothing but the text can say.

Candidates are the declared encodings, the answers of two detectors, and all encodings that the languages of the alphabets' table were
written in. Each reading is judged by `plausibility.cost`; of equals the declared one wins, then the detectors' answers.
"""

from __future__ import annotations

from typing import Final

import msgspec

from pipeline.decode.bad_bytes import escaped
from pipeline.decode.labels import WINDOWS_1252, Encoding, from_label
from pipeline.decode.plausibility import cost, legacy_encodings
from pipeline.records import DecodeMethod
from pipeline.text.expressions import expression

_HIGH: Final = expression(rb"[\x80-\xff]")
_HIGH_END: Final = expression(rb"(?<![\x80-\xff])[\x80-\xff]++\Z")
_LONG_LINE: Final = 16_384
_DOUBLE_BYTE: Final = ("shift_jis", "euc-jp", "gbk", "big5", "euc-kr")
# A declared encoding is believed while no more than one high byte in this many speaks against it.
_TOLERANCE: Final = 16
# What a detector's answer, and windows-1252, may cost more than a reading that nobody proposed, per hundred high bytes.
_DETECTOR_CREDIT: Final = 8
_DEFAULT_CREDIT: Final = 4


class Candidate(msgspec.Struct, frozen=True):
    """An encoding and who proposed it."""

    encoding: Encoding
    method: DecodeMethod


def choose(raw: bytes, declared: list[Candidate], *, detect_bytes: int) -> Candidate:
    """Choose among the declared encodings and all others.

    Args:
        raw: a document that is neither UTF-8 nor UTF-16.
        declared: what HTTP and the page said, in that order.
        detect_bytes: how many bytes of telling lines are looked at.

    Returns:
        The first declared encoding that reads the document plausibly, else the most plausible of all candidates.
    """
    sample = _telling_lines(raw, detect_bytes)
    high = len(_HIGH.findall(sample))
    costs: dict[str, int] = {}
    for candidate in declared:
        costs[candidate.encoding.codec] = cost(escaped(sample, candidate.encoding.codec))
        if _TOLERANCE * costs[candidate.encoding.codec] <= high:
            return candidate
    proposals = [*declared, *(Candidate(encoding, "detector") for encoding in _detected(sample))]
    credit = {candidate.encoding.codec: _DETECTOR_CREDIT * high // 100 for candidate in proposals}
    credit.setdefault(WINDOWS_1252.codec, _DEFAULT_CREDIT * high // 100)
    proposals.append(Candidate(WINDOWS_1252, "fallback"))
    labels = (*legacy_encodings(), *_DOUBLE_BYTE)
    proposals += [Candidate(encoding, "detector") for label in labels if (encoding := from_label(label))]
    for candidate in proposals:
        codec = candidate.encoding.codec
        if codec not in costs:
            costs[codec] = cost(escaped(sample, codec))
    return min(proposals, key=lambda candidate: costs[candidate.encoding.codec] - credit.get(candidate.encoding.codec, 0))


def _telling_lines(raw: bytes, limit: int) -> bytes:
    """Gather the lines that hold high bytes: the head of a page is ASCII, and a line end is never part of a character.

    Of a very long line only the stretch from its first high byte is taken, up to an ASCII byte.
    """
    parts: list[bytes] = []
    size = 0
    for line in raw.split(b"\n"):
        if line.isascii():
            continue
        part = line
        if len(part) > _LONG_LINE and (first := _HIGH.search(part)):
            part = _HIGH_END.sub(b"", part[max(0, first.start() - 100) : first.start() + _LONG_LINE])
        parts.append(part)
        size += len(part)
        if size > limit:
            break
    return b"\n".join(parts)


def _detected(sample: bytes) -> list[Encoding]:
    """Ask resiliparse's uchardet, then charset-normalizer."""
    from charset_normalizer import from_bytes  # noqa: PLC0415 - slow to import, rarely needed
    from resiliparse.parse.encoding import detect_encoding  # noqa: PLC0415

    found = []
    label = detect_encoding(sample, html5_compatible=False)
    if label and (first := from_label(label)):
        found.append(first)
    best = from_bytes(sample).best()
    if best and (second := from_label(best.encoding)):
        found.append(second)
    # The detectors know encodings that nobody writes any more and propose them for few high bytes.
    met = {from_label(label) for label in (*legacy_encodings(), *_DOUBLE_BYTE)}
    return [encoding for encoding in found if encoding in met]
