"""The order in which evidence decides how bytes are read.

Byte order mark; strict UTF-8; UTF-16 and UTF-32 by their zero bytes; mostly valid UTF-8 with its bad bytes kept one by one; the HTTP
charset; the page's own charset; detectors. One bad byte makes a detector guess nonsense, so detectors come last, and valid UTF-8
beats a wrong declaration: text in another encoding passes as UTF-8 by accident less than once in a thousand short lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.decode.bad_bytes import Kept, escaped, keep_bad_bytes
from pipeline.decode.declared import meta_charset
from pipeline.decode.detect import Candidate, choose
from pipeline.decode.labels import ISO_2022_JP, UTF_8, Encoding, from_label
from pipeline.decode.sniff import BOMS, is_binary
from pipeline.decode.wide import guess_wide, guess_wide_cjk
from pipeline.records import DecodeInfo, DecodeMethod
from pipeline.spans import Decoded
from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from pipeline.config import DecodeConfig

_SURROGATE: Final = expression("[\ud800-\udfff]")
_BAD: Final = expression("[\udc80-\udcff]")
_VALID_MULTIBYTE: Final = expression("[^\x00-\x7f\udc80-\udcff]")
_UNREADABLE: Final = expression("[\ufffd\uf780-\uf7ff\x80-\x84\x86-\x9f\x00]")
_LATIN_1_PAIRS: Final = expression("[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
"""The characters of UTF-8 (RFC 3629, section 4) as Latin-1 shows their bytes."""
_SHORT: Final = 8_192
_BLANK: Final = expression(r"[\s\x00\ufeff]*\Z")


class DecodeError(ValueError):
    """Bytes that are not text.

    Attributes:
        code: `empty`, `binary` or `undecodable`.
        detail: what was found.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class _Decision(msgspec.Struct, frozen=True):
    """An encoding, why it was chosen, how many bytes of a byte order mark to skip, and the text if the choice has read it whole."""

    encoding: Encoding
    method: DecodeMethod
    skip: int = 0
    text: str | None = None


def decode(raw: bytes, *, declared: str | None = None, is_html: bool = False, config: DecodeConfig) -> Decoded:
    r"""Turn bytes into characters.

    Line ends and everything else stay as they are; only a byte order mark is left out.

    Args:
        raw: the document.
        declared: the charset that the transport declared: a label or a Content-Type value.
        is_html: whether to look for a charset in the page itself.
        config: the stage's settings.

    Returns:
        The text, what was decided and why, and warnings: `charset_wrong` (the declaration was not followed), `encoding_guessed`,
        `bad_bytes`, `bad_bytes_lost`.

    Raises:
        DecodeError: for bytes that are empty, binary or unreadable.

    >>> from pipeline.config import DecodeConfig
    >>> decode(b"caf\xc3\xa9", declared="iso-8859-1", config=DecodeConfig())
    Decoded(text='café', info=DecodeInfo(encoding='utf-8', declared='iso-8859-1', method='valid-utf8', repaired=0),
            warnings=('charset_wrong',))
    """
    if not raw.strip(b"\0\t\n\x0b\x0c\r "):
        raise DecodeError("empty", f"{len(raw)} bytes, none of them visible")
    if is_binary(raw):
        raise DecodeError("binary", "the first bytes are those of a binary format or hold too many controls")
    meta = meta_charset(raw, limit=config.prescan_bytes) if is_html else None
    decision = _decide(raw, http=declared, meta=meta, config=config)
    whole = decision.text
    kept = keep_bad_bytes(raw[decision.skip :], decision.encoding.codec) if whole is None else Kept(whole, 0, lost=False)
    _refuse_unreadable(kept.text, decision.method, config)
    label = declared or meta
    info = DecodeInfo(encoding=decision.encoding.name, declared=label, method=decision.method, repaired=kept.bad)
    warnings = []
    if (claimed := from_label(label) if label else None) and not raw.isascii() and not _agrees(claimed, decision.encoding):
        warnings.append("charset_wrong")
    if decision.method in {"detector", "fallback"}:
        warnings.append("encoding_guessed")
    if kept.bad:
        warnings.append("bad_bytes_lost" if kept.lost else "bad_bytes")
    return Decoded(text=kept.text, info=info, warnings=tuple(warnings))


def decode_str(text: str) -> Decoded:
    r"""Take a string that somebody else decoded.

    Args:
        text: any string, lone surrogates included.

    Returns:
        The same characters; lone surrogates, which no UTF-8 file can hold, become U+FFFD with the warning `lone_surrogates`.

    >>> decode_str("a\ud800b").text
    'a\ufffdb'
    """
    clean, lone = _SURROGATE.subn("\ufffd", text)
    info = DecodeInfo(encoding="utf-8", declared=None, method="str", repaired=0)
    return Decoded(text=clean, info=info, warnings=("lone_surrogates",) if lone else ())


