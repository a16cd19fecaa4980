"""Many articles in one file: a whole issue, a feed dumped as text, a roundup. They are marked and kept, none is picked."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from pipeline.lines.bylines import read_byline
from pipeline.lines.datelines import read_dateline
from pipeline.lines.tables import rows
from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from pipeline.strip.page import Draft

_NEEDED = 3
"""Datelines or bylines, each before prose of its own, that make a file several articles; two occur in one article (a joint report)."""
_DATELINE_LIKE = expression(r"[^\W\d_][^\n]{1,70}?(?:[—–:]|\s-\s|--|\)|/)")
_BYLINE_MAX = 90
_LOOKED_AT = 20_000


def is_several(draft: Draft) -> bool:
    """Whether a text holds several articles: three or more datelines, or three or more bylines, with prose after each."""
    datelines = bylines = 0
    labels = _label_words()
    for index, line in enumerate(draft.lines[:_LOOKED_AT]):
        if draft.prose[index]:
            datelines += line[:3].isupper() and _has_dateline(line)
            if datelines >= _NEEDED:
                return True
        elif len(line) <= _BYLINE_MAX and line.split(None, 1)[0].strip(":").lower() in labels and _before_prose(draft, index):
            reading = read_byline(line)
            bylines += reading is not None and reading.certain and all(name.type == "person" for name in reading.names)
            if bylines >= _NEEDED:
                return True
    return False


def _has_dateline(line: str) -> bool:
    """Whether a paragraph in capitals opens with a dateline that has a date or an agency: a place alone may be a heading."""
    if not _DATELINE_LIKE.match(line):
        return False
    reading = read_dateline(line)
    return reading is not None and (reading.date_raw or reading.agency) is not None


def _before_prose(draft: Draft, index: int) -> bool:
    """Whether paragraphs follow this block and, unless it is near the top, stand before it: not so in a list of teasers."""
    return sum(draft.prose[index + 1 : index + 5]) >= 2 and (index < 3 or sum(draft.prose[max(0, index - 6) : index]) >= 2)


@functools.cache
def _label_words() -> frozenset[str]:
    """The first words of the labels that open a byline."""
    return frozenset(row[2].split()[0].strip(":").lower() for row in rows("bylines") if row[0] == "before" and row[2].split())
