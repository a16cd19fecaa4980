"""What the words on the page say of its fields: bylines and stamps beside the headline. The same code reads HTML and text."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.config import DescribeConfig
from pipeline.describe.sources.candidates import (
    LONGEST_LABEL,
    byline_candidates,
    joined_candidates,
    labelled_stamps,
    lines_of,
    loose_candidate,
    role_of_label,
    stamp_candidates,
    undated,
)
from pipeline.describe.sources.elsewhere import before_comments, bylines_below, first_published, names_alone, opening, stamps_below
from pipeline.describe.sources.headline_block import headline_block
from pipeline.describe.sources.settled import settled
from pipeline.lines.byline_variants import agency_line, name_at, near_byline, others_in, without_others
from pipeline.lines.bylines import Byline, has_label, is_label, read_byline
from pipeline.lines.datelines import read_dateline, reporters
from pipeline.lines.meta_lines import loose_date, read_mixed, without_counters
from pipeline.lines.names import Name
from pipeline.lines.relative_dates import relative_span
from pipeline.lines.stamped_names import lists_people, stamped_name
from pipeline.lines.tables import has_digit
from pipeline.lines.timestamps import LONGEST, Role, read_stamps
from pipeline.spans import Block, Candidate
from pipeline.text.expressions import expression
from pipeline.text.folding import fold_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipeline.lines.dates import Order

_BEFORE = 4
"""Blocks before the headline that may hold a stamp or a byline."""
_LONG = 200
"""Code points of a block that is body; after the third, bylines are other articles'."""
_MOST_LONG = 3
_SENTENCE = 80
"""Code points of a block that is body if it ends like a sentence."""
_MOST_PROSE = 700
"""Code points of body after which bylines and stamps are other articles' too, where paragraphs are short."""


def _region(base: str, blocks: Sequence[Block], anchor: int, most: int) -> list[tuple[int, int]]:
    """Return the lines around the headline in which bylines and stamps stand, in order."""
    spans: list[tuple[int, int]] = []
    long = prose = 0
    first = max(0, anchor - _BEFORE) if anchor >= 0 else max(0, _body(blocks) - most)
    for index in range(first, min(len(blocks), max(anchor, first) + most + 1)):
        block = blocks[index]
        if index > anchor and block.kind != "heading":
            size = block.end - block.start
            prose += size if size >= _LONG or (size >= _SENTENCE and base[block.end - 1] in ".!?。！？") else 0
            long += size >= _LONG
            if long >= _MOST_LONG or prose >= _MOST_PROSE:
                break
        if index != anchor and block.end - block.start <= 4 * LONGEST:
            spans.extend(span for span in lines_of(base, block) if span[1] - span[0] <= LONGEST + 60)
    return spans


def _body(blocks: Sequence[Block]) -> int:
    """Return the index of the first of two long blocks near each other, 0 where none are: there a page without headline begins."""
    long = [index for index, block in enumerate(blocks) if block.end - block.start >= _LONG and block.kind != "heading"]
    return next((one for one, other in pairwise(long) if other - one <= _BEFORE), 0)


def collect_near_headline(
    base: str,
    blocks: Sequence[Block],
    *,
    told: Sequence[Candidate] = (),
    language: str | None = None,
    order: Order | None = None,
    now: str | None = None,
    config: DescribeConfig | None = None,
) -> tuple[Candidate, ...]:
    """Return the bylines and stamps that stand near the headline, and the headline.

    Args:
        base: the base text.
        blocks: its blocks in order.
        told: what `collect_markup` found; its titles find the headline's block, and what it settles is not looked for far from there.
        language: BCP 47 code of the page.
        order: order of day and month in digits, where the page's language or country says it; else the page's other dates may.
        now: ISO time of fetching, for relative stamps.
        config: budgets.

    Returns:
        Candidates with base spans: fields "author", "published", "modified", "date" and "title".
    """
    config = config or DescribeConfig()
    titles = dict.fromkeys(c.value for c in told if c.field == "title" and not c.extra.get("aside"))
    anchor = headline_block(base, blocks, titles)
    found = [_shown(base, blocks[anchor])] if anchor >= 0 else []
    story = before_comments(base, blocks[max(0, anchor) :])
    stop = story[-1].end if story else 0
    region = [span for span in _region(base, blocks, anchor, config.visible_blocks) if span[1] <= stop]
    order = told_order(base, told) or order
    now = now if config.relative_dates else None
    close = _close(blocks, anchor)
    read = _read(base, region, close, language, order, now)
    if order is None and any(not candidate.extra.get("iso", "?") for candidate in read) and (order := printed_order(base)):
        read = _read(base, region, close, language, order, now)
    found.extend(read)
    found.extend(others_in(base, region) if any(candidate.field == "author" for candidate in (*told, *read)) else ())
    found.extend(_reporting(base, region))
    known = settled(told) | {candidate.field for candidate in read if candidate.source != "line-loose"}
    after = blocks[max(0, anchor - _BEFORE) :]
    found.extend(first_published(base, language, order))
    if not known & _DATED:
        head = anchor + 1 if anchor >= 0 else _body(blocks)
        found.extend(opening(base, blocks[head : head + config.visible_blocks], language, order))
        found.extend(stamps_below(base, before_comments(base, after), language, order))
    if "author" not in settled(told) and not any(c.field == "author" and c.extra.get("type") == "person" for c in read):
        found.extend(bylines_below(base, after, language))
    if not any(candidate.field == "author" for candidate in found):
        found.extend(_employed(base, [span for span in region if close[0] <= span[0] < close[1]], told))
    if anchor >= 0 and not any(candidate.field == "author" for candidate in read):
        stamped = {candidate.start for candidate in read if candidate.field in ("published", "modified", "date")}
        named = {fold_word(candidate.value) for candidate in told if candidate.field == "author"}
        found.extend(names_alone(base, region, blocks[anchor], stamped, named, titles))
    return tuple(found)


