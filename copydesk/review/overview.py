"""The pages about many documents: the build, its sites, its dataset, and the lists that they lead to."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import msgspec

from copydesk.review.alarm import MEASURES, Alarm
from copydesk.review.design import page
from copydesk.review.rule_texts import rule_texts
from copydesk.review.tally import Brief
from pipeline.ledger import LedgerRow
from pipeline.rules.mine import mine
from tasks.core.costs import Cost
from tasks.summary import BuildSummary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from copydesk.review.tally import Change, SiteTally
    from pipeline.rules.mine import Mined, Seen
    from pipeline.rules.rulebook import RuleBook

_PAGE: Final = 300
"""Documents that one page lists."""
_LISTED, _TOP, _SAMPLE = 200, 20, 50
"""Entries of a long list; of one that shows the first; and of the sample."""
_RECURRING: Final = 40
"""Recurring lines that a site's page shows."""
_LEAST, _SHARE = 3, 10
"""A line recurs where so many documents of the site have it, and so many percent of them."""
_FIELDS = tuple(name for name in MEASURES if name not in ("kept share", "length"))
_LENGTHS = (0, 50, 100, 200, 400, 800, 1600, 3200, 6400)


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A document of a group of duplicates, and the first of the passages that it shares."""

    id: str
    cluster: str
    title: str
    locator: str
    representative: bool
    relation: str | None
    similarity: float | None
    shared: int
    passages: tuple[str, ...]


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """All that the pages show.

    Attributes:
        build: the build's name for verdicts.
        exact: whether documents were cleaned for the pages, so that scores are known.
        left: the inputs that became no record, by source and day.
        slowest: the inputs that took longest, as far as the build noted it.
        before: what the last build had by source and day; None where there is none.
        compared: whether there was anything to compare with.
    """

    build: str
    exact: bool
    summary: BuildSummary
    briefs: list[Brief]
    sites: dict[str, Any]
    left: dict[str, list[LedgerRow]]
    slowest: tuple[Cost, ...]
    members: list[Member]
    alarms: list[Alarm]
    groups: dict[str, dict[str, int]]
    before: dict[str, dict[str, int]] | None
    compared: bool

    @property
    def site_links(self) -> dict[str, str]:
        """Return where the page of each site lies, seen from the top."""
        return {name: f"sites/{site_file(name)}.html" for name in self.sites}


def site_file(site: str) -> str:
    """Return a name that any file system takes: the site's own where it is plain, and a digest behind it where it is not.

    >>> site_file("example.org"), site_file("雨/..")[-9:]
    ('example.org', '-2f9cf846')
    """
    plain = "".join(char if char.isascii() and (char.isalnum() or char in ".-") else "_" for char in site.lower())[:80].strip(".") or "_"
    return plain if plain == site else f"{plain}-{sha256(site.encode('utf-8', 'replace')).hexdigest()[:8]}"


def pages(
    found: Overview, book: RuleBook, kept: Callable[[], Iterable[Seen]], gone: Callable[[], Iterable[Seen]]
) -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of every page but those of documents.

    Args:
        found: what they show.
        book: the rules of the build.
        kept: yields the lines that documents kept; called twice.
        gone: yields the lines that were removed from them; called twice.
    """
    yield "index.html", _build_page(found)
    shared: dict[str, Any] = {"build": found.build}
    alarmed = {site: ", ".join(sorted({each.measure for each in found.alarms if each.site == site})) for site in found.sites}
    yield "sites.html", page("sites.html", sites=found.sites, site_links=found.site_links, fields=_FIELDS, alarmed=alarmed, **shared)
    staying, going = _by_site(mine(kept, least=_LEAST, share=_SHARE)), _by_site(mine(gone, least=_LEAST, share=_SHARE))
    for name, site in found.sites.items():
        yield from _site_pages(found, name, site, staying.get(name, []), going.get(name, []))
    yield "dataset.html", _dataset_page(found)
    yield "changes.html", page("changes.html", changes=list(_changes(found.briefs)), most=_LISTED, **shared)
    yield "duplicates.html", page("duplicates.html", groups=list(_groups(found.members)), counts=found.summary.duplicates, **shared)
    yield "rejected.html", page("rejected.html", rejected=list(_rejected(found.left)), **shared)
    uses: Counter[str] = Counter()
    for each in found.briefs:
        uses.update(each.rules)
    yield "rules.html", page("rules.html", rules=list(rule_texts(uses, book)), **shared)


def _build_page(found: Overview) -> bytes:
    left = {group: Counter(row.code or "skipped" for row in rows) for group, rows in sorted(found.left.items())}
    before = found.before
    return page(
        "build.html",
        build=found.build,
        summary=found.summary,
        exact=found.exact,
        alarms=found.alarms,
        compared=found.compared,
        site_links=found.site_links,
        groups=[(name, now, None if before is None else before.get(name)) for name, now in sorted(found.groups.items())],
        left=list(left.items()),
        codes=sorted({code for counts in left.values() for code in counts}),
        doubts=heapq.nsmallest(
            _TOP,
            ((each, doubt) for each in found.briefs for doubt in each.doubts[:1]),
            key=lambda pair: (abs(pair[1].score), pair[0].id, pair[1].start),
        ),
        largest=heapq.nsmallest(_TOP, found.briefs, key=lambda each: (-each.base_chars, each.id)),
        slowest=found.slowest,
        known={each.id for each in found.briefs},
        busiest=heapq.nsmallest(_TOP, found.briefs, key=lambda each: (-each.edits, each.id)),
    )


