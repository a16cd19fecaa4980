"""What is found out about single lines, kept while one document is cleaned.

The passes over a document see most of its lines more than once. What a rule or a reader says of a line alone, wherever on the page it
stands, is asked once and kept here; an object lives as long as its document and is handed from pass to pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.lines.datelines import read_dateline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.lines.captions import CaptionReading
    from pipeline.lines.datelines import DatelineReading
    from pipeline.rules.rulebook import Mark, RuleBook


class Known:
    """A rule book with its answers so far, what was read as a caption or a dateline, and where spans begin and end, by line."""

    __slots__ = ("_datelines", "_marks", "_parts", "captions", "rules", "spans")

    def __init__(self, rules: RuleBook) -> None:
        self.rules = rules
        self.captions: dict[str, CaptionReading | None] = {}
        self.spans: dict[str, tuple[tuple[int, int], ...]] = {}
        self._marks: dict[str, tuple[Mark, ...]] = {}
        self._parts: dict[str, bool] = {}
        self._datelines: dict[str, DatelineReading | None] = {}

    def marks(self, lines: Sequence[str]) -> list[tuple[Mark, ...]]:
        """As `RuleBook.marks`, which is asked about new lines only."""
        marks = self._marks
        self._read(lines)
        return [marks[line] for line in lines]

    def has_parts(self, lines: Sequence[str]) -> list[bool]:
        """Whether parts of each line may have marks of rules that speak for spans; where not, nobody need ask."""
        parts = self._parts
        self._read(lines)
        return [parts[line] for line in lines]

    def dateline(self, line: str) -> DatelineReading | None:
        """As `read_dateline`, which reads a line once."""
        if line not in self._datelines:
            self._datelines[line] = read_dateline(line)
        return self._datelines[line]

    def _read(self, lines: Sequence[str]) -> None:
        fresh = [line for line in dict.fromkeys(lines) if line not in self._marks]
        if fresh:
            found, parts = self.rules.read(fresh)
            self._marks.update(zip(fresh, found, strict=True))
            self._parts.update(zip(fresh, parts, strict=True))
