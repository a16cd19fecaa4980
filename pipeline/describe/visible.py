"""What the words on the page say of its fields: bylines and stamps beside the headline. The same code reads HTML and text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from pipeline.describe.config import DescribeConfig
from pipeline.describe.jsonld import fold_title
from pipeline.readers.bylines import Byline, has_label, is_label, read_byline
from pipeline.readers.dates import DateReading, Order, read_date
from pipeline.readers.stamps import LONGEST, Stamp, label_role, read_stamps
from pipeline.readers.tables import has_digit
from pipeline.records import Block, Candidate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_BEFORE = 4
"""Blocks before the headline that may hold a stamp or a byline."""
_LONG = 200
"""Code points of a block that is body; after the third, bylines are other articles'."""
_MOST_LONG = 3


def headline_block(base: str, blocks: Sequence[Block], titles: Iterable[str]) -> int:
    """Return the index of the block that shows the page's headline, or -1.

    Args:
        base: the base text.
        blocks: its blocks.
        titles: titles that metadata give, as printed.
    """
    given = [folded for folded in dict.fromkeys(map(fold_title, titles)) if folded]
    words = [set(title.split()) for title in given]
    known = frozenset().union(*words)
    longest = 2 * max((len(title) for title in given), default=0) + 20
    best: tuple[float, int] = (_LEAST_LIKE, -1)
    for index, block in enumerate(blocks[:_MOST_BLOCKS]):
        if block.end - block.start > min(longest, _LONGEST_HEADLINE):
            continue
        folded = fold_title(base[block.start : block.end])
        if folded.partition(" ")[0] not in known:
            continue
        score = _likeness(folded, given, words)
        if score and block.kind == "heading":
            score += 0.5
        if score > best[0]:
            best = (score, index)
    if best[1] >= 0:
        return best[1]
    return next((i for i, b in enumerate(blocks) if b.kind == "heading" and b.level == 1), -1)


_LONGEST_HEADLINE = 300
_LEAST_LIKE = 0.5


def _likeness(folded: str, titles: Sequence[str], words: Sequence[set[str]]) -> float:
    """Return how much a block reads like the titles: the sum of the shares of each that it covers.

    A site's name covers little of every title, the headline nearly all. Words in another order count where nearly all are the title's.
    """
    score = 0.0
    unique = set(folded.split())
    for title, known in zip(titles, words, strict=True):
        if folded and folded in title:
            score += len(folded) / len(title)
        elif len(unique) > 2 and (shared := len(unique & known)) > 2 and shared >= 0.75 * len(unique) and shared >= 0.55 * len(known):
            score += 0.9 * shared / max(len(unique), len(known))
    return score


def _lines(base: str, block: Block) -> list[tuple[int, int]]:
    """Return the spans of a block's lines and cells without outer space."""
    spans, position = [], block.start
    for piece in base[block.start : block.end].replace("\t", "\n").split("\n"):
        left = position + len(piece) - len(piece.lstrip())
        if piece.strip():
            spans.append((left, left + len(piece.strip())))
        position += len(piece) + 1
    return spans


def _region(base: str, blocks: Sequence[Block], anchor: int, most: int) -> list[tuple[int, int]]:
    """Return the lines around the headline in which bylines and stamps stand, in order."""
    spans: list[tuple[int, int]] = []
    long = 0
    first = max(0, anchor - _BEFORE) if anchor >= 0 else 0
    for index in range(first, min(len(blocks), max(anchor, 0) + most + 1)):
        block = blocks[index]
        if block.end - block.start >= _LONG and index > anchor:
            long += 1
            if long >= _MOST_LONG:
                break
        if index != anchor and block.end - block.start <= 4 * LONGEST:
            spans.extend(span for span in _lines(base, block) if span[1] - span[0] <= LONGEST + 60)
    return spans


def _byline_candidates(byline: Byline, shift: int, source: str) -> list[Candidate]:
    extra = {"certain": byline.certain}
    return [
        Candidate(
            field="author",
            value=name.name,
            source=source,
            start=shift + name.start,
            end=shift + name.end,
            extra=extra | {"type": name.type},
        )
        for name in byline.names
    ]


def _stamp_candidates(stamps: Iterable[Stamp], shift: int, source: str) -> list[Candidate]:
    fields = {"published": "published", "modified": "modified", "unknown": "date"}
    return [
        Candidate(
            field=fields[s.role], value=s.date.raw, source=source, start=shift + s.start, end=shift + s.end, extra={"iso": s.date.iso or ""}
        )
        for s in stamps
    ]


def collect_visible(
    base: str,
    blocks: Sequence[Block],
    *,
    titles: Iterable[str] = (),
    language: str | None = None,
    order: Order | None = None,
    now: str | None = None,
    config: DescribeConfig | None = None,
) -> tuple[Candidate, ...]:
    """Return the bylines and stamps that stand near the headline, and the headline.

    Args:
        base: the base text.
        blocks: its blocks in order.
        titles: titles that metadata give, as printed; they find the headline's block.
        language: BCP 47 code of the page.
        order: order of day and month in digits, where the page shows it.
        now: ISO time of fetching, for relative stamps.
        config: budgets.

    Returns:
        Candidates with base spans: fields "author", "published", "modified", "date" and "title".
    """
    config = config or DescribeConfig()
    anchor = headline_block(base, blocks, titles)
    found: list[Candidate] = []
    if anchor >= 0:
        block = blocks[anchor]
        found.append(
            Candidate(field="title", value=" ".join(base[block.start : block.end].split()), source="line", start=block.start, end=block.end)
        )
    reader = _Reader(base, language, order, now if config.relative_dates else None)
    for start, end in _region(base, blocks, anchor, config.visible_blocks):
        found.extend(reader.read(start, end))
    if not any(candidate.field == "author" for candidate in found):
        found.extend(_below(base, blocks, language))
    return tuple(found)


