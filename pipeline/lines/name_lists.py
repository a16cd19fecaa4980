"""Where a list of names splits, and what stands beside the names in it: jobs, degrees, places, addresses, buttons.

One grammar for every source: the elements of a page, its structured data, its lines, and the lines of a text.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import msgspec

from pipeline.lines.agencies import find_agency
from pipeline.lines.datelines import is_place
from pipeline.lines.job_titles import is_button, is_job, is_job_of
from pipeline.lines.names import (
    LONGEST_NAME,
    REPORTS,
    Name,
    NameType,
    is_nickname,
    is_organization,
    looks_like_name,
    organization_words,
    type_of,
)
from pipeline.lines.tables import by_labels, marked_labels, phrases
from pipeline.text.expressions import expression
from pipeline.text.folding import fold_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MOST_NAMES = 30
_LONGEST_VALUE = 1000

_SPLIT = expression(
    r"\s{2,8}|\s*(?:[,;|❘│•·●⋅∙‧、，；\n()]|\s[–—-]\s|/|／)\s*(?:(?:and|AND|und|et|y|e|og|och|&)\s)?"
    r"|\s(?:and|AND|And|&|und|UND|et|ET|y|e|i|и|й|та|och|og|ja|en|ve|și|şi|a|és|και|dan|và|או|و|和|with|mit|avec|met|con|com|med)\s"
    r"|\s(?:as told to|in conversation with)\s|\s?＆\s?"
)
_NOISE = expression(
    r"[(\[<]?(?:mailto:)?[\w.+\-]{1,64}@[\w\-]{1,64}(?:\.[\w\-]{1,64}){1,5}[)\]>]?"
    r"|https?://\S{1,500}|www\.\S{1,500}|[(\[]?(?<!\w)@\w{2,30}[)\]]?"
)
_PLACE = expression(
    r"\s{1,2}(?:in|à|aus|desde|from|reporting from|dans|i|na|w|v|в|em|a|da|dal|uit|från|fra)\s(?-i:(?=[A-ZÀ-ÞА-ЯΑ-Ω]))", re.IGNORECASE
)
_EDGES = " &+\t\u00a0\u200b\u200e\u200f:：·•*\"“”„«»'’‘–—-|/\\>＞,.()[]{}【】［］"
_EDGES_KEEP_DOT = _EDGES.replace(".", "").replace("'", "").replace("’", "")
_DOTTED_END = expression(r"(?:^|[\s.])(?:[A-Z]|[JS]r|Inc|Ltd|Corp|Co|Dr|Esq|[A-Z]\.[A-Z])\.$")


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _EDGES:
        start += 1
    while start < end and text[end - 1] in _EDGES_KEEP_DOT:
        end -= 1
    while start < end and text[end - 1] in ".'’" and not _DOTTED_END.search(text[start:end]):
        end -= 1
    return start, end


_AMBIGUOUS = frozenset({"jr", "sr", "ii", "iii", "iv", "do", "ma", "dr"})
"""Parts of a name, or surnames, that are credentials only after a comma."""


def _is_credential(word: str) -> bool:
    bare = fold_word(word.strip("(),"))
    return bare in phrases("name_words", "credential") and bare not in _AMBIGUOUS


def _without_roles(text: str, start: int, end: int) -> tuple[int, int, bool]:
    """Cut jobs, credentials and buttons at both ends: "Senior Reporter Jane Doe", "Jane Doe Staff Writer", "Jane Doe PhD Twitter"."""
    whole = (start, end)
    tokens = [(start + m.start(), start + m.end()) for m in re.finditer(r"\S+", text[start:end])]
    words = [text[left:right] for left, right in tokens]
    if is_job_of(words) or fold_word(" ".join(words).strip("()")) in phrases("not_names", "role"):
        return end, end, True  # "CEO of Valley Works"
    low, high, cut = 0, len(words), False
    while (size := _end_of_role(words[low:high])) or (head := _start_of_role(words[low:high])):
        cut = cut or (size or head) > 0
        low, high = (low, high - abs(size)) if size else (low + abs(head), high)
    if low >= high:
        return end, end, cut
    left = text[tokens[low][0] : tokens[high - 1][1]].rstrip(",")
    if cut and not find_agency(left) and (" " not in left or is_organization(left)) and text[start].isupper():
        desk = is_organization(text[start:end]) or is_organization(left)
        return (*whole, False) if desk else (end, end, True)  # "Valley Times Contributor" names a desk
    return tokens[low][0], tokens[high - 1][1], cut


_GLUED = expression(r"(?<=[a-zà-ÿ])[A-ZÀ-Þ][a-zà-ÿ]{2,20}")


def _unglued(text: str, start: int, end: int) -> int:
    """Return where a name ends to which a button or a job is glued, `end` where none is.

    >>> _unglued("Jane DoeTwitterNews", 0, 19), _unglued("Jane MacEditor", 0, 14), _unglued("Jane DeVos", 0, 10)
    (8, 14, 10)
    """
    matches = list(_GLUED.finditer(text, start, end)) if " " in text[start:end] else []
    for match in reversed(matches):
        head = text[start : match.start()].rsplit(" ", 1)
        if len(head) > 1 and head[1] not in _PREFIXES and (is_button(match[0]) or is_job(match[0]) or is_job(text[match.start() : end])):
            end = match.start()
    return end


_PREFIXES = frozenset({"Mc", "Mac", "De", "La", "Le", "Van", "Di"})
"""What begins names with a capital inside."""
_LONGEST_ROLE = 6
"""Words of a job that stands at a name without a mark."""


def _end_of_role(words: Sequence[str]) -> int:
    """Return how many words of a job end a name: of a credential or a button, which is no job, less than nothing."""
    for size in range(min(_LONGEST_ROLE, len(words) - 1), 0, -1):
        tail = words[-size:]
        known = fold_word(" ".join(tail).strip("()")) in phrases("not_names", "role")
        if known or ((size > 1 or size < len(words) - 1) and is_job_of(list(tail))):
            return size
    if len(words) > _FULL_NAME and (_is_credential(words[-1]) or is_button(words[-1])):
        return -1
    return 0


def _start_of_role(words: Sequence[str]) -> int:
    """Return how many words of a job begin a name."""
    for size in range(min(_LONGEST_ROLE, len(words) - 1), 0, -1):
        head = words[:size]
        known = fold_word(" ".join(head)) in phrases("not_names", "role") and fold_word(head[0]) != "author"
        if known or (size < len(words) - 1 and is_job_of(list(head)) and not (size == 1 and words[0][:1].islower())):
            return size
    return 0


_FULL_NAME = 2
"""Words of a name that is whole without what follows it."""


class Listing(msgspec.Struct, frozen=True):
    """What a list of names is made of.

    `names` in order; `place` is the span after "in" ("in Paris"); `roles` says that jobs or addresses stood beside the names;
    `rest` counts pieces that are neither, which make the line prose.
    """

    names: tuple[Name, ...]
    place: tuple[int, int] | None
    roles: bool
    rest: int


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
    masked = _masked(text[start:stop])
    for left, right in _pieces(text, masked, start, stop):
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
        begin, close, had_role = _without_roles(text, begin, _unglued(text, begin, close))
        begin, close = _trim(text, begin, close)
        name, roles = text[begin:close], roles or had_role
        if not name or fold_word(name.strip("()")) in phrases("name_words", "credential") or (names and _FOR_WHOM.match(name)):
            continue
        if names and _is_addition(text[max(0, left - 1) : begin], name, names[-1], had_role=had_role):
            continue
        if (where := _WHERE.match(name)) and is_place(name[where.end() :]):
            place = place or (begin + where.end(), close)
            continue
        if names and names[-1].type != "agency" and (is_place(name) or name.endswith(REPORTS)):
            place = place or (begin, close)
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
    return Listing(tuple(names), place, roles or masked != text[start:stop], rest)


def _is_addition(before: str, name: str, last: Name, *, had_role: bool) -> bool:
    """Return whether a piece behind a person names nobody else: a degree in capitals, an employer, a word in brackets, a sign.

    Args:
        before: what stands between the mark before the piece and its name.
        name: the piece's name.
        last: the name before it.
        had_role: a job was cut off it ("AP Technology Writer").
    """
    if last.type != "person" or " " not in last.name:
        return False
    if find_agency(name):
        return had_role
    degree = name.isupper() and name.isascii() and len(name) <= _LONGEST_DEGREE and not last.name.isupper()
    return degree or "(" in before or _end_of_role(name.split()) > 0


_LONGEST_DEGREE = 9


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


_WHERE = expression(r"(?:in|em|en|à|w|ve?|в|у)\s", re.IGNORECASE)
"""What stands before the place where the names wrote, in a piece of its own: "Em São Paulo"."""
_FOR_WHOM = expression(r"(?:for|für|pour|para)\s", re.IGNORECASE)
"""What begins a piece that says for whom the names before it wrote: "Jane Doe | For the Valley Times"."""
_FOR = expression(r"\s(?:for|für|pour|para)\s", re.IGNORECASE)
_JOINED = expression(r"\s(?:and|&|for|und|et|y|e|für|pour|para)\s")


def _is_whole(text: str) -> bool:
    """Return whether words with "and" or "for" inside are one name: an agency's, an office's, a firm's ("Bee & Bee")."""
    if find_agency(text):
        return True
    if len(text) > LONGEST_NAME or not _JOINED.search(text) or any(mark in text for mark in ",;|/"):
        return False
    parts = _JOINED.split(text)
    if len(set(parts)) < len(parts):
        return True
    words, _ = organization_words()
    if any(find_agency(part) for part in parts):
        return False
    return fold_word(text.split(maxsplit=1)[0]) in words or (all(" " not in part for part in parts) and is_organization(parts[-1]))


