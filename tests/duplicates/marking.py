"""Marks the duplicates of texts or records in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.config import DuplicatesConfig
from pipeline.duplicates.search import Row, find, rows
from pipeline.duplicates.sketch import Held, Source, sketch
from pipeline.duplicates.tokens import Tokeniser

if TYPE_CHECKING:
    from collections.abc import Iterable

TOKENISER = Tokeniser()


def mark(records: Iterable[Source], config: DuplicatesConfig | None = None) -> dict[str, Row]:
    """The rows of a build by id; the records may come in any order."""
    held = Held(sketch(sorted(records, key=lambda record: record.id), TOKENISER))
    return {row.id: row for row in rows(held, find(held, config or DuplicatesConfig()), range(len(held.heads)))}


def record(name: str, text: str, completeness: str = "full", published_at: str | None = None) -> Source:
    return Source(name, text, completeness, published_at)


def mark_texts(texts: Iterable[str]) -> list[Row]:
    """The rows of a build of texts, in their order."""
    made = mark(record(f"{number:04d}", text) for number, text in enumerate(texts))
    return [made[name] for name in sorted(made)]


def clusters(made: dict[str, Row]) -> set[frozenset[str]]:
    """The clusters as sets of ids."""
    return {frozenset(row.id for row in made.values() if row.cluster == name) for name in {row.cluster for row in made.values()}}
