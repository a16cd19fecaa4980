"""What is found out about single lines, kept while one document is cleaned.

The passes over a document see most of its lines more than once. What a rule or a reader says of a line alone, wherever on the page it
stands, is asked once and kept here; an object lives as long as its document and is handed from pass to pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.lines.captions import CaptionReading
    from pipeline.rules.rulebook import Mark, RuleBook


class Known:
    """A rule book with its answers so far, what was read as a caption, and where spans begin and end, by line."""

    __slots__ = ("_marks", "_span_marks", "captions", "rules", "spans")

    def __init__(self, rules: RuleBook) -> None:
        self.rules = rules
        self.captions: dict[str, CaptionReading | None] = {}
        self.spans: dict[str, tuple[tuple[int, int], ...]] = {}
        self._marks: dict[str, tuple[Mark, ...]] = {}
        self._span_marks: dict[str, tuple[Mark, ...]] = {}

    def marks(self, lines: Sequence[str], *, spans: bool = False) -> list[tuple[Mark, ...]]:
        """As `RuleBook.marks`, which is asked about new lines only."""
        marks = self._span_marks if spans else self._marks
        fresh = [line for line in dict.fromkeys(lines) if line not in marks]
        marks.update(zip(fresh, self.rules.marks(fresh, spans=spans), strict=True))
        return [marks[line] for line in lines]
