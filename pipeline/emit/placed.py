"""Blocks, links, remarks and warnings of the finished text: what the stages said in base offsets, in offsets of the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pipeline.records import Annotation, InlineMark, Link, MarkKind, TextBlock
from pipeline.text.language import foreign_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.edits.compose import OffsetMap
    from pipeline.spans import Block


def text_blocks(
    text: str, blocks: Iterable[Block], marked: Iterable[Block], places: OffsetMap, language: str | None
) -> tuple[TextBlock, ...]:
    """Return the blocks of the text; a page's own structure says what kind each is, else the text's shape.

    Args:
        text: the finished text.
        blocks: its blocks, in its offsets.
        marked: the blocks of the page, in base offsets; of a text none.
        places: from the one to the other.
        language: the text's language; a block in another one says so.
    """
    starts = {block.start: block for block in marked if block.kind != "paragraph"}
    out = []
    for block in blocks:
        base_start = places.to_base(block.start)
        origin = starts.get(base_start, block)
        rows, columns = table_size(text[block.start : block.end]) if origin.kind == "table" else (None, None)
        out.append(
            TextBlock(
                kind=origin.kind,
                start=block.start,
                end=block.end,
                base_start=base_start,
                base_end=places.to_base_end(block.end),
                level=origin.level,
                language=(foreign_language(text[block.start : block.end], language) or language) if language else None,
                rows=rows,
                columns=columns,
            )
        )
    return tuple(out)


def table_size(table: str) -> tuple[int, int]:
    r"""Return how many rows a table has, and how many cells the longest of them: TABs or bars part cells.

    >>> table_size("Day\tRain\nMonday\t4 mm"), table_size("| Day | Rain |\n|-----|------|\n| Monday | 4 mm |")
    ((2, 2), (2, 2))
    """
    rows = [line for line in table.split("\n") if line.strip("|:-+= \t")]
    if "\t" in table:
        return len(rows), max((row.count("\t") + 1 for row in rows), default=0)
    return len(rows), max((row.strip().strip("|").count("|") + 1 for row in rows), default=0)


def text_links(text: str, links: Iterable[tuple[int, int, str]], places: OffsetMap) -> tuple[Link, ...]:
    """Return the links, given as (start, end, address) in base offsets, of which some character is in the text."""
    out = []
    for start, end, url in links:
        low, high = places.to_text(start), places.to_text(end)
        if low < high:
            out.append(Link(text=text[low:high], url=url, start=low, end=high))
    return tuple(out)


def text_marks(text: str, marks: Iterable[tuple[int, int, MarkKind]], places: OffsetMap) -> tuple[InlineMark, ...]:
    """Return the marks, given as (start, end, kind) in base offsets, of which more than white space is in the text, sorted."""
    found = {(places.to_text(start), places.to_text(end), kind) for start, end, kind in marks}
    return tuple(InlineMark(kind=kind, start=low, end=high) for low, high, kind in sorted(found) if text[low:high].strip())


def text_annotations(early: Iterable[Annotation], last: Sequence[Annotation], places: OffsetMap) -> tuple[Annotation, ...]:
    """Return the remarks of all passes, sorted: `early` ones are in base offsets; remarks on words that left the text are dropped."""
    moved = (msgspec.structs.replace(note, start=places.to_text(note.start), end=places.to_text(note.end)) for note in early)
    notes = {note for note in (*moved, *last) if note.start < note.end}
    return tuple(sorted(notes, key=lambda note: (note.start, note.end, note.type, note.value)))
