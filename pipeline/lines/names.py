"""Which words are a name, and whose.

A name is judged by its shape and by word lists of what no name holds; there is no list of given names, so that a name from
anywhere has the same chance.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Literal

import msgspec

from pipeline.lines.agencies import find_agency
from pipeline.lines.calendars import is_month, is_weekday
from pipeline.lines.job_titles import is_job
from pipeline.lines.tables import phrases, rows
from pipeline.text.expressions import expression
from pipeline.text.folding import fold_word
from pipeline.text.scripts import is_east_asian

NameType = Literal["person", "organization", "agency"]

LONGEST_NAME = 70
"""Code points of the longest name; longer author fields hold a sentence or an article."""
_FORBIDDEN = frozenset(":：/<>{}@=＝\\#$%*_")


class Name(msgspec.Struct, frozen=True):
    """One name in a line: `line[start:end] == name`."""

    start: int
    end: int
    name: str
    type: NameType


@functools.cache
def organization_words() -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the words that stand in organizations' names, and the ends of such names of one word, folded.

    >>> "ministry" in organization_words()[0]
    True
    """
    words = frozenset(fold_word(row[2]) for row in rows("organizations") if row[0] == "word")
    return words, tuple(fold_word(row[2]) for row in rows("organizations") if row[0] == "tail")


_COMPOUNDS = ("verband", "verein", "verlag", "zeitung", "redaktion", "gesellschaft", "stiftung", "ministerium", "rundfunk")
"""What ends German words that are houses."""
_HOUSE = expression(r"(?:Die|Das|Der|DIE|DAS|DER)\s\w|(?:El|Los|Las)\s\w{2,20}\sdel?\s")
"""How papers are called and nobody is: "Die Taler", "El Sol de Valle"."""


@functools.lru_cache(maxsize=1024)
def is_organization(name: str) -> bool:
    """Return whether a name is an organization's by one of its words or by its shape.

    >>> is_organization("Valley Times"), is_organization("NTV"), is_organization("Jane Doe")
    (True, True, False)
    """
    words, tails = organization_words()
    folded = fold_word(name)
    tokens = folded.split()
    if any(token.strip(".,") in words or token.endswith(_COMPOUNDS) for token in tokens) or folded in words or _HOUSE.match(name):
        return True
    if re.search(r"\w\.(?:com|net|org|de|fr|at|ch|uk|co|info|tv|io)\b", folded):
        return True
    if len(tokens) == 1:
        inner = name[1:]
        return (
            folded.endswith(tails)
            or (name.isupper() and len(name) > 1)
            or (inner != inner.lower() and not re.match(r"(?:Mc|Mac|O['’]|De|D['’])[A-Z]", name))
        )
    return False


@functools.lru_cache(maxsize=1024)
def type_of(name: str) -> NameType:
    """Return whether a name is a person's, an organization's or a news agency's, by its words and shape.

    >>> type_of("Jane Doe"), type_of("Euronews"), type_of("AFP"), type_of("Ministry of Health"), type_of("McDonald")
    ('person', 'organization', 'agency', 'organization', 'person')
    """
    if find_agency(name, "agency"):
        return "agency"
    if find_agency(name) or is_organization(name):
        return "organization"
    first, _, rest = name.partition(" ")
    if (first.lower() == "the" and " " in rest) or (first in ("Do", "Da") and is_organization(rest)):
        return "organization"  # "The Valley Forecasters", "Do VALE" (from the paper): nobody is called so
    return "organization" if rest and is_job(rest) and is_organization(first) else "person"


def _cased(char: str) -> bool:
    return char.lower() != char.upper()


def _token_fits(token: str) -> bool:
    bare = token.strip(".'’-,()&")
    if not bare:
        return token in ("&", "-")
    if bare.lower() in phrases("name_words", "particle"):
        return True
    if not all(char.isalpha() or char in ".'’-‑ʻ·&" or unicodedata.category(char).startswith("M") for char in bare):
        return False
    first = bare[0]
    return not _cased(first) or first.isupper() or bare[:2].lower() in ("d'", "d’", "l'", "l’") or any(c.isupper() for c in bare[1:])


