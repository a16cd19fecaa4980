"""Where and when an agency story was filed: "UNITED NATIONS, December 21. /TASS/.", "BERLIN (dpa) -", "【北京】".

A dateline opens the first paragraph. Its place is in capitals or is a known city; an agency in brackets or slashes makes it sure.
"""

from __future__ import annotations

import re

import msgspec

from pipeline.lines.agencies import find_agency
from pipeline.lines.calendars import is_month
from pipeline.lines.dates import DateReading, read_date
from pipeline.lines.tables import ascii_digits
from pipeline.lines.world_datelines import READERS, not_places, places
from pipeline.text.expressions import expression
from pipeline.text.folding import fold_word

_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĴĶĹĻĽĿŁŃŅŇŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽȘȚА-ЯЁІЇЄҐЎΑ-ΩΆΈΉΊΌΎΏ"
_WORD = (
    rf"(?:[{_UPPER}][^\W\d_'’]{{0,20}}\.?(?:['’\-][^\W\d_]{{1,20}}){{0,3}}"
    rf"|(?:de|del|do|da|di|la|le|el|al|am|an|der|en|sur|upon|of)(?=\s[{_UPPER}]))"
)
_PLACE = expression(rf"{_WORD}(?:[ \u00a0]{_WORD}){{0,4}}(?:/{_WORD}(?:[ ]{_WORD}){{0,2}}){{0,3}}")
_REGION = expression(
    rf"(?:,[ \u00a0]{{1,2}}(?:(?:[A-Z]\.){{2,3}}|{_WORD}(?:[ ]{_WORD}){{0,2}})|[ \u00a0]\[[^\W\d_][^\[\]\d]{{1,28}}\])(?=[\s,.:(/–—-])"
)
_BRACKET = expression(r"(?:[,.]?\s{0,2}|--)(?:\((?P<round>[^()]{2,50})\)|/(?P<slash>[^/\n]{2,40})/|\[(?P<square>[^\[\]]{2,40})\])")
_BARE_AGENCY = expression(
    r"\s{0,2}[,.–—|-]{1,2}\s{0,2}(?P<name>[^\s.,:–—\-/()]{2,20}(?:\s[^\s.,:–—\-/()]{2,20}){0,2})"
    r"(?i:\.(?:ru|com|net|ua|by|kz|az|ge|am))?(?=\.|\s?[:–—-])"
)
_DASH = expression(r"\s{0,2}[.:]?\s{0,2}(?:-{1,3}|–|—|―|=|•){1,2}\s{0,3}")
_COLON = expression(r"\s?[:：]\s{0,3}")
_STOP = expression(r"\.?\s{1,3}(?=\S)|\.?$")
_CJK = expression(
    r"(?P<open>【(?P<p1>[\u3040-\u9fff]{2,10})(?P<a1>[^】\d]{0,12}?)(?P<d1>[^】]{0,12})】"
    r"|[［\[](?P<p2>[\u3040-\u9fff]{2,10})\s(?P<d2>\d{1,2}(?:月\d{1,2})?日)\s(?P<a2>[^\s］\]]{2,10})[］\]]\s{0,2}[-－—]?"
    r"|(?P<a3>新华社|新華社|中新社|中新网|中央社|[\u4e00-\u9fff]{2,5}?[网網社报報])(?P<p3>[\u4e00-\u9fff]{2,8}?)(?P<d3>(?:\d{1,2}月)?\d{1,2}日)(?:电|電|讯|訊)(?:\s{0,2}[（(][^（()）]{1,40}[)）])?"
    r"|[（(](?P<a4>中央社)(?:記者)?(?P<n4>[\u4e00-\u9fff]{0,4}?)(?P<p4>[\u4e00-\u9fff]{2})(?P<d4>(?:\d{1,2}月)?\d{1,2}日)(?:電|专电|專電)[)）]"
    r"|[(（](?P<p5>[\uac00-\ud7a3]{2,6})=(?P<a5>[^)）]{2,10})[)）](?:\s?[\uac00-\ud7a3\s·]{2,20}(?:기자|특파원)\s?=)?)\s{0,3}"
)


