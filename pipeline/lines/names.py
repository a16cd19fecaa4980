"""Which words are a name, whose, and where a list of names splits.

A name is judged by its shape and by word lists of what no name holds; there is no list of given names, so that a name from
anywhere has the same chance.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import TYPE_CHECKING, Literal

import msgspec

from pipeline.lines.agencies import find_agency
from pipeline.lines.calendars import is_month, is_weekday
from pipeline.lines.tables import by_labels, phrases, rows
from pipeline.text.folding import fold_word
from pipeline.text.scripts import is_east_asian

if TYPE_CHECKING:
    from collections.abc import Iterable

NameType = Literal["person", "organization", "agency"]

LONGEST_NAME = 70
"""Code points of the longest name; longer author fields hold a sentence or an article."""
_MOST_NAMES = 30
_LONGEST_VALUE = 1000

_SPLIT = re.compile(
    r"\s{2,8}|\s*(?:[,;|❘│•·●⋅∙‧、，；\n()]|\s[–—-]\s|/|／)\s*(?:(?:and|AND|und|et|y|e|og|och|&)\s)?"
    r"|\s(?:and|AND|And|&|und|UND|et|ET|y|e|i|и|й|та|och|og|ja|en|ve|și|şi|a|és|και|dan|và|או|و|和|with|mit|avec|met|con|com|med)\s|\s?＆\s?"
)
_NOISE = re.compile(
    r"[(\[<]?(?:mailto:)?[\w.+\-]{1,64}@[\w\-]{1,64}(?:\.[\w\-]{1,64}){1,5}[)\]>]?"
    r"|https?://\S{1,500}|www\.\S{1,500}|[(\[]?(?<!\w)@\w{2,30}[)\]]?"
)
_PLACE = re.compile(
    r"\s{1,2}(?:in|à|aus|desde|from|reporting from|dans|i|na|w|v|в|em|a|da|dal|uit|från|fra)\s(?=[A-ZÀ-ÞА-ЯΑ-Ω])", re.IGNORECASE
)
_EDGES = " &+\t\u00a0\u200b\u200e\u200f:：·•*\"“”„«»'’‘–—-|/\\>＞,.()[]{}"
_EDGES_KEEP_DOT = _EDGES.replace(".", "").replace("'", "").replace("’", "")
_DOTTED_END = re.compile(r"(?:^|[\s.])(?:[A-Z]|[JS]r|Inc|Ltd|Corp|Co|Dr|Esq|[A-Z]\.[A-Z])\.$")


class Name(msgspec.Struct, frozen=True):
    """One name in a line: `line[start:end] == name`."""

    start: int
    end: int
    name: str
    type: NameType


@functools.cache
def _org_words() -> tuple[frozenset[str], tuple[str, ...]]:
    words = frozenset(fold_word(row[2]) for row in rows("organizations") if row[0] == "word")
    return words, tuple(fold_word(row[2]) for row in rows("organizations") if row[0] == "tail")


@functools.lru_cache(maxsize=1024)
def _is_organization(name: str) -> bool:
    words, tails = _org_words()
    folded = fold_word(name)
    tokens = folded.split()
    if any(token.strip(".,") in words for token in tokens) or folded in words:
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
    return "organization" if find_agency(name) or _is_organization(name) else "person"


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


def _uncased_fits(text: str, tokens: list[str]) -> bool:
    """Judge names of scripts without letter case by their length."""
    bare = text.replace("・", "").replace("·", "").replace(" ", "")
    if any(map(is_east_asian, bare)):
        return (
            len(tokens) <= 2
            and min(map(len, tokens)) > 1
            and 2 <= len(bare) <= 12
            and not any(char in "のがはをにでとすたる的是在了有和" for char in bare)
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
    if any(fold_word(text) in phrases("not_names", kind) for kind in ("void", "role", "word")):
        return False
    if find_agency(text):
        return True
    tokens = text.split(" ")
    if not any(_cased(char) for char in text):
        return _FORBIDDEN.isdisjoint(text) and _uncased_fits(text, tokens)
    if _is_other(text, tokens):
        return False
    if _is_organization(text):
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


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _EDGES:
        start += 1
    while start < end and text[end - 1] in _EDGES_KEEP_DOT:
        end -= 1
    while start < end and text[end - 1] in ".'’" and not _DOTTED_END.search(text[start:end]):
        end -= 1
    return start, end


_OFFICE = re.compile(r"(?P<job>[^\s,]{2,20}(?:\s[^\s,]{2,20})?)\s(?:of|at|for|with|bei|chez|de|en)\s")
_AMBIGUOUS = frozenset({"jr", "sr", "ii", "iii", "iv", "do", "ma", "dr"})
"""Parts of a name, or surnames, that are credentials only after a comma."""


def _is_credential(word: str) -> bool:
    bare = fold_word(word.strip("(),"))
    return bare in phrases("name_words", "credential") and bare not in _AMBIGUOUS


def _without_roles(text: str, start: int, end: int) -> tuple[int, int, bool]:
    """Cut jobs and credentials at both ends: "Senior Reporter Jane Doe", "Jane Doe Staff Writer", "Jane Doe PhD"."""
    roles, cut = phrases("not_names", "role"), False
    whole = (start, end)
    if (office := _OFFICE.match(text, start, end)) and fold_word(office["job"]) in roles:
        return end, end, True  # "CEO of Valley Works"
    tokens = [(start + m.start(), start + m.end()) for m in re.finditer(r"\S+", text[start:end])]
    changed = True
    while changed and tokens:
        changed = False
        for size in range(min(4, len(tokens)), 0, -1):
            tail = text[tokens[-size][0] : tokens[-1][1]]
            head = text[tokens[0][0] : tokens[size - 1][1]]
            if fold_word(tail.strip("()")) in roles or (size == 1 and len(tokens) > 2 and _is_credential(tail)):
                tokens, cut, changed = tokens[:-size], cut or fold_word(tail.strip("()")) in roles, True
                break
            if size < len(tokens) and fold_word(head) in roles and fold_word(head) != "author":
                tokens, cut, changed = tokens[size:], True, True
                break
    if not tokens:
        return end, end, cut
    left = text[tokens[0][0] : tokens[-1][1]].rstrip(",")
    if cut and not find_agency(left) and (" " not in left or _is_organization(left)) and text[start].isupper():
        return *whole, False  # "Valley Staff", "Valley Times Contributor" name a desk
    return tokens[0][0], tokens[-1][1], cut


class Listing(msgspec.Struct, frozen=True):
    """What a list of names is made of.

    `names` in order; `place` is the span after "in" ("in Paris"); `roles` says that jobs or addresses stood beside the names;
    `rest` counts pieces that are neither, which make the line prose.
    """

    names: tuple[Name, ...]
    place: tuple[int, int] | None
    roles: bool
    rest: int


_NICKNAME = re.compile(r"[^\W_][\w.\-]{2,30}")


def is_nickname(text: str) -> bool:
    """Return whether one word may be the name that somebody writes under ("gizzmo42"), where a label says that a name stands here.

    >>> is_nickname("gizzmo42"), is_nickname("admin"), is_nickname("42"), is_nickname("two words")
    (True, False, False, False)
    """
    folded = fold_word(text)
    known = any(folded in phrases("not_names", kind) for kind in ("void", "role", "word", "never"))
    letters, digits = sum(char.isalpha() for char in text), sum(char.isdigit() for char in text)
    made_up = digits > letters or text.count(".") > 2 or (digits and len(text) > 16)
    return bool(_NICKNAME.fullmatch(text)) and not known and not made_up and not is_month(text) and not is_weekday(text)


def read_names(text: str, start: int = 0, end: int | None = None, *, nickname: bool = False, whole: bool = False) -> Listing:
    """Split `text[start:end]` into names; roles, e-mail addresses, handles and credentials are passed over.

    Args:
        text: a line.
        start: where the list begins.
        end: where it ends; None is the line's end.
        nickname: a label says that names stand here, so that one word in lower case is a name too.
        whole: stop at the first piece that is no name; what was found until then is of no use but to say so.

    >>> [n.name for n in read_names("A. Bee, Cee Dee and E Eff in Paris").names]
    ['A. Bee', 'Cee Dee', 'E Eff']
    """
    stop = min(len(text) if end is None else end, start + _LONGEST_VALUE)
    names: list[Name] = []
    seen: set[str] = set()
    place: tuple[int, int] | None = None
    roles, rest = False, 0
    for left, right in _pieces(text, start, stop):
        begin, close = _trim(text, left, right)
        found = _PLACE.search(text, begin, close)
        if found and found.start() > begin and looks_like_name(text[begin : found.start()]):
            place = place or (found.end(), close)
            close = found.start()
        if (
            (employer := _FOR.search(text, begin, close))
            and " " in text[begin : employer.start()]
            and type_of(text[begin : employer.start()]) == "person"
        ):
            close = employer.start()
        begin, close, had_role = _without_roles(text, begin, close)
        begin, close = _trim(text, begin, close)
        name, roles = text[begin:close], roles or had_role
        if not name or fold_word(name.strip("()")) in phrases("name_words", "credential"):
            continue
        if not (looks_like_name(name) or (nickname and is_nickname(name))) or len(names) >= _MOST_NAMES:
            rest += fold_word(name) not in phrases("not_names", "void")
            if whole and rest:
                break
            continue
        for found_name in _with_agency(text, begin, close):
            if fold_word(found_name.name) not in seen:
                seen.add(fold_word(found_name.name))
                names.append(found_name)
    return Listing(tuple(names), place, roles or (_may_be_noisy(text) and _NOISE.search(text, start, stop) is not None), rest)


def _with_agency(text: str, begin: int, end: int) -> tuple[Name, ...]:
    """Return one name, or two where an agency follows a person without a mark: "JANE DOE Associated Press"."""
    name = text[begin:end]
    tokens = list(re.finditer(r"\S+", name))
    if not find_agency(name):
        for size in (3, 2, 1):
            if len(tokens) - size >= 2 and find_agency(name[tokens[-size].start() :]):
                head, tail = begin + tokens[-size - 1].end(), begin + tokens[-size].start()
                return Name(begin, head, text[begin:head], type_of(text[begin:head])), Name(
                    tail, end, text[tail:end], type_of(text[tail:end])
                )
    return (Name(begin, end, name, type_of(name)),)


_FOR = re.compile(r"\s(?:for|für|pour|para)\s", re.IGNORECASE)
_JOINED = re.compile(r"\s(?:and|&|for|und|et|y|e|für|pour|para)\s")


def _is_whole(text: str) -> bool:
    """Return whether words with "and" or "for" inside are one name: an agency's, an office's, a firm's ("Bee & Bee")."""
    if find_agency(text):
        return True
    if len(text) > LONGEST_NAME or not _JOINED.search(text) or any(mark in text for mark in ",;|/"):
        return False
    parts = _JOINED.split(text)
    if len(set(parts)) < len(parts):
        return True
    words, _ = _org_words()
    if any(find_agency(part) for part in parts):
        return False
    return fold_word(text.split(maxsplit=1)[0]) in words or (all(" " not in part for part in parts) and _is_organization(parts[-1]))


