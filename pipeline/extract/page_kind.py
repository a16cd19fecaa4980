"""What kind of page it is, and whether its article is all there."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np

from pipeline.extract.feature_columns import as_column
from pipeline.extract.gates import is_gate
from pipeline.extract.markup_names import keywords

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.extract.block_features import Page
    from pipeline.forests.trees import Forests
    from pipeline.records import Completeness, PageKind

_GROUPS = ("comments", "product", "card", "navigation", "form", "author", "stamp", "related", "tags", "sidebar", "content", "embed")
_TYPES = (
    ("article", ("article", "newsarticle", "blogposting", "reportagenewsarticle", "og:article")),
    ("product", ("product", "offer", "aggregateoffer", "og:product", "productgroup")),
    ("forum", ("discussionforumposting", "qapage", "question", "answer", "comment")),
    ("listing", ("collectionpage", "itemlist", "searchresultspage", "blog")),
    ("documentation", ("techarticle", "apireference", "howto")),
    ("service", ("localbusiness", "service", "organization", "professionalservice", "faqpage")),
    ("website", ("og:website", "website")),
)
_ADDRESS = (
    ("article", re.compile(r"/(?:blog|news|article|story|post|magazine|20\d\d)s?(?:/|-|$)")),
    ("product", re.compile(r"/(?:product|dp|p|item|shop|buy)s?/")),
    ("forum", re.compile(r"forum|thread|/t/|topic|/questions?/|discussion|community|comments|reddit\.")),
    ("listing", re.compile(r"/(?:category|tag|topics|search|archive|page|author|list)s?(?:/|$)|\?(?:q|s|query|search)=")),
    (
        "documentation",
        re.compile(
            r"/docs?(?:/|$)|documentation|/(?:api|reference|manual|guide|help|wiki|kb)(?:/|\.|$)|^https?://(?:docs?|help|support|developer)\."
        ),
    ),
    ("collection", re.compile(r"/(?:collections?|gallery|portfolio|catalog|shop)(?:/|$)")),
    ("service", re.compile(r"/(?:services?|solutions?|pricing|features|about|contact|platform)(?:/|-|$)")),
)
_CURRENCIES = ("$", "€", "£", "¥")
_ASKS = (
    "add to cart", "add to bag", "in stock", "buy now", "free shipping", "reply", "replies", "joined", "posted", "get started", "demo",
    "contact us", "our services", "return", "parameters",
)  # fmt: skip
"""What shops, forums, companies and manuals say to their readers."""


def page_row(page: Page, kept: Sequence[bool], url: str | None) -> tuple[list[int], list[str]]:
    """Features of a page as a whole.

    Args:
        page: the page with its block features.
        kept: of every block, whether it is taken for the article.
        url: the page's address.

    Returns:
        The values and their names.
    """
    layout = page.layout
    size, link = as_column(layout.ends) - as_column(layout.starts), as_column(layout.link_chars)
    keep = np.array(kept, dtype=bool)
    total, held = max(1, int(size.sum())), int(size[keep].sum())
    blocks = len(size)
    kinds = layout.kinds
    kept_kinds = [kind for kind, stays in zip(kinds, kept, strict=True) if stays]
    elements = as_column(layout.elements)
    bits, cards = page.containers.bits[elements], page.containers.cards[elements]
    values: dict[str, int] = {
        "blocks": blocks,
        "words": int(page.words.sum()),
        "prose": int(page.prose.sum()),
        "link_percent": int(link.sum()) * 100 // total,
        "kept_words": int(page.words[keep].sum()),
        "kept_percent": held * 100 // total,
        "kept_blocks": int(keep.sum()),
        "kept_chars_a_block": held // max(1, int(keep.sum())),
        "kept_link_percent": int(link[keep].sum()) * 100 // max(1, held),
        "kept_cards_percent": int(size[keep & (cards > 2)].sum()) * 100 // max(1, held),
        "card_chars_percent": int(size[cards > 2].sum()) * 100 // total,
        "cards": int(cards.max()),
        "headings": kinds.count("heading"),
        "code": kinds.count("preformatted") + kinds.count("code"),
        "tables": kinds.count("table"),
        "kept_items": kept_kinds.count("list_item"),
        "kept_quotes": kept_kinds.count("quote"),
        "pictures": len(layout.pictures),
        "times": sum(mark & 1 for mark in layout.marks),
        "prices": sum(layout.base.count(sign) for sign in _CURRENCIES),
        "body_told": len(page.evidence.body),
        "longest": int(page.prose.max()),
    }
    lower = layout.base.encode("utf-8", "surrogatepass").lower()
    for phrase in _ASKS:
        values[f"says_{phrase}"] = lower.count(phrase.encode())
    for name, chars in zip(_GROUPS, ((bits >> _places() & 1) @ size).tolist(), strict=True):
        values[f"{name}_percent"] = chars * 100 // total
    types = set(page.evidence.types)
    for name, known in _TYPES:
        values[f"type_{name}"] = len(types.intersection(known))
    values |= _address_values((url or "").lower())
    return list(values.values()), list(values)


@cache
def _places() -> NDArray[np.int64]:
    """The places of the groups' bits, one below the other."""
    return np.array([[keywords().groups[name]] for name in _GROUPS], dtype=np.int64)


