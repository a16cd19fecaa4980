"""Keeps what a retry leaves alone: of a shard that holds rejected inputs only these are cleaned again."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from pipeline.ingest.shards import Entry
from pipeline.ledger import LedgerRow
from tasks.core.atomic_files import FileNote
from tasks.core.isolation import Made
from tasks.core.plans import ShardPlan
from tasks.core.sealed import read_sealed, write_sealed

if TYPE_CHECKING:
    from collections.abc import Collection

    from tasks.core.build_paths import BuildPaths


class RetryNote(msgspec.Struct, frozen=True):
    """What of a shard is to be cleaned again, by rejection code, and what its files are and were made from."""

    plan: ShardPlan
    config_sha256: str
    code_sha256: str
    articles: FileNote
    ledger: FileNote
    codes: tuple[str, ...]


class LeftOver(msgspec.Struct, frozen=True):
    """A shard's work after a retry was asked for: `made` stays, `entries` are cleaned, of those in `again` only the named members."""

    made: tuple[Made, ...]
    entries: tuple[Entry, ...]
    again: dict[str, frozenset[str]]


def write_note(paths: BuildPaths, note: RetryNote) -> None:
    """Leave the note that the shard's task reads."""
    write_sealed(paths.retry(note.plan.shard), note)


def left_over(paths: BuildPaths, plan: ShardPlan, config_sha256: str, code_sha256: str) -> LeftOver | None:
    """Return what a retry leaves to do of a shard, None where all of it is to be cleaned.

    Nothing is kept where the settings, the code or the shard's files are not those of the note: then the whole shard is cleaned.
    """
    note = read_sealed(paths.retry(plan.shard), RetryNote)
    if note is None:
        return None
    try:
        articles, ledger = paths.articles(plan.shard).read_bytes(), paths.ledger(plan.shard).read_bytes()
    except FileNotFoundError:
        return None
    if (note.config_sha256, note.code_sha256, note.plan.part) != (config_sha256, code_sha256, plan.part):
        return None
    if any(sha256(data).hexdigest() != said.sha256 for data, said in ((articles, note.articles), (ledger, note.ledger))):
        return None
    before = {entry.locator: entry for entry in note.plan.entries}
    same = {entry.locator for entry in plan.entries if before.get(entry.locator) == entry}
    return _divide(plan, same, frozenset(note.codes), ledger.splitlines(), articles.splitlines())


class _Identity(msgspec.Struct):
    id: str


def _divide(plan: ShardPlan, same: set[str], codes: frozenset[str], ledger: list[bytes], articles: list[bytes]) -> LeftOver:
    decoder, identity = msgspec.json.Decoder(LedgerRow), msgspec.json.Decoder(_Identity)
    rows = [(decoder.decode(line), line) for line in ledger]
    places = [entry_of(row.locator, same) for row, _ in rows]
    failed = [(place, row.locator) for (row, _), place in zip(rows, places, strict=True) if place is not None and row.code in codes]
    whole = {place for place, locator in failed if place == locator}
    again: dict[str, set[str]] = {}
    for place, locator in failed:
        if place not in whole:
            again.setdefault(place, set()).add(locator)
    records = {identity.decode(line).id: line for line in articles}
    made = [
        Made(row.locator, row.status, row.code, row.id, row.bytes or 0, line, records.get(row.id or ""))
        for (row, line), place in zip(rows, places, strict=True)
        if place is not None and place not in whole and row.locator not in again.get(place, ())
    ]
    entries = tuple(entry for entry in plan.entries if entry.locator not in same or entry.locator in whole or entry.locator in again)
    return LeftOver(tuple(made), entries, {place: frozenset(names) for place, names in again.items()})


def entry_of(locator: str, entries: Collection[str]) -> str | None:
    """Return the raw file that an input lies in: itself, or the container before one of its number signs; None where it is not there.

    >>> entry_of("a/b.zip#c#d.html", {"a/b.zip"}), entry_of("a/#1.html", {"a/#1.html"}), entry_of("x", {"a"})
    ('a/b.zip', 'a/#1.html', None)
    """
    place = locator
    while place not in entries:
        place, sign, _ = place.rpartition("#")
        if not sign:
            return None
    return place
