"""What a `<time>` element's surroundings say of its date: whether it is this page's, and whether of publication or of a change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pipeline.lines.timestamps import Stamp, label_role

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.describe.sources.element_text import NodeBudget

_LONGEST_LABEL = 60
"""Code points of a label before a date; longer text is a sentence."""
_NAMES = ("class", "id", "itemprop")


def leads_elsewhere(budget: NodeBudget, link: Any, urls: Iterable[str]) -> bool:
    """Return whether a link around a date leads to another story: it holds a title too, and is no link to this page.

    Args:
        budget: the page's; a link of many nodes is one.
        link: the `a` element.
        urls: the page's own addresses.
    """
    if not budget.allows(link):
        return True
    times = link.query_selector_all("time").values()
    if len("".join((link.text or "").split())) <= sum(len("".join((time.text or "").split())) for time in times):
        return False
    href = (link.get_attribute("href") or "").rstrip("/")
    return not href or all(href != url.rstrip("/") for url in urls)


def role_of_time(element: Any, stamps: Sequence[Stamp]) -> Literal["published", "modified", "date"]:
    """Return which day an element says that it is.

    Args:
        element: a `<time>` element.
        stamps: what its parent's text is made of, where that is nothing but stamps.
    """
    hint = " ".join(element.get_attribute(name) or "" for name in _NAMES).lower()
    if "modif" in hint or "updat" in hint or "edited" in hint or (stamps and all(stamp.role == "modified" for stamp in stamps)):
        return "modified"
    called = element.has_attribute("pubdate") or "publish" in hint or "entry-date" in hint
    if called or any(stamp.role == "published" for stamp in stamps[:1]):
        return "published"
    return "date" if stamps else _labelled(element)


def _labelled(element: Any) -> Literal["published", "modified", "date"]:
    """Return what the text right before an element calls it: "Published <time>3 May</time> in <a>Weather</a>"."""
    before = element.prev
    text = (before.text or "") if before is not None and before.tag == "#text" else ""
    role = label_role(text) if 0 < len(text.strip()) <= _LONGEST_LABEL else None
    return role if role in ("published", "modified") else "date"
