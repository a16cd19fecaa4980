"""Lets the headline on the page agree with the title that the sources, weighed together, give."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.records import Cut, Target

if TYPE_CHECKING:
    from collections.abc import Sequence

OTHER_WORDING = "title.other_wording"
_WORDS = re.compile(r"\w+")


def follow_title(base: str, cuts: Sequence[Cut], title: str | None) -> tuple[Cut, ...]:
    """Return the cuts with that of the title shrunk to the words of the judged title.

    A headline often stands in one block with its kicker ("Sport: ..."); what is beside the title's words is removed as `chrome`. A
    headline in wholly other words than the judged title is removed too: it is then one of several, and not the one that won.

    >>> follow_title("Sport: Rain wins", [Cut(start=0, end=16, rule="h1", target=Target("title"))], "Rain wins")[1].start
    7
    """
    if title is None:
        return tuple(cuts)
    out: list[Cut] = []
    for cut in cuts:
        if cut.target != Target("title"):
            out.append(cut)
            continue
        found = _locate(base, cut, title)
        if found is None:
            out.append(Cut(start=cut.start, end=cut.end, rule=OTHER_WORDING, kind="chrome"))
            continue
        start, end = found
        if start > cut.start:
            out.append(Cut(start=cut.start, end=start, rule=OTHER_WORDING, kind="chrome"))
        out.append(Cut(start=start, end=end, rule=cut.rule, target=cut.target))
        if end < cut.end:
            out.append(Cut(start=end, end=cut.end, rule=OTHER_WORDING, kind="chrome"))
    return tuple(out)


def _locate(base: str, cut: Cut, title: str) -> tuple[int, int] | None:
    """Return the span of the title's words within the cut, punctuation beside them included where nothing else is there."""
    wanted = [word.casefold() for word in _WORDS.findall(title)]
    spans = [match.span() for match in _WORDS.finditer(base, cut.start, cut.end)]
    words = [base[start:end].casefold() for start, end in spans]
    if not wanted:
        return None
    if words == wanted:
        return cut.start, cut.end
    for first in range(len(words) - len(wanted) + 1):
        last = first + len(wanted)
        if words[first:last] == wanted:
            start = cut.start if first == 0 else _opened(base, spans[first - 1][1], spans[first][0])
            return start, cut.end if last == len(words) else _closed(base, spans[last - 1][1], spans[last][0])
    return None


def _opened(base: str, low: int, high: int) -> int:
    """Step back over quotation marks and brackets that open at `high`."""
    while high > low and base[high - 1] in "\"'([«„“‘¿¡‹「『":
        high -= 1
    return high


def _closed(base: str, low: int, high: int) -> int:
    """Step on over marks that close at `low`."""
    while low < high and base[low] in "\"')]»“”’›!?.…」』":
        low += 1
    return low
