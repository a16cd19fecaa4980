"""Which language a text is in: by its script first, then by resiliparse's out-of-place measure within that script's languages.

The out-of-place measure of byte n-grams (Cavnar and Trenkle 1994) is small for a text like the training text of a language. On
lists of products or names it comes out nearly equal for many languages; there the page's own declaration decides, and without one
the languages that most pages are written in go first.
"""

from __future__ import annotations

import functools
import re
from functools import lru_cache
from typing import Final, cast

from resiliparse.parse.lang import detect_fast

from pipeline.records import Language
from pipeline.text.expressions import expression
from pipeline.text.scripts import BURMESE, HAN, KANA, KHMER, LAO, in_class
from pipeline.tsv import headed

_SAMPLE: Final = 2_000
"""Code points read from the front of a text, and again from its middle. More changes no verdict on the development pages."""
_LETTER: Final = expression(r"[^\W\d_]")
_LETTERS_BEYOND_ASCII: Final = expression(r"[^\W\d_\x00-\x7f]+")
_NOT_LETTERS: Final = bytes(byte for byte in range(128) if not chr(byte).isalpha())
_SCRIPTS: Final = (
    ("kana", expression(f"[{in_class(KANA)}]+")),
    ("han", expression(f"[{in_class(HAN)}]+")),
    ("hangul", expression("[\u1100-\u11ff\uac00-\ud7af]+")),
    ("cyrillic", expression("[\u0400-\u052f]+")),
    ("arabic", expression("[\u0600-\u06ff\u0750-\u077f]+")),
    ("devanagari", expression("[\u0900-\u097f]+")),
)
_ONE_LANGUAGE: Final = (
    ("th", expression("[\u0e01-\u0e5b]+")),
    ("el", expression("[\u0370-\u03ff\u1f00-\u1fff]+")),
    ("he", expression("[\u0590-\u05ff]+")),
    ("ka", expression("[\u10a0-\u10ff]+")),
    ("hy", expression("[\u0530-\u058f]+")),
    ("bn", expression("[\u0980-\u09ff]+")),
    ("pa", expression("[\u0a00-\u0a7f]+")),
    ("gu", expression("[\u0a80-\u0aff]+")),
    ("ta", expression("[\u0b80-\u0bff]+")),
    ("te", expression("[\u0c00-\u0c7f]+")),
    ("kn", expression("[\u0c80-\u0cff]+")),
    ("ml", expression("[\u0d00-\u0d7f]+")),
    ("si", expression("[\u0d80-\u0dff]+")),
    ("lo", expression(f"[{in_class(LAO)}]+")),
    ("my", expression(f"[{in_class(BURMESE)}]+")),
    ("km", expression(f"[{in_class(KHMER)}]+")),
    ("am", expression("[\u1200-\u137f]+")),
)


def _codes(names: str) -> frozenset[str]:
    return frozenset(names.split())


_OF_SCRIPT: Final = {
    "cyrillic": _codes("ba be bg ce cv kk ky mk mn ru sr tg tt uk"),
    "arabic": _codes("ar fa ps ug ur"),
    "devanagari": _codes("hi mr ne sa"),
}
_LATIN: Final = _codes(
    "af az br ca cs cy da de en eo es et eu fi fo fr fy ga gl ha hr hu id is it ku la lb lt lv mg ms mt nl no pl pt rm ro sk sl so sq sv "
    "sw tl tr uz vi yo zu"
)
_WEIGHTS: Final = dict.fromkeys(_codes("cs da de es fi fr hu id it nl no pl pt ro ru sv tr uk vi ar fa hi"), 88) | {"en": 84}
"""Per cent that the measure counts for languages of at least half a per cent of the web's pages each, and for English with half of
them (W3Techs, content languages): lists of names and products lie within a tenth of many languages."""
_ALL: Final = 200
_DECLARED_PERCENT: Final = 130
_MEASURED_AS: Final = {"nb": "no", "nn": "no", "bs": "hr", "cnr": "hr", "sh": "hr", "fil": "tl", "in": "id", "iw": "he", "mo": "ro"}
"""Codes that a page may declare and the measure does not know, with the code of the same or the nearest language that it knows."""


