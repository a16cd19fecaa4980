"""Words that a page sets apart within a line: strong, emphasised, code, raised and lowered ones.

The walk notes where such an element opens and closes by events inside a run of text. They leave the run before blocks are made of it, so
that blocks are the same with and without them, and their places are kept as counts of characters that are no white space: those stay as
many, whatever becomes of the white space. Only for blocks that stay are they ever read.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from pipeline.extract.runs import LOWERED, NUL, RAISED
from pipeline.extract.tags import OPENS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.extract.page_layout import InlineRun, Layout
    from pipeline.records import MarkKind
    from pipeline.spans import Cut

_KINDS: Final[dict[str, MarkKind]] = {"S": "strong", "E": "em", "C": "code"}
_OFF_LINE: Final[dict[str, MarkKind]] = {RAISED: "sup", LOWERED: "sub"}
_EVENT: Final = re.compile(f"{NUL}([SECsec])")
_INK: Final = re.compile(r"\S+")


Marks = tuple[tuple["MarkKind", int, int], ...]
"""Kind and span of every mark of a run; spans count characters that are no white space."""


class OpenMarks:
    """Follows the elements of marks through a page. Those inside others of their kind count as one: a page may nest any number."""

    def __init__(self) -> None:
        self._depths = dict.fromkeys(OPENS.values(), 0)
        self._first = ""
        self.noted = False

    def event(self, name: str, *, running: bool) -> str:
        """Follow a tag, by its name; an end tag's begins with a slash. Return the event to put into the run, often none.

        `running` says whether the run has begun. Before that nothing may be put there: whether it has begun decides about other tags.
        """
        ends = name[0] == "/"
        event = OPENS[name[ends:]]
        depth = self._depths[event]
        self._depths[event] = max(depth - 1, 0) if ends else depth + 1
        if depth != ends:
            return ""
        if running:
            self.noted = True
            return NUL + (event.lower() if ends else event)
        self._begin()
        return ""

    def take(self, text: str) -> tuple[str, Marks]:
        """Return a run that ends without its events, and its marks; the next one begins with what is open now."""
        parted = part_marks("".join(NUL + event for event in self._first) + text)
        self._begin()
        return parted

    def _begin(self) -> None:
        self._first = "".join(event for event, depth in self._depths.items() if depth)
        self.noted = bool(self._first)


def part_marks(text: str) -> tuple[str, Marks]:
    r"""Return a run without its events of marks, and the marks. What is open at the end ends there.

    >>> part_marks("a \x00Sbold\x00s word\x00(in a link")
    ('a bold word\x00(in a link', (('strong', 1, 5),))
    """
    pieces = _EVENT.split(text)
    size = _ink(pieces[0])
    opened: dict[str, int] = {}
    found: list[tuple[MarkKind, int, int]] = []
    for event, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        if event.isupper():
            opened[event] = size
        else:
            found.append((_KINDS[event.upper()], opened.pop(event.upper()), size))
        size += _ink(piece)
    found += [(_KINDS[event], start, size) for event, start in opened.items()]
    return pieces[0] + "".join(pieces[2::2]), tuple(mark for mark in found if mark[1] < mark[2])


def _ink(text: str) -> int:
    """Return how many characters of a run are no white space; its other events are not counted."""
    if NUL not in text:
        return len("".join(text.split()))
    return sum(len("".join(piece[number > 0 :].split())) for number, piece in enumerate(text.split(NUL)))


def inline_marks(layout: Layout, kept: Sequence[bool], cuts: Sequence[Cut]) -> tuple[tuple[int, int, MarkKind], ...]:
    """Return the marks in blocks that stay, as (start, end, kind) in base offsets, sorted.

    Args:
        layout: the page.
        kept: of every block, whether it stays.
        cuts: what leaves or changes, sorted: exponents that are written with Unicode's own characters need no mark.
    """
    found = [mark for run in layout.inline if any(kept[run.first : run.end]) for mark in _placed(layout, run, kept)]
    changed = [cut.start for cut in cuts]
    for script in layout.scripts:
        at = bisect_right(changed, script.start) - 1
        block = bisect_right(layout.starts, script.start) - 1
        if script.kind in _OFF_LINE and kept[block] and not (at >= 0 and cuts[at].end > script.start):
            found.append((script.start, script.end, _OFF_LINE[script.kind]))
    return tuple(sorted(set(found)))


def _placed(layout: Layout, run: InlineRun, kept: Sequence[bool]) -> Iterator[tuple[int, int, MarkKind]]:
    """Yield the marks of a run where they stand in the base text, block by block."""
    before = 0
    for block in range(run.first, run.end):
        words = [found.span() for found in _INK.finditer(layout.base, layout.starts[block], layout.ends[block])]
        counts = [0, *accumulate(end - start for start, end in words)]
        for kind, first, end in run.marks if kept[block] else ():
            low, high = max(first - before, 0), min(end - before, counts[-1])
            if low < high:
                yield _place(words, counts, low), _place(words, counts, high - 1) + 1, kind
        before += counts[-1]


def _place(words: Sequence[tuple[int, int]], counts: Sequence[int], number: int) -> int:
    """Return where the character of a number stands, given the spans of words and the characters before each."""
    word = bisect_right(counts, number) - 1
    return words[word][0] + number - counts[word]
