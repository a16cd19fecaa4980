"""Counts over records and ledger rows: what a dataset holds, what was taken out of its pages, and what became no record.

A `Tally` is filled record by record in constant memory (it grows with the number of sites and rules, not of documents) and gives frozen
`Statistics`. Everything is an integer or a string, so that two builds say the same.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from pipeline.hosts import host_of
from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

LISTED = 1000
"""How many groups a list names; all others are summed up in `rest`."""
_WORD = expression(r"\w+")
_RECURRING_CHARS = 200
"""What is removed from the pages of a site is mostly the same, line by line: the words of pieces up to this length are counted once."""
_COPYRIGHT_CHARS = 200
"""A longer copyright line is a whole legal notice and stands in the records."""


class Group(msgspec.Struct, frozen=True):
    """Documents that share a value; `name` is None where the records have none. `words` are those of their texts."""

    name: str | None
    documents: int
    words: int


class Groups(msgspec.Struct, frozen=True):
    """Groups, the largest first (months: in their order). `more` groups are not listed; `rest` is what they hold together."""

    listed: tuple[Group, ...]
    more: int
    rest: Group


class Taken(msgspec.Struct, frozen=True):
    """What left the texts by one rule, as one kind, or on one site: spans and documents, words and characters.

    `words` is 0 where `[emit] removed_text` is off: the records then hold offsets only.
    """

    name: str | None
    documents: int
    spans: int
    words: int
    chars: int


class Bin(msgspec.Struct, frozen=True):
    """Documents whose text has at least `at_least` words and fewer than `below`."""

    at_least: int
    below: int
    documents: int


class Outcomes(msgspec.Struct, frozen=True):
    """What became of one source's inputs; `codes` counts the rejected by code."""

    source: str
    inputs: int
    ok: int
    rejected: int
    skipped: int
    codes: dict[str, int]


class Statistics(msgspec.Struct, frozen=True, kw_only=True):
    """All counts of a dataset.

    `raw_bytes` and `base_chars` measure what went in, `chars` and `words` what came out; `first_published` and `last_published` are the
    least and greatest `published_at`, `undated` counts the records without.
    """

    documents: int
    words: int
    chars: int
    base_chars: int
    raw_bytes: int
    first_published: str | None
    last_published: str | None
    undated: int
    sources: Groups
    sites: Groups
    languages: Groups
    varieties: Groups
    months: Groups
    page_kinds: Groups
    completeness: Groups
    copyrights: Groups
    lengths: tuple[Bin, ...]
    removed_by_kind: tuple[Taken, ...]
    removed_by_rule: tuple[Taken, ...]
    removed_by_site: tuple[Taken, ...]
    changes_by_rule: dict[str, int]
    warnings: dict[str, int]
    outcomes: tuple[Outcomes, ...]
    codes: dict[str, int]


def site_of(record: Mapping[str, Any]) -> str | None:
    """Return the host that published a record, without a leading `www.`; None where nothing says it.

    >>> site_of({"publisher": None, "canonical_url": None, "url": "https://www.example.org/a"})
    'example.org'
    """
    publisher = record["publisher"]
    if publisher is not None and publisher["domain"]:
        return str(publisher["domain"])
    return host_of(record["canonical_url"]) or host_of(record["url"])


def month_of(published_at: str | None) -> str | None:
    """Return the month of a date, or the year where it is no more precise.

    >>> month_of("2015-11-22T10:00:00Z"), month_of("2015"), month_of(None)
    ('2015-11', '2015', None)
    """
    return published_at[:7] if published_at else None


def _words(text: str) -> int:
    return _words_again(text) if len(text) <= _RECURRING_CHARS else len(_WORD.findall(text))


@lru_cache(maxsize=1 << 14)
def _words_again(text: str) -> int:
    return len(_WORD.findall(text))


class _Counts:
    """Documents and words by value."""

    def __init__(self) -> None:
        self._documents: Counter[str | None] = Counter()
        self._words: Counter[str | None] = Counter()

    def add(self, name: str | None, words: int) -> None:
        self._documents[name] += 1
        self._words[name] += words

    def groups(self, *, by_name: bool = False) -> Groups:
        ranked = sorted(self._documents, key=lambda name: (-self._documents[name], name is None, name or ""))
        kept, left = ranked[:LISTED], ranked[LISTED:]
        if by_name:
            kept.sort(key=lambda name: (name is None, name or ""))
        rest = Group(None, sum(self._documents[name] for name in left), sum(self._words[name] for name in left))
        return Groups(tuple(Group(name, self._documents[name], self._words[name]) for name in kept), len(left), rest)


