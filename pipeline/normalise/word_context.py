"""Where a word stands, and whether that protects it from being spelt anew.

Names, addresses, code, titles, references, words that are spoken of and words in other languages stay as written. Every test looks at
a bounded window, so that hostile text costs no more than other text.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from pipeline.text.expressions import expression, may_stand

_WINDOW: Final = 80
_QUOTED: Final = 8000
"""Code points on either side in which a quotation's marks are looked for: longer than the longest paragraphs of articles."""
_NOT_A_WORD: Final = expression(r"[/\\@#_<>{}=|~^*`$%&+\[\]]|\d|\w[.:]\w|\.\.\w")
_WORDS: Final = expression(r"[^\W\d_]+")
_SENTENCE_START: Final = expression(r"(?:\A|(?<=[.!?…:])|(?<![\s\"'“”‘’(\[»«])(?:(?!\n)[\s\"'“”‘’(\[»«])*+\n)[\s\"'“”‘’(\[»«]*+\Z")
_ABBREVIATION: Final = expression(r"\b(?:Mrs?|Ms|Dr|Prof|St|Gen|Sen|Rep|Gov|Lt|Col|Sgt|Rev|Hon|Capt|Jr|Sr|No|vs|[A-Z])\.\s*\Z")
_OFFICE: Final = expression(
    r"\b(?:ministr(?:y|ies)|ministers?|departments?|secretar(?:y|iat)|bureau|medal|order|legion) (?:of|for) (?:the )?\Z", re.IGNORECASE
)
_HEAD: Final = expression(r" (?:for|of|and|in|on)(?: the)? [A-Z]")
_TITLE_NOUN: Final = expression(
    r"\b(?:books?|novels?|films?|movies?|songs?|singles?|albums?|tracks?|poems?|plays?|musicals?|operas?|series|sitcom|shows?|episodes?"
    r"|documentar(?:y|ies)|exhibitions?|paintings?|articles?|papers?|essays?|reports?|stud(?:y|ies)|thesis|memoir|column|magazine|journal|blog|podcast|games?|hashtag|slogan"
    r"|headlines?|headlined|titled|entitled|called|named|dubbed|wrote|published|reads?)\b[\s,:]*+(?:(?:is|was|the|a|an|about|on|and)[\s,:]*+)?\Z",
    re.IGNORECASE,
)
_ABOUT_SPELLING: Final = expression(
    r"\bmisspel(?:l|t|led|ling|lings|ls)\b|\bspellings?\b|\bsic\b|\btypos?\b|\bdictionar(?:y|ies)\b"
    r"|\b(?:British|American|Canadian|Australian|US|UK)\s(?:English|spell)"
    r"|\bspel(?:l|t|led|ls)\b(?=[\s,:;]{1,3}(?:with|as|like|either|both|it|them|wrong(?:ly)?|(?:in)?correctly|properly|differently|alike"
    r"|the (?:word|name|same)|words?|names?|[A-Za-z])\b|\W{1,3}[\"'“‘«])"
    r"|\b(?:how|can|could|cannot|you|we|they|people|to)\s(?:to\s)?spell\b(?! out| of| the end| doom| trouble| disaster)"
    r"|\b(?:is|are|was|were|be|been|names?|words?)\s(?:\w{2,9}ly\s|also\s|often\s|not\s|now\s)?spel(?:t|led)\b"
    r"(?! out| the end| doom| trouble| disaster| flour| bread| grain)",
    re.IGNORECASE,
)
"""Words about the spelling of words. Spells of rain, bread of spelt and what spelled the end are none."""
_SPELLING_WORDS: Final = ("spel", "sic", "typo", "dictionar", "english")
"""One of these stands in all that `_ABOUT_SPELLING` takes."""
_REFERENCE: Final = (
    expression(
        r"\A\s*+(?:(?:\[\d{1,3}\]|\d{1,3}\.|[*•-])\s*+)?(?:[A-Z][\w'’-]+,\s(?:(?:[A-Z]\.[\s-]?){1,4}|[A-Z][a-z]+(?:\s[A-Z]\.)?\.\s)|[A-Z][\w'’-]+\s[A-Z]{1,3}[,.])"
    ),
    expression(
        r"\bdoi[:.\s]|\bISBN\b|\bISSN\b|\bet al\.|\bRetrieved (?:from|on|\d)|\bVol\.\s?\d|\bpp\.\s?\d|\d\(\d{1,3}\)"
        r"|\((?:1[89]|20)\d\d[a-z]?\)|\b(?:1[89]|20)\d\d[a-z]?\.|;\s?\d{1,4}:\d"
    ),
)
# "Past Lives 12 (1999), 3–44" marks a note that cites an article.
_CITATION: Final = expression(r"\d\s\((?:1[89]|20)\d\d\)[,:]\s?\d{1,4}\s?[–-]\s?\d")
# What follows a name in code or in a style sheet: a call, an assignment, an option, a value with its semicolon.
_CODE_AFTER: Final = expression(r"\(|\s*:?=|\s+--\w|\s*:\s*[\w#.-]+\s*;")
_CODE_BEFORE: Final = expression(r"(?:\A\s*+|(?<!\s)(?:(?!\n)\s)*+\n\s*+)[$>%]\s++\Z")
# Right before a word: it is spoken of, named, or begins a title without quotation marks.
_NAMING: Final = expression(
    r"\b(?:called|named|titled|entitled|dubbed|word|verb|noun|adjective|term|spelling|hashtag)\s\Z|[^.!?\n]\s(?:The|A|An)\s\Z"
)
# Names that their owners write in small letters, or that others do.
_SMALL_NAMES: Final = expression(
    r"under armours?\b|labour (?=party|mps?\b|leaders?\b|government|councillors?\b|peers?\b|manifesto|backbench)", re.IGNORECASE
)
# Small words of other languages that English does not have; two of them nearby, or one right before, mean a foreign phrase.
_FOREIGN: Final = frozenset(
    _WORDS.findall(
        "le la les des du de une un et dans pour avec sur est sont ses aux qui pas el los las del una por para ser como der das und "
        "ein eine ist mit von dem zu auf für nicht il lo gli della delle dei che sono het een voor niet zijn os em não uma och att det "
        "som är og ikke av til"
    )
)
_FOREIGN_BEFORE: Final = frozenset(_WORDS.findall("le la les des du el los las il gli una une der das dem della del aux au und et een het"))

