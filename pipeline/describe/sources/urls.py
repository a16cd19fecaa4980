"""What addresses say: canonical form, publisher's domain, dates in the path."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from pipeline.hosts import host_of
from pipeline.lines.calendars import exists
from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.lines.dates import Order

_PATH_DATE = expression(r"/(?P<y>(?:19|20)\d{2})[/\-.](?P<m>\d{1,2})[/\-.](?P<d>\d{1,2})(?=[/\-_.+]|%|$)")
_PATH_DENSE = expression(r"[/_\-](?P<y>20\d{2})(?P<m>\d{2})(?P<d>\d{2})(?=[/_\-.]|$)")
_PATH_DAY_FIRST = expression(r"[/_\-](?P<d>\d{2})[-.](?P<m>\d{2})[-.](?P<y>20\d{2})(?=[/_\-.]|$)")
"""Where both numbers may be a month, nothing tells the order."""
_PATH_WORD = expression(
    r"/(?P<y>(?:19|20)\d{2})/(?P<m>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}/(?P<d>\d{1,2})(?=/|$)", re.IGNORECASE
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SECOND_LEVEL = frozenset(["co", "com", "org", "net", "gov", "ac", "edu", "gob", "gouv", "or", "ne", "go", "in"])
# Countries whose sites print the day first in English, by their domain; the United States and the Philippines print the month first.
DAY_FIRST_DOMAINS = frozenset(
    ["uk", "ie", "au", "nz", "in", "za", "ng", "ke", "gh", "pk", "lk", "bd", "sg", "my", "hk", "mt", "cy", "ae", "qa", "eu"]
)


def resolve(base: str | None, link: str) -> str | None:
    """Return an absolute http(s) address, or None for anything else.

    >>> resolve("https://example.org/a/b", "../c?x=1#top")
    'https://example.org/c?x=1'
    >>> resolve(None, "javascript:void(0)") is None
    True
    """
    try:
        joined = urljoin(base or "", link.strip()[:2000])
        parts = urlsplit(joined)
        parts.port  # noqa: B018 # raises on a port that is none
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or joined.split(maxsplit=1) != [joined]:
        return None
    return joined.split("#", 1)[0]


def site_word(host: str | None) -> str:
    """Return the word of a host that a site's name is likely made of: "example" of "news.example.co.uk".

    >>> site_word("news.example.co.uk"), site_word("orf.at"), site_word(None)
    ('example', 'orf', '')
    """
    labels = (host or "").split(".")
    if len(labels) > 2 and labels[-2] in _SECOND_LEVEL:
        labels = labels[:-1]
    return labels[-2] if len(labels) > 1 else ""


def path_date(url: str | None) -> str | None:
    """Return the day in an address's path as ISO, or None.

    >>> path_date("https://example.org/2020/05/03/x"), path_date("https://example.org/a-20200503.html"), path_date("/2020/13/45/")
    ('2020-05-03', '2020-05-03', None)
    >>> path_date("/news/29-10-2021"), path_date("/news/03-05-2020")
    ('2021-10-29', None)
    """
    try:
        path = urlsplit(url or "").path[:500]
    except ValueError:
        return None
    for pattern in (_PATH_DATE, _PATH_WORD, _PATH_DENSE, _PATH_DAY_FIRST):
        for match in pattern.finditer(path):
            if pattern is _PATH_DAY_FIRST and int(match["d"]) <= len(_MONTHS) and match["d"] != match["m"]:
                continue
            month = int(match["m"]) if match["m"].isdigit() else _MONTHS.index(match["m"].lower()) + 1
            if int(match["y"]) >= 1990 and exists(int(match["y"]), month, int(match["d"])):
                return f"{match['y']}-{month:02d}-{int(match['d']):02d}"
    return None


def with_region(declared: str | None, others: Iterable[str]) -> str | None:
    """Return a declared language with the region that the page adds elsewhere, if any; "en_US" is what many tools put in of themselves.

    >>> with_region("en", ["en", "en_GB"]), with_region("en", ["en_US", "de_AT"]), with_region(None, ["en_GB"])
    ('en_GB', 'en', None)
    """
    code = (declared or "").lower()
    forms = ((other, other.lower().replace("-", "_")) for other in others)
    return next((other for other, form in forms if code and form.startswith(f"{code}_") and form != "en_us"), declared)


def date_order(language: str | None, url: str | None) -> Order | None:
    """Return "dmy" or "mdy" where the page's language or country says how it writes dates in digits, else None.

    >>> date_order("en-GB", None), date_order("en", "https://x.com.au/"), date_order("en-US", None), date_order("en", None)
    ('dmy', 'dmy', 'mdy', None)
    >>> date_order(None, "https://x.example/en-gb/rain")
    'dmy'
    """
    code = (language or "").replace("_", "-").lower()
    suffix = (host_of(url) or "").rsplit(".", 1)[-1]
    if suffix in DAY_FIRST_DOMAINS:
        return "dmy"
    if code in ("en-us", "fil", "en-ph") or suffix == "us":
        return "mdy"
    region = code.partition("-")[2]
    if code.startswith("en-") and region in _DAY_FIRST_REGIONS:
        return "dmy"
    if code.partition("-")[0] in ("", "en") and not region and (match := _PATH_LOCALE.search(url or "")):
        return "dmy" if match["region"].lower() in _DAY_FIRST_REGIONS else "mdy"
    return None


_DAY_FIRST_REGIONS = frozenset({"gb", "uk", "au", "nz", "ie", "in", "za"})
_PATH_LOCALE = expression(r"^https?://[^/]{1,200}/en[-_](?P<region>us|gb|uk|au|nz|ie|in|za)(?:/|$)", re.IGNORECASE)