def _by_site(mined: Iterable[Mined]) -> dict[str, list[Mined]]:
    """Return recurring lines by site. A sentence that some stories share is none; one that half of the site has is furniture."""
    sites: dict[str, list[Mined]] = defaultdict(list)
    for each in mined:
        if each.prose and 2 * each.documents < each.of:
            continue
        if len(sites[each.site]) < _RECURRING:
            sites[each.site].append(each)
    return sites


def _site_pages(found: Overview, name: str, site: SiteTally, staying: list[Mined], going: list[Mined]) -> Iterator[tuple[str, bytes]]:
    documents = sorted(site.documents, key=lambda each: (-each.doubtful, each.published, each.id))
    stem = site_file(name)
    links = [f"{stem}{f'-{number}' if number else ''}.html" for number in range((len(documents) - 1) // _PAGE + 1)]
    for number, link in enumerate(links):
        yield (
            f"sites/{link}",
            page(
                "site.html",
                root="../",
                build=found.build,
                name=name,
                first=number == 0,
                site=site,
                alarms=[each for each in found.alarms if each.site == name],
                site_links={name: links[0]},
                staying=staying,
                going=going,
                doubts=site.doubts[:_RECURRING],
                documents=documents[number * _PAGE : (number + 1) * _PAGE],
                page=number + 1,
                pages=len(links),
                links=links,
            ),
        )


def _dataset_page(found: Overview) -> bytes:
    names: dict[str, int] = {}
    rows = []
    for each in found.briefs:
        cells = [names.setdefault(words, len(names)) for words in (each.language, each.page_kind, each.completeness, each.domain)]
        rows.append([*cells[:3], each.words, each.published[:10], cells[3]])
    counts = {
        name: Counter(getattr(each, field) for each in found.briefs)
        for name, field in (("language", "language"), ("page_kind", "page_kind"), ("completeness", "completeness"), ("site", "domain"))
    }
    return page(
        "dataset.html",
        build=found.build,
        total=len(rows),
        choices=[(name, sorted(value for value in count if value)) for name, count in counts.items()],
        rows={"names": list(names), "rows": rows},
        charts=list(_charts(found.briefs, counts)),
        sample=heapq.nsmallest(_SAMPLE, found.briefs, key=lambda each: sha256(each.id.encode()).digest()),
    )


def _charts(briefs: Sequence[Brief], counts: Mapping[str, Counter[str]]) -> Iterator[tuple[str, str, list[tuple[str, int]]]]:
    bins = Counter(max(bound for bound in _LENGTHS if bound <= each.words) for each in briefs)
    yield "Lengths", "words, from", [(f"{bound:,}", bins[bound]) for bound in _LENGTHS]
    years = Counter(each.published[:4] or "no date" for each in briefs)
    yield "Years of publication", "year", sorted(years.items())[-_TOP:]
    for title, name in (("Languages", "language"), ("Sites", "site"), ("Completeness", "completeness"), ("Kinds of page", "page_kind")):
        found = sorted(counts[name].items(), key=lambda row: (-row[1], row[0]))[:_TOP]
        yield title, name, [(value or "(not stated)", count) for value, count in found]


def _changes(briefs: Iterable[Brief]) -> Iterator[tuple[str, int, list[tuple[Brief, Change]]]]:
    rules: dict[str, list[tuple[Brief, Change]]] = defaultdict(list)
    uses: Counter[str] = Counter()
    for each in briefs:
        for change in each.changes:
            uses[change.rule] = uses[change.rule] + 1
            if len(rules[change.rule]) < _LISTED:
                rules[change.rule].append((each, change))
    for rule in sorted(rules):
        yield rule, uses[rule], rules[rule]


def _groups(members: Iterable[Member]) -> Iterator[list[Member]]:
    groups: dict[str, list[Member]] = defaultdict(list)
    for each in members:
        groups[each.cluster].append(each)
    for cluster in sorted(groups, key=lambda cluster: (-len(groups[cluster]), cluster))[:_LISTED]:
        yield sorted(groups[cluster], key=lambda each: (not each.representative, each.id))


def _rejected(left: Mapping[str, Sequence[LedgerRow]]) -> Iterator[tuple[str, list[tuple[str, int, list[LedgerRow]]]]]:
    for group, rows in sorted(left.items()):
        codes: dict[str, list[LedgerRow]] = defaultdict(list)
        for row in rows:
            codes[row.code or "skipped"].append(row)
        yield group, [(code, len(found), found[:_LISTED]) for code, found in sorted(codes.items())]
