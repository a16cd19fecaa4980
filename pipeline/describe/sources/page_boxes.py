"""In which box of a page an element stands: beside the article, or in the site's own frame."""

from __future__ import annotations

import re
from typing import Any

_FRONT = re.compile(r"(?:https?://[^/?#]{3,100})?/?(?:index\.(?:html?|php))?")
"""The address of a front page."""
_ASIDE_TAGS = frozenset({"aside", "footer", "nav", "form", "figure", "figcaption"})
_ASIDE_CLASS = re.compile(
    r"comment|related|sidebar|recommend|widget|teaser|popular|trending|more-|latest|carousel|card|promo|next|prev|keep-|recirc|suggest|read-also"
)
_ASIDE_ID = re.compile(r"comment|related")
_CHROME_CLASS = re.compile(r"site-title|logo|site-header")
_HIGHEST = 60
"""Ancestors that are looked at; a byline stands at level 10 to 25."""


def is_aside(boxes: dict[int, tuple[Any, bool]], element: Any) -> bool:
    """Return whether an element stands in a box beside the article: related articles, comments, menus.

    Climbing costs a tenth of `closest`, which compiles its selector at every call; ancestors are remembered.

    Args:
        boxes: what earlier calls found, by the identity of elements, which are held there so that it stays theirs.
        element: the element.
    """
    path: list[Any] = []
    aside = False
    while element is not None and len(path) < _HIGHEST:
        known = boxes.get(id(element))
        if known is not None:
            aside = known[1]
            break
        path.append(element)
        tag = element.tag
        if tag in ("body", "html"):
            break
        if _is_box(element, tag):
            aside = True
            break
        element = element.parent_element
    boxes.update((id(node), (node, aside)) for node in path)
    return aside


def _is_box(element: Any, tag: str) -> bool:
    """Return whether an element is by its tag or class a box at the side; not the footer of an article, nor what holds the whole body."""
    if tag in _ASIDE_TAGS:
        parent = element.parent_element
        return tag != "footer" or parent is None or parent.tag != "article"
    named = _ASIDE_CLASS.search(element.get_attribute("class") or "") or _ASIDE_ID.search(element.id or "")
    return named is not None and element.query_selector(_BODY) is None


_BODY = '[itemprop~="articleBody"]'
"""What marks a story's body; a page's main column is called "widget" too."""


def hold_headline(boxes: dict[int, tuple[Any, bool]], heading: Any) -> None:
    """Remember that no element around the headline is a box at the side, whatever its class says ("container sidebar_right").

    Args:
        boxes: what `is_aside` remembers.
        heading: the headline's element.
    """
    element = heading.parent_element
    for _ in range(_HIGHEST):
        if element is None or element.tag in ("body", "html"):
            return
        boxes[id(element)] = (element, False)
        element = element.parent_element


def is_chrome(element: Any) -> bool:
    """Return whether a heading stands in the site's header, footer or logo, or is nothing but a link to the site's front page."""
    link = element.query_selector("a[href]")
    if (
        link is not None
        and _FRONT.fullmatch(link.get_attribute("href") or "")
        and (link.text or "").split() == (element.text or "").split()
    ):
        return True
    for _ in range(_HIGHEST):
        tag = element.tag if element is not None else "html"
        if tag == "html":
            return False
        classes = element.get_attribute("class") or ""
        if tag in ("nav", "footer", "aside") or (tag == "header" and "site" in classes):
            return True
        if _CHROME_CLASS.search(classes) or "logo" in (element.id or ""):
            return True
        element = element.parent_element
    return False
