"""Classes of characters, and counts of them over many spans of a text at once.

The line and pair models see a text through these classes only. All of it is integer arithmetic on whole arrays, so that a document of
a few hundred lines takes a fraction of a millisecond and every machine gets the same numbers.
"""

from __future__ import annotations

import functools
import unicodedata
from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from pipeline.text.expressions import expression
from pipeline.text.scripts import EAST_ASIAN, UNSPACED

Ints = NDArray[np.int32]

LETTER, LOWER, UPPER, DIGIT, SPACE, STOP, COMMA, COLON, OPEN, CLOSE, QUOTE, DASH, SYMBOL, PUNCT, CJK, HIDDEN = range(16)
"""The classes: letters without case, small, capital, digits, white space, sentence ends, commas and semicolons, colons, opening
and closing brackets and quotes, straight quotes, dashes, symbols, other punctuation, letters of scripts
without spaces, controls and formats."""

_CLASSES = 16
PLAIN = (LETTER, LOWER, SPACE, CJK, HIDDEN)
"""Classes that nobody counts by themselves: most of a text."""

_EXACT = {
    **dict.fromkeys(".!?…。！？।۔؟", STOP),
    **dict.fromkeys(",;،、，；؛", COMMA),
    **dict.fromkeys(":：", COLON),
    **dict.fromkeys("\"'", QUOTE),
}
_BY_CATEGORY = {
    "Ll": LOWER,
    "Lu": UPPER,
    "Lt": UPPER,
    "Nd": DIGIT,
    "Nl": DIGIT,
    "No": DIGIT,
    "Ps": OPEN,
    "Pi": OPEN,
    "Pe": CLOSE,
    "Pf": CLOSE,
    "Pd": DASH,
    "Sm": SYMBOL,
    "Sc": SYMBOL,
    "Sk": SYMBOL,
    "So": SYMBOL,
    "Cc": HIDDEN,
    "Cf": HIDDEN,
    "Pc": PUNCT,
    "Po": PUNCT,
    "Zs": SPACE,
    "Zl": SPACE,
    "Zp": SPACE,
}


_UNEVEN_ASCII = ("  ", *"\t\r\x0b\x0c\x1c\x1d\x1e\x1f")
_UNEVEN = (*_UNEVEN_ASCII, *"\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000", *map(chr, range(0x2000, 0x200B)))


def uneven_spaces(text: str) -> list[str]:
    r"""Return the kinds of white space in a text besides single plain spaces and line feeds; nearly always there is none.

    Asking for each in turn takes a tenth of the time of a regular expression; so a line without any need not be split and joined.

    >>> uneven_spaces("a b\nc"), uneven_spaces("a  b\t")
    ([], ['  ', '\t'])
    """
    return [space for space in (_UNEVEN_ASCII if text.isascii() else _UNEVEN) if space in text]


_SPACES = expression(r"\s")


@functools.cache
def _table() -> NDArray[np.uint8]:
    """The class of each character of the basic plane."""
    plane = "".join(map(chr, range(0x10000)))
    classes = defaultdict(lambda: LETTER, _BY_CATEGORY)
    table = np.frombuffer(bytes(map(classes.__getitem__, map(unicodedata.category, plane))), dtype=np.uint8).copy()
    for exact, one in (*((space.start(), SPACE) for space in _SPACES.finditer(plane)), *((ord(char), one) for char, one in _EXACT.items())):
        table[exact] = one
    for first, last in UNSPACED:
        part = table[first : last + 1]
        part[part == LETTER] = CJK
    return table


@functools.cache
def _ascii_table() -> bytes:
    """The class of each ASCII character, for `bytes.translate`."""
    return _table()[:256].tobytes()


_WORD_LETTERS = expression(r"[^\W\d_]+")
_ASCII_LETTERS = bytes(code if chr(code).isalpha() or code == 10 else 32 for code in range(128)).ljust(256)


@functools.cache
def _letters() -> NDArray[np.bool_]:
    """Whether each character of the basic plane is a letter or a numeral that is no decimal digit: what words are made of."""
    table = np.zeros(0x10000, dtype=bool)
    for found in _WORD_LETTERS.finditer("".join(map(chr, range(0x10000)))):
        table[found.start() : found.end()] = True
    return table


