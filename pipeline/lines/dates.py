"""Reads a date out of a line in any of some eighty languages, and never guesses one.

Why not dateparser or htmldate: both fill what is not printed from today's date, and both choose between day and month by a
default. Here a missing year or an undecided order gives `iso=None` with the printed text kept.
"""

from __future__ import annotations

import datetime
import functools
import re
from typing import TYPE_CHECKING, Literal

import msgspec

from pipeline.lines.calendars import exists, gregorian, is_weekday, month_of, month_words, weekdays_of
from pipeline.lines.clocks import clock_after, clock_before
from pipeline.lines.relative_dates import relative_span, resolve
from pipeline.lines.solar_calendar import counts_by_the_sun, from_solar, solar_month
from pipeline.lines.tables import ascii_digits, has_digit
from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Iterable

Precision = Literal["year", "month", "day", "minute", "second", "none"]
Order = Literal["dmy", "mdy", "ymd"]

LONGEST = 4096
"""Code points that are read; a date stands at the start of a line, or in a short one."""

_ISO = expression(
    r"(?<![\d\-/.])(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)"
    r"(?:(?:T|\s{1,2}|\+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?!\d)(?:\s?(Z|UTC|GMT)?(?:([+-])(\d{1,2}):?(\d{2})?(?!\d))?)?)?"
)
_CJK = expression(r"(?<!\d)(\d{4})\s?(?:年|년)(?:[（(]\w{2,6}年[）)])?\s?(\d{1,2})\s?(?:月|월)\s?(\d{1,2})\s?(?:日|号|號|일)")
_ERA = expression(
    r"(?P<era>令和|平成|昭和|民國|民国)\s?(?P<year>\d{1,3}|元)\s?年(?:[（(]\d{4}年[）)])?\s?(?P<month>\d{1,2})\s?月\s?(?P<day>\d{1,2})\s?日"
)
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
"""The year before the first of each era: of Japan from 1 May 2019, 8 January 1989, 25 December 1926, of the Republic of China from 1912."""
_CJK_SHORT = expression(r"(?<![\d年년])(\d{1,2})(?:月|월\s?)(\d{1,2})(?:日|号|號|일)")
_NUMERIC = expression(
    r"(?<!\d)(?<!\d[./\-:,])(?<![/\-.])(\d{1,4})(?P<sep>\.\s?|/|-|\s/\s)(\d{1,2})(?P=sep)(\d{4}|\d{1,2})(?![\d/\-:])(?!\.\d)"
)
_VIETNAMESE = expression(r"(?<!\d)(\d{1,2})\s(?:tháng|[Tt]h(?=\d))\s?(\d{1,2})(?:,|\snăm)?\s(\d{4})(?!\d)", re.IGNORECASE)
_GAP = r"[\s\u00a0]{0,3}"
_DAY_LEFT = expression(
    r"(?<!\d)(?<!\d[.,:/\-])(?P<day>\d{1,2})(?:st|nd|rd|th|er|ère|º|ª|°|\.?-?(?:го|ого|те)|-й|-е|ος|η|ed|ji|-ci)?[.,]?"
    r"[\s\u00a0\-–]{0,3}(?:(?:de|of|d|da|di|ta|mensis|ב)['’]?[\s\u00a0]{0,2})?$",
    re.IGNORECASE,
)
_YEAR_LEFT = expression(
    r"(?<!\d)(?<!\d[.,:/\-])(?P<year>\d{4})(?:\.|\s?m\.|\s?(?:г|р)\.|(?:\.|\s)\s?gada|\s?\(?e\)?ko)?[\s,\-]{0,3}(?:(?P<day>\d{1,2})\.?[\s\-]{0,3})?$"
)
_DAY_RIGHT = expression(r"\.?[\s\u00a0\-]{1,3}(?P<day>\d{1,2})(?:st|nd|rd|th|a|an|ean|\sd)?(?![\d:])(?![.,/]\d)\.?", re.IGNORECASE)
_YEAR_RIGHT = expression(
    r"(?:\s?/\s?[\u0620-\u064a]{3,10})?\.?[,،]?[\s\u00a0\-–]{0,3}(?:(?:de|del|of|do|r|พ\.ศ|ค\.ศ)\.?[\s\u00a0]{1,2})?(?P<year>\d{4})(?![\d:])(?![.,]\d{3})(?:\s(?:r|г|р)\.?(?!\w))?",
    re.IGNORECASE,
)
_YEAR_SHORT = expression(r"[\s\-]?['’](?P<year>\d{2})(?!\d)|-(?P<dash>\d{2})(?!\d)")
_YEAR_AFTER_DAY = expression(r"[.,]?[\s\u00a0]{0,3}(?:(?:of|at)[\s\u00a0])?(?P<year>\d{4})(?![\d:])(?![.,]\d{3})")
_WEEKDAY_LEFT = expression(
    r"(?P<word>[^\W\d_][^\s\d,،.()|/]{1,18})\.?[,،]?[\s\u00a0]{1,2}(?:(?:the|den|dem|de|der|le|el|dia|día|il|el día|ngày)[\s\u00a0])?$"
)