def _may_be_noisy(text: str) -> bool:
    """Return, cheaply, whether an e-mail address, a handle or a link may stand in the text."""
    return "@" in text or "://" in text or "www." in text


def _pieces(text: str, start: int, stop: int) -> Iterable[tuple[int, int]]:
    """Yield the spans between separators; a known name with "and" inside stays whole."""
    if _is_whole(text[start:stop].strip(_EDGES)):
        yield start, stop
        return
    masked = text[start:stop]
    if _may_be_noisy(masked):
        masked = _NOISE.sub(lambda match: "," * len(match[0]), masked)
    position = 0
    for match in _SPLIT.finditer(masked):
        if match.end() > match.start():
            yield start + position, start + match.start()
            position = match.end()
    yield start + position, stop


_FORBIDDEN = frozenset(":/<>{}@=\\#$%*_")
_LABEL = re.compile(
    rf"^(?:{by_labels()}|author|autor)(?:\s{{0,3}}:\s{{0,3}}|\s{{1,3}}|(?-i:(?<=[a-z])(?=[A-Z])))",
    re.IGNORECASE,
)
_INVERTED = re.compile(
    r"(?P<last>[^\W\d][\w'’\-]{1,30}(?:\s[\w'’\-]{1,30})?),\s{1,2}(?P<first>[^\W\d][\w'’.\-]{0,30}(?:\s[\w'’.\-]{1,20}){0,2})$"
)
_PLAIN = re.compile(r"[a-zà-ÿ]{2,20}(?:\s[a-zà-ÿ.'’\-]{2,20}){1,2}$")


