"""Forms of datelines beside the wire services' "PLACE, date (Agency) -": those of India, of Arabic script, of Korea, of outlets by name.

Papers of India print who filed a story before its place, and end the whole with a danda, a colon or a dash; those of Indonesia print
their own domain beside the place; those of Vietnam their initials in brackets; those of Korea place or outlet and reporter in brackets.
What is read here is facts about customs of the press, not about single outlets: names of places, agencies and desks are tables.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, NamedTuple

from pipeline.lines.agencies import find_agency
from pipeline.lines.tables import phrases, rows
from pipeline.text.expressions import expression
from pipeline.text.folding import fold_word

if TYPE_CHECKING:
    from collections.abc import Iterator


class Front(NamedTuple):
    """What was read at the front of a paragraph: `text[:raw_end]` is the dateline, `text[:end]` leaves with it."""

    end: int
    raw_end: int
    place: str | None
    date: tuple[int, int] | None = None
    agency: str | None = None


@functools.cache
def places() -> frozenset[str]:
    """Return the folded names of cities that datelines begin with."""
    return frozenset(row[0] for row in rows("places"))


@functools.cache
def not_places() -> frozenset[str]:
    """Return folded words that stand where a place may stand and are none."""
    return frozenset(row[0] for row in rows("not_places"))


@functools.cache
def _desks() -> frozenset[str]:
    return frozenset(fold_word(phrase) for _, phrase, _ in rows("desks"))


def _is_desk(words: str) -> bool:
    """Whether words name a paper's own reporter, a bureau or agencies at large.

    >>> _is_desk("विशेष संवाददाता"), _is_desk("राम शर्मा")
    (True, False)
    """
    return any(fold_word(word) in _desks() for word in words.split())


_LETTERS = "\u0900-\u0902\u0904-\u0963\u0970-\u0982\u0984-\u0dff\u200c\u200d"
"""Letters, signs and figures of the scripts of India without danda and visarga, which print as marks behind a place."""
_INDIAN = rf"[{_LETTERS}]{{2,18}}"
_FILED = expression(rf"{_INDIAN}(?: {_INDIAN}){{0,3}}(?:\s?/\s?{_INDIAN})?,\s?")
_INDIAN_PLACE = expression(rf"{_INDIAN}(?: {_INDIAN}){{0,2}}(?:\s?/\s?{_INDIAN}(?: {_INDIAN})?){{0,2}}|[A-Za-z]{{3,14}}/[A-Z][a-z]{{2,14}}")
_INDIAN_DATE = expression(
    r"(?:,\s?|\s?/\s?)(?P<date>(?:[^\s,।()/\d]{1,5}\.?\s?)?\d{1,2}(?:\s[^\s,।():–—-]{2,12})?(?:,?\s\d{4})?)(?=[\s।:：–—(-])"
)
_ROUND = expression(r"\s?[(（](?P<agency>[^()（）\d]{2,24})[)）]")
_CLOSE = expression(r"(?P<mark>[ः\u0983]|\s?[:：]|\s?(?:[–—-]|--)|\s?[।|])\s{1,3}(?=\S)")
_DESK_CLOSE = expression(r"[ः\u0983]?\s?[:：]?(?<=[ः\u0983:：])\s{1,3}(?=\S)")
"""Behind a desk that stands where a place would: "नेशनल डेस्कः"."""
_INDIAN_LETTER = expression(rf"[{_LETTERS}]")
_MOST_PARTS = 3
"""Parts before a place that say who filed: a reporter, a paper, an agency."""


def _known(place: str) -> bool:
    return fold_word(place) in places() or any(fold_word(part.strip()) in places() for part in place.split("/"))


def _indian_starts(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield where a place may begin, behind none, one, two or three parts that say who filed the story; the longest first."""
    starts: list[tuple[int, list[str]]] = [(0, [])]
    while len(starts) <= _MOST_PARTS and (part := _FILED.match(text, starts[-1][0])):
        starts.append((part.end(), [*starts[-1][1], part[0].rstrip(", ")]))
    yield from reversed(starts)


