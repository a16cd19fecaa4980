"""What the pages of sites and of the build show, gathered from records one by one."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

import msgspec

from copydesk.review.alarm import Sums, measures
from copydesk.review.words import short
from copydesk.sites import site_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from copydesk.review.marked import Mark
    from pipeline.records import Article

_DOUBTS: Final = 5
"""Doubtful spans that are noted of one document, the most doubtful first."""
_CHANGES: Final = 5
"""Changes of spelling and encoding that are noted of one document."""
_AROUND: Final = 40
"""Characters before and after a change that show where it stands."""
CHANGING: Final = ("spelling", "encoding", "entity", "character", "escape", "damage")
"""Groups of rules whose changes a person may want to see in context; those of mere spaces are none."""


class Doubt(msgspec.Struct, frozen=True, array_like=True):
    """A doubtful span: where it begins, what became of it, the model's score, and its first words."""

    start: int
    fate: str
    score: int
    words: str


class Change(msgspec.Struct, frozen=True, array_like=True):
    """A change of spelling or encoding in its context."""

    start: int
    rule: str
    before: str
    old: str
    new: str
    after: str


class Brief(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What lists and counts need of one record."""

    id: str
    locator: str
    group: str
    site: str
    domain: str
    title: str
    language: str
    page_kind: str
    completeness: str
    published: str
    words: int
    base_chars: int
    text_chars: int
    edits: int
    sources: dict[str, str]
    rules: dict[str, int]
    warnings: tuple[str, ...]
    doubts: tuple[Doubt, ...] = ()
    doubtful: int = 0
    changes: tuple[Change, ...] = ()

    @property
    def measures(self) -> dict[str, float]:
        """Return what the alarm measures of it."""
        return measures(kept=self.text_chars, base=self.base_chars, words=self.words, found=self.sources)


def brief(article: Article, marks: Sequence[Mark], group: str) -> Brief:
    """Return what lists need of a record; `group` is its source, and its day where it has one."""
    doubtful = [mark for mark in marks if mark.strength == "doubt" and mark.score is not None]
    nearest = sorted(doubtful, key=lambda mark: (abs(mark.score or 0), mark.span.start))[:_DOUBTS]
    return Brief(
        id=article.id,
        locator=article.provenance.raw.locator,
        group=group,
        site=site_of(article.canonical_url, article.url, article.source),
        domain=(article.publisher.domain if article.publisher else None) or "",
        title=short(article.title or article.text[:200]),
        language=article.language.code if article.language else "und",
        page_kind=article.page_kind,
        completeness=article.completeness,
        published=article.published_at or "",
        words=article.quality.words,
        base_chars=article.quality.base_chars,
        text_chars=article.quality.text_chars,
        edits=len(article.provenance.edits),
        sources=article.provenance.fields,
        rules=dict(sorted(Counter(edit.rule for edit in article.provenance.edits if not edit.rule.startswith("layout.")).items())),
        warnings=tuple(sorted({warning.code for warning in article.quality.warnings})),
        doubts=tuple(Doubt(mark.span.start, mark.span.fate, mark.score or 0, short(mark.span.text)) for mark in nearest),
        doubtful=len(doubtful),
        changes=tuple(_changes(marks)),
    )


def _changes(marks: Sequence[Mark]) -> Iterator[Change]:
    left = _CHANGES
    for number, mark in enumerate(marks):
        span = mark.span
        if left and span.fate in ("changed", "dropped") and (span.rule or "").partition(".")[0] in CHANGING:
            before = marks[number - 1].span.text[-_AROUND:] if number else ""
            after = marks[number + 1].span.text[:_AROUND] if number + 1 < len(marks) else ""
            yield Change(span.start, span.rule or "", before, short(span.text), short(span.replacement or ""), after)
            left -= 1


class SiteTally:
    """What is counted of one site, or of all of them."""

    def __init__(self) -> None:
        self.documents: list[Brief] = []
        self.rules: Counter[str] = Counter()
        self.sources: dict[str, Counter[str]] = defaultdict(Counter)
        self.days: dict[str, Sums] = defaultdict(Sums)
        self.sums = Sums()
        self.doubtful = 0

    def add(self, each: Brief) -> None:
        """Count one record."""
        self.documents.append(each)
        self.rules.update(each.rules)
        for field, source in each.sources.items():
            self.sources[field][source] += 1
        self.sums.add(each.measures)
        self.days[each.published[:7] or "no date"].add(each.measures)
        self.doubtful += each.doubtful

    @property
    def doubts(self) -> list[tuple[Brief, Doubt]]:
        """Return doubtful spans, the most doubtful first."""
        found = [(each, doubt) for each in self.documents for doubt in each.doubts]
        return sorted(found, key=lambda pair: (abs(pair[1].score), pair[0].id, pair[1].start))


def by_site(briefs: Iterable[Brief]) -> dict[str, SiteTally]:
    """Count records by their site."""
    sites: dict[str, SiteTally] = defaultdict(SiteTally)
    for each in briefs:
        sites[each.site].add(each)
    return dict(sorted(sites.items()))


def newest_days(briefs: Iterable[Brief]) -> Iterator[tuple[str, dict[str, Sums], dict[str, Sums]]]:
    """Yield for every dated source its last day, and by site the sums of the days before and of that day."""
    days: dict[str, dict[str, dict[str, Sums]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(Sums)))
    for each in briefs:
        source, _, day = each.group.partition("/")
        if day:
            days[source][day][each.site].add(each.measures)
    for _, found in sorted(days.items()):
        last = max(found)
        before: dict[str, Sums] = defaultdict(Sums)
        for day, sites in found.items():
            for site, sums in sites.items() if day != last else ():
                before[site] = joined(before[site], sums)
        yield last, dict(before), dict(found[last])


def joined(one: Sums, other: Sums) -> Sums:
    """Return the sums of two groups of documents together."""
    names = one.sums.keys() | other.sums.keys()
    return Sums(
        one.documents + other.documents,
        {name: round(one.sums.get(name, 0) + other.sums.get(name, 0), 6) for name in sorted(names)},
        {name: round(one.squares.get(name, 0) + other.squares.get(name, 0), 6) for name in sorted(names)},
    )
