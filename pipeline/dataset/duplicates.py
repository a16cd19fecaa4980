"""Rows on duplicates as a dataset has them, and what they come to. What a row says is in docs/duplicates.md."""

from __future__ import annotations

from collections import Counter

import msgspec


class SharedPassage(msgspec.Struct, frozen=True, array_like=True):
    """A passage that two texts have: half-open offsets of code points into the one and the other."""

    start: int
    end: int
    match_start: int
    match_end: int


class DuplicateRow(msgspec.Struct, frozen=True, kw_only=True):
    """How one record is related to others: its cluster's representative, and the record that it was compared with."""

    id: str
    relation: str | None
    cluster: str
    representative: bool
    size: int
    match: str | None
    similarity: float | None
    shared: tuple[SharedPassage, ...]


class Duplicates(msgspec.Struct, frozen=True, kw_only=True):
    """Documents in clusters of more than one, the clusters, the documents that are not their representatives, documents by relation."""

    documents: int
    clusters: int
    redundant: int
    by_relation: dict[str, int]


class DuplicateTally:
    """Counts rows as they pass."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._relations: Counter[str] = Counter()

    def add(self, row: DuplicateRow) -> None:
        """Count one row."""
        if row.size > 1:
            self._counts.update(documents=1, clusters=int(row.representative), redundant=int(not row.representative))
        if row.relation is not None:
            self._relations[row.relation] += 1

    def result(self) -> Duplicates:
        """Return what was counted so far."""
        counts = {name: self._counts[name] for name in ("documents", "clusters", "redundant")}
        return Duplicates(**counts, by_relation=dict(sorted(self._relations.items())))