_SLASHED = expression(
    r"(?<!\w)(?=[^/]{2,90}/)(?P<place>[^\W\d_][^/\d]{1,60}?)(?:,\s(?P<first>[^/]{5,24}?))?\s?/\s?(?P<agency>[\w.\s]{3,24}?)\s?/\s?(?:(?P<second>[^/]{5,24}?)\s?/)?"
    r"\s{0,3}(?:-{1,3}|–|—)?\s{0,3}"
)
"""Press wires that put their name between slashes, before or behind the date: "TARN BAY, NY / ACCESSWIRE / May 7, 2024 /"."""
_DAY_ALONE = expression(
    r"(?P<place>[^\W\d_][^\d(]{2,40}?),\s(?P<first>\d{1,2})\s\((?P<agency>[^()]{2,24})\)\s{0,2}(?:[.:]|-{1,3}|–|—)?\s{0,3}"
)
"""Spanish agencies print the day of the month alone: "MADRID, 7 (EUROPA PRESS)"."""
_DATED = expression(
    r"(?P<place>[^\W\d_][^\d()]{1,60}?)\s{0,2}(?:-{1,2}|–|—)?\s{0,2}\((?P<agency>[^()/]{2,30}?)\s{0,2}[-–—/,]\s{0,2}"
    r"(?P<first>[^()]{5,30})\)\s{0,2}(?:-{1,3}|–|—)\s{0,3}"
)
"""Press wires that put the date into their brackets: "Norrvik, Ontario--(Newsfile Corp. - May 7, 2024) -"; the date holds a year."""
_LATE_DAY = expression(r"(?P<day>\d{1,2}/\d{1,2}/\d{2,4})\s{0,2}(?:-{1,3}|–|—)\s{0,3}")
"""A date in figures that a press wire prints behind its name."""
_NAME_ALONE = expression(
    r"(?:(?P<agency>[^\W\d_][\w ]{1,14}?)\s?—\s{0,2}|/(?P<wire>[\w.]{3,24})/\s?(?:-{1,3}|–|—)\s{0,2}|\((?P<round>[A-Z]{2,5})\)\s)"
    r"(?=[^\W\d_a-z]|[\"“„«])"
)
"""The name of an agency or broadcaster alone, before a long dash or in its marks."""


class DatelineReading(msgspec.Struct, frozen=True, kw_only=True):
    """What stands before the first sentence.

    `text[0:end]` is all that leaves the text with the dateline, separator and space included; `raw` is the same without the dash or
    colon at its end. `place`, `date_raw` and `agency` are as printed.
    """

    start: int
    end: int
    raw: str
    place: str | None
    date_raw: str | None
    agency: str | None


def is_place(name: str) -> bool:
    """Whether a name is that of a city that datelines begin with.

    >>> is_place("Berlin"), is_place("Wrong")
    (True, False)
    """
    return fold_word(name) in places()


def _known(place: str) -> bool:
    return fold_word(place) in places() or all(fold_word(part.strip()) in places() for part in place.split("/"))


def _capitals(place: str) -> bool:
    letters = [char for char in place if char.isalpha()]
    return len(letters) > 2 and all(char.isupper() for char in letters)


class _Agency(msgspec.Struct, frozen=True):
    raw: str
    end: int
    sure: bool


def _agency_at(text: str, position: int) -> _Agency | None:
    """Read "(Reuters)", "/TASS/", "(dpa/ab)" at `position`; a known agency is sure, another short name in brackets is not."""
    match = _BRACKET.match(text, position)
    if match:
        inner = match["round"] or match["slash"] or match["square"]
        parts = re.split(r"[/,]|\s(?:and|und|et|y|e)\s", inner)
        sure = any(find_agency(part.strip()) for part in (*parts, inner))
        short = len(inner) <= 24 and not any(char.isdigit() for char in inner) and (inner.isupper() or inner[:1].isupper())
        return _Agency(inner.strip(), match.end(), sure) if sure or short else None
    bare = _BARE_AGENCY.match(text, position)
    if bare and find_agency(bare["name"], "agency"):
        return _Agency(bare["name"], bare.end(), sure=True)
    return None