class DateReading(msgspec.Struct, frozen=True, kw_only=True):
    """A date as printed.

    `text[start:end] == raw`. `iso` has only the precision and the zone that are printed; it is None where the year is missing
    or day and month cannot be told apart (`ambiguous`).
    """

    iso: str | None
    start: int
    end: int
    raw: str
    precision: Precision
    ambiguous: bool = False


class _Found(msgspec.Struct, frozen=True):
    year: int | None
    month: int
    day: int | None
    start: int
    end: int
    ambiguous: bool = False


def _named(text: str, language: str | None) -> _Found | None:
    """Find a date with a month's name."""
    words = month_words(text)
    for place, (start, end, name) in enumerate(words):
        if is_weekday(name) and any(_NUMBER.fullmatch(text, end, other) for other, _, _ in words[place + 1 : place + 2]):
            continue  # "mar 7 maggio 2024" is Tuesday
        month = month_of(name, language)
        left = text[max(0, start - 24) : start]
        shift = start - len(left)
        day, year, after = _DAY_LEFT.search(left), _YEAR_LEFT.search(left), _DAY_RIGHT.match(text, end)
        right = _YEAR_RIGHT.match(text, end)
        found: _Found | None = None
        if month is None and (solar := solar_month(name)) is not None:
            found = _counted_by_the_sun(solar, day, right, shift)
        elif day and right:
            found = _made(right["year"], month, day["day"], (shift + day.start(), right.end()))
        elif year and (year["day"] or after):
            stop = end if year["day"] else after.end() if after else end
            found = _made(year["year"], month, year["day"] or (after["day"] if after else None), (shift + year.start(), stop))
        elif after:
            tail = _YEAR_AFTER_DAY.match(text, after.end())
            stop = tail.end() if tail else after.end() - (text[after.end() - 1] == ".")
            found = _made(tail["year"] if tail else None, month, after["day"], (start, stop))
        elif day and (short := _YEAR_SHORT.match(text, end)):
            found = _made("20" + (short["year"] or short["dash"]), month, day["day"], (shift + day.start(), short.end()))
        elif day:
            found = _made(None, month, day["day"], (shift + day.start(), end))
        elif right:
            found = _made(right["year"], month, None, (start, right.end()))
        if found:
            return found
        if month is None and day and right and exists(gregorian(int(right["year"])), 1, int(day["day"])):
            return _Found(int(right["year"]), 0, int(day["day"]), shift + day.start(), right.end(), ambiguous=True)
    return None


_NUMBER = expression(r"\.?,?\s{1,2}\d{1,2}\.?\s{1,2}")


