"""Times of day and their zones, next to a date."""

from __future__ import annotations

import functools
import re

import msgspec

from pipeline.lines.tables import rows
from pipeline.text.expressions import expression

# Words that stand between a date and a time, in many languages; single letters only before digits.
_LINK = (
    r"(?:at|um|ab|à|á|às|as|a las|a les|alle|alle ore|ore|ora|kl|klo|klokken|om|в|у|о|u|o|ob|saat|godz|godzina|pukul|jam|lúc|vào lúc"
    r"|la|los|te|til"
    r"|στις|เวลา|g|h|o godz|الساعة|ساعت|बजे|time|uhr|hrs|time is)"
)
_BETWEEN = expression(rf"\.?[\s,،|·•–—\-@/:(]{{0,6}}(?:{_LINK}\.?(?=[\s:\d]):?)?\s{{0,3}}", re.IGNORECASE)
_TIME = expression(
    r"(?P<lead>上午|下午|午前|午後|오전|오후)?\s?(?<![\d.,])(?P<hour>\d{1,2})(?P<mark>[:.hH]|\s?h\s?|時|时|點|点|시\s?|\s:\s)(?P<minute>\d{2})(?!\d)"
    r"(?:[:.](?P<second>\d{2})(?!\d)(?:\.\d{1,6})?)?(?:분|分)?"
    r"(?:\s?(?P<half>[aApP]\.?\s?[mM]\b\.?|[قب]\.ظ\.?|(?:قبل|بعد) از ظهر|[πΠμΜ]\.\s?[μΜ]\.?|صباح(?:ا|اً|ًا)?|مساء(?:ً|اً)?|[صم](?!\w)))?"
    r"(?:\s?(?P<unit>uhr|Uhr|UHR|hrs|Hrs|HRS|h\b|час[а-я]{0,2}|น\.))?"
)
_HOUR = expression(r"(?<![\d.,:])(?P<hour>\d{1,2})\s?(?:(?P<half>[aApP]\.?[mM]\b\.?)|h(?![\w.]))")
_ZONE = expression(
    r"\s{0,2}\(?(?:(?P<name>[A-Za-zМСК]{1,4})\b)?(?:\s?(?P<sign>[+\-−])(?P<zh>\d{1,2}):?(?P<zm>\d{2})?(?!\d))?(?P<close>\))?"
)


class Clock(msgspec.Struct, frozen=True):
    """A time of day: `time` as "HH:MM" or "HH:MM:SS", `zone` as "+HH:MM", "Z" or empty, and its span."""

    time: str
    zone: str
    start: int
    end: int


@functools.cache
def _zones() -> dict[str, str]:
    return {row[0]: row[1] for row in rows("zones")}


_HOURS = expression(r"(?<![\d:])\d{1,2}[:.]\d{2}$")


def _zone_at(text: str, position: int) -> tuple[str, int]:
    match = _ZONE.match(text, position)
    if not match or not (match["name"] or match["sign"]):
        return "", position
    name = (match["name"] or "").lower()
    known = _zones().get(name) if match["name"] and (match["name"].isupper() or name in ("gmt", "utc")) else None
    if match["name"] and known is None:
        if match["name"] in ("ET", "PT", "CT", "MT", "IST", "CST", "BST"):  # printed zones without one meaning are covered, not read
            return "", match.end()
        return "", position
    if match["sign"]:
        if (
            match["sign"] != "+"
            and match.start("sign") == position
            and ":" in match[0]
            and _HOURS.search(text, max(0, position - 8), position)
        ):
            return "", position  # "10:00-11:30" are opening hours
        if (name and name not in ("utc", "gmt")) or int(match["zh"]) > 14 or int(match["zm"] or 0) > 59:
            return known or "", match.start("sign") if known else position
        sign = "+" if match["sign"] == "+" else "-"
        return f"{sign}{int(match['zh']):02d}:{match['zm'] or '00'}", match.end()
    return known or "", match.end()


_AFTERNOON = ("p", "م", "ب", "μ")
"""First letters of what stands behind a time after noon: "pm", Arabic "م" and "مساء", Greek "μ.μ.", Persian "ب.ظ" and "بعد از ظهر"."""


def _value(match: re.Match[str]) -> str | None:
    groups = match.groupdict()
    hour, minute, second = int(groups["hour"]), int(groups.get("minute") or 0), groups.get("second")
    half = (groups.get("half") or "").lower()[:1]
    lead = groups.get("lead")
    if half or lead:
        if not (1 <= hour <= 12 or (hour <= 23 and not half.isascii()) or (lead and hour <= 23)):
            return None
        afternoon = half in _AFTERNOON or lead in ("下午", "午後", "오후")
        hour = (hour % 12 if hour <= 12 else hour) + (12 if afternoon and hour <= 12 else 0)
    if hour > 23 or minute > 59 or (second and int(second) > 59):
        return None
    return f"{hour:02d}:{minute:02d}" + (f":{second}" if second else "")


def read_clock(text: str, position: int) -> Clock | None:
    """Read a time of day that begins exactly at `position`.

    >>> read_clock("12:03 GMT, 3 May 2020", 0)
    Clock(time='12:03', zone='+00:00', start=0, end=9)
    >>> read_clock("3.45pm", 0).time, read_clock("12.03 Uhr", 0).time, read_clock("25:61", 0)
    ('15:45', '12:03', None)
    >>> read_clock("8:05 ب.ظ", 0).time, read_clock("10:30 ص", 0).time, read_clock("16:30 مساء", 0).time
    ('20:05', '10:30', '16:30')
    >>> read_clock("12.00 CET", 0).zone, read_clock("12.00 CD", 0)
    ('+01:00', None)
    """
    match = _TIME.match(text, position) or _HOUR.match(text, position)
    if not match:
        return None
    groups = match.groupdict()
    zone, end = _zone_at(text, match.end())
    said = groups.get("half") or groups.get("unit") or (end > match.end() and text[match.end() : end].strip(" (")[:1].isalpha())
    if groups.get("mark") == "." and not said and not _linked(text, position):
        return None
    value = _value(match)
    if value is None:
        return None
    return Clock(value, zone, match.start(), end)


def _linked(text: str, position: int) -> bool:
    before = text[max(0, position - 12) : position].rstrip().rstrip(".:").lower()
    return before.endswith(("kl", "klo", "klokken", "ore", "um", "alle", "saat", "pukul", "jam", "|", "at", "-", ","))


def clock_after(text: str, position: int) -> Clock | None:
    """Read the time that follows a date which ends at `position`, over a comma, a dash or a word such as "at"."""
    between = _BETWEEN.match(text, position)
    for start in dict.fromkeys((between.end() if between else position, position)):
        clock = read_clock(text, start)
        if clock and (start > position or clock.start > position or not text[position - 1 : position].isdigit()):
            return clock
    return None


def clock_before(text: str, position: int) -> Clock | None:
    """Read the time that ends right before a date which begins at `position`: "12:03 GMT, 3 May 2020"."""
    window = text[max(0, position - 40) : position]
    for match in _TIME.finditer(window):
        start = max(0, position - 40) + match.start()
        clock = read_clock(text, start)
        if clock and clock.end <= position and not text[clock.end : position].strip(" ,|·•–—-\u00a0"):
            return clock
    return None
