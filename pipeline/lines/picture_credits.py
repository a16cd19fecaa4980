"""Whether some words credit a picture: an agency, a photographer, or both."""

from __future__ import annotations

import functools
import re
import unicodedata

from pipeline.lines.agencies import find_agency, may_name_agency
from pipeline.lines.byline_variants import is_name
from pipeline.lines.name_lists import read_names
from pipeline.lines.tables import phrases
from pipeline.text.expressions import expression, may_stand
from pipeline.text.folding import fold_word

_CREDIT_HEAD = expression(r"^(?:©|\(c\)|credit|photo|via|by|file)\s?:?\s{0,2}", re.IGNORECASE)
_VIA = expression(r"\b(?:via|for|/)\s")
_AGENCY_PHOTO = expression(r"\b([A-Z]{2,5}|Reuters)\s(?:Photos?|Images?|Pictures|Foto)(?=\s?/)")
"""An agency's photo service: "AP Photo/Jane Doe"."""
_COURTESY = expression(r"[.,;]?\s{1,3}(?:courtesy of|with permission of)\s[^.]{2,60}$", re.IGNORECASE)
_CREDIT_TAIL = expression(r"[\s/,]{1,3}(?:file(?: photo)?|archive|handout|archiv|pool|19\d\d|20\d\d)$", re.IGNORECASE)


_NAME_AND_HOUSE = 2
"""A photographer and the house behind a slash, whose name may be one word: "Jane Doe/Valley"."""


@functools.lru_cache(maxsize=4096)
def is_picture_credit(text: str, *, labelled: bool = False) -> bool:
    """Return whether the words credit a picture: "Reuters", "EPA/JUSTIN LANE", "Jane Doe for Getty Images".

    Args:
        text: the words without label and brackets.
        labelled: a label such as "Photo:" stands before them, so that a person's name is enough.

    >>> is_picture_credit("EPA/JUSTIN LANE"), is_picture_credit("Jane Doe"), is_picture_credit("Jane Doe", labelled=True)
    (True, False, True)
    >>> is_picture_credit("Jane Doe/Valley", labelled=True), is_picture_credit("Jane Doe/Valley")
    (True, False)
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
    beside = "/" in text and len(listing.names) == _NAME_AND_HOUSE and " " in listing.names[0].name
    return labelled and (beside or len(listing.names) == 1 or all(" " in name.name or name.type != "person" for name in listing.names))


_EAST_ASIAN = expression(
    r"\s{0,3}(?:[（(](?P<by>[^（）()\s]{1,24}(?:撮影|提供|摄|攝|摄影|攝影|供图|供圖))[）)]"
    r"|[\[(（【]\s?(?:사진|자료|그래픽|이미지)\s?(?:제공|출처|자료)?\s?[=＝:：]\s?(?P<of>[^\[\]()（）【】=]{2,40}?)\s?[\])）】]"
    r"|＝[^＝。]{2,40}?、(?P<shot>[^＝。、]{2,12}(?:撮影|提供|写す))|[./]?\s?[©ⓒ]\s?(?P<owner>[A-Za-z\uac00-\ud7a3][\w ]{1,18} 기자)"
    r"|＝(?P<house>[^＝。、，,\s（）()]{2,12}))[\s.]{0,3}$"
)
"""What Japanese, Chinese and Korean papers print behind a caption: "（山田太郎撮影）", "＝共同", "＝4日、東京都、山田太郎撮影",
"[사진 = 연합뉴스]", "© News1 김민수 기자"."""


def east_asian_credit(text: str, begin: int) -> tuple[int, int, int] | None:
    """Return where a credit of an East Asian paper cuts a line off, and where who is credited starts and ends; None without one.

    >>> east_asian_credit("川辺の舟＝共同", 0), east_asian_credit("배 한 척이 강가에 있다. [사진 = 연합뉴스]", 0)
    ((4, 5, 7), (14, 21, 25))
    """
    if not text.isascii() and (found := _EAST_ASIAN.search(text, begin)) is not None and found.start() > 0:
        group = found.lastgroup or "house"
        name = unicodedata.normalize("NFKC", found["house"] or "")
        if group != "house" or name.endswith(("撮影", "提供")) or find_agency(name):
            return found.start(), *found.span(group)
    return None


_CREDITED_BY = expression(
    r"(?:(?<=[.!?”\"’)])\s{1,3}|\s?[|–—]\s{1,3})(?:photos?|photographs?|photography|pictures?|images?|graphics?|illustrations?)\s"
    r"(?:by|from|via|courtesy of|courtesy|provided by|supplied by):?\s{1,2}(?P<credit>[^.!?|]{2,80})[\s.]{0,2}$",
    re.IGNORECASE,
)
"""A credit in words behind a caption's sentence or a bar: "… on Monday. Photo by Jane Doe"."""