def _counted_by_the_sun(month: int, day: re.Match[str] | None, year: re.Match[str] | None, shift: int) -> _Found | None:
    """Return the date of a solar Hijri month between its day and its year; without both a name such as "Mehr" may be any word."""
    if day is None or year is None or (date := from_solar(int(year["year"]), month, int(day["day"]))) is None:
        return None
    return _Found(*date, shift + day.start(), year.end())


def _made(year: str | None, month: int | None, day: str | None, span: tuple[int, int]) -> _Found | None:
    if month is None:
        return None
    number = gregorian(int(year)) if year else None
    if not exists(number, month, int(day) if day else 1):
        return None
    return _Found(number, month, int(day) if day else None, *span)


def _orders(first: str, mark: str, last: str, hint: tuple[str | None, Order | None]) -> tuple[Order, ...]:
    """Return the orders in which a date in digits may be read, by its shape and what is known of the page."""
    language, order = hint
    if len(first) == 4:
        return ("ymd",)
    if len(first) == 3:
        return ()
    if order and (order != "ymd" or len(last) == 2):
        return (order,)
    base = (language or "").split("-")[0].lower()
    foreign = base not in ("", "en", "fil", "es") or (language or "").lower() in ("en-gb", "en-au", "en-nz", "en-in", "en-ie", "en-za")
    if (foreign or base == "es") and len(last) == 4:
        return ("dmy",)
    if foreign and base not in ("zh", "ja", "ko", "hu", "lt", "sv"):
        return ("dmy",)
    if mark.strip() == "." and base != "en":
        return ("dmy",)
    return ("dmy", "mdy") if len(last) == 4 else ("dmy", "mdy", "ymd")


def _numeric(text: str, hint: tuple[str | None, Order | None]) -> _Found | None:
    """Find a date in digits: "22.11.2015", "2015/11/22"; undecided where two orders give a day."""
    for match in _NUMERIC.finditer(text):
        first, second, last = match[1], match[3], match[4]
        if (len(first) == 4 and len(last) == 4) or (len(last) == 1 and not _ends_in_a_digit(first, match["sep"], hint[0])):
            continue
        if counts_by_the_sun(hint[0]) and len(first) == 4 and (solar := from_solar(int(first), int(second), int(last))) is not None:
            return _Found(*solar, match.start(), match.end())
        seen: dict[tuple[int, int, int], None] = {}
        for order in _orders(first, match["sep"], last, hint):
            numbers = {"dmy": (last, second, first), "mdy": (last, first, second), "ymd": (first, second, last)}[order]
            year, month, day = (int(number) for number in numbers)
            year = gregorian(year) if len(numbers[0]) == 4 else year + (2000 if year < 70 else 1900)
            if exists(year, month, day):
                seen[year, month, day] = None
        if len(seen) == 1 or (len(last) == 4 and (seen := _on_weekday(text, match.start(), seen) or seen) and len(seen) == 1):
            year, month, day = next(iter(seen))
            return _Found(year, month, day, match.start(), match.end())
        if seen and len(last) == 4:
            return _Found(None, 0, None, match.start(), match.end(), ambiguous=True)
    return None


def _on_weekday(text: str, start: int, dates: Iterable[tuple[int, int, int]]) -> dict[tuple[int, int, int], None]:
    """Return the dates that fall on the day of the week that is printed before them: "Tue, 05/07/2024" is no day of July.

    >>> list(_on_weekday("Tue, 05/07/2024", 5, [(2024, 5, 7), (2024, 7, 5)]))
    [(2024, 5, 7)]
    """
    at = _with_weekday(text, start)
    numbers = weekdays_of(text[at:start].strip(" ,.،")) if at < start else frozenset[int]()
    return {date: None for date in dates if datetime.date(*date).weekday() in numbers}


_YEAR_FIRST = frozenset({"ja", "zh", "ko", "hu", "mn"})
"""Languages that print the year first, so that "2021.5.6" is a day; elsewhere it is as often a version's number."""


