"""Bylines that hold more than `bylines` takes as a whole line, and the names of people who did something else."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

import msgspec

from pipeline.lines.agencies import find_agency
from pipeline.lines.bylines import Byline, has_label, read_byline
from pipeline.lines.dates import read_date
from pipeline.lines.name_lists import read_names
from pipeline.lines.names import Name, is_nickname, looks_like_name, type_of
from pipeline.lines.tables import by_labels, by_words, byline_words, has_digit, phrases, rows
from pipeline.lines.timestamps import Stamp, read_stamps
from pipeline.spans import Candidate
from pipeline.text.expressions import expression
from pipeline.text.folding import fold_word

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from pipeline.lines.dates import Order

_LONGEST = 160
_FRAME = expression(r"[\s\-–—~=*_•·|>»]{1,12}")
"""Rules and bullets before a byline: "---- by Jane Doe"."""
_MOST_JOBS = 4


def near_byline(line: str, *, language: str | None = None, order: Order | None = None) -> Byline | None:
    """Read a byline that `read_byline` does not take: among rules, before a reviewer's name, or with jobs in no list behind it.

    Args:
        line: one line of text.
        language: BCP 47 code of the text.
        order: order of day and month in digits.

    >>> [n.name for n in near_byline("By Jane Doe, DVM. Reviewed by John Roe, DVM").names]
    ['Jane Doe']
    >>> [n.name for n in near_byline("Authors: Jane Doe and John Roe, river-board inspectors").names]
    ['Jane Doe', 'John Roe']
    >>> [n.name for n in near_byline("By Jane DoeMay 3, 2026No Comments").names]
    ['Jane Doe']
    >>> [n.name for n in near_byline("26/12/2019 by rainwater Webteam").names], near_byline("By the river, Monday")
    (['rainwater Webteam'], None)
    """
    if not 5 <= len(line) <= _LONGEST:
        return None
    frame = _FRAME.match(line)
    begin = frame.end() if frame else 0
    if not has_label(line[begin:] if begin else line):
        return _bracketed(line) or _stamped(line, language, order) or _nickname(line)
    end = min(_other_role(line), _glued(line))
    if begin or end < len(line):
        part = line[begin:end].rstrip(" .,;|–—-")
        byline = read_byline(part, language=language, order=order) or _nickname(part) if part else None
        if byline is not None or end < len(line):
            return moved(byline, begin) if byline else None
    return (
        _labelled_by_noun(line)
        or _with_jobs(line, language, order)
        or _before_date(line, language, order)
        or _stamped(line, language, order)
        or _nickname(line)
    )


_BRACKETS = {"[": "]", "【": "】", "［": "］"}


def _bracketed(line: str) -> Byline | None:
    """Read the names in brackets that are a line of their own, as papers of East Asia print them: "［王小明，新城日報］"."""
    if line[-1] != _BRACKETS.get(line[0]) or line.isascii():
        return None
    listing = read_names(line, 1, len(line) - 1, whole=True)
    kinds = {name.type == "person" for name in listing.names}
    if listing.rest or len(kinds) < _PAIR:
        return None
    return Byline(names=listing.names, place=None, stamps=(), certain=True)


_PAIR = 2
"""Names in brackets, the person's and the paper's: others are rubrics, or what the story is about. Names behind a noun."""


def _labelled_by_noun(line: str) -> Byline | None:
    """Read full names behind a noun without a colon: "Autoren Jana Muster und Jan Muster"."""
    label, _, rest = line.partition(" ")
    if fold_word(label) not in byline_words("plural") or not rest:
        return None
    listing = read_names(line, len(label) + 1, whole=True)
    if listing.rest or len(listing.names) < _PAIR or not all(is_name(name.name) for name in listing.names):
        return None
    return Byline(names=listing.names, place=listing.place, stamps=(), certain=True)


GLUED_DATE = expression(
    r"(?<=[^\W\d_])(?=[A-ZÀ-Þ][^\W\d_]{2,10}\.?\s\d{1,2},?\s(?:19|20)\d\d|\d{1,2}(?:[./]\d{1,2}[./](?:19|20)?\d\d|\.?\s[A-ZÀ-Þ][^\W\d_]{2,10}\s(?:19|20)\d\d))"
)
"""Where a date follows a name without a space: "By Jane DoeMay 3, 2026"."""


def _glued(line: str) -> int:
    """Return where a date begins that stands at the name before it, the line's length where none does."""
    match = GLUED_DATE.search(line) if has_digit(line) else None
    return match.start() if match else len(line)


_BARE = expression(rf"(?:{by_words()})\s{{1,2}}(?P<name>[^\W\d_][\w.\-]{{2,24}})", re.IGNORECASE)


