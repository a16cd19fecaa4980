"""Chooses the title: among h1, og:title, JSON-LD headline and the cut title element the right one nearly always is; agreement finds it.

Every candidate also stands for its cuts ("Headline | Site" for "Headline"). A form's score is the weight of all sources that have it.
"""

from __future__ import annotations

import functools
import itertools
from typing import TYPE_CHECKING

import msgspec

from pipeline.describe.field_tables import rows
from pipeline.lines.dates import read_date
from pipeline.lines.tables import has_digit
from pipeline.text.expressions import expression
from pipeline.text.folding import fold_title, words_of
from pipeline.text.headlines import before_bar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.spans import Candidate

_SEPARATOR = expression(
    r"\s{1,3}[|–—\-·•»«:/~⋆❘│>@]{1,2}\s{1,3}|\s?[|│❘]\s?|(?<=\S):\s{1,2}|\s?::\s?|\s»\s|,\s(?=\S{1,40}$)|(?<=[。！？])_|\s?[_－｜]\s?"
)
_LABEL = expression(r"^(?P<label>[^|:–—]{2,24}?)\s{0,2}(?:[|:]|\s[–—-])\s{1,3}(?=\S)")
_LONGEST = 500


@functools.cache
def weights() -> dict[str, int]:
    """Return source -> weight from `title_sources.tsv`."""
    return {source: int(weight) for source, weight, _ in rows("title_sources")}


@functools.cache
def _prefixes() -> frozenset[str]:
    return frozenset(fold_title(row[0]) for row in rows("title_prefixes"))


def _squeezed(text: str) -> str:
    return fold_title(text).replace(" ", "").replace("_", "")


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
        tagline = len(site) >= 5 and (folded.startswith(site) or folded.endswith(site)) and len(folded) <= len(site) + 14
        if tagline and not (folded[-1].isdigit() and not site[-1].isdigit()):
            return True
    return "." in part and _HOST.fullmatch(part.strip().lower()) is not None


_HOST = expression(r"(?:www\.)?[\w-]{2,40}\.(?:com|org|net|de|fr|at|ch|uk|co\.uk|it|es|pl|info|news|ca|au|nl)")


_MARK = expression(r"[|–—\-·•»«:/~⋆❘│>@,_－｜]")
_MOST_CUTS = 6
_SHORT = 12
"""Code points before a site's name that are a title."""


def _marks(title: str) -> list[tuple[int, int]]:
    """Return the spans of a title's separators; most titles have no character that could be one."""
    return [match.span() for match in _SEPARATOR.finditer(title[:_LONGEST])] if _MARK.search(title) else []


def cuts(title: str) -> list[tuple[int, int]]:
    """Return the spans of a title's parts at separators: every prefix and every suffix, not the whole.

    >>> t = "Rain in May | Weather | Valley"
    >>> [t[a:b] for a, b in cuts(t)]
    ['Rain in May', 'Rain in May | Weather', 'Weather | Valley', 'Valley']
    """
    marks = _marks(title)[:_MOST_CUTS]
    prefixes = [(0, start) for start, _ in marks if start > 0]
    return prefixes + [(end, len(title)) for _, end in marks if end < len(title)]


def without_site(title: str, sites: Sequence[str]) -> str:
    """Return a title without the site's name at its end or start, cut as often as needed.

    >>> without_site("Rain in May | Weather - Valley Times", ["valleytimes"])
    'Rain in May | Weather'
    """
    for _ in range(4):
        title = _STAMP.sub("", title)
        marks = _marks(title)
        for start, end in (marks[-1:] + marks[-2:-1]) if marks else ():
            if start > 0 and is_site(title[end:], sites):
                title = title[:start].rstrip()
                break
        else:
            if marks and len(title) - marks[0][1] > 12 and _opens(title, marks[0], sites):
                title = title[marks[0][1] :].lstrip()
                continue
            return title[: _inner(title, marks, sites)].rstrip()
    return title


_STAMP = expression(r"(?<=\S)\s{1,3}[|–—-]\s{1,3}\d{1,4}([./-])\d{1,2}\1\d{2,4}$")
"""A day in digits behind a title, as content systems print it."""


def _inner(title: str, marks: Sequence[tuple[int, int]], sites: Sequence[str]) -> int:
    """Return where the site's name stands in the middle of a title, before the site's own words; the title's length where it does not."""
    for (start, end), (stop, _) in itertools.pairwise(marks):
        if start > _SHORT and is_site(title[end:stop], sites):
            return start
    return len(title)


