"""The solar Hijri calendar, in which pages of Iran and Afghanistan print their days."""

from __future__ import annotations

import datetime
import functools

from pipeline.lines.tables import rows

_FIRST, _LAST = 1300, 1449
"""Years that are read: 1921 to 2070, and no year of another calendar that a page prints as its day."""
_EPOCH = datetime.date(1921, 3, 21).toordinal()
"""1 Farvardin 1300."""
_LANGUAGES = frozenset(("fa", "ps", "prs", "azb", "mzn"))
"""BCP 47 codes of languages whose pages count by this calendar, also in digits alone."""
_PERSIAN = str.maketrans("يىك", "ییک")
"""Arabic letters that keyboards put for Persian ones."""
_MONTH_WORDS = ("", " ماه", "\u200cماه", "ماه")
"""What stands behind a month's name: nothing, or the word "month"."""


@functools.cache
def solar_months() -> dict[str, int]:
    """Return the names of the months in Persian letters, with and without the word for month behind them."""
    return {form + word: int(month) for _, month, form in rows("solar_months") for word in _MONTH_WORDS}


def solar_month(name: str) -> int | None:
    """Return the month of the solar Hijri calendar that a name stands for, None for any other word.

    >>> solar_month("خرداد"), solar_month("تير"), solar_month("فروردین ماه"), solar_month("مارس")
    (3, 4, 1, None)
    """
    return solar_months().get(name.translate(_PERSIAN))


def counts_by_the_sun(language: str | None) -> bool:
    """Return whether pages of a language (BCP 47) print days of this calendar.

    >>> counts_by_the_sun("fa-IR"), counts_by_the_sun("ar"), counts_by_the_sun(None)
    (True, False, False)
    """
    return (language or "").split("-")[0].lower() in _LANGUAGES


def _is_leap(year: int) -> bool:
    """Tell whether a year has 366 days: eight years of 33, as the rule says that holds from 1178 to 1633.

    Source: K. M. Borkowski, "The Persian calendar for 3000 years", Earth, Moon and Planets 74 (1996), 223-230.
    """
    return (25 * year + 11) % 33 < 8


def from_solar(year: int, month: int, day: int) -> tuple[int, int, int] | None:
    """Return the Gregorian (year, month, day) of a day of the solar Hijri calendar, None where there is no such day.

    >>> from_solar(1399, 1, 1), from_solar(1399, 4, 2), from_solar(1403, 12, 30), from_solar(1402, 12, 30), from_solar(2020, 1, 1)
    ((2020, 3, 20), (2020, 6, 22), (2025, 3, 20), None, None)
    """
    if not (_FIRST <= year <= _LAST and 1 <= month <= 12 and 1 <= day <= _days(year, month)):
        return None
    before = sum(365 + _is_leap(earlier) for earlier in range(_FIRST, year)) + sum(_days(year, earlier) for earlier in range(1, month))
    found = datetime.date.fromordinal(_EPOCH + before + day - 1)
    return found.year, found.month, found.day


def _days(year: int, month: int) -> int:
    if month <= 6:
        return 31
    return 30 if month <= 11 or _is_leap(year) else 29
