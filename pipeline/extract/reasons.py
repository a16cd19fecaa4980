"""Name what a block is that is not article: the kind of removal and the rule, from the tags and names around it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pipeline.extract.vocabulary import HIDDEN_BIT, TAG_BITS, keywords

if TYPE_CHECKING:
    from pipeline.records import RemovedKind

_TAG_REASONS: tuple[tuple[str, RemovedKind], ...] = (("nav", "navigation"), ("button", "chrome"), ("form", "chrome"), ("dialog", "chrome"))
_GROUP_REASONS: tuple[tuple[str, RemovedKind], ...] = (
    ("unseen", "chrome"),
    ("consent", "consent"),
    ("comments", "comments"),
    ("newsletter", "newsletter"),
    ("share", "share"),
    ("advert", "advert"),
    ("caption", "credit"),
    ("related", "related"),
    ("navigation", "navigation"),
    ("author", "byline"),
    ("tags", "tags"),
    ("stamp", "stamp"),
    ("embed", "player"),
    ("promo", "promo"),
    ("product", "promo"),
    ("modal", "chrome"),
    ("form", "chrome"),
)
_LATE_TAG_REASONS: tuple[tuple[str, RemovedKind], ...] = (("header", "navigation"), ("footer", "chrome"), ("aside", "related"))
_LATE_GROUP_REASONS: tuple[tuple[str, RemovedKind], ...] = (("footer", "legal"), ("sidebar", "related"), ("card", "teaser"))


@cache
def _reasons() -> tuple[tuple[int, RemovedKind, str], ...]:
    groups = keywords().groups
    hidden: tuple[tuple[int, RemovedKind, str], ...] = ((1 << HIDDEN_BIT, "chrome", "html.unseen"),)
    return (
        *((1 << TAG_BITS[tag], kind, f"html.{tag}") for tag, kind in _TAG_REASONS),
        *((1 << groups[group], kind, f"html.{group}") for group, kind in _GROUP_REASONS),
        *((1 << TAG_BITS[tag], kind, f"html.{tag}") for tag, kind in _LATE_TAG_REASONS),
        *((1 << groups[group], kind, f"html.{group}") for group, kind in _LATE_GROUP_REASONS),
        *hidden,
    )


def reason(own: int, inherited: int, *, link_percent: int, words: int) -> tuple[RemovedKind, str]:
    """Say what a removed block is.

    Args:
        own: the bits (`vocabulary`) of its element and that element's parent.
        inherited: the bits of all its ancestors.
        link_percent: the share of its characters inside links.
        words: its words.

    Returns:
        The kind and the rule's name; what no tag or name explains is `model.block`.

    >>> reason(0, 1 << TAG_BITS["nav"], link_percent=100, words=1)
    ('navigation', 'html.nav')
    >>> reason(0, 0, link_percent=100, words=9), reason(0, 0, link_percent=0, words=9)
    (('teaser', 'model.link'), ('chrome', 'model.block'))
    """
    for bits in (own, inherited):
        for bit, kind, rule in _reasons():
            if bits & bit:
                return kind, rule
    if link_percent >= 80:
        return ("teaser", "model.link") if words >= 4 else ("navigation", "model.link")
    return "chrome", "model.block"