def _date_at(text: str, position: int) -> DateReading | None:
    """Read a date that begins within a few characters of `position`: ", May 31", ", 3. Mai", ", le 3 mai"."""
    window = text[position : position + 45]
    reading = read_date(re.split(r"[(/–—]|\s-\s", window, maxsplit=1)[0])
    if reading is None or window[: reading.start].strip(" ,.\u00a0").lower() not in ("", "le", "den", "el", "am"):
        return None
    return msgspec.structs.replace(reading, start=reading.start + position, end=reading.end + position)


def _cjk(text: str, printed: str) -> DatelineReading | None:
    match = _CJK.match(text)
    if not match:
        return None
    found = {key: value for key, value in match.groupdict().items() if value}
    pick = {letter: next((found[key] for key in found if key[0] == letter and key[1:].isdigit()), None) for letter in "pda"}
    if pick["p"] and "p1" in found and not (found["p1"] in places() or pick["d"] or find_agency(pick["a"] or "")):
        return None
    if "p5" in found and not (find_agency(found["a5"]) or found["p5"] in places()):
        return None
    raw = printed[: len(match["open"].rstrip().rstrip("-－—=").rstrip())]
    date = next((printed[slice(*match.span(key))] for key in found if key[0] == "d"), "")
    dated = any(char.isdigit() for char in date)  # else a reporter's name: "【ソウル＝田中一郎】"
    return DatelineReading(start=0, end=match.end(), raw=raw, place=pick["p"], date_raw=date if dated else None, agency=pick["a"])


def _wire(text: str) -> DatelineReading | None:
    """Read the forms of press wires and of agencies that print their name without a place; only names that are known count.

    >>> _wire("TARN BAY, NY / ACCESSWIRE / May 7, 2024 / The ferry").place, _wire("CNN — The ferry").agency, _wire("CNN is a network")
    ('TARN BAY, NY', 'CNN', None)
    """
    forms = ((_SLASHED.match, True, True), (_DAY_ALONE.match, True, False), (_DATED.match, False, True))
    for match, known, dated in forms:
        found = match(text)
        if found is None or (known and find_agency(found["agency"]) is None):
            continue
        city = found["place"].split(",")[0]
        if not (_capitals(city) or _known(city)):
            continue
        day = found["first"] or found.groupdict().get("second")
        date = read_date(day) if day and dated else None
        if day and dated and (date is None or (not known and date.iso is None)):
            continue
        raw = text[: found.end()].rstrip().rstrip("-–—").rstrip()
        return DatelineReading(start=0, end=found.end(), raw=raw, place=found["place"], date_raw=day, agency=found["agency"])
    found = _NAME_ALONE.match(text)
    name = found and (found["agency"] or found["wire"] or found["round"])
    if found is None or find_agency(name or "") is None:
        return None
    raw = text[: found.end()].rstrip().rstrip("-–—").rstrip()
    return DatelineReading(start=0, end=found.end(), raw=raw, place=None, date_raw=None, agency=name)


_REPORTERS = expression(r"[（(]\s?(?:记者|記者)\s?(?P<names>[\u4e00-\u9fff·、，, ]{2,40})[)）]")


def reporters(raw: str) -> list[str]:
    """The reporters that a Chinese dateline names.

    >>> reporters("新华社上海11月12日电（记者李文清、王海）"), reporters("上海11月12日电")
    (['李文清', '王海'], [])
    """
    found = _REPORTERS.search(raw)
    names = re.split(r"[、，, ]", found["names"]) if found else []
    return [name for name in names if 2 <= len(name) <= 8]


