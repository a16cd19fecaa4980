"""Picture captions and picture credits in plain lines.

A caption in ripped text has lost its picture. What still tells it from a sentence of the story is a credit at its end or start, a
label, marks of position such as "(L)" and "(2nd R)", or a credit line right before it. One weak sign alone is never enough.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from pipeline.lines.agencies import find_agency
from pipeline.lines.caption_openers import may_open, opens_caption
from pipeline.lines.credit_tails import LABEL_END, Tail, credit_tail, phrase_end, plain_tail
from pipeline.lines.dates import read_date
from pipeline.lines.names import looks_like_name
from pipeline.lines.picture_credits import (
    archive_start,
    is_picture_credit,
    whole_credit,
)
from pipeline.lines.tables import has_digit, phrases
from pipeline.text.expressions import expression
from pipeline.text.folding import fold_word

LONGEST = 700
"""Code points of the longest caption that is read; agency captions stay under 100 words."""

CaptionKind = Literal["caption", "credit_line"]

_LEAD_END = expression(r"(?:\s{0,2}[:：]|\s?[–—-])\s{1,3}|[:：]")
_IN_BRACKETS = expression(r"\((?P<label>[^\s():：]{3,12})\s?[:：]\s?(?P<caption>[^()]{20,400})\)")
_AGENCY_FIRST = expression(r"(?P<credit>[A-Z][A-Za-z]{1,8}(?:/[A-Z][A-Za-z]{2,8})?(?:\s(?:Images|IMAGES))?)\s(?=[A-ZÀ-Þ])")
_NAMED_FIRST = expression(
    r"(?P<credit>(?:[A-ZÀ-Þ][\w.'’-]{1,20} ){1,3}?[A-ZÀ-Þ][\w.'’-]{1,20} ?/ ?(?P<house>[A-Z][\w.]{1,12}(?: [A-Z]\w{1,12}){0,2}?)) "
    r"(?=[A-ZÀ-Þ][\w'’]{0,20} )"
)
"""Who took a picture and for which agency, before its caption: "Jane Doe / Reuters The quay on Monday"."""
_COPYRIGHTED = expression(
    r"(?:Image|Media) (?:copyright|source|credit)[,:]? (?P<credit>[^.!?]{2,60}?)(?: (?:Image|Media) caption[,:]? (?P<caption>.{5,500}))?"
)
"""What a broadcaster's pages print: whose picture it is, then what it shows."""
_POSITION = expression(
    r"\((?:(?:\d(?:st|nd|rd|th)\s|second\s|third\s|top\s|bottom\s|front\s|back\s|rear\s|upper\s|lower\s|far\s|centre\s|center\s)?"
    r"(?:[LRC]|left|right|centre|center|front|back|top|bottom|pictured|above|below|[LRC]-[LRC]|l\.?|r\.?)|links|rechts|[2-9](?:\.|e|º|ª)\s?v\.?\s?[lr]\.?|"
    r"à gauche|à droite|izquierda|derecha|izq\.|der\.|esquerda|direita|sinistra|destra|слева|справа|sol|sağ|左|右|左から|中央)\)",
    re.IGNORECASE,
)
_COUNTED = expression(
    r"^(?:\(?(?:from left|from l|left to right|l-r|clockwise|von links|de gauche à droite|de izquierda a derecha|da sinistra)\b)",
    re.IGNORECASE,
)
_SENTENCE_END = expression(
    r"[.!?…][”\"'’)»]?\s{1,3}(?=[A-ZÀ-ÞΑ-ΩЀ-Я\u0531-\u1fff\uac00-\ud7a3\"“‘'«(])|[。！？।॥۔][”\"'’)」』）]?\s{0,3}(?=\w|[「『\"“‘'(（])"
)
"""A mark behind which another sentence begins: by a capital, by a letter of a script without capitals (Armenian to Greek Extended, Hangul),
or at once where the mark ends nothing but sentences."""


class CaptionReading(msgspec.Struct, frozen=True, kw_only=True):
    """A caption, or a line that only credits a picture.

    `caption` and `credits` are spans of the line; `markers` are the spans to drop (labels, brackets, separators). Together they
    cover every non-space character of the line, and no two of them overlap. `credit` joins the credited names.
    """

    kind: CaptionKind
    caption: tuple[int, int] | None
    credits: tuple[tuple[int, int], ...]
    markers: tuple[tuple[int, int], ...]
    credit: str | None


_MOST_CREDIT_WORDS = 4


