"""Lines that name the people or the desk who wrote an article."""

from __future__ import annotations

import functools
import re

import msgspec

from pipeline.lines.chinese_bylines import chinese_names
from pipeline.lines.dates import Order, read_date
from pipeline.lines.name_lists import read_names
from pipeline.lines.names import Name
from pipeline.lines.tables import BY_IN_ITS_LANGUAGE, has_digit, phrases, rows
from pipeline.lines.timestamps import Stamp, label_role, read_stamps
from pipeline.text.expressions import expression
from pipeline.text.folding import fold_word
from pipeline.text.scripts import is_east_asian

LONGEST = 240
"""Code points of the longest byline: some eight names with jobs."""

_SHORT_WORDS = frozenset(
    {"de", "na", "per", "di", "av", "af", "od", "por", "par", "от", "του", "της", "από", "oleh", "door", "von", "theo"}
)
_START = expression(r"[\s\u00a0\-–—•·|❘│⋅∙,✍*(\[【]{0,4}")
_AFTER_LABEL = expression(r"\s{0,2}[:：/／|｜・●＝]\s{0,3}|[\s\u00a0]{1,3}")


_GLUED = expression(r"(?<=[a-z])(?=[A-Z][a-z])")
"""The markup between "By" and a name that a text dump lost: "ByJane Doe"."""


class Byline(msgspec.Struct, frozen=True, kw_only=True):
    """The names of a byline, the place that it gives, and the stamps that end it.

    `certain` is False where a single word follows a bare preposition ("By Nightfall"): a byline beside a headline, else maybe not.
    """

    names: tuple[Name, ...]
    place: tuple[int, int] | None
    stamps: tuple[Stamp, ...]
    certain: bool


class _Label(msgspec.Struct, frozen=True):
    end: int
    phrase: str
    marked: bool


@functools.cache
def _labels() -> dict[str, dict[str, tuple[bool, frozenset[str]]]]:
    table: dict[str, dict[str, tuple[bool, frozenset[str]]]] = {"before": {}, "after": {}}
    for kind, language, phrase, mark, _ in rows("bylines"):
        known = table[kind].get(fold_word(phrase), (True, frozenset[str]()))
        table[kind][fold_word(phrase)] = (known[0] and mark == "yes", known[1] | {language})
    return table


@functools.cache
def _longest_label() -> int:
    return max(len(phrase) for phrase in _labels()["before"]) + 2


def _label_at(line: str, language: str | None, position: int = 0) -> _Label | None:
    """Return the longest label at `position`."""
    begin = _START.match(line, position).end()  # type: ignore[union-attr] # matches the empty string too
    first = _FIRST_WORD.match(line, begin)
    if first is None or (first[0][0] < "\u2e80" and fold_word(first[0]) not in _first_words()[0] and not first[0].startswith(("By", "by"))):
        return None
    window = line[begin : begin + _longest_label()]
    for size in range(len(window), 0, -1):
        known = _labels()["before"].get(fold_word(window[:size])) if not window[size - 1].isspace() else None
        if known is None:
            continue
        after = _AFTER_LABEL.match(line, begin + size)
        if after is None and window[:size].lower().endswith("by"):
            after = _GLUED.match(line, begin + size)
        uncased = is_east_asian(window[0])
        if after is None and not (uncased and not known[0]):
            if "/" in window[:size]:
                return None  # no name follows "Autor/in", and "in" is none
            continue
        marked = after is not None and any(char in ":：/／|｜・●＝" for char in after[0])
        if known[0] and not marked:
            continue
        phrase = fold_word(window[:size])
        if not marked and phrase in BY_IN_ITS_LANGUAGE and (language or "").split("-")[0] not in known[1]:
            continue
        return _Label(after.end() if after else begin + size, phrase, marked)
    return None


