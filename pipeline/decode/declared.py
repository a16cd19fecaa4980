"""The charset that an HTML page declares of itself."""

from __future__ import annotations

import re
from typing import Final

from pipeline.text.expressions import expression

_META: Final = expression(rb"<meta\b[^>]{0,400}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([a-z0-9_:.-]{2,40})", re.IGNORECASE)
_XML: Final = expression(rb"\s{0,99}<\?xml\b[^>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([a-z0-9_:.-]{2,40})[\"']", re.IGNORECASE)


def meta_charset(raw: bytes, *, limit: int) -> str | None:
    """Find the label in a `meta` element or an XML declaration.

    Args:
        raw: the page.
        limit: how many leading bytes to look at.

    Returns:
        The label in lower case as written, or None. A page that can be read byte by byte is not UTF-16, so a `meta` that says so means
        UTF-8 (HTML standard, section 13.2.3.2).

    >>> meta_charset(b'<meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS">', limit=1024)
    'shift_jis'
    """
    head = raw[:limit]
    found = _XML.match(head) or _META.search(_without_comments(head))
    if not found:
        return None
    label = found.group(1).decode("ascii").lower()
    return "utf-8" if label.startswith(("utf-16", "utf-32")) else label


def _without_comments(head: bytes) -> bytes:
    """Return a page's beginning without its comments; one that is not closed stays.

    >>> _without_comments(b"a<!-- b -->c<!-- d")
    b'ac<!-- d'
    """
    kept, at = [], 0
    while (opened := head.find(b"<!--", at)) >= 0 and (closed := head.find(b"-->", opened + 4)) >= 0:
        kept.append(head[at:opened])
        at = closed + 3
    return b"".join((*kept, head[at:]))
