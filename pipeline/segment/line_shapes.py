"""Runs of lines whose line ends carry meaning: code, tables, verse, lists, and text wrapped at a column."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from pipeline.text.expressions import expression
from pipeline.text.headlines import goes_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.config import SegmentConfig
    from pipeline.segment.split_lines import Line

_LONGEST_ROW = 400
"""Code points of a line that is a row of a table whose other lines have no tab."""
BULLET = expression(r"(?:[•‣◦▪●○■□▸►➤✓✔*+–-]|\(?(?:\d{1,3}|[a-z])[.)])[ \t\xa0]+(?=\S)")
"""A list marker with the space after it."""
_BULLET_FIRST = frozenset("•‣◦▪●○■□▸►➤✓✔*+–-(")
_AFTER_LETTER = frozenset(".)")


def has_bullet(text: str, start: int, end: int) -> bool:
    """Whether a list marker stands at `start`.

    >>> has_bullet("- milk", 0, 6), has_bullet("-5 degrees", 0, 10)
    (True, False)
    """
    first = text[start]
    if "a" <= first <= "z":
        return text[start + 1 : start + 2] in _AFTER_LETTER and BULLET.match(text, start, end) is not None
    return (first in _BULLET_FIRST or first.isdigit()) and BULLET.match(text, start, end) is not None


_CODE_LAST = frozenset("{};:\\,>)]")
_CODE_END = ("{", "}", ";", "};", "});", "):", "\\", ",", "/>", "->")
_CODE_WORD = expression(
    r"(?:\w++\(.*\)[;{:]?$)|(?:[\w.\[\]]++\s*+(?:[-+*/]?=|:=|=>|<-)\s*\S)|(?:(?:def|class|if|for|while|return|import|from|function|var|let|const|"
    r"public|private|static|void|int|echo|print|export|\#include|SELECT|sudo|pip|npm|git)\b)|(?:[<]/?\w[^>]*+>)|(?:[$>]{1,3}\s)|(?://|/\*|\*/|\#)"
)
_GAP = expression(r"(?<=\S) {3,}(?=\S)")
_MOST_ROWS = 200
_VERSE_MAX = 60
_SENTENCE_END = expression(r"[.!?…。！？।۔؟][\"'”’»」』)\]]*$")


def is_code(text: str, lines: Sequence[Line]) -> bool:
    r"""Whether a run is program text: three lines or more, half of them with code's marks, and some of them indented or braced.

    >>> from pipeline.segment.split_lines import split_lines
    >>> source = "def f(x):\n    y = x + 1\n    return y"
    >>> is_code(source, split_lines(source))
    True
    """
    if len(lines) < 3:
        return False
    looked = min(len(lines), 400)
    if sum(line.indent >= 2 or text[line.end - 1] in _CODE_LAST for line in lines[:looked]) * 4 < looked:
        return False
    marked = shaped = 0
    for line in lines[:looked]:
        body = text[line.start : min(line.end, line.start + 200)]
        word = _CODE_WORD.match(body) is not None
        ends = body.endswith(_CODE_END[:-4]) or body in {")", "]", "end", "fi", "done"}
        marked += word or ends
        shaped += line.indent >= 2 or (ends and word)
    return marked * 2 >= looked and shaped * 4 >= looked and shaped >= 2


def is_table(text: str, lines: Sequence[Line]) -> bool:
    r"""Whether a run is rows of cells: two lines or more, all with the same number of tabs or of bars between cells.

    >>> from pipeline.segment.split_lines import split_lines
    >>> rows = "Year\tGoals\n2019\t11\n2020\t7"
    >>> is_table(rows, split_lines(rows))
    True
    """
    if len(lines) < 2:
        return False
    for mark in ("\t", " | "):
        if text.find(mark, lines[0].start, lines[-1].end) < 0:
            continue
        counts = {text.count(mark, line.start, line.end) for line in lines}
        if 0 not in counts and (max(counts) - min(counts) <= 1 or mark == "\t"):
            return True
    return _is_ragged_table(text, lines)


def _is_ragged_table(text: str, lines: Sequence[Line]) -> bool:
    r"""Whether a run is rows of cells parted by tabs beside short lines without any: titles of groups of rows, sums, rows of one cell.

    >>> from pipeline.segment.split_lines import split_lines
    >>> rows = "Summer\nMonday\t8:00\t12:30\nTuesday\t9:00\nSunday"
    >>> _is_ragged_table(rows, split_lines(rows))
    True
    """
    if text.find("\t", lines[0].start, lines[-1].end) < 0:
        return False
    rows = sum(text.find("\t", line.start, line.end) >= 0 for line in lines)
    return rows >= 2 and 2 * rows >= len(lines) and max(line.end - line.start for line in lines) <= _LONGEST_ROW


def is_columns(text: str, lines: Sequence[Line]) -> bool:
    r"""Whether a run is columns set with spaces: three lines or more, all with gaps, and a column that begins or ends at one place in all.

    >>> from pipeline.segment.split_lines import split_lines
    >>> rows = "Quay     Boats   Since\nNorth    12      1911\nSouth    7       1874"
    >>> is_columns(rows, split_lines(rows))
    True
    """
    if not 3 <= len(lines) <= _MOST_ROWS:
        return False
    begins: set[int] = set()
    ends: set[int] = set()
    for number, line in enumerate(lines):
        margin = line.start - line.indent
        gaps = [gap.span() for gap in _GAP.finditer(text, line.start, line.end)]
        right, left = {end - margin for _, end in gaps}, {start - margin for start, _ in gaps[1:]} | {line.end - margin}
        begins, ends = (begins & right, ends & left) if number else (right, left)
        if not gaps or not (begins or ends):
            return False
    return True


def is_verse(text: str, lines: Sequence[Line], *, least: int = 22, roomy: bool = False) -> bool:
    r"""Whether a run is a stanza: three lines or more, all short, of like length, most without a full stop, many with a comma or the like.

    All begin with a capital, or most but the last end with a mark or had room for the next word. Only asked where the text parts its
    paragraphs by blank lines.

    Args:
        text: The base text.
        lines: The run's lines.
        least: Mean characters of a line; less beside another stanza.
        roomy: Whether the lines of the whole text are known to have had room for another word.

    >>> from pipeline.segment.split_lines import split_lines
    >>> stanza = "The kettle sang beside the door,\nThe rain ran down the lane,\nAnd nobody came home before\nThe lamp was lit again."
    >>> is_verse(stanza, split_lines(stanza))
    True
    """
    if not 3 <= len(lines) <= 60:
        return False
    lengths = [line.end - line.start for line in lines]
    if max(lengths) > _VERSE_MAX or min(lengths) < 12 or sum(lengths) < least * len(lines):
        return False
    bodies = [text[line.start : line.end] for line in lines]
    if any(BULLET.match(body) or body[0].isdigit() for body in bodies):
        return False
    commas = sum(body[-1] in ",;:-–—.!?" for body in bodies)
    stops = sum(_SENTENCE_END.search(body) is not None for body in bodies)
    if commas * 3 < len(lines) or stops == len(lines) or any(len(body.split()) < 3 for body in bodies):
        return False
    if roomy or all(body[0].isupper() or not body[0].isalpha() for body in bodies):
        return True
    marked = sum(body[-1] in ",;:-–—.!?" for body in bodies[:-1])
    return 2 * marked > len(bodies) - 1 or _has_room(text, lines, max(lengths))


def _has_room(text: str, lines: Sequence[Line], width: int) -> bool:
    """Whether on most lines but the last the next word would have had room: they were not wrapped at a column."""
    pairs = list(itertools.pairwise(lines))
    return 2 * sum(a.end - a.start + 1 + _first_word(text, b) <= width for a, b in pairs) >= len(pairs)


def has_stanzas(text: str, lines: Sequence[Line]) -> bool:
    r"""Whether a text is stanzas and paragraphs of a line each: two runs of short lines or more, of which most had room for another word.

    Text wrapped at a column has such short runs too, but its lines are full.

    >>> from pipeline.segment.split_lines import split_lines
    >>> poem = "The kettle sang,\nthe rain came down,\nthe lamp was lit in all the town.\n\nThe river ran,\nthe wind was cold,\nwe left."
    >>> has_stanzas(poem, split_lines(poem))
    True
    """
    runs = [list(run) for _, run in itertools.groupby(lines, lambda line: line.run)]
    several = [run for run in runs if len(run) > 1]
    if len(several) < 2 or any(len(run) < 3 or max(line.end - line.start for line in run) > _VERSE_MAX for run in several):
        return False
    width = max(line.end - line.start for run in several for line in run)
    pairs = [(a, b) for run in several for a, b in itertools.pairwise(run)]
    return 2 * sum((a.end - a.start) + 1 + _first_word(text, b) > width for a, b in pairs) < len(pairs)


def wrap_joins(text: str, lines: Sequence[Line], width: int) -> list[bool] | None:
    """For a run wrapped at a column: which lines go on in the next one; None where the run is not wrapped.

    A line is wrapped when the first word of the next line would not have fitted on it. A run is wrapped when that holds for nearly all
    of its lines; a paragraph inside it ends at a line that had room to spare, or before an indented one.

    Args:
        text: The base text.
        lines: The run's lines.
        width: The widest line, in characters, of the runs that look wrapped.
    """
    full = [
        (a.end - a.start + a.indent) + 1 + _first_word(text, b) > width and b.indent < a.indent + 2 for a, b in itertools.pairwise(lines)
    ]
    short = [
        not fits and (_SENTENCE_END.search(text[max(a.start, a.end - 8) : a.end]) is not None or b.indent >= a.indent + 2)
        for fits, a, b in zip(full, lines, lines[1:], strict=False)
    ]
    good = sum(full) + sum(short)
    return full if sum(full) * 2 >= len(full) and good * 10 >= len(full) * 8 else None


def wrap_width(lines: Sequence[Line], config: SegmentConfig) -> int:
    """The column at which a text is wrapped: the longest line of its runs of several lines, 0 where that is no plausible column."""
    longest = 0
    several = 0
    for a, b in itertools.pairwise(lines):
        if a.run == b.run:
            several += 1
            longest = max(longest, a.end - a.start + a.indent)
            if longest > config.wrap_max:
                return 0
    return longest if longest >= config.wrap_min and several else 0


def _first_word(text: str, line: Line) -> int:
    """Length of a line's first word."""
    end = text.find(" ", line.start, line.end)
    return (line.end if end < 0 else end) - line.start


