"""Spaces and line ends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pipeline.edits.compose import Op, trimmed
from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Iterator

LINE_END: Final = "line_end"
_OTHER_C1: Final = re.compile("[\x80-\x84\x86-\x9f]")
_NEXT_LINE: Final = expression("(?<![^\x00-\x7f])\x85(?![^\x00-\x7f])")
_LINE_END: Final = expression("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Every Zs character but U+1680, which is a visible stroke, and U+3000, which is East Asian layout.
_OTHER_SPACES: Final = "\xa0\u2000-\u200a\u202f\u205f"
_EAST_ASIAN: Final = expression("[\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]")
# Runs of spaces other than one plain space: most spaces are that.
_BODY_RUN: Final = expression(f"[ \t{_OTHER_SPACES}\u3000](?:(?<! )[ \t{_OTHER_SPACES}\u3000]*|[ \t{_OTHER_SPACES}\u3000]+)")
_TABLE_RUN: Final = expression(f"[ {_OTHER_SPACES}\u3000](?:(?<! )[ {_OTHER_SPACES}\u3000]*|[ {_OTHER_SPACES}\u3000]+)")
_BLANKS: Final = expression("\n[ \t\n]*\n[ \t]*+|(?<![ \t])[ \t]++\n[ \t]*+|\n[ \t]*+")


def plain_line_ends(text: str) -> list[Op]:
    r"""Make every line end a line feed.

    >>> plain_line_ends("a\r\nb\u2028c")
    [Op(start=1, end=3, replacement='\n', rule='line_end', target=None), Op(start=4, end=5, replacement='\n', rule='line_end', target=None)]
    """
    return [Op(m.start(), m.end(), "\n", LINE_END) for m in _LINE_END.finditer(text)]


def split_at_next_line(text: str) -> list[Op]:
    r"""Make U+0085 a line feed where nothing says that it is the windows-1252 ellipsis or a part of mojibake.

    That is: no other C1 control in the span, and ASCII on both sides. To be done before mojibake is looked for.

    >>> split_at_next_line("a\x85b")
    [Op(start=1, end=2, replacement='\n', rule='line_end', target=None)]
    """
    if "\x85" not in text or _OTHER_C1.search(text):
        return []
    return [Op(m.start(), m.end(), "\n", LINE_END) for m in _NEXT_LINE.finditer(text)]


def plain_spaces(text: str, *, keep_tabs: bool = False) -> list[Op]:
    r"""Make other spaces plain ones and runs of spaces one space.

    U+3000 stays where it touches East Asian text. Tabs stay in tables.

    >>> plain_spaces("a\xa0b  c")
    [Op(start=1, end=2, replacement=' ', rule='space.plain', target=None),
     Op(start=4, end=5, replacement='', rule='space.run', target=None)]
    """
    return list(_space_changes(text, _TABLE_RUN if keep_tabs else _BODY_RUN))


def _space_changes(text: str, pattern: re.Pattern[str]) -> Iterator[Op]:
    for found in pattern.finditer(text):
        run = found.group()
        before, after = text[: found.start()][-1:], text[found.end() : found.end() + 1]
        wide = "\u3000" in run and (_EAST_ASIAN.match(before) or _EAST_ASIAN.match(after))
        if change := trimmed(text, found.start(), found.end(), "\u3000" if wide else " ", "space.plain" if run.strip(" ") else "space.run"):
            yield change


def trim_lines(text: str) -> list[Op]:
    r"""Drop spaces at both ends of the lines inside a span, and all but one of several blank lines.

    >>> trim_lines("a \n b")
    [Op(start=1, end=4, replacement='\n', rule='space.line_edge', target=None)]
    """
    changes = []
    for found in _BLANKS.finditer(text) if "\n" in text else ():
        wanted = "\n\n" if found.group().count("\n") > 1 else "\n"
        if found.group() != wanted:
            changes.append(Op(found.start(), found.end(), wanted, "space.line_edge"))
    return changes


def trim_ends(text: str, *, at_start: bool, at_end: bool) -> list[Op]:
    r"""Drop white space at the ends of a span, where the span's end is a line's end.

    >>> trim_ends(" a\n", at_start=True, at_end=True)
    [Op(start=0, end=1, replacement='', rule='space.line_edge', target=None),
     Op(start=2, end=3, replacement='', rule='space.line_edge', target=None)]
    """
    changes = []
    body = text.strip(" \t\n\u3000")
    start = text.find(body)
    end = start + len(body)
    if at_start and start and body:
        changes.append(Op(0, start, "", "space.line_edge"))
    if at_end and end < len(text):
        changes.append(Op(end if body else 0, len(text), "", "space.line_edge"))
    return changes
