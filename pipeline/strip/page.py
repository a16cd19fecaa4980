"""The verdict on a page while it is being made: which blocks are still open, and what leaves."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from pipeline.spans import Cut, Finding, Item, Target
from pipeline.text.expressions import expression
from pipeline.text.scripts import UNSPACED_CHARACTER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.records import RemovedKind
    from pipeline.spans import Block, Divider, Span

_STOP = expression(r"[.!?…。！？।۔؟][\"'”’»）」』)\]]*\s*$")
_STOPS = frozenset(".!?…。！？।۔؟")
_AFTER_STOP = frozenset("\"'”’»）」』)]")
_PROSE = 80
_PROSE_WIDE = 30
"""Shortest prose block in characters, and in a script without spaces."""


def ends_sentence(line: str) -> bool:
    """Whether a line ends as a sentence does, quotes and brackets after the stop allowed.

    >>> ends_sentence("He left.”"), ends_sentence("Five things to know")
    (True, False)
    """
    last = line[-1:]
    if last in _STOPS or (last not in _AFTER_STOP and not last.isspace()):
        return last in _STOPS
    return _STOP.search(line, max(0, len(line) - 6)) is not None


def is_prose(line: str) -> bool:
    """Whether a block reads as running text: long enough, and ending in a sentence.

    >>> is_prose("Share"), is_prose("The council met on Monday and voted, after three hours of talk, for the new bridge.")
    (False, True)
    """
    size = len(line)
    if size < _PROSE_WIDE or not (ends_sentence(line) or size >= 300):
        return False
    return size >= _PROSE or len(UNSPACED_CHARACTER.findall(line[:200])) * 2 > min(size, 200)


_UNSPACED = expression(r"[\u0e00-\u0e7f\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uff60]")


def parts_words(char: str) -> bool:
    """Whether a cut beside a character parts no word: it is white space, or of a script without spaces, or that script's punctuation.

    >>> parts_words(" "), parts_words("。"), parts_words("a")
    (True, True, False)
    """
    return char.isspace() or _UNSPACED.match(char) is not None


class Draft:
    """Blocks of a page and what has been decided of them so far.

    A block is *open* until something takes it as a whole; later steps only look at open blocks, so that the order of the steps in
    `strip` is the order of precedence.
    """

    def __init__(self, text: str, blocks: Sequence[Block], divider: Divider | None = None) -> None:
        self.text = text
        self.blocks = blocks
        self._divider = divider
        self.lines = [text[block.start : block.end] for block in blocks]
        self.cuts: list[Cut] = []
        self.items: list[Item] = []
        self.findings: list[Finding] = []
        self.verdict: list[str] = [""] * len(blocks)
        """Empty while open; else the kind of removal or the field that took the block."""
        self.starts: list[int] = [block.start for block in blocks]
        """Where the rest of the block begins once its front has moved away (a dateline)."""
        self.parts: dict[int, list[Cut]] = {}
        """Cuts inside blocks that are still open, by block."""
        self.spoken: list[str] = [""] * len(blocks)
        """The kind that the first rule to speak for a block named, decisive or not. Rules that may speak for spans do not count: what they
        name stands in texts that have no page around them."""
        self.prose = [len(line) >= _PROSE_WIDE and is_prose(line) for line in self.lines]
        self.runs: list[tuple[int, int]] | None = None
        """Runs of lines that are built alike, once somebody has looked for them (`parallel_lines`); they depend on the lines alone."""

    @property
    def is_divided(self) -> bool:
        """Whether parts of blocks can be told."""
        return self._divider is not None

    def spans(self, chosen: Sequence[int] | None = None) -> list[Span]:
        """The parts that are judged by themselves of the blocks of some numbers, or of all; none where nobody can tell them."""
        return self._divider(chosen) if self._divider is not None and (chosen is None or chosen) else []

    def is_open(self, index: int) -> bool:
        """Whether nothing has taken the block yet."""
        return 0 <= index < len(self.blocks) and not self.verdict[index]

    def beside_taken(self, index: int, but: int = -1) -> bool:
        """Whether something has taken the block before or behind this one; the block `but` does not count."""
        around = [place for place in (index - 1, index + 1) if 0 <= place < len(self.blocks) and place != but]
        return any(self.verdict[place] for place in around)

    def open_blocks(self) -> list[int]:
        """The blocks that are still open, in order."""
        return [index for index, verdict in enumerate(self.verdict) if not verdict]

    def holding(self, marks: Sequence[str]) -> list[int]:
        """The blocks in which one of some marks stands, given in small letters, in order; where that is hard to tell, all of them."""
        lower = self.text.lower()
        if len(lower) != len(self.text):
            return list(range(len(self.blocks)))
        starts = [block.start for block in self.blocks]
        found: set[int] = set()
        for mark in marks:
            at = lower.find(mark)
            while at >= 0:
                index = bisect_right(starts, at) - 1
                found.add(index)
                at = lower.find(mark, max(self.blocks[index].end, at + 1))
        return sorted(found - {-1})

    def body(self) -> tuple[int, int]:
        """First and last open prose block; (len, -1) where there is none."""
        pairs = zip(self.verdict, self.prose, strict=True)
        prose = [index for index, (verdict, is_prose) in enumerate(pairs) if is_prose and not verdict]
        return (prose[0], prose[-1]) if prose else (len(self.blocks), -1)

    def remove(self, index: int, kind: RemovedKind, rule: str, of: tuple[int, int] | None = None) -> None:
        """Take a whole block out."""
        block = self.blocks[index]
        self._forget_parts(index)
        self.verdict[index] = kind
        self.cuts.append(Cut(start=self.starts[index], end=block.end, rule=rule, kind=kind, of=of))

    def take(self, index: int, cuts: Sequence[Cut], verdict: str) -> None:
        """Let a whole block leave by cuts that cover it."""
        self._forget_parts(index)
        self.verdict[index] = verdict
        self.cuts.extend(cuts)

    def cut_part(self, cut: Cut, index: int) -> None:
        """Let a part of a block leave; see `cut_parts`."""
        self.cut_parts([cut], index)

    def cut_parts(self, cuts: Sequence[Cut], index: int) -> None:
        """Let neighbouring parts of a block leave; what is left of the block stays open, and is judged again in the next pass.

        Parts between two others leave only with white space on one side at least, or in a script without spaces: what is left of the
        line must not run into one word.
        """
        block = self.blocks[index]
        start, end = cuts[0].start, cuts[-1].end
        before, after = self.text[start - 1 : start], self.text[end : end + 1]
        inside = block.start < start and end < block.end
        crossed = start < self.starts[index] or any(cut.start < end and start < cut.end for cut in self.parts.get(index, ()))
        if crossed or (inside and not (parts_words(before) or after.isspace())):
            return
        self.parts.setdefault(index, []).extend(cuts)
        self.cuts.extend(cuts)

    def _forget_parts(self, index: int) -> None:
        """Drop the cuts inside a block of which something takes the whole, or the front."""
        parts = self.parts.pop(index, ())
        if parts:
            self.cuts = [cut for cut in self.cuts if cut not in parts]

    def move(self, index: int, target: Target, rule: str, span: tuple[int, int] | None = None) -> None:
        """Move a whole block to a field.

        Args:
            index: The block.
            target: The field.
            rule: The rule's name.
            span: The part of the block, in offsets of its line, that arrives; the rest are separators and are dropped.
        """
        self.move_parts(index, [(target, span or (0, len(self.lines[index])))], rule)

    def move_parts(self, index: int, parts: Sequence[tuple[Target, tuple[int, int]]], rule: str, end: int | None = None) -> None:
        """Move the parts of a block, or of its front up to `end`, to their fields; characters between the parts are dropped."""
        base = self.blocks[index].start
        last = len(self.lines[index]) if end is None else end
        self._forget_parts(index)
        at = 0
        for target, (first, after) in sorted(parts, key=lambda part: part[1]):
            if first > at:
                self.cuts.append(Cut(start=base + at, end=base + first, rule=rule))
            if after > first:
                self.cuts.append(Cut(start=base + first, end=base + after, rule=rule, target=target))
            at = max(at, after)
        if last > at:
            self.cuts.append(Cut(start=base + at, end=base + last, rule=rule))
        if end is None:
            self.verdict[index] = parts[0][0].field if parts else "dropped"
        else:
            self.starts[index] = base + end

    def add_item(self, field: str, key: int, values: dict[str, Any]) -> None:
        """Give an item of a list field values that no cut moves."""
        self.items.append(Item(field=field, key=key, values=values))

    def note(self, index: int, rule: str, verdict: str, score: int | None = None) -> None:
        """Record what a rule or a model said of a block, decisive or not."""
        block = self.blocks[index]
        self.findings.append(Finding(start=block.start, end=block.end, rule=rule, verdict=verdict, score=score))