def _nickname(line: str) -> Byline | None:
    """Read a line of "by" and one word: a blogger's name, not sure by itself."""
    match = _BARE.fullmatch(line)
    if match is None or not (is_nickname(match["name"]) and looks_like_name(match["name"].capitalize())):
        return None
    name = Name(match.start("name"), match.end("name"), match["name"], type_of(match["name"]))
    return Byline(names=(name,), place=None, stamps=(), certain=False)


def name_at(line: str, employers: AbstractSet[str]) -> Byline | None:
    """Read a name and the paper that it writes for: "Jane Doe  Valley Times".

    Args:
        line: one line of text.
        employers: folded names of the site, its publisher and the organizations among its authors.

    >>> [n.name for n in name_at("Jane Doe \u00a0 Valley Times", {"valley times"}).names], name_at("Jane Doe | Rain", {"valley times"})
    (['Jane Doe'], None)
    """
    match = _EMPLOYED.fullmatch(line) if len(line) <= _LONGEST_RUBRIC else None
    if match is None or not {fold_word(match["employer"]), f"the {fold_word(match['employer'])}"} & employers or not is_name(match["name"]):
        return None
    name = Name(match.start("name"), match.end("name"), match["name"], "person")
    return Byline(names=(name,), place=None, stamps=(), certain=True)


_EMPLOYED = expression(r"(?P<name>[^\s|•·]{1,25}(?:\s[^\s|•·]{1,25}){1,3})(?:\s{2,4}|\s?[|•·]\s?|\s[–—-]\s)(?P<employer>[^|•·]{2,40})")


def agency_line(line: str) -> str | None:
    """Return the news agency that stands behind a rubric or before a place on a line of its own: "News - Reuters", "AFP, PARIS".

    >>> agency_line("News – Reuters"), agency_line("AFP, PARIS"), agency_line("Photo: Reuters"), agency_line("Rain - a history")
    ('Reuters', 'AFP', None, None)
    """
    if len(line) > _LONGEST_RUBRIC or not (match := _RUBRIC.fullmatch(line) or _BEFORE_PLACE.fullmatch(line)):
        return None
    return match["agency"] if find_agency(match["agency"], "agency") else None


_RUBRIC = expression(r"[^\W\d_]{3,20}\s[–—-]\s(?P<agency>[^\d|/:]{2,40})")
_BEFORE_PLACE = expression(r"(?P<agency>[^\W\d_a-z][^\d|/:,]{1,40}),\s[^\W\d_a-z][^\W\d_]{2,20}(?:[ -][^\W\d_]{2,20}){0,2}")
_LONGEST_RUBRIC = 60


def moved(byline: Byline, by: int) -> Byline:
    """Return a byline whose line begins `by` code points later."""
    return msgspec.structs.replace(
        byline,
        names=tuple(msgspec.structs.replace(name, start=name.start + by, end=name.end + by) for name in byline.names),
        stamps=tuple(msgspec.structs.replace(stamp, start=stamp.start + by, end=stamp.end + by) for stamp in byline.stamps),
        place=None,
    )


def _with_jobs(line: str, language: str | None, order: Order | None) -> Byline | None:
    """Read a labelled byline before a comma after which stands no name: the job, the employer."""
    strong = has_label(line, strong=True)
    if not strong and (not has_label(line) or line[-1] in ".!?:…"):
        return None
    commas = [match.start() for match in re.finditer(r",", line)]
    for at in reversed(commas[: _MOST_JOBS + 2]):
        byline = read_byline(line[:at], language=language, order=order)
        if byline is not None and byline.certain and all(" " in name.name and name.type == "person" for name in byline.names):
            jobs = line[at + 1 :].split()
            return byline if len(jobs) <= _LONGEST_JOB and (strong or jobs[0][0].isupper()) else None
    return None


_BY_LABEL = expression(rf"(?:{by_labels()})\s{{1,2}}", re.IGNORECASE)
_BEFORE_DATE = expression(
    r"\s(?:at|on|am|um|le|el|il|den|dne|dnia|op|em|a las|la|às|à|alle|om|kl\.?|o godz\.?|в|о)\s|\s?[@,|·•»]\s?", re.IGNORECASE
)
_CLOCK = expression(r"\d{1,2}[:.]\d\d")
_NO_NAME = frozenset("|•·:,;!?@()0123456789")
_LONGEST_LABELLED = 44


def _before_date(line: str, language: str | None, order: Order | None) -> Byline | None:
    """Read a name in whatever form between a label and a date: "Posted by ann at May 3, 2026", "Eingestellt von der Jan um 21:11"."""
    label = _BY_LABEL.match(line) if has_digit(line) else None
    for mark in _BEFORE_DATE.finditer(line, label.end(), label.end() + _LONGEST_LABELLED) if label else ():
        rest = line[mark.end() :]
        date = read_date(rest, language=language, order=order)
        if (date is not None and date.start <= _MOST_BEFORE_DATE) or _CLOCK.match(rest):
            return _dated(line, label.end(), mark, language, order) if label else None
    return None