def _agency_first(text: str) -> DatelineReading | None:
    """Read "(CNN) —", "(ANSA) - ROMA, 03 MAG -", "(AP) -" at the very start."""
    agency = _agency_at(text, 0) if text[:1] in "([/" else None
    if agency is None or not agency.sure:
        return None
    dash = _DASH.match(text, agency.end) or _COLON.match(text, agency.end)
    if dash is None:
        return None
    place = _PLACE.match(text, dash.end())
    if place and _capitals(place[0]):
        date = _date_at(text, place.end())
        close = _DASH.match(text, date.end if date else place.end())
        if close:
            raw = text[: date.end if date else place.end()]
            return DatelineReading(
                start=0, end=close.end(), raw=raw, place=place[0], date_raw=date.raw if date else None, agency=agency.raw
            )
    late = _LATE_DAY.match(text, dash.end())
    end, raw_end = (late.end(), late.end("day")) if late else (dash.end(), agency.end)
    return DatelineReading(start=0, end=end, raw=text[:raw_end], place=None, date_raw=late["day"] if late else None, agency=agency.raw)


_CAST = expression(rf"(?:(?P<place>{_WORD}(?:[ ]{_WORD}){{0,2}}) )?(?P<agency>[A-Z]{{2,6}})\s?[—–]\s{{0,2}}(?=\S)")
"""A broadcaster's own name without brackets: "CNN —", "London CNN —"."""


def _broadcaster(text: str) -> DatelineReading | None:
    match = _CAST.match(text)
    if match is None or not find_agency(match["agency"]) or (match["place"] and fold_word(match["place"]) in not_places()):
        return None
    raw = text[: match.end("agency")]
    return DatelineReading(start=0, end=match.end(), raw=raw, place=match["place"], date_raw=None, agency=match["agency"])


def _elsewhere(text: str, printed: str) -> DatelineReading | None:
    """Read the forms of `pipeline.lines.world_datelines`."""
    for reader in READERS:
        if (front := reader(text)) is not None:
            date = printed[slice(*front.date)] if front.date else None
            raw = printed[: front.raw_end].rstrip()
            return DatelineReading(start=0, end=front.end, raw=raw, place=front.place, date_raw=date, agency=front.agency)
    return None


class _Parts(msgspec.Struct, frozen=True):
    place: str
    capitals: bool
    known: bool
    date: DateReading | None
    agency: _Agency | None
    end: int


def _parts(text: str) -> _Parts | None:
    """Read place, region, date and agency at the start of `text`, whatever of them there is."""
    match = _PLACE.match(text)
    if match is None:
        date = _date_at(text, 0)
        agency = _agency_at(text, date.end) if date and date.start == 0 else None
        return _Parts("", capitals=False, known=False, date=date, agency=agency, end=agency.end) if agency and agency.sure else None
    cut = match[0].find(". ")
    if cut > 0 and is_month(match[0][cut + 2 :].split()[0]):
        match = _PLACE.match(text, 0, cut + 1) or match  # "Kyiv. May 31."
    place, end = match[0].rstrip("."), match.end()
    if match[0].endswith(".") and not text[end : end + 1].strip():
        end -= 1
    date = _date_at(text, end)
    if date is None and is_month(place.split()[0]):
        date, place, end = _date_at(text, 0), "", 0
    head = place
    if place and date is None and (region := _REGION.match(text, end)):
        place, end = text[: region.end()].rstrip(".,") if not region[0].endswith(".") else text[: region.end()], region.end()
        date = _date_at(text, end)
    if date:
        end = date.end
    agency = _agency_at(text, end)
    if agency:
        end = agency.end
        date = date or _date_at(text, end)
        end = max(end, date.end) if date and date.end > end else end
    return _Parts(place, capitals=_capitals(head), known=_known(head), date=date, agency=agency, end=end)


def _separator(text: str, parts: _Parts) -> tuple[int, int, str] | None:
    """Return (where the raw dateline ends, where the text begins, kind of separator)."""
    if match := _DASH.match(text, parts.end):
        raw_end = parts.end + (text[parts.end : parts.end + 1] == ".")
        return raw_end, match.end(), "dash"
    if match := _COLON.match(text, parts.end):
        return parts.end, match.end(), "colon"
    dotted = (
        parts.date is not None and parts.date.precision != "month" and parts.known and _DOTTED.search(text, 0, parts.date.start) is not None
    )
    if ((parts.agency and parts.agency.sure) or dotted) and (match := _STOP.match(text, parts.end)):
        return parts.end + (text[parts.end : parts.end + 1] == "."), match.end(), "stop"
    return None


