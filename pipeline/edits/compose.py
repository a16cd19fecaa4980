"""Edits on a text, and how a second round of edits on the result becomes one list of edits on the source.

An `Op` is an edit before it is numbered: it replaces `base[start:end]`, and `replacement` arrives either in the text (`target`
is None) or at a `Target` of the record. Lists of ops are sorted and disjoint. No pass needs an insertion: blocks always have white
space between them, so every op covers at least one character of the text that it was made for.

Cleaning works in passes; every pass sees the text that the pass before it left. `compose` folds the ops of a later pass into those
of the earlier ones, so that the record needs a single list that points into the base text.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

import msgspec

from pipeline.spans import Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class Op(msgspec.Struct, frozen=True):
    """Replace `base[start:end]` by `replacement`, in the text or at `target`, because `rule` says so."""

    start: int
    end: int
    replacement: str
    rule: str
    target: Target | None = None


class _Piece(msgspec.Struct, frozen=True):
    """A run of the current text: `[at, at + length)` there, `[start, end)` in the base; `op` is None where it is verbatim."""

    at: int
    length: int
    start: int
    end: int
    op: Op | None


def apply(base: str, ops: Iterable[Op]) -> str:
    r"""Return the text that remains: replacements of ops without a target, and every character that no op covers.

    >>> apply("By Ann\n\nRain fell.", [Op(0, 8, "", "byline")])
    'Rain fell.'
    """
    parts: list[str] = []
    position = 0
    for op in ops:
        parts.append(base[position : op.start])
        if op.target is None:
            parts.append(op.replacement)
        position = op.end
    parts.append(base[position:])
    return "".join(parts)


def trimmed(text: str, start: int, end: int, replacement: str, rule: str) -> Op | None:
    """Make a change without the characters that old and new share at their ends.

    Returns:
        The change, or None where nothing differs. A replacement that only inserts keeps one character of the old text, so that no
        change has length zero.

    >>> trimmed("don&#8217;t", 0, 11, "don’t", "x")
    Op(start=3, end=10, replacement='’', rule='x', target=None)
    """
    old = text[start:end]
    if old == replacement:
        return None
    limit = min(len(old), len(replacement))
    left = 0
    while left < limit and old[left] == replacement[left]:
        left += 1
    right = 0
    while right < limit - left and old[-1 - right] == replacement[-1 - right]:
        right += 1
    if left + right == len(old):
        left, right = (left - 1, right) if left else (left, right - 1)
    return Op(start + left, end - right, replacement[left : len(replacement) - right], rule)


def merge_rules(old: str, new: str) -> str:
    """Name the rules that made one edit together, in the order in which they spoke.

    A later layout rule replaces an earlier one: both speak of the same white space.

    >>> merge_rules("encoding.nfc", "variety.spelling")
    'encoding.nfc+variety.spelling'
    >>> merge_rules("layout.join", "layout.gap")
    'layout.gap'
    """
    if not old or not new:
        return old or new
    names = old.split("+")
    if all(name.startswith("layout.") for name in (*names, *new.split("+"))):
        return new
    return "+".join(names + [name for name in new.split("+") if name not in names])


def _pieces(length: int, ops: Sequence[Op]) -> Iterator[_Piece]:
    at = position = 0
    for op in ops:
        if op.start > position:
            yield _Piece(at, op.start - position, position, op.start, None)
            at += op.start - position
        size = len(op.replacement) if op.target is None else 0
        yield _Piece(at, size, op.start, op.end, op)
        at += size
        position = op.end
    if length > position:
        yield _Piece(at, length - position, position, length, None)


class OffsetMap:
    """Maps offsets between a base text and the text that a list of ops makes of it."""

    def __init__(self, length: int, ops: Sequence[Op]) -> None:
        self._pieces = [piece for piece in _pieces(length, ops) if piece.op is None or piece.op.target is None or piece.end > piece.start]
        self._at = [piece.at for piece in self._pieces]
        self._starts = [piece.start for piece in self._pieces]

    def to_base(self, offset: int) -> int:
        """Return the base offset of the character at `offset` of the text (inside a replacement: where the replaced span begins)."""
        index = bisect_right(self._at, offset) - 1
        if index < 0:
            return 0
        piece = self._pieces[index]
        if piece.op is None:
            return min(piece.start + offset - piece.at, piece.end)
        return piece.start if offset < piece.at + piece.length else piece.end

    def to_base_end(self, offset: int) -> int:
        """Return the base offset at which the character before `offset` of the text ends."""
        index = bisect_left(self._at, offset) - 1
        if index < 0:
            return 0
        while index > 0 and self._pieces[index].length == 0:
            index -= 1
        piece = self._pieces[index]
        if piece.op is None:
            return min(piece.start + offset - piece.at, piece.end)
        return piece.end

    def to_text(self, offset: int) -> int:
        """Return where the base character at `offset` stands in the text, or would stand if it had not left it."""
        index = bisect_right(self._starts, offset) - 1
        if index < 0:
            return 0
        piece = self._pieces[index]
        if piece.op is None:
            return piece.at + min(offset - piece.start, piece.length)
        return piece.at + (piece.length if offset >= piece.end else 0)


class _Atom(msgspec.Struct):
    """A stretch of base text during composition: kept verbatim (`owner` and `piece` are -1), or rewritten.

    `owner` numbers the later op that covers it, `piece` the earlier replacement that it is a slice of; `rule` names the earlier rules.
    """

    start: int
    end: int
    text: str
    target: Target | None
    rule: str
    owner: int = -1
    piece: int = -1


def _cuts_of(piece: _Piece, later: Sequence[Op], first: int) -> Iterator[tuple[int, int, int]]:
    """Split a piece at the later ops: yield (low, high, owner) in text offsets, owner -1 where no later op stands."""
    at, stop, index = piece.at, piece.at + piece.length, first
    while index < len(later) and later[index].start < stop:
        new = later[index]
        if new.end > at:
            low, high = max(at, new.start), min(stop, new.end)
            if low > at:
                yield at, low, -1
            yield low, high, index
            at = high
        index += 1
    if at < stop:
        yield at, stop, -1


def _atoms_of(number: int, piece: _Piece, later: Sequence[Op], first: int) -> Iterator[_Atom]:
    """Slice one piece of the current text by the later ops; slices of a replacement share out its base range."""
    parts = list(_cuts_of(piece, later, first))
    for slot, (low, high, owner) in enumerate(parts):
        if piece.op is None:
            start, end = piece.start + low - piece.at, piece.start + high - piece.at
            if owner >= 0:
                yield _Atom(start, end, "", later[owner].target, "", owner)
            continue
        start = min(piece.start + slot, piece.end)
        end = piece.end if slot == len(parts) - 1 else min(start + 1, piece.end)
        if owner < 0:
            yield _Atom(start, end, piece.op.replacement[low - piece.at : high - piece.at], None, piece.op.rule, -1, number)
        else:
            yield _Atom(start, end, "", later[owner].target, piece.op.rule, owner, number)


def _joinable(left: _Atom, right: _Atom) -> bool:
    same = (left.owner >= 0 and left.owner == right.owner) or (left.piece >= 0 and left.piece == right.piece)
    inserts = right.start == right.end and left.target is None  # nothing is inserted beside an edit that can hold it
    return left.end == right.start and left.target == right.target and (same or inserts)


def compose(base: str, ops: Sequence[Op], later: Sequence[Op]) -> tuple[Op, ...]:
    """Return one list of ops on `base` that does what `ops` and then `later` (offsets of `apply(base, ops)`) do.

    Ops with a target that lie inside a later op stay as they are: what has left the text cannot be edited there. An op that
    replaces a span by itself is dropped.

    >>> compose("a  b", [Op(1, 3, " ", "layout.space")], [Op(1, 2, "-", "dash")])
    (Op(start=1, end=3, replacement='-', rule='layout.space+dash', target=None),)
    """
    if not later:
        return tuple(ops)
    starts = [op.start for op in later]
    atoms: list[_Atom] = []
    used: set[int] = set()
    pieces = list(_pieces(len(base), ops))
    for number, piece in enumerate(pieces):
        before = bisect_left(starts, piece.at + piece.length) - 1
        touched = before >= 0 and later[before].end > piece.at
        if piece.op is not None and (piece.op.target is not None or not piece.length):
            inside = touched and piece.op.target is None and later[before].target is None and starts[before] < piece.at
            atom = _Atom(piece.start, piece.end, "" if inside else piece.op.replacement, piece.op.target, piece.op.rule)
            if inside:  # what was deleted within a span that is rewritten now is part of that edit
                atom.owner = before
            _add(atoms, atom, later)
        elif not touched:
            if piece.op is not None:
                atoms.append(_Atom(piece.start, piece.end, piece.op.replacement, None, piece.op.rule, -1, number))
        else:
            for atom in _atoms_of(number, piece, later, max(0, bisect_right(starts, piece.at) - 1)):
                if atom.owner >= 0 and atom.owner not in used:
                    used.add(atom.owner)
                    atom.text = later[atom.owner].replacement
                _add(atoms, atom, later)
    named = (
        Op(atom.start, atom.end, atom.text, merge_rules(atom.rule, later[atom.owner].rule if atom.owner >= 0 else ""), atom.target)
        for atom in atoms
    )
    return tidy(base, named)


def _add(atoms: list[_Atom], atom: _Atom, later: Sequence[Op]) -> None:
    """Append an atom, or let it lengthen the last one."""
    if atoms and _joinable(atoms[-1], atom):
        last = atoms[-1]
        last.end, last.text, last.rule = atom.end, last.text + atom.text, merge_rules(last.rule, atom.rule)
        if atom.owner >= 0 and last.owner not in (-1, atom.owner):
            last.rule = merge_rules(last.rule, later[last.owner].rule)
        last.owner = max(last.owner, atom.owner)
    else:
        atoms.append(atom)


def tidy(base: str, ops: Iterable[Op]) -> tuple[Op, ...]:
    """Sort ops and drop those that replace a span of the text by itself.

    >>> tidy("abc", [Op(1, 2, "b", "same"), Op(0, 1, "y", "two")])
    (Op(start=0, end=1, replacement='y', rule='two', target=None),)
    """
    ordered = sorted(ops, key=lambda op: (op.start, op.end))
    return tuple(op for op in ordered if op.target is not None or op.replacement != base[op.start : op.end])
