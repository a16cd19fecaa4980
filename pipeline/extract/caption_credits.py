"""Credits inside captions: an inline element that is named so becomes a block of its own.

A style sheet puts `<span class="credit">` on its own line or at the right edge, and between it and the caption's last word the source often
has no space at all. As a block it is told from the caption by its name, like a paragraph of the same name, and never glued to it.
"""

from __future__ import annotations

import re

_CAPTIONS = re.compile(r"<figcaption\b[^<>]*>")
_END = "</figcaption>"
_LONGEST = 3_000
"""Characters of a caption's source; the longest that moves has 1,200 characters of text (`figures`)."""
_INLINE = re.compile(r"<(span|small|cite|em|i)( [^<>]*)>")
_TAGS = re.compile(r"<(/?)(span|small|cite|em|i)(?=[ >])")
_NAMED = re.compile(
    r'(?:class|itemprop|rel)="(?:[^"]*[\s_-])?(?:(?:(?:photo|image|img|picture|media|caption|figure)[_-]{0,2})?(?:credits?|copyright|photographer'
    r'|attribution)|credit-?text|copyright-?holder|fotograf|bildquelle|bildnachweis)(?=[\s"_-])'
    r'|class="(?:[^"]*(?:\s|(?:photo|image|img|picture|media|caption|figure)[_-]{0,2}))?(?:source|quelle|auteur|fonte|fuente)[\s"]',
    re.IGNORECASE,
)
"""What pages call a credit, in English, German, French, Italian and Spanish, and schema.org's properties of it (creditText,
copyrightHolder)."""
_TAG = re.compile(r"<[^<>]*>|&\w{1,10};")
_LABEL = re.compile(r"(?:label|title|prefix|hidden|sr-only)", re.IGNORECASE)
"""Names of the word before a credit, which is none itself."""


def part_credits(html: str) -> str:
    """Make `div` elements of a caption's inline elements that are named as its credit.

    Args:
        html: serialised HTML.

    Returns:
        The same, with other tags around credits.

    >>> part_credits('<figcaption>The quay.<span class="credit">Ann Lee</span></figcaption>')
    '<figcaption>The quay.<div class="credit">Ann Lee</div></figcaption>'
    >>> part_credits('<figcaption><span class="credit">Ann Lee</span></figcaption>').count("div")
    0
    >>> part_credits('<figcaption>A <em class="open-sourced">quay</em></figcaption><span class="credit">B</span>').count("div")
    0
    """
    parts: list[str] = []
    done = 0
    for caption in _CAPTIONS.finditer(html):
        start = max(caption.end(), done)
        end = html.find(_END, start, caption.end() + _LONGEST)
        at = start
        while end >= 0 and (tag := _INLINE.search(html, at, end)) is not None:
            at = tag.end()
            if not _NAMED.search(tag[2]) or _LABEL.search(tag[2]):
                continue
            last = _closing(html, tag[1], at, end)
            if last < 0 or not _has_words(html[start : tag.start()] + html[last:end]):
                continue
            parts += html[done : tag.start()], f"<div{tag[2]}>", html[at:last], "</div>"
            done = at = last + len(tag[1]) + 3
    return "".join((*parts, html[done:])) if parts else html


def _closing(html: str, name: str, start: int, end: int) -> int:
    """Where the end tag of an element stands whose start tag ends at `start`; -1 where it is not before `end`."""
    depth = 1
    for tag in _TAGS.finditer(html, start, end):
        depth += (-1 if tag[1] else 1) if tag[2] == name else 0
        if not depth:
            return tag.start()
    return -1


def _has_words(html: str) -> bool:
    """Whether letters stand outside tags: of a caption that is one credit as a whole, nothing needs to be parted."""
    return any(map(str.isalpha, _TAG.sub("", html)))