class _Takings:
    """Documents, spans, words and characters by value."""

    def __init__(self) -> None:
        self._counts: dict[str | None, list[int]] = {}

    def add(self, taken: Mapping[str | None, Sequence[int]]) -> None:
        """Take the spans, words and characters of one document by value."""
        for name, (spans, words, chars) in taken.items():
            counts = self._counts.setdefault(name, [0, 0, 0, 0])
            counts[0] += 1
            counts[1] += spans
            counts[2] += words
            counts[3] += chars

    def result(self) -> tuple[Taken, ...]:
        ranked = sorted(self._counts.items(), key=lambda item: (-item[1][3], item[0] is None, item[0] or ""))
        return tuple(Taken(name, *counts) for name, counts in ranked[:LISTED])


class Tally:
    """Counts records and ledger rows as they pass."""

    def __init__(self) -> None:
        names = ("sources", "sites", "languages", "varieties", "months", "page_kinds", "completeness", "copyrights")
        self._groups = {name: _Counts() for name in names}
        self._by_kind, self._by_rule, self._by_site = _Takings(), _Takings(), _Takings()
        self._changes: Counter[str] = Counter()
        self._warnings: Counter[str] = Counter()
        self._lengths: Counter[int] = Counter()
        self._sums: Counter[str] = Counter()
        self._first: str | None = None
        self._last: str | None = None
        self._outcomes: dict[str, Counter[str]] = {}
        self._codes: dict[str, Counter[str]] = {}

    def add_record(self, record: Mapping[str, Any]) -> None:
        """Count one record, as its JSON gives it."""
        quality, date = record["quality"], record["published_at"]
        words = quality["words"]
        site = site_of(record)
        self._sums.update(
            documents=1,
            words=words,
            chars=quality["text_chars"],
            base_chars=quality["base_chars"],
            raw_bytes=record["provenance"]["raw"]["bytes"],
            undated=int(date is None),
        )
        self._lengths[words.bit_length()] += 1
        if date is not None:
            self._first = min(self._first or date, date)
            self._last = max(self._last or date, date)
        named = {
            "sources": record["source"],
            "sites": site,
            "languages": record["language"]["code"] if record["language"] else None,
            "varieties": record["variety"],
            "months": month_of(date),
            "page_kinds": record["page_kind"],
            "completeness": record["completeness"],
            "copyrights": record["copyright"][:_COPYRIGHT_CHARS] if record["copyright"] else None,
        }
        for name, value in named.items():
            self._groups[name].add(value, words)
        self._warnings.update(warning["code"] for warning in quality["warnings"])
        self._changes.update(edit[3] for edit in record["provenance"]["edits"] if edit[4] is None and not edit[3].startswith("layout."))
        self._add_removed(record["removed"], site)

    def _add_removed(self, removed: Iterable[Mapping[str, Any]], site: str | None) -> None:
        kinds: dict[str | None, list[int]] = {}
        rules: dict[str | None, list[int]] = {}
        for span in removed:
            words = _words(span["text"]) if span["text"] else 0
            chars = span["base_end"] - span["base_start"]
            for name, counts in ((span["kind"], kinds), (span["rule"], rules)):
                found = counts.get(name)
                if found is None:
                    counts[name] = [1, words, chars]
                else:
                    found[0] += 1
                    found[1] += words
                    found[2] += chars
        self._by_kind.add(kinds)
        self._by_rule.add(rules)
        if kinds:
            self._by_site.add({site: [sum(values) for values in zip(*kinds.values(), strict=True)]})

    def add_row(self, source: str, status: str, code: str | None) -> None:
        """Count one ledger row of a source."""
        outcomes = self._outcomes.setdefault(source, Counter())
        outcomes.update({"inputs": 1, status: 1})
        if code is not None:
            self._codes.setdefault(source, Counter())[code] += 1

    def result(self) -> Statistics:
        """Return what was counted so far."""
        groups: Any = {name: counts.groups(by_name=name == "months") for name, counts in self._groups.items()}
        sums: Any = {name: self._sums[name] for name in ("documents", "words", "chars", "base_chars", "raw_bytes", "undated")}
        return Statistics(
            **sums,
            **groups,
            first_published=self._first,
            last_published=self._last,
            lengths=tuple(Bin(1 << bits >> 1, 1 << bits, self._lengths[bits]) for bits in _range(self._lengths)),
            removed_by_kind=self._by_kind.result(),
            removed_by_rule=self._by_rule.result(),
            removed_by_site=self._by_site.result(),
            changes_by_rule=dict(sorted(self._changes.items())),
            warnings=dict(sorted(self._warnings.items())),
            outcomes=tuple(
                Outcomes(
                    source,
                    counts["inputs"],
                    counts["ok"],
                    counts["rejected"],
                    counts["skipped"],
                    dict(sorted(self._codes.get(source, {}).items())),
                )
                for source, counts in sorted(self._outcomes.items())
            ),
            codes=dict(sorted(sum(self._codes.values(), Counter()).items())),
        )


def _range(counts: Mapping[int, int]) -> range:
    return range(min(counts), max(counts) + 1) if counts else range(0)
