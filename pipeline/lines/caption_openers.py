"""How captions begin that need no credit to be known: "In this May 3 file photo, …", "From left: …", "This image provided by … shows …"."""

from __future__ import annotations

import functools
import re

from pipeline.lines.tables import rows
from pipeline.text.expressions import expression

_LONGEST = 360
_SHORT = 200
_PICTURE = (
    r"(?:photos?|photographs?|images?|pictures?|frame grab|video grab|screen ?grabs?|screenshots?|stills?|handout|illustrations?|sketch)"
)
_MADE = r"(?:taken|made|provided|released|obtained|supplied|posted|shared|issued|distributed|captured|grabbed|from|by)"
_AGENCY_STYLE = expression(
    rf"In (?:this|these)\b(?:"
    rf"[^.!?;:]{{0,40}}\b(?:file|undated|handout|combination of|combo|courtroom|satellite|aerial)\b"
    rf"[^.!?;:]{{0,30}}\b{_PICTURE}\b[^!?;:]{{0,90}},"
    rf"|[^!?;:]{{0,40}}\b(?:19|20)\d\d,? [^.!?;:]{{0,20}}\b{_PICTURE}\b[^!?;:]{{0,90}},"
    rf"|[^.!?;:]{{0,20}}\b{_PICTURE} {_MADE}\b[^!?;:]{{2,90}},) "
)
"""How an agency dates its pictures: "In this Monday, May 3, 2021, file photo, …", "In this image taken from video, …"."""
_SHOWS = expression(
    rf"(?:This|An?|These) (?:[\w-]+ ){{0,3}}?{_PICTURE}(?: of [^,.;:]{{2,60}})?,? {_MADE} [^!?;:]{{2,140}}?,? (?:shows?|depicts?) "
    rf"|(?:This|An?) (?:undated|file|handout|booking|courtroom|satellite|combination|combo) (?:[\w-]+ ){{0,2}}?{_PICTURE}\b"
    r"[^!?;:]{0,90} shows? "
)
"""What a picture shows: "This image provided by the Port Office shows …"."""
_SCREEN = expression(
    r"(?:A )?(?:screenshot|screen ?grab|screen capture|still|video grab|photo illustration|artist's (?:impression|rendering)) "
    r"(?:of|from|by|showing) ",
    re.IGNORECASE,
)
"""What is no photograph: "Screenshot of the port office's website"; only without a verb and a stop."""
_SENTENCE = expression(r"[.!?][\"”’)]? {1,2}[A-Z]")
_FIRST = frozenset(("in", "this", "these", "a", "an", "screenshot", "screengrab", "screen", "still", "video", "photo", "artist's"))
"""First words of the forms above."""


@functools.cache
def _stands() -> re.Pattern[str]:
    """Who stands where, or where the picture stands, with a colon."""
    phrases = sorted((re.escape(phrase) for kind, _, phrase, _ in rows("pictures") if kind == "stands"), key=len, reverse=True)
    return re.compile(rf"\(?(?:{'|'.join(phrases)})\)?\s?[:：]\s?", re.IGNORECASE)


@functools.cache
def _first_words() -> frozenset[str]:
    return _FIRST | {phrase.split(maxsplit=1)[0] for kind, _, phrase, _ in rows("pictures") if kind == "stands"}


def may_open(line: str) -> bool:
    """Return whether a line's first word is one with which `opens_caption` begins."""
    return len(line) <= _LONGEST and line.split(maxsplit=1)[0].strip("(:").lower() in _first_words()


def opens_caption(line: str) -> bool:
    """Return whether a whole line is a caption by its beginning.

    >>> opens_caption("In this Monday, May 3, 2021, file photo, a boat crosses the Orrin."), opens_caption("In this photo, she saw a boat.")
    (True, False)
    >>> opens_caption("This image provided by the Port Office shows the bridge."), opens_caption("A photo showed the bridge.")
    (True, False)
    >>> opens_caption("From left: Jane Doe and John Roe"), opens_caption("Left alone, the bridge would fall.")
    (True, False)
    """
    if len(line) > _LONGEST or len(_SENTENCE.findall(line)) > 1:
        return False
    if _AGENCY_STYLE.match(line) or _SHOWS.match(line):
        return True
    found = _stands().match(line)
    if found is not None:
        return len(line) <= _SHORT and len(line) - found.end() >= _LEAST
    return len(line) <= _SHORT and line[-1].isalnum() and _SCREEN.match(line) is not None


_LEAST = 8