def _line_credit(line: str, begin: int, end: int) -> CaptionReading | None:
    """Read a line that is a picture credit and nothing else: "Photo by: Reuters", "© dpa", "(Foto: dpa)"."""
    start = begin
    while start < end and line[start] in "([（【|–—- \t📷📸":
        start += 1
    stop = end
    while stop > start and line[stop - 1] in ")]）】. ":
        stop -= 1
    label = phrase_end(line, start, "credit")
    if label is not None and (mark := LABEL_END.match(line, label if line[label : label + 1] != "." else label + 1)):
        wanted = mark.end()
        colon = any(char in ":：|／/" for char in mark[0])
        by = fold_word(line[start:label]).endswith((" by", " of", " von", " di", " de", "fot"))
        if wanted < stop and (colon or by) and is_picture_credit(line[wanted:stop], labelled=True):
            return _credit_line(line, begin, end, ((wanted, stop),))
    if line[start:stop].startswith(("©", "Ⓒ", "(c)")):
        wanted = start + (3 if line[start] == "(" else 1)
        wanted += len(line[wanted:stop]) - len(line[wanted:stop].lstrip())
        if wanted < stop and is_picture_credit(line[wanted:stop]) and not re.search(r"(?:19|20)\d\d", line[wanted:stop]):
            return _credit_line(line, begin, end, ((wanted, stop),))
    text = line[start:stop]
    short = len(text) <= 60 and len(text.partition("/")[0].split()) <= _MOST_CREDIT_WORDS
    named = "/" in text and short and is_picture_credit(text)
    if named or find_agency(text, "pictures"):
        return _credit_line(line, begin, end, ((start, stop),))
    whole = whole_credit(line, begin, end)
    return _credit_line(line, begin, end, (whole,)) if whole is not None else None


def _credit_line(line: str, begin: int, end: int, spans: tuple[tuple[int, int], ...]) -> CaptionReading:
    return CaptionReading(
        kind="credit_line",
        caption=None,
        credits=spans,
        markers=_gaps(line, begin, end, spans),
        credit=", ".join(line[a:b] for a, b in spans),
    )


