"""What the words on the page say of its fields: bylines and stamps beside the headline. The same code reads HTML and text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from pipeline.describe.config import DescribeConfig
from pipeline.describe.jsonld import fold_title
from pipeline.describe.mixed import loose_date, opening_date, read_mixed
from pipeline.readers.bylines import Byline, has_label, is_label, read_byline
from pipeline.readers.names import read_names
from pipeline.readers.stamps import LONGEST, Role, Stamp, label_role, read_stamps
from pipeline.readers.tables import has_digit
from pipeline.records import Block, Candidate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from pipeline.readers.dates import DateReading, Order

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
        score = _likeness(folded, given, words) * (1.0 if folded.count(" ") >= _TITLE_WORDS - 1 else 0.5)
        if score and block.kind == "heading":
            score += 0.5
        if score > best[0]:
            best = (score, index)
    if best[1] >= 0:
        return best[1]
    return next((i for i, b in enumerate(blocks) if b.kind == "heading" and b.level == 1), -1)


_LONGEST_HEADLINE = 300
_LEAST_LIKE = 0.49
_TITLE_WORDS = 3
"""Shorter blocks count half: they are as often a rubric or the site's name, which other titles hold too."""


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
    region = _region(base, blocks, anchor, config.visible_blocks)
    read = _read(base, region, language, order, now if config.relative_dates else None)
    if order is None and any(not candidate.extra.get("iso", "?") for candidate in read) and (order := printed_order(base)):
        read = _read(base, region, language, order, now if config.relative_dates else None)
    found.extend(read)
    if not any(candidate.field in ("published", "date") for candidate in found):
        found.extend(_opening(base, blocks[anchor + 1 : anchor + 1 + config.visible_blocks], language, order))
        found.extend(_stamps_below(base, blocks, language, order))
    if not any(candidate.field == "author" for candidate in found):
        found.extend(_below(base, blocks, language))
        if anchor >= 0:
            found.extend(_alone(base, region, blocks[anchor], {candidate.start for candidate in found if candidate.field in _DATED}))
    return tuple(found)


def _read(base: str, region: Iterable[tuple[int, int]], language: str | None, order: Order | None, now: str | None) -> list[Candidate]:
    reader = _Reader(base, language, order, now)
    return [candidate for start, end in region for candidate in reader.read(start, end)]


_NUMERIC = re.compile(r"(?<![\d/.\-])(?P<a>\d{1,2})(?P<mark>[/.\-])(?P<b>\d{1,2})(?P=mark)(?:19|20)\d\d(?![\d/\-])")
_MOST_READ = 50_000


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


_MONTHS = 12
_DATED = frozenset({"published", "modified", "date"})


class _Reader:
    """Reads line after line; remembers a label whose names or date stand on the next line."""

    def __init__(self, base: str, language: str | None, order: Order | None, now: str | None) -> None:
        self._base, self._language, self._order, self._now = base, language, order, now
        self._label = -1
        self._role: Role | None = None

    def read(self, start: int, end: int) -> list[Candidate]:
        """Return the candidates of the line `base[start:end]`."""
        line, label, role = self._base[start:end], self._label, self._role
        self._label, self._role = -1, None
        if self._now is not None or has_digit(line):
            stamps = read_stamps(line, language=self._language, order=self._order, now=self._now)
            if stamps:
                return _stamp_candidates(_labelled_stamps(stamps, role), start, "line")
        elif len(line) <= _LONGEST_LABEL:
            self._role = role_of_label(line)
        byline = read_byline(line, language=self._language, order=self._order)
        mixed = read_mixed(line, language=self._language, order=self._order) if byline is None else None
        byline, stamps = (byline, byline.stamps) if byline else (mixed.byline, mixed.stamps) if mixed else (None, ())
        if byline and not byline.certain and byline.stamps and "/" in line[byline.stamps[-1].end : byline.names[0].start]:
            byline = None  # rubrics after a date: "May 3, 2020/Living Well/Food"
        if byline is None and label >= 0 and end - label <= LONGEST and (joined := self._below_label(label, start, line)):
            return _joined(self._base, joined, label, end)
        self._label = start if len(line) <= _LONGEST_LABEL and is_label(line) else -1
        found = (_byline_candidates(byline, start, "line") if byline else []) + _stamp_candidates(stamps, start, "line")
        loose = None if stamps else loose_date(line, language=self._language, order=self._order)
        return found + ([_loose_candidate(loose, start)] if loose else [])

    def _below_label(self, label: int, start: int, line: str) -> Byline | None:
        """Read the names under a label that stands alone; what follows a name on the line ("Jane - Editor") does not count."""
        words = " ".join(self._base[label:start].split()[:6])
        name = _NAME_PART.split(line, maxsplit=1)[0]
        forms = [f"{words} {line}", f"{words.rstrip(' :')}: {name}"] if len(name.split()) <= _MOST_NAME_WORDS else [f"{words} {line}"]
        return next((byline for form in forms if (byline := read_byline(form, language=self._language))), None)


