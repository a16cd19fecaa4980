"""Weighs the candidates of all sources, field by field, and says which source won."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pipeline.config import DescribeConfig
from pipeline.describe.choose_authors import choose_authors
from pipeline.describe.choose_dates import DATED, choose, printed
from pipeline.describe.choose_title import choose_title, without_site
from pipeline.describe.day_model import best_day
from pipeline.describe.site_owners import owners
from pipeline.describe.sources import urls
from pipeline.hosts import host_of
from pipeline.records import Publisher
from pipeline.spans import Candidate, Fields, ScoredDay
from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.describe.day_model import DayModel
    from pipeline.lines.dates import Order

_LONGEST_SECTION = 80
_LONGEST_TAG = 60
_TAG_SPLIT = expression(r"[,;|、，]")


_Pool = dict[str, list[Candidate]]
"""Candidates by their field."""


def _of(pool: _Pool, field: str, *sources: str) -> list[Candidate]:
    """Return the candidates of a field, in the order of `sources` where given."""
    found = pool.get(field, [])
    return sorted((c for c in found if c.source in sources), key=lambda c: sources.index(c.source)) if sources else found


def _first(pool: _Pool, field: str, *sources: str) -> Candidate | None:
    return next(iter(_of(pool, field, *sources)), None)


def site_names(pool: _Pool, url: str | None) -> tuple[str, ...]:
    """Return the site's names, letters and digits only, by which titles are cut: og:site_name, publisher, the host's word."""
    names = [c.value for field in ("site", "publisher") for c in _of(pool, field)]
    host = host_of(url) or next((host_of(c.value) for c in _of(pool, "canonical_url")), None)
    names += [urls.site_word(host), host or ""]
    squeezed = (_NO_LETTERS.sub("", name.casefold()) for name in names)
    return tuple(dict.fromkeys(name for name in squeezed if 1 < len(name) < 40))


def _owners(pool: _Pool, url: str | None) -> frozenset[str]:
    named = [c.value for c in _of(pool, "site")]
    houses = [*named, *(c.value for c in _of(pool, "publisher"))] if named else []
    return owners((c.value for c in _of(pool, "author")), houses, urls.site_word(host_of(url)))


_NO_LETTERS = expression(r"[\W_]+")


def _publisher(pool: _Pool, url: str | None) -> tuple[Publisher | None, str]:
    host = host_of(url)
    named = _first(pool, "publisher", "json-ld", "microdata") or _first(pool, "site") or _first(pool, "publisher")
    if named is None and host is None:
        return None, ""
    name = without_site(named.value, ()) if named else None
    name = name if name and len(name) <= 80 and not name.startswith("http") else None
    return Publisher(name=name, domain=host), named.source if named and name else "url"


def _listed(value: str) -> list[str]:
    """Return the entries of a list in one string, without the white space around its marks.

    >>> _listed("rain ,  wind;")
    ['rain', 'wind', '']
    """
    parts = _TAG_SPLIT.split(value)
    return (
        [*(part.rstrip() if place == 0 else part.strip() for place, part in enumerate(parts[:-1])), parts[-1].lstrip()]
        if parts[1:]
        else parts
    )


def _tags(pool: _Pool, most: int) -> tuple[tuple[str, ...], str]:
    for field, source in (("tag", "og"), ("tag", "json-ld"), ("keywords", "json-ld"), ("keywords", "meta"), ("keywords", "microdata")):
        words: dict[str, str] = {}
        for candidate in _of(pool, field, source):
            parts = [candidate.value] if field == "tag" else _listed(candidate.value)
            stripped = (part.strip(" \"'#") for part in parts)
            words |= {word.casefold(): word for word in stripped if 1 < len(word) <= _LONGEST_TAG and word.casefold() not in words}
        if words:
            return tuple(words.values())[:most], source
    return (), ""


def choose_fields(
    candidates: Iterable[Candidate],
    *,
    url: str | None,
    fetched_at: str | None = None,
    config: DescribeConfig | None = None,
    days: DayModel | None = None,
) -> Fields:
    """Choose the value of every field.

    Args:
        candidates: what `collect_markup`, `collect_near_headline` and the moves out of the text found.
        url: where the page came from.
        fetched_at: ISO time of fetching; no date after its day is believed.
        config: settings.
        days: what chooses a page's day of publication; None for a text, whose few lines the table of sources ranks.

    >>> choose_fields([Candidate(field="title", value="Rain | Valley", source="title")], url="https://valley.example/").title
    'Rain'
    """
    config = config or DescribeConfig()
    pool: _Pool = {}
    dated = []
    for candidate in candidates:
        pool.setdefault(candidate.field, []).append(candidate)
        if candidate.field in DATED:
            dated.append(candidate)
    sites = site_names(pool, url)
    declared = _first(pool, "language", "html-lang", "json-ld", "og", "meta", "dublin-core", "http")
    language = declared.value if declared else None
    regional = urls.with_region(language, (c.value for c in _of(pool, "language")))
    title = choose_title(_of(pool, "title"), sites)
    authors = choose_authors(
        _of(pool, "author"), sites, others=[c.value for c in _of(pool, "contributor", "line")], owners=_owners(pool, url)
    )
    rest = _others(pool, url, config)
    won = {"title": title[1] if title else "", "authors": authors[1] if authors else ""}
    chosen = msgspec.structs.replace(
        rest,
        title=title[0] if title else None,
        authors=authors[0] if authors else (),
        language=language,
        sources=rest.sources | {field: source for field, source in won.items() if source},
    )
    return _with_days(chosen, pool, dated, days, order=urls.date_order(regional, url), fetched_at=fetched_at)


def _is_news(pool: _Pool) -> bool:
    """Tell whether the page says that it is a news article."""
    return any("news" in candidate.value for candidate in _of(pool, "kind"))


def _with_days(
    fields: Fields, pool: _Pool, dated: list[Candidate], days: DayModel | None, *, order: Order | None, fetched_at: str | None
) -> Fields:
    """Return the fields with the days of publication and change; `dated` are the candidates of both, as they came."""
    modified = choose("modified", dated, language=fields.language, order=order, fetched_at=fetched_at)
    scored: tuple[ScoredDay, ...] = ()
    if days is None:
        published = choose("published", dated, language=fields.language, order=order, fetched_at=fetched_at)
    else:
        headline = next((c.start for c in _of(pool, "title", "line")), -1)
        day, scored = best_day(
            days, dated, language=fields.language, order=order, fetched_at=fetched_at, headline=headline, news=_is_news(pool)
        )
        published = day.moment() if day else None
    won = {
        "published_at": (published.source + _DERIVED * published.derived) if published else "",
        "modified_at": modified.source if modified else "",
    }
    return msgspec.structs.replace(
        fields,
        published_at=published.iso if published else None,
        modified_at=modified.iso if modified else None,
        published_raw=printed("published", dated) or (published.raw if published and published.printed else None),
        modified_raw=printed("modified", dated),
        sources=fields.sources | {field: source for field, source in won.items() if source},
        days=scored,
    )


_DERIVED = " (derived)"
"""What `provenance.fields` adds to the source of a day of publication that nothing calls so."""


def _others(pool: _Pool, url: str | None, config: DescribeConfig) -> Fields:
    """Choose the fields for which the order of the sources is enough."""
    description = _first(pool, "description", "json-ld", "og", "meta", "twitter", "dublin-core")
    section = _first(pool, "section", "og", "json-ld", "meta", "microdata")
    rights = _first(pool, "copyright", "line", "visible", "json-ld", "meta", "dublin-core")
    publisher, publisher_source = _publisher(pool, url)
    tags, tags_source = _tags(pool, config.most_tags)
    canonical = _canonical(pool, url)
    section = section if section and len(section.value) <= _LONGEST_SECTION else None
    won = {
        "description": description.source if description else "",
        "section": section.source if section else "",
        "copyright": rights.source if rights else "",
        "publisher": publisher_source,
        "tags": tags_source,
        "canonical_url": canonical[1] if canonical else "",
    }
    return Fields(
        description=description.value if description else None,
        publisher=publisher,
        section=section.value if section else None,
        tags=tags,
        canonical_url=canonical[0] if canonical else None,
        copyright=rights.value if rights else None,
        sources={field: source for field, source in won.items() if source},
    )


def _canonical(pool: _Pool, url: str | None) -> tuple[str, str] | None:
    """Return the address that the page gives as its own; a relative one counts from its first base element (HTML, section 4.2.3)."""
    base = _first(pool, "base")
    start = (urls.resolve(url, base.value) if base else None) or url
    for candidate in _of(pool, "canonical_url"):
        address = urls.resolve(start, candidate.value)
        if address:
            return address, candidate.source
    return None