def indian(text: str) -> Front | None:
    """Read a dateline in a script of India; `text` has plain digits.

    >>> indian("विशेष संवाददाता, लखनऊ। नदी का पानी").place, indian("लखनऊ, 7 मई (भाषा) नदी का").place, indian("राम, श्याम : दो")
    ('लखनऊ', 'लखनऊ', None)
    """
    if not text or not ("\u0900" <= text[0] <= "\u0dff" or text[0].isascii()):
        return None
    for start, filed in _indian_starts(text):
        found = _indian_at(text, start, filed)
        if found is not None:
            return found
    return None


def _indian_at(text: str, start: int, filed: list[str]) -> Front | None:
    match = _INDIAN_PLACE.match(text, start)
    if match is None or (match[0].isascii() and not _INDIAN_LETTER.search(text)):
        return None
    if not filed and _is_desk(match[0]) and (close := _DESK_CLOSE.match(text, match.end())):
        return Front(close.end(), match.end(), None)
    date = _INDIAN_DATE.match(text, match.end())
    end = date.end() if date else match.end()
    agency = _ROUND.match(text, end)
    named = agency is not None and (find_agency(agency["agency"]) is not None or _is_desk(agency["agency"]))
    if agency is not None and not named:
        return None
    end = agency.end() if agency else end
    close = _CLOSE.match(text, end)
    mark = close["mark"].strip() if close else ""
    stop = close.end() if close else end + 1 if named and text[end : end + 1].isspace() else len(text)
    if stop >= len(text) or not _indian_is_sure(match[0], filed, mark, sure=bool(date or named)):
        return None
    name = agency["agency"] if agency else next((part for part in filed if find_agency(part)), None)
    return Front(stop, end + (mark == "।"), match[0], date.span("date") if date else None, name)


def _indian_is_sure(place: str, filed: list[str], mark: str, *, sure: bool) -> bool:
    """Whether it is a dateline: a known place, or one word that a date, an agency, a desk or a colon shows to be a place."""
    if any(fold_word(word) in not_places() for word in (place, *place.split())):
        return False
    known = _known(place)
    if any(map(_is_desk, filed)):
        return known or len(place.split()) < 3
    if filed:
        return known and (sure or mark not in ("–", "—", "-", "--"))
    return known or ((sure or mark != "।") and " " not in place and "/" not in place)


_ARABIC = r"[\u0621-\u064a\u0660-\u06d3\u06d5-\u06ff\u064b-\u065f\u200c]{2,14}"
_ARABIC_PLACES = [re.compile(rf"{_ARABIC}(?: {_ARABIC}){{{more}}}(?![\u0621-\u06ff])") for more in (2, 1, 0)]
"""Three words, two, or one."""
_ARABIC_DATE = expression(rf"[،,]\s?(?P<date>\d{{1,2}}\s{_ARABIC}(?:\s\d{{4}})?)")
_ARABIC_AGENCY = expression(
    r"\s?[(（](?P<round>[^()（）]{2,24})[)）]|\s?[-–—/]\s?(?P<bare>[\w.]{2,18}(?: [\w.]{2,18}){0,2})(?=\s?[-–—:]|\s{0,2}$)"
)
_ARABIC_CLOSE = expression(r"\s?(?:[-–—:]|--)\s{0,3}(?=\S)|\s{0,2}$")


def arabic(text: str) -> Front | None:
    """Read a dateline in Arabic script, alone on its line only with an agency: "القاهرة - رويترز -", "تهران (ایسنا) -".

    >>> arabic("القاهرة - رويترز - قال مسؤول").agency, arabic("بغداد: قال مسؤول").place, arabic("قال مسؤول - في بغداد")
    ('رويترز', 'بغداد', None)
    """
    for words in _ARABIC_PLACES:
        match = words.match(text)
        if match is None or fold_word(match[0]) not in places():
            continue
        return _behind_arabic_place(text, match)
    return None


def _behind_arabic_place(text: str, place: re.Match[str]) -> Front | None:
    """Read date, agency and mark behind a known place; a name in brackets that is no agency is a person's or a thing's."""
    dated = _ARABIC_DATE.match(text, place.end())
    end = dated.end() if dated else place.end()
    named = _ARABIC_AGENCY.match(text, end)
    agency = (named["round"] or named["bare"]) if named else None
    if agency is not None and not (find_agency(agency) or _is_desk(agency) or _DOMAIN.fullmatch(agency)):
        if text[end:].lstrip()[:1] in ("(", "（"):
            return None
        named = agency = None
    end = named.end() if named else end
    date = dated.span("date") if dated else None
    close = _ARABIC_CLOSE.match(text, end)
    if close is None:
        return Front(end + 1, end, place[0], date, agency) if named and text[end : end + 1].isspace() else None
    return Front(close.end(), end, place[0], date, agency) if named or close.end() < len(text) else None