def _may_be_noisy(text: str) -> bool:
    """Return, cheaply, whether an e-mail address, a handle or a link may stand in the text."""
    return "@" in text or "://" in text or "www." in text


def _pieces(text: str, masked: str, start: int, stop: int) -> Iterable[tuple[int, int]]:
    """Yield the spans between separators; a known name with "and" inside stays whole."""
    if _is_whole(text[start:stop].strip(_EDGES)):
        yield start, stop
        return
    position = 0
    for match in _SPLIT.finditer(masked):
        if match.end() > match.start() and not (match[0] in _IN_SURNAMES and _in_surname(masked, position, match)):
            yield start + position, start + match.start()
            position = match.end()
    yield start + position, stop


_IN_SURNAMES = frozenset({" e ", " y ", " i "})
"""What joins two people, and two surnames of one in Portugal, Spain and Catalonia."""


def _in_surname(text: str, start: int, joint: re.Match[str]) -> bool:
    """Return whether "e", "y" or "i" joins surnames: a full name before it, one word behind it ("José Mota e Pinto")."""
    first, second = text[start : joint.start()].split(), _FIRST_PIECE.match(text, joint.end())
    if second is None or len(first) < _FULL_NAME or not all(word[:1].isupper() or len(word) <= _FULL_NAME for word in first):
        return False
    word = second[0].strip()
    return " " not in word and word[:1].isupper() and not word.isupper() and type_of(word) == "person" and looks_like_name(word)