def _decide(raw: bytes, *, http: str | None, meta: str | None, config: DecodeConfig) -> _Decision:
    """Walk down the order of evidence."""
    for bom, codec in BOMS:
        if raw.startswith(bom):
            return _Decision(Encoding(codec.replace("16-", "16").replace("32-", "32"), codec), "bom", len(bom))
    claims = _claims(http, meta)
    if b"\x1b" in raw and _is_iso_2022_jp(raw):
        return _Decision(ISO_2022_JP, claims.get(ISO_2022_JP, "detector"))
    if wide := guess_wide(raw):
        return _Decision(wide, claims.get(wide, "detector"))
    try:
        return _Decision(UTF_8, "valid-utf8", text=raw.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    if wide := guess_wide_cjk(raw):
        return _Decision(wide, claims.get(wide, "detector"))
    if _is_mostly_utf8(raw, list(claims)):
        return _Decision(UTF_8, "mostly-utf8")
    candidates = [Candidate(encoding, method) for encoding, method in claims.items() if encoding != UTF_8 and not _is_wide(encoding)]
    chosen = choose(raw, candidates, detect_bytes=config.detect_bytes)
    return _Decision(chosen.encoding, chosen.method)


def _claims(http: str | None, meta: str | None) -> dict[Encoding, DecodeMethod]:
    """The declared encodings and who declared them, HTTP first."""
    claims: dict[Encoding, DecodeMethod] = {}
    sources: tuple[tuple[DecodeMethod, str | None], ...] = (("http", http), ("meta", meta))
    for method, label in sources:
        if label and (encoding := from_label(label)):
            claims.setdefault(encoding, method)
    return claims


def _is_iso_2022_jp(raw: bytes) -> bool:
    """Seven-bit bytes with Japanese escapes that decode without an error."""
    if b"\x1b$" not in raw or not raw.isascii():
        return False
    try:
        raw.decode(ISO_2022_JP.codec)
    except UnicodeDecodeError:
        return False
    return True


def _is_mostly_utf8(raw: bytes, claims: list[Encoding]) -> bool:
    """Weigh valid multi-byte characters against bytes that do not fit.

    By accident, one in five to ten high bytes of a legacy double-byte text forms a valid pair and hardly any of a single-byte
    text; so twice as many valid characters as bad bytes is UTF-8 with damage, and as many where UTF-8 was declared. Another encoding
    that was declared and reads every byte needs twenty to one against it. A character cut off at the very end is no damage.
    """
    text = escaped(raw, "utf-8")
    bad = len(_BAD.findall(text[:-3]))
    valid = len(_VALID_MULTIBYTE.findall(text))
    if UTF_8 in claims[:1]:
        return valid >= bad
    rival = any(not _BAD.search(escaped(raw, claim.codec)) for claim in claims if claim != UTF_8)
    return valid >= max(1, 20 * bad if rival else 2 * bad)


def _is_wide(encoding: Encoding) -> bool:
    return encoding.name.startswith(("utf-16", "utf-32"))


def _agrees(claimed: Encoding, used: Encoding) -> bool:
    """GBK and gb18030 are one family; otherwise the names must be the same."""
    return claimed.codec == used.codec


def refuse_unreadable(text: str, config: DecodeConfig) -> None:
    """Raise `DecodeError` where a text is mostly unreadable: given back as bytes it would be refused."""
    if text:
        _refuse_unreadable(text, "valid-utf8", config)


def _refuse_unreadable(text: str, method: DecodeMethod, config: DecodeConfig) -> None:
    """Refuse a reading that is mostly unreadable; of valid UTF-8 a sample from both ends tells."""
    if _BLANK.match(text):
        raise DecodeError("empty", "no visible character")
    sample = text if method not in {"valid-utf8", "bom"} or len(text) <= _SHORT else text[: _SHORT // 2] + text[-_SHORT // 2 :]
    found = sample.count("\0") if sample.isascii() else len(_UNREADABLE.findall(sample))
    if 100 * found > config.max_unreadable_percent * len(sample):  # UTF-8 that was read as Latin-1 is full of controls, and can be repaired
        found = len(_UNREADABLE.findall(_LATIN_1_PAIRS.sub("", sample)))
    unreadable = found * len(text) // len(sample)
    if 100 * unreadable > config.max_unreadable_percent * len(text):
        raise DecodeError("undecodable", f"{unreadable} of {len(text)} characters are unreadable in every encoding tried")
