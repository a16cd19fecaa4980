"""What a record says, value by value: the source that won, where it stood, and the candidates that lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from copydesk.review.words import short

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copydesk.review.marked import Mark
    from pipeline.records import Article
    from pipeline.spans import Candidate

_FIELDS = (
    "title",
    "description",
    "authors",
    "published_at",
    "modified_at",
    "published_raw",
    "modified_raw",
    "dateline",
    "credits",
    "copyright",
    "publisher",
    "section",
    "tags",
    "language",
    "variety",
    "url",
    "canonical_url",
    "page_kind",
    "completeness",
)
_OF_CANDIDATES = {
    "author": "authors",
    "tag": "tags",
    "published": "published_at",
    "modified": "modified_at",
    "site": "publisher",
    "url": "canonical_url",
}
"""Fields whose candidates have another name than the record's field."""
_LONGEST = 400
"""Characters of a value or a candidate that a page shows."""


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """A field of the record.

    Attributes:
        name: its name in the record.
        value: what it says, in words; empty where it is null.
        source: where that came from, as `provenance.fields` names it; empty where nobody noted it.
        places: base offsets of the marks that moved into it.
        lost: the values that lost, each with its source.
    """

    name: str
    value: str
    source: str
    places: tuple[int, ...]
    lost: tuple[tuple[str, str], ...]


def facts(article: Article, marks: Sequence[Mark], candidates: Sequence[Candidate] = ()) -> Iterator[Fact]:
    """Yield the fields that have a value, or that a candidate spoke for."""
    document = article.to_dict()
    for name in _FIELDS:
        value = _worded(document[name])
        said = ((each.value, each.source) for each in candidates if _OF_CANDIDATES.get(each.field, each.field) == name)
        others = dict.fromkeys((short(words, _LONGEST), source) for words, source in said)
        lost = tuple((words, source) for words, source in others if words != value)
        if value or lost:
            places = tuple(mark.span.start for mark in marks if mark.field.partition("-")[0] == name)
            yield Fact(name=name, value=value, source=article.provenance.fields.get(name, ""), places=places, lost=lost)


def _worded(value: Any) -> str:
    """Return a value in words: of lists and objects what people read of them.

    >>> _worded([{"name": "Ann Ray", "type": "person"}, {"name": "Reuters", "type": "agency"}]), _worded(None)
    ('Ann Ray (person), Reuters (agency)', '')
    """
    if isinstance(value, dict):
        parts = [_worded(part) for key, part in value.items() if key not in ("type", "score", "raw")]
        kind = value.get("type") or value.get("score")
        return " · ".join(filter(None, parts)) + (f" ({kind})" if kind else "")
    if isinstance(value, list | tuple):
        return short(", ".join(map(_worded, value)), _LONGEST)
    return "" if value is None else short(str(value), _LONGEST)


def safe_url(url: str | None) -> str:
    """Return an address that a page may link to, empty for any other: only the schemes of the web lead anywhere.

    >>> safe_url("https://example.org/a"), safe_url("javascript:alert(1)"), safe_url(None), safe_url("//[")
    ('https://example.org/a', '', '', '')
    """
    try:
        return url if url and urlsplit(url).scheme in ("http", "https") else ""
    except ValueError:
        return ""
