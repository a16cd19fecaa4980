"""The picture credit that ends a line: "… (Reuters)", "… EPA/JUSTIN LANE", "… © dpa", "… Photo: Jane Doe"."""

from __future__ import annotations

import functools
import re

import msgspec

from pipeline.lines.agencies import find_agency
from pipeline.lines.picture_credits import (
    credited_by,
    credited_last,
    credits_paper,
    east_asian_credit,
    is_picture_credit,
)
from pipeline.lines.tables import phrases
from pipeline.text.expressions import expression
from pipeline.text.folding import fold_word

_TAIL = 200
"""Code points from the end in which a caption's credit begins: more than the longest credit that the patterns take."""

_CLOSING = (")", "]", "）", "】")
_MARKS = ("©", "(c)", "Ⓒ", "📷", "📸")

LABEL_END = expression(r"\s{0,2}(?:[:：|／/]|[–—-]\s)\s{0,3}|\s{1,3}")
"""What parts a label ("Photo") from what it labels."""
_BRACKETS = expression(r"(?P<open>[(\[（【])(?P<inner>[^()\[\]（）【】]{2,120})(?P<close>[)\]）】])[\s.–-]{0,3}$")
_SLASHED = expression(
    r"(?P<gap>(?:^|\s{1,4}|(?<=[.!?”\"])\s?)(?:[|–—-]\s{0,2}|©\s?)?)(?P<credit>[A-ZÀ-Þ][^\s/]{1,30}(?:\s[A-ZÀ-Þ][^\s/]{0,30}){0,3}"
    r"(?:\s?/\s?(?:via\s)?[A-ZÀ-Þ©][^\s/]{1,30}(?:\s[A-ZÀ-Þ][^\s/]{0,30}){0,3}){1,4})[\s.]{0,2}$"
)
_SIGN = expression(r"(?P<gap>(?:^|\s{1,4}|(?<=[.!?”\"]))(?:[|–—-]\s{0,2})?)(?P<mark>©|\(c\)|Ⓒ|📷|📸)\s{0,2}(?P<credit>[^©]{2,80})$")
_WIDE = expression(r"(?P<gap>\s{2,8}|\s?\|\s{0,3}|\t)(?P<credit>\S[^|]{1,70})$")


@functools.cache
def _longest(kind: str) -> int:
    return max(len(phrase) for phrase in phrases("pictures", kind)) + 1


@functools.lru_cache(maxsize=8192)
def _beginning(head: str, kind: str) -> tuple[str, ...]:
    """Return the phrases of a kind that can begin with two code points: none at most places of a text, which settles them."""
    folded = fold_word(head)
    return tuple(phrase for phrase in phrases("pictures", kind) if phrase.startswith(folded) or folded.startswith(phrase))


def phrase_end(line: str, begin: int, kind: str) -> int | None:
    """Return where the longest phrase of a kind ends that stands at `begin`, at a word's end."""
    possible = _beginning(line[begin : begin + 2], kind)
    if not possible:
        return None
    window = line[begin : begin + _longest(kind)]
    if window.isascii() and not window.lower().startswith(possible):
        return None
    for size in range(len(window), 0, -1):
        after = line[begin + size : begin + size + 1]
        if (
            window[size - 1] != " "
            and not (after.isalpha() and window[size - 1].isascii())
            and fold_word(window[:size]) in phrases("pictures", kind)
        ):
            return begin + size
    return None


class Tail(msgspec.Struct, frozen=True):
    """A credit at the end of a line: `cut` is where the caption ends, `strong` that the form is one only captions have."""

    cut: int
    start: int
    end: int
    strong: bool


def credit_tail(line: str, begin: int, end: int) -> Tail | None:
    """Find a credit at the end: "(Reuters)", "EPA/JUSTIN LANE", "© dpa", "Photo: Jane Doe".

    Args:
        line: the line.
        begin: where the caption begins, in code points of the line.
        end: where the line's text ends.

    >>> tail = credit_tail("The quay on Monday. EPA/JANE DOE", 0, 32)
    >>> tail.cut, tail.start, tail.end, tail.strong
    (20, 20, 32, True)
    """
    text = line[:end]
    near = max(begin, end - _TAIL)
    last = text[near:]
    if (signed := east_asian_credit(text, near) or credited_by(text, near)) is not None:
        return Tail(*signed, strong=True)
    if last.rstrip(" .\t-–")[-1:] in _CLOSING and (match := _BRACKETS.search(text, near)):
        inner, shift = match["inner"], match.start("inner")
        label = phrase_end(line, shift, "credit") or _source_end(line, shift)
        mark = LABEL_END.match(line, label) if label is not None else None
        if mark and mark.end() < match.end("inner") and is_picture_credit(line[mark.end() : match.end("inner")], labelled=True):
            return Tail(match.start(), mark.end(), match.end("inner"), strong=True)
        if is_picture_credit(inner, labelled="/" in inner):
            return Tail(match.start(), shift, match.end("inner"), strong="/" in inner or bool(find_agency(inner, "pictures")))
    if any(map(last.__contains__, _MARKS)) and (match := _SIGN.search(text, near)) and is_picture_credit(match["credit"], labelled=True):
        return Tail(match.start(), match.start("credit"), match.end("credit"), strong=True)
    if "/" in last and (match := _SLASHED.search(text, near)) and (slashed := _slashed_tail(line, match)) is not None:
        return slashed
    if (
        ("  " in last or "|" in last or "\t" in last or not last.isprintable())
        and (match := _WIDE.search(text, near))
        and is_picture_credit(match["credit"])
    ):
        return Tail(match.start(), match.start("credit"), match.end("credit"), strong=True)
    other = _labelled_tail(line, begin, end) or _bare_tail(line, begin, end)
    return Tail(*last_of_all, strong=True) if other is None and (last_of_all := credited_last(text, near)) is not None else other


