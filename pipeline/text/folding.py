"""Foldings under which texts are compared: what two writings of the same words have in common. Nothing folded is ever shown.

`fold_word`     a word of a list: case, apostrophe, closing full stop
`fold_line`     a line, for rules: case, quotes, dashes, spaces; marks count
`fold_title`    a title: its words, parted by single spaces; marks do not count
`fold_letters`  a text, for agreement: letters and digits without anything between them
`words_of`      the words of a title as a set's members, characters of scripts without spaces one by one

The key of near-duplicates folds more than any of these: see `pipeline.duplicates.match_key`.
"""

from __future__ import annotations

import functools
import unicodedata
from typing import TYPE_CHECKING

from pipeline.text.characters import uneven_spaces
from pipeline.text.expressions import expression
from pipeline.text.scripts import SINGLE, in_class

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MARKS = expression(r"[\W_]+")
_MARKS_BUT_NUL = expression(r"[^\w\0]+")
_ASCII_MARKS = bytes(code for code in range(1, 128) if not chr(code).isalnum())
_COMMON_MARKS = "’“”–—\xa0…‘•·»«›→©®™"
_ASCII_LOWER = bytes(range(256)).lower()
_LONG = 200
"""Code points of a text beyond which only its ends are compared; both ends of that length say enough of it."""
_END = 100
_SPACES = expression(r"[^\S\n ]+ *| {2,}")
_PLAIN = (
    *((mark, "'") for mark in "’‘ʼ`"),
    *((mark, '"') for mark in "“”„«»"),
    *((mark, "-") for mark in "–—"),
    ("…", "..."),
    ("ı", "i"),
    *((chr(code), "") for code in (0x307, 0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFE0F, 0xFEFF)),
)
"""What a folded line has instead. Dotless i and the dot above are folded so that Turkish labels come out alike from capitals and small
letters."""
_FOLDED = expression(r"\w+")
_UNSEEN = dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
WORD = expression(rf"[{in_class(SINGLE)}]|[^\W{in_class(SINGLE)}]+")
"""A word; in scripts whose characters are compared one by one, a character."""


@functools.lru_cache(maxsize=65536)
def fold_word(word: str) -> str:
    """Return the form of a word under which the lists hold it: NFC, lower case, straight apostrophe, no closing full stop.

    >>> fold_word("Déc."), fold_word("İyun")
    ('déc', 'iyun')
    """
    folded = unicodedata.normalize("NFC", word).lower().replace("i̇", "i").replace("’", "'")
    return folded.rstrip(".")


def fold_line(line: str) -> str:
    """The form in which blocks and phrases are compared: lower case, plain quotes and dashes, single spaces, no invisible marks.

    >>> fold_line("Share  this Article’s link…")
    "share this article's link..."
    """
    return " ".join(_plain(line.lower()).split())


def _plain(text: str) -> str:
    """Replace the marks of `_PLAIN`; a chain of replacements is several times as fast as a translation table."""
    if text.isascii():
        return text.replace("`", "'")
    for mark, plain in _PLAIN:
        text = text.replace(mark, plain)
    return text


def fold_lines(lines: Iterable[str]) -> list[str]:
    """`fold_line` for many lines in a few passes over one string."""
    joined = "\n".join(line if "\n" not in line else line.replace("\n", " ") for line in lines)
    if not joined:
        return [""]
    folded = _plain(joined.lower())
    uneven = uneven_spaces(folded)
    whole = folded.split("\n")
    return [_SPACES.sub(" ", line) if any(map(line.__contains__, uneven)) else line for line in whole] if uneven else whole


def fold_title(text: str | None) -> str:
    """Return a title for comparison: letters and digits only, case folded.

    >>> fold_title("“Hello,  World”")
    'hello world'
    """
    text = text or ""
    return " ".join(_FOLDED.findall((text if text.isascii() else text.translate(_UNSEEN)).casefold()))


def words_of(text: str) -> list[str]:
    """Return the words of a text, case folded, in order.

    >>> words_of("Rain in 東京!")
    ['rain', 'in', '東', '京']
    """
    return WORD.findall(text.casefold())


def fold_letters(text: str) -> str:
    """Lower case, letters and digits only.

    >>> fold_letters("It's 5 o'clock — Überall!")
    'its5oclocküberall'
    """
    plain = without_marks(text)
    return _fold_ascii(plain).replace("\0", "") if plain.isascii() else _MARKS.sub("", text.lower())


def without_marks(text: str) -> str:
    """Put a space in the place of each common mark outside ASCII: most texts are plain ASCII then, which is read much faster.

    Neither folding nor the search for words tells such a mark from a space.

    >>> without_marks("“It’s…” — no")
    ' It s      no'
    """
    if not text.isascii():
        for mark in _COMMON_MARKS:
            if mark in text:
                text = text.replace(mark, " ")
    return text


def fold_ends(texts: Sequence[str]) -> list[str]:
    """Fold texts, of a long one only both ends: what comparisons look at.

    Those in ASCII are joined, and so are all others, which makes two calls of many. No text of a page holds NUL; where one does, each
    is folded alone.

    >>> [len(folded) for folded in fold_ends(["ab " * 3, "ab " * 1000, "é!"])]
    [6, 133, 1]
    """
    ends = [text if len(text) <= _LONG else text[:_END] + text[-_END:] for text in texts]
    plain = [text for text in ends if text.isascii()]
    folded = _fold_ascii("\0".join(plain)).split("\0")
    # lower case may depend on the neighbours (final sigma), so the two ends of a long text are folded apart
    others = [part for text, end in zip(texts, ends, strict=True) if not end.isascii() for part in _ends(text)]
    lower = _MARKS_BUT_NUL.sub("", "\0".join(others).lower().replace("_", "")).split("\0")
    if len(folded) != max(1, len(plain)) or len(lower) != max(1, len(others)):
        return ["".join(map(fold_letters, _ends(text))) for text in texts]
    if not others:
        return folded if ends else []
    done, rest = iter(folded), iter(lower)
    return [
        next(done) if end.isascii() else next(rest) if len(text) <= _LONG else next(rest) + next(rest)
        for end, text in zip(ends, texts, strict=True)
    ]


def _ends(text: str) -> tuple[str, ...]:
    """A text, or the two ends of a long one."""
    return (text,) if len(text) <= _LONG else (text[:_END], text[-_END:])


def _fold_ascii(text: str) -> str:
    return text.encode("ascii").translate(_ASCII_LOWER, _ASCII_MARKS).decode("ascii")
