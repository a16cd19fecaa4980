"""Listings in a text: runs of lines of code, the blank lines between them and the indentation of their first line included.

A text that was cleaned keeps its listings as they stood, so what is found here is found again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.lines.code_lines import is_code_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.segment.split_lines import Line

_INDENT = 2
_LOOKED = 400
"""Lines of a run that are looked at."""


def find_code(text: str, lines: Sequence[Line], runs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    r"""The spans of the listings of a text, from the first line's indentation to the last line's end.

    Args:
        text: the text.
        lines: its lines.
        runs: first and last+1 line of every run between blank lines.

    >>> from pipeline.segment.split_lines import split_lines
    >>> source = "He wrote:\n\nfor x in y:\n    go(x)\n\n\n    stop(x)\n\nSo it was."
    >>> lines = split_lines(source)
    >>> [source[a:b] for a, b in find_code(source, lines, [(0, 1), (1, 3), (3, 4), (4, 5)])]
    ['for x in y:\n    go(x)\n\n\n    stop(x)']
    """
    found: list[tuple[int, int]] = []
    last = -1
    for number, (first, end) in enumerate(runs):
        run = lines[first:end]
        follows = last == number - 1 and bool(found)
        if not (_is_listing(text, run) or (follows and run[0].indent >= _INDENT and _is_rest(text, run))):
            continue
        start, stop = run[0].start - run[0].indent, run[-1].end
        if (follows and text[found[-1][1] : start] != "\n\n") or (follows and run[0].indent):
            found[-1] = (found[-1][0], stop)
        else:
            found.append((start, stop))
        last = number
    return found


def _is_listing(text: str, run: Sequence[Line]) -> bool:
    """Whether a run of lines is code by itself: all lines read so, or a third of them where some are indented."""
    looked = run[:_LOOKED]
    if len(looked) == 1:
        line = text[looked[0].start : looked[0].end]
        return (looked[0].indent >= _INDENT or "  " in line) and is_code_line(line)
    indented = sum(line.indent >= _INDENT for line in looked)
    if not indented and not is_code_line(text[looked[0].start : looked[0].end]):
        return False
    coded = sum(is_code_line(text[line.start : line.end]) for line in looked)
    return coded == len(looked) or (indented > 0 and coded * 3 >= len(looked))


def _is_rest(text: str, run: Sequence[Line]) -> bool:
    """Whether an indented run right behind a listing goes on with it."""
    return any(is_code_line(text[line.start : line.end]) for line in run[:_LOOKED]) or all(line.indent >= _INDENT for line in run)
