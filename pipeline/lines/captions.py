"""Picture captions and picture credits in plain lines.

A caption in ripped text has lost its picture. What still tells it from a sentence of the story is a credit at its end or start, a
label, marks of position such as "(L)" and "(2nd R)", or a credit line right before it. One weak sign alone is never enough.
"""

from __future__ import annotations

import functools
import re
from typing import Literal

import msgspec

from pipeline.lines.agencies import find_agency
from pipeline.lines.caption_openers import may_open, opens_caption
from pipeline.lines.dates import read_date
from pipeline.lines.names import looks_like_name
from pipeline.lines.picture_credits import (
    archive_start,
    credited_by,
    credited_last,
    credits_paper,
    east_asian_credit,
    is_picture_credit,
    whole_credit,
)
from pipeline.lines.tables import has_digit, phrases
from pipeline.text.expressions import expression
from pipeline.text.folding import fold_word

LONGEST = 700
"""Code points of the longest caption that is read; agency captions stay under 100 words."""

_TAIL = 200
"""Code points from the end in which a caption's credit begins: more than the longest credit that the patterns take."""

_CLOSING = (")", "]", "）", "】")
_MARKS = ("©", "(c)", "Ⓒ", "📷", "📸")

CaptionKind = Literal["caption", "credit_line"]

_LABEL_END = expression(r"\s{0,2}(?:[:：|／/]|[–—-]\s)\s{0,3}|\s{1,3}")
_LEAD_END = expression(r"(?:\s{0,2}[:：]|\s?[–—-])\s{1,3}|[:：]")
_BRACKETS = expression(r"(?P<open>[(\[（【])(?P<inner>[^()\[\]（）【】]{2,120})(?P<close>[)\]）】])[\s.–-]{0,3}$")
_SLASHED = expression(
    r"(?P<gap>(?:^|\s{1,4}|(?<=[.!?”\"])\s?)(?:[|–—-]\s{0,2}|©\s?)?)(?P<credit>[A-ZÀ-Þ][^\s/]{1,30}(?:\s[A-ZÀ-Þ][^\s/]{0,30}){0,3}"
    r"(?:\s?/\s?(?:via\s)?[A-ZÀ-Þ©][^\s/]{1,30}(?:\s[A-ZÀ-Þ][^\s/]{0,30}){0,3}){1,4})[\s.]{0,2}$"
)
_SIGN = expression(r"(?P<gap>(?:^|\s{1,4}|(?<=[.!?”\"]))(?:[|–—-]\s{0,2})?)(?P<mark>©|\(c\)|Ⓒ|📷|📸)\s{0,2}(?P<credit>[^©]{2,80})$")
_WIDE = expression(r"(?P<gap>\s{2,8}|\s?\|\s{0,3}|\t)(?P<credit>\S[^|]{1,70})$")
_IN_BRACKETS = expression(r"\((?P<label>[^\s():：]{3,12})\s?[:：]\s?(?P<caption>[^()]{20,400})\)")
_AGENCY_FIRST = expression(r"(?P<credit>[A-Z][A-Za-z]{1,8}(?:/[A-Z][A-Za-z]{2,8})?(?:\s(?:Images|IMAGES))?)\s(?=[A-ZÀ-Þ])")
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
_SENTENCE_END = expression(r"[.!?。！？][”\"'’)]?\s{1,3}(?=[A-ZÀ-ÞА-Я\"“‘'(])")


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


@functools.cache
def _longest(kind: str) -> int:
    return max(len(phrase) for phrase in phrases("pictures", kind)) + 1


@functools.lru_cache(maxsize=8192)
def _beginning(head: str, kind: str) -> tuple[str, ...]:
    """Return the phrases of a kind that can begin with two code points: none at most places of a text, which settles them."""
    folded = fold_word(head)
    return tuple(phrase for phrase in phrases("pictures", kind) if phrase.startswith(folded) or folded.startswith(phrase))


def _phrase_end(line: str, begin: int, kind: str) -> int | None:
    """Return where the longest phrase of a kind ends that stands at `begin`, at a word's end."""
    possible = _beginning(line[begin : begin + 2], kind)
    if not possible:
        return None
    window = line[begin : begin + _longest(kind)]
    if window.isascii() and not window.lower().startswith(possible):
        return None
    for size in range(len(window), 0, -1):
        after = line[begin + size : begin + size + 1]
        if (
            window[size - 1] != " "
            and not (after.isalpha() and window[size - 1].isascii())
            and fold_word(window[:size]) in phrases("pictures", kind)
        ):
            return begin + size
    return None


_MOST_CREDIT_WORDS = 4