_DATED = frozenset({"published", "date"})


def _shown(base: str, block: Block) -> Candidate:
    """Return the headline's block as a title."""
    return Candidate(
        field="title",
        value=" ".join(base[block.start : block.end].split()),
        source="line",
        start=block.start,
        end=block.end,
        extra={"heading": True} if block.kind == "heading" else {},
    )


def _reporting(base: str, region: Iterable[tuple[int, int]]) -> Iterator[Candidate]:
    """Yield the reporters that a Chinese dateline names at the start of a paragraph."""
    for start, end in region:
        head = base[start : min(end, start + _DATELINE)]
        if ("记者" in head or "記者" in head) and (reading := read_dateline(head)) is not None:
            yield from (
                Candidate(field="author", value=name, source="dateline", extra={"type": "person"}) for name in reporters(reading.raw)
            )


def _employed(base: str, spans: Iterable[tuple[int, int]], told: Sequence[Candidate]) -> Iterator[Candidate]:
    """Yield the names that stand on lines beside the name of the paper itself."""
    employers = {fold_word(c.value.strip(" ,")) for c in told if c.field in ("site", "publisher") or c.extra.get("type") == "organization"}
    for start, end in spans if employers else ():
        if byline := name_at(base[start:end], employers):
            yield from byline_candidates(byline, start, "line")


def _close(blocks: Sequence[Block], anchor: int) -> tuple[int, int]:
    """Return the span of the blocks right beside the headline, (0, 0) where none was found."""
    return (blocks[max(0, anchor - _CLOSE)].start, blocks[min(len(blocks) - 1, anchor + 2 * _CLOSE)].end) if anchor >= 0 else (0, 0)


_CLOSE = 2
_DATELINE = 80
"""Code points of a paragraph that are read for a dateline with reporters."""
_MOST_LOOKED = 12
"""Lines beside the headline in which a name without label is looked for: each may cost searches through the whole text."""


def _read(
    base: str, region: Iterable[tuple[int, int]], close: tuple[int, int], language: str | None, order: Order | None, now: str | None
) -> list[Candidate]:
    reader = _Reader(base, close, language, order, now)
    return [candidate for start, end in region for candidate in reader.read(start, end)]


_NUMERIC = expression(r"(?<![\d/.\-])(?P<a>\d{1,2})(?P<mark>[/.\-])(?P<b>\d{1,2})(?P=mark)(?:19|20)\d\d(?![\d/\-])")
_MOST_READ = 50_000
_MONTHS = 12


def printed_order(base: str) -> Order | None:
    """Return the order of day and month that the page's other dates show, None where they show none or both.

    >>> printed_order("Posted 3/4/2025. Older: 3/27/2025"), printed_order("13.11.2024, 12/31/2024"), printed_order("1/2/2024")
    ('mdy', None, None)
    """
    orders: set[Order] = set()
    for match in _NUMERIC.finditer(base, 0, _MOST_READ):
        first, second = int(match["a"]), int(match["b"])
        if first > _MONTHS >= second > 0:
            orders.add("dmy")
        elif second > _MONTHS >= first > 0:
            orders.add("mdy")
    return orders.pop() if len(orders) == 1 else None


def told_order(base: str, told: Iterable[Candidate]) -> Order | None:
    """Return the order of day and month in which a printed date is a day that the page's markup names, None where both or none are.

    >>> day = Candidate(field="published", value="2024-10-12T08:00:00Z", source="time")
    >>> told_order("10/12/2024 7:38 PM", [day]), told_order("12/10/2024", [day]), told_order("3/4/2024", [day])
    ('mdy', 'dmy', None)
    """
    days = {candidate.value[:_DAY] for candidate in told if candidate.field in _DAYS}
    orders: set[Order] = set()
    for match in _NUMERIC.finditer(base, 0, _MOST_READ) if days else ():
        year, first, second = match[0][-4:], int(match["a"]), int(match["b"])
        if first != second:
            orders |= {"mdy"} if f"{year}-{first:02d}-{second:02d}" in days else set()
            orders |= {"dmy"} if f"{year}-{second:02d}-{first:02d}" in days else set()
    return orders.pop() if len(orders) == 1 else None


