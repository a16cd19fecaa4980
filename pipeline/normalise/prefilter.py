"""Which listed words occur in a text at all: the fast no that nearly every document gets.

One pass over the UTF-8 bytes turns everything but letters into spaces, capitals into small letters; then the words are looked up in
one frozenset. Words beside accented letters are cut at those, so the answer may hold words that are only parts: callers look closer.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

_LETTERS: Final = bytes(byte if 97 <= byte <= 122 else byte + 32 if 65 <= byte <= 90 else 32 for byte in range(256))


@lru_cache(maxsize=1)
def words_in(text: str, keys: frozenset[bytes]) -> frozenset[str]:
    """Find the listed words of a text.

    Args:
        text: any text.
        keys: lower-case ASCII words.

    Returns:
        Those that occur, in whatever capitals. The last answer is kept: the next pass over a document mostly sees the same text.

    >>> sorted(words_in("Colour, (colour)! and form", frozenset({b"colour", b"forms"})))
    ['colour']
    """
    # The table of keys is larger than a processor's cache and the set of a text's words is not: each is looked up there once.
    found = keys & set(text.encode("utf-8", "replace").translate(_LETTERS).split())
    return frozenset(word.decode("ascii") for word in found)


def is_written_small(text: str, word: str) -> bool:
    """Whether a word occurs in small letters, by itself: `Centre Pompidou` and `centrefold` do not make `centre` occur.

    >>> is_written_small("Centre and centrefold", "centre"), is_written_small("the centre", "centre")
    (False, True)
    """
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if not text[at - 1 : at].isalnum() and not text[end : end + 1].isalnum():
            return True
        at = text.find(word, end)
    return False