def _opens(title: str, mark: tuple[int, int], sites: Sequence[str]) -> bool:
    """Return whether a site's name stands before a title; before a colon only the name itself, since the topic may be like it."""
    front = title[: mark[0]]
    return _squeezed(front) in sites if ":" in title[slice(*mark)] else is_site(front, sites)


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
    given = [c for c in candidates if c.source in weights() and c.value.strip()]
    pool = _pool(given, sites)
    if all(weight <= _SITE for _, _, weight in pool):
        pool = _pool(given, ()) or pool
    scores: dict[str, float] = {}
    for _, form, weight in pool:
        counted = {form.folded: float(weight)}
        for _, part in form.parts:
            counted.setdefault(part, _CUT * min(weight, _MOST_CUT))
        for folded, value in counted.items():
            scores[folded] = scores.get(folded, 0.0) + value
    best: tuple[float, str, str] | None = None
    for source, form, _ in pool:
        score = scores.get(form.folded, 0.0)
        if best is None or score > best[0]:
            best = (score, form.text, source)
    if best is None:
        return None
    title = before_bar(best[1])
    if not (":" in title and any(c.source in _SHOWING and fold_title(c.value) == fold_title(title) for c in given)):
        title = without_label(title)
    return (title, best[2]) if title else None


_SHOWING = frozenset({"h1", "line"})
"""Sources that readers see: a label before a colon is then part of the headline ("Editorial: ...")."""
_CUT = 0.85
"""A part of a title counts a little less than the whole, so that a headline with a colon stays whole."""
_BOOST = 100
"""What a heading weighs that is surely the headline: more than all metadata together, which sites write for search engines."""
_MOST_CUT = 30
"""What a part of a title counts at most: a boosted heading stands for itself, not for its parts."""
_MAIN = frozenset({"og", "json-ld", "title", "twitter", "citation", "microdata"})


def _shared(first: frozenset[str], second: frozenset[str]) -> float:
    return len(first & second) / min(len(first), len(second)) if first and second else 0.0


class _Form(msgspec.Struct, frozen=True):
    """A title without the site's name: as printed, folded, its words, and its folded parts with whether they end it."""

    text: str
    folded: str
    words: frozenset[str]
    parts: tuple[tuple[bool, str], ...]


def _form(value: str, sites: Sequence[str]) -> _Form | None:
    """Return a candidate's form, None where it is nothing but the site's name."""
    text = without_site(value[:_LONGEST], sites)
    if is_site(text, sites):
        return None
    return _Form(
        text, fold_title(text), frozenset(words_of(text)), tuple((start > 0, fold_title(text[start:end])) for start, end in cuts(text))
    )


def _pool(candidates: Sequence[Candidate], sites: Sequence[str]) -> list[tuple[str, _Form, int]]:
    """Return (source, form, weight), in the order in which a tie is decided."""
    table = weights()
    forms = {value: _form(value, sites) for value in dict.fromkeys(candidate.value for candidate in candidates)}
    pool = [(c.source, form, table[c.source]) for c in candidates if c.source != "h1" and (form := forms[c.value]) is not None]
    told = {text for source, form, _ in pool if source in _MAIN for text in (form.folded, *(part for _, part in form.parts))}
    headings = [(c, _headline(form, c, told, sites)) for c in candidates if c.source == "h1" and (form := forms[c.value]) is not None]
    headings = headings or [(c, form) for c in candidates if c.extra.get("heading") and (form := forms[c.value]) is not None]
    others = [form for source, form, _ in pool if source in _MAIN]
    titles = [form for source, form, _ in pool if source == "title"]
    main = _heading(headings, others, titles, [form for source, form, _ in pool if source == "line"])
    if main is not None:
        weight = _weight(main[0], main[1], others, titles)
        lines = [form for source, form, _ in pool if source == "line"]
        if _is_chrome(main[0], main[1], others, lines, aside=main[2], only=len(headings) == 1):
            weight = _SITE
        pool.append((headings[0][0].source, main[0], weight))
    order = {source: index for index, source in enumerate(table)}
    pool.sort(key=lambda entry: order[entry[0]])
    return pool