def credited_by(text: str, begin: int) -> tuple[int, int, int] | None:
    """Return the same as `east_asian_credit` for a credit in words that ends a line.

    >>> line = "The bridge on Monday. Photo by Jane Doe/The Valley"
    >>> line[slice(*credited_by(line, 0)[1:])], credited_by("The book shows photos by the sea", 0)
    ('Jane Doe/The Valley', None)
    """
    found = _CREDITED_BY.search(text, begin)
    if found is None or not found.start() or not is_picture_credit(found["credit"], labelled=True):
        return None
    return found.start(), *found.span("credit")


_COURTESY_END = expression(
    r"(?:(?<=[.!?”\"’)])\s{1,3}|\s?[|–—]\s{1,3}|\s[(\[])(?:(?:photos?|images?) )?courtesy(?: of|:)\s(?P<house>[^.!?|()\[\]]{2,60})"
    r"[)\]]?[\s.]{0,2}$",
    re.IGNORECASE,
)
_IN_CAPITALS = expression(
    r"(?:(?<=[.!?”\"])\s{1,3}PHOTOS? (?P<by>[A-ZÀ-Þ][A-ZÀ-Þ.'’-]{1,20}(?: [A-ZÀ-Þ][A-ZÀ-Þ.'’-]{1,20}){0,3}(?:, [A-ZÀ-Þ '’]{2,40})?)"
    r"|(?<=[a-zà-ÿ)”\"])\s/\s(?P<of>[A-ZÀ-Þ][A-ZÀ-Þ.'’-]{1,20}(?: [A-ZÀ-Þ][A-ZÀ-Þ.'’-]{1,20}){1,3}))[\s.]{0,2}$"
)


def credited_last(text: str, begin: int) -> tuple[int, int, int] | None:
    """Return the same for what only counts where no other form of credit ends a line: courtesy in words, a name in capitals.

    >>> [line[slice(*credited_last(line, 0)[1:])] for line in ("A quay. (Courtesy of the mill)", "The quay / JANE DOE", "A. PHOTO ANN LEE")]
    ['the mill', 'JANE DOE', 'ANN LEE']
    """
    found = _COURTESY_END.search(text, begin) if may_stand(("courtesy",), text) else None
    if found is None and ("PHOTO" in text or "/" in text):
        found = _IN_CAPITALS.search(text, begin)
    return (found.start(), *found.span(found.lastgroup or 0)) if found is not None and found.start() else None


_WORD = r"[A-ZÀ-ÞА-Я][^\s/()|—–]{0,24}"
_NAME = rf"(?:{_WORD}\s){{1,3}}{_WORD}"
_HOUSE = rf"(?:{_WORD})(?:\s(?:{_WORD}|of|the|de|la|&)){{0,4}}"
_WHOLE = expression(
    rf"(?P<brackets>\((?:{_WORD}\s){{1,4}}?{_WORD}\s?/\s?{_HOUSE}\))"
    rf"|(?P<name>{_NAME})(?P<mark>\s?/\s?|\s?[—–]\s?|\s(?:for|via)\s)(?P<house>{_HOUSE})"
    rf"|(?P<label>[^\W\d_]{{3,6}})\.?\s(?P<by>{_WORD}(?:\s{_WORD}){{0,3}})"
    rf"|[©Ⓒ]\s?(?P<owner>{_NAME})"
)
"""Credits alone on their line: "(Jane Doe/Valley Times)", "Jane Doe—Getty Images", "Jane Doe for AFP", "Foto ANP", "© Jane Doe"."""


