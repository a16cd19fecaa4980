"""Text that a page of print or a mail program broke: page numbers and running heads, words parted at line ends, ragged lines, drop caps.

Everything here is told from the text alone, by what comes again in it: a running head stands on several pages, page numbers count up, the
two halves of a word stand as one elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache, lru_cache
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from pipeline.segment.split_lines import INVISIBLE
from pipeline.text.expressions import expression
from pipeline.text.scripts import UNSPACED_CHARACTER, WITHOUT_END_CHARACTER
from pipeline.tsv import headed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.segment.split_lines import Line

_NUMBER = expression(
    r"[-–—\[(]?\s?(?:(?:(?P<label>page|pg\.?|seite|pagina|página|strona|sida|side|страница)|стр\.?|s\.|p\.)\s)?(?P<number>\d{1,4})(?:\s?(?:/|of|von|de|sur)\s?\d{1,4})?\s?[-–—\])]?",
    re.IGNORECASE,
)
_DIGITS = expression(r"\d+")
_HEAD_MAX = 110
_FURNITURE_MAX = 3
_CENTRED = 8
_TIMES = 2
"""How often a page's number or its running head must be seen before any line is called one."""
_END = expression(r"[.!?…:;。！？।۔؟][\"'”’»」』)\]]*\Z")
_RAGGED_LEAST, _RAGGED_MOST = 24, 110
_NARROW_UNSPACED, _WIDE_UNSPACED, _HANGING, _FULL_LINES = 12, 60, 3, 4
"""Characters of the narrowest and widest column of a script without spaces, how many a line may lack or have beyond it (marks that may not
open or end a line, JIS X 4051), and the least number of full lines."""
_RAGGED_SHARE = 0.6
_LONE = expression(
    r"[-–—]\s?\d{1,4}\s?[-–—]|(?:page|seite|pagina|página|strona|sida|side|страница)\s\d{1,4}(?:\s?(?:/|of|von|de|sur)\s?\d{1,4})?",
    re.IGNORECASE,
)
"""A page's number that is one by its own marks: between dashes, or behind the word for a page. One in square brackets marks a note."""
_HYPHENS = expression(r"[^\W\d_]-\n[ \t]*+[^\W\d_]")
_WHOLE_PART = 5
"""Letters of either part from which on both may be words of a compound; the parts of a broken word are rarely both so long."""
_HYPHENATES = 3
"""Line ends inside words from which on a text is taken for one that parts its words so."""


def page_breaks(text: str, lines: Sequence[Line]) -> list[tuple[int, int]]:
    """First and last + 1 line of every group of lines that belong to the page and not to what is printed on it.

    A group is a page's number, its running head, or both, beside a form feed or a number that counts on from another one's. Numbers alone
    must stand where a printer puts them; with the word for a page before them they say it.
    """
    read = {index: found for index, line in enumerate(lines) if (found := _number(text, lines, index, line)) is not None}
    numbers = {index: int(found["number"]) for index, found in read.items()}
    feeds = {index for index in range(1, len(lines)) if "\x0c" in text[lines[index - 1].end : lines[index].start]}
    lone = _lone(text, lines)
    if len(feeds) < _TIMES and len(numbers) < _TIMES:
        return _groups(lone)
    labels = {index for index, found in read.items() if found["label"]}
    counted = _counting(numbers, labels)
    labelled = len(counted & labels)
    if len(counted) < _TIMES or not (feeds or labelled >= _TIMES or _printed(text, lines, counted)):
        counted = set()
    if not counted and not feeds:
        return _groups(lone)
    heads = _running_heads(text, lines, counted, feeds)
    return _groups(sorted(counted | heads | set(lone)))


def _lone(text: str, lines: Sequence[Line]) -> list[int]:
    """The lines that are a page's number by their own marks, in the middle of a sentence."""
    return [
        index
        for index in range(1, len(lines) - 1)
        if lines[index].end - lines[index].start <= 16
        and _LONE.fullmatch(text, lines[index].start, lines[index].end)
        and goes_on_over(text, lines[index - 1], lines[index + 1])
    ]


def _number(text: str, lines: Sequence[Line], index: int, line: Line) -> re.Match[str] | None:
    """Read a line that is nothing but a page's number, with blank lines or a form feed beside it."""
    if line.end - line.start > 16 or not any(map(str.isdecimal, text[line.start : line.end])):
        return None
    alone = (index == 0 or lines[index - 1].run != line.run) or (index + 1 == len(lines) or lines[index + 1].run != line.run)
    feed = "\x0c" in text[line.end : lines[index + 1].start] if index + 1 < len(lines) else False
    return _NUMBER.fullmatch(text, line.start, line.end) if alone or feed else None


def _counting(numbers: dict[int, int], labels: set[int]) -> set[int]:
    """The lines whose numbers count up by one from page to page, with other lines between, two at least before a number without a label."""
    found: set[int] = set()
    for (first, one), (second, other) in pairwise(numbers.items()):
        if other == one + 1 and second > first + 2 - (second in labels):
            found |= {first, second}
    return found