def letter_words(text: str) -> tuple[list[str], NDArray[np.intp]]:
    r"""The words of a text: runs of letters, whatever stands between them; and how many of them each of its lines has.

    As `re.findall(r"[^\W\d_]+", text)`, at a tenth of its cost. Lines end in a line feed.

    >>> words, counts = letter_words("the top-10 of «naïve»\n\n日本 1")
    >>> words, counts.tolist()
    (['the', 'top', 'of', 'naïve', '日本'], [4, 0, 1])
    """
    if text.isascii():
        spaced = text.encode("ascii").translate(_ASCII_LETTERS)
        codes = np.frombuffer(spaced, dtype=np.uint8)
        kept = codes > 32
        words = spaced.decode("ascii").split()
    else:
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        kept = _letters().take(codes, mode="clip")
        for code in set(codes[codes > 0xFFFF].tolist()) if codes.max() > 0xFFFF else ():
            kept[codes == code] = _WORD_LETTERS.match(chr(code)) is not None
        words = np.where(kept, codes, np.uint32(0x20)).tobytes().decode("utf-32-le", "surrogatepass").split()
    begins = np.flatnonzero(kept & ~np.concatenate([[False], kept[:-1]]))
    limits = np.concatenate([[0], np.searchsorted(begins, np.flatnonzero(codes == 0x0A)), [len(words)]])
    return words, np.diff(limits)


_STOPS = ".!?\u2026\u203d\u061f\u06d4\u0964\u3002\uff01\uff1f"
_AFTER_STOPS = "\"'\u201d\u2019\u00bb)]\u300d\u300f"
_OF_WORDS, _ENDS, _AFTER_END, _ALONE, _FIFTH = 1, 2, 4, 8, 16
_IDEOGRAPHS = (*EAST_ASIAN, (0x20000, 0x3FFFD))
"""Kana and Han, with the Han of the supplementary planes: each character counts as a word, as in the counts of text processors."""
_SYLLABLES = tuple(ranges for ranges in UNSPACED if ranges not in EAST_ASIAN)
"""Thai, Lao, Burmese and others without spaces between words, where a word is several letters: five count as one, by convention."""


