"""What stands apart from the headline's own lines: labelled bylines and stamps anywhere, a name alone, a date that opens the body."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from pipeline.describe.field_tables import first_phrases
from pipeline.describe.sources.candidates import (
    LONGEST_LABEL,
    byline_candidates,
    joined_candidates,
    labelled_stamps,
    lines_of,
    loose_candidate,
    opens_with_label,
    role_of_label,
    stamp_candidates,
)
from pipeline.lines.agencies import find_agency
from pipeline.lines.author_names import heads_author, opening_name
from pipeline.lines.byline_variants import is_name, is_nobody_else, is_role, near_byline, stands_alone
from pipeline.lines.bylines import has_label, is_label, read_byline
from pipeline.lines.datelines import is_place, read_dateline
from pipeline.lines.dates import read_date
from pipeline.lines.job_titles import is_job
from pipeline.lines.meta_lines import opening_date, read_mixed
from pipeline.lines.name_lists import read_names
from pipeline.lines.tables import byline_words, has_digit
from pipeline.lines.timestamps import LONGEST, read_stamps
from pipeline.spans import Candidate
from pipeline.text.expressions import expression
from pipeline.text.folding import fold_title, fold_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from pipeline.lines.dates import DateReading, Order
    from pipeline.lines.timestamps import Role
    from pipeline.spans import Block

_LONG = 200
"""Code points of a block that is body."""
_LONGEST_BYLINE = 120
_MOST_BLOCKS = 1500
"""Blocks that are looked through for a labelled byline; articles of a thousand paragraphs have theirs at an end."""
_INITIALS = 3
_MOST_NAMED = 4
_MOST_SIGNED = 3
"""Labelled lines with different names: more of them sign comments."""
_YEAR = expression(r"(?:19|20)\d\d|[^\x00-\x7f]\d|\d[^\x00-\x7f]|\d[./-]\d")
"""What no dated line lacks: a year, a date in digits, or a digit beside a character of another script."""


def before_comments(base: str, blocks: Sequence[Block]) -> Sequence[Block]:
    """Return the blocks before the heading of the comments below a story: whoever signs there commented on it, on another day.

    A counter of comments above the story is no heading.
    """
    prose = 0
    for index, block in enumerate(blocks[:_MOST_BLOCKS]):
        size = block.end - block.start
        prose += size if size >= _SENTENCE else 0
        if prose >= _LONG and size <= _LONGEST_HEADING and _COMMENTS.fullmatch(base, block.start, block.end):
            return blocks[:index]
    return blocks


_LONGEST_HEADING = 40
_COMMENTS = expression(
    r"(?:\d{1,5}\s)?(?:comments?|kommentare?|leserkommentare|commentaires?|comentarios?|comentários?|commenti|reacties|komentarze|komentáře"
    r"|kommentarer|kommentit|yorumlar|комментари[ий]|коментарі|hozzászólások|comentarii|σχόλια|評論|评论|コメント|댓글|التعليقات|תגובות"
    r"|bình luận|komentar)\s?(?:\(\d{1,5}\)|\d{1,5})?:?",
    re.IGNORECASE,
)


def bylines_below(base: str, blocks: Sequence[Block], language: str | None) -> list[Candidate]:
    """Return bylines with a label of their own ("Written by Jane Doe", "Author:") from the headline on, and whom a box is about.

    Behind the heading of the comments only the box counts.
    """
    story = before_comments(base, blocks)
    stop = story[-1].end if story else 0
    found: list[Candidate] = []
    signed: set[int] = set()
    books = -1
    label, listed, words = -1, -1, ""
    headed = False
    for start, end, alone in _lines(base, blocks[:_MOST_BLOCKS]):
        under, headed = headed, heads_author(base[start:end])
        if under and end - start > _LONGEST_BYLINE and (name := opening_name(base[start:end])):
            found.append(_person(name, base.index(name, start), "line-below", certain=True, line=start))
        if end - start > _LONGEST_BYLINE:
            label = listed = -1
            continue
        line = base[start:end]
        if _BOOK.match(line):
            found = [c for c in found if c.start < start - _LONGEST_BYLINE]
            books = end + _LONGEST_BYLINE
        labelled = books < start < stop and (has_label(line, strong=True) or (":" in line and has_label(line))) and (alone or ":" in line)
        byline = (read_byline(line, language=language) or near_byline(line, language=language)) if labelled else None
        if byline is not None:
            found.extend(byline_candidates(byline, start, "line-below"))
            signed.update({start} if byline.stamps and byline.certain else ())
        elif label >= 0 and line.isupper() and len(line) <= _INITIALS:
            continue  # in the place of a portrait
        elif label >= 0 and end - label <= LONGEST and (byline := read_byline(f"{words}: {line}")):
            found.extend(joined_candidates(base, byline, label, end, "line-below"))
            listed, label = (label if words.lower() in byline_words("plural") else -1), -1
            continue
        elif under and (name := opening_name(line) or (line if is_name(line) else None)):
            found.append(_person(name, base.index(name, start), "line-below", certain=True, line=start))
        elif listed >= 0 and (is_job(line.partition(",")[0]) or (line.isupper() and len(line) <= _INITIALS)):
            continue  # what the name above is, or the letters in the place of the next one's portrait
        elif listed >= 0 and is_name(line):
            found.append(_person(line, start, "line-below", certain=True, line=listed))
            continue
        listed = -1
        label, words = (start, line.rstrip(" :")) if labelled and len(line) <= LONGEST_LABEL and is_label(line) else (-1, "")
    if len({c.extra["line"] for c in found}) > _MOST_SIGNED and len({c.value for c in found}) > _MOST_SIGNED:
        return []  # comments: "Posted by Jane at 10:00"
    only = len({c.value for c in found}) == 1  # "Posted by ann on 3 May 2024" at the end of a post; several of them sign comments
    return [c for c in found if c.extra.get("type") == "person" and (" " in c.value or (only and c.extra["line"] in signed))][:_MOST_NAMED]


def _lines(base: str, blocks: Sequence[Block]) -> Iterator[tuple[int, int, bool]]:
    """Yield start and end of every line, and whether it is a block: in a block of several lines only "Author: Jane Doe" is a byline."""
    for block in blocks:
        lines = lines_of(base, block)
        for start, end in lines:
            yield start, end, len(lines) == 1


def stamps_below(base: str, blocks: Sequence[Block], language: str | None, order: Order | None) -> list[Candidate]:
    """Return the stamps from the headline on that say of one day only that it is the day of publication.

    Where none says it, the stamps of the page if all of them name one day: bare ones, and those of a change.
    """
    found: list[Candidate] = []
    role: Role | None = None
    for block in blocks[:_MOST_BLOCKS]:
        label, role = role, None
        if block.end - block.start > LONGEST:
            continue
        line = base[block.start : block.end]
        if not _YEAR.search(line):
            role = role_of_label(line) if len(line) <= LONGEST_LABEL else None
            continue
        for start, end in lines_of(base, block):
            line = base[start:end]
            signed = label is None and has_label(line)
            if label is None and line.isascii() and end - start > _LONGEST_STAMP and not (signed or opens_with_label(line)):
                continue
            stamps = read_stamps(line, language=language, order=order)
            if not stamps and label is None and (mixed := read_mixed(line, language=language, order=order)):
                stamps = mixed.stamps
            if not stamps and signed and (byline := near_byline(line, language=language, order=order)):
                stamps = byline.stamps
            found.extend(stamp_candidates(labelled_stamps(stamps, label), start, "line-below"))
    called = [candidate for candidate in found if candidate.field == "published"]
    if called:
        return called if _name_one_day(called) else []
    return [msgspec.structs.replace(candidate, source="line-far") for candidate in found] if _name_one_day(found) else []


def _name_one_day(stamps: Sequence[Candidate]) -> bool:
    return len({str(candidate.extra["iso"])[:10] for candidate in stamps}) == 1


_LONGEST_STAMP = 40
"""Code points of a bare date with its weekday and time."""
_LONGEST_DATE = 30
_MOST_SENTENCES = 8


def first_published(base: str, language: str | None, order: Order | None) -> list[Candidate]:
    """Return the day that a sentence calls that of the first publication, where the page says it of one day only.

    >>> [c.extra["iso"] for c in first_published("This story was originally published on 26 Sep 2019, but has been updated.", "en", None)]
    ['2019-09-26']
    """
    found: dict[str, Candidate] = {}
    for phrase in first_phrases(language or ""):
        start = 0
        for _ in range(_MOST_SENTENCES):
            at = base.find(phrase, start)
            if at < 0:
                break
            start = at + len(phrase)
            reading = read_date(base[start : start + _LONGEST_DATE], language=language, order=order)
            if reading is not None and reading.iso and reading.start == 0 and len(reading.iso) >= _DAY:
                found[reading.iso[:_DAY]] = msgspec.structs.replace(loose_candidate(reading, start), field="published", source="line-first")
    return list(found.values()) if len(found) == 1 else []


_DAY = 10


def opening(base: str, blocks: Sequence[Block], language: str | None, order: Order | None) -> list[Candidate]:
    """Return the date with which the first block of body opens."""
    first = next((block for block in blocks if block.kind != "heading" and _is_body(base, block)), None)
    reading = opening_date(base[first.start : first.end], language=language, order=order) if first else None
    if first and reading is None:
        reading = _dateline_day(base[first.start : min(first.end, first.start + _LONGEST_BYLINE)], language, order)
    return [loose_candidate(reading, first.start)] if first and reading else []


def _dateline_day(text: str, language: str | None, order: Order | None) -> DateReading | None:
    """Return the day of the dateline with which a text begins: "VALLEY TOWN, May 7, 2024 /Wire/ -- Rain"."""
    dateline = read_dateline(text) if has_digit(text) else None
    reading = read_date(text[: dateline.end], language=language, order=order) if dateline is not None and dateline.date_raw else None
    return reading if reading is not None and reading.iso and len(reading.iso) >= _DAY else None


def _is_body(base: str, block: Block) -> bool:
    """Return whether a block is long, or long enough for a sentence and ends like one."""
    size = block.end - block.start
    return size >= _LONG or (size >= _SENTENCE and base[block.end - 1] in ".!?。！？")


_SENTENCE = 80
_UNDER = 4
"""Lines under the headline among which a name without a label is the author's."""