def _ends_in_a_digit(first: str, mark: str, language: str | None) -> bool:
    """Return whether a date may end in one digit: "2021/5/6" anywhere, "2021. 5. 6" where the year stands first, never "5/6/2"."""
    return len(first) == 4 and ("/" in mark or (language or "").split("-")[0].lower() in _YEAR_FIRST)


def _of_era(text: str) -> _Found | None:
    """Find a date whose year counts from the beginning of a reign or of the republic: "令和3年5月6日", "民國110年5月6日"."""
    match = _ERA.search(text)
    if match is None:
        return None
    year = _ERAS[match["era"]] + (1 if match["year"] == "元" else int(match["year"]))
    month, day = int(match["month"]), int(match["day"])
    return _Found(year, month, day, *match.span()) if exists(year, month, day) else None


def _first(text: str, hint: tuple[str | None, Order | None]) -> _Found | None:
    """Return the date that begins first; a named month wins a tie."""
    found = []
    east_asian = None if text.isascii() else _CJK.search(text)
    if "年" in text and (era := _of_era(text)) is not None:
        found.append(era)
    vietnamese = _VIETNAMESE.search(text) if "th" in text or "T" in text else None
    for match, order in ((east_asian, (1, 2, 3)), (vietnamese, (3, 2, 1))):
        if match:
            year, month, day = (int(match[group]) for group in order)
            if exists(year, month, day):
                found.append(_Found(year, month, day, *match.span()))
    if (named := _named(text, hint[0])) is not None:
        found.append(named)
    if ("." in text or "/" in text or "-" in text) and (numeric := _numeric(text, hint)) is not None:
        found.append(numeric)
    if not found and not text.isascii() and (match := _CJK_SHORT.search(text)) and exists(None, int(match[1]), int(match[2])):
        found.append(_Found(None, int(match[1]), int(match[2]), *match.span()))
    return min(found, key=lambda item: (item.start, item.year is None, -item.end)) if found else None


def _iso_parts(match: re.Match[str]) -> tuple[str, Precision, int] | None:
    """Return (iso, precision, end) of a match of `_ISO`; a time that does not exist leaves the day."""
    year, month, day = int(match[1]), int(match[2]), int(match[3])
    if not exists(year, month, day):
        return None
    date = f"{year:04d}-{month:02d}-{day:02d}"
    if match[4] is None:
        return date, "day", match.end()
    if int(match[4]) > 23 or int(match[5]) > 59 or int(match[6] or 0) > 59:
        return date, "day", match.end(3)
    time = f"T{int(match[4]):02d}:{match[5]}" + (f":{match[6]}" if match[6] else "") + (f".{match[7]}" if match[7] else "")
    zone = ""
    if match[9] and int(match[10]) <= 14 and int(match[11] or 0) <= 59:
        zone = f"{match[9]}{int(match[10]):02d}:{match[11] or '00'}"
    elif match[8] and not match[9]:
        zone = "Z" if match[8] == "Z" else "+00:00"
    return date + time + zone, "second" if match[6] else "minute", match.end()


def _with_weekday(text: str, start: int) -> int:
    """Where a date begins with its weekday, which has two words in some languages."""
    left = text[max(0, start - 32) : start]
    match = _WEEKDAY_LEFT.search(left)
    if not match or (len(match["word"]) < 3 and match["word"] + " " in match[0]):
        return start  # a bare "on" or "so" is a word; "So., 3. Mai" is Sunday
    at = match.start("word")
    both = left.rfind(" ", 0, max(0, at - 1)) + 1
    if is_weekday(left[both : match.end("word")]):  # asked first: the second word of the Persian Tuesday is Saturday
        at = both
    elif not is_weekday(match["word"]):
        return start
    return start - len(left) + at