def count_words(text: str) -> tuple[int, int]:
    r"""How many words a text has, and how many ends of sentences.

    Words are runs of letters, numerals and underscores. Where a script has no spaces between words, every character of Han and kana is one,
    and every five letters of Thai, Lao, Burmese, Khmer and Tai are (rounded up over the text). A sentence ends in a
    run of full stops and the like before white space, a closing mark, a Japanese or Chinese character, or nothing.
    As `len(re.findall(...))` with the expressions in tests/text/test_characters.py, at a tenth of their cost.

    >>> count_words("Don't pay €10 – naïve_1! It is 3.5 (?)")
    (9, 2)
    >>> count_words("雨が3日降った。 ฝนตก")
    (8, 1)
    """
    if not text:
        return 0, 0
    if text.isascii():
        kinds = np.frombuffer(text.encode("ascii").translate(_kinds()[:256].tobytes()), dtype=np.uint8)
    else:
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        kinds = _kinds().take(codes, mode="clip")
        for code in set(codes[codes > 0xFFFF].tolist()) if codes.max() > 0xFFFF else ():
            kinds[codes == code] = _word_kind(chr(code))
    words = (kinds & _OF_WORDS).view(np.bool_)
    alone = int(np.count_nonzero(kinds & _ALONE)) + -(-int(np.count_nonzero(kinds & _FIFTH)) // 5)
    ends = (kinds & _ENDS).astype(np.bool_)
    after = (kinds & _AFTER_END).astype(np.bool_)
    count = int(np.count_nonzero(words[1:] > words[:-1])) + bool(words[0])
    return count + alone, int(np.count_nonzero(ends[:-1] & after[1:])) + bool(ends[-1])


@functools.cache
def _kinds() -> NDArray[np.uint8]:
    """What `count_words` asks of each character of the basic plane."""
    plane = list(map(chr, range(0x10000)))
    table = np.frombuffer(bytearray(map(str.isalnum, plane)), dtype=np.uint8) * np.uint8(
        _OF_WORDS
    )  # from bytes: an eighth of a list's time
    table[ord("_")] = _OF_WORDS
    for first, last, kind, asked in (
        *((*pair, _ALONE, str.isalnum) for pair in _IDEOGRAPHS),
        *((*pair, _FIFTH, str.isalpha) for pair in _SYLLABLES),
    ):
        table[first : last + 1][np.frombuffer(bytes(map(asked, plane[first : last + 1])), dtype=np.bool_)] = kind
    table[[ord(char) for char in _STOPS]] |= _ENDS
    table[np.frombuffer(bytes(map(str.isspace, plane)), dtype=np.bool_)] |= _AFTER_END
    table[[ord(char) for char in _AFTER_STOPS]] |= _AFTER_END
    for first, last in EAST_ASIAN:
        table[first : last + 1] |= _AFTER_END
    return table


def _word_kind(char: str) -> int:
    """How a character counts among words."""
    if not (char.isalnum() or char == "_"):
        return 0
    code = ord(char)
    if any(first <= code <= last for first, last in _IDEOGRAPHS):
        return _ALONE
    return _FIFTH if any(first <= code <= last for first, last in _SYLLABLES) and char.isalpha() else _OF_WORDS


class Classes:
    """A text's characters as classes, so that they can be counted in many spans at once."""

    def __init__(self, classes: NDArray[np.uint8]) -> None:
        self.classes = classes

    @functools.cached_property
    def _space(self) -> NDArray[np.bool_]:
        space: NDArray[np.bool_] = self.classes == SPACE
        return space

    @functools.cached_property
    def _spaces(self) -> NDArray[np.intp]:
        return np.flatnonzero(self._space)

    def tally(self, starts: Ints, ends: Ints) -> Ints:
        """How many characters of each class but `PLAIN` each span `[start, end)` holds: spans by classes.

        Spans are sorted and disjoint. Only what is counted is looked at, a tenth of a text.
        """
        classes = self.classes
        places = np.flatnonzero((classes >= UPPER) & (classes < CJK) & (classes != SPACE))
        low, high = places.searchsorted(starts), places.searchsorted(ends)
        owner = np.repeat(np.arange(len(starts)), high - low)
        inside = (
            places if len(owner) == len(places) else places[np.repeat(high - np.cumsum(high - low), high - low) + np.arange(len(owner))]
        )
        counts = np.bincount(owner * _CLASSES + self.classes[inside], minlength=len(starts) * _CLASSES)
        found: Ints = counts.reshape(len(starts), _CLASSES).astype(np.int32)
        return found

    def words(self, starts: Ints, ends: Ints) -> Ints:
        """How many words, parted by white space, each span holds, when it begins and ends with none."""
        space = self._space
        first = np.flatnonzero(space[:-1] > space[1:]) + 1
        found: Ints = (first.searchsorted(ends) - first.searchsorted(starts + 1) + 1).astype(np.int32)
        return found

    def last_space(self, ends: Ints) -> Ints:
        """Where the last white space before each offset stands, -1 where there is none."""
        spaces = np.concatenate([[-1], self._spaces])
        found: Ints = spaces[spaces.searchsorted(ends) - 1].astype(np.int32)
        return found

    def next_space(self, starts: Ints) -> Ints:
        """Where the first white space from each offset on stands, the text's length where there is none."""
        spaces = np.append(self._spaces, len(self.classes))
        found: Ints = spaces[spaces.searchsorted(starts)].astype(np.int32)
        return found

    def short_and_capital(self, starts: Ints, ends: Ints) -> tuple[Ints, Ints, Ints]:
        """Words made of letters in each span: all, those that begin with a capital, those of three small letters or fewer."""
        letters = np.zeros(len(self.classes) + 2, dtype=bool)
        letters[1:-1] = (self.classes <= UPPER) | (self.classes == CJK)
        edges = np.flatnonzero(letters[1:] != letters[:-1])
        first, after = edges[::2], edges[1::2]
        capital = self.classes[first] == UPPER
        short = (after - first <= 3) & (self.classes[first] == LOWER)
        low, high = first.searchsorted(starts), first.searchsorted(ends)
        counts = [np.concatenate([[0], np.cumsum(part)]) for part in (capital, short)]
        return (high - low).astype(np.int32), *((count[high] - count[low]).astype(np.int32) for count in counts)

    def at(self, offsets: Ints) -> Ints:
        """The class of the character at each offset; an offset outside the text counts as white space."""
        inside = (offsets >= 0) & (offsets < len(self.classes))
        found: Ints = np.where(inside, self.classes[np.where(inside, offsets, 0)] if len(self.classes) else SPACE, SPACE).astype(np.int32)
        return found


def classify(text: str) -> Classes:
    """Look up the class of every character. A surrogate counts as a letter; characters above the basic plane as symbols.

    >>> classify("Ab 1.").classes.tolist()
    [2, 1, 4, 3, 5]
    """
    if text.isascii():
        return Classes(np.frombuffer(text.encode("ascii").translate(_ascii_table()), dtype=np.uint8))
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    classes = _table().take(codes, mode="clip")
    if codes.max() <= 0xFFFF:
        return Classes(classes)
    high = codes > 0xFFFF
    classes[high] = np.where((codes[high] >= 0x1F000) & (codes[high] < 0x1FB00), SYMBOL, LETTER)
    return Classes(classes)
