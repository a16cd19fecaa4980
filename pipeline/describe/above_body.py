"""Cuts what stands above the body and was read as a field: the headline, bylines, stamps.

The extractor judges blocks by structure, the sources read lines, the choice of fields says which headline won; here the three meet.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

import msgspec

from pipeline.spans import Block, Candidate, Cut, Target
from pipeline.text.folding import WORD, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pipeline.records import RemovedKind

_Seen = tuple[int, int, str]
"""Where something that a source read begins and ends, and the field that it is for."""

OTHER_WORDING = "title.other_wording"
READ_BYLINE = "byline.read"
READ_STAMP = "stamp.read"
_LONGEST_LINE = 200
"""Code points of a block that can be a byline or a stamp and nothing else."""
_ENTRIES, _ROWS, _NEAR = 2, 4, 2
"""Headings with a date and lines with days of their own at least, and how many blocks one of these lines may stand from the next."""
_DATE_FIELDS = {"published": "published_raw", "date": "published_raw", "modified": "modified_raw"}


def cut_above_body(
    base: str, blocks: Sequence[Block], cuts: Sequence[Cut], *, headline: Cut | None, title: str | None, read: Iterable[Candidate]
) -> tuple[Cut, ...]:
    """Return all cuts of a page: the extractor's, those of its headline, and those of bylines and stamps that it left in the body.

    Args:
        base: the base text; all offsets are its code points.
        blocks: its blocks.
        cuts: what leaves by the extractor's verdicts, sorted and disjoint.
        headline: the block that shows the page's headline.
        title: the chosen title. Where it is None, the headline moves as it stands.
        read: candidates that a source took from whole lines near the headline.
    """
    of_title = cut_headline(base, headline, title) if headline else ()
    cut = sorted((*cuts, *of_title), key=lambda cut: cut.start)
    return tuple(sorted((*cut, *lift_lines(base, blocks, cut, read)), key=lambda cut: cut.start))


def with_raised_headline(candidates: Iterable[Candidate], base: str, headline: Cut | None) -> tuple[Candidate, ...]:
    r"""Return candidates in which the headline stands as the page shows it: exponents raised, marks of notes left out.

    Metadata and other sources give the bare characters, which say another number.

    Args:
        candidates: of all fields.
        base: the base text.
        headline: the block that shows the headline, with what arrives in the title where that differs from its characters.

    >>> cut = Cut(start=0, end=12, rule="h1", target=Target("title"), replacement="Of 10\u2076 nails")
    >>> with_raised_headline([Candidate(field="title", value="Of 106 nails | Post", source="title")], "Of 106 nails", cut)[0].value
    'Of 10⁶ nails | Post'
    """
    if headline is None or headline.replacement is None:
        return tuple(candidates)
    flat, raised = " ".join(base[headline.start : headline.end].split()), headline.replacement
    return tuple(
        msgspec.structs.replace(candidate, value=candidate.value.replace(flat, raised)) if candidate.field == "title" else candidate
        for candidate in candidates
    )


def cut_headline(base: str, headline: Cut, title: str | None) -> tuple[Cut, ...]:
    """Return the cuts of a headline: the words of the chosen title move, the rest is removed.

    A headline often stands in one block with its kicker ("Sport: ..."); what is beside the title's words is removed as `chrome`. A
    headline in wholly other words than the chosen title is removed too: it is then one of several, and not the one that won.

    >>> cut_headline("Sport: Rain wins", Cut(start=0, end=16, rule="h1", target=Target("title")), "Rain wins")[1].start
    7
    """
    if title is None or (headline.replacement is not None and words_of(headline.replacement) == words_of(title)):
        return (headline,)
    found = _locate(base, headline, title)
    if found is None:
        return (Cut(start=headline.start, end=headline.end, rule=OTHER_WORDING, kind="chrome"),)
    start, end = found
    around = ((headline.start, start), (end, headline.end))
    beside = (Cut(start=first, end=last, rule=OTHER_WORDING, kind="chrome") for first, last in around if first < last)
    return tuple(sorted((*beside, Cut(start=start, end=end, rule=headline.rule, target=headline.target)), key=lambda cut: cut.start))


def _locate(base: str, cut: Cut, title: str) -> tuple[int, int] | None:
    """Return the span of the title's words within the cut, punctuation beside them included where nothing else is there."""
    wanted = words_of(title)
    spans = [match.span() for match in WORD.finditer(base, cut.start, cut.end)]
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


def lift_lines(base: str, blocks: Sequence[Block], cuts: Sequence[Cut], read: Iterable[Candidate]) -> Iterator[Cut]:
    """Yield cuts of bylines and stamps that no cut covers yet.

    Names and dates in a block of one line make that block a byline or a stamp: the first date moves to its field, the rest is removed.
    Several headings with a date head the entries of a diary or of a list of changes, and many lines with days of their own are a timetable:
    both stay.

    >>> line = "By Ann Lee, 3 May 2020"
    >>> seen = [Candidate(field="author", value="Ann Lee", source="line", start=3, end=10),
    ...         Candidate(field="published", value="3 May 2020", source="line", start=12, end=22)]
    >>> [(cut.start, cut.end, cut.kind or cut.target.field) for cut in lift_lines(line, [Block(start=0, end=22)], [], seen)]
    [(0, 12, 'byline'), (12, 22, 'published_raw')]
    """
    spans = sorted((c.start, c.end, c.field) for c in read if c.source == "line" and c.start >= 0 and c.field in (*_DATE_FIELDS, "author"))
    taken = {cut.target.field for cut in cuts if cut.target is not None}
    inside_of = _by_block(blocks, spans)
    entries = _entries(base, blocks, inside_of)
    for number, inside in inside_of.items():
        if number in entries:
            continue
        block = blocks[number]
        whole = block.end - block.start <= _LONGEST_LINE and "\n" not in base[block.start : block.end]
        if whole and not any(cut.start < block.end and cut.end > block.start for cut in cuts):
            yield from _line_cuts(base, block, inside, taken)


def _by_block(blocks: Sequence[Block], spans: Sequence[_Seen]) -> dict[int, list[_Seen]]:
    """The spans, which are sorted, by the number of the block that holds them whole."""
    found: dict[int, list[_Seen]] = {}
    starts = [block.start for block in blocks] if spans else []
    for span in spans:
        number = bisect_right(starts, span[0]) - 1
        if number >= 0 and span[1] <= blocks[number].end:
            found.setdefault(number, []).append(span)
    return found


def _entries(base: str, blocks: Sequence[Block], inside_of: Mapping[int, Sequence[_Seen]]) -> set[int]:
    """The numbers of blocks with dates that are no stamps: headings, two at least, and lines near each other with different days."""
    dated = [number for number, inside in inside_of.items() if any(field in _DATE_FIELDS for _, _, field in inside)]
    headed = {
        number for number in dated if blocks[number].kind == "heading" and not any(field == "author" for _, _, field in inside_of[number])
    }
    found = headed if len(headed) >= _ENTRIES else set()
    rows: list[int] = []
    for number in (*dated, len(blocks) + _NEAR + 1):
        if rows and number - rows[-1] > _NEAR:
            days = {base[start:end] for row in rows for start, end, field in inside_of[row] if field in _DATE_FIELDS}
            found |= set(rows) if len(days) >= _ROWS else set()
            rows = []
        rows.append(number)
    return found


def _line_cuts(base: str, block: Block, inside: Sequence[_Seen], taken: set[str]) -> list[Cut]:
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
