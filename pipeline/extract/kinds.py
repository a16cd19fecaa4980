"""What kind of page it is, and whether its article is all there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.extract.vocabulary import keywords

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.extract.features import Page
    from pipeline.records import Completeness, PageKind


def page_kind(page: Page, kept: Sequence[bool]) -> PageKind:
    return "article"


_FREE = re.compile(r'"isAccessibleForFree"\s*:\s*"?(true|false)', re.IGNORECASE)
_ELLIPSIS = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])\W{0,3}$")
_SHORT_TEASER = 120
_PAYWALLED_WORDS = 400


def completeness(page: Page, kept: Sequence[bool], html: str) -> Completeness:
    """Say whether the body is all there.

    A body is `paywalled` if the page says that it is not free and holds only its beginning, or shows a paywall right behind the body;
    it is a `teaser` if it is short and breaks off with an ellipsis.
    """
    inside = [block for block, keep in enumerate(kept) if keep]
    if not inside:
        return "empty"
    words = sum(int(page.words[block]) for block in inside)
    behind = range(inside[-1] + 1, min(len(kept), inside[-1] + 4))
    mask = keywords().mask("paywall")
    bits = page.containers.own_bits
    shows_wall = any(int(bits[page.layout.elements[block]]) & mask for block in behind)
    told = _FREE.search(html)
    not_free = told is not None and told[1].lower() == "false"
    if words < _PAYWALLED_WORDS and (shows_wall or (not_free and _longer_body(page, words))):
        return "paywalled"
    if words < _SHORT_TEASER and _ELLIPSIS.search(page.texts[inside[-1]]):
        return "teaser"
    return "full"


def _longer_body(page: Page, words: int) -> bool:
    """Whether the body that the page gives as metadata is missing or much longer than what is visible."""
    return not page.evidence.body or len(page.evidence.raw_body.split()) > 2 * words
