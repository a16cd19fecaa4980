"""What is found out about single lines, kept while one document is cleaned.

The passes over a document see most of its lines more than once. What a rule or a reader says of a line alone, wherever on the page it
stands, is asked once and kept here; an object lives as long as its document and is handed from pass to pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.readers.captions import CaptionReading
    from pipeline.rulebook import Mark


class Known:
    """Answers by line: the marks of the rule book, and what reads as a caption."""

    __slots__ = ("captions", "marks")

    def __init__(self) -> None:
        self.marks: dict[str, tuple[Mark, ...]] = {}
        self.captions: dict[str, CaptionReading | None] = {}