_DAYS = frozenset({"published", "modified", "date", "created"})
_DAY = 10


def _is_prose(line: str) -> bool:
    """Return, cheaply, whether a line without a digit is no byline: no label opens it, and it is long or ends like a sentence."""
    return line.isascii() and (len(line) > _LONGEST_NAMES or line[-1] in ".!?:") and not has_label(line)


_LONGEST_NAMES = 100


class _Reader:
    """Reads line after line; remembers a label whose names or date stand on the next line."""

    def __init__(self, base: str, close: tuple[int, int], language: str | None, order: Order | None, now: str | None) -> None:
        self._base, self._close, self._language, self._order, self._now = base, close, language, order, now
        self._label = -1
        self._role: Role | None = None
        self._looked = 0
        self._listed = False

    def read(self, start: int, end: int) -> list[Candidate]:
        """Return the candidates of the line `base[start:end]`."""
        line, label, role, listed = self._base[start:end], self._label, self._role, self._listed
        self._label, self._role, self._listed = -1, None, False
        digits, short = has_digit(line), len(line) <= LONGEST_LABEL
        if digits or self._now is not None:
            stamps = read_stamps(line, language=self._language, order=self._order, now=self._now)
            if stamps:
                return stamp_candidates(labelled_stamps(stamps, role), start, "line")
        if self._now is None and short and self._close[0] <= start < self._close[1] and relative_span(line):
            stamps = read_stamps(line, language=self._language, now=_SOME_TIME)
            if stamps:
                return [undated(candidate) for candidate in stamp_candidates(labelled_stamps(stamps, role), start, "line")]
        if short and not digits:
            self._role = role_of_label(line)
        if not digits and label < 0 and _is_prose(line):
            return []
        byline = read_byline(without_counters(line), language=self._language, order=self._order)
        byline = without_others(byline) if byline else None
        mixed = read_mixed(line, language=self._language, order=self._order) if byline is None else None
        if (
            byline is None
            and (mixed is None or mixed.byline is None)
            and (near := near_byline(line, language=self._language, order=self._order))
        ):
            byline, mixed = near, None
        if (
            byline is None
            and (mixed is None or mixed.byline is None)
            and digits
            and self._close[0] <= start < self._close[1]
            and self._looked < _MOST_LOOKED
        ):
            self._looked += 1
            byline = None if listed else stamped_name(self._base, start, end, language=self._language, order=self._order)
            mixed = mixed if byline is None or not byline.stamps else None
        byline, stamps = (byline, byline.stamps) if byline else (mixed.byline, mixed.stamps) if mixed else (None, ())
        if byline and not byline.certain and byline.stamps and "/" in line[byline.stamps[-1].end : byline.names[0].start]:
            byline = None  # rubrics after a date: "May 3, 2020/Living Well/Food"
        if byline is None and label >= 0 and end - label <= LONGEST and (under := self._below_label(label, start, line)):
            return joined_candidates(self._base, under, label, end, "line")
        self._label = start if short and is_label(line) else -1
        self._listed = byline is None and not digits and self._close[0] <= start < self._close[1] and lists_people(self._base, line)
        if byline is None and short and not digits and self._close[0] <= start < self._close[1] and (agency := agency_line(line)):
            at = line.rindex(agency)
            byline = Byline(names=(Name(at, at + len(agency), agency, "agency"),), place=None, stamps=(), certain=True)
        found = (byline_candidates(byline, start, "line") if byline else []) + stamp_candidates(stamps, start, "line")
        loose = None if stamps or not digits else loose_date(line, language=self._language, order=self._order)
        return [*found, loose_candidate(loose, start)] if loose else found

    def _below_label(self, label: int, start: int, line: str) -> Byline | None:
        """Read the names under a label that stands alone; what follows a name on the line ("Jane - Editor") does not count."""
        words = " ".join(self._base[label:start].split()[:6])
        name = _NAME_PART.split(line, maxsplit=1)[0]
        forms = [f"{words} {line}", f"{words.rstrip(' :')}: {name}"] if len(name.split()) <= _MOST_NAME_WORDS else [f"{words} {line}"]
        return next((byline for form in forms if (byline := read_byline(form, language=self._language))), None)


_SOME_TIME = "2000-01-01T00:00:00+00:00"
"""A time of fetching where none is known: with it relative stamps are read, and the days that they come to are thrown away."""
_NAME_PART = expression(r"\s[–—-]\s|\s?[|•·(]\s?|,\s")
_MOST_NAME_WORDS = 3
