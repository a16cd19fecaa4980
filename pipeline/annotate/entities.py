"""Names in the text and the id that their aliases share; the words stay as written.

One Aho-Corasick automaton finds all aliases in one pass. Of matches that overlap the longest counts. An ambiguous alias (`IS`, `US`,
`Ban`) counts only if an unambiguous one of the same id stands in the same document and its own surroundings do not speak against it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from pipeline.records import Entity
from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.lists import Alias, Lists, Names

_WINDOW: Final = 60
_ADDRESS: Final = expression(r"://|^www\.|^[/~.]|[A-Za-z]{2}\.[a-z]{2,}|@")
_WORD_BEFORE: Final = expression(r"(?<![\w.'’-])[\d_.'’-]*+([^\W\d_][\w.'’-]*+) \Z")
# A capitalised word right before an ambiguous alias makes it part of another name ("NATO Secretary General"), but for these.
_TITLES: Final = frozenset(
    {"Gen.", "Sec.", "Mr", "Mr.", "Mrs", "Mrs.", "Ms", "Ms.", "Dr", "Dr.", "Sir", "President", "Chairman", "Chancellor", "Minister"}
    | {"Secretary", "Secretary-General", "Senator", "The", "Both", "And", "In", "But", "By", "As"}
)


def entities(text: str, *, language: str | None, lists: Lists) -> tuple[Entity, ...]:
    """Find the listed names of an English text.

    Args:
        text: the text of a record.
        language: its BCP 47 code; the aliases are English, so other languages have none. None counts as English.
        lists: the word lists, with the users' own names if they have any.

    Returns:
        Entities in order, never overlapping, each name by itself: "ISIL, Daesh" is two.

    >>> from pipeline.lists import load_lists
    >>> [(e.surface, e.id) for e in entities("ISIL, DAESH or simply IS, as it is called", language="en", lists=load_lists())]
    [('ISIL', 'org:islamic-state'), ('DAESH', 'org:islamic-state'), ('IS', 'org:islamic-state')]
    >>> entities("This IS it.", language="en", lists=load_lists())
    ()
    """
    if language is not None and language.split("-")[0] != "en":
        return ()
    found = list(_longest(_matches(text, _automaton(lists.names))))
    certain = {alias.id for _, _, alias in found if not alias.ambiguous}
    return tuple(
        Entity(start=start, end=end, surface=text[start:end], id=alias.id, name=alias.name)
        for start, end, alias in found
        if not alias.ambiguous or (alias.id in certain and _is_plausible(text, start, end))
    )


@lru_cache(maxsize=8)
def _automaton(names: Names) -> Any:
    """Build the automaton of a table of names; the same table gives the same automaton."""
    import ahocorasick  # noqa: PLC0415 - not needed to import the package

    automaton = ahocorasick.Automaton()
    for alias in names.aliases:
        form_of = alias.surface
        for form in (form_of, form_of.lower(), form_of.upper(), form_of.title()) if alias.ignore_case else (form_of,):
            held = automaton.get(form, None)
            # An unambiguous reading of a surface wins over an ambiguous one; else the earlier line of the table does.
            if held is None or (held.ambiguous and not alias.ambiguous):
                automaton.add_word(form, alias)
    automaton.make_automaton()
    return automaton


def _matches(text: str, automaton: Any) -> Iterator[tuple[int, int, Alias]]:
    """Yield matches that begin and end with a word."""
    for last, alias in automaton.iter(text):
        end = last + 1
        start = end - len(alias.surface)
        before, after = text[start - 1 : start], text[end : end + 1]
        if before.isalnum() or after.isalnum() or before in ("_", "@", "#") or after in ("_", "@"):
            continue
        if (before in ("/", ".") or after in ("/", ".")) and _in_address(text, start, end):
            continue
        yield start, end, alias


def _in_address(text: str, start: int, end: int) -> bool:
    """Whether the run of characters around a match is a web address or a path: `EU.int`, but not `ISIS/Daesh`."""
    left, right = text[max(0, start - _WINDOW) : start], text[end : end + _WINDOW]
    token = left[max(left.rfind(" "), left.rfind("\n")) + 1 :] + text[start:end] + re.split(r"\s", right, maxsplit=1)[0]
    return _ADDRESS.search(token) is not None


def _longest(matches: Iterator[tuple[int, int, Alias]]) -> Iterator[tuple[int, int, Alias]]:
    """Of overlapping matches keep the one that begins first, and of those the longest."""
    at = 0
    for start, end, alias in sorted(matches, key=lambda match: (match[0], -match[1])):
        if start >= at:
            yield start, end, alias
            at = end


def _is_plausible(text: str, start: int, end: int) -> bool:
    """Whether an ambiguous alias stands as a name of its own: not in capitals among capitals, not part of another name."""
    low, high = max(0, start - _WINDOW), end + _WINDOW
    line = text[max(text.rfind("\n", low, start) + 1, low) : start] + text[end : high if (stop := text.find("\n", end, high)) < 0 else stop]
    letters = [char for char in line if char.isalpha()]
    if len(letters) > 8 and 2 * sum(char.isupper() for char in letters) > len(letters):
        return False
    if text.startswith((" of ", " on "), end):
        return False
    before = _WORD_BEFORE.search(text[low:start])
    return not before or not before.group(1)[0].isupper() or before.group(1) in _TITLES
