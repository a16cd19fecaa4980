"""Chooses the authors."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import msgspec

from pipeline.describe.choose_title import is_site
from pipeline.describe.field_tables import rows
from pipeline.lines.name_lists import split_authors
from pipeline.records import Author
from pipeline.text.expressions import expression
from pipeline.text.folding import fold_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from pipeline.lines.names import NameType
    from pipeline.spans import Candidate


@functools.cache
def _ranks() -> dict[str, int]:
    return {source: int(rank) for source, rank, _ in rows("author_sources")}


def _typed(name: str, kind: NameType, sites: Sequence[str], owners: AbstractSet[str]) -> Author:
    house = kind == "person" and is_site(name, sites) and fold_word(name) not in owners
    return Author(name=name, type="organization" if house else kind)


def choose_authors(
    candidates: Iterable[Candidate], sites: Sequence[str], *, others: Iterable[str] = (), owners: AbstractSet[str] = frozenset()
) -> tuple[tuple[Author, ...], str] | None:
    """Return (authors, source) of the best source that names somebody, or None.

    A source that names only organizations gives way to a printed one that names a person; an organization as the author of a page that
    is no article says nothing.

    Args:
        candidates: those of field "author".
        sites: squeezed names of the site; an author of that name is an organization.
        owners: folded names of people whose own site it is.
        others: names of those who reviewed, edited or illustrated; what elements of a class name is them too.
    """
    elsewhere = frozenset(map(fold_word, others))
    groups: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        if candidate.source in _ranks():
            groups.setdefault(candidate.source, []).append(candidate)
    if "line" in groups:
        groups["line"] = _confirmed(groups)
    fallback: tuple[tuple[Author, ...], str] | None = None
    for source in sorted(groups, key=lambda name: _rank(name, groups)):
        authors = _authors(_trusted(source, groups[source]), sites, owners, inverted=source in _INVERTED)
        authors = _without_rubrics(_as_printed(authors, groups.get("line", ()))) if source in _LISTS else authors
        if elsewhere and source in _LISTS:
            authors = tuple(author for author in authors if fold_word(author.name) not in elsewhere) or authors
        persons = any(a.type == "person" and (" " in a.name or source in _PRINTED or not a.name.isascii()) for a in authors)
        if fallback is not None and persons and _is_printed(fallback[0], groups) and not _is_signed(source, fallback[0], sites):
            return fallback
        if persons and _gives_way(source, authors, groups):
            continue
        if persons and (fallback is None or source in _PRINTED):
            if more := _with_more(authors, groups):
                return more
            newsroom = {fold_word(c.value) for c in groups[source] if c.extra.get("news") and c.extra.get("type") == "organization"}
            return tuple(a for a in authors if a.type == "person" or fold_word(a.name) in newsroom or not is_site(a.name, sites)), source
        if authors and fallback is None and source not in _WEAK and (source == "line" or not _is_boilerplate(groups[source], sites)):
            fallback = authors, source
    return _agency(fallback, groups, sites) or fallback


def _agency(
    chosen: tuple[tuple[Author, ...], str] | None, groups: dict[str, list[Candidate]], sites: Sequence[str]
) -> tuple[tuple[Author, ...], str] | None:
    """Return the agency of the byline beside the headline where metadata name nobody but the site itself."""
    line = groups.get("line", [])
    if chosen is None or chosen[1] == "line" or not all(is_site(author.name, sites) for author in chosen[0]):
        return None
    agencies = tuple(Author(name=c.value, type="agency") for c in line if c.extra.get("type") == "agency")
    return (agencies, "line") if agencies and len(agencies) == len(line) else None


def _others_printed(authors: Sequence[Author], groups: dict[str, list[Candidate]]) -> bool:
    """Return whether a sure byline beside the headline names people, and none of these authors."""
    shown = {
        fold_word(c.value) for c in groups.get("line", ()) if c.extra.get("certain") and c.extra.get("type") == "person" and " " in c.value
    }
    return bool(shown) and not any(fold_word(author.name) in shown for author in authors)


def _as_printed(authors: Sequence[Author], lines: Sequence[Candidate]) -> tuple[Author, ...]:
    """Return the authors with the names of the byline beside the headline where markup adds a job: "Ann Lee Marketing Coordinator"."""
    shown = [c.value for c in lines if c.extra.get("certain") and c.extra.get("type") == "person" and " " in c.value]
    forms = (next((name for name in shown if author.name.startswith(name + " ")), "") for author in authors)
    named = (Author(name=form, type="person") if form else author for form, author in zip(forms, authors, strict=True))
    return tuple({fold_word(author.name): author for author in named}.values())


def _without_rubrics(authors: tuple[Author, ...]) -> tuple[Author, ...]:
    """Return the authors without a single word before full names, which is a rubric, a desk or a button ("Politics · Jane Doe")."""
    if not any(author.type == "person" and " " in author.name for author in authors[1:]):
        return authors
    first = authors[0]
    return authors[1:] if first.type == "person" and " " not in first.name and first.name.isascii() else authors


def _with_more(authors: Sequence[Author], groups: dict[str, list[Candidate]]) -> tuple[tuple[Author, ...], str] | None:
    """Return the longer list of lines under the headline, or of bibliographic tags, in which all of these authors are."""
    names = {fold_word(author.name) for author in authors}
    for source in ("line-alone", *_INVERTED):
        group = [c for c in groups.get(source, ()) if c.extra.get("certain", True)]
        listed = _authors(_trusted(source, group), (), frozenset(), inverted=source in _INVERTED)
        if names < {fold_word(author.name) for author in listed} and all(" " in a.name for a in listed if a.type == "person"):
            return listed, source
    return None


def _confirmed(groups: dict[str, list[Candidate]]) -> list[Candidate]:
    """Return the names of lines beside the headline; a single word behind "by" is sure where another source names it too."""
    told = {fold_word(c.value) for source, group in groups.items() if source not in ("line", "line-alone") for c in group}
    return [
        msgspec.structs.replace(c, extra={**c.extra, "certain": True})
        if not c.extra.get("certain", True) and fold_word(c.value) in told
        else c
        for c in groups["line"]
    ]


def _gives_way(source: str, authors: Sequence[Author], groups: dict[str, list[Candidate]]) -> bool:
    """Return whether a source names somebody else than a sure byline beside the headline does, and has less reason to.

    Such are structured data of the page around an article, an author tag that nobody repeats while another source names whom the byline
    names, and links with one word beside a byline of full names.
    """
    if source == "json-ld":
        return all(c.extra.get("page_only") for c in groups[source]) and _others_printed(authors, groups)
    if not _others_printed(authors, groups):
        return False
    if source in ("rel-author", "byline-class"):
        return all(" " not in author.name and author.name.isascii() for author in authors)
    if source != "meta":
        return False
    line = {fold_word(c.value) for c in groups["line"]}
    second = [c for name in _SECOND for c in groups.get(name, ()) if not c.extra.get("aside")]
    return any(fold_word(author.name) in line for author in _authors(second, (), frozenset(), inverted=False))


_SECOND = ("microdata", "byline-class", "rel-author", "og", "twitter", "author-link")
"""Sources one of which must name whom the byline names before an author tag gives way."""


def _rank(source: str, groups: dict[str, list[Candidate]]) -> tuple[int, bool]:
    """Return a source's rank; behind the byline beside the headline where all that it names stands in boxes at the side."""
    line = _ranks()["line"]
    if all(candidate.extra.get("aside") for candidate in groups[source]) and _ranks()[source] < line:
        return line, True
    return _ranks()[source], False


