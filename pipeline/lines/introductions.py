"""Paragraphs below a story that introduce who wrote it, as "Jane Doe is a freelance writer" does."""

from __future__ import annotations

import functools
import re

from pipeline.lines.byline_variants import is_name
from pipeline.lines.tables import byline_words, has_digit, rows

_WORD = r"[^\W\d_][\w.'’-]{0,24}+"
_CASELESS = re.compile(r"(?P<name>[^\W\d_a-zA-Z][^\s.,:;!?।]{1,24} [^\W\d_a-zA-Z][^\s.,:;!?।]{1,24})\s")
_EARLY = 200
"""How early the job must be named in a script without capitals."""


@functools.cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(phrase for name, _, phrase in rows("writer_words") if name == kind)


@functools.cache
def _named() -> re.Pattern[str]:
    """A name of two words or more, perhaps a second one, or a job between commas, and the verb behind it."""
    more = rf"{_WORD}(?: {_WORD}){{1,3}}?"
    verbs = "|".join(map(re.escape, sorted(_words("verb"))))
    return re.compile(rf"[(*•—–\- ]{{0,3}}(?P<name>{more})(?: (?:and|und|et|y|e) {more})?(?:, [^,.!?]{{3,60}},)? (?:{verbs})\b")


@functools.cache
def _jobs() -> re.Pattern[str]:
    """What names a job in a text in small letters: without IGNORECASE most alternatives end at their first character."""
    return re.compile(rf"(?<![^\W\d_])(?:{'|'.join(map(re.escape, sorted({job.lower() for job in _words('job')})))})")


def introduces(text: str) -> str | None:
    """Return the name of the person whom a text introduces as somebody who writes, or None where it does not.

    >>> introduces("Jane Doe is a freelance writer who lives by the Orrin."), introduces("Jane Doe is the mayor of Springfield.")
    ('Jane Doe', None)
    >>> introduces("The Valley Times is a paper that reporters love."), introduces("Every reporter is on the bridge.")
    (None, None)
    """
    read = _named().match(text)
    if read is not None and read["name"].split(maxsplit=1)[0].lower() not in byline_words("article") and is_name(read["name"]):
        return read["name"] if _jobs().search(text[read.end("name") :].lower()) else None
    caseless = _CASELESS.match(text)
    if caseless is None or caseless["name"].upper() != caseless["name"].lower() or not has_digit(text):
        return None
    named = _jobs().search(text[caseless.end() - 1 : caseless.end() + _EARLY].lower()) and any(word in text for word in _words("years"))
    return caseless["name"] if named else None


def continues_introduction(text: str) -> bool:
    """Return whether a sentence may go on about the person whom the one before it introduced.

    >>> continues_introduction("She holds a degree in ferries."), continues_introduction("Ferries are cheap.")
    (True, False)
    """
    return text[:1].isupper() and text.split(maxsplit=1)[0].rstrip(",").lower() in _words("goes_on")
