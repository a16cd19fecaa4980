"""The word lists beside the readers."""

from __future__ import annotations

import functools
import re

from pipeline.text.expressions import expression
from pipeline.text.folding import fold_word
from pipeline.tsv import headed


def rows(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the rows of `data/<name>.tsv` without remarks and header, in file order.

    Args:
        name: the list's file name without its ending.

    Raises:
        ValueError: a row has another number of columns than the header.

    >>> rows("weekdays")[0][0].isalpha()
    True
    """
    return headed("pipeline.lines", f"data/{name}.tsv")


@functools.cache
def phrases(name: str, kind: str) -> frozenset[str]:
    """Return the folded last-but-one column (`phrase`) of the rows whose `kind` column says `kind`.

    The list's columns are `kind`, `language`, `phrase`, `example`.

    >>> "reuters" in phrases("agencies", "agency")
    True
    """
    return frozenset(fold_word(row[2]) for row in rows(name) if row[0] == kind)


BY_IN_ITS_LANGUAGE = frozenset({"de", "na", "per", "από", "theo"})
"""Words of bylines that are common words or first names of other languages: they count only where the language is known."""


@functools.cache
def by_words() -> str:
    """Return the single words that stand before a name without a mark ("by", "von", "par"), as alternatives of a regular expression.

    The words are those of `bylines.tsv`, the longest first; match them without case.

    >>> re.fullmatch(by_words(), "oleh") is not None, re.fullmatch(by_words(), "de")
    (True, None)
    """
    return "|".join(form for form in by_labels().split("|") if r"\ " not in form)


@functools.cache
def by_labels() -> str:
    """Return the words and phrases that stand before a name without a mark ("by", "written by"), as `by_words` does.

    >>> re.fullmatch(by_labels(), "written by") is not None
    True
    """
    labels = {fold_word(phrase) for kind, _, phrase, mark, _ in rows("bylines") if (kind, mark) == ("before", "no")}
    return "|".join(map(re.escape, sorted(labels - BY_IN_ITS_LANGUAGE, key=lambda label: (-len(label), label))))


@functools.cache
def _digit_map() -> dict[int, int]:
    starts = (
        0x660,
        0x6F0,
        0x7C0,
        0x966,
        0x9E6,
        0xA66,
        0xAE6,
        0xB66,
        0xBE6,
        0xC66,
        0xCE6,
        0xD66,
        0xE50,
        0xED0,
        0xF20,
        0x1040,
        0x17E0,
        0xFF10,
    )
    return {start + value: 0x30 + value for start in starts for value in range(10)}


@functools.cache
def byline_words(kind: str) -> frozenset[str]:
    """Return the words of a kind ("plural", "job", "article") that stand beside names, lower case."""
    return frozenset(word for name, word in rows("byline_words") if name == kind)


_DIGIT = expression(r"\d")


def has_digit(text: str) -> bool:
    """Return whether a decimal digit of any script stands in the text."""
    return _DIGIT.search(text) is not None


def ascii_digits(text: str) -> str:
    """Return `text` with decimal digits of other scripts as ASCII ones; the length stays.

    >>> ascii_digits("٢٢ نوفمبر ２０１５")
    '22 نوفمبر 2015'
    """
    return text if text.isascii() else text.translate(_digit_map())


@functools.cache
def marked_labels() -> str:
    """Return all words and phrases that stand before names with a colon ("text", "autor"), as alternatives of a regular expression.

    >>> re.fullmatch(marked_labels(), "text") is not None
    True
    """
    forms = sorted(
        {form for row in rows("bylines") if row[0] == "before" for form in (row[2], fold_word(row[2]))}, key=lambda form: (-len(form), form)
    )
    return "|".join(map(re.escape, forms))
