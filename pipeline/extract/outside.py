"""What certainly stands outside the article, whatever a model says: boxes that ask for consent, and other stories."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from pipeline.extract.stories import find_cards, find_stories
from pipeline.extract.teaser_feeds import find_feeds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.extract.block_features import Page
    from pipeline.extract.page_layout import Layout
    from pipeline.records import RemovedKind

_PLAIN = re.compile(
    r'(?<=[\s"#])(?:js-|c-|m-|o-|site-|the-|page-|global-|eu-|gdpr-|ccpa-)?(?:cookies?|consent|gdpr|ccpa|privacy|cmp|dsgvo|rgpd|lgpd)(?:[-_]{0,2}'
    r"(?:banner|notice|consent|bar|popup|pop-up|modal|overlay|wall|law|message|disclaimer|dialog|alert|layer|box|manager|container|wrapper|wrap|"
    r"info|hint|hinweis|warning|policy-banner|policy|settings|prompt|panel|toast|accept|agreement|notification|gate|preferences|tool|root|ui))+"
    r'(?=[\s"_-])|(?<=[\s"])(?:cookies?|consent|cmp)(?=[\s"])',
    re.IGNORECASE,
)
_DIALOG = re.compile(r' role="(?:alert)?dialog"| aria-modal="true"', re.IGNORECASE)
_HINTS = ("ookie", "OOKIE", "onsent", "ONSENT", "dsgvo", "rgpd", "lgpd", "gdpr", "GDPR", "dialog", "aria-modal", "rivacy", "cmp", "CMP")
_HINT_PARTS = tuple(dict.fromkeys(hint.lower() for hint in _HINTS))
_SPARED = frozenset(("body", "html", "main", "article"))
_NEAR_ROOT = 8
_SHARE, _MANAGER_SHARE, _MANAGER_WORDS = 3, 10, 3
"""One line of a box in so many mentions what consent is about."""
_LINE_WORDS = 6
"""A shorter line of a box (a button) need not tell what the box is about."""


class Outside(NamedTuple):
    """Why a block stands outside."""

    kind: RemovedKind
    rule: str


@cache
def gate_phrases() -> tuple[str, ...]:
    """What pages say that are a gate and nothing else, in any language (`walls.toml`)."""
    return _phrases("gate")


@cache
def consent_phrases() -> tuple[str, ...]:
    """What boxes say that ask for consent, in any language (`walls.toml`)."""
    return _phrases("consent")


def _phrases(kind: str) -> tuple[str, ...]:
    """The phrases of a kind, without those that hold another: 80 plain searches take a fifth of the time of one pattern of 80 branches."""
    data = tomllib.loads(files("pipeline.extract").joinpath("walls.toml").read_text("utf-8"))
    phrases = sorted({phrase for spoken in data[kind]["phrases"].values() for phrase in spoken}, key=lambda phrase: (len(phrase), phrase))
    return tuple(phrase for number, phrase in enumerate(phrases) if not any(other in phrase for other in phrases[:number]))


@cache
def _vendors() -> tuple[str, ...]:
    """Names in the markup of the consent managers, and of plug-ins for content management systems (`walls.toml`)."""
    data = tomllib.loads(files("pipeline.extract").joinpath("walls.toml").read_text("utf-8"))
    return tuple(data["consent"]["vendors"])


def speaks_of_consent(text: str) -> bool:
    """Whether a text mentions cookies, consent or privacy.

    >>> speaks_of_consent("Wir verwenden Cookies."), speaks_of_consent("The bakery has sold its last loaf.")
    (True, False)
    """
    return any(map(text.lower().__contains__, consent_phrases()))


def names_consent(attributes: str) -> bool:
    """Whether an element is named as a consent box is.

    >>> names_consent(' id="onetrust-banner-sdk"'), names_consent(' class="post tag-cookie-law"'), names_consent(' class="cookie-jar"')
    (True, False, False)
    """
    return _is_managers(attributes.lower()) or (any(hint in attributes for hint in _HINTS) and _PLAIN.search(attributes) is not None)


def _is_managers(lower: str) -> bool:
    """Whether a name in an attribute string, in small letters, begins as those of a consent manager do."""
    return any(vendor in lower and (f'"{vendor}' in lower or f" {vendor}" in lower) for vendor in _vendors())


def _named(layout: Layout) -> set[int]:
    """The attribute strings that name consent boxes or dialogues; those of managers stand near the root of a page."""
    texts, named = layout.attributes, layout.named
    managers = {number for number in named.holding(_vendors()) if _is_managers(texts[number].lower())}
    hinted = {number for number in named.holding(_HINT_PARTS) if any(hint in texts[number] for hint in _HINTS)}
    plain = {number for number in hinted if _PLAIN.search(texts[number]) or _DIALOG.search(texts[number])}
    if not managers and not plain:
        return set()
    columns = zip(layout.element_attributes, layout.element_depths, layout.element_firsts, layout.element_ends, strict=True)
    return {
        number
        for number, depth, first, end in columns
        if first != end and (number in plain or (number in managers and depth <= _NEAR_ROOT))
    }


class _ConsentLines:
    """How many lines of a box are of some length, and how many of those mention what consent is about: counted once for boxes in boxes."""

    def __init__(self, layout: Layout, words: Sequence[int]) -> None:
        self._layout, self._words = layout, words
        self._first = self._end = 0
        self._counts = [(0, 0)]

    def of(self, first: int, end: int) -> tuple[int, int]:
        """Both counts for the blocks from `first` to before `end`; boxes are asked for from the outer to the inner."""
        if first < self._first or end > self._end:
            layout = self._layout
            self._first, self._end, self._counts = first, end, [(0, 0)]
            lines = spoken = 0
            for block in range(first, end):
                if self._words[block] >= _LINE_WORDS:
                    lines += 1
                    spoken += speaks_of_consent(layout.base[layout.starts[block] : layout.ends[block]])
                self._counts.append((lines, spoken))
        before, after = self._counts[first - self._first], self._counts[end - self._first]
        return after[0] - before[0], after[1] - before[1]


def find_consent(layout: Layout, words: Sequence[int], headline: int) -> list[int]:
    """The blocks of boxes that ask for consent.

    Such a box is named as consent boxes are, or is a dialogue, and at least every third of its lines of some length mentions what consent
    is about; of the lines in the box of a known manager, who list purposes and partners, every tenth, or whatever it says where most of the
    page is elsewhere. What holds the headline, or an `article` element, is none.

    Args:
        layout: the page.
        words: of every block.
        headline: the headline's block, -1 for none.
    """
    named = _named(layout)
    if not named and "dialog" not in layout.element_tags:
        return []
    managers = {number for number in named if _is_managers(layout.attributes[number].lower())}
    counts = _ConsentLines(layout, words)
    found: list[int] = []
    covered = 0
    for element, number in enumerate(layout.element_attributes):
        first, end = layout.element_firsts[element], layout.element_ends[element]
        if not (number in named or layout.element_tags[element] == "dialog") or end <= max(first, covered):
            continue
        if layout.element_tags[element] in _SPARED or first <= headline < end:
            continue
        first = max(first, covered)
        lines, spoken = counts.of(first, end)
        told = lines and (_MANAGER_SHARE if number in managers else _SHARE) * spoken >= lines
        if told or (number in managers and _MANAGER_WORDS * sum(words[first:end]) < sum(words)):
            found += range(first, end)
            covered = end
    return found


def find_outside(page: Page, url: str | None = None) -> dict[int, Outside]:
    """The blocks that stand outside the article, and why; links are told apart by the page's address."""
    consent = find_consent(page.layout, page.words.tolist(), page.headline)
    return (
        dict.fromkeys(find_feeds(page, url), Outside("teaser", "html.feed"))
        | dict.fromkeys(find_cards(page), Outside("teaser", "html.card"))
        | dict.fromkeys(find_stories(page), Outside("other_article", "html.story"))
        | dict.fromkeys(consent, Outside("consent", "html.consent"))
    )