def _bare_tail(line: str, begin: int, end: int) -> Tail | None:
    """Find words at the end that name no one and credit all the same, after a sentence: "The quay. Screenshot"."""
    stop = end - (line[end - 1] == ".")
    if fold_word((line[begin:stop].rsplit(maxsplit=1) or [""])[-1]) not in _last_bare():
        return None
    for phrase in phrases("pictures", "bare"):
        start = stop - len(phrase)
        apart = start > begin + 1 and line[start - 1].isspace() and line[:start].rstrip()[-1:] in '.!?”"'
        if apart and fold_word(line[start:stop]) == phrase:
            return Tail(start - 1, start, stop, strong=True)
    return None


@functools.cache
def _last_bare() -> frozenset[str]:
    """The last words of what credits a picture and names no one."""
    return frozenset(phrase.split()[-1] for phrase in phrases("pictures", "bare"))


def _source_end(line: str, position: int) -> int | None:
    """Return where the label of a source ends that stands before a colon and a slashed name in a bracket: "(Quelle: Doe/XYZ)".

    Without a slash it may be the source of a figure that a sentence gives.
    """
    colon = line.find(":", position, position + _LONGEST_SOURCE)
    return colon if colon > 0 and "/" in line[colon:] and fold_word(line[position:colon]) in phrases("credits", "before") else None


_LONGEST_SOURCE = 24


def _slashed_tail(line: str, match: re.Match[str]) -> Tail | None:
    """Read a slashed credit, without the caption's last words before its agency ("… on Monday. REUTERS/Jane Doe")."""
    start, end = match.span("credit")
    words = line[start : line.index("/", start)].split(" ")
    for index in range(len(words) - 1, 0, -1):
        if len(words[index - 1]) > _INITIAL and words[index - 1][-1] in ".!?":
            start += len(" ".join(words[:index])) + 1
            words = words[index:]
            break
    for index in range(1, len(words)):
        if find_agency(" ".join(words[index:]).strip()) and not find_agency(" ".join(words[index - 1 :]).strip()):
            begin = start + len(" ".join(words[:index])) + 1
            return Tail(begin - 1, begin, end, strong=True) if is_picture_credit(line[begin:end]) else None
    after_sentence = start > match.start("credit")
    credited = is_picture_credit(line[start:end]) or (after_sentence and credits_paper(line[start:end]))
    if not credited or not (after_sentence or _apart(line, match)):
        return None
    return Tail(start if after_sentence else match.start(), start, end, strong=True)


_INITIAL = 3
"""Code points of the longest word with a full stop that ends no sentence: an initial, "Jr."."""


def plain_tail(line: str, begin: int, end: int) -> Tail | None:
    """Find an agency's bare name after the last sentence of what is known to be a caption: "The river. Getty Images"."""
    match = _PLAIN.search(line, max(begin, end - _LONGEST_AGENCY), end)
    if match is None or not (find_agency(match["credit"]) or find_agency(match["credit"], "pictures")):
        return None
    return Tail(match.start(), match.start("credit"), match.end("credit"), strong=True)


_PLAIN = expression(r"(?<=[.!?。”\"])\s{1,3}(?P<credit>[^\s.!?。][^.!?。]{1,38}?)[\s.]{0,2}$")
_LONGEST_AGENCY = 45


def _apart(line: str, match: re.Match[str]) -> bool:
    """Return whether a slashed credit stands apart from the sentence: after its end, after a wide gap, or with its agency in capitals."""
    before = line[: match.start()].rstrip()
    wide = len(match["gap"]) > 1 or before.endswith((".", "!", "?", '"', "”", ")", "]"))
    return wide or any(len(word) > 2 and word.isupper() for word in re.split(r"[\s/]", match["credit"]))


_LABEL_MARKS = frozenset(":：/／|")
"""What parts a label from what it labels at the end of a line."""
_CREDIT_WORD = expression(
    r"(?:(?<=[.!?。\"”|(\[)\]–—-])\s?|\s{1,3}|(?<=[a-zà-ÿ])(?=(?:Credit|Photo|Photograph|Image|Picture|Foto|Bild):))(?=(?:[A-ZÀ-ÞА-ЯΑ-Ω\u1ea0-\u1eff]|[\u3040-\u9fff\uac00-\ud7a3\u0590-\u06ff\u0900-\u0e7f]))"
)


def _labelled_tail(line: str, begin: int, end: int) -> Tail | None:
    if _LABEL_MARKS.isdisjoint(line[max(begin, end - 110) :]):
        return None
    for match in _CREDIT_WORD.finditer(line, max(begin, end - 110), end):
        label = phrase_end(line, match.end(), "credit")
        mark = LABEL_END.match(line, label) if label is not None else None
        bracket = line.rfind("(", begin, match.end())
        opened = bracket > line.rfind(")", begin, match.end())
        if mark is None or not any(char in ":：/／|" for char in mark[0]) or (opened and line[bracket + 1 : match.end()].strip()):
            continue
        stop = end
        while stop > mark.end() and line[stop - 1] in (" .)-–" if opened else " ."):
            stop -= 1
        if mark.end() < stop and is_picture_credit(line[mark.end() : stop], labelled=True):
            return Tail(bracket if opened else match.start(), mark.end(), stop, strong=True)
    return None