def whole_credit(line: str, begin: int, end: int) -> tuple[int, int] | None:
    """Return the span of who is credited in a line that is nothing but a credit without a colon, or None.

    >>> line = "(Jane Doe/Valley Times)"
    >>> line[slice(*whole_credit(line, 0, len(line)))], whole_credit("Jane Doe/John Roe", 0, 17), whole_credit("Photo Editor", 0, 12)
    ('Jane Doe/Valley Times', None, None)
    """
    found = _WHOLE.fullmatch(line, begin, end) if end - begin <= _LONGEST_WHOLE else None
    if found is None:
        return None
    if found["brackets"]:
        return begin + 1, end - 1
    if found["name"]:
        known = _is_house(found["house"]) if "/" in found["mark"] else find_agency(found["house"]) is not None
        return (begin, end) if known and is_name(found["name"]) else None
    if found["owner"]:
        return found.span("owner") if is_name(found["owner"]) else None
    labelled = fold_word(found["label"]) in phrases("pictures", "before")
    return found.span("by") if labelled and (find_agency(found["by"]) or is_name(found["by"])) else None


_LONGEST_WHOLE = 80


def _is_house(words: str) -> bool:
    """Whether words name an agency, or a paper or station by one of its name's words."""
    if find_agency(words) or find_agency(words, "pictures"):
        return True
    parts = words.split()
    return len(parts) > 1 and any(fold_word(part) in phrases("pictures", "house") for part in parts)


def credits_paper(text: str) -> bool:
    """Return whether words are a person's name and, behind a slash, the name of an agency, a paper or a station.

    >>> credits_paper("Jane Doe / Valley Times"), credits_paper("Jane Doe/John Roe")
    (True, False)
    """
    name, slash, house = text.partition("/")
    return bool(slash) and is_name(name.strip()) and _is_house(house.strip(" ."))


_FILE = expression(
    r"[\s.]{0,2}[(\[](?:file photo|file|file image|archive|archivbild|archives|archivo|arquivo|archivio|handout)[)\]][\s.]{0,2}$",
    re.IGNORECASE,
)
_LAST_BRACKET = expression(r"[\s.]{0,2}[(\[（【](?P<inner>[^()\[\]（）【】]{2,40})[)\]）】][\s.]{0,2}$")


def archive_start(line: str, begin: int, end: int) -> int | None:
    """Return where a bracket begins, with the space before it, that says the picture is from an archive or only an example.

    >>> archive_start("A man at the dock (file photo)", 0, 30), archive_start("The river (at noon)", 0, 19)
    (17, None)
    """
    if _CLOSING.isdisjoint(line[max(begin, end - _LONGEST_BRACKET) : end]):
        return None
    found = _FILE.search(line, begin, end)
    if found is None and (other := _LAST_BRACKET.search(line, max(begin, end - _LONGEST_BRACKET), end)) is not None:
        inner = fold_word(other["inner"].strip())
        found = other if inner in phrases("pictures", "bare") or inner in phrases("pictures", "lead") else None
    return found.start() if found is not None and found.start() > begin else None


_LONGEST_BRACKET = 50
_CLOSING = frozenset(")]）】")


_CUES = ("ourtesy", "Credit:", "Photo:", "Photograph:", "Image:", "Picture:", "Foto:", "Bild:", "PHOTO", " / ")
_WHOLE_CUES = ("—", "–", " for ", " via ")
_IN_WORDS = ("hoto", "mage", "icture", "llustration", "raphic")
_CUE_REACH = 110


def may_credit(line: str) -> bool:
    """Return whether a line's end holds a word or mark of the credits that `credited_by`, `credited_last` and `whole_credit` read."""
    if len(line) <= _LONGEST_WHOLE and (line.startswith(_before()) or any(map(line.__contains__, _WHOLE_CUES))):
        return True
    tail = line[-_CUE_REACH:]
    return any(map(tail.__contains__, _CUES)) or ((" by " in tail or " via " in tail) and any(map(tail.__contains__, _IN_WORDS)))


@functools.cache
def _before() -> tuple[str, ...]:
    """The labels that need no colon, as lines begin with them."""
    return tuple(form for phrase in phrases("pictures", "before") for form in (phrase, phrase.capitalize(), phrase.upper()))
