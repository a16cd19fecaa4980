"""In which box of a page an element stands: beside the article, or in the site's own frame."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_FRONT = re.compile(r"(?:https?://[^/?#]{3,100})?/?(?:index\.(?:html?|php))?")
"""The address of a front page."""
_ASIDE_TAGS = frozenset({"aside", "footer", "nav", "form"})
_ASIDE_CLASS = re.compile(
    r"comment|related|sidebar|recommend|widget|teaser|popular|trending|more-|latest|carousel|card|promo|next|prev|keep-|recirc|suggest|read-also"
)
_ASIDE_ID = re.compile(r"comment|related")
_CHROME_CLASS = re.compile(r"site-title|logo|site-header")
_HIGHEST = 60
"""Ancestors that are looked at; a byline stands at level 10 to 25."""


Boxes = dict[int, tuple[Any, bool]]
"""What earlier questions found, by the identity of elements, which are held here so that it stays theirs. One for each kind of question."""


def is_aside(boxes: Boxes, element: Any) -> bool:
    """Return whether an element stands in a box beside the article: related articles, comments, menus.

    Args:
        boxes: what earlier calls found.
        element: the element.
    """
    return _stands_in(boxes, element, _names_aside, frozenset({"body", "html"}))


def is_chrome(boxes: Boxes, element: Any) -> bool:
    """Return whether a heading stands in the site's header, footer or logo, or is nothing but a link to the site's front page.

    Args:
        boxes: what earlier calls found.
        element: the heading.
    """
    link = element.query_selector("a[href]")
    if (
        link is not None
        and _FRONT.fullmatch(link.get_attribute("href") or "")
        and (link.text or "").split() == (element.text or "").split()
    ):
        return True
    return _stands_in(boxes, element, _names_chrome, frozenset({"html"}))


def _stands_in(boxes: Boxes, element: Any, names_box: Callable[[Any, str], bool], ends: frozenset[str]) -> bool:
    """Whether an element or one above it is such a box.

    Climbing costs a tenth of `closest`, which compiles its selector at every call. Ancestors are remembered, so that elements in elements
    do not each climb anew.
    """
    path: list[Any] = []
    inside = False
    while element is not None and len(path) < _HIGHEST:
        known = boxes.get(id(element))
        if known is not None:
            inside = known[1]
            break
        path.append(element)
        tag = element.tag
        if tag in ends:
            break
        if names_box(element, tag):
            inside = True
            break
        element = element.parent_element
    boxes.update((id(node), (node, inside)) for node in path)
    return inside


def _names_aside(element: Any, tag: str) -> bool:
    return bool(tag in _ASIDE_TAGS or _ASIDE_CLASS.search(element.get_attribute("class") or "") or _ASIDE_ID.search(element.id or ""))


def _names_chrome(element: Any, tag: str) -> bool:
    classes = element.get_attribute("class") or ""
    if tag in ("nav", "footer", "aside") or (tag == "header" and "site" in classes):
        return True
    return bool(_CHROME_CLASS.search(classes)) or "logo" in (element.id or "")
