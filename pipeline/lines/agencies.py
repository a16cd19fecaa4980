"""News and picture agencies by the names that pages print."""

from __future__ import annotations

import functools
from typing import Any

import ahocorasick

from pipeline.lines.tables import rows
from pipeline.text.folding import fold_word


@functools.cache
def _table() -> dict[str, tuple[str, str, str]]:
    return {(phrase if acronym == "yes" else fold_word(phrase)): (kind, name, phrase) for kind, name, phrase, acronym in rows("agencies")}


def find_agency(text: str, *kinds: str) -> str | None:
    """Return the agency's usual name if `text` is wholly one agency's name as pages print it.

    Args:
        text: the words, without brackets and dashes.
        kinds: "agency", "pictures", "broadcaster"; none given means all of them.

    >>> find_agency("REUTERS"), find_agency("AP"), find_agency("ap"), find_agency("Getty Images", "agency")
    ('Reuters', 'Associated Press', None, None)
    """
    text = " ".join(text.split())
    if not 1 < len(text) <= 40:
        return None
    found = _table().get(text) or _table().get(fold_word(text))
    if found is None or (kinds and found[0] not in kinds):
        return None
    return found[1]


@functools.cache
def _automaton() -> Any:
    automaton = ahocorasick.Automaton()
    for known in _table():
        automaton.add_word(fold_word(known), fold_word(known))
    automaton.make_automaton()
    return automaton


def may_name_agency(text: str) -> bool:
    """Return whether an agency's name may be among the words: one pass over them, right whenever it says no.

    >>> may_name_agency("Jane Doe for Getty Images"), may_name_agency("Jane Doe, chapter 25")
    (True, False)
    """
    folded = fold_word(" ".join(text.split()))
    for last, name in _automaton().iter(folded):
        start, end = last + 1 - len(name), last + 1
        inside = (start > 0 and folded[start - 1].isalnum() and name[0].isalnum()) or (
            folded[end : end + 1].isalnum() and name[-1].isalnum()
        )
        if not (inside and name.isascii()):  # scripts without spaces have no ends of words
            return True
    return False
