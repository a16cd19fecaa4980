"""Character references left in the text by a page that escaped twice, or by somebody's extraction."""

from __future__ import annotations

import html
import re
from typing import Final

from pipeline.edits.compose import Op, trimmed
from pipeline.text.expressions import expression

RULE: Final = "entity.decode"
_REFERENCE: Final = expression(r"&(?:#(?:[0-9]{1,7}|[xX][0-9a-fA-F]{1,6})|[A-Za-z][A-Za-z0-9]{1,31});")
# Prose about markup means its references literally: "write &amp;amp; for an ampersand".
_ABOUT_MARKUP: Final = expression(
    r"\b(?:x?html[45]?|xml|sgml|markup|ampersands?|entit(?:y|ies)|escap(?:e|es|ed|ing)|character references?|unicode|encod(?:e|ed|ing))\b",
    re.IGNORECASE,
)


def decode_entities(text: str) -> list[Op]:
    """Decode complete character references.

    Left alone: references without their semicolon, those that name no character, and all of a span that speaks of markup.

    Args:
        text: one span.

    Returns:
        The changes.

    >>> decode_entities("Marks &amp; Spencer&rsquo;s")
    [Op(start=6, end=11, replacement='&', rule='entity.decode', target=None),
     Op(start=19, end=26, replacement='’', rule='entity.decode', target=None)]
    >>> decode_entities("In HTML, write &amp;amp; for an ampersand.")
    []
    """
    if "&" not in text or not _REFERENCE.search(text) or _ABOUT_MARKUP.search(text):
        return []
    changes = []
    for found in _REFERENCE.finditer(text):
        decoded = html.unescape(found.group())
        if decoded.endswith(";") or "\ufffd" in decoded or not decoded:
            continue
        if change := trimmed(text, found.start(), found.end(), decoded, RULE):
            changes.append(Op(found.start(), found.end(), decoded, change.rule))
    return changes