_FOREIGN_AFTER: Final = frozenset(_WORDS.findall("de des du la le les der dem della del delle di"))

_CLOSING: Final = expression(r"’(?!\w)")


class Quotation(msgspec.Struct, frozen=True):
    """A quotation around a word: where its content begins and ends."""

    start: int
    end: int


def is_word(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` is a word in prose and no part of a longer word, an address, a handle, a number, a path or code.

    >>> is_word("See colour-coded maps.", 4, 10), is_word("example.org/colour", 12, 18)
    (True, False)
    """
    before, after = text[start - 1 : start], text[end : end + 1]
    if before.isalnum() or after.isalnum() or before == "_" or after == "_":
        return False
    if before in ("'", "’") and text[start - 2 : start - 1].isalpha():
        return False  # an elision: l’honneur
    if after in ("'", "’") and text[end + 1 : end + 2].isalpha() and text[end + 1] != "s":
        return False  # a clipped form: honour’d
    if _CODE_AFTER.match(text, end) or _CODE_BEFORE.search(text[max(0, start - 20) : start]):
        return False
    if _is_combining(before) or _is_combining(after):
        return False
    low = max(_last_space(text, max(0, start - _WINDOW), start), 0)
    found = re.search(r"\s", text[end : end + _WINDOW])
    high = end + (found.start() if found else min(_WINDOW, len(text) - end))
    token = text[low:high].strip("\"'“”‘’().,;:!?…»«*—–-")
    return _NOT_A_WORD.search(token) is None and not _joined_to_name(text, start, end)


def _last_space(text: str, low: int, start: int) -> int:
    at = start
    while at > low and not text[at - 1].isspace():
        at -= 1
    return at


def _is_combining(char: str) -> bool:
    return bool(char) and ("\u0300" <= char <= "\u036f" or char in "\u200c\u200d\xad\ufffd")


def _joined_to_name(text: str, start: int, end: int) -> bool:
    """Hyphenated to a capitalised word, as in Lincoln-centre."""
    dashes = "-‐‑"
    left = _WORDS.findall(text[max(0, start - 30) : start - 1])[-1:] if text[start - 1 : start] in dashes and start else []
    right = _WORDS.findall(text[end + 1 : end + 30])[:1] if text[end : end + 1] and text[end] in dashes else []
    return any(word[0].isupper() for word in (*left, *right))


def starts_sentence(text: str, start: int) -> bool:
    """Whether nothing but opening marks stands between `start` and the sentence before it.

    >>> starts_sentence("Done. “Organising it", 7)
    True
    """
    before = text[max(0, start - 8) : start]
    if start > 8 and not _SENTENCE_START.search("x" + before):
        return False
    return _SENTENCE_START.search(before) is not None and not _ABBREVIATION.search(before)


def next_is_lower(text: str, end: int) -> bool:
    """Whether the next word is written small."""
    found = _WORDS.search(text, end, end + 40)
    return found is not None and found.group()[0].islower()


def heads_name(text: str, end: int) -> bool:
    """Whether a word is the head of a longer name.

    >>> heads_name("Centre for Policy Studies said", 6), heads_name("Centre for the arts", 6)
    (True, False)
    """
    return _HEAD.match(text, end) is not None


def in_name(text: str, start: int, end: int) -> bool:
    """Whether a word is in the middle of a name, ends the name of an office, begins a title, or is what something is called.

    >>> in_name("the Royal centre Stage", 10, 16), in_name("the ministry of defence", 16, 23)
    (True, True)
    """
    before_it = text[max(0, start - 40) : start]
    if _OFFICE.search(before_it) or _NAMING.search(before_it) or _SMALL_NAMES.match(text, start):
        return True
    if before_it.lower().endswith("under ") and _SMALL_NAMES.match(text, start - 6):
        return True
    left, right = text[max(0, start - 40) : start].rstrip(" "), text[end : end + 40].lstrip(" ")
    before, after = _WORDS.findall(left)[-1:], _WORDS.match(right)
    if not before or not after or not left.endswith(before[0]):
        return False
    return before[0][0].isupper() and len(before[0]) > 1 and after.group()[0].isupper() and after.group() != "I"


def in_foreign_phrase(text: str, start: int, end: int) -> bool:
    """Whether the words around are those of another language.

    >>> in_foreign_phrase("the motto of la fibre pour tous was", 16, 21)
    True
    """
    before = [word.lower() for word in _WORDS.findall(text[max(0, start - _WINDOW) : start])[-4:]]
    after = [word.lower() for word in _WORDS.findall(text[end : end + _WINDOW])[:4]]
    if (before and before[-1] in _FOREIGN_BEFORE) or (after and after[0] in _FOREIGN_AFTER):
        return True
    return sum(word in _FOREIGN for word in (*before, *after)) >= 2


def quotation(text: str, start: int, end: int) -> Quotation | None:
    """Find the quotation marks around a word within its span.

    >>> quotation("He said “the colour of it”.", 13, 19)
    Quotation(start=9, end=25)
    """
    low, high = max(0, start - _QUOTED), min(len(text), end + _QUOTED)
    for opening, closing in (("“", "”"), ("«", "»"), ("„", "“")):
        left = text.rfind(opening, low, start)
        if left >= 0 and text.find(closing, left + 1, start) < 0:
            right = text.find(closing, end, high)
            return Quotation(left + 1, right if right >= 0 else high)
    if text.count('"', low, start) % 2:
        right = text.find('"', end, high)
        return Quotation(text.rfind('"', low, start) + 1, right if right >= 0 else high)
    left = text.rfind("‘", low, start)
    if left >= 0 and not _CLOSING.search(text, left + 1, start):
        found = _CLOSING.search(text, end, high)
        if found:
            return Quotation(left + 1, found.start())
    return None


def is_mention_or_title(text: str, quoted: Quotation, word: str) -> bool:
    """Whether quotation marks hold a word that is spoken of, or the title of a work.

    >>> text = "In his novel “a colour of night”"
    >>> is_mention_or_title(text, Quotation(14, 31), "colour")
    True
    """
    content = text[quoted.start : quoted.end]
    if content.strip(" .,;:!?") == word:
        return True
    words = _WORDS.findall(content[:200])
    if len(words) <= 12 and _TITLE_NOUN.search(text[max(0, quoted.start - 41) : max(0, quoted.start - 1)]):
        return True
    long = [w for w in words if len(w) > 3]
    return 2 <= len(words) <= 12 and len(long) >= 2 and 2 * sum(w[0].isupper() for w in long) > len(long)


def is_protected_span(text: str) -> bool:
    """Whether a whole span is out of bounds: it speaks of spelling, is in another language, or is an entry of a list of references.

    >>> is_protected_span("Smith, J. (2001). The colour of rain. Weather, 5(2), 3–9.")
    True
    """
    if (may_stand(_SPELLING_WORDS, text) and _ABOUT_SPELLING.search(text)) or _is_foreign(text):
        return True
    return _CITATION.search(text) is not None or (_REFERENCE[0].match(text) is not None and _REFERENCE[1].search(text) is not None)


def _is_foreign(text: str) -> bool:
    """Whether small words of other languages make up a tenth of a span; its language may have been taken from the document's."""
    words = _WORDS.findall(text[:2_000])
    return 10 * sum(word.lower() in _FOREIGN for word in words) >= max(30, len(words))