def _dated(line: str, begin: int, mark: re.Match[str], language: str | None, order: Order | None) -> Byline | None:
    """Return the byline of the name in `line[begin:mark.start()]` and of the stamps behind the mark."""
    name = line[begin : mark.start()].strip().rstrip(".")
    words = name.split()
    login = len(words) == 1 and is_nickname(name)
    if (
        not 0 < len(words) <= _MOST_SIGNED
        or not (login or _NO_NAME.isdisjoint(name))
        or not (looks_like_name(name) or is_nickname(words[-1]))
    ):
        return None
    stamps = _stamps_in(line[mark.end() :], language, order)
    stamps = tuple(msgspec.structs.replace(stamp, start=stamp.start + mark.end(), end=stamp.end + mark.end()) for stamp in stamps)
    start = begin + line[begin:].index(name)
    return Byline(names=(Name(start, start + len(name), name, type_of(name)),), place=None, stamps=stamps, certain=True)


def _stamps_in(rest: str, language: str | None, order: Order | None) -> tuple[Stamp, ...]:
    """Return the stamps behind a name; where counters stand there too, the date that begins it ("3 May 2020, 11:51 | 0 opinions")."""
    stamps = read_stamps(rest, language=language, order=order)
    date = None if stamps else read_date(rest, language=language, order=order)
    if date is None or date.iso is None or len(date.iso) < _DAY or date.start > _MOST_BEFORE_DATE:
        return stamps
    return (Stamp(role="unknown", start=date.start, end=date.end, date=date),)


_DAY = 10
_MOST_BEFORE_DATE = 14
"""Code points of a weekday between the name and the date."""
_LONGEST_JOB = 12
"""Words of jobs and employers behind a name; more are a sentence."""
_SIGNED = expression(rf"(?:^|[\s,|•·–—-])(?:{by_words()}|autor:|author:)\s{{1,2}}(?P<name>[^|•·:,;!?\d@()]{{3,40}})$", re.IGNORECASE)
_MOST_SIGNED = 3


def _stamped(line: str, language: str | None, order: Order | None) -> Byline | None:
    """Read a name in whatever form that ends a line behind a stamp and "by": "26/12/2019 by rainwater Webteam"."""
    match = _SIGNED.search(line) if has_digit(line) else None
    if match is None:
        return None
    stamps = read_stamps(line[: match.start()], language=language, order=order)
    name = match["name"].strip().rstrip(".")
    words = name.split()
    if not stamps or not 0 < len(words) <= _MOST_SIGNED or not (looks_like_name(name) or is_nickname(words[0])):
        return None
    start = match.start("name") + match["name"].index(name)
    kind = type_of(name)
    return Byline(names=(Name(start, start + len(name), name, kind),), place=None, stamps=stamps, certain=True)


@functools.cache
def _other_phrases() -> tuple[frozenset[str], re.Pattern[str]]:
    """Return the last words of the labels of `other_roles.tsv`, one of which no line with a label lacks, and what finds a label."""
    words = sorted(((phrase, mark) for _, phrase, mark in rows("other_roles")), key=lambda row: -len(row[0]))
    forms = [re.escape(phrase) + (r"(?=\s?[:：＝／｜])" if mark == "yes" else "") for phrase, mark in words]
    last = frozenset(phrase.split()[-1] for phrase, _ in words)
    return last, re.compile(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)\s?[:：＝／｜]?", re.IGNORECASE)


_ROLE_MARKS = expression(r"[:：＝／｜]")
"""What follows the label of somebody's work."""


def _other_match(line: str) -> re.Match[str] | None:
    last, pattern = _other_phrases()
    return None if last.isdisjoint(_ROLE_MARKS.sub(" ", line.lower()).split()) else pattern.search(line)


def _other_role(line: str) -> int:
    """Return where the label of somebody else's work begins, the line's length where none does."""
    match = _other_match(line)
    return match.start() if match else len(line)


def without_others(byline: Byline) -> Byline | None:
    """Return a byline without the names before which stands a label of somebody else's work, None where no other is left.

    >>> [n.name for n in without_others(read_byline("Text von Jana Muster   Illustration von Max Bach")).names]
    ['Jana Muster']
    """
    names = tuple(name for name in byline.names if not ((match := _other_match(name.name)) and match.start() == 0))
    return msgspec.structs.replace(byline, names=names) if names else None