_DOTTED = expression(r"\.\s{1,2}$")
"""Between place and date: "Kyiv. May 31." as agencies of Eastern Europe write."""


def _believed(text: str, parts: _Parts, separator: tuple[int, int, str]) -> bool:
    """Decide whether what was read is a dateline and not the start of a sentence."""
    _, end, kind = separator
    alone = end >= len(text)
    following = text[end : end + 1]
    if parts.agency and parts.agency.sure:
        return fold_word(parts.place) not in not_places() and (bool(parts.place) or parts.date is not None)
    if not parts.place or fold_word(parts.place) in not_places() or (following.islower() and not parts.known):
        return False
    spaced = (
        kind != "dash"
        or text[parts.end : parts.end + 1].isspace()
        or parts.date is not None
        or text[parts.end : end].strip() in ("—", "--")
        or (text[parts.end - 1] == "." and text[parts.end : end].strip() in ("-", "–"))
    )
    if kind == "stop":
        return text[separator[0] - 1] == "." and not alone and not following.islower() and not following.isdigit()
    if parts.agency:  # another short name in brackets: "LONDON (Daily Post) - "
        return parts.capitals and kind == "dash" and spaced
    if parts.date is not None and kind in ("dash", "colon"):
        return (parts.capitals or parts.known) and spaced and not following.isdigit()
    if kind == "colon" or alone:
        return kind == "colon" and parts.known and (parts.capitals or (not alone and following.isupper()))
    long_enough = sum(char.isalpha() for char in parts.place) >= 7 and not any(
        word in not_places() for word in fold_word(parts.place).split()
    )
    if parts.capitals:
        return spaced and not following.isdigit() and (parts.known or long_enough)
    return parts.known and spaced and (following.isupper() or following in "\"“„«'‘")


def read_dateline(paragraph: str) -> DatelineReading | None:
    """Read the dateline at the start of a paragraph, or alone on its line.

    Args:
        paragraph: a paragraph without leading space.

    >>> r = read_dateline("MOSCOW, May 31 /TASS/. Russia calls on its partners.")
    >>> r.raw, r.place, r.date_raw, r.agency, r.end
    ('MOSCOW, May 31 /TASS/.', 'MOSCOW', 'May 31', 'TASS', 23)
    >>> read_dateline("KUALA LUMPUR:").place, read_dateline("WASHINGTON, D.C. is a city."), read_dateline("NASA: the plan")
    ('KUALA LUMPUR', None, None)
    """
    if len(paragraph) < 3:
        return None
    slashed = _SLASHED.match(paragraph, 0, 200)
    if ((slashed and slashed["second"]) or _DATED.match(paragraph, 0, 200)) and (found := _wire(paragraph[:200])) is not None:
        return found
    printed, text = paragraph[:200], ascii_digits(paragraph[:200])
    if (found := _cjk(text, printed)) is not None or (found := _agency_first(printed)) is not None:
        return found
    if (named := _broadcaster(printed) or _elsewhere(text, printed)) is not None:
        return named
    parts = _parts(text)
    separator = _separator(text, parts) if parts else None
    if parts is None or separator is None or (separator[1] >= len(text) and len(paragraph) > 200) or not _believed(text, parts, separator):
        return _wire(printed)
    late = _LATE_DAY.match(text, separator[1]) if parts.date is None and parts.agency else None
    return DatelineReading(
        start=0,
        end=late.end() if late else separator[1],
        raw=printed[: late.end("day") if late else separator[0]].rstrip(),
        place=printed[: len(parts.place)] if parts.place else None,
        date_raw=printed[parts.date.start : parts.date.end] if parts.date else late["day"] if late else None,
        agency=parts.agency.raw if parts.agency else None,
    )