class _Reader:
    """Reads line after line; remembers a label whose names stand on the next line."""

    def __init__(self, base: str, language: str | None, order: Order | None, now: str | None) -> None:
        self._base, self._language, self._order, self._now = base, language, order, now
        self._label = -1

    def read(self, start: int, end: int) -> list[Candidate]:
        """Return the candidates of the line `base[start:end]`."""
        line, label = self._base[start:end], self._label
        self._label = -1
        if self._now is not None or has_digit(line):
            stamps = read_stamps(line, language=self._language, order=self._order, now=self._now)
            if stamps:
                return _stamp_candidates(stamps, start, "line")
        byline = read_byline(line, language=self._language, order=self._order) or _partly(line, self._language)
        if byline is None and label >= 0 and end - label <= LONGEST:
            words = " ".join([*self._base[label:start].split(), ""][:6])
            joined = read_byline(words + line, language=self._language)
            return _joined(self._base, joined, label, end) if joined else []
        self._label = start if len(line) <= _LONGEST_LABEL and is_label(line) else -1
        found = _byline_candidates(byline, start, "line") + _stamp_candidates(byline.stamps, start, "line") if byline else []
        loose = None if byline and byline.stamps else _loose_date(line, self._language, self._order)
        if loose is not None:
            span = (start + loose.start, start + loose.end)
            extra = {"iso": loose.iso or ""}
            found.append(Candidate(field="date", value=loose.raw, source="line-loose", start=span[0], end=span[1], extra=extra))
        return found


_MOST_WORDS = 7


def _loose_date(line: str, language: str | None, order: Order | None) -> DateReading | None:
    """Read the date of a short line of furniture that holds other words too: "Press release of 20.01.2022"."""
    if len(line) > 110 or line.endswith((".", "!", "?", ":", "…")) or not has_digit(line):
        return None
    reading = read_date(line, language=language, order=order)
    if reading is None or reading.iso is None or len(reading.iso) < 10:
        return None
    rest = line[: reading.start] + " " + line[reading.end :]
    return (
        reading
        if len(rest.split()) <= _MOST_WORDS and not has_digit(rest) and label_role(rest) != "modified" and not _LATE.search(rest)
        else None
    )


_LATE = re.compile(
    r"updat|modif|aktualis|mis à jour|actualiz|bearbeit|geändert|review|©|\(c\)|copyright|until|bis zum|deadline|expires", re.IGNORECASE
)
_PARTS = re.compile(r"\s{0,2}[|•·⋅–—@]\s{0,2}|\s(?:in|on|am|um|at)\s|(?<=[a-z)])\.\s|\s{2,}")
_MOST_PARTS = 8


def _partly(line: str, language: str | None) -> Byline | None:
    """Read the labelled byline among other furniture: "Published: 5 May 2020 | Author: jane | Filed under: Rain"."""
    edges = [0, *(edge for match in list(_PARTS.finditer(line))[:_MOST_PARTS] for edge in match.span()), len(line)]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        part = line[start:end]
        if len(part) < 100 and has_label(part) and (byline := read_byline(part, language=language)) is not None and byline.certain:
            names = tuple(msgspec.structs.replace(name, start=name.start + start, end=name.end + start) for name in byline.names)
            return msgspec.structs.replace(byline, names=names, stamps=(), place=None)
    return None


def _below(base: str, blocks: Sequence[Block], language: str | None) -> list[Candidate]:
    """Return bylines with a label of their own ("Written by Jane Doe", "Author:") anywhere on the page."""
    found: list[Candidate] = []
    label = -1
    for block in blocks[:_MOST_BLOCKS]:
        if block.end - block.start > 120:
            label = -1
            continue
        line = base[block.start : block.end]
        byline = read_byline(line, language=language) if has_label(line, strong=True) else None
        if byline is not None:
            found.extend(_byline_candidates(byline, block.start, "line-below"))
        elif label >= 0 and block.end - label <= LONGEST and (byline := read_byline(base[label : block.end].replace("\n\n", ": ", 1))):
            found.extend(msgspec.structs.replace(c, source="line-below") for c in _joined(base, byline, label, block.end))
        label = block.start if len(line) <= _LONGEST_LABEL and has_label(line + ": x", strong=True) and is_label(line) else -1
    return [c for c in found if c.extra.get("type") == "person" and " " in c.value][:4]


_LONGEST_LABEL = 40
_MOST_BLOCKS = 400
"""Blocks that are looked through for a labelled byline; articles of a thousand paragraphs have theirs at an end."""


def _joined(base: str, byline: Byline, start: int, end: int) -> list[Candidate]:
    """Return candidates of a byline whose label and names stand on two lines; spans are found again in the base text."""
    found = []
    for name in byline.names:
        at = base.find(name.name, start, end)
        if at >= 0:
            extra = {"certain": byline.certain, "type": name.type}
            found.append(Candidate(field="author", value=name.name, source="line", start=at, end=at + len(name.name), extra=extra))
    return found