def split_authors(value: str | Iterable[str], *, inverted: bool = False) -> tuple[tuple[str, NameType], ...]:
    """Return (name, type) of every author that a page's metadata name.

    Args:
        value: one string ("By A B, C D and E F") or a list of them.
        inverted: the source writes "Doe, Jane", as bibliographies do.

    >>> split_authors("By Jane Doe and John Roe"), split_authors(["admin", "Reuters"]), split_authors("Doe, Jane")
    ((('Jane Doe', 'person'), ('John Roe', 'person')), (('Reuters', 'agency'),), (('Jane Doe', 'person'),))
    """
    values = [value] if isinstance(value, str) else list(value)[:_MOST_NAMES]
    found: dict[str, tuple[str, NameType]] = {}
    for item in values:
        text = _LABEL.sub("", " ".join(unicodedata.normalize("NFC", item[:_LONGEST_VALUE]).split()))
        if len(item) >= _LONGEST_VALUE:
            continue
        if inverted and (turned := _INVERTED.match(text)):
            text = f"{turned['first']} {turned['last']}"
        if _PLAIN.match(text) and not any(
            fold_word(word) in phrases("not_names", kind) for kind in ("void", "role", "never") for word in text.split()
        ):
            found.setdefault(fold_word(text), (text, "person"))
            continue
        listing = read_names(text, nickname=True)
        names = [(name.name, name.type) for name in listing.names]
        if text.count(",") == 1 and len(names) == 2 and all(" " not in name and kind == "person" for name, kind in names):
            names = [(f"{names[1][0]} {names[0][0]}", "person")]
        if listing.rest > len(names) + 1:
            names = []
        for name, kind in names:
            found.setdefault(fold_word(name), (name, kind))
    if any(" " in name for name in found):  # "Jane Doe, jd": initials beside the full names
        return tuple(entry for key, entry in found.items() if not (len(entry[0]) <= 4 and entry[0].islower() and entry[1] == "person"))
    return tuple(found.values())