def names_alone(
    base: str,
    region: Sequence[tuple[int, int]],
    headline: Block,
    dated: AbstractSet[int],
    told: AbstractSet[str],
    titles: Iterable[str] = (),
) -> list[Candidate]:
    """Return the names that stand alone on lines right under the headline, beside a stamp's line or above a job's.

    Args:
        base: the base text.
        region: the lines around the headline.
        headline: its block; a line of the headline's own words is its topic.
        dated: where the dates of the lines begin.
        told: folded names that metadata give; one of them proves a list.
        titles: the page's titles; a line of their words is their topic too, but for a name before or behind all else.
    """
    under = [span for span in region if span[0] >= headline.end][: _UNDER + 1]
    stamped = [any(start <= at < end for at in dated) for start, end in under]
    title = set(fold_title(base[headline.start : headline.end]).split())
    known = {fold_title(name) for name in titles}
    found: list[Candidate] = []
    for index, (start, end) in enumerate(under[:_UNDER]):
        line = base[start:end]
        words = set(fold_title(line).split())
        new = not stamped[index] and base.find(line, 0, headline.start) < 0 and not title & words
        new = new and not any(name.endswith(" ".join(fold_title(line).split())) for name in known)
        people = _people_of(base, line, told) if new else ()
        wire = find_agency(line, "agency") if new and not people else None
        if wire and any(stamped[max(0, index - 1) : index + 2]):
            return [Candidate(field="author", value=line, source="line-alone", start=start, end=end, extra=_WIRE)]
        found = [*found, *(_person(name, start + at, "line-alone") for at, name in people)] if people else []
        if found and (
            any(stamped[max(0, index - len(found)) : index + 2]) or any(is_role(base[a:b]) for a, b in under[index + 1 : index + 2])
        ):
            return found
        if len(found) == 1 and people and index < _NEXT and _stands_above_body(base, line, end):
            return found
    return []