def _headline(form: _Form, heading: Candidate, told: set[str], sites: Sequence[str]) -> _Form:
    """Return a heading's form without the kicker in it, where metadata give what follows as a title or a part of one, never the whole."""
    if form.folded not in told and (dated := _before_date(form.text)) and fold_title(dated) in told:
        return _form(dated, sites) or form
    rest = _form(str(heading.extra["rest"]), sites) if "rest" in heading.extra and form.folded not in told else None
    return rest if rest is not None and rest.folded in told and len(rest.words) >= _LEAST_REST else form


def _before_date(heading: str) -> str:
    """Return what stands before the date that ends a heading, nothing where none does.

    >>> _before_date("Rain floods the lower town 7 May 2024"), _before_date("Rain in May")
    ('Rain floods the lower town', '')
    """
    reading = read_date(heading) if has_digit(heading) else None
    return heading[: reading.start].rstrip(" |·–—-,(") if reading is not None and not heading[reading.end :].strip(" )") else ""


_LEAST_REST = 3
"""Words of a headline below a kicker."""


def _heading(
    headings: Sequence[tuple[Candidate, _Form]], others: Sequence[_Form], titles: Sequence[_Form], lines: Sequence[_Form]
) -> tuple[_Form, float, bool] | None:
    """Return the h1 nearest to the other titles, the share of words in common, and whether it is the site's; of equals the longest.

    A heading that ends the title element is the site's where a later heading begins it.
    """
    ends = {part for title in titles for part in title.parts}
    best: tuple[tuple[float, int], _Form, float, bool] | None = None
    for index, (heading, form) in enumerate(headings):
        near = max((_shared(form.words, other.words) for other in others), default=0.0)
        last = (True, form.folded) in ends and any((False, later.folded) in ends for _, later in headings[index + 1 :])
        shown = any(form.folded == line.folded for line in lines)
        rank = (near + _SHOWN * shown - 0.5 * (bool(heading.extra.get("aside")) or last), min(len(form.words), _LONG_HEADING))
        if best is None or rank > best[0]:
            best = (rank, form, near, bool(heading.extra.get("aside")))
    return best[1:] if best else None


def _is_chrome(heading: _Form, near: float, others: Sequence[_Form], lines: Sequence[_Form], *, aside: bool, only: bool) -> bool:
    """Return whether a heading is no headline: the site's name in its header, with the headline elsewhere, or a word of a long title.

    Args:
        heading: the heading.
        near: the share of words that it has in common with the nearest title.
        others: the titles that metadata give.
        lines: the block that reads most like the titles.
        aside: the heading stands in the site's header.
        only: the page has no other.
    """
    short = len(heading.words) <= _FEW
    if aside and not any(heading.words & other.words for other in others):
        return True
    if aside and any(line.folded != heading.folded for line in lines):
        return short or near < _NEAR or any(heading.folded == part for other in others for _, part in other.parts)
    holding = [other for other in others if heading.words and heading.words <= other.words]
    apart = all(
        len(other.words) >= _MANY * len(heading.words) and all(heading.folded != part for _, part in other.parts) for other in holding
    )
    return short and not only and bool(holding) and apart


_FEW, _MANY = 2, 4
"""Words of a heading that may be a word of the story, and how many times as many the title has."""


_SHOWN = 0.3
"""What it adds that the block which reads most like the titles shows a heading too."""
_LONG_HEADING = 8
"""Words after which a heading is not surer of being a headline for being longer."""


def _weight(heading: _Form, near: float, others: Sequence[_Form], titles: Sequence[_Form]) -> int:
    """Return what the page's heading weighs.

    It decides where it shares half of a title's words, or is a sentence that shares some; a heading of another subject is a section's or
    a site's (measured on the development pages: of 30 that share no word one was the title). A heading that only puts a kicker before
    a title that others share gives way to it.
    """
    if any((True, heading.folded) in title.parts and any((False, other.folded) in title.parts for other in others) for title in titles):
        return _SITE  # the title element ends with this heading, and begins with what metadata call the title
    if not (near >= _NEAR or (len(heading.words) >= _SENTENCE and near > _SOME) or not others):
        return weights()["h1"] // 2
    folded, forms = heading.folded, [other.folded for other in others]
    kicker = any(
        folded.endswith(" " + form) and len(folded) - len(form) <= _KICKER and forms.count(form) > 1 for form in forms if len(form) > 15
    )
    return _SITE if kicker and folded not in forms else _BOOST


_NEAR, _SOME, _SENTENCE, _KICKER = 0.5, 0.15, 5, 40
_SITE = 5
"""What a heading weighs that is the site's, or a title with a kicker before it."""
