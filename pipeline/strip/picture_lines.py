"""Captions and picture credits: they leave the body for `images`."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from pipeline.lines.agencies import find_agency
from pipeline.lines.caption_openers import may_open
from pipeline.lines.captions import read_caption
from pipeline.lines.picture_credits import may_credit
from pipeline.lines.tables import phrases, rows
from pipeline.spans import Cut, Target
from pipeline.strip.apply_rules import same_words
from pipeline.strip.page import ends_sentence
from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from pipeline.lines.captions import CaptionReading
    from pipeline.strip.line_cache import Known
    from pipeline.strip.page import Draft

CAPTION = "image.caption"
CREDIT = "image.credit"
ALT = "image.alt"
CREDIT_DOUBLE = "image.credit_double"
CREDIT_INSIDE = "image.credit_inside"
_LONGEST = 700
_ALT_MIN = 12
_STORY = 250
"""Characters of the longest caption that may be the most of a text: galleries are saved so."""
_TAIL = 110
_AGENCY_MAX = 40
_CREDIT_MAX = 60
_CREDIT_INSIDE = 100
_LABEL_WORD = 40
"""Characters before a colon in which the last word of a label stands; the longest such word has 14."""
_SLASH = expression(r"/(?:(?<=[A-Z]/)\w|(?<=\w/)[A-Z])")
_BRACKET = expression(r"\((?:c\)|(?:[LRClrc]|2nd|3rd|left|right|links|rechts|gauche|droite|top|bottom)\b)")
_GAP = expression(r"  (?<=\S  ) *(?=\S)")
_SIDE = expression(r", (?:left|right)\b")
"""Signs of captions and credits; each expression begins with the character that it is searched by."""
_BARRED = expression(r"\|\s?[A-ZÀ-Þ][A-ZÀ-Þ0-9 .,&'’/|-]{2,60}")
"""A credit in capitals behind a bar, as some papers print it under a caption; a table's row has a bar at its end or none before it."""
_BEFORE_COLON = expression(r"(?<![^\s(\[（【{|.,;!?\"'/])[^\s\d_(\[（【{|/]++(?=\.?\s?\Z)")
_EDGES = "([{（【|–—-.,:;!?\"'"


def take_pictures(draft: Draft, known: Known) -> None:
    """Move every caption with its credit, a credit line's caption after it, and an alternative text that repeats a caption.

    A line that only reads as a caption because a credit stands before it moves only when it does not end like a sentence, or when
    nothing but captions and furniture stands before it: else it may be the first paragraph. An agency behind a bar makes a caption
    below the first paragraph only: above it stands the headline with the site's name.
    """
    index = 0
    captions = known.captions
    first = draft.prose.index(True) if True in draft.prose else len(draft.blocks)
    while index < len(draft.blocks):
        line = draft.lines[index]
        if line not in captions:
            captions[line] = read_caption(line) if len(line) <= _LONGEST and _has_cue(line) else None
        reading = captions[line]
        if reading is None and index > first and _ends_barred(line):
            reading = read_caption(line)
        if line[0] == "|" and _may_leave(draft, index) and _BARRED.fullmatch(line):
            _take_barred(draft, index)
            index += 1
        elif reading is None or not _may_leave(draft, index) or (reading.caption is not None and _is_story(draft, index)):
            index += 1
        elif reading.caption is None:
            index = _take_credit(draft, index, reading)
        else:
            index = _take_caption(draft, index, reading, draft.blocks[index].start)


def take_credits_inside(draft: Draft) -> None:
    """Move credits with a label that stand as a span of their own inside a line of prose: "(Photo: Jane Doe)" between two sentences."""
    for index in draft.open_blocks():
        line = draft.lines[index]
        if not draft.prose[index] or draft.blocks[index].kind != "paragraph" or not _has_label(line):
            continue
        spans = draft.spans([index])
        for span in spans if len(spans) > 1 else ():
            words = draft.text[span.start : span.end]
            reading = read_caption(words) if len(words) <= _CREDIT_INSIDE else None
            if reading is None or reading.caption is not None or not reading.markers or not _has_label(words):
                continue
            start, end = (span.start + edge for edge in (reading.credits[0][0], reading.credits[-1][1]))
            cuts = (
                Cut(start=span.start, end=start, rule=CREDIT_INSIDE),
                Cut(start=start, end=end, rule=CREDIT_INSIDE, target=Target("images", span.start, "credit")),
                Cut(start=end, end=span.end, rule=CREDIT_INSIDE),
            )
            draft.cut_parts([cut for cut in cuts if cut.start < cut.end], index)


def _ends_barred(line: str) -> bool:
    """Whether a line of several words ends with a bar and an agency: "Boats wait before the gate|REUTERS"."""
    words, bar, credit = line.rpartition("|")
    several = bool(bar) and len(line) <= _LONGEST and words.count(" ") > 1
    return several and find_agency(credit.strip(_EDGES), "agency", "pictures") is not None


def _take_barred(draft: Draft, index: int) -> None:
    """Move a credit in capitals behind a bar, and the line above it that ends like no sentence: its caption."""
    key, line = draft.blocks[index].start, draft.lines[index]
    start = len(line) - len(line.lstrip("| \xa0"))
    above = index - 1
    if draft.is_open(above) and not draft.prose[above] and not ends_sentence(draft.lines[above]) and len(draft.lines[above]) <= _LONGEST:
        key = draft.blocks[above].start
        draft.move(above, Target("images", key, "caption"), CAPTION)
    draft.move(index, Target("images", key, "credit"), CREDIT, (start, len(line)))