def _line_credit(line: str, begin: int, end: int) -> CaptionReading | None:
    """Read a line that is a picture credit and nothing else: "Photo by: Reuters", "© dpa", "(Foto: dpa)"."""
    start = begin
    while start < end and line[start] in "([（【|–—- \t📷📸":
        start += 1
    stop = end
    while stop > start and line[stop - 1] in ")]）】. ":
        stop -= 1
    label = _phrase_end(line, start, "credit")
    if label is not None and (mark := _LABEL_END.match(line, label if line[label : label + 1] != "." else label + 1)):
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


class _Tail(msgspec.Struct, frozen=True):
    """A credit at the end of a line: `cut` is where the caption ends, `strong` that the form is one only captions have."""

    cut: int
    start: int
    end: int
    strong: bool


def _tail(line: str, begin: int, end: int) -> _Tail | None:
    """Find a credit at the end: "(Reuters)", "EPA/JUSTIN LANE", "© dpa", "Photo: Jane Doe"."""
    text = line[:end]
    near = max(begin, end - _TAIL)
    last = text[near:]
    if (signed := east_asian_credit(text, near) or credited_by(text, near)) is not None:
        return _Tail(*signed, strong=True)
    if last.rstrip(" .\t-–")[-1:] in _CLOSING and (match := _BRACKETS.search(text, near)):
        inner, shift = match["inner"], match.start("inner")
        label = _phrase_end(line, shift, "credit") or _source_end(line, shift)
        mark = _LABEL_END.match(line, label) if label is not None else None
        if mark and mark.end() < match.end("inner") and is_picture_credit(line[mark.end() : match.end("inner")], labelled=True):
            return _Tail(match.start(), mark.end(), match.end("inner"), strong=True)
        if is_picture_credit(inner, labelled="/" in inner):
            return _Tail(match.start(), shift, match.end("inner"), strong="/" in inner or bool(find_agency(inner, "pictures")))
    if any(map(last.__contains__, _MARKS)) and (match := _SIGN.search(text, near)) and is_picture_credit(match["credit"], labelled=True):
        return _Tail(match.start(), match.start("credit"), match.end("credit"), strong=True)
    if "/" in last and (match := _SLASHED.search(text, near)) and (slashed := _slashed_tail(line, match)) is not None:
        return slashed
    if (
        ("  " in last or "|" in last or "\t" in last or not last.isprintable())
        and (match := _WIDE.search(text, near))
        and is_picture_credit(match["credit"])
    ):
        return _Tail(match.start(), match.start("credit"), match.end("credit"), strong=True)
    other = _labelled_tail(line, begin, end) or _bare_tail(line, begin, end)
    return _Tail(*last_of_all, strong=True) if other is None and (last_of_all := credited_last(text, near)) is not None else other


def _bare_tail(line: str, begin: int, end: int) -> _Tail | None:
    """Find words at the end that name no one and credit all the same, after a sentence: "The quay. Screenshot"."""
    stop = end - (line[end - 1] == ".")
    if fold_word((line[begin:stop].rsplit(maxsplit=1) or [""])[-1]) not in _last_bare():
        return None
    for phrase in phrases("pictures", "bare"):
        start = stop - len(phrase)
        apart = start > begin + 1 and line[start - 1].isspace() and line[:start].rstrip()[-1:] in '.!?”"'
        if apart and fold_word(line[start:stop]) == phrase:
            return _Tail(start - 1, start, stop, strong=True)
    return None


@functools.cache
def _last_bare() -> frozenset[str]:
    """The last words of what credits a picture and names no one."""
    return frozenset(phrase.split()[-1] for phrase in phrases("pictures", "bare"))


def _source_end(line: str, position: int) -> int | None:
    """Return where the label of a source ends that stands before a colon and a slashed name in a bracket: "(Quelle: Doe/XYZ)".

    Without a slash it may be the source of a figure that a sentence gives.
    """
    colon = line.find(":", position, position + _LONGEST_SOURCE)
    return colon if colon > 0 and "/" in line[colon:] and fold_word(line[position:colon]) in phrases("credits", "before") else None


_LONGEST_SOURCE = 24


def _slashed_tail(line: str, match: re.Match[str]) -> _Tail | None:
    """Read a slashed credit, without the caption's last words before its agency ("… on Monday. REUTERS/Jane Doe")."""
    start, end = match.span("credit")
    words = line[start : line.index("/", start)].split(" ")
    for index in range(len(words) - 1, 0, -1):
        if len(words[index - 1]) > _INITIAL and words[index - 1][-1] in ".!?":
            start += len(" ".join(words[:index])) + 1
            words = words[index:]
            break
    for index in range(1, len(words)):
        if find_agency(" ".join(words[index:]).strip()) and not find_agency(" ".join(words[index - 1 :]).strip()):
            begin = start + len(" ".join(words[:index])) + 1
            return _Tail(begin - 1, begin, end, strong=True) if is_picture_credit(line[begin:end]) else None
    after_sentence = start > match.start("credit")
    credited = is_picture_credit(line[start:end]) or (after_sentence and credits_paper(line[start:end]))
    if not credited or not (after_sentence or _apart(line, match)):
        return None
    return _Tail(start if after_sentence else match.start(), start, end, strong=True)