_SITE = r"(?:[\w-]{2,24}\.){1,2}(?:com|net|org|info|news|co|id|my|vn|ph|th|ru|ua|by|kz|نت)"
"""The name of an outlet that is its domain."""
_DOMAIN = expression(_SITE, re.IGNORECASE)
_NAMED_PLACE = r"(?P<place>[^\W\d_][\w'’-]{2,16}(?: [^\W\d_][\w'’-]{2,16}){0,2})"
_OUTLET = expression(
    rf"(?:(?P<first>{_SITE})(?:,\s|\s?\|\s?|\s(?=[(]))[(]?{_NAMED_PLACE}[)]?"
    rf"|{_NAMED_PLACE.replace('place', 'front')}(?:,\s|\s?\|\s?)(?P<last>{_SITE}))"
    r"(?P<close>\s?(?:[-–—|]|--|:)\s{0,3}|\s)(?=[^\W\d_]|[\"“„«'‘])",
    re.IGNORECASE,
)
_BARRED = expression(rf"{_NAMED_PLACE}(?:, [^\W\d_][\w ]{{2,20}})?\s?\|\s?(?P<name>[^|\n]{{2,24}}?)\s?\|\s{{0,3}}(?=\S)")
_OUTLET_ALONE = expression(rf"(?P<name>{_SITE})\s?(?:[-–—]|--)\s{{1,3}}(?=[^\W\d_]|[\"“„«'‘])", re.IGNORECASE)


def outlet(text: str) -> Front | None:
    """Read a place beside the outlet's own domain or between bars, or the domain alone before a dash.

    >>> outlet("JAKARTA, VALLEY.com - The river").place, outlet("Valley.co.id, Jakarta Sungai meluap").place
    ('JAKARTA', 'Jakarta')
    >>> outlet("Valley.com, Oslo is here"), outlet("VALLEY.VN - The river").agency
    (None, 'VALLEY.VN')
    >>> outlet("Kampala, Uganda | The Valley | The river").agency, outlet("Rain | Wind | Snow")
    ('The Valley', None)
    """
    match = _OUTLET.match(text)
    if match is not None:
        place = match["place"] or match["front"]
        known = fold_word(place) in places()
        if not known and match["place"]:  # "Valley.com, Jakarta Sungai": the place is the words that are known
            words = place.split()
            for count in (2, 1):
                shorter = " ".join(words[:count])
                if count < len(words) and fold_word(shorter) in places():
                    end = match.start("place") + len(shorter)
                    following = text[end + 1 : end + 2]
                    return Front(end + 1, end, shorter, None, match["first"]) if following.isupper() else None
        closed = match["close"].strip()
        if (known or place.isupper()) and (closed or text[match.end()].isupper()):
            return Front(match.end(), match.start("close"), place, None, match["first"] or match["last"])
        return None
    barred = _BARRED.match(text)
    if barred is not None and fold_word(barred["place"]) in places():
        return Front(barred.end(), barred.end("name"), barred["place"], None, barred["name"])
    alone = _OUTLET_ALONE.match(text)
    if alone is not None and text[alone.end()].isupper():
        return Front(alone.end(), alone.end("name"), None, None, alone["name"])
    return None


_INITIALS = expression(r"[(](?P<name>[^\W\d_][^()\d\n]{1,12})[)]\s{0,2}(?:[-–—]|--)\s{0,2}(?=[^\W\d_]|[\"“„«'‘])")
_HOUSE = expression(r"[(](?P<name>[A-Z]\w{2,20}(?: [A-Z]\w{2,16}){0,2})[)]\s{1,2}(?=[A-Z\"“])")
_CAMEL = expression(r"[a-z][A-Z]")
_SQUARE = expression(r"\[(?P<place>[^\W\d_][^\[\]\d\n]{2,24})\]\s{1,2}(?=[^\W\d_]|[\"“„«'‘])")


