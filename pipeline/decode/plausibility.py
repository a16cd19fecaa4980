"""How much a decoding looks like text that somebody wrote.

Every legacy encoding reads nearly every byte, so the question is not whether bytes can be read but whether the letters make sense
together. Three signs tell: the letters belong to the alphabet of one language (Turkish read as windows-1252 mixes Icelandic letters
with German ones), they stand in the case that words have (windows-1251 read as KOI8-R turns `Слово` into `яКНБН`), and no symbols stand
inside words. All arithmetic is on integers.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from importlib import resources
from typing import Final

import msgspec

from pipeline.text.expressions import expression
from pipeline.tsv import shipped

_CAPITALS: Final = "".join(chr(code) for code in range(0xC0, 0x1B0) if chr(code).isupper())
# Signs that a text was read in the wrong encoding, with their cost for each occurrence.
_ODDITIES: Final = tuple(
    (cost, expression(pattern))
    for cost, pattern in (
        (12, "[\x80-\x9f\ufffd\udc80-\udcff\ue000-\uf8ff]"),  # controls, bad bytes, private use
        (5, r"(?<=[^\W\d_])[^\w\s\x00-\x7f'’‘ʼ‐‑–—·…”“«»„]+(?=[^\W\d_])"),  # a symbol inside a word
        (4, r"(?<!\w)[¶§©®±¤¦¨´¸¬¯†‡‰µ¿](?=[^\W\d_])"),  # a symbol glued to the front of one
        (2, "[¤¦¨´¸¬¯†‡ˆ˜]"),
        (5, f"[a-zß-öø-ÿа-яёα-ω][{_CAPITALS}А-ЯЁΑ-Ω]"),  # a capital after a small letter
        (5, f"(?<!\\w)[{_CAPITALS}][A-Z][a-z]|(?<!\\S)[ÐÑÒÓÔÕ](?!\\S)"),  # Mac quotation marks and dashes read as capitals
        (3, f"(?<!\\S)[{_CAPITALS}](?=[-\\d])|(?<=\\d )[¡¿]"),  # fractions and degrees read as letters and marks
        (6, "(?<![^\\W\\d_])[\u0300-\u0323]"),  # an accent on nothing
        (6, "[A-Za-z][\u0370-\u04ff\u0590-\u06ff\u0e00-\u0e7f]|[\u0370-\u04ff\u0590-\u06ff][A-Za-z]"),
        (8, "[a-z][\u2e80-\u9fff\uac00-\ud7a3]|[\u2e80-\u9fff\uac00-\ud7a3][a-z]"),  # letters of two scripts in one word
        (4, "[\uff61-\uff9f]"),  # half-width kana, which stray bytes turn into in Shift_JIS
        (3, "[\u2500-\u259f]"),  # box drawing
    )
)
_LETTER: Final = expression(r"[^\W\d_a-zA-Z]|[\u0300-\u0323\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]")
_FOREIGN_LETTER_COST: Final = 5
_RARE_LETTER_COST: Final = 1
_IDEOGRAPH: Final = expression("[\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff]")
_KANA: Final = expression("[\u3041-\u30ff]")


class _Alphabet(msgspec.Struct, frozen=True):
    """The letters of a language beyond a-z."""

    common: frozenset[str]
    rare: frozenset[str]


def cost(text: str) -> int:
    """Count what speaks against a decoding.

    Args:
        text: a decoded sample; bytes that the codec could not read stand as lone surrogates.

    Returns:
        A number that is 0 for text in one language and grows with each letter or sign that does not belong. Comparable between
        decodings of the same bytes.

    >>> cost("Świętokrzyskie łąki") < cost("Świętokrzyskie łąki".encode("cp1250").decode("cp1252"))
    True
    """
    odd = sum(weight * len(pattern.findall(text)) for weight, pattern in _ODDITIES)
    letters = Counter(char for found in _LETTER.findall(text) for char in found.lower())
    if not letters:
        return odd
    east_asian = sum(count for char, count in letters.items() if _IDEOGRAPH.match(char) or _KANA.match(char))
    if 2 * east_asian > letters.total():
        return odd + _east_asian_cost(letters)
    return odd + min(_alphabet_cost(letters, alphabet) for alphabet in _alphabets())


def _alphabet_cost(letters: Counter[str], alphabet: _Alphabet) -> int:
    """What it costs to take the letters for this language's."""
    return sum(
        0 if char in alphabet.common else count * (_RARE_LETTER_COST if char in alphabet.rare else _FOREIGN_LETTER_COST)
        for char, count in letters.items()
    )


def _east_asian_cost(letters: Counter[str]) -> int:
    """Ideographs and syllables outside the everyday ones cost; kana say Japanese, whose kanji then cost less.

    A double-byte reading has half as many characters as a single-byte one, hence the doubling.
    """
    everyday = _everyday()
    kana = sum(count for char, count in letters.items() if _KANA.match(char))
    uncommon = sum(count for char, count in letters.items() if not _KANA.match(char) and char not in everyday)
    japanese = 4 * kana > letters.total()
    return uncommon if japanese else 2 * uncommon + 2 * kana


@lru_cache(maxsize=1)
def _alphabets() -> tuple[_Alphabet, ...]:
    return tuple(_Alphabet(frozenset(common), frozenset(rare)) for _, common, rare, _ in shipped("pipeline.decode", "alphabets.tsv"))


@lru_cache(maxsize=1)
def legacy_encodings() -> tuple[str, ...]:
    """The labels of all single-byte encodings of the alphabets' table, each once, in its order."""
    rows = shipped("pipeline.decode", "alphabets.tsv")
    return tuple(dict.fromkeys(label for *_, labels in rows for label in labels.split()))


@lru_cache(maxsize=1)
def _everyday() -> frozenset[str]:
    return frozenset(_IDEOGRAPH.findall(resources.files(__package__).joinpath("common_east_asian.txt").read_text("utf-8")))
