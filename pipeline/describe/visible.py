"""What the words on the page say of its fields: bylines and stamps beside the headline. The same code reads HTML and text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.describe.config import DescribeConfig
from pipeline.describe.jsonld import fold_title
from pipeline.describe.titles import cuts
from pipeline.readers.bylines import Byline, is_label, read_byline
from pipeline.readers.dates import Order
from pipeline.readers.stamps import LONGEST, Stamp, read_stamps
from pipeline.records import Block, Candidate

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
    known = {form for title in titles for form in _forms(title) if form}
    heading = -1
    for index, block in enumerate(blocks):
        if block.end - block.start > 400:
            continue
        if block.kind == "heading" or block.end - block.start < 300:
            folded = fold_title(base[block.start : block.end])
            if folded and folded in known:
                if block.kind == "heading":
                    return index
                heading = index if heading < 0 else heading
    if heading >= 0:
        return heading
    return next((i for i, b in enumerate(blocks) if b.kind == "heading" and b.level == 1), -1)


def _forms(title: str) -> list[str]:
    """Return a title and its prefixes at separators, folded; a short prefix is as likely a section."""
    prefixes = [fold_title(title[start:end]) for start, end in cuts(title) if start == 0]
    return [fold_title(title), *(form for form in prefixes if len(form) >= 12)]


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
        Candidate(field="author", value=name.name, source=source, start=shift + name.start, end=shift + name.end, extra=extra | {"type": name.type})
        for name in byline.names
    ]


def _stamp_candidates(stamps: Iterable[Stamp], shift: int, source: str) -> list[Candidate]:
    fields = {"published": "published", "modified": "modified", "unknown": "date"}
    return [
        Candidate(field=fields[s.role], value=s.date.raw, source=source, start=shift + s.start, end=shift + s.end, extra={"iso": s.date.iso or ""})
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
        found.append(Candidate(field="title", value=" ".join(base[block.start : block.end].split()), source="line", start=block.start, end=block.end))
    spans = _region(base, blocks, anchor, config.visible_blocks)
    now = now if config.relative_dates else None
    label = -1
    for start, end in spans:
        line = base[start:end]
        stamps = read_stamps(line, language=language, order=order, now=now) if _may_date(line, now) else ()
        if stamps:
            found.extend(_stamp_candidates(stamps, start, "line"))
            label = -1
            continue
        byline = read_byline(line, language=language, order=order)
        if byline is None and label >= 0 and end - label <= LONGEST:
            byline, start = read_byline(" ".join((base[label:start].strip().split() + [""])[:6]) + base[start:end], language=language), label
            found.extend(_joined(base, byline, label, end) if byline else [])
            label = -1
            continue
        if byline:
            found.extend(_byline_candidates(byline, start, "line"))
            found.extend(_stamp_candidates(byline.stamps, start, "line"))
        label = start if is_label(line) else -1
    return tuple(found)


def _may_date(line: str, now: str | None) -> bool:
    return now is not None or any(char.isdecimal() for char in line)


def _joined(base: str, byline: Byline, start: int, end: int) -> list[Candidate]:
    """Return candidates of a byline whose label and names stand on two lines; spans are found again in the base text."""
    found = []
    for name in byline.names:
        at = base.find(name.name, start, end)
        if at >= 0:
            extra = {"certain": byline.certain, "type": name.type}
            found.append(Candidate(field="author", value=name.name, source="line", start=at, end=at + len(name.name), extra=extra))
    return found
