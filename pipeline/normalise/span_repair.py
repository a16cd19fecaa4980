"""A span under repair: the original, the text as it stands, and the changes between the two."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pipeline.edits.compose import Op, apply, compose
from pipeline.records import Annotation

if TYPE_CHECKING:
    from collections.abc import Sequence


class Draft(msgspec.Struct, frozen=True):
    """One span and what was done to it so far; offsets of `changes` and `notes` index `original`."""

    original: str
    text: str
    changes: tuple[Op, ...] = ()
    notes: tuple[Annotation, ...] = ()

    @classmethod
    def of(cls, text: str) -> Draft:
        """Begin with a span to which nothing was done."""
        return cls(text, text)

    def after(self, changes: Sequence[Op]) -> Draft:
        """Return the draft with more changes, given in offsets of `text`."""
        if not changes:
            return self
        return Draft(self.original, apply(self.text, changes), compose(self.original, self.changes, changes), self.notes)

    def noted(self, notes: Sequence[Annotation]) -> Draft:
        """Return the draft with more annotations, given in offsets of `text` as it stands."""
        if not notes:
            return self
        moved = []
        for note in notes:
            start, end = self.to_original(note.start, note.end)
            moved.append(Annotation(start=start, end=end, type=note.type, value=note.value, rule=note.rule))
        return Draft(self.original, self.text, self.changes, (*self.notes, *moved))

    def to_original(self, start: int, end: int) -> tuple[int, int]:
        """Find the range of `original` that a range of `text` came from; a range inside a replacement gives all of what it replaced.

        >>> Draft("a&amp;b", "a&b", (Op(1, 6, "&", "x"),)).to_original(1, 3)
        (1, 7)
        """
        return self._original_start(start), self._original_end(end)

    def _original_start(self, at: int) -> int:
        shift = 0
        for change in self.changes:
            now = change.start + shift
            if at < now:
                break
            if at < now + len(change.replacement):
                return change.start
            shift += len(change.replacement) - (change.end - change.start)
        return at - shift

    def _original_end(self, at: int) -> int:
        shift = 0
        for change in self.changes:
            now = change.start + shift
            if at <= now:
                break
            if at <= now + len(change.replacement):
                return change.end
            shift += len(change.replacement) - (change.end - change.start)
        return at - shift
