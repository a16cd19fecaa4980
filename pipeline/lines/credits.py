"""Lines that name a story's sources, and copyright lines."""

from __future__ import annotations

import functools
import re

import msgspec

from pipeline.lines.agencies import find_agency, may_name_agency
from pipeline.lines.name_lists import read_names
from pipeline.lines.names import looks_like_name, type_of
from pipeline.lines.tables import phrases
from pipeline.text.expressions import expression
from pipeline.text.folding import fold_word

_LONGEST = 160
_LABEL_END = expression(r"\s{0,2}[:：]\s{0,2}|\s{1,2}")
_COPYRIGHT = expression(
    r"\s{0,4}[<〈\[【]?\s?(?:저작권자\s?)?\(?(?:(?P<sign>(?:copyright\s{1,2})?(?:©|\(c\)|Ⓒ|&copy;)(?:\s{0,2}copyright)?|copyrights?|urheberrecht))"
    r"\s{0,2}[:,]?\s{0,2}(?P<rest>.{0,140})$",
    re.IGNORECASE | re.DOTALL,
)
_YEARS = expression(r"(?:19|20)\d{2}(?:\s?[-–/]\s?(?:(?:19|20)?\d{2}))?")
_RIGHTS = expression(
    r"(?:all rights reserved|alle rechte vorbehalten|tous droits réservés|todos los derechos reservados|todos os direitos reservados|"
    r"tutti i diritti riservati|alle rechten voorbehouden|все права защищены|wszelkie prawa zastrzeżone|版权所有|版權所有"
    r"|無断転載|禁無断|무단|재배포|未经授权|未經授權|不得转载|不得轉載|جميع الحقوق محفوظة|tüm hakları saklıdır|สงวนลิขสิทธิ์"
    r"|hak cipta dilindungi|©|\(c\))",
    re.IGNORECASE,
)
_PICTURE = expression(r"(?:photo|foto|image|bild|picture|getty|shutterstock|illustration|video)", re.IGNORECASE)


class CreditReading(msgspec.Struct, frozen=True, kw_only=True):
    """A source line: `raw` is the whole line without outer space, `name` the sources in it, `start`/`end` their span."""

    name: str
    raw: str
    start: int
    end: int


class CopyrightReading(msgspec.Struct, frozen=True, kw_only=True):
    """A copyright line; `raw` is the line without outer space, `holder` whom it names."""

    raw: str
    start: int
    end: int
    holder: str | None


@functools.cache
def _longest_label() -> int:
    return max(len(phrase) for phrase in phrases("credits", "before"))


def _label_end(line: str, begin: int) -> tuple[int, bool] | None:
    """Return (end of label and mark, whether a colon stood there) of the longest label at `begin`."""
    window = line[begin : begin + _longest_label()]
    for size in range(len(window), 1, -1):
        if fold_word(window[:size]) in phrases("credits", "before") and (match := _LABEL_END.match(line, begin + size)):
            return match.end(), ":" in match[0] or "：" in match[0]
    return None


def _sources(text: str) -> bool:
    """Return whether the words are a list of sources, one of them an agency: "TRTWorld and agencies"."""
    if not may_name_agency(text):
        return False
    listing = read_names(text)
    return bool(listing.names) and not listing.rest and any(find_agency(name.name) for name in listing.names)


_STRONG = ("report", "editing", "writing", "files", "input", "material", "inform")


def read_credit(line: str) -> CreditReading | None:
    """Read a line that names a story's sources and is nothing else.

    >>> read_credit("TRTWorld and agencies").name, read_credit("Source: AFP").name, read_credit("(AP)").name
    ('TRTWorld and agencies', 'AFP', 'AP')
    >>> read_credit("Agencies warned on Monday") is None
    True
    """
    raw = line.strip()
    if not 2 <= len(raw) <= _LONGEST:
        return None
    begin = line.index(raw)
    inner, shift = raw, begin
    while inner[:1] in "([/—–-【（" and len(inner) > 1:
        inner, shift = inner[1:], shift + 1
        inner, shift = inner.lstrip(), shift + len(inner) - len(inner.lstrip())
    inner = inner.rstrip(")]/—–-】）. ")
    if not inner:
        return None
    if fold_word(inner) in phrases("credits", "alone") or (find_agency(inner, "agency") and (inner != raw.rstrip(". ") or len(inner) > 2)):
        return CreditReading(name=inner, raw=raw, start=shift, end=shift + len(inner))
    label = _label_end(line, shift)
    if label is not None:
        rest = line[label[0] : shift + len(inner)].strip()
        strong = any(word in fold_word(line[shift : label[0]]) for word in _STRONG)
        if rest and _is_source(rest, marked=label[1], strong=strong):
            start = line.index(rest, label[0])
            return CreditReading(name=rest, raw=raw, start=start, end=start + len(rest))
        return None
    if len(inner.split()) >= 2 and _sources(inner) and not _PICTURE.search(inner):
        return CreditReading(name=inner, raw=raw, start=shift, end=shift + len(inner))
    return None


def _is_source(rest: str, *, marked: bool, strong: bool) -> bool:
    if find_agency(rest) or _sources(rest):
        return True
    if strong:
        listing = read_names(re.sub(r";\s{0,2}(?:[Ee]diting|[Ww]riting|[Rr]eporting|[Aa]dditional reporting) by\s", ", ", rest))
        return bool(listing.names) and listing.rest == 0
    return marked and len(rest) <= 60 and looks_like_name(rest) and type_of(rest) != "person"


def read_copyright(line: str) -> CopyrightReading | None:
    """Read a line that is a copyright notice and nothing else; picture credits ("© dpa") are not.

    >>> read_copyright("© Thomson Reuters 2015").holder, read_copyright("© dpa") is None
    ('Thomson Reuters', True)
    >>> read_copyright("<저작권자 ⓒ 신성일보, 무단 전재 및 재배포 금지>").holder
    '신성일보'
    >>> read_copyright("Copyright law is complicated, she said.") is None
    True
    """
    raw = line.strip()
    match = _COPYRIGHT.match(raw) if 4 <= len(raw) <= 170 else None
    if match is None:
        return None
    rest = match["rest"].strip()
    year = _YEARS.search(rest)
    rights = _RIGHTS.search(rest)
    if not year and not rights:
        return None
    if _PICTURE.search(rest) and not year:
        return None
    holder = _RIGHTS.split(_YEARS.sub("", rest), maxsplit=1)[0].strip(" ,.|-–—:;<>〈〉[]【】()")
    holder = re.sub(r"^by\s", "", holder, flags=re.IGNORECASE).strip()
    if "©" not in match["sign"] and "(c)" not in match["sign"].lower() and len(holder.split()) > 8:
        return None
    begin = line.index(raw)
    return CopyrightReading(raw=raw, start=begin, end=begin + len(raw), holder=holder or None)
