"""In which box of a page an element stands: beside the article, or in the site's own frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Callable

_FRONT = expression(r"(?:https?://[^/?#]{3,100})?/?(?:index\.(?:html?|php))?")
"""The address of a front page."""
_ASIDE_TAGS = frozenset({"aside", "footer", "nav", "form", "figure", "figcaption"})
_ASIDE_CLASS = expression(
    r"comment|related|sidebar|recommend|widget|teaser|popular|trending|more-|latest|carousel|card|promo|next|prev|keep-|recirc|suggest|read-also"
    r"|(?<![a-z])review(?!er)|testimonial"
)
_OPINIONS = frozenset({"review", "reviews", "comment"})
"""Properties of what buyers and readers say of a thing."""
_ASIDE_ID = expression(r"comment|related")
_CHROME_CLASS = expression(r"site-title|logo|site-header")
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


def is_others(boxes: Boxes, element: Any) -> bool:
    """Return whether an element stands where only others are named: under a picture, in a review or a comment, beside another story.

    Args:
        boxes: what earlier calls found.
        element: the element.
    """
    return _stands_in(boxes, element, _names_others, frozenset({"body", "html"}))


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
    """Return whether an element is by its tag or class a box at the side; the footer of an article is none."""
    if tag in _ASIDE_TAGS:
        parent = element.parent_element
        return tag != "footer" or parent is None or parent.tag != "article"
    if element.get_attribute("itemprop") in _OPINIONS:
        return True
    return bool(_ASIDE_CLASS.search(element.get_attribute("class") or "") or _ASIDE_ID.search(element.id or ""))


def _names_others(element: Any, tag: str) -> bool:
    """Return whether an element is by its tag or class a picture's, a buyer's, a commenter's or another story's."""
    if tag in ("figure", "figcaption") or element.get_attribute("itemprop") in _OPINIONS:
        return True
    return _OTHERS_CLASS.search(element.get_attribute("class") or "") is not None


_OTHERS_CLASS = expression(
    r"related|recommend|testimonial|(?<![\w-])reviews?(?![\w-])|recirc|suggest|read-also|read-next|(?:next|prev|previous)-(?:post|article|story)"
    r"|post-navigation|more-(?:stories|posts|articles|news)|comment-(?:author|list|body|content)|comments-(?:area|list)"
)


def hold(asides: Boxes, element: Any) -> None:
    """Remember that nothing around an element is a box at the side, whatever its class says ("container sidebar_right").

    Args:
        asides: what `is_aside` remembers.
        element: the headline, or what holds the story's body.
    """
    above = element.parent_element
    for _ in range(_HIGHEST):
        if above is None or above.tag in ("body", "html"):
            return
        asides[id(above)] = (above, False)
        above = above.parent_element


def _names_chrome(element: Any, tag: str) -> bool:
    classes = element.get_attribute("class") or ""
    if tag in ("nav", "footer", "aside") or (tag == "header" and "site" in classes):
        return True
    return bool(_CHROME_CLASS.search(classes)) or "logo" in (element.id or "")
