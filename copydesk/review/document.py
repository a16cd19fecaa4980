"""The page of one document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from copydesk.review.design import page, plainly
from copydesk.review.facts import facts
from copydesk.review.marked import Mark, marks, rebuilt_base, rows, spans
from copydesk.review.rule_texts import rule_texts
from copydesk.review.verdicts import BELONGS
from copydesk.sites import site_of
from pipeline.records import Article
from pipeline.spans import Candidate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from copydesk.review.marked import Span
    from pipeline.rules.rulebook import RuleBook
    from pipeline.spans import Finding
    from pipeline.stages import Result


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A document as its page shows it.

    Attributes:
        article: the record.
        marks: its base text.
        candidates: what its sources said, where the document was cleaned for this page.
        exact: whether the base text is the one that the edits point into, to the last character.
    """

    article: Article
    marks: tuple[Mark, ...]
    candidates: tuple[Candidate, ...] = ()
    exact: bool = False


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where the page of a document lies; addresses are as seen from it.

    Attributes:
        build: the name that the build's verdicts are kept under; empty for a document alone.
        root: the way to the folder of the style sheet, "" or "../".
        frame: the page itself, for the frame; empty where there is none.
        site: the page of its site; empty for a document alone.
        alone: whether the page holds the style sheet and the script, and needs no folder.
    """

    build: str = ""
    root: str = ""
    frame: str = ""
    site: str = ""
    alone: bool = False


def of_result(result: Result, takes: Callable[[Span], bool] = lambda _: True) -> Shown:
    """Return a document that was just cleaned; only the spans that `takes` takes."""
    return _shown(result.article, result.base, result.findings, result.candidates, takes=takes)


def of_record(article: Article) -> Shown:
    """Return a document as far as its record alone knows it."""
    return _shown(article, rebuilt_base(article), (), (), exact=False)


def _shown(
    article: Article,
    base: str,
    findings: tuple[Finding, ...],
    candidates: tuple[Candidate, ...],
    *,
    takes: Callable[[Span], bool] = lambda _: True,
    exact: bool = True,
) -> Shown:
    found = (span for span in spans(article, base) if takes(span))
    return Shown(article=article, marks=tuple(marks(found, findings)), candidates=candidates, exact=exact)


def document_page(shown: Shown, place: Place, book: RuleBook | None = None) -> bytes:
    """Return the page of a document; `book` has the rules whose texts stand at its end, None for a page that leads to the page of rules."""
    article = shown.article
    site = site_of(article.canonical_url, article.url, article.source)
    language = article.language.code if article.language else "und"
    values: dict[str, Any] = {"build": place.build} if place.build else {}
    return page(
        "article.html",
        root=place.root,
        alone=place.alone,
        heading=plainly(article.title or article.provenance.raw.locator),
        article=article,
        exact=shown.exact,
        rows=rows(shown.marks),
        facts=tuple(facts(article, shown.marks, shown.candidates)),
        doubtful=sum(mark.strength == "doubt" for mark in shown.marks),
        rules=() if book is None else tuple(rule_texts(_uses(shown.marks), book)),
        rules_at="../rules.html" if book is None else "",
        frame=place.frame,
        belongs=BELONGS,
        site=site,
        site_link=place.site,
        told={"build": place.build, "id": article.id, "locator": article.provenance.raw.locator, "site": site, "language": language},
        **values,
    )


def _uses(found: Iterable[Mark]) -> dict[str, int]:
    uses: dict[str, int] = {}
    for mark in found:
        if mark.span.rule is not None and mark.span.fate != "layout":
            uses[mark.span.rule] = uses.get(mark.span.rule, 0) + 1
    return uses
