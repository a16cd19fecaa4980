"""Lines of the base text as candidates: what a byline or a stamp says, with spans of the base text."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import msgspec

from pipeline.lines.tables import rows
from pipeline.lines.timestamps import Role, Stamp, label_role
from pipeline.spans import Candidate
from pipeline.text.folding import fold_word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.lines.bylines import Byline
    from pipeline.lines.dates import DateReading
    from pipeline.spans import Block

LONGEST_LABEL = 40
_LONGEST_WORD = 60
_FIELDS = {"published": "published", "modified": "modified", "unknown": "date"}


def lines_of(base: str, block: Block) -> list[tuple[int, int]]:
    """Return the spans of a block's lines and cells without outer space."""
    text = base[block.start : block.end]
    if "\n" not in text and "\t" not in text:
        return [(block.start, block.end)] if text and not (text[0].isspace() or text[-1].isspace()) else _stripped(text, block.start)
    spans, position = [], block.start
    for piece in text.replace("\t", "\n").split("\n"):
        spans.extend(_stripped(piece, position))
        position += len(piece) + 1
    return spans


def _stripped(piece: str, position: int) -> list[tuple[int, int]]:
    left = position + len(piece) - len(piece.lstrip())
    return [(left, left + len(piece.strip()))] if piece.strip() else []


def byline_candidates(byline: Byline, shift: int, source: str) -> list[Candidate]:
    """Return a byline's names as candidates; `shift` is where its line begins."""
    return [
        Candidate(
            field="author",
            value=name.name,
            source=source,
            start=shift + name.start,
            end=shift + name.end,
            extra={"certain": byline.certain, "type": name.type, "line": shift},
        )
        for name in byline.names
    ]


def stamp_candidates(stamps: Iterable[Stamp], shift: int, source: str) -> list[Candidate]:
    """Return stamps as candidates; `shift` is where their line begins."""
    return [
        Candidate(
            field=_FIELDS[s.role],
            value=s.date.raw,
            source=source,
            start=shift + s.start,
            end=shift + s.end,
            extra={"iso": s.date.iso or ""},
        )
        for s in stamps
    ]


def undated(candidate: Candidate) -> Candidate:
    """Return a stamp as printed words without a day: "3 hours ago" on a page whose time of fetching nobody knows."""
    return msgspec.structs.replace(candidate, extra={"iso": ""})


def loose_candidate(reading: DateReading, shift: int) -> Candidate:
    """Return a date among other words as a candidate."""
    return Candidate(
        field="date",
        value=reading.raw,
        source="line-loose",
        start=shift + reading.start,
        end=shift + reading.end,
        extra={"iso": reading.iso or ""},
    )


def joined_candidates(base: str, byline: Byline, start: int, end: int, source: str) -> list[Candidate]:
    """Return candidates of a byline whose label and names stand on two lines; spans are found again in the base text."""
    found = []
    for name in byline.names:
        at = base.find(name.name, start, end)
        if at >= 0:
            extra = {"certain": byline.certain, "type": name.type, "line": start}
            found.append(Candidate(field="author", value=name.name, source=source, start=at, end=at + len(name.name), extra=extra))
    return found


@functools.cache
def _label_words() -> frozenset[str]:
    """Return the first words of the labels that say published or modified."""
    return frozenset(phrase.split()[0] for kind, _, words, _ in rows("stamps") if kind != "unknown" and (phrase := fold_word(words)))


def opens_with_label(line: str) -> bool:
    """Return, cheaply, whether a line's first word begins a label that says published or modified.

    >>> opens_with_label("Published: 3 May 2020"), opens_with_label("3 May 2020")
    (True, False)
    """
    return bool(words := line.split(None, 1)) and _opens_label(words[0])


@functools.lru_cache(maxsize=4096)
def _opens_label(word: str) -> bool:
    return len(word) <= _LONGEST_WORD and fold_word(word.rstrip(":：.,")) in _label_words()


def role_of_label(line: str) -> Role | None:
    """Return what a line that is only a stamp's label says of the date on the next line.

    >>> role_of_label("Last updated:"), role_of_label("Published"), role_of_label("Rain")
    ('modified', 'published', None)
    """
    role = label_role(line) if opens_with_label(line) else None
    return role if role in ("published", "modified") else None


def labelled_stamps(stamps: tuple[Stamp, ...], role: Role | None) -> tuple[Stamp, ...]:
    """Give a line's first date the role that the label on the line before gave it."""
    if role is None or not stamps or stamps[0].role != "unknown":
        return stamps
    return (msgspec.structs.replace(stamps[0], role=role), *stamps[1:])
