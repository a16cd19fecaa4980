"""What differs between two texts, as people see it: stretches of words, with a few words around each."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import msgspec

from pipeline.text.expressions import expression
from pipeline.text.scripts import UNSPACED, in_class

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SINGLE = in_class(UNSPACED)
_TOKEN = expression(rf"[{_SINGLE}]|[^\W{_SINGLE}]++|\s++|[^\w\s]")
"""A word, a character of a script without spaces, a run of white space, or one sign."""
_WORD = expression(r"\w")
_AROUND = 5
"""Words on each side that say where a stretch stands."""
_MOST = 4_000_000
"""Pairs of tokens of two paragraphs that are compared word by word; larger ones differ as wholes: the comparison is quadratic."""


class Stretch(msgspec.Struct, frozen=True):
    """A stretch of two texts that is not the same: its words on both sides, and the words before and after it."""

    before: str
    left: str
    right: str
    after: str

    @property
    def gone(self) -> int:
        """Return how many words the left side has here."""
        return sum(1 for token in tokens(self.left) if _WORD.match(token))

    @property
    def new(self) -> int:
        """Return how many words the right side has here."""
        return sum(1 for token in tokens(self.right) if _WORD.match(token))


def tokens(text: str) -> list[str]:
    """Return a text in pieces: words, runs of white space, signs. A Chinese character is a word.

    >>> tokens("It rains, 雨天")
    ['It', ' ', 'rains', ',', ' ', '雨', '天']
    """
    return _TOKEN.findall(text)


def stretches(left: str, right: str) -> tuple[Stretch, ...]:
    """Return every stretch that differs, in the order of the texts. Lines are compared first, then the words of lines that differ.

    >>> [(each.left, each.right) for each in stretches("Heavy rain fell on Monday.", "Heavy hail fell on Sunday.")]
    [('rain', 'hail'), ('Monday', 'Sunday')]
    """
    one, other = left.splitlines(keepends=True), right.splitlines(keepends=True)
    found: list[Stretch] = []
    for tag, low, high, start, end in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag != "equal":
            found += _words("".join(one[low:high]), "".join(other[start:end]), "".join(one[:low]), "".join(one[high:]))
    return tuple(found)


def _words(left: str, right: str, before: str, after: str) -> Iterator[Stretch]:
    one, other = tokens(left), tokens(right)
    if len(one) * len(other) > _MOST:
        yield Stretch(_tail(tokens(before[-500:])), left.strip(), right.strip(), _head(tokens(after[:500])))
        return
    for low, high, start, end in _joined(SequenceMatcher(None, one, other, autojunk=False).get_opcodes(), one):
        lead, rest = [*tokens(before[-500:]), *one[:low]], [*one[high:], *tokens(after[:500])]
        yield Stretch(_tail(lead), "".join(one[low:high]), "".join(other[start:end]), _head(rest))


def _joined(codes: Sequence[tuple[str, int, int, int, int]], left: list[str]) -> list[tuple[int, int, int, int]]:
    """Return the changed runs of tokens; those with no word between them are one."""
    runs: list[tuple[int, int, int, int]] = []
    for tag, low, high, start, end in codes:
        if tag == "equal":
            continue
        if runs and not any(_WORD.match(token) for token in left[runs[-1][1] : low]):
            runs[-1] = (runs[-1][0], high, runs[-1][2], end)
        else:
            runs.append((low, high, start, end))
    return runs


def _tail(found: list[str]) -> str:
    place, words = len(found), 0
    while place and words < _AROUND:
        place -= 1
        words += bool(_WORD.match(found[place]))
    return ("… " if place else "") + " ".join("".join(found[place:]).split()) if found else ""


def _head(found: list[str]) -> str:
    place = words = 0
    while place < len(found) and words < _AROUND:
        words += bool(_WORD.match(found[place]))
        place += 1
    return " ".join("".join(found[:place]).split()) + (" …" if place < len(found) else "") if found else ""