def bracketed(text: str) -> Front | None:
    """Read an outlet's initials or name in brackets, the initials before a dash, and a known city in square brackets.

    >>> bracketed("(VLT) - The river").agency, bracketed("[NAIROBI] The river").place, bracketed("(b) - the river")
    ('VLT', 'NAIROBI', None)
    >>> bracketed("(ValleyNews) The river").agency, bracketed("(Valley Post) The river").agency, bracketed("(Valley) The river")
    ('ValleyNews', 'Valley Post', None)
    """
    match = _INITIALS.match(text)
    if match is not None:
        name = match["name"]
        if name[0].isupper() and text[match.end()].isupper() and fold_word(name) not in not_places():
            return Front(match.end(), match.end("name") + 1, None, None, name)
        return None
    match = _HOUSE.match(text)
    if match is not None and (_CAMEL.search(match["name"]) or fold_word(match["name"].split()[-1]) in phrases("pictures", "house")):
        return Front(match.end(), match.end("name") + 1, None, None, match["name"])
    match = _SQUARE.match(text)
    if match is not None and fold_word(match["place"]) in places():
        return Front(match.end(), match.end("place") + 1, match["place"])
    return None


_HANGUL = r"[\uac00-\ud7a3]"
_KOREAN = expression(
    rf"(?:[(\[【〔](?P<front>{_HANGUL}[\uac00-\ud7a3A-Za-z0-9·.]{{1,14}})(?:\s?[=·]\s?|\s)(?P<rest>[^()\[\]【】〔〕\n]{{2,24}})[)\]】〕])"
    rf"(?:\s?(?P<names>{_HANGUL}{{2,4}}(?:[·,]\s?{_HANGUL}{{2,4}}){{0,3}})\s?(?P<job>(?:인턴|선임|수석|전문)?\s?(?:기자|특파원|통신원)))?\s?=?\s{{0,3}}"
)
_KOREAN_REPORTER = expression(rf"{_HANGUL}{{2,4}}(?:[·,]\s?{_HANGUL}{{2,4}}){{0,3}}\s?(?:인턴|선임|수석|전문)?\s?(?:기자|특파원|통신원)")


def korean(text: str) -> Front | None:
    """Read "(서울=연합뉴스) 김민수 기자 =", "[이데일리 김민수 기자]", "【부산=뉴시스】 김민수 기자 =".

    >>> korean("[계곡일보 김민수 기자] 강물이").agency, korean("(서울=연합뉴스) 김민수 기자 = 강물이").place, korean("(가나 다라) 강물이")
    ('계곡일보', '서울', None)
    """
    match = _KOREAN.match(text)
    if match is None or match.end() >= len(text):
        return None
    front, rest = match["front"], match["rest"]
    reporter = _KOREAN_REPORTER.fullmatch(rest)
    if reporter is None and not (find_agency(rest) or (fold_word(front) in places() and match["names"])):
        return None
    raw_end = len(match[0].rstrip(" =\u3000"))
    return Front(match.end(), raw_end, None if reporter else front, None, front if reporter else rest)


_KANA, _HAN = r"\u3040-\u30ff", r"\u4e00-\u9fff"
_JAPANESE = expression(rf"【(?P<place>[{_KANA}{_HAN}]{{1,12}}?)\s?[＝=・]\s?(?P<name>[{_KANA}{_HAN}]{{2,10}})】\s{{0,2}}")
_JAPANESE_AGENCY = expression(rf"【(?P<both>[{_KANA}{_HAN}]{{3,14}})】\s{{0,2}}")


def japanese(text: str) -> Front | None:
    """Read "【ロンドン共同】", "【ソウル＝田中一郎】".

    >>> japanese("【ロンドン共同】川は").agency, japanese("【ソウル＝田中一郎】川は").place, japanese("【関連記事】川は")
    ('共同', 'ソウル', None)
    """
    if match := _JAPANESE.match(text):
        return Front(match.end(), len(match[0].rstrip()), match["place"])
    match = _JAPANESE_AGENCY.match(text)
    for cut in range(2, len(match["both"]) - 1) if match else ():
        if match and find_agency(match["both"][cut:]):
            return Front(match.end(), len(match[0].rstrip()), match["both"][:cut], None, match["both"][cut:])
    return None


READERS = (indian, arabic, korean, japanese, outlet, bracketed)
"""In turn; the first that reads a dateline is right."""
