"""The text of one element on one line, where it is short enough to be a field."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

_NO_TEXT = frozenset(("style", "script"))
_GLUED = re.compile(r"[^\W\d_][A-ZÀ-Þ][a-zß-ÿ]|\d{4}[^\W\d_]|[^\W\d_]\d{1,2}[ /.]")
"""What two texts look like between which a page's source has no space."""


_MOST_NODES = 1_000


def own_text(element: Any, limit: int, *, apart: bool = False) -> str:
    """Return an element's text if it is short; a long text is no byline and no stamp.

    Args:
        element: the element.
        limit: code points.
        apart: put " | " between the texts of its inner elements, which a page shows apart though its source has no space there.
    """
    text = "" if _holds_much(element) else element.text
    if not text or len(text) > 4 * limit:
        return ""
    if apart and _GLUED.search(text):
        text = " | ".join(part for child in element.child_nodes if (part := (child.text or "").strip()))
    text = " ".join(text.split())
    return text if len(text) <= limit else ""


def _holds_much(element: Any) -> bool:
    """Tell whether an element holds more nodes than a short text has; the texts of thousands of nested ones take quadratic time."""
    return element.first_element_child is not None and next(islice(element, _MOST_NODES, None), None) is not None


def headline_text(element: Any, limit: int) -> str:
    """Return an element's text with a space for each line break in it and without styles and scripts, "" where it is long."""
    if element.query_selector("br, style, script") is None:
        return own_text(element, limit)
    if len(element.text or "") > 4 * limit:
        return ""
    pieces = (" " if node.tag == "br" else node.text if node.tag == "#text" and node.parent.tag not in _NO_TEXT else "" for node in element)
    text = " ".join("".join(pieces).split())
    return text if len(text) <= limit else ""
