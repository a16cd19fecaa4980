"""Lines of a text with their offsets, and the runs of lines that no blank line parts."""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.text.expressions import expression

LINE_ENDS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
"""Every character that `str.splitlines` ends a line at."""

INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\u00ad\ufeff"
"""Marks without width: a line of nothing else is blank."""

_MANY = 200_000
"""Line ends above which blank lines are skipped by a search, and not one by one."""

_LINE = expression(f"\\S[^{LINE_ENDS}]*")
_NO_NEXT_LINE = expression(f"\\S[^{LINE_ENDS.replace(chr(0x85), '')}]*")
_OTHER_C1 = re.compile("[\x80-\x84\x86-\x9f]")
"""Beside other C1 controls U+0085 is half of a letter that was decoded wrongly."""


class Line(NamedTuple):
    """`text[start:end]`, without white space at its ends; `run` counts up at every blank line, `indent` is the white space before it."""

    start: int
    end: int
    run: int
    indent: int


def split_lines(text: str) -> list[Line]:
    r"""Find all lines that have anything on them.

    Takes time in proportion to the text, however many empty lines it has.

    >>> [(line.start, line.end, line.run) for line in split_lines("a\n b \r\n\n\nc")]
    [(0, 1, 0), (3, 4, 0), (9, 10, 1)]
    """
    if any(map(text.__contains__, LINE_ENDS[1:])) or text.count("\n") > _MANY:
        return _split_at_any_end(text)
    lines: list[Line] = []
    run = at = 0
    parted = False
    new = tuple.__new__  # half the cost of the class's own, which takes its arguments by name
    plain = text.isascii()
    for raw in text.split("\n"):
        line = raw.strip()
        if not line or not (plain or line[0] not in INVISIBLE or line.strip(INVISIBLE + " \t\xa0")):
            parted = bool(lines)
        else:
            run += parted
            parted = False
            indent = 0 if len(line) == len(raw) else len(raw) - len(raw.lstrip())
            lines.append(new(Line, (at + indent, at + indent + len(line), run, indent)))
        at += len(raw) + 1
    return lines


def _split_at_any_end(text: str) -> list[Line]:
    """`split_lines` for a text that has other line ends than line feeds."""
    lines: list[Line] = []
    run, previous = 0, 0
    for found in (_NO_NEXT_LINE if "\x85" in text and _OTHER_C1.search(text) else _LINE).finditer(text):
        start = found.start()
        line = found.group().rstrip()
        if line[0] in INVISIBLE and not line.strip(INVISIBLE + " \t\xa0"):
            continue
        gap = text[previous:start]
        if gap == "\n":
            indent = 0
        else:
            ends = _count_line_ends(gap)
            if ends > 1 and lines:
                run += 1
            indent = len(gap) - _after_last_end(gap)
        previous = start + len(line)
        lines.append(Line(start, previous, run, indent))
    return lines


def _count_line_ends(gap: str) -> int:
    """Line ends in a stretch of white space; a carriage return before a line feed is one with it."""
    ends = gap.count("\n")
    if ends == len(gap):
        return ends
    pairs = gap.count("\r\n")
    return sum(gap.count(mark) for mark in LINE_ENDS) - pairs


def _after_last_end(gap: str) -> int:
    return max(gap.rfind(mark) for mark in LINE_ENDS) + 1