_FIRST_PIECE = expression(r"[^,;|(/\n]{2,40}")
_MARK = expression(r"[,;|❘│•·●⋅∙‧、，；\n()]|\s[–—-]\s")


def _masked(text: str) -> str:
    """Return a list of names with commas over all that names nobody: addresses, and jobs that hold a word which parts names.

    >>> _masked("Jane Doe, Founder and Editor").rstrip(",")
    'Jane Doe'
    """
    if _may_be_noisy(text):
        text = _NOISE.sub(lambda match: "," * len(match[0]), text)
    text = _without_pictured(text) if "(" in text else text
    edges = [0, *(edge for match in _MARK.finditer(text) for edge in match.span()), len(text)]
    for left, right in zip(edges[::2], edges[1::2], strict=True):
        if _PARTING.search(text, left, right) and is_job(text[left:right]):
            text = text[:left] + "," * (right - left) + text[right:]
    return text


def _without_pictured(text: str) -> str:
    """Return a list of names with commas over those who took or drew the pictures: "Jane Doe (Text) und John Roe (Fotos)".

    >>> _without_pictured("Jane Doe (Text) und John Roe (Fotos)").rstrip(",")
    'Jane Doe (Text) und '
    """
    for match in _IN_BRACKETS.finditer(text):
        if fold_word(match[1]) in phrases("pictures", "credit"):
            before = [split.end() for split in _SPLIT.finditer(text[: match.start()].rstrip())]
            left = before[-1] if before else 0
            text = text[:left] + "," * (match.end() - left) + text[match.end() :]
    return text


_IN_BRACKETS = expression(r"\(([^()\d]{2,24})\)")
_PARTING = expression(r"\s(?:and|&|und|et|y|e|with)\s|/", re.IGNORECASE)


_LABEL = expression(
    rf"^(?:{by_labels()}|author|autor)(?:\s{{0,3}}:\s{{0,3}}|\s{{1,3}}|(?-i:(?<=[a-z])(?=[A-Z])))",
    re.IGNORECASE,
)
_MARKED = expression(rf"^(?:{marked_labels()})\s{{0,3}}[:：]\s{{0,3}}", re.IGNORECASE)
_INVERTED = expression(
    r"(?P<last>[^\W\d][\w'’\-]{1,30}(?:\s[\w'’\-]{1,30})?),\s{1,2}(?P<first>[^\W\d][\w'’.\-]{0,30}(?:\s[\w'’.\-]{1,20}){0,2})$"
)
_HALF_PLAIN = expression(r"[A-ZÀ-Þ][a-zà-ÿ]{2,20}\s[a-zà-ÿ]{3,20}$")
"""A first name in its form and a last name in small letters."""
_PLAIN = expression(r"[a-zà-ÿ]{2,20}(?:\s[a-zà-ÿ.'’\-]{2,20}){1,2}$")


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
        text = " ".join(unicodedata.normalize("NFC", item[:_LONGEST_VALUE]).split())
        text = _LABEL.sub("", _MARKED.sub("", text) if ":" in text or "：" in text else text)
        if len(item) >= _LONGEST_VALUE:
            continue
        if inverted and (turned := _INVERTED.match(text)):
            text = f"{turned['first']} {turned['last']}"
        if (_PLAIN.match(text) or (_HALF_PLAIN.match(text) and type_of(text) == "person")) and not any(
            fold_word(word) in phrases("not_names", kind) for kind in ("void", "role", "never") for word in text.split()
        ):
            found.setdefault(fold_word(text), (text, type_of(text)))
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
