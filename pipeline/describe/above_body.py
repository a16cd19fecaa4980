"""Takes out of the body what stands above it and was read as a field: the headline, bylines, stamps.

The extractor judges blocks by structure, the describing stage reads lines; here the two meet.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from pipeline.edits.compose import Op
from pipeline.edits.layout import Removal
from pipeline.spans import Block, Candidate, Cut, Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.edits.state import State
    from pipeline.records import RemovedKind

OTHER_WORDING = "title.other_wording"
READ_BYLINE = "byline.read"
READ_STAMP = "stamp.read"
_LONGEST_LINE = 200
"""Code points of a block that can be a byline or a stamp and nothing else."""
_DATE_FIELDS = {"published": "published_raw", "date": "published_raw", "modified": "modified_raw"}
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


def one_title(state: State, title: str | None) -> State:
    """Return the state with a line that a text pass moved to the title removed instead, where it is no part of the judged title.

    A text pass sees no metadata: under a headline that is gone, "Place: Springfield" looks like one. The text stays the same.

    >>> from pipeline.edits.state import State
    >>> moved = State(base="Place: Springfield", text="", ops=(Op(0, 18, "Place: Springfield", "title.line", Target("title")),))
    >>> one_title(moved, "Rain floods the town").ops[0].target
    Target(field='removed', item=0, attr='')
    """
    wanted = set(_WORDS.findall((title or "").casefold()))
    others = [op for op in state.ops if op.target == Target("title") and op.rule.startswith("title.") and _is_other(op.replacement, wanted)]
    if not wanted or not others:
        return state
    return msgspec.structs.replace(
        state,
        ops=tuple(Op(op.start, op.end, op.replacement, op.rule, Target("removed", op.start)) if op in others else op for op in state.ops),
        removals=state.removals + tuple(Removal(op.start, op.end, "chrome", OTHER_WORDING, None) for op in others),
    )


def _is_other(line: str, wanted: set[str]) -> bool:
    words = set(_WORDS.findall(line.casefold()))
    return len(words & wanted) < _SAME * len(words)


_SAME = 0.6
"""Share of a line's words that a title has too, where both are one headline: spelling may be normalised."""


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


def lift_lines(base: str, blocks: Sequence[Block], cuts: Sequence[Cut], read: Iterable[Candidate]) -> tuple[Cut, ...]:
    """Return the cuts with those of bylines and stamps added that the extractor left in the body.

    `read` are candidates that a reader took from whole lines near the headline. Names and dates in a kept block of one line make
    that block a byline or a stamp: the first date moves to its field, the rest is removed.

    >>> line = "By Ann Lee, 3 May 2020"
    >>> seen = [Candidate(field="author", value="Ann Lee", source="line", start=3, end=10),
    ...         Candidate(field="published", value="3 May 2020", source="line", start=12, end=22)]
    >>> [(cut.start, cut.end, cut.kind or cut.target.field) for cut in lift_lines(line, [Block(start=0, end=22)], [], seen)]
    [(0, 12, 'byline'), (12, 22, 'published_raw')]
    """
    spans = sorted((c.start, c.end, c.field) for c in read if c.source == "line" and c.start >= 0 and c.field in (*_DATE_FIELDS, "author"))
    taken = {cut.target.field for cut in cuts if cut.target is not None}
    added: list[Cut] = []
    for block in blocks:
        inside = [span for span in spans if block.start <= span[0] and span[1] <= block.end]
        whole = block.end - block.start <= _LONGEST_LINE and "\n" not in base[block.start : block.end]
        if inside and whole and not any(cut.start < block.end and cut.end > block.start for cut in cuts):
            added += _line_cuts(base, block, inside, taken)
    return tuple(sorted((*cuts, *added), key=lambda cut: cut.start))


def _line_cuts(base: str, block: Block, inside: Sequence[tuple[int, int, str]], taken: set[str]) -> list[Cut]:
    """Cut one line: dates to fields that are still free, everything else removed."""
    kind: RemovedKind = "byline" if any(field == "author" for _, _, field in inside) else "stamp"
    rule = READ_BYLINE if kind == "byline" else READ_STAMP
    out: list[Cut] = []
    position = block.start
    for start, end, field in inside:
        target = _DATE_FIELDS.get(field)
        if target is None or target in taken or start < position:
            continue
        taken.add(target)
        if base[position:start].strip():
            out.append(Cut(start=position, end=start, rule=rule, kind=kind))
        out.append(Cut(start=start, end=end, rule=rule, target=Target(target)))
        position = end
    if base[position : block.end].strip():
        out.append(Cut(start=position, end=block.end, rule=rule, kind=kind))
    return out
