"""What shows that a paragraph is about who wrote a story: a heading, the name it begins with, an account made of that name."""

from __future__ import annotations

import functools

from pipeline.lines.byline_variants import is_name
from pipeline.lines.tables import phrases
from pipeline.text.expressions import expression
from pipeline.text.folding import fold_word

_LEAD = "(*•—–- "
_MOST, _LEAST = 4, 2
"""Words of a name, its prefixes among them."""
_POSSESSIVE = ("'s", "’s")
_HANDLE = expression(r"(?P<mail>[\w.+-]{2,40}+@(?=\w))|(?<!\w)@[A-Za-z0-9_]{3,30}+")
_QUOTED = expression(r"[\"“”„«»]")
_CITED = 20
"""Characters between a name and an account that belongs to it in a sentence about what somebody posted."""
_PART = expression(r"[^\W\d_]{3,}+")
_LETTERS = expression(r"[^\W\d_]")
_HEADING = 40
"""Code points of the longest heading, with its marks."""
_AROUND = " :：-–—.*#"


def opening_name(text: str) -> str | None:
    """Return the name of a person with which a text begins and goes on, or None.

    >>> opening_name("Jane Doe covers ferries."), opening_name("Ann van der Lee, who lives here, writes.")
    ('Jane Doe', 'Ann van der Lee')
    >>> opening_name("Jane Doe"), opening_name("The ferry is late."), opening_name("Jane Doe's ferry is late.")
    (None, None, None)
    """
    begin = text[:200].lstrip(_LEAD)
    if not begin[:1].isalpha() or begin[:1].islower():
        return None
    words = begin.split(maxsplit=_MOST + 1)
    for count in range(min(_MOST, len(words) - 1), _LEAST - 1, -1):
        name = " ".join(words[:count]).rstrip(",")
        if name.endswith(_POSSESSIVE):
            return None
        if is_name(name):
            return name
    return None


def has_address_of(name: str, text: str) -> bool:
    """Return whether a text that begins with a name holds an address of mail or an account that is made of a word of the name.

    An account right behind the name, or beside something quoted, is how stories cite posts.

    >>> has_address_of("Jane Doe", "Jane Doe sails on Sundays. Follow her: @janedoe.")
    True
    >>> has_address_of("Jane Doe", "Jane Doe (@janedoe) says it rains."), has_address_of("Jane Doe", "Jane Doe reads news@example.org.")
    (False, False)
    """
    if "@" not in text or _QUOTED.search(text):
        return False
    parts = [fold_word(part) for part in _PART.findall(name)]
    for found in _HANDLE.finditer(text, len(name)):
        handle = "".join(_LETTERS.findall(fold_word(found[0])))
        if (found["mail"] or found.start() - len(name) > _CITED) and any(part in handle for part in parts):
            return True
    return False


@functools.cache
def _headings() -> frozenset[str]:
    return phrases("author_headings", "heading")


def heads_author(line: str) -> bool:
    """Return whether a line is the heading of a box about who wrote the story.

    >>> heads_author("About the Author:"), heads_author("Über die Autorin"), heads_author("About the author, nothing is known.")
    (True, True, False)
    """
    return len(line) <= _HEADING and fold_word(line.strip(_AROUND)) in _headings()
