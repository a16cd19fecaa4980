"""Chooses the title: among h1, og:title, JSON-LD headline and the cut title element the right one nearly always is; agreement finds it.

Every candidate also stands for its cuts ("Headline | Site" for "Headline"). A form's score is the weight of all sources that have it.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from pipeline.describe.jsonld import fold_title
from pipeline.describe.tables import rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.records import Candidate

_SEPARATOR = re.compile(
    r"\s{1,3}[|–—\-·•»«:/~⋆❘│>]{1,2}\s{1,3}|\s?[|│❘]\s?|(?<=\S):\s{1,2}|\s?::\s?|\s»\s|,\s(?=\S{1,40}$)|(?<=[。！？])_|\s?[_－｜]\s?"
)
_LABEL = re.compile(r"^(?P<label>[^|:–—]{2,24}?)\s{0,2}(?:[|:]|\s[–—-])\s{1,3}(?=\S)")
_LONGEST = 500


@functools.cache
def weights() -> dict[str, int]:
    """Return source -> weight from `title_sources.tsv`."""
    return {source: int(weight) for source, weight, _ in rows("title_sources")}


@functools.cache
def _prefixes() -> frozenset[str]:
    return frozenset(fold_title(row[0]) for row in rows("title_prefixes"))


def _squeezed(text: str) -> str:
    return fold_title(text).replace(" ", "")


def is_site(part: str, sites: Sequence[str]) -> bool:
    """Return whether words are one of the site's names: the same letters, or a name with a tagline.

    >>> is_site("Valley Times", ["valleytimes"]), is_site("Valley", ["valleytimes"]), is_site("The Valley Times", ["valleytimes"])
    (True, False, True)
    """
    folded = _squeezed(part)
    if not folded:
        return True
    for site in sites:
        if folded == site or folded.removeprefix("the") == site.removeprefix("the"):
            return True
        if len(folded) >= 7 and 2 * len(folded) >= len(site) and (site.startswith(folded) or site.endswith(folded)):
            return True
        if len(site) >= 5 and (folded.startswith(site) or folded.endswith(site)) and len(folded) <= len(site) + 14:
            return True
    return bool(
        re.fullmatch(r"(?:www\.)?[\w-]{2,40}\.(?:com|org|net|de|fr|at|ch|uk|co\.uk|it|es|pl|info|news|ca|au|nl)", part.strip().lower())
    )


def cuts(title: str) -> list[tuple[int, int]]:
    """Return the spans of a title's parts at separators: every prefix and every suffix, not the whole.

    >>> t = "Rain in May | Weather | Valley"
    >>> [t[a:b] for a, b in cuts(t)]
    ['Rain in May', 'Rain in May | Weather', 'Weather | Valley', 'Valley']
    """
    marks = [match.span() for match in _SEPARATOR.finditer(title[:_LONGEST])][:6]
    prefixes = [(0, start) for start, _ in marks if start > 0]
    return prefixes + [(end, len(title)) for _, end in marks if end < len(title)]


def without_site(title: str, sites: Sequence[str]) -> str:
    """Return a title without the site's name at its end or start, cut as often as needed.

    >>> without_site("Rain in May | Weather - Valley Times", ["valleytimes"])
    'Rain in May | Weather'
    """
    for _ in range(4):
        marks = [match.span() for match in _SEPARATOR.finditer(title[:_LONGEST])]
        for start, end in (marks[-1:] + marks[-2:-1]) if marks else ():
            if start > 0 and is_site(title[end:], sites):
                title = title[:start].rstrip()
                break
        else:
            if marks and len(title) - marks[0][1] > 12 and is_site(title[: marks[0][0]], sites):
                title = title[marks[0][1] :].lstrip()
                continue
            return title
    return title


def without_label(title: str) -> str:
    """Return a title without "Opinion |" or "LIVE:" before it.

    >>> without_label("Opinion | We need rain"), without_label("LIVE: Rain"), without_label("Rain: a history")
    ('We need rain', 'Rain', 'Rain: a history')
    """
    match = _LABEL.match(title)
    return title[match.end() :] if match and fold_title(match["label"]) in _prefixes() else title


def choose_title(candidates: Iterable[Candidate], sites: Sequence[str], *, news: bool = False) -> tuple[str, str] | None:
    """Return (title, source) or None.

    Args:
        candidates: those of field "title".
        sites: squeezed names of the site (see `is_site`).
        news: the page says that it is a news article; then JSON-LD, og and title element together outweigh a heading.
    """
    given = [c for c in candidates if c.source in weights() and c.value.strip()]
    pool = _pool(given, sites) or _pool(given, ())
    if news and len({fold_title(text) for source, text, _ in pool if source in ("json-ld", "og", "title")}) == 1:
        pool = [(source, text, min(weight, weights()[source])) for source, text, weight in pool]
    scores: dict[str, float] = {}
    for _, text, weight in pool:
        counted = {fold_title(text): float(weight)}
        for start, end in cuts(text):
            counted.setdefault(fold_title(text[start:end]), _CUT * weight)
        for form, value in counted.items():
            scores[form] = scores.get(form, 0.0) + value
    best: tuple[float, str, str] | None = None
    for source, text, _ in pool:
        score = scores.get(fold_title(text), 0.0)
        if best is None or score > best[0]:
            best = (score, text, source)
    if best is None:
        return None
    title = without_label(best[1])
    return (title, best[2]) if title else None


_CUT = 0.85
"""A part of a title counts a little less than the whole, so that a headline with a colon stays whole."""
_BOOST = 100
"""What a heading weighs that is surely the headline: more than all metadata together, which sites write for search engines."""
_WORDS = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]|\w+")


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORDS.findall(text.casefold()))


def overlap(one: str, other: str) -> float:
    """Return the share of the shorter text's words that the other has too.

    >>> overlap("Rain in May", "Heavy rain in May 2020"), overlap("Weather", "Heavy rain")
    (1.0, 0.0)
    """
    first, second = _words(one), _words(other)
    return len(first & second) / min(len(first), len(second)) if first and second else 0.0


def _headline(h1s: Sequence[Candidate], others: Sequence[str], sites: Sequence[str]) -> tuple[Candidate, int] | None:
    """Return the h1 that is the headline and its weight.

    Of several, the one nearest to the other titles. It decides where it shares half of a title's words, or is a sentence that shares
    some; a heading of another subject is a section's or a site's (measured on the development pages: of 30 that share no word one was
    the title). A heading that only puts a kicker before the shared title gives way to it.
    """
    best: tuple[float, int] | None = None
    for index, heading in enumerate(h1s):
        near = max((overlap(heading.value, other) for other in others), default=0.0) - 0.5 * bool(heading.extra.get("aside"))
        if not is_site(heading.value, sites) and (best is None or near > best[0]):
            best = (near, index)
    if best is None:
        return None
    chosen = h1s[best[1]]
    sure = best[0] >= 0.5 or (len(_words(chosen.value)) >= 5 and best[0] > 0.15) or not others
    folded = fold_title(chosen.value)
    kicker = any(folded.endswith(" " + form) and len(folded) - len(form) <= 40 for form in map(fold_title, others) if len(form) > 15)
    if sure and kicker and all(fold_title(other) != folded for other in others):
        return chosen, 5
    return chosen, _BOOST if sure else weights()["h1"] // 2


def _pool(candidates: Sequence[Candidate], sites: Sequence[str]) -> list[tuple[str, str, int]]:
    """Return (source, text without the site's name, weight), in the order in which a tie is decided."""
    table = weights()
    pool: list[tuple[str, str, int]] = []
    for candidate in candidates:
        text = without_site(candidate.value[:_LONGEST], sites)
        if candidate.source != "h1" and not is_site(text, sites):
            pool.append((candidate.source, text, table[candidate.source]))
    main = _headline([c for c in candidates if c.source == "h1"], [text for source, text, _ in pool if source in _MAIN], sites)
    if main is not None:
        pool.append(("h1", without_site(main[0].value[:_LONGEST], sites), main[1]))
    order = list(table)
    pool.sort(key=lambda entry: order.index(entry[0]))
    return pool


_MAIN = frozenset({"og", "json-ld", "title", "twitter", "citation", "microdata"})