def _is_boilerplate(group: Sequence[Candidate], sites: Sequence[str]) -> bool:
    """Return whether structured data name the site where no article is, or call a site of one word a person."""
    if all(candidate.extra.get("page_only") for candidate in group):
        return True
    return all(
        is_site(candidate.value, sites)
        and not candidate.extra.get("news")
        and ((candidate.extra.get("type") == "person" and " " not in candidate.value) or candidate.extra.get("undated", False))
        for candidate in group
    )


def _is_signed(source: str, authors: Sequence[Author], sites: Sequence[str]) -> bool:
    """Return whether a labelled line elsewhere names who wrote what the site itself signs at the headline."""
    return source == "line-below" and all(is_site(author.name, sites) for author in authors)


def _is_printed(authors: Sequence[Author], groups: dict[str, list[Candidate]]) -> bool:
    """Return whether the byline beside the headline names one of these authors too."""
    shown = {fold_word(candidate.value) for candidate in groups.get("line", ())}
    return any(fold_word(author.name) in shown for author in authors)


_WEAK = frozenset({"og", "dublin-core", "json-ld-creator", "author-link"})
"""Sources whose organizations are the site itself, as nobody printed it."""
_PRINTED = frozenset({"line", "byline-class", "microdata", "rel-author", "author-link", "line-below", "line-alone"})
"""Sources that readers see; a person there beats an organization in the metadata."""
_INVERTED = frozenset({"citation", "dublin-core"})
_LISTS = frozenset({"byline-class", "rel-author", "microdata", "author-link", "line-below"})
_MOST_LISTED = 3
"""Elements of one class with different names: more of them are a list of other articles."""


