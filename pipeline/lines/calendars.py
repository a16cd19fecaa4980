"""Month and weekday names of some eighty languages, and which days exist."""

from __future__ import annotations

import functools

from pipeline.lines.solar_calendar import solar_month, solar_months
from pipeline.lines.tables import rows
from pipeline.text.expressions import expression
from pipeline.text.folding import fold_word

FIRST_YEAR = 1500
LAST_YEAR = 2150
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_THAI_OFFSET = 543  # the Thai solar calendar counts from 543 BC
_WORD = expression(r"[\u0e01-\u0e2e\u0e40]\S?[\u0e01-\u0e2e]?\.[\u0e01-\u0e2e]|[^\W\d_](?:[^\s\d.,،;؛:|/()\[\]<>·•\-–—]){1,23}")
_PAIR = expression(r"\.?\s([^\W\d_](?:[^\s\d.,،;؛:|/()\[\]<>·•\-–—]){1,15})")


@functools.cache
def _months() -> dict[str, dict[str, int]]:
    table: dict[str, dict[str, int]] = {}
    for language, month, form in rows("months"):
        table.setdefault(form, {})[language] = int(month)
    return table


@functools.cache
def _openings() -> frozenset[str]:
    """Return the first words of month names of several words."""
    return frozenset(form.split()[0] for form in (*_months(), *solar_months()) if " " in form)


@functools.cache
def _weekdays() -> dict[str, frozenset[int]]:
    days: dict[str, set[int]] = {}
    for _, day, form in rows("weekdays"):
        days.setdefault(form, set()).add(int(day))
    return {form: frozenset(numbers) for form, numbers in days.items()}


def weekdays_of(name: str) -> frozenset[int]:
    """Return the days of the week, 0 for Monday, that some language calls so.

    >>> weekdays_of("Tue"), weekdays_of("dimanche"), weekdays_of("Domínguez")
    (frozenset({1}), frozenset({6}), frozenset())
    """
    return _weekdays().get(fold_word(name), frozenset())


def month_of(name: str, language: str | None = None) -> int | None:
    """Return the month that a name stands for, or None: no month, or another one in another language.

    Args:
        name: the name as printed, full or abbreviated.
        language: BCP 47 code of the text; decides between languages that use one name for two months.

    >>> month_of("Novembre"), month_of("Déc."), month_of("listopada"), month_of("listopada", "hr"), month_of("Tuesday")
    (11, 12, None, 10, None)
    """
    found = _months().get(fold_word(name))
    if not found:
        return None
    own = found.get((language or "").split("-")[0].lower())
    if own:
        return own
    values = set(found.values())
    return values.pop() if len(values) == 1 else None


def is_month(name: str) -> bool:
    """Return whether some language calls a month so, of this calendar or of the solar Hijri one."""
    return fold_word(name) in _months() or solar_month(name) is not None


def is_weekday(name: str) -> bool:
    """Return whether some language calls a day of the week so.

    >>> is_weekday("Sunday"), is_weekday("dimanche"), is_weekday("Domínguez")
    (True, True, False)
    """
    return fold_word(name) in _weekdays()


def month_words(text: str) -> list[tuple[int, int, str]]:
    """Return (start, end, name) of every run of one or two words in `text` that is a month's name.

    >>> month_words("22 Novembre 2015, 1 كانون الثاني")
    [(3, 11, 'Novembre'), (20, 32, 'كانون الثاني')]
    """
    months, openings = _months(), _openings()
    found = []
    for match in _WORD.finditer(text):
        word = match[0]
        folded = fold_word(word)
        pair = _PAIR.match(text, match.end()) if folded in openings else None
        if pair and is_month(both := f"{word} {pair[1]}"):
            found.append((match.start(), pair.end(), both))
        elif folded in months or solar_month(word) is not None:
            found.append((match.start(), match.end(), word))
        elif word[0] == "ב" and is_month(word[1:]):  # Hebrew "in November" is one word
            found.append((match.start() + 1, match.end(), word[1:]))
        elif word[1] in "'’" and word[0] == "d" and is_month(word[2:]):
            found.append((match.start() + 2, match.end(), word[2:]))
    return found


def exists(year: int | None, month: int, day: int) -> bool:
    """Return whether the day is in the Gregorian calendar (29 February where the year is not known).

    >>> exists(2015, 2, 29), exists(2016, 2, 29), exists(None, 2, 29), exists(2015, 0, 0), exists(20155, 1, 1)
    (False, True, True, False, False)
    """
    if not (1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]):
        return False
    if year is None:
        return True
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return False
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return leap or (month, day) != (2, 29)


def gregorian(year: int) -> int:
    """Return the Gregorian year of a printed year; years of 2400 to 2700 count by the Thai calendar.

    >>> gregorian(2558), gregorian(2015)
    (2015, 2015)
    """
    return year - _THAI_OFFSET if 2400 <= year <= 2700 else year