_WEEKDAY_RIGHT = expression(
    r"\s{0,2}[（(\[［]\s?(?P<brackets>[^\W\d_]{1,12})\.?\s?(?:[・･]\s?祝\s?)?[）)\]］]"
    r"|\s{0,2}(?P<east>(?:星期|周|週|礼拜|禮拜)[一二三四五六日天]|[月火水木金土日]曜日?|[월화수목금토일]요일)"
    r"|[,،]?\s{1,2}(?P<word>[^\W\d_]{2,14})\.?(?=[\s,،]{1,3}(?:\w{1,6}\.?\s)?\d)"
)
_EAST_ASIAN_DAYS = frozenset("月火水木金土日월화수목금토일一二三四五六天")


def _past_weekday(text: str, end: int) -> tuple[int, bool]:
    """Return where the day of the week ends that follows a date, and whether it is sure ("7 Mayıs 2024 Salı 10:15", "5월 7일 (화)").

    A word without brackets counts before a time only.
    """
    match = _WEEKDAY_RIGHT.match(text, end)
    if match is None:
        return end, False
    word = match["brackets"] or match["word"]
    if match["east"] or (match["brackets"] and match["brackets"][0] in _EAST_ASIAN_DAYS and len(word) <= len("월요일")):
        return match.end(), True
    return (match.end(), match["brackets"] is not None) if is_weekday(word) else (end, False)


def _finished(text: str, found: _Found) -> tuple[str | None, Precision, int, int]:
    """Return (iso, precision, start, end) of a found date together with its weekday and time of day."""
    start, end = _with_weekday(text, found.start), found.end
    iso: str | None = None
    precision: Precision = "day" if found.day else "month"
    if found.year is not None and not found.ambiguous:
        iso = f"{found.year:04d}-{found.month:02d}" + (f"-{found.day:02d}" if found.day else "")
    if not found.day:
        return iso, precision if iso else "none", start, end
    weekday, bracketed = _past_weekday(text, end)
    clock = clock_after(text, end) or (clock_after(text, weekday) if weekday > end else None) or clock_before(text, start)
    end = weekday if bracketed else end
    if clock:
        start, end = min(start, clock.start), max(end, clock.end)
        late = _YEAR_AFTER_DAY.match(text, end) if found.year is None and not found.ambiguous else None
        if late and exists(int(late["year"]), found.month, found.day):  # RFC 850 and social networks: "Sun Nov 22 10:00:00 2015"
            iso, end = f"{int(late['year']):04d}-{found.month:02d}-{found.day:02d}", late.end()
        if iso:
            iso, precision = f"{iso}T{clock.time}{clock.zone}", "second" if len(clock.time) == 8 else "minute"
    return iso, precision if iso else "none", start, end


def read_date(text: str, *, language: str | None = None, order: Order | None = None, now: str | None = None) -> DateReading | None:
    """Read the first date in a line.

    Args:
        text: a line; only its first `LONGEST` code points are read.
        language: BCP 47 code of the text, for month names and the order of numbers.
        order: the order of day and month that the page's other dates or its country give.
        now: ISO time of fetching; without it "2 hours ago" is not a date.

    Returns:
        The reading with offsets into `text`, or None where no date stands.

    >>> read_date("22 Novembre 2015").iso, read_date("Updated Nov 23, 2015").raw
    ('2015-11-22', 'Nov 23, 2015')
    >>> read_date("Dec. 21").iso, read_date("03/05/2020").ambiguous, read_date("31 February 2020")
    (None, True, None)
    >>> read_date("12:03 GMT, 3 May 2020").iso
    '2020-05-03T12:03+00:00'
    """
    return _read(text[:LONGEST], language, order, now)