def language(text: str, declared: str | None) -> Language | None:
    """Return the language of a text, None where it has too few letters to tell and nothing is declared.

    Args:
        text: Any text; about 20 words are needed for a sure answer without a declaration.
        declared: What the page says of itself ("en-GB", "pt_BR"); it decides where the text does not contradict it.

    Returns:
        The primary language code, and by how much it beats the next: 0 (a guess) to 1.

    >>> language("Der Regen fiel den dritten Tag in Folge, und der Fluss stieg weiter an, sagte der Bürgermeister.", None).code
    'de'
    >>> language("三日続けて雨が降った。", "en").code
    'ja'
    """
    said = re.split(r"[-_]", declared.strip().lower())[0] if declared else ""
    said = said if re.fullmatch(r"[a-z]{2,3}", said) else ""
    sample = text if len(text) <= 2 * _SAMPLE else text[:_SAMPLE] + text[len(text) // 2 : len(text) // 2 + _SAMPLE]
    return _of_sample(sample, said)


@lru_cache(maxsize=2)
def _of_sample(sample: str, said: str) -> Language | None:
    """`language` of a sample; the last answers are kept, because a settled text is asked about again."""
    if sample.isascii():
        return _by_measure(sample, _LATIN, said)
    plain = sample.encode("ascii", "ignore")
    basic = len(plain.translate(None, _NOT_LETTERS))
    if 2 * (len(sample) - len(plain)) <= basic:
        return _by_measure(sample, _LATIN, said)  # too few characters of another script to count
    others = "".join(_LETTERS_BEYOND_ASCII.findall(sample))
    letters = len(others) + basic
    counts = {name: _count(pattern, others) for name, pattern in _SCRIPTS} if 3 * len(others) > letters else {}
    east_asian = sum(counts.get(name, 0) for name in ("kana", "han", "hangul"))
    if 3 * east_asian > letters:
        return Language(code=_east_asian(counts, east_asian), score=round(east_asian / letters, 4))
    for name, codes in _OF_SCRIPT.items():
        if 2 * counts.get(name, 0) > letters:
            return _by_measure(sample, codes, said)
    for code, pattern in _ONE_LANGUAGE if counts else ():
        found = _count(pattern, others)
        if 2 * found > letters:
            return Language(code=code, score=round(found / letters, 4))
    return _by_measure(sample, _LATIN, said)


def _count(runs: re.Pattern[str], text: str) -> int:
    """How many characters are in the runs that a pattern takes; to leave them out is faster than to list them."""
    return len(text) - len(runs.sub("", text))


_LEAST_FOREIGN: Final = 120
"""Code points of the shortest block that is measured; of 24 blocks of 150 a page none was taken for another language."""
_LEAST_SCORE: Final = 0.03
_MOST_COMMON: Final = 2
_HEAD: Final = 400


@functools.cache
def _common_words() -> dict[str, frozenset[str]]:
    return {code: frozenset(words.split()) for code, words in headed("pipeline.text", "common_words.tsv")}


def foreign_language(block: str, own: str) -> str | None:
    """Return the language of a block that is in another one than its document, else None.

    Args:
        block: a block's text; a short one says nothing.
        own: the document's language.

    >>> rain = "Der Regen fiel den dritten Tag in Folge, und der Fluss stieg weiter an, "
    >>> foreign_language(rain + "sagte der Bürgermeister der Stadt am Montag vor Ort.", "en")
    'de'
    """
    if len(block) < _LEAST_FOREIGN:
        return None
    common = _common_words()
    usual = common.get(own, frozenset())
    first = block[:_LEAST_FOREIGN].lower().split()[:-1]  # the last word may be cut
    if len(usual.intersection(first)) >= _MOST_COMMON:
        return None
    words = block[:_HEAD].lower().split()
    if len(usual.intersection(words)) >= _MOST_COMMON:
        return None
    alone = language(block, None)
    if alone is None or alone.code == own:
        return None
    if len(common.get(alone.code, frozenset()).intersection(words)) >= _MOST_COMMON:
        return alone.code
    spoken = language(block, own)
    if spoken is None or spoken.code == own:
        return None
    kin = next((codes for codes in (_LATIN, *_OF_SCRIPT.values()) if own in codes), frozenset[str]())
    return spoken.code if spoken.code not in kin or spoken.score >= _LEAST_SCORE else None


def _east_asian(counts: dict[str, int], total: int) -> str:
    if 2 * counts["hangul"] > total:
        return "ko"
    return "ja" if 20 * counts["kana"] > total else "zh"


@lru_cache(maxsize=1)
def _ranked(sample: str) -> list[tuple[str, int]]:
    """All languages with their measure; the last answer is kept, because a page's settled text is asked about twice."""
    return cast("list[tuple[str, int]]", detect_fast(sample, cutoff=10_000, n_results=_ALL))


@functools.cache
def _weights_of(codes: frozenset[str]) -> dict[str, int]:
    """What the measure of each of some languages counts, in per cent."""
    return {code: _WEIGHTS.get(code, 100) for code in codes}


def _by_measure(sample: str, codes: frozenset[str], said: str) -> Language | None:
    """Compare the languages of one script; `said` is the declared primary code or empty."""
    if not _LETTER.search(sample):
        return Language(code=said, score=0.0) if said else None
    ranked = _ranked(sample)
    weights = _weights_of(codes)
    weighed = [(score * weights[code], code) for code, score in ranked if code in weights]
    best, code = min(weighed)
    second = min((score for score, name in weighed if name != code), default=best)
    known = _MEASURED_AS.get(said, said)
    own = next((score for score, name in weighed if name == known), None)
    if own is not None and 100 * own <= _DECLARED_PERCENT * best:
        return Language(code=said, score=round(max(0, second - best) / max(second, 1), 4) if known == code else 0.0)
    if len(sample) < 200 and len(_LETTER.findall(sample)) < 20 and not said:
        return None
    return Language(code=code, score=round((second - best) / max(second, 1), 4))