def _printed(text: str, lines: Sequence[Line], counted: set[int]) -> bool:
    """Whether numbers stand where a printer puts a page's: far to the right, or in the middle of a sentence; else they number a list."""
    inside = [index for index in counted if 0 < index < len(lines) - 1]
    over = sum(goes_on_over(text, lines[index - 1], lines[index + 1]) for index in inside)
    return over >= _TIMES or sum(lines[index].indent >= _CENTRED for index in counted) * 2 > len(counted)


def _running_heads(text: str, lines: Sequence[Line], counted: set[int], feeds: set[int]) -> set[int]:
    """The lines next to a page's number or a form feed that come again on another page, figures aside."""
    near = {place for index in counted for place in (index - 1, index + 1)} | {place for index in feeds for place in (index - 1, index)}
    near = {
        place for place in near if 0 <= place < len(lines) and place not in counted and lines[place].end - lines[place].start <= _HEAD_MAX
    }
    said = Counter(_key(text, lines[place]) for place in near)
    return {place for place in near if said[_key(text, lines[place])] >= _TIMES}


def _key(text: str, line: Line) -> str:
    return _DIGITS.sub("#", " ".join(text[line.start : line.end].split()))


def _groups(places: Sequence[int]) -> list[tuple[int, int]]:
    groups: list[tuple[int, int]] = []
    for place in places:
        if groups and groups[-1][1] == place and place - groups[-1][0] < _FURNITURE_MAX:
            groups[-1] = (groups[-1][0], place + 1)
        else:
            groups.append((place, place + 1))
    return groups


def goes_on_over(text: str, a: Line, b: Line) -> bool:
    """Whether a sentence goes on from the last line of a page to the first of the next one."""
    return _END.search(text, max(a.start, a.end - 8), a.end) is None and text[b.start].islower()


def ragged_width(text: str, lines: Sequence[Line]) -> int:
    """The longest line of a text whose paragraphs were broken by hand or at a width that nobody kept, 0 where they were not.

    Blank lines part its paragraphs; inside them nearly all lines but the last are of like length and end in the middle of a sentence,
    and nearly all last lines end one.
    """
    inner = [a for a, b in pairwise(lines) if a.run == b.run]
    last = [a for a, b in pairwise(lines) if a.run != b.run] + list(lines[-1:])
    if len(inner) < 6 or len(last) < 3:
        return 0
    widest = max(line.end - line.start for line in lines)
    least = _NARROW_UNSPACED if _is_unspaced(text, lines) else _RAGGED_LEAST
    if not least <= widest <= _RAGGED_MOST:
        return 0
    long = sum((line.end - line.start) >= _RAGGED_SHARE * widest for line in inner)
    open_ended = sum(_END.search(text, max(line.start, line.end - 8), line.end) is None for line in inner)
    closed = sum(_END.search(text, max(line.start, line.end - 8), line.end) is not None for line in last)
    fits = long * 10 >= 9 * len(inner) and open_ended * 10 >= 7 * len(inner) and closed * 10 >= 8 * len(last)
    return widest if fits else 0


def _is_unspaced(text: str, lines: Sequence[Line]) -> bool:
    """Whether most lines begin in a script without spaces."""
    return 2 * sum(UNSPACED_CHARACTER.match(text, line.start) is not None for line in lines) > len(lines)


def grid_width(text: str, lines: Sequence[Line]) -> int:
    """The column at which a text in a script without spaces is broken, wherever in a word that is; 0 where it is not.

    Most lines hold as many characters as the longest, but for the marks that may not open or end one; of the others nearly all end a
    sentence, in scripts that mark its end.
    """
    if len(lines) < _FULL_LINES or not _is_unspaced(text, lines):
        return 0
    widths = [line.end - line.start + line.indent for line in lines]
    widest = max(widths)
    full = [width >= widest - _HANGING for width in widths]
    if not _NARROW_UNSPACED <= widest <= _WIDE_UNSPACED or sum(full) < _FULL_LINES or 2 * sum(full) <= len(lines):
        return 0
    last = [line for line, is_full in zip(lines, full, strict=True) if not is_full]
    open_ended = sum(
        WITHOUT_END_CHARACTER.match(text, line.end - 1) is None and _END.search(text, max(line.start, line.end - 8), line.end) is None
        for line in last
    )
    return widest if last and open_ended * 5 <= len(last) else 0


def grid_joins(text: str, run: Sequence[Line], width: int) -> list[bool]:
    """Which lines of a run of such a text go on: all full ones, but before an indented line."""
    return [
        a.end - a.start + a.indent >= width - _HANGING and b.indent < 2 and not text.startswith("\u3000", b.start - b.indent)
        for a, b in pairwise(run)
    ]