def is_label(line: str) -> bool:
    """Return whether a line is a byline's label alone, whose names stand on the next line.

    >>> is_label("Written by"), is_label("By"), is_label("Autor:"), is_label("By the river")
    (True, True, True, False)
    """
    return len(line) <= _longest_label() and fold_word(line.strip(" :：")) in _labels()["before"]


@functools.cache
def _first_words() -> tuple[frozenset[str], frozenset[str]]:
    labels = _labels()["before"]
    return frozenset(p.split()[0] for p in labels), frozenset(p.split()[0] for p, (mark, _) in labels.items() if mark or " " in p)


def has_label(line: str, *, strong: bool = False) -> bool:
    """Return, cheaply, whether a line begins like a byline's label; `strong` leaves out bare prepositions such as "By".

    >>> has_label("Written by Jane"), has_label("By Jane"), has_label("By Jane", strong=True), has_label("Rain")
    (True, True, False, False)
    """
    match = _FIRST_WORD.match(line)
    return match is not None and _opens_label(match[0], strong)


@functools.lru_cache(maxsize=4096)
def _opens_label(word: str, strong: bool) -> bool:  # noqa: FBT001 - a key of the cache
    return fold_word(word.rstrip(":：")) in _first_words()[strong]


_FIRST_WORD = expression(r"[^\s:：/／|｜●＝]{1,24}")


def _after_label(line: str) -> int | None:
    """Return where the names end in "김철수 기자" or "山田太郎記者", or None."""
    if line.isascii():
        return None
    bare = re.sub(r"[\w.+\-]{1,64}@[\w.\-]{1,100}", lambda match: " " * len(match[0]), line).rstrip(" .()=]】")
    for phrase in _labels()["after"]:
        if bare.endswith(phrase) and len(bare) > len(phrase):
            return len(bare) - len(phrase)
    return None


class _Head(msgspec.Struct, frozen=True):
    end: int
    stamps: tuple[Stamp, ...]


def _stamp_head(line: str, language: str | None, order: Order | None) -> _Head | None:
    """Find a stamp before the names: "Published 3 May 2020 by Jane Doe", "3 May 2020 | Jane Doe"."""
    date = read_date(line[:80], language=language, order=order) if has_digit(line[:60]) else None
    if date is None or date.iso is None or date.end >= len(line) or label_role(line[: date.start]) is None or line[date.end].isalnum():
        return None
    return _Head(date.end, read_stamps(line[: date.end], language=language, order=order))


def _stamp_tail(line: str, position: int, language: str | None, order: Order | None) -> tuple[int, tuple[Stamp, ...]]:
    """Find where the names end and stamps begin: "By Jane Doe | Updated 3 May 2020"."""
    date = read_date(line[position:], language=language, order=order) if has_digit(line[position:]) else None
    if date is None:
        return len(line), ()
    for match in _TAIL_MARK.finditer(line, position, position + date.start + 1):
        cut = match.start()
        if label_role(line[cut : position + date.start]) is None:
            continue
        stamps = read_stamps(line[cut:], language=language, order=order)
        if stamps:
            return cut, tuple(msgspec.structs.replace(s, start=s.start + cut, end=s.end + cut) for s in stamps)
    return len(line), ()


_TAIL_MARK = expression(r"[|·•⋅❘,;\n–—\-()/]|\s{1,8}")