def _gaps(line: str, begin: int, end: int, spans: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Return the spans between `spans` that hold more than space, without their outer space."""
    found, position = [], begin
    for start, stop in (*sorted(spans), (end, end)):
        text = line[position:start]
        if text.strip():
            left = position + len(text) - len(text.lstrip())
            found.append((left, left + len(text.strip())))
        position = max(position, stop)
    return tuple(found)


def _lead(line: str, begin: int) -> tuple[int, bool] | None:
    """Return (where the caption begins, whether a label is to be dropped) after "FILE PHOTO:", or None."""
    for kind in ("lead", "label"):
        end = phrase_end(line, begin, kind)
        if end is not None and (line[end - 1] == "-" or (mark := _LEAD_END.match(line, end))):
            stop = end if line[end - 1] == "-" else mark.end()  # type: ignore[union-attr] # set by the line above
            if (
                kind == "label"
                or line[begin:end].isupper()
                or ":" in line[end:stop]
                or "：" in line[end:stop]
                or "photo" in fold_word(line[begin:end])
            ):
                return stop, True
    if (end := phrase_end(line, begin, "button")) is not None and line[end : end + 1].isspace():
        return end, True
    if (end := phrase_end(line, begin, "head")) is not None:
        return begin, False
    return None


def _sentences(text: str) -> int:
    return 1 + sum(1 for _ in _SENTENCE_END.finditer(text))


def _ends_dated(text: str) -> bool:
    """Return whether the words end in a date, which is one more weak sign; reading it costs more than all the others."""
    date = read_date(text[-60:]) if has_digit(text[-60:]) else None
    return bool(date and date.iso and len(text[-60:]) - date.end <= 3)


def _weak_signs(text: str, *, after_credit: bool) -> int:
    """Count signs of a caption, none of which is enough alone."""
    signs = 2 * after_credit
    signs += 2 * min(2, len(_POSITION.findall(text)))
    signs += 2 * bool(_COUNTED.match(text))
    signs -= any(mark in text for mark in ('"', "“", "”", "«", "„"))
    signs -= max(0, _sentences(text) - 2)
    return signs


def read_caption(line: str, *, previous: str | None = None) -> CaptionReading | None:
    """Read a line that is wholly a picture's caption, with or without a credit, or only a credit.

    Args:
        line: one line or paragraph.
        previous: the line before it; a picture credit there makes a caption of a line that alone would not be one.

    Returns:
        The reading, or None for anything that may be a sentence of the story.

    >>> read_caption("Photo by: Reuters").credit
    'Reuters'
    >>> r = read_caption("Jane Doe (L) and John Roe (2nd R) take their seats in Oslo on May 3, 2020 (Reuters)")
    >>> r.kind, r.credit, r.caption
    ('caption', 'Reuters', (0, 73))
    >>> read_caption("The minister said so on Monday (Reuters) and left.") is None
    True
    """
    text = line.strip()
    if not 2 <= len(text) <= LONGEST:
        return None
    begin = line.index(text)
    end = begin + len(text)
    if (only := _line_credit(line, begin, end)) is not None:
        return only
    if (printed := _as_printed(line, begin, end)) is not None:
        return printed
    lead, tail = _lead(line, begin), credit_tail(line, begin, end)
    if lead is None and may_open(text) and opens_caption(text):
        lead = begin, False
    tail = plain_tail(line, lead[0], end) if lead and tail is None else tail
    start = lead[0] if lead else begin
    stop = tail.cut if tail else end
    archive = archive_start(line, start, stop)
    stop = stop if archive is None else archive
    body = line[start:stop].strip()
    if len(body) < 3:
        return None
    after_credit = previous is not None and (before := read_caption(previous)) is not None and before.kind == "credit_line"
    signs = _weak_signs(body, after_credit=after_credit) + 3 * (archive is not None)
    if lead is None and not _enough(line, body, tail, signs):
        return None
    left = start + len(line[start:stop]) - len(line[start:stop].lstrip())
    caption = (left, left + len(body))
    credited = ((tail.start, tail.end),) if tail else ()
    return CaptionReading(
        kind="caption",
        caption=caption,
        credits=credited,
        markers=_gaps(line, begin, end, (caption, *credited)),
        credit=line[tail.start : tail.end] if tail else None,
    )


def is_credit(line: str) -> bool:
    """Return whether a line without space at its ends is a picture's credit and nothing else.

    >>> is_credit("Getty Images"), is_credit("Foto: Jane Doe/dpa"), is_credit("The river")
    (True, True, False)
    """
    return _line_credit(line, 0, len(line)) is not None


def _as_printed(line: str, begin: int, end: int) -> CaptionReading | None:
    """Read forms of captions that need no further sign: labelled in brackets, with "Image copyright", with an agency before them."""
    match = _IN_BRACKETS.fullmatch(line, begin, end) if line[begin] == "(" else None
    if match is not None and fold_word(match["label"]) in phrases("pictures", "credit"):
        return _with_spans(line, (begin, end), match.span("caption"), None)
    if line.startswith(("Image ", "Media "), begin) and (match := _COPYRIGHTED.fullmatch(line, begin, end)):
        short = len(match["credit"].split()) <= _MOST_CREDIT_WORDS
        if match["caption"] or (short and is_picture_credit(match["credit"], labelled=True)):
            return _with_spans(line, (begin, end), match.span("caption") if match["caption"] else None, match.span("credit"))
    named = _NAMED_FIRST.match(line, begin, end) if "/" in line[:_NAMED] and end - begin <= _SHORT_CAPTION else None
    if named is not None and find_agency(named["house"]) is not None and _sentences(line[named.end() : end]) == 1:
        return _with_spans(line, (begin, end), (named.end(), end), named.span("credit"))
    if (match := _AGENCY_FIRST.match(line, begin, end)) is None or end - begin > _SHORT_CAPTION:
        return None
    pictures = find_agency(match["credit"], "pictures") is not None
    if (pictures or (match["credit"].isupper() and find_agency(match["credit"], "agency"))) and _sentences(line[match.end() : end]) == 1:
        rest = line[match.end() : end]
        if len(rest.split()) > _MOST_CREDIT_WORDS and not any(mark in rest for mark in ('"', "“", ":", " said", " told")):
            return _with_spans(line, (begin, end), (match.end(), end), match.span("credit"))
    return None


_SHORT_CAPTION = 260
_NAMED = 60
"""Characters from a line's front in which the slash between a photographer and an agency stands."""


def _with_spans(line: str, span: tuple[int, int], caption: tuple[int, int] | None, credit: tuple[int, int] | None) -> CaptionReading:
    """Make the reading of a caption, a credit, or both, in `line[slice(*span)]`."""
    credited = (credit,) if credit is not None else ()
    known = (*credited, caption) if caption is not None else credited
    return CaptionReading(
        kind="credit_line" if caption is None else "caption",
        caption=caption,
        credits=credited,
        markers=_gaps(line, *span, known),
        credit=line[slice(*credit)] if credit is not None else None,
    )


def _enough(line: str, body: str, tail: Tail | None, signs: int) -> bool:
    """Weigh the signs: a strong credit with few sentences, a weak credit ("(Reuters)") with a sign, or three points of signs."""

    def counts(least: int) -> bool:
        return signs >= least or (signs == least - 1 and _ends_dated(body))

    if tail is None:
        return _sentences(body) <= 2 and counts(3)
    if tail.strong:
        return _sentences(body) <= 3 and counts(-1)
    if tail.end + 1 < len(line) and line.rstrip().endswith("."):
        return False  # "Shares fell (AP)." is a sentence of the story
    plain = _sentences(body) == 1 and body[-1] not in '.!?。"”' and len(body) <= 250 and len(body.split()) > 3 and counts(0)
    return (plain or counts(1)) and not looks_like_name(body)