def others_in(base: str, spans: Sequence[tuple[int, int]]) -> tuple[Candidate, ...]:
    r"""Return those who reviewed, edited, translated or illustrated, by the lines that say so, as candidates of field "contributor".

    Args:
        base: the base text.
        spans: its lines, in order.

    >>> [c.value for c in others_in("Reviewed by\nJohn Roe\nBy Ann Lee. Edited by Max Bee", [(0, 11), (12, 20), (21, 51)])]
    ['John Roe', 'Max Bee']
    """
    found: list[Candidate] = []
    label = False
    for start, end in spans:
        line = base[start:end] if end - start <= _LONGEST else ""
        match = _other_match(line)
        if match is None and not label:
            continue
        begin = match.end() if match else 0
        listing = read_names(line, begin)
        found.extend(
            Candidate(field="contributor", value=name.name, source="line", start=start + name.start, end=start + name.end)
            for name in listing.names
            if not listing.rest
        )
        label = match is not None and not line[begin:].strip(" :")
    return tuple(found)


def is_other_role(line: str) -> bool:
    """Return whether a line says nothing but who edited, reviewed, translated or illustrated.

    >>> is_other_role("Edited by: Ann Lee"), is_other_role("(Translated by Max Bee)"), is_other_role("Edited by hand, the map shows")
    (True, True, False)
    """
    line = line.strip(" ()[].")
    match = _other_match(line) if len(line) <= _LONGEST else None
    if match is None or match.start():
        return False
    listing = read_names(line, match.end(), whole=True)
    return bool(listing.names) and not listing.rest and all(" " in name.name or not name.name.isascii() for name in listing.names)


def is_role(line: str) -> bool:
    """Return whether a line is somebody's job: "Senior Reporter", "Tech writer".

    >>> is_role("Senior Tech Writer"), is_role("The writer"), is_role("Rain")
    (True, False, False)
    """
    if not 4 <= len(line) <= _LONGEST_ROLE or has_digit(line):
        return False
    folded = fold_word(line.strip(" ,|·•-–—"))
    roles = phrases("not_names", "role")
    if folded in roles:
        return True
    words = folded.split()
    return (
        1 < len(words) <= _MOST_ROLE_WORDS
        and words[-1] in byline_words("job")
        and words[-1] in roles
        and words[0] not in byline_words("article")
    )


_LONGEST_ROLE, _MOST_ROLE_WORDS = 50, 5


_NAME_LINE = expression(
    r"[^\W\d_a-z]\S{0,20}(?:\s(?:de|da|van|von|der|den|di|la|le|al|el|bin|ter|do|dos|zu)){0,2}(?:\s[^\W\d_a-z]\S{0,24}){1,3}"
)


_FIELD_WORDS = frozenset({"ort", "place", "location", "lieu", "lugar", "luogo", "datum", "date", "fecha", "thema", "topic", "rubrik"})
"""Labels without a colon before what is no name: "Ort Saarbrücken"."""


def is_name(line: str) -> bool:
    """Return whether a line is the name of one person and nothing else.

    >>> is_name("Ann van der Lee"), is_name("Rain in May"), is_name("Ann Lee, editor")
    (True, False, False)
    """
    if not _NAME_LINE.fullmatch(line):
        return False
    first = fold_word(line.split(maxsplit=1)[0])
    if first in _FIELD_WORDS or first in phrases("not_names", "role"):
        return False
    listing = read_names(line)
    return len(listing.names) == 1 and not listing.rest and listing.names[0].name == line and listing.names[0].type == "person"


def is_nobody_else(base: str, line: str) -> bool:
    """Return whether a line is a name, and none of its words is a common word: those stand in small letters somewhere on the page.

    >>> page = "Ann Lee. Rain News: the news of the rain"
    >>> is_nobody_else(page, "Ann Lee"), is_nobody_else(page, "Rain News")
    (True, False)
    """
    small = [word.lower() for word in line.split() if word != word.lower()] if is_name(line) else ()
    return bool(small) and not any(stands_alone(word, base) for word in small)


def stands_alone(word: str, base: str) -> bool:
    """Return whether a word of letters stands somewhere without a letter, a digit or a low line right before or behind it.

    >>> stands_alone("rain", "a rainy train, rain"), stands_alone("rain", "a rainy train")
    (True, False)
    """
    at = base.find(word)
    while at >= 0:
        if _is_edge(base, at) and _is_edge(base, at + len(word)):
            return True
        at = base.find(word, at + 1)
    return False


def _is_edge(base: str, at: int) -> bool:
    r"""Return whether a word begins or ends at a place, as `\\b` does."""
    return _is_of_word(base[at - 1 : at]) != _is_of_word(base[at : at + 1])


def _is_of_word(character: str) -> bool:
    return character.isalnum() or character == "_"
