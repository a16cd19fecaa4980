"""Lines that hold a byline, a stamp and other furniture side by side: "Posted on May 3, 2021 by Rut · 6 min read"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from pipeline.lines.bylines import Byline, has_label, read_byline
from pipeline.lines.dates import DateReading, Order, read_date
from pipeline.lines.tables import by_words, has_digit
from pipeline.lines.timestamps import Stamp, label_role, read_stamps
from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 220
_PART = r"\s{0,3}[|❘│•·⋅●]\s{0,3}|\s[–—-]\s|\s{2,8}|\u3000|\s{0,2}»\s{0,2}|(?<=\d{4})/(?=\d{1,4}\s[A-Z])"
_PARTS = expression(_PART)
_LABEL_OF_SOURCE = r"(?:(?:文章|稿件|信息|新闻|新聞)?(?:来源|來源)|稿源|出处|出處|出典|출처)\s?[:：]"
_SOURCE = expression(_LABEL_OF_SOURCE)
"""What stands before the name of the paper that a Chinese, Japanese or Korean line gives as its source."""
_SOURCED_PARTS = expression(
    rf"{_PART}|\s(?={_LABEL_OF_SOURCE}|(?:作者|记者|記者|编辑|編輯|责任编辑|責任編輯|责编)\s?[:：])"
    r"|(?<=[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3])\s(?=\d{4}\s?[-/年년.])"
)
"""In such a line one space parts, before a label and before the day: "2024-05-13 08:30 来源：河谷日报 作者：王小明"."""
_MARK = expression(r"[|❘│•·⋅●»/]|\s[\s–—-]")
"""What some separator of `_PARTS` holds."""
_FINE_PARTS = expression(r"\s{0,2}[|•·⋅–—@]\s{0,2}|\s(?:in|on|am|um|at)\s|(?<=[a-z)])\.\s|\s{2,8}")
_MOST_PARTS = 8
_MOST_WORDS = 7
"""Words beside dates and names in a line of furniture: a rubric, a counter, an invitation to share. Prose has more."""
_COUNTER = expression(
    r"[\s|•·⋅,–—-]{0,4}(?<![\w.])(?:\d{1,3}(?:[.,]?\d{3})?k?|no|one|ein|kein|keine|un|une|uno|aucun|geen|één)\s{1,2}"
    r"(?:comments?|responses?|repl(?:y|ies)|views?|likes?|shares?|kommentare?|antworten|aufrufe|commentaires?|comentarios?|comentários?"
    r"|commenti|commento|reacties?|kommentarer|komentarze?|meinung(?:en)?|min(?:ute)?s?(?:\s{1,2}read)?)(?:\s{1,2}(?:so far|yet))?\s{0,2}$",
    re.IGNORECASE,
)


class Mixed(msgspec.Struct, frozen=True):
    """What a line of furniture holds; offsets count code points of the line."""

    byline: Byline | None
    stamps: tuple[Stamp, ...]


def _parts(line: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    """Yield the parts of a line between marks, with their offsets."""
    edges = [0, *(edge for match in list(pattern.finditer(line))[:_MOST_PARTS] for edge in match.span()), len(line)]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if line[start:end].strip():
            yield start, line[start:end]


def _moved(byline: Byline, by: int) -> Byline:
    return Byline(
        names=tuple(msgspec.structs.replace(name, start=name.start + by, end=name.end + by) for name in byline.names),
        place=None,
        stamps=_shifted(byline.stamps, by),
        certain=byline.certain,
    )


def _shifted(stamps: tuple[Stamp, ...], by: int) -> tuple[Stamp, ...]:
    return tuple(msgspec.structs.replace(stamp, start=stamp.start + by, end=stamp.end + by) for stamp in stamps)


def without_counters(line: str) -> str:
    """Return a line without what counts comments, views or minutes at its end.

    >>> without_counters("1 May 2016 by Rut · 6 min read | One comment so far")
    '1 May 2016 by Rut'
    """
    for _ in range(3):
        match = _COUNTER.search(line, max(0, len(line) - 40))
        if match is None or match.start() == 0:
            return line
        line = line[: match.start()]
    return line


def names_source(line: str) -> bool:
    """Return whether a line gives its source as papers of East Asia do.

    >>> names_source("2024-05-13 08:30 来源：河谷日报"), names_source("河水的来源：高山")
    (True, False)
    """
    match = _SOURCE.search(line) if len(line) <= _LONGEST and not line.isascii() else None
    return match is not None and (match.start() == 0 or line[match.start() - 1].isspace() or line[match.start() - 1] in "|·｜")


_HANDLE = expression(rf"\s(?:{by_words()})\s@\w{{2,30}}$", re.IGNORECASE)


def read_mixed(line: str, *, language: str | None = None, order: Order | None = None) -> Mixed | None:
    """Read a line of furniture that neither `read_stamps` nor `read_byline` takes as a whole.

    Args:
        line: one line of text.
        language: BCP 47 code of the text.
        order: order of day and month in digits.

    Returns:
        The byline and the stamps of its parts, or None where the line holds neither or more words than furniture does.

    >>> found = read_mixed("by Amanda · Dec 20, 2025 at 3:00 am · One comment so far")
    >>> found.byline.names[0].name, found.stamps[0].date.iso
    ('Amanda', '2025-12-20T03:00')
    >>> read_mixed("2024-05-13 08:30 来源：河谷日报").stamps[0].date.iso
    '2024-05-13T08:30'
    >>> read_mixed("The river - by Monday it had risen - was calm on May 3, 2020.") is None
    True
    """
    digits = has_digit(line)
    if len(line) > _LONGEST or line.endswith((".", "!", "?", ":", "…")) or not (digits or ":" in line or _MARK.search(line)):
        return None
    bare = _HANDLE.sub("", without_counters(line))
    if digits and bare != line and (stamps := read_stamps(bare, language=language, order=order)):
        return Mixed(None, stamps)
    byline, found, words = None, (), 0  # type: tuple[Byline | None, tuple[Stamp, ...], int]
    for start, part in _parts(bare, _SOURCED_PARTS if names_source(bare) else _PARTS):
        stamps = read_stamps(part, language=language, order=order) if has_digit(part) else ()
        reading = None if stamps else read_byline(part, language=language, order=order)
        if stamps:
            found += _shifted(stamps, start)
        elif reading is not None and byline is None:
            byline = _moved(reading, start)
            found += byline.stamps
        elif label_role(part) is None:
            words += len(part.split())
    if words > _MOST_WORDS or (byline is None and not found) or (byline is not None and not byline.certain and not found):
        byline, found = None, ()
    byline = byline or _labelled(bare, language)
    return Mixed(byline, found) if byline or found else None


def _labelled(line: str, language: str | None) -> Byline | None:
    """Read the labelled byline among other furniture: "Published: 5 May 2020 | Author: jane | Filed under: Rain"."""
    for start, part in _parts(line, _FINE_PARTS):
        if len(part) < 100 and has_label(part) and (byline := read_byline(part, language=language)) is not None and byline.certain:
            return msgspec.structs.replace(_moved(byline, start), stamps=())
    return None


def loose_date(line: str, *, language: str | None = None, order: Order | None = None) -> DateReading | None:
    """Read the date of a short line of furniture that holds other words too: "Press release of 20.01.2022".

    >>> loose_date("Press release of 20.01.2022", language="de").iso
    '2022-01-20'
    >>> loose_date("Offer ends on 20 January 2022") is None
    True
    """
    bare = without_counters(line)
    if len(bare) > 110 or bare.endswith((".", "!", "?", ":", "…")) or not has_digit(bare):
        return None
    reading = read_date(bare, language=language, order=order)
    if reading is None or reading.iso is None or len(reading.iso) < 10:
        return None
    rest = _PAGES.sub(" ", bare[: reading.start] + " " + bare[reading.end :])
    if len(rest.split()) > _MOST_WORDS or has_digit(rest) or label_role(rest) == "modified" or _LATE.search(rest):
        return None
    return reading


_PAGES = expression(r"\(\d{1,3}\s?/\s?\d{1,3}\)")
"""Which page of a story or a gallery this is: "(1 / 3)"."""
_LATE = expression(
    r"updat|modif|aktualis|mis à jour|actualiz|bearbeit|geändert|review|regist(?:er|r)|joined|member since|mitglied seit|beigetreten"
    r"|©|\(c\)|copyright|until|bis zum|deadline|expires|offer|ends\b",
    re.IGNORECASE,
)


def opening_date(text: str, *, language: str | None = None, order: Order | None = None) -> DateReading | None:
    """Read the date before a body's first sentence: "(21 November 2022) Rain fell", "27.1.2022 - Rain fell".

    >>> opening_date("27.1.2022 - Rain fell all night.", language="de").iso
    '2022-01-27'
    >>> opening_date("3 May 2020 was a wet day.") is None
    True
    """
    head = text[:48]
    if not has_digit(head[:16]):
        return None
    reading = read_date(head, language=language, order=order)
    if reading is None or reading.iso is None or len(reading.iso) < 10 or head[: reading.start].strip(" (["):
        return None
    return reading if _AFTER_OPENING.match(head, reading.end) else None


_AFTER_OPENING = expression(r"[)\]]\s{0,2}|\s{0,2}[-–—|:]\s")