_PICTURE_FROM = expression(
    r"[题題头頭封首配插原供]?面?[图圖][片像]?(?:来自|來自|来源|來源|源自|源於|源于|取自|提供|版权|版權)|.{2,20}(?:供图|供圖|供稿图|供稿圖)$"
)
"""What credits a picture in Chinese: "题图来自 Unsplash", "图片来源王小明", "王小明供图"; who took it wrote nothing."""


def _credits_picture(text: str) -> bool:
    return not text.isascii() and _PICTURE_FROM.match(text) is not None


REPORTS = ("報導", "报道", "報道", "綜合", "综合")
"""What ends the name of a place in a Chinese byline ("台北報導": reporting from Taipei)."""


def _uncased_fits(text: str, tokens: list[str]) -> bool:
    """Judge names of scripts without letter case by their length."""
    bare = text.replace("・", "").replace("·", "").replace(" ", "")
    if any(map(is_east_asian, bare)):
        return (
            len(tokens) <= 2
            and min(map(len, tokens)) > 1
            and 2 <= len(bare) <= 12
            and not any(char in "のがはをにでとすたる的是在了有和" for char in bare)
            and not bare.endswith(REPORTS)
        )
    if any("\uac00" <= char <= "\ud7a3" for char in bare):
        return 2 <= len(bare) <= 8 and len(tokens) <= 2
    return 1 <= len(tokens) <= 6 and len(bare) <= 40


@functools.lru_cache(maxsize=1024)
def looks_like_name(text: str) -> bool:
    """Return whether the words may be the name of a person or organization: shape, no void words, no dates, no digits.

    >>> looks_like_name("Anne-Marie de la Cruz"), looks_like_name("Monday"), looks_like_name("the river had risen")
    (True, False, False)
    >>> looks_like_name("admin"), looks_like_name("王小明"), looks_like_name("Staff Writer")
    (False, True, False)
    """
    text = " ".join(text.split())
    if not 2 <= len(text) <= LONGEST_NAME or not any(char.isalpha() for char in text):
        return False
    if any(fold_word(text) in phrases("not_names", kind) for kind in ("void", "role", "word")) or _credits_picture(text):
        return False
    if find_agency(text):
        return True
    tokens = text.split(" ")
    if not any(_cased(char) for char in text):
        return _FORBIDDEN.isdisjoint(text) and _uncased_fits(text, tokens)
    if _is_other(text, tokens):
        return False
    if is_organization(text):
        return all(_token_fits(token) or token.isdigit() or any(c.isupper() for c in token) or "." in token for token in tokens)
    if not all(_token_fits(token) for token in tokens):
        return False
    strong = [token for token in tokens if fold_word(token.strip(".'’")) not in phrases("name_words", "particle")]
    least = 1 if text[0].isupper() or text[:2].lower() in ("d'", "l'") else 2  # "von der Leyen" alone is as often "from the Leyen"
    return least <= len(strong) <= 6


def _is_other(text: str, tokens: list[str]) -> bool:
    """Return whether cased words are surely no name: too many, a date's word, a word that no name holds or ends with."""
    if len(tokens) > 8 or not _FORBIDDEN.isdisjoint(text) or is_weekday(text) or is_month(text):
        return True
    return fold_word(tokens[-1]) in phrases("name_words", "link") or any(
        fold_word(token) in phrases("not_names", "never") for token in tokens
    )


_NICKNAME = expression(r"[^\W_][\w.\-]{2,30}")


def is_nickname(text: str) -> bool:
    """Return whether one word may be the name that somebody writes under ("gizzmo42"), where a label says that a name stands here.

    >>> is_nickname("gizzmo42"), is_nickname("admin"), is_nickname("42"), is_nickname("two words")
    (True, False, False, False)
    """
    folded = fold_word(text)
    known = any(folded in phrases("not_names", kind) for kind in ("void", "role", "word", "never"))
    letters, digits = sum(char.isalpha() for char in text), sum(char.isdigit() for char in text)
    made_up = digits > letters or text.count(".") > 2 or (digits and len(text) > 16)
    known = known or _credits_picture(text)
    return bool(_NICKNAME.fullmatch(text)) and not known and not made_up and not is_month(text) and not is_weekday(text)
