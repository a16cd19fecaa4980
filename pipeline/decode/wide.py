"""UTF-16 and UTF-32 without a byte order mark.

Text in these encodings shows itself by where its zero bytes stand: basic Latin letters, spaces and line ends put a zero into every
second (or three into every four) bytes, always at the same parity. Even Chinese or Russian text has line ends and spaces.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.decode.labels import UTF_16_BE, UTF_16_LE, UTF_32_BE, UTF_32_LE
from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from pipeline.decode.labels import Encoding

_SAMPLE_BYTES: Final = 4_096
# Controls that running text does not hold.
_CONTROLS: Final = frozenset(range(32)) - {9, 10, 12, 13}
_EAST_ASIAN: Final = expression("[\u3000-\u30ff\u4e00-\u9fa5\uff00-\uff60]")
_NOT_LATIN: Final = bytes(byte for byte in range(256) if not (32 <= byte < 127 or byte in (9, 10, 13)))


def guess_wide(raw: bytes) -> Encoding | None:
    r"""Tell whether bytes are UTF-16 or UTF-32 text without a byte order mark.

    Args:
        raw: the document.

    Returns:
        The encoding, or None where the zero bytes do not stand in its pattern.

    >>> guess_wide("Hello, world".encode("utf-16-be")).name
    'utf-16be'
    >>> guess_wide(b"Hello\0, world") is None, guess_wide(b"Hell\xff, w\0rld") is None
    (True, True)
    """
    sample = raw[: _SAMPLE_BYTES - _SAMPLE_BYTES % 4]
    zeros = sample.count(0)
    if len(sample) < 4 or zeros == 0:
        return None
    if 2 * zeros >= len(sample):
        for encoding, lanes in ((UTF_32_LE, (2, 3)), (UTF_32_BE, (0, 1))):
            quarter = len(sample) // 4
            if all(10 * sample[lane::4].count(0) >= 9 * quarter for lane in lanes) and _reads_as_text(sample, encoding):
                return encoding
    latin = len(sample.translate(None, _NOT_LATIN))
    if 100 * latin >= 85 * (len(sample) - zeros) and 5 * zeros < 2 * len(sample):
        return None  # ASCII with stray zeros; in UTF-16 every second byte would be one
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    for encoding, there, elsewhere in ((UTF_16_LE, odd, even), (UTF_16_BE, even, odd)):
        # A hundredth is below the share of spaces, figures and line ends in Chinese prose; stray zeros favour no parity. The
        # ideographic space U+3000 puts a zero into the other half.
        if 100 * there >= len(sample) and there > 2 * elsewhere and _reads_as_text(sample, encoding):
            return encoding
    return None


def guess_wide_cjk(raw: bytes) -> Encoding | None:
    r"""Tell UTF-16 Chinese or Japanese without a single space, figure or line end, which has no zero bytes.

    Args:
        raw: the document.

    Returns:
        The encoding, where nine in ten characters are ideographs, kana or full-width and an ideographic comma or stop is among them.

    >>> guess_wide_cjk("我们今天谈谈重要的事情。".encode("utf-16-le")).name
    'utf-16le'
    """
    sample = raw[: _SAMPLE_BYTES - _SAMPLE_BYTES % 2]
    if 50 * sample.count(b" ") > len(sample):
        return None  # a fiftieth of the bytes are spaces: in such text any byte value is one in 256
    for encoding in (UTF_16_LE, UTF_16_BE):
        text = sample[: len(sample) - len(sample) % 2].decode(encoding.codec, "replace")
        marks = sum(map(text.count, "\u3001\u3002\uff0c"))
        if 100 * marks >= len(text) > 0 and 10 * len(_EAST_ASIAN.findall(text)) >= 9 * len(text):
            return encoding
    return None


def _reads_as_text(sample: bytes, encoding: Encoding) -> bool:
    """Decode a sample and look for what prose does not hold: controls, private-use and unassigned characters, broken pairs."""
    width = 4 if "32" in encoding.name else 2
    text = sample[: len(sample) - len(sample) % width].decode(encoding.codec, "replace")
    odd = sum(1 for c in text if ord(c) in _CONTROLS or 0x80 <= ord(c) < 0xA0 or "\ue000" <= c <= "\uf8ff" or c == "\ufffd")
    return 50 * odd <= len(text) + 49
