"""Lays out what is kept: trims blocks, joins them by one blank line, and drops the white space between parts that left.

Input are blocks and the cuts that the judging stages made; output are ops that account for every character: what no op covers is
text. The rules are `layout.join` (between two kept blocks), `layout.gap` (beside a block, or a part of one, that
left, inside a line too) and `layout.edge` (before the first and behind the last block).
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from pipeline.edits.compose import Op
from pipeline.spans import Block, Cut, Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

BLOCK_JOIN = "\n\n"


class Removal(msgspec.Struct, frozen=True):
    """What a removed span is: filled into the record's `removed` list at the item with key `start`."""

    start: int
    end: int
    kind: str
    rule: str
    of: tuple[int, int] | None


class Layout(msgspec.Struct, frozen=True):
    """Ops in offsets of the text that was laid out, the removals they point at, and the blocks that remain, in the same offsets."""

    ops: tuple[Op, ...]
    removals: tuple[Removal, ...]
    kept: tuple[Block, ...]


def merge_neighbours(text: str, cuts: Sequence[Cut]) -> list[Cut]:
    """Join removed neighbours of one kind and rule with only white space between them: a menu is one removal, not forty."""
    out: list[Cut] = []
    for cut in cuts:
        last = out[-1] if out else None
        if (
            last is not None
            and cut.kind is not None
            and (last.kind, last.rule, last.of) == (cut.kind, cut.rule, None)
            and cut.of is None
            and not text[last.end : cut.start].strip()
        ):
            out[-1] = Cut(start=last.start, end=cut.end, rule=cut.rule, kind=cut.kind)
        else:
            out.append(cut)
    return out


def op_of(text: str, cut: Cut) -> Op:
    """Return the op that a cut becomes."""
    span = text[cut.start : cut.end]
    if cut.kind is not None:
        return Op(cut.start, cut.end, span, cut.rule, Target("removed", cut.start))
    if cut.target is not None:
        return Op(cut.start, cut.end, span if cut.replacement is None else cut.replacement, cut.rule, cut.target)
    return Op(cut.start, cut.end, cut.replacement or "", cut.rule)


def _leaves(cut: Cut) -> bool:
    return cut.kind is not None or cut.target is not None or not cut.replacement


def _uncovered(start: int, end: int, cuts: Iterable[Cut]) -> Iterator[tuple[int, int]]:
    """Yield the stretches of [start, end) that no cut covers."""
    position = start
    for cut in cuts:
        if cut.start > position:
            yield position, min(cut.start, end)
        position = max(position, cut.end)
    if position < end:
        yield position, end


def tidied(text: str, cuts: Sequence[Cut]) -> list[Cut]:
    """Return the cuts as they are carried out: without white space at the ends of what moves, removed neighbours joined."""
    return merge_neighbours(text, _split(text, cuts))


def _split(text: str, cuts: Sequence[Cut]) -> list[Cut]:
    """Cut off white space at the ends of cuts that leave the text, so that layout alone speaks of it."""
    out = []
    for cut in cuts:
        start, end = cut.start, cut.end
        if cut.target is not None and cut.replacement is None:
            while start < end and text[start].isspace():
                start += 1
            while end > start and text[end - 1].isspace():
                end -= 1
        if start < end:
            out.append(cut if (start, end) == (cut.start, cut.end) else msgspec.structs.replace(cut, start=start, end=end))
    return out


def lay_out(text: str, blocks: Sequence[Block], cuts: Sequence[Cut], joins: Sequence[Op] = ()) -> Layout:
    r"""Make the ops of one pass.

    `blocks` are sorted and disjoint with only white space between them; `cuts` lie inside blocks; `joins` are changes inside kept
    parts (an unwrapped line end). White space at the edge of what is kept is trimmed.

    >>> blocks = [Block(start=0, end=5), Block(start=6, end=10)]
    >>> lay_out("Share\nRain", blocks, [Cut(start=0, end=5, rule="share.bar", kind="share")]).ops[1]
    Op(start=5, end=6, replacement='', rule='layout.edge', target=None)
    """
    merged = tidied(text, cuts)
    ops = [op_of(text, cut) for cut in merged]
    removals = tuple(Removal(cut.start, cut.end, cut.kind, cut.rule, cut.of) for cut in merged if cut.kind is not None)
    kept = list(_remainders(text, blocks, merged))
    gaps = list(_inner_gaps(text, kept, merged))
    ops += [Op(start, end, "", "layout.gap") for start, end in gaps]
    ops += _outside(joins, merged, gaps, kept)
    taken = sorted((op.start, op.end) for op in ops)
    ops += _spaces(text, kept, taken)
    return Layout(tuple(sorted(ops, key=lambda op: op.start)), removals, tuple(kept))