def read_byline(line: str, *, language: str | None = None, order: Order | None = None) -> Byline | None:
    """Read a line that is wholly a byline.

    Args:
        line: one line of text.
        language: BCP 47 code of the text; some short labels count in their own language only.
        order: order of day and month for a stamp at the end.

    Returns:
        The byline with at least one name, or None: prose, furniture, roles without a name.

    >>> [(n.name, n.type) for n in read_byline("By Euronews").names]
    [('Euronews', 'organization')]
    >>> [n.name for n in read_byline("By A Bee, Cee Dee and Eff Gee in Paris").names]
    ['A Bee', 'Cee Dee', 'Eff Gee']
    >>> read_byline("By Monday, the river had risen.") is None
    True
    """
    if not 3 <= len(line) <= LONGEST:
        return None
    if names := chinese_names(line):
        return Byline(names=names, place=None, stamps=(), certain=True)
    head = _stamp_head(line, language, order)
    label = _label_at(line, language, head.end if head else 0)
    after = None if head or (label and line[:1] < _EAST_ASIAN) else _after_label(line)
    begin = label.end if label else head.end if head else line.rfind("=", 0, after) + 1 if after else 0
    end, stamps = (after, ()) if after is not None else _stamp_tail(line, begin, language, order)
    stamps = (*head.stamps, *stamps) if head else stamps
    if label is None and after is None and not _maybe_names(line[:end] if head is None else line):
        return None
    said = label is not None and (label.marked or head is not None or " " in label.phrase)
    listing = read_names(line, begin, _before_others(line, begin, end), nickname=said, whole=True)
    names = listing.names
    if not names or listing.rest or (label and _are_codes(label, names)):
        return None
    if label is None and after is None and not ((listing.roles or head) and all(" " in name.name for name in names)):
        return None
    if label and line.rstrip().endswith((".", "!", "?")) and not line.rstrip().endswith(names[-1].name) and not stamps:
        return None
    single = label is not None and not label.marked and all(" " not in name.name and name.type == "person" for name in names)
    if (
        single
        and head is None
        and label is not None
        and (label.phrase in _SHORT_WORDS or (label.phrase == "by" and line.rstrip().endswith(".")))
    ):
        return None
    return Byline(names=names, place=listing.place, stamps=stamps, certain=not single and (head is None or label is not None))


def _before_others(line: str, begin: int, end: int) -> int:
    """Return where the names of those who wrote end, before those who edited, drew or took pictures.

    >>> "文／王小明 编辑／李大海"[: _before_others("文／王小明 编辑／李大海", 2, 12)]
    '文／王小明'
    >>> _before_others("Text: Jane Doe Foto: Max Roe", 6, 28), _before_others("By Jane Doe", 3, 11)
    (14, 11)
    """
    match = _OTHERS.search(line, begin, end)
    return match.start() if match else end


_OTHERS = expression(
    r"[\s|｜，,、；;/／]{1,4}(?:(?:责任|責任|本期|执行|執行)?"
    r"(?:编辑|編輯|责编|責編|編集|校对|校對|审核|審核|图|圖|图片|圖片|摄影|攝影|撮影|写真|翻译|翻譯|翻訳|制图|製圖|排版)者?\s?[:：/／|｜●＝]"
    r"|(?:fotos?|photos?|bild(?:er)?|beeld|kuvat?|zdjęcia|zdjęcie|fotoğraf|video|kamera|illustration(?:en|s)?|фото"
    r"|editora?|editör|redaktur|redaktör|redaktor|penyunting|редактор)\s?:)",
    re.IGNORECASE,
)


def _are_codes(label: _Label, names: tuple[Name, ...]) -> bool:
    """Return whether a short word and what follows it are the languages that a page is offered in: "DE IT", "DE | IT"."""
    return label.phrase in _SHORT_WORDS and all(len(name.name) < _LEAST and name.name.isascii() for name in names)


_LEAST = 3
_EAST_ASIAN = "\u2e80"
"""The first character of the scripts in whose bylines a word before the names goes with one behind them: "记者王小明报道"."""


def _maybe_names(text: str) -> bool:
    """Return whether a line without label is short enough to be "Jane Doe, Staff Writer"."""
    if len(text) > 100 or not text[:1].isupper() or text.rstrip().endswith((".", "!", "?", ":")):
        return False
    return has_digit(text) or bool(_BESIDE.search(text)) or fold_word(text.rsplit(maxsplit=1)[-1]) in _last_role_words()


_BESIDE = expression(r"[,|•·(@/–—]| - ")


@functools.cache
def _last_role_words() -> frozenset[str]:
    return frozenset(phrase.split()[-1] for phrase in phrases("not_names", "role"))