_INITIAL = 3
"""Code points of the longest word with a full stop that ends no sentence: an initial, "Jr."."""


def _plain_tail(line: str, begin: int, end: int) -> _Tail | None:
    """Find an agency's bare name after the last sentence of what is known to be a caption: "The river. Getty Images"."""
    match = _PLAIN.search(line, max(begin, end - _LONGEST_AGENCY), end)
    if match is None or not (find_agency(match["credit"]) or find_agency(match["credit"], "pictures")):
        return None
    return _Tail(match.start(), match.start("credit"), match.end("credit"), strong=True)


_PLAIN = expression(r"(?<=[.!?。”\"])\s{1,3}(?P<credit>[^\s.!?。][^.!?。]{1,38}?)[\s.]{0,2}$")
_LONGEST_AGENCY = 45


def _apart(line: str, match: re.Match[str]) -> bool:
    """Return whether a slashed credit stands apart from the sentence: after its end, after a wide gap, or with its agency in capitals."""
    before = line[: match.start()].rstrip()
    wide = len(match["gap"]) > 1 or before.endswith((".", "!", "?", '"', "”", ")", "]"))
    return wide or any(len(word) > 2 and word.isupper() for word in re.split(r"[\s/]", match["credit"]))


_LABEL_MARKS = frozenset(":：/／|")
"""What parts a label from what it labels at the end of a line."""
_CREDIT_WORD = expression(
    r"(?:(?<=[.!?。\"”|(\[)\]–—-])\s?|\s{1,3}|(?<=[a-zà-ÿ])(?=(?:Credit|Photo|Photograph|Image|Picture|Foto|Bild):))(?=(?:[A-ZÀ-ÞА-ЯΑ-Ω\u1ea0-\u1eff]|[\u3040-\u9fff\uac00-\ud7a3\u0590-\u06ff\u0900-\u0e7f]))"
)


def _labelled_tail(line: str, begin: int, end: int) -> _Tail | None:
    if _LABEL_MARKS.isdisjoint(line[max(begin, end - 110) :]):
        return None
    for match in _CREDIT_WORD.finditer(line, max(begin, end - 110), end):
        label = _phrase_end(line, match.end(), "credit")
        mark = _LABEL_END.match(line, label) if label is not None else None
        bracket = line.rfind("(", begin, match.end())
        opened = bracket > line.rfind(")", begin, match.end())
        if mark is None or not any(char in ":：/／|" for char in mark[0]) or (opened and line[bracket + 1 : match.end()].strip()):
            continue
        stop = end
        while stop > mark.end() and line[stop - 1] in (" .)-–" if opened else " ."):
            stop -= 1
        if mark.end() < stop and is_picture_credit(line[mark.end() : stop], labelled=True):
            return _Tail(bracket if opened else match.start(), mark.end(), stop, strong=True)
    return None


def _lead(line: str, begin: int) -> tuple[int, bool] | None:
    """Return (where the caption begins, whether a label is to be dropped) after "FILE PHOTO:", or None."""
    for kind in ("lead", "label"):
        end = _phrase_end(line, begin, kind)
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
    if (end := _phrase_end(line, begin, "button")) is not None and line[end : end + 1].isspace():
        return end, True
    if (end := _phrase_end(line, begin, "head")) is not None:
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
    lead, tail = _lead(line, begin), _tail(line, begin, end)
    if lead is None and may_open(text) and opens_caption(text):
        lead = begin, False
    tail = _plain_tail(line, lead[0], end) if lead and tail is None else tail
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
    if (match := _AGENCY_FIRST.match(line, begin, end)) is None or end - begin > _SHORT_CAPTION:
        return None
    pictures = find_agency(match["credit"], "pictures") is not None
    if (pictures or (match["credit"].isupper() and find_agency(match["credit"], "agency"))) and _sentences(line[match.end() : end]) == 1:
        rest = line[match.end() : end]
        if len(rest.split()) > _MOST_CREDIT_WORDS and not any(mark in rest for mark in ('"', "“", ":", " said", " told")):
            return _with_spans(line, (begin, end), (match.end(), end), match.span("credit"))
    return None


_SHORT_CAPTION = 260


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


def _enough(line: str, body: str, tail: _Tail | None, signs: int) -> bool:
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