_BOOK = expression(
    r"(?:verlag|publisher|isbn|éditeur|editorial|editore|casa editrice|editora|uitgever(?:ij)?|wydawnictwo|издательство|видавництво|kiadó"
    r"|nakladatelství|forlag|förlag|kustantaja|yayınevi|出版社)(?:-1[03])?\s?[:：]",
    re.IGNORECASE,
)
"""What stands beside the author of a book that a page is about."""
_WIRE = {"type": "agency", "certain": True}
_NEXT = 2
"""Lines under the headline one of which is a name alone, before the body: the other one is the standfirst."""


def _stands_above_body(base: str, line: str, end: int) -> bool:
    """Return whether a line that is a name stands right above a sentence of the body, in which nobody is called so.

    Whom a caption names the body names too; who wrote the body is not in it.
    """
    below = base[end : end + _LOOKED].lstrip().partition("\n")[0]
    if len(below) < _SENTENCE or not is_nobody_else(base, line):
        return False
    return len(line.split()) <= _FULL_NAME and base.count(line.rsplit(maxsplit=1)[-1]) == 1


_LOOKED = 400
_FULL_NAME = 3


def _people_of(base: str, line: str, told: AbstractSet[str]) -> tuple[tuple[int, str], ...]:
    """Return the name that a line is, or the names that it lists ("Ann Lee, Max Roe & Jane Doe"), with their places in it."""
    if is_name(line):
        known = fold_word(line) in told or not stands_alone(line.rsplit(maxsplit=1)[-1].lower(), base)
        return ((0, line),) if known and not is_place(line.rsplit(maxsplit=1)[-1]) else ()
    listing = read_names(line, whole=True) if _LISTS.search(line) else None
    if listing is None or listing.rest or listing.place or not _LEAST_LISTED <= len(listing.names) <= _MOST_NAMED:
        return ()
    full = all(name.type == "person" and " " in name.name for name in listing.names)
    known = any(fold_word(name.name) in told for name in listing.names)
    full = full and (known or all(is_nobody_else(base, name.name) for name in listing.names))
    return tuple((name.start, name.name) for name in listing.names) if full else ()


_LISTS = expression(r"[,;&/]|\s(?:and|und|et|y|e|en|og|och|i|with|mit|avec|con|com)\s")
_LEAST_LISTED = 2


def _person(name: str, start: int, source: str, **said: object) -> Candidate:
    return Candidate(field="author", value=name, source=source, start=start, end=start + len(name), extra={"type": "person", **said})