_NAME_PART = re.compile(r"\s[–—-]\s|\s?[|•·(]\s?|,\s")
_MOST_NAME_WORDS = 3


def role_of_label(line: str) -> Role | None:
    """Return what a line that is only a stamp's label says of the date on the next line ("Published", "Last updated:")."""
    role = label_role(line) if line.strip(" :").isalpha() or " " in line.strip() else None
    return role if role in ("published", "modified") else None


def _labelled_stamps(stamps: tuple[Stamp, ...], role: Role | None) -> tuple[Stamp, ...]:
    """Give a line's first date the role that the label on the line before gave it."""
    if role is None or stamps[0].role != "unknown":
        return stamps
    return (msgspec.structs.replace(stamps[0], role=role), *stamps[1:])


def _loose_candidate(reading: DateReading, shift: int) -> Candidate:
    span = (shift + reading.start, shift + reading.end)
    return Candidate(field="date", value=reading.raw, source="line-loose", start=span[0], end=span[1], extra={"iso": reading.iso or ""})


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


def _alone(base: str, region: Sequence[tuple[int, int]], headline: Block, dated: AbstractSet[int]) -> list[Candidate]:
    """Return the name that stands alone on a line right under the headline, beside a stamp's line.

    Args:
        base: the base text.
        region: the lines around the headline.
        headline: its block; a line of the headline's own words is its topic.
        dated: where the dates of the lines begin.
    """
    under = [span for span in region if span[0] >= headline.end][:_UNDER]
    stamped = [any(start <= at < end for at in dated) for start, end in under]
    title = set(fold_title(base[headline.start : headline.end]).split())
    for index, (start, end) in enumerate(under):
        line = base[start:end]
        if stamped[index] or not any(stamped[max(0, index - 1) : index + 2]) or not _NAME_LINE.fullmatch(line):
            continue
        listing = read_names(line)
        whole = len(listing.names) == 1 and not listing.rest and listing.names[0].name == line and listing.names[0].type == "person"
        if whole and base.find(line, 0, headline.start) < 0 and not title & set(fold_title(line).split()):
            return [Candidate(field="author", value=line, source="line-alone", start=start, end=end, extra={"type": "person"})]
    return []


_UNDER = 4
"""Lines under the headline among which a name without a label is the author's."""
_NAME_LINE = re.compile(
    r"[^\W\d_a-z]\S{0,20}(?:\s(?:de|da|van|von|der|den|di|la|le|al|el|bin|ter|do|dos|zu)){0,2}(?:\s[^\W\d_a-z]\S{0,24}){1,3}"
)


def _opening(base: str, blocks: Sequence[Block], language: str | None, order: Order | None) -> list[Candidate]:
    """Return the date with which the first long block opens."""
    first = next((block for block in blocks if block.end - block.start >= _LONG), None)
    reading = opening_date(base[first.start : first.end], language=language, order=order) if first else None
    return [_loose_candidate(reading, first.start)] if first and reading else []


def _stamps_below(base: str, blocks: Sequence[Block], language: str | None, order: Order | None) -> list[Candidate]:
    """Return the stamps anywhere on the page that say of one day only that it is the day of publication."""
    found: list[Candidate] = []
    role: Role | None = None
    for block in blocks[:_MOST_BLOCKS]:
        line, label = base[block.start : block.end], role
        role = None
        if block.end - block.start > LONGEST or not (has_digit(line) or len(line) <= _LONGEST_LABEL):
            continue
        if not has_digit(line):
            role = role_of_label(line)
            continue
        for start, end in _lines(base, block):
            stamps = read_stamps(base[start:end], language=language, order=order)
            named = [stamp for stamp in (_labelled_stamps(stamps, label) if stamps else ()) if stamp.role == "published"]
            found.extend(_stamp_candidates(named, start, "line-below"))
    return found if len({str(candidate.extra["iso"])[:10] for candidate in found}) == 1 else []


_LONGEST_LABEL = 40
_MOST_BLOCKS = 1500
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
