"""Name what a block is that is not article: the kind of removal and the rule, from the tags and names around it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pipeline.extract.markup_names import HIDDEN_BIT, TAG_BITS, keywords

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


LABEL: tuple[RemovedKind, str] = ("navigation", "model.link")
"""What a label of a menu is, whatever the names around it say of advertisements: a few words that are all link."""


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


@cache
def _all_reasons() -> int:
    return sum({bit for bit, _, _ in _reasons()})


def by_markup(own: int, inherited: int) -> tuple[RemovedKind, str] | None:
    """What the nearest tag or name that explains a removed block says.

    Args:
        own: tags and groups (`vocabulary`) of the block's element and its parent.
        inherited: those of all its ancestors.

    Returns:
        The kind and the rule's name; None if no tag or name explains it.

    >>> by_markup(0, 1 << TAG_BITS["nav"]), by_markup(0, 0)
    (('navigation', 'html.nav'), None)
    """
    for bits in (own, inherited):
        if bits & _all_reasons():
            for bit, kind, rule in _reasons():
                if bits & bit:
                    return kind, rule
    return None


def by_links(link_percent: int, words: int) -> tuple[RemovedKind, str]:
    """What a removed block is that no tag or name explains, by the share of its characters inside links and its number of words.

    >>> by_links(100, 9), by_links(0, 9)
    (('teaser', 'model.link'), ('chrome', 'model.block'))
    """
    if link_percent >= 80:
        return ("teaser", "model.link") if words >= 4 else LABEL
    return "chrome", "model.block"
