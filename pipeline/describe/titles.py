"""Chooses the title: among h1, og:title, JSON-LD headline and the cut title element the right one nearly always is; agreement finds it.

Every candidate also stands for its cuts ("Headline | Site" for "Headline"). A form's score is the weight of all sources that have it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence

from pipeline.describe.jsonld import fold_title
from pipeline.describe.tables import rows
from pipeline.records import Candidate

_SEPARATOR = re.compile(r"\s{1,3}[|–—\-·•»«:/~⋆❘│>]{1,2}\s{1,3}|\s?[|│❘]\s?|(?<=\S):\s{1,2}|\s?::\s?|\s»\s|,\s(?=\S{1,40}$)|(?<=[。！？])_|\s?[_－｜]\s?")
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
        if len(site) >= 5 and (folded.startswith(site) or folded.endswith(site)) and len(folded) <= len(site) + 14:
            return True
    return bool(re.fullmatch(r"(?:www\.)?[\w-]{2,40}\.(?:com|org|net|de|fr|at|ch|uk|co\.uk|it|es|pl|info|news|ca|au|nl)", part.strip().lower()))


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


def choose_title(candidates: Iterable[Candidate], sites: Sequence[str]) -> tuple[str, str] | None:
    """Return (title, source) or None.

    Args:
        candidates: those of field "title".
        sites: squeezed names of the site (see `is_site`).
    """
    pool = _pool(candidates, sites)
    scores: dict[str, float] = {}
    for source, text, weight in pool:
        counted = {fold_title(text): float(weight)}
        for start, end in cuts(text):
            form = fold_title(text[start:end])
            counted.setdefault(form, 0.85 * weight)
        for form, value in counted.items():
            scores[form] = scores.get(form, 0.0) + value
    best: tuple[float, int, str, str] | None = None
    for rank, (source, text, _) in enumerate(pool):
        score = scores.get(fold_title(text), 0.0)
        if best is None or score > best[0]:
            best = (score, rank, text, source)
    if best is None:
        return None
    title = without_label(best[2])
    return (title, best[3]) if title else None


def _pool(candidates: Iterable[Candidate], sites: Sequence[str]) -> list[tuple[str, str, int]]:
    """Return (source, text without the site's name, weight), in the order in which a tie is decided."""
    table = weights()
    pool: list[tuple[str, str, int]] = []
    seen: set[str] = set()
    for candidate in candidates:
        if candidate.source not in table or not candidate.value.strip():
            continue
        weight = table[candidate.source]
        if candidate.source in seen and candidate.source in ("h1", "title"):
            weight //= 4
        if candidate.extra.get("aside"):
            weight //= 5
        text = without_site(candidate.value[:_LONGEST], sites)
        if is_site(text, sites):
            continue
        seen.add(candidate.source)
        pool.append((candidate.source, text, weight))
    order = list(table)
    pool.sort(key=lambda entry: order.index(entry[0]))
    return pool