_SOFT = "\u2028\x85"
"""Line ends that part no paragraphs: Unicode's line separator, and the next-line control of other machines."""
_SENTENCE_LINE = 60
"""Shortest line of which a comma at the end, before a small letter, says that the sentence goes on: lists and verse have shorter ones."""


def inside_sentence(text: str, a: Line, b: Line) -> bool:
    r"""Tell whether a line end stands inside a sentence for sure: the next begins with a small letter, the first ends with a comma.

    Both are long, or the line end is a soft one; then a small letter before it, and half the length, are enough.

    >>> from pipeline.segment.split_lines import split_lines
    >>> text = "The board voted to pay for a hull,\u2028ending a dispute.\nApples,\npears"
    >>> lines = split_lines(text)
    >>> inside_sentence(text, lines[0], lines[1]), inside_sentence(text, lines[2], lines[3])
    (True, False)
    """
    before = text[a.end - 1]
    if not text[b.start].islower() or not (before == "," or before.islower()):
        return False
    if any(mark in _SOFT for mark in text[a.end : b.start]):
        return 2 * (a.end - a.start) >= _SENTENCE_LINE
    return before == "," and a.end - a.start >= _SENTENCE_LINE and b.end - b.start >= _SENTENCE_LINE


_OVER_LEAST, _OVER_MOST, _OVER_WORDS, _STORY = 20, 150, 4, 100
"""A headline's length in characters and words, and that of the line under it, which is half as long again at least."""


def is_over_story(text: str, a: Line, b: Line) -> bool:
    r"""Whether a line is a headline over its story, and not the beginning of its first sentence.

    It has no end, the long line under it begins with a capital, and no wrapping broke it there: the next word had room.

    >>> from pipeline.segment.split_lines import split_lines
    >>> text = "Rain is expected in the valley\n" + "The mayor said on Monday that it will fall for two days, and again. " * 2
    >>> is_over_story(text, *split_lines(text)[:2])
    True
    """
    size, story = a.end - a.start, b.end - b.start
    if not _OVER_LEAST <= size <= _OVER_MOST or story < max(_STORY, size * 3 // 2):
        return False
    if (
        len(text[a.start : a.end].split()) < _OVER_WORDS
        or not text[b.start].isupper()
        or not (text[a.end - 1].isalnum() or text[a.end - 1] in "?!'\"’”»)")
    ):
        return False
    return not goes_on(text[a.start : a.end])
