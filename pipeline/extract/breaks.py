"""Line breaks that only a style sheet makes: an empty element between two sentences that nothing else parts.

Some editors write `<span class="br"></span>` where HTML has `<br>`. No reader knows the style sheet, but the letters tell: between the end
of one sentence and the capital of the next there is always a space, unless a line ends there.
"""

from __future__ import annotations

import re

_EMPTY = re.compile(r"<span(?: [^<>]*)?></span>(?:<span(?: [^<>]*)?></span>)*")
_ENDS = frozenset(".!?…:;\"'”’»)]。！？।")
_OPENS = frozenset("\"'“‘«„([¿¡「『—–-•")
_CLOSING_TAG, _OPENING_TAG = re.compile(r"</(?:a|b|em|i|span|strong|u)>$"), re.compile(r"<(?:a|b|em|i|span|strong|u)(?: [^<>]*)?>")
_LONGEST_TAG = 12
_MOST_TAGS = 4
_BREAK = "<br><br>"
_HOLLOW = "></span>"
"""The end of every empty element: looked for as a plain string, which is faster than any pattern."""


def write_out_breaks(html: str) -> str:
    """Put two `<br>` in the place of empty elements that can only be line breaks.

    One empty element counts behind the end of a sentence, two in a row behind any character; a capital, a digit, a letter of a script
    without capitals or an opening mark must follow at once.

    Args:
        html: serialised HTML.

    Returns:
        The same with line breaks.

    >>> write_out_breaks('<p>It rained.<span class="gap"></span>Ann left.</p>')
    '<p>It rained.<br><br>Ann left.</p>'
    >>> write_out_breaks('<p>The i<span id="x"></span>Phone. <span></span>Ann</p>')
    '<p>The i<span id="x"></span>Phone. <span></span>Ann</p>'
    >>> write_out_breaks('<p><b>A Headline</b><span></span><span></span>Ann left.</p>')
    '<p><b>A Headline</b><br><br>Ann left.</p>'
    """
    parts: list[str] = []
    done, at = 0, html.find(_HOLLOW)
    while at >= 0:
        tag = html.rfind("<", done, at)
        found = _EMPTY.match(html, tag) if tag >= 0 else None
        if found is not None:
            parts += html[done : found.start()], _judge(found)
            done = at = found.end()
        at = html.find(_HOLLOW, at + 1)
    return "".join((*parts, html[done:])) if parts else html


def _judge(found: re.Match[str]) -> str:
    before, behind = _before(found.string, found.start()), _behind(found.string, found.end())
    begins = behind.isdigit() or behind in _OPENS or (behind.isalpha() and not behind.islower())
    ends = before in _ENDS or (found[0].count("</span>") > 1 and before not in "<>")
    return _BREAK if before and behind and begins and ends else found[0]


def _before(html: str, at: int) -> str:
    """The character before, past end tags; empty for a space or a tag of another kind."""
    for _ in range(_MOST_TAGS):
        tag = _CLOSING_TAG.search(html, max(0, at - _LONGEST_TAG), at)
        if tag is None:
            break
        at = tag.start()
    last = html[at - 1 : at]
    return "" if last.isspace() or last == ">" else last


def _behind(html: str, at: int) -> str:
    """The character behind, past start tags; empty for a space or a tag of another kind."""
    for _ in range(_MOST_TAGS):
        tag = _OPENING_TAG.match(html, at)
        if tag is None:
            break
        at = tag.end()
    first = html[at : at + 1]
    return "" if first.isspace() or first == "<" else first
