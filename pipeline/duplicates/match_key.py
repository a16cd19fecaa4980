"""A fold of everything that two reports of one event may write differently, for comparing documents; never shown.

Names become their ids, spelling variants and abbreviations one form, and case, accents, quotation marks, dashes and all other
punctuation go. `harmonise – DAESH` and `harmonize - Daesh` have the same key.
"""

from __future__ import annotations

import unicodedata
from itertools import filterfalse
from typing import TYPE_CHECKING, Final

from pipeline.annotate import entities
from pipeline.lists import load_lists
from pipeline.text.expressions import expression
from pipeline.text.scripts import SINGLE, in_class

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.lists import Lists

_TARGET: Final = "en-US"
_UNSPACED: Final = in_class(SINGLE)
"""Words of an alphabet are tokens; characters of these scripts are, one by one."""
_TOKEN: Final = expression(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
_JOINED: Final = (("per cent", "percent"), ("'", ""), ("’", ""), ("ʼ", ""), ("\xad", ""), ("\u200b", ""), ("&", " and "))
_JOINED_ASCII: Final = tuple((written, meant) for written, meant in _JOINED if written.isascii())
_MARKS: Final = '!"#$%()*+,-./:;<=>?@[\\]^_`{|}~“”‘–—…«»'
"""Marks that part words and are none themselves."""


def match_tokens(text: str, lists: Lists | None = None) -> Iterator[str]:
    """Yield the folded words and ids of a text, for shingles.

    Args:
        text: any text.
        lists: the word lists; the shipped ones where not given.

    Yields:
        Small-letter words without accents; ids of names.

    >>> list(match_tokens("The U.N. harmonises"))
    ['the', 'org:un', 'harmonizes']
    """
    lists = lists or load_lists()
    at = 0
    for entity in entities(text, language=None, lists=lists):
        yield from fold_words(text[at : entity.start], lists)
        yield entity.id
        at = entity.end
    yield from fold_words(text[at:], lists)


def match_key(text: str, lists: Lists | None = None) -> str:
    """Fold a text to its key.

    >>> match_key("to harmonise – with DAESH’s") == match_key("To harmonize - with “Daesh's”")
    True
    """
    return " ".join(match_tokens(text, lists))


def fold_words(text: str, lists: Lists) -> Iterator[str]:
    """Yield the folded words of a piece of text that holds no name.

    But for `per cent`, which is one word, a text has the words of its runs of characters other than white space, one run after the other.

    >>> from pipeline.lists import load_lists
    >>> list(fold_words("Colour’s 5 per cent", load_lists()))
    ['colors', '5', 'percent']
    """
    folded = unicodedata.normalize("NFKD", text).casefold()
    if folded.isascii():
        for written, meant in _JOINED_ASCII:
            folded = folded.replace(written, meant)
    else:
        folded = "".join(filterfalse(unicodedata.combining, folded))
        for written, meant in _JOINED:
            folded = folded.replace(written, meant)
        folded = unicodedata.normalize("NFKC", folded)
    for token in _TOKEN.findall(folded):
        yield _written(token, lists)


def fold_plain(run: str, lists: Lists) -> str | None:
    """Return what `fold_words` yields for a run of characters that is one word of ASCII letters and digits with marks around it, else None.

    Most runs are of this kind, and this takes a third of the time.

    >>> from pipeline.lists import load_lists
    >>> fold_plain("“Colour’s,", load_lists()), fold_plain("R&D", load_lists()), fold_plain("…", load_lists())
    ('colors', None, None)
    """
    bare = run if run.isalnum() else run.replace("’", "").replace("'", "").strip(_MARKS)
    return _written(bare.lower(), lists) if bare.isascii() and bare.isalnum() else None


def _written(token: str, lists: Lists) -> str:
    """Return an abbreviation in full, and any word in one spelling."""
    word = lists.abbreviations.get(token, token)
    return lists.strict[_TARGET].get(word) or lists.candidates[_TARGET].get(word) or word