def _is_story(draft: Draft, index: int) -> bool:
    """Whether a block is long and most of the text: a story on one line, that a credit ends or a label begins, is no caption."""
    return len(draft.lines[index]) > _STORY and 2 * len(draft.lines[index]) > len(draft.text)


def _may_leave(draft: Draft, index: int) -> bool:
    return draft.is_open(index) and draft.blocks[index].kind != "list_item"


def _has_cue(line: str) -> bool:
    """Whether a line has anything that `read_caption` goes by: a credit's brackets or slash, a sign, a label, an agency. Most have not."""
    last = line.rstrip(" .")[-1:]
    if last and last in ")]）】":
        return True
    if _has_sign(line) or may_credit(line) or may_open(line):
        return True
    if (":" in line or "：" in line or "|" in line or "/" in line) and _has_label(line[-_TAIL:]):
        return True
    first = line.split(None, 1)[0].strip(_EDGES).lower()
    if first in _first_words() or _last_word(line) in _bare_ends():
        return True
    return (first in _agency_words() and line[:2].isupper()) or (
        len(line) <= _AGENCY_MAX and first in _agency_words() and find_agency(line.strip(_EDGES)) is not None
    )


def _has_sign(line: str) -> bool:
    """Whether a line has a copyright or wide equals sign, a slash (if long, beside a capital), a picture's side in brackets, a wide gap."""
    if "/" in line and (len(line) <= _CREDIT_MAX or _SLASH.search(line)):
        return True
    if ("(" in line and _BRACKET.search(line)) or ("  " in line and _GAP.search(line)):
        return True
    if " / " in line[:_CREDIT_MAX]:
        return True
    return "©" in line or "Ⓒ" in line or "＝" in line or (", " in line and _SIDE.search(line) is not None)


def _has_label(tail: str) -> bool:
    """Whether some word right before a colon, bar or slash is the last word of a credit's label."""
    for mark in ":：|/／=＝":
        at = tail.find(mark)
        while at >= 0:
            low = max(0, at - _LABEL_WORD)
            if tail[low:at].rstrip().removesuffix(".").lower().endswith(_label_endings()):
                word = _BEFORE_COLON.search(tail, low, at)
                if word and word[0].lower().strip(_EDGES) in _label_ends() and not word.start() == low > 0:
                    return True
            at = tail.find(mark, at + 1)
    return False


def _last_word(line: str) -> str:
    return line[-_LABEL_WORD:].rsplit(maxsplit=1)[-1].strip(_EDGES).lower()


@functools.cache
def _bare_ends() -> frozenset[str]:
    """The last words of what credits a picture without a name."""
    return frozenset(phrase.split()[-1].strip(_EDGES) for phrase in phrases("pictures", "bare"))


@functools.cache
def _agency_words() -> frozenset[str]:
    """The first words of the agencies' names."""
    return frozenset(row[2].split()[0].strip(_EDGES).lower() for row in rows("agencies") if row[2].split())


@functools.cache
def _label_ends() -> frozenset[str]:
    """The last words of the labels before a credit: "by", "photo", "Foto"."""
    return frozenset(phrase.split()[-1].strip(_EDGES).lower() for phrase in phrases("pictures", "credit") if phrase.split())


@functools.cache
def _label_endings() -> tuple[str, ...]:
    """The same, to ask what a line ends with before an expression looks for its last word."""
    return tuple(_label_ends())


@functools.cache
def _first_words() -> frozenset[str]:
    """The first words of everything that opens a caption or a picture credit."""
    labels = (phrase for kind in ("credit", "lead", "head", "label", "button") for phrase in phrases("pictures", kind))
    return frozenset(label.split()[0].strip(_EDGES).lower() for label in labels if label.split())


def _take_credit(draft: Draft, index: int, reading: CaptionReading) -> int:
    """A credit alone: its doubles go, and a caption right after it belongs to the same picture."""
    key = draft.blocks[index].start
    _move(draft, index, reading, key)
    line = draft.lines[index]
    span = (draft.blocks[index].start, draft.blocks[index].end)
    following = index + 1
    while draft.is_open(following) and same_words(draft.lines[following], line):
        draft.remove(following, "repeat", CREDIT_DOUBLE, of=span)
        following += 1
    after = None
    if _may_leave(draft, following) and len(draft.lines[following]) <= _LONGEST:
        after = read_caption(draft.lines[following], previous=line)
    if after is not None and after.caption is not None and not after.credits and not ends_sentence(draft.lines[following]):
        return _take_caption(draft, following, after, key)
    return following


def _take_caption(draft: Draft, index: int, reading: CaptionReading, key: int) -> int:
    """A caption: the line after it may be the picture's alternative text, which says the same again."""
    _move(draft, index, reading, key)
    if reading.caption is None:
        return index + 1
    words = draft.lines[index][reading.caption[0] : reading.caption[1]]
    following = index + 1
    if draft.is_open(following) and len(words) >= _ALT_MIN and same_words(draft.lines[following], words):
        draft.move(following, Target("images", key, "alt"), ALT)
        following += 1
    return following


def _move(draft: Draft, index: int, reading: CaptionReading, key: int) -> None:
    parts = [(Target("images", key, "credit"), span) for span in reading.credits[:1]]
    if reading.caption is not None:
        parts.append((Target("images", key, "caption"), reading.caption))
    if len(reading.credits) > 1:
        first, last = reading.credits[0], reading.credits[-1]
        parts[0] = (Target("images", key, "credit"), (first[0], last[1]) if first[0] < last[1] else first)
    draft.move_parts(index, parts, CAPTION if reading.caption is not None else CREDIT)