def _address_values(address: str) -> dict[str, int]:
    values = {f"address_{name}": int(pattern.search(address) is not None) for name, pattern in _ADDRESS}
    values["address_depth"] = address.rstrip("/").count("/") - 2
    values["address_hyphens"] = (address.rstrip("/") if address.endswith("/") else address).rpartition("/")[2].count("-")
    return values


class PageVerdict(NamedTuple):
    """A page's kind, and the scores of all kinds for the ledger."""

    kind: PageKind
    evidence: str


_VIDEO_WORDS = 120


def judge_page(page: Page, kept: Sequence[bool], url: str | None, models: Forests | None) -> PageVerdict:
    """Say what kind of page it is.

    Live blogs, players and error pages say so themselves; between the other kinds a small model decides, and a page is an article
    unless another kind scores higher.
    """
    row, _ = page_row(page, kept, url)
    matrix = np.array([row], dtype=np.int32)
    scores = {name: int(found[0]) for name, found in models.score(matrix).items()} if models else {}
    words = int(page.words.sum())
    kept_words = int(page.words[np.array(kept, dtype=bool)].sum())
    best = max(sorted(scores), key=lambda name: scores[name]) if scores else "article"
    if not url and scores and scores[best] <= 0:
        best = "article"  # the model leans on the address; without one, only a kind that is likelier than not counts
    kind = cast("PageKind", best)
    if "liveblogposting" in page.evidence.types:
        kind = "live"
    elif is_gate(page, kept):
        kind = "error"
    elif kept_words <= _VIDEO_WORDS and any(kind_told.startswith("og:video") for kind_told in page.evidence.types):
        kind = "video"
    told = ", ".join(f"{name} {score}" for name, score in sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:3])
    return PageVerdict(
        kind,
        f"{sum(kept)} of {len(kept)} blocks and {kept_words} of {words} words look like an article; page kind {kind} ({told})",
    )


_FREE = re.compile(r'"isAccessibleForFree"\s{0,5}:\s{0,5}"?(true|false)', re.IGNORECASE)
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
    words = int(page.words[inside].sum())
    behind = range(inside[-1] + 1, min(len(kept), inside[-1] + 4))
    mask = keywords().mask("paywall")
    bits = page.containers.own_bits
    shows_wall = any(int(bits[page.layout.elements[block]]) & mask for block in behind)
    told = _FREE.search(html) if words < _PAYWALLED_WORDS else None
    not_free = told is not None and told[1].lower() == "false"
    if words < _PAYWALLED_WORDS and (shows_wall or (not_free and _longer_body(page, words))):
        return "paywalled"
    if words < _SHORT_TEASER and _ELLIPSIS.search(page.texts[inside[-1]]):
        return "teaser"
    return "full"


def _longer_body(page: Page, words: int) -> bool:
    """Whether the body that the page gives as metadata is missing or much longer than what is visible."""
    return not page.evidence.body or len(page.evidence.raw_body.split()) > 2 * words
