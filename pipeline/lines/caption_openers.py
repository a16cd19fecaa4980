"""How captions begin that need no credit to be known: "In this May 3 file photo, …", "From left: …", "This image provided by … shows …"."""

from __future__ import annotations

import re

_LONGEST = 360
_SHORT = 200
_PICTURE = (
    r"(?:photos?|photographs?|images?|pictures?|frame grab|video grab|screen ?grabs?|screenshots?|stills?|handout|illustrations?|sketch)"
)
_MADE = r"(?:taken|made|provided|released|obtained|supplied|posted|shared|issued|distributed|captured|grabbed|from|by)"
_AGENCY_STYLE = re.compile(
    rf"In (?:this|these)\b(?:"
    rf"[^.!?;:]{{0,40}}\b(?:file|undated|handout|combination of|combo|courtroom|satellite|aerial)\b"
    rf"[^.!?;:]{{0,30}}\b{_PICTURE}\b[^!?;:]{{0,90}},"
    rf"|[^!?;:]{{0,40}}\b(?:19|20)\d\d,? [^.!?;:]{{0,20}}\b{_PICTURE}\b[^!?;:]{{0,90}},"
    rf"|[^.!?;:]{{0,20}}\b{_PICTURE} {_MADE}\b[^!?;:]{{2,90}},) "
)
"""How an agency dates its pictures: "In this Monday, May 3, 2021, file photo, …", "In this image taken from video, …"."""
_SHOWS = re.compile(
    rf"(?:This|An?|These) (?:[\w-]+ ){{0,3}}?{_PICTURE}(?: of [^,.;:]{{2,60}})?,? {_MADE} [^!?;:]{{2,140}}?,? (?:shows?|depicts?) "
    rf"|(?:This|An?) (?:undated|file|handout|booking|courtroom|satellite|combination|combo) (?:[\w-]+ ){{0,2}}?{_PICTURE}\b"
    r"[^!?;:]{0,90} shows? "
)
"""What a picture shows: "This image provided by the Port Office shows …"."""
_COUNTED = re.compile(
    r"(?:\(?(?:from )?(?:left to right|left|l[-–/]r|top left|clockwise from (?:top|upper|bottom|lower|far)? ?(?:left|right))"
    r"|von links(?: nach rechts)?|v\.\s?l\."
    r"|de gauche à droite|de izquierda a derecha|da sinistra(?: a destra)?|da esquerda para a direita|van links naar rechts"
    r"|från vänster|fra venstre|vasemmalta|od lewej|zleva|слева направо|зліва направо|soldan sağa|dari kiri(?: ke kanan)?"
    r"|từ trái sang|stânga - dreapta|από αριστερά|pictured|above|below|top|right)\)?\s?[:：]\s?",
    re.IGNORECASE,
)
"""Who stands where: "From left: …"; and where the picture stands: "Pictured: …"."""
_SCREEN = re.compile(
    r"(?:A )?(?:screenshot|screen ?grab|screen capture|still|video grab|photo illustration|artist's (?:impression|rendering)) "
    r"(?:of|from|by|showing) ",
    re.IGNORECASE,
)
"""What is no photograph: "Screenshot of the port office's website"; only without a verb and a stop."""
_SENTENCE = re.compile(r"[.!?][\"”’)]? {1,2}[A-Z]")
_FIRST = frozenset(
    {
        "in",
        "this",
        "these",
        "a",
        "an",
        "from",
        "left",
        "l-r",
        "l–r",
        "l/r",
        "top",
        "clockwise",
        "von",
        "v.l.",
        "de",
        "da",
        "van",
        "från",
        "fra",
        "vasemmalta",
        "od",
        "zleva",
        "слева",
        "зліва",
        "soldan",
        "dari",
        "từ",
        "stânga",
        "από",
        "pictured",
        "above",
        "below",
        "right",
        "screenshot",
        "screengrab",
        "screen",
        "still",
        "video",
        "photo",
        "artist's",
    }
)


def may_open(line: str) -> bool:
    """Return whether a line's first word is one with which `opens_caption` begins."""
    return len(line) <= _LONGEST and line.split(maxsplit=1)[0].strip("(:").lower() in _FIRST


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
    found = _COUNTED.match(line)
    if found is not None:
        return len(line) <= _SHORT and len(line) - found.end() >= _LEAST
    return len(line) <= _SHORT and line[-1].isalnum() and _SCREEN.match(line) is not None


_LEAST = 8
