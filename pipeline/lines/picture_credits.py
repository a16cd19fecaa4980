"""Whether some words credit a picture: an agency, a photographer, or both."""

from __future__ import annotations

import functools
import re

from pipeline.lines.agencies import find_agency, may_name_agency
from pipeline.lines.name_lists import read_names

_CREDIT_HEAD = re.compile(r"^(?:©|\(c\)|credit|photo|via|by|file)\s?:?\s{0,2}", re.IGNORECASE)
_VIA = re.compile(r"\b(?:via|for|/)\s")
_AGENCY_PHOTO = re.compile(r"\b([A-Z]{2,5}|Reuters)\s(?:Photos?|Images?|Pictures|Foto)(?=\s?/)")
"""An agency's photo service: "AP Photo/Jane Doe"."""
_COURTESY = re.compile(r"[.,;]?\s{1,3}(?:courtesy of|with permission of)\s[^.]{2,60}$", re.IGNORECASE)
_CREDIT_TAIL = re.compile(r"[\s/,]{1,3}(?:file(?: photo)?|archive|handout|archiv|pool|19\d\d|20\d\d)$", re.IGNORECASE)


@functools.lru_cache(maxsize=4096)
def is_picture_credit(text: str, *, labelled: bool = False) -> bool:
    """Return whether the words credit a picture: "Reuters", "EPA/JUSTIN LANE", "Jane Doe for Getty Images".

    Args:
        text: the words without label and brackets.
        labelled: a label such as "Photo:" stands before them, so that a person's name is enough.

    >>> is_picture_credit("EPA/JUSTIN LANE"), is_picture_credit("Jane Doe"), is_picture_credit("Jane Doe", labelled=True)
    (True, False, True)
    """
    text = _VIA.sub("/", _CREDIT_HEAD.sub("", text.strip(" .©")).strip(" ."))
    if " of" in text.lower():
        text = _COURTESY.sub("", text)
    if "/" in text:
        text = _AGENCY_PHOTO.sub(r"\1", text)
    text = _CREDIT_TAIL.sub("", text)
    if not 2 <= len(text) <= 120:
        return False
    if find_agency(text):
        return True
    if not labelled and not may_name_agency(text):
        return False
    listing = read_names(text)
    if not listing.names or listing.rest:
        return False
    if any(find_agency(name.name) for name in listing.names):
        return True
    return labelled and (all(" " in name.name or name.type != "person" for name in listing.names) or len(listing.names) == 1)
