"""Where the words at the edges of lines stand elsewhere in the text: inside lines, or at edges again.

A word that mostly stands inside lines is no sign of a new paragraph however large its first letter (a name that a scraper broke off),
and a line that ends in such a word is not at its end. This needs no list of words, and so works in every language.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.chars import Ints
    from pipeline.segment.lines import Line

INSIDE_FEATURES = ("b_inside", "b_inside_small", "a_inside")
"""Columns of `inside_features`."""

_READ = 200_000
"""Characters of the text that are counted."""
_EDGE = 40
_MOST = 20
_MOST_LAST = 40


def inside_features(text: str, lines: Sequence[Line]) -> Sequence[Ints]:
    r"""Columns by `INSIDE_FEATURES`, one row for every line but the last.

    How often the second line's first word stands inside lines, as written and in small letters (-1 where it has none to lose), and how
    often the first line's last word stands before the end of lines.

    >>> from pipeline.segment.lines import split_lines
    >>> text = "Near the\nRhine it rains, the\nRhine and the Rhine rise"
    >>> [column.tolist() for column in inside_features(text, split_lines(text))]
    [[1, 1], [0, 0], [1, 1]]
    """
    firsts = [text[line.start : min(line.end, line.start + _EDGE)].split(None, 1)[0] for line in lines]
    lasts = [text[max(line.start, line.end - _EDGE) : line.end].rsplit(None, 1)[-1] for line in lines]
    words = Counter(text[:_READ].split())
    as_first, as_last = Counter(firsts), Counter(lasts)
    small = [first.lower() if first[0].isupper() else "" for first in firsts[1:]]
    columns = (
        [words[first] - as_first[first] for first in firsts[1:]],
        [words[word] - as_first[word] if word else -1 for word in small],
        [words[last] - as_last[last] for last in lasts[:-1]],
    )
    limits = (_MOST, _MOST, _MOST_LAST)
    return [np.clip(np.array(column, dtype=np.int64), -1, most).astype(np.int32) for column, most in zip(columns, limits, strict=True)]
