"""From lines to blocks: which lines of a text are one paragraph, and what kind of block each is.

A blank line always parts two blocks. Between blank lines a run of lines is, in this order of trial: code, a table, verse (each one
block, its line ends kept), list items, text wrapped at a column, or lines of which the pair model says which go on in the next one.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections import Counter
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from pipeline.config import SegmentConfig
from pipeline.edits.compose import Op
from pipeline.lines.captions import is_credit
from pipeline.lines.datelines import is_place
from pipeline.lines.summary_labels import LONGEST_LABEL, summary_label
from pipeline.lines.timestamps import is_stamp_label
from pipeline.segment.code_regions import is_listing, regions
from pipeline.segment.headings import mark_headings
from pipeline.segment.line_shapes import (
    has_bullet,
    has_stanzas,
    inside_sentence,
    is_code,
    is_columns,
    is_over_story,
    is_table,
    is_verse,
    wrap_joins,
    wrap_width,
)
from pipeline.segment.pair_model import PairModel
from pipeline.segment.print_pages import (
    broken_word,
    drop_cap_glue,
    goes_on_over,
    grid_joins,
    grid_width,
    hyphen_goes_on,
    is_drop_cap,
    is_suspended,
    page_breaks,
    ragged_joins,
    ragged_width,
)
from pipeline.segment.split_lines import Line, split_lines
from pipeline.spans import Block
from pipeline.text.characters import Classes, classify
from pipeline.text.expressions import expression
from pipeline.text.scripts import UNSPACED_CHARACTER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.records import BlockKind

__all__ = ["PairModel", "SegmentConfig", "Segmented", "segment"]

Style = Literal["blank_lines", "lines", "wrapped", "empty"]

UNWRAP = "layout.unwrap"
HYPHEN = "layout.hyphen"
"""A line end inside a word, with the hyphen that marked it."""
_PAGE_LIKE = expression(
    r"\n[ \t]*[-–—\[(]?[ \t]?(?:(?:[Pp]age|Pg|[Ss]eite|[Pp][aá]gina|[Ss]trona|[Ss]ida|[Ss]ide|[Сс]траница) )?\d{1,4}[^\n\w]{0,4}\n"
)
_NO_SPACE_BEFORE = frozenset(".,;:!?…)]}»”%。，、；：！？）」』】")
_NO_SPACE_AFTER = frozenset("([{«“„「『（【¿¡")
_APOSTROPHES = frozenset("'’")
_DASHES = frozenset("-–")
_QUOTES = frozenset('"“„«‘「『')
_VERSE, _SHORT_VERSE, _STANZA = 22, 14, 4
"""Mean characters of the lines of a stanza; of one beside another; and the lines of two equal ones that are both so short."""
_LABEL_MAX = 20
_LABEL_TIMES = 4
"""A label between paragraphs ("Advertisement"): how long it may be, and on how many lines it must stand alone."""
_STAMP_MAX = 75
_STAMPED = expression(
    r"[^\W\d_][^\d:]{2,24}(?::\s?[^\d:]{0,16})?(?:\d{1,2}\D{1,12}){1,2}(?:19|20)\d\d\D{1,6}\d{1,2}[:.]\d\d(?!\d)\D{0,12}\Z"
)
"""Longest line that is nothing but a labelled stamp, and how it reads: "Published : May 3, 2020 at 4:04 PM"."""
_CREDIT_MAX = 60
_PLACE_MIN = 4
_PLACE_MAX = 24
_PLACE_BEFORE = 60
_PLACE_TIMES = 2
_PLACE_READ = 40_000
_PLACES = 5
"""A city alone on its line: its length, the shortest paragraph that such a line opens, how often its name must stand elsewhere in the
front of the text and how much of that is read, and how many such lines are looked at."""


class Segmented(msgspec.Struct, frozen=True, kw_only=True):
    """What `segment` found.

    Attributes:
        blocks: In page order; base offsets, no white space at either end.
        joins: Inside the blocks, each line end that only wrapped the line, with what takes its place; sorted, in base offsets.
        print_marks: Page numbers and running heads of a printed text, each a block or a part of one that goes on over the page's end.
        style: "blank_lines" where blank lines part most paragraphs, "wrapped" where lines are wrapped at a column, "lines" where
            paragraphs are lines or a scraper broke them, "empty" where there is nothing.
    """

    blocks: tuple[Block, ...]
    joins: tuple[Op, ...]
    style: Style
    print_marks: tuple[tuple[int, int], ...] = ()


def segment(text: str, *, model: PairModel, config: SegmentConfig, code: Sequence[tuple[int, int]] = ()) -> Segmented:
    """Group the lines of a text into blocks.

    Args:
        text: The base text.
        model: Judges pairs of lines where no shape does.
        config: Settings.
        code: Spans of whole lines that are known to be code; each is one block. Without any, listings are looked for.

    Returns:
        Blocks, joins and the style of the page.
    """
    lines = split_lines(text)
    if not lines:
        return Segmented(blocks=(), joins=(), style="empty")
    several = any(a.run == b.run for a, b in itertools.pairwise(lines))
    blank = lines[-1].run * 3 >= len(lines) - 1
    width = wrap_width(lines, config) if several else 0
    ragged = ragged_width(text, lines) if several and lines[-1].run else 0
    marks = [] if code else _marks(text, lines)
    grid = grid_width(text, lines) if several else 0
    roomy = several and lines[-1].run > 0 and has_stanzas(text, lines)
    plan = _Plan(text, lines, config, model, _Wrapping(blank or roomy, roomy, width, ragged, grid))
    if code:
        plan.add_told(code)
    else:
        found = regions(text, lines)
        shaped = {first: (last, kind) for first, last, kind in (_whole_listings(text, lines, found) if blank else found)}
        for first, last in _runs(lines, [*marks, *((first, last) for first, (last, _) in shaped.items())]):
            plan.add_run(first, last, shaped)
    blocks = mark_headings(text, plan.blocks)
    blocks, over = _over_pages(text, lines, blocks, marks)
    style: Style = "wrapped" if plan.wrapped * 2 > len(lines) else "blank_lines" if blank else "lines"
    joins = tuple(sorted((*plan.joins, *over), key=lambda join: join.start)) if over else tuple(plan.joins)
    print_marks = tuple((lines[first].start, lines[last - 1].end) for first, last in marks)
    return Segmented(blocks=tuple(blocks), joins=joins, style=style, print_marks=print_marks)


def _marks(text: str, lines: Sequence[Line]) -> list[tuple[int, int]]:
    """The lines of printed pages that are no text: only asked where a form feed or two lines of nothing but a figure stand."""
    return page_breaks(text, lines) if "\x0c" in text or _PAGE_LIKE.search(text) else []


def _over_pages(text: str, lines: Sequence[Line], blocks: list[Block], marks: Sequence[tuple[int, int]]) -> tuple[list[Block], list[Op]]:
    """Make one block of the two halves of a sentence that a page's end parted; the page's marks stay inside it, for others to remove."""
    joins: list[Op] = []
    for first, last in marks:
        if first == 0 or last == len(lines) or not goes_on_over(text, lines[first - 1], lines[last]):
            continue
        a, b = lines[first - 1], lines[last]
        left = next((index for index, block in enumerate(blocks) if block.start <= a.start and a.end <= block.end), None)
        right = next((index for index, block in enumerate(blocks) if block.start <= b.start and b.end <= block.end), None)
        if left is None or right is None or left >= right or {blocks[left].kind, blocks[right].kind} - {"paragraph", "heading"}:
            continue
        blocks[left : right + 1] = [Block(start=blocks[left].start, end=blocks[right].end)]
        joins.append(Op(a.end, lines[first].start, " ", UNWRAP))
    return blocks, joins


def _is_wide(char: str) -> bool:
    """Whether a character belongs to a script that puts no spaces between words: kana, Han, or their punctuation."""
    return "\u3000" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or "\uff00" <= char <= "\uff60"


def _runs(lines: Sequence[Line], marks: Sequence[tuple[int, int]] = ()) -> list[tuple[int, int]]:
    """First and last+1 line of every run; the marks of a printed page are runs of their own."""
    edges = {edge for mark in marks for edge in mark}
    runs: list[tuple[int, int]] = []
    first = 0
    for at in range(1, len(lines) + 1):
        if at == len(lines) or lines[at].run != lines[first].run or at in edges:
            runs.append((first, at))
            first = at
    return runs


def _whole_listings(text: str, lines: Sequence[Line], found: Sequence[tuple[int, int, BlockKind]]) -> Iterator[tuple[int, int, BlockKind]]:
    """Stretches of code, each grown to the run around it where all of that is a listing: its last lines may look like nothing."""
    bounds: dict[int, tuple[int, int]] = {}
    if any(kind == "code" for _, _, kind in found):
        bounds = {lines[first].run: (first, last) for first, last in _runs(lines)}
    done = 0
    for start, end, kind in found:
        if start < done:
            continue
        first, last = bounds[lines[start].run] if kind == "code" else (start, end)
        first = max(first, done)
        grows = (first, last) != (start, end) and end <= last and is_listing(text, lines[first:last])
        done = last if grows else end
        yield (first, last, kind) if grows else (start, end, kind)


def _known_code(lines: Sequence[Line], code: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, tuple[int, int] | None]]:
    """First and last+1 line of every run outside known code, and of every span of known code, with the span."""
    starts = [start for start, _ in code]

    def owner(number: int) -> tuple[int, int]:
        at = bisect_right(starts, lines[number].start) - 1
        return (at, -1) if at >= 0 and lines[number].start < code[at][1] else (-1, lines[number].run)

    for (span, _), group in itertools.groupby(range(len(lines)), owner):
        numbers = list(group)
        yield numbers[0], numbers[-1] + 1, code[span] if span >= 0 else None


def _count_alone(text: str) -> Counter[str]:
    """How often each short line stands in a text between two others; of neighbours that are equal every second one counts."""
    found: Counter[str] = Counter()
    for line, same in itertools.groupby(text.split("\n")[1:-1]):
        if len(line) <= _LABEL_MAX:
            found[line] += (sum(1 for _ in same) + 1) // 2
    return found


class _Wrapping(NamedTuple):
    """How the lines of a text are broken.

    Whether blank lines part its paragraphs or stanzas, whether short lines had room for more, and the column where full lines end, where
    ragged ones do, and where those of a script without spaces do; 0 for none.
    """

    stanzas: bool
    roomy: bool
    width: int
    ragged: int
    grid: int


class _Plan:
    """Blocks and joins as they come, and the pair scores once somebody asks."""

    def __init__(self, text: str, lines: Sequence[Line], config: SegmentConfig, model: PairModel, wrapping: _Wrapping) -> None:
        self.text, self.lines, self.config, self.model, self.wrapping = text, lines, config, model, wrapping
        self.blocks: list[Block] = []
        self.joins: list[Op] = []
        self.wrapped = 0
        self._covered = 0
        self._places = _PLACES
        self._alone: Counter[str] | None = None
        self._classes: Classes | None = None
        self._scores: list[int] | None = None

    def add_run(self, first: int, last: int, shaped: Mapping[int, tuple[int, BlockKind]]) -> None:
        """Turn one run into blocks; `shaped` are the regions that are one block each, by their first line."""
        if first < self._covered:
            return
        if first in shaped:
            last, kind = shaped[first]
            self._covered = last
            begin = self.lines[first]
            indent = begin.indent if kind == "code" and first else 0
            self.blocks.append(Block(start=begin.start - indent, end=self.lines[last - 1].end, kind=kind))
            return
        run = self.lines[first:last]
        if len(run) == 1:
            self._add_block(run, 0, 1)
            return
        shape = self._shape(run, last)
        if shape is not None:
            indent = run[0].indent if shape == "code" and first else 0
            self.blocks.append(Block(start=run[0].start - indent, end=run[-1].end, kind=shape))
            return
        self._split(run, self._joined(run, first, last))

    def add_told(self, code: Sequence[tuple[int, int]]) -> None:
        """Turn all lines into blocks, where spans of code are known from elsewhere."""
        for first, last, known in _known_code(self.lines, code):
            if known is None:
                self.add_run(first, last, {})
            else:
                self.blocks.append(Block(start=known[0], end=known[1], kind="code"))

    def _shape(self, run: Sequence[Line], last: int) -> BlockKind | None:
        if is_table(self.text, run):
            return "table"
        if is_code(self.text, run) or is_columns(self.text, run) or (self.wrapping.stanzas and is_listing(self.text, run)):
            return "code"
        if self.wrapping.stanzas and (is_verse(self.text, run, roomy=self.wrapping.roomy) or self._is_stanza(run, last)):
            return "preformatted"
        return None

    def _is_stanza(self, run: Sequence[Line], last: int) -> bool:
        """Whether a run of shorter lines stands right beside a stanza of as many lines, a line more or less."""
        if not is_verse(self.text, run, least=_SHORT_VERSE, roomy=self.wrapping.roomy):
            return False
        before = self.blocks[-1] if self.blocks else None
        if before is not None and before.kind == "preformatted" and abs(self.text.count("\n", before.start, before.end) + 1 - len(run)) < 2:
            return True
        following = (
            list(itertools.takewhile(lambda line: line.run == self.lines[last].run, self.lines[last : last + len(run) + 2]))
            if last < len(self.lines)
            else []
        )
        least = _SHORT_VERSE if len(following) == len(run) >= _STANZA else _VERSE
        return abs(len(following) - len(run)) < 2 and is_verse(self.text, following, least=least, roomy=self.wrapping.roomy)

    def _joined(self, run: Sequence[Line], first: int, last: int) -> list[bool]:
        """Whether each line of the run but the last goes on in the next."""
        if self.wrapping.grid:
            self.wrapped += len(run)
            return grid_joins(self.text, run, self.wrapping.grid)
        if self.wrapping.ragged:
            self.wrapped += len(run)
            return ragged_joins(self.text, run, self.wrapping.ragged)
        if self.wrapping.width:
            wrapped = wrap_joins(self.text, run, self.wrapping.width)
            if wrapped is not None:
                self.wrapped += len(run)
                return wrapped
        if self._scores is None:
            self._classes = classify(self.text)
            self._scores = self.model.scores(self.text, self._classes, self.lines)
        return [score > self.config.join_score for score in self._scores[first : last - 1]]

    def _split(self, run: Sequence[Line], joined: Sequence[bool]) -> None:
        first = 0
        for at, goes_on in enumerate(joined, 1):
            a, b = run[at - 1], run[at]
            if at == 1 and is_drop_cap(self.text, a, b):
                continue
            if broken_word(self.text, a, b) or inside_sentence(self.text, a, b) or hyphen_goes_on(self.text, a, b):
                continue
            if not (self._goes_on(a, b) if goes_on else self._opens(a, b)):
                self._add_block(run, first, at)
                first = at
        self._add_block(run, first, len(run))

    def _goes_on(self, a: Line, b: Line) -> bool:
        """Whether nothing stands against joining two lines.

        A list marker does, but not a dash in the middle of a sentence; and so does a label that stands on many lines, before a quotation.
        """
        if (
            self._is_stamp(a)
            or self._is_stamp(b)
            or self._is_credit(a)
            or self._is_over(a, b)
            or (a.start == self.lines[0].start and is_over_story(self.text, a, b))
        ):
            return False
        if self.text[b.start] in _QUOTES and a.end - a.start <= _LABEL_MAX and self._is_label(a):
            return False
        if not has_bullet(self.text, b.start, b.end):
            return True
        if self.text[b.start] not in _DASHES or not (self.text[a.end - 1].isalnum() or self.text[a.end - 1] in ",)"):
            return False
        return self.text[b.start + 1 : b.end].lstrip()[:1].islower() and not has_bullet(self.text, a.start, a.end)

    def _is_stamp(self, line: Line) -> bool:
        """Whether a line is a label with a day and a clock time in figures: it stamps the text and goes on in no other line."""
        return line.end - line.start <= _STAMP_MAX and _STAMPED.match(self.text, line.start, line.end) is not None

    def _is_over(self, a: Line, b: Line) -> bool:
        """Whether a line is the label of a summary or of a stamp, and what follows is too long for a day."""
        if b.end - b.start <= _STAMP_MAX or a.end - a.start > LONGEST_LABEL:
            return False
        line = self.text[a.start : a.end]
        return is_stamp_label(line) or summary_label(line) is not None

    def _is_credit(self, line: Line) -> bool:
        """Whether a line is nothing but an agency's name or a picture's credit with its label: no sentence begins so."""
        size = line.end - line.start
        return size <= _CREDIT_MAX and self.text[line.start].isupper() and is_credit(self.text[line.start : line.end])

    def _is_label(self, a: Line) -> bool:
        """Whether a short line without an end stands alone on several lines of the text."""
        label = self.text[a.start : a.end]
        if not label[-1].isalnum():
            return False
        if self._alone is None:
            self._alone = _count_alone(self.text)
        return self._alone[label] >= _LABEL_TIMES

    def _opens(self, a: Line, b: Line) -> bool:
        """Whether a line is a city alone with a full stop ("Berlin.") that opens the paragraph after it.

        Its name is known from datelines, or stands elsewhere in the text, and never in small letters.
        """
        size = a.end - a.start
        if not _PLACE_MIN < size <= _PLACE_MAX or self.text[a.end - 1] != "." or b.end - b.start < _PLACE_BEFORE or not self._places:
            return False
        name = self.text[a.start : a.end - 1]
        if not name.isalpha() or not name.istitle():
            return False
        self._places -= 1
        front = self.text[:_PLACE_READ]
        return is_place(name) or (front.count(name) > _PLACE_TIMES and name.lower() not in front)

    def _gaps(self, part: Sequence[Line]) -> list[Op]:
        return [self._gap(a, b) for a, b in itertools.pairwise(part)]

    def _gap(self, a: Line, b: Line) -> Op:
        parted = broken_word(self.text, a, b)
        if parted is not None:
            return Op(parted[0], b.start, parted[1], HYPHEN if parted[0] < a.end else UNWRAP)
        glue = drop_cap_glue(self.text, a, b) if is_drop_cap(self.text, a, b) else self._glue(a, b)
        return Op(a.end, b.start, glue, UNWRAP)

    def _glue(self, a: Line, b: Line) -> str:
        """What stands between two joined lines: a space, or nothing where the script or the punctuation wants none."""
        before, after = self.text[a.end - 1], self.text[b.start]
        if after in _NO_SPACE_BEFORE or before in _NO_SPACE_AFTER:
            return ""
        if before == "-" and after.islower() and self.text[a.end - 2 : a.end - 1].isalpha():
            return " " if is_suspended(self.text, b) else ""
        if after in _APOSTROPHES and self.text[b.start + 1 : b.start + 2].isalpha() and not before.isspace():
            return ""
        if self.wrapping.grid and UNSPACED_CHARACTER.match(before) and UNSPACED_CHARACTER.match(after):
            return " " if " " in self.text[a.end : b.start] else ""
        return "" if _is_wide(before) and _is_wide(after) else " "

    def _add_block(self, run: Sequence[Line], first: int, last: int) -> None:
        """Make one block of some lines of a run."""
        start, end = run[first].start, run[last - 1].end
        self.blocks.append(Block(start=start, end=end, kind="list_item" if has_bullet(self.text, start, end) else "paragraph"))
        if last - first > 1:
            self.joins.extend(self._gaps(run[first:last]))