def _remainders(text: str, blocks: Sequence[Block], cuts: Sequence[Cut]) -> Iterator[Block]:
    """Yield the blocks of which something visible is kept, each shrunk to its first and last kept character."""
    place = 0
    for block in blocks:
        while place < len(cuts) and cuts[place].end <= block.start:
            place += 1
        if place == len(cuts) or cuts[place].start >= block.end:
            yield block
        elif not (cuts[place].start <= block.start and cuts[place].end >= block.end and _leaves(cuts[place])):
            rest = _remainder(text, block, cuts, place)
            if rest is not None:
                yield rest


def _remainder(text: str, block: Block, cuts: Sequence[Cut], place: int) -> Block | None:
    """Return a block without the cuts that begin at number `place`, None where nothing visible is kept."""
    inside = []
    for index in range(place, len(cuts)):
        if cuts[index].start >= block.end:
            break
        inside.append(cuts[index])
    stretches = []
    for start, end in _uncovered(block.start, block.end, inside):
        part = text[start:end]
        if part.strip():
            stretches.append((start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())))
    stretches += [(cut.start, cut.end) for cut in inside if not _leaves(cut)]
    if not stretches:
        return None
    return msgspec.structs.replace(block, start=min(start for start, _ in stretches), end=max(end for _, end in stretches))


def _inner_gaps(text: str, kept: Sequence[Block], cuts: Sequence[Cut]) -> Iterator[tuple[int, int]]:
    """Yield the white space that is one too many where a part left the middle of a block: what stood after the part.

    With no white space before the part, what stands after it is all that there is, and stays. Code keeps every space.
    """
    place = 0
    for number, cut in enumerate(cuts):
        while place < len(kept) and kept[place].end <= cut.start:
            place += 1
        inside = place < len(kept) and kept[place].start < cut.start and cut.end < kept[place].end
        if not inside or kept[place].kind == "code" or not _leaves(cut):
            continue
        end = cut.end
        limit = cuts[number + 1].start if number + 1 < len(cuts) else len(text)
        while end < limit and text[end].isspace():
            end += 1
        before = cuts[number - 1].end if number and _leaves(cuts[number - 1]) else 0
        spaced = text[cut.start - 1].isspace() or (before > kept[place].start and not text[before : cut.start].strip())
        if end > cut.end and spaced:
            yield cut.end, end


def _outside(joins: Sequence[Op], cuts: Sequence[Cut], gaps: Sequence[tuple[int, int]], kept: Sequence[Block]) -> Iterator[Op]:
    """Yield the joins that lie strictly inside kept blocks and touch neither a cut nor a gap beside one."""
    if not joins:
        return
    spans = sorted((*((cut.start, cut.end) for cut in cuts), *gaps))
    index = place = 0
    for join in joins:
        while index < len(spans) and spans[index][1] <= join.start:
            index += 1
        while place < len(kept) and kept[place].end <= join.start:
            place += 1
        clear = index >= len(spans) or spans[index][0] >= join.end
        if clear and place < len(kept) and kept[place].start <= join.start and join.end <= kept[place].end:
            yield join


def _spaces(text: str, kept: Sequence[Block], taken: Sequence[tuple[int, int]]) -> Iterator[Op]:
    """Yield ops for everything outside kept blocks that no other op has taken: white space, by definition of a block."""
    limits = [(0, 0), *((block.start, block.end) for block in kept), (len(text), len(text))]
    for number, ((_, before), (after, _)) in enumerate(pairwise(limits)):
        joined = not (0 < number < len(kept))
        if not joined and text[before:after] == BLOCK_JOIN:
            continue
        at_edge = joined
        for start, end in _free(before, after, taken):
            if at_edge:
                yield Op(start, end, "", "layout.edge")
            elif not joined:
                joined = True
                if text[start:end] != BLOCK_JOIN:
                    yield Op(start, end, BLOCK_JOIN, "layout.join")
            else:
                yield Op(start, end, "", "layout.gap")


def _free(start: int, end: int, taken: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the parts of [start, end) that no taken span covers; `taken` is sorted."""
    low = bisect_right(taken, start, key=lambda span: span[1])
    position = start
    while low < len(taken) and taken[low][0] < end:
        if taken[low][0] > position:
            yield position, taken[low][0]
        position = max(position, taken[low][1])
        low += 1
    if position < end:
        yield position, end
