"""The charset that an HTML page declares of itself."""

from __future__ import annotations

import re
from typing import Final

_COMMENT: Final = re.compile(rb"<!--.*?-->", re.DOTALL)
_META: Final = re.compile(rb"<meta\b[^>]{0,400}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([a-z0-9_:.-]{2,40})", re.IGNORECASE)
_XML: Final = re.compile(rb"\s{0,99}<\?xml\b[^>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([a-z0-9_:.-]{2,40})[\"']", re.IGNORECASE)


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
    found = _XML.match(head) or _META.search(_COMMENT.sub(b"", head))
    if not found:
        return None
    label = found.group(1).decode("ascii").lower()
    return "utf-8" if label.startswith(("utf-16", "utf-32")) else label