def ragged_joins(text: str, run: Sequence[Line], width: int) -> list[bool]:
    """Which lines of a run of such a text go on: all but a short one that ends a sentence, and those before an indented one."""
    return [
        b.indent < a.indent + 2 and not (a.end - a.start < _RAGGED_SHARE * width and _END.search(text, max(a.start, a.end - 8), a.end))
        for a, b in pairwise(run)
    ]


def is_drop_cap(text: str, a: Line, b: Line) -> bool:
    """Whether a line is the large first letter of a paragraph, and the next line goes on in the same word."""
    return a.end - a.start == 1 and text[a.start].isupper() and b.end - b.start > 1 and text[b.start].isalpha()


def drop_cap_glue(text: str, a: Line, b: Line) -> str:
    """What stands between a large first letter and the rest: nothing, or a space where the letter is a word and the rest another one.

    Where the letter may be a word ("A", "I"), the rest is another one if it stands alone elsewhere and the two together do not.
    """
    letter = text[a.start].lower()
    rest = text[b.start : b.end].split(maxsplit=1)[0].rstrip(".,;:!?'’").lower()
    if letter not in "aioeyà":
        return ""
    small = text.lower()
    return " " if f" {rest} " in small and f" {letter}{rest}" not in small else ""


_PARTING = frozenset("-‐=" + INVISIBLE)
"""What ends a line that parts a word."""


def broken_word(text: str, a: Line, b: Line) -> tuple[int, str] | None:
    """Where the mark of a parted word begins at a line's end, and what takes its place with the line end; None where no word is parted.

    A hyphen before a soft hyphen is a compound's. A hyphen alone parts a word where the word stands whole elsewhere in the text and the
    compound does not, or where what follows it is no word. After "=" the line end is a mail program's.
    """
    end = a.end
    if text[end - 1] not in _PARTING or text[b.start].isdecimal():
        return None
    while end > a.start and text[end - 1] in INVISIBLE:
        end -= 1
    if end < a.end and text[end - 1] == "-" and text[b.start].isalpha():
        return end, ""
    if text[end - 1] == "=":
        return _soft_line_end(text, a, b) if is_quoted_printable(text) else None
    if end < a.end or text[end - 1] not in "-‐" or not text[end - 2 : end - 1].isalpha() or not text[b.start].islower():
        return None
    first = text[a.start : end - 1].rsplit(maxsplit=1)[-1].lstrip("\"'“‘„«([{")
    second = text[b.start : b.end].split(maxsplit=1)[0].rstrip(".,;:!?\"'”’»)]}")
    if not first.isalpha() or not second.isalpha():
        return None
    whole, compound = first + second, f"{first}-{second}"
    if second in _words("suffix") or (whole in text and compound not in text):
        return end - 1, ""
    parts = first.lower() not in _words("first") and second not in _words("and") and compound not in text
    if parts and first.islower() and min(len(first), len(second)) >= _WHOLE_PART and first not in _words("prefix"):
        return None  # both may be words: "price-determining"
    return (end - 1, "") if parts and _parts_words(text) else None


@lru_cache(maxsize=1)
def _parts_words(text: str) -> bool:
    """Whether a text parts words at line ends again and again."""
    return len(list(islice(_HYPHENS.finditer(text), _HYPHENATES))) == _HYPHENATES


def _soft_line_end(text: str, a: Line, b: Line) -> tuple[int, str]:
    """Where a line end that only wraps the code of a mail begins (RFC 2045, 6.7, rule 5); a space before or behind it is the text's."""
    end = a.end - 1
    while end > a.start and text[end - 1] in " \t":
        end -= 1
    return end, " " if end < a.end - 1 or b.indent else ""


def hyphen_goes_on(text: str, a: Line, b: Line) -> bool:
    """Whether a line ends with a letter and a hyphen, and the next begins with a small letter: no paragraph ends there."""
    return text[a.end - 1] in "-‐" and text[a.end - 2 : a.end - 1].isalpha() and text[b.start].islower()


def is_suspended(text: str, b: Line) -> bool:
    """Whether a line begins with an "and" or "or", before which a hyphen stands for a part that follows."""
    return text[b.start : b.end].split(maxsplit=1)[0] in _words("and")


@cache
def _words(kind: str) -> frozenset[str]:
    """The words of a kind in the table of what stands around hyphens."""
    return frozenset(word for row_kind, _, word in headed("pipeline.segment", "hyphens.tsv") if row_kind == kind)


_ENCODED = expression(r"(?:=(?:[C-F][0-9A-F]))(?:=[89AB][0-9A-F]){1,3}")


def is_quoted_printable(text: str) -> bool:
    """Whether a text still has the encoding of mail: bytes of UTF-8 as "=C3=A9".

    >>> is_quoted_printable("caf=C3=A9"), is_quoted_printable("a=b")
    (True, False)
    """
    return "=" in text and _ENCODED.search(text) is not None