@functools.lru_cache(maxsize=512)
def _read(printed: str, language: str | None, order: Order | None, now: str | None) -> DateReading | None:
    """Read the first date; readers of stamps, bylines and furniture ask for the same line one after the other."""
    text = ascii_digits(printed)
    iso_match = _ISO.search(text) if "-" in text else None
    parts = _iso_parts(iso_match) if iso_match else None
    found = _first(text, (language, order)) if has_digit(text) else None
    if iso_match and parts and (found is None or iso_match.start() <= found.start):
        iso, precision, end = parts
        weekday, bracketed = _past_weekday(text, end) if precision == "day" else (end, False)
        clock = (clock_after(text, end) or (clock_after(text, weekday) if weekday > end else None)) if precision == "day" else None
        end = weekday if bracketed else end
        if clock:
            iso, end = f"{iso}T{clock.time}{clock.zone}", clock.end
            precision = "second" if len(clock.time) == 8 else "minute"
        return DateReading(iso=iso, start=iso_match.start(), end=end, raw=printed[iso_match.start() : end], precision=precision)
    if found is not None:
        value, precision, start, end = _finished(text, found)
        return DateReading(iso=value, start=start, end=end, raw=printed[start:end], precision=precision, ambiguous=found.ambiguous)
    if now is None or (span := relative_span(text)) is None or (resolved := resolve(span[2], span[3], now)) is None:
        return None
    return DateReading(
        iso=resolved[0],
        start=span[0],
        end=span[1],
        raw=printed[span[0] : span[1]],
        precision="minute" if resolved[1] == "minute" else "day",
    )


def _zone(offset: str) -> str:
    """Return an offset with its colon.

    >>> _zone("+0900"), _zone("Z"), _zone("+09:00")
    ('+09:00', 'Z', '+09:00')
    """
    return f"{offset[:3]}:{offset[3:]}" if len(offset) == len("+0900") else offset


_COMPACT = expression(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?(Z|[+-]\d{2}:?\d{2})?)?$")
_PARTIAL = expression(r"(\d{4})(?:[-/](\d{1,2}))?$")
_SLASHED = expression(r"(\d{4})/(\d{1,2})/(\d{1,2})(?!\d)(.*)$", re.DOTALL)
_EPOCH = expression(r"(\d{10})(?:\d{3})?(?:\.0)?$")


@functools.lru_cache(maxsize=512)
def read_iso(value: str, *, language: str | None = None, order: Order | None = None) -> DateReading | None:
    """Read a date that a page's metadata give to machines: ISO 8601 in its usual misspellings, RFC 2822, Unix time, else a printed date.

    >>> read_iso("2015-11-22T12:03:00+0200").iso, read_iso("20151122").iso, read_iso("2015-11").iso
    ('2015-11-22T12:03:00+02:00', '2015-11-22', '2015-11')
    >>> read_iso("Sun, 22 Nov 2015 10:00:00 +0100").iso, read_iso("0000-00-00"), read_iso("20155-01-01")
    ('2015-11-22T10:00:00+01:00', None, None)
    """
    text = ascii_digits(value.strip()[:100])
    if match := _SLASHED.match(text):
        text = f"{match[1]}-{match[2]}-{match[3]}{match[4]}"
    iso: str | None = None
    precision: Precision = "day"
    if match := _COMPACT.match(text):
        if exists(int(match[1]), int(match[2]), int(match[3])):
            iso = f"{match[1]}-{match[2]}-{match[3]}"
            if match[4] and int(match[4]) < 24 and int(match[5]) < 60 and int(match[6] or 0) < 60:
                precision = "second" if match[6] else "minute"
                iso += f"T{match[4]}:{match[5]}" + (f":{match[6]}" if match[6] else "") + _zone(match[7] or "")
    elif match := _PARTIAL.match(text):
        if exists(int(match[1]), int(match[2] or 1), 1):
            precision = "month" if match[2] else "year"
            iso = match[1] + (f"-{int(match[2]):02d}" if match[2] else "")
    elif match := _EPOCH.match(text):
        moment = datetime.datetime.fromtimestamp(int(match[1]), tz=datetime.UTC)
        precision, iso = "second", moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    else:
        return read_date(text, language=language, order=order)
    return DateReading(iso=iso, start=0, end=len(text), raw=value.strip()[:100], precision=precision) if iso else None
