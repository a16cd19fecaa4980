"""Divides inputs into shards that stay as they are when inputs are added.

An input's place follows from the hash of its locator alone. A group of inputs that is too large is split in two by the next bit of
that hash, so one more input changes one shard, or splits one.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from pipeline.ingest.found import Known

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

WHOLE = "all"
"""Name of a shard that was never split."""


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One raw file of the inventory: its locator is its path below `raw`, with forward slashes.

    `code` and `detail` say why it cannot be read, where it cannot; `known` is what sidecars say, by member.
    """

    locator: str
    size: int
    sha256: str | None
    code: str | None = None
    detail: str | None = None
    known: dict[str, Known] = {}


def _bits(locator: str) -> str:
    return f"{int.from_bytes(sha256(locator.encode()).digest()[:8]):064b}"


def divide(entries: Sequence[Entry], *, documents: int, size: int, held: Mapping[str, int] | None = None) -> dict[str, tuple[Entry, ...]]:
    """Return shard name to its entries, sorted by locator.

    A shard's name is the common prefix of its hash bits. `documents` and `size` (bytes) bound a shard; a single larger file is a
    shard of its own as far as its hash can be told from others'. `held` says how many documents an entry holds, where it is not one.

    >>> sorted(divide([Entry("a", 1, None), Entry("b", 1, None), Entry("c", 1, None)], documents=2, size=100))
    ['0', '1']
    """
    counts = held or {}
    rows = sorted(
        (_Row(_bits(entry.locator), counts.get(entry.locator, 1), entry) for entry in entries),
        key=lambda row: (row.bits, row.entry.locator),
    )
    return dict(_split(rows, "", documents, size))


class _Row(NamedTuple):
    bits: str
    documents: int
    entry: Entry


def _split(rows: Sequence[_Row], prefix: str, documents: int, size: int) -> Iterator[tuple[str, tuple[Entry, ...]]]:
    if not rows:
        return
    fits = sum(row.documents for row in rows) <= documents and sum(row.entry.size for row in rows) <= size
    if fits or len(rows) == 1 or len(prefix) == 64:
        yield prefix or WHOLE, tuple(sorted((row.entry for row in rows), key=lambda entry: entry.locator))
        return
    for bit in "01":
        branch = prefix + bit
        yield from _split([row for row in rows if row.bits.startswith(branch)], branch, documents, size)