def _trusted(source: str, group: list[Candidate]) -> list[Candidate]:
    """Return the candidates of a group that are the article's own: not of a box at the side, and no long list of bylines."""
    if source == "line":
        sure = [c for c in group if c.extra.get("certain", True) or c.extra.get("type") != "person"] or group[:1] * (len(group) == 1)
        first = next((c for c in sure if c.extra.get("type") == "person"), sure[0] if sure else None)
        return [c for c in sure if first is not None and abs(c.extra.get("line", 0) - first.extra.get("line", 0)) <= _APART]
    if source not in _LISTS:
        return group
    if source == "line-below":
        lines: dict[int, set[str]] = {}
        for candidate in group:
            lines.setdefault(candidate.extra.get("line", -1), set()).add(fold_word(candidate.value))
        return group if all(names == next(iter(lines.values())) for names in lines.values()) else []
    inside = [candidate for candidate in group if not candidate.extra.get("aside")]
    chosen = inside or group
    if chosen and " " in chosen[0].value:  # then one word beside it is a rubric or a desk
        chosen = [candidate for candidate in chosen if " " in candidate.value or not candidate.value.isascii()]
    chosen = _together(chosen) if source == "byline-class" else chosen
    names = {fold_word(name) for candidate in chosen for name, _ in split_authors(candidate.value)}
    if not inside and (len(names) > 1 or source == "author-link"):
        return []
    return chosen if len(names) <= _MOST_LISTED else chosen[:1]


def _together(group: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates up to the first gap in the markup: those who wrote together stand together, others wrote other articles."""
    found: list[Candidate] = []
    for candidate in group:
        if found and candidate.extra.get("order", 0) - found[-1].extra.get("order", 0) > _GAP:
            break
        found.append(candidate)
    return found


_APART = 100
"""Code points between the lines of one byline; further ones belong to other articles."""
_GAP = 2
"""Elements that are looked at between two names of one byline."""
_INVERTED_LIST = expression(
    r"[^\s,;]{2,30},\s?[^\s,;]{1,30}(?:\s[^\s,;]{1,30})?(?:;\s?[^\s,;]{2,30},\s?[^\s,;]{1,30}(?:\s[^\s,;]{1,30})?){1,20}"
)
"""Last names first: "Doe, Jane; Roe, John"."""
_LONGEST_WORD = 28
"""Code points of a word of a name; longer ones are buttons without spaces between them."""
_NOBODY = frozenset({"agencies", "agenturen", "agences", "agencias", "agências", "agenzie", "agenties", "agencje", "агентства", "wires"})
"""What credits agencies without naming one."""


def _names_a_site(value: str) -> bool:
    """Return whether an author field is a site's imprint: "Valley Wave (www.valley.example)"."""
    lower = value.lower()
    return "www." in lower or ("@" not in lower and lower.split(",", 1)[0].endswith((".com", ".de", ".org", ".net", ".at", ".ch", ".fr")))


def _authors(group: list[Candidate], sites: Sequence[str], owners: AbstractSet[str], *, inverted: bool) -> tuple[Author, ...]:
    """Return the names of a group once each; of a name and the same with words around it, the shorter."""
    found: dict[str, Author] = {}
    for candidate in group:
        if "certain" in candidate.extra:  # one name of a line that was read
            found.setdefault(fold_word(candidate.value), _typed(candidate.value, candidate.extra["type"], sites, owners))
            continue
        if candidate.value[:1].isdigit() and is_site(candidate.value, sites):
            found.setdefault(fold_word(candidate.value), Author(name=candidate.value, type="organization"))
            continue
        listed = _INVERTED_LIST.fullmatch(candidate.value) is not None
        for name, said in split_authors(candidate.value.split(";") if listed else candidate.value, inverted=inverted or listed):
            if (said == "agency" and fold_word(name) in _NOBODY) or max(map(len, name.split())) > _LONGEST_WORD:
                continue
            kind: NameType = "organization" if _names_a_site(candidate.value) else said
            found.setdefault(fold_word(name), _typed(name, kind, sites, owners))
    kept = [key for key in found if not any(other != key and len(other) > 5 and other in key for other in found)]
    logins = {key.replace(" ", "") for key in kept if " " in key}  # "janedoe" beside "Jane Doe"
    return tuple(found[key] for key in kept if key not in logins and not _are_initials(found[key].name, found.values()))


def _are_initials(name: str, authors: Iterable[Author]) -> bool:
    """Return whether a name is nothing but the first letters of another one, which stand in the place of a portrait."""
    return (
        name.isupper()
        and len(name) <= _MOST_INITIALS
        and any(name == "".join(word[0] for word in author.name.split()) for author in authors if " " in author.name)
    )


_MOST_INITIALS = 3
