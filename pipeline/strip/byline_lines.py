"""Bylines on lines of their own: names leave for `authors`, labels, jobs and the names of others leave the text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pipeline.lines.byline_variants import is_name, is_nobody_else, is_other_role, is_role, moved
from pipeline.lines.bylines import has_label, is_label, read_byline
from pipeline.lines.chinese_bylines import chinese_names
from pipeline.lines.datelines import is_place
from pipeline.lines.meta_lines import Mixed, names_source, read_mixed
from pipeline.lines.names import type_of
from pipeline.lines.stamped_names import stamped_name
from pipeline.lines.tables import has_digit
from pipeline.spans import Cut, Target
from pipeline.strip.field_lines import FIELD_OF, STAMP
from pipeline.strip.page import ends_sentence
from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.lines.bylines import Byline
    from pipeline.strip.page import Draft

BYLINE = "byline.line"
SIGNATURE = "byline.signature"
ROLE = "byline.role"
_SHORT = 160
_NEAR_TITLE, _NEAR_BODY = 12, 6
"""Blocks behind the title, and open lines before the body, among which the byline is looked for."""
_UNDER_TITLE = 3
"""Blocks behind the title among which a name without a label may stand."""
_EARLY, _MIXED, _WHOLE_DAY = 8, 120, 10
"""Blocks from the top among which a day may stand in a line of other furniture, the longest such line, and the least length of its date in
ISO 8601."""
_PARTED = expression(r"\s?[|│❘•·⋅]\s|\u3000")
_NEAR_END = 5
_SIGNED_AFTER = 3
_SIGNATURE = 40
"""Paragraphs before a signature at least, and the longest name."""
_HEADING = 60
"""Characters of the longest heading that may stand above the last paragraph of a signed text."""
_MORE_BYLINES = 2
"""Lines right under a byline that may be further ones, with a label and a colon: "Edited by: Ann Lee"."""
_BULLET = expression(r"[-•*]\s{1,3}")
_EMPLOYER = expression(r"\s?[|,•·]\s|\s[–—-]\s")
_LABEL = "By: "
_IN_BRACKETS = expression(r"(?<=[。！？”])\s?[（(][^（）()]{4,50}[）)]$")


class _Found(NamedTuple):
    """A byline: what was read, where in its line it begins, and the block of a label alone above it, -1 without."""

    byline: Byline
    start: int
    label: int = -1


def take_bylines(draft: Draft, title: int | None, language: str | None) -> None:
    """Move the names of a byline in the head of the text to `authors`; those who edited, reviewed or translated leave."""
    first = draft.body()[0]
    for index in _byline_places(draft, title, first):
        found = _read(draft, index, language)
        if found is None or not (found.byline.certain or draft.beside_taken(index) or title is not None):
            continue
        _move(draft, index, found)
        _take_below(draft, index, language)
        for other in draft.open_blocks():
            if other < first and draft.lines[other] == draft.lines[index]:
                draft.remove(other, "byline", BYLINE)
        break
    else:
        if title is not None:
            _take_bare_name(draft, title, first)
    _take_other_roles(draft)


def take_mixed_stamp(draft: Draft, language: str | None) -> None:
    """Move the day, and the names, of the one line above the story that holds its day between other furniture.

    "2024-05-13 08:30 来源：河谷日报 作者：王小明", "May 13, 2024 8:30 am | Valley Times | 12 comments". Of two such lines each may be
    an item of a list.
    """
    first = draft.body()[0]
    opened = [index for index in draft.open_blocks() if index < min(first, _EARLY) and len(draft.lines[index]) <= _MIXED]
    found = [(index, mixed) for index in opened if (mixed := _mixed(draft.lines[index], language)) is not None]
    if len(found) != 1:
        return
    index, mixed = found[0]
    base, names = draft.blocks[index].start, mixed.byline.names if mixed.byline else ()
    stamp = mixed.stamps[0]
    parts = [(Target("authors", base + name.start, "name"), (name.start, name.end)) for name in names]
    parts.append((Target(FIELD_OF.get(stamp.role, "published_raw")), (stamp.start, stamp.end)))
    draft.move_parts(index, sorted(parts, key=lambda part: part[1]), STAMP)
    for name in names:
        draft.add_item("authors", base + name.start, {"type": name.type})


def _mixed(line: str, language: str | None) -> Mixed | None:
    """Read a line of parts of which one is a whole day."""
    if not has_digit(line) or not (_PARTED.search(line) or names_source(line)):
        return None
    mixed = read_mixed(line, language=language)
    return mixed if mixed is not None and mixed.stamps and len(mixed.stamps[0].date.iso or "") >= _WHOLE_DAY else None


def _byline_places(draft: Draft, title: int | None, first: int) -> list[int]:
    """Where a byline may stand: near the title, else among the last open blocks before the body."""
    opened = [index for index in draft.open_blocks() if index < first and len(draft.lines[index]) <= _SHORT]
    if title is None:
        return opened[-_NEAR_BODY:]
    return [index for index in opened if title - 4 <= index <= title + _NEAR_TITLE]


def _read(draft: Draft, index: int, language: str | None) -> _Found | None:
    """Read the byline of a line: behind a bullet, beside a date, or a name under a label that stands alone."""
    line = draft.lines[index]
    if len(line) > _SHORT:
        return None
    bullet = _BULLET.match(line)
    start = bullet.end() if bullet else 0
    if (reading := read_byline(line[start:], language=language)) is not None:
        return _Found(reading, start)
    if index and draft.is_open(index - 1) and is_label(draft.lines[index - 1]):
        labelled = read_byline(_LABEL + line, language=language)
        return _Found(moved(labelled, -len(_LABEL)), 0, index - 1) if labelled is not None else None
    block = draft.blocks[index]
    stamped = stamped_name(draft.text, block.start, block.start + len(line), language=language)
    return _Found(stamped, 0) if stamped is not None else None


def _move(draft: Draft, index: int, found: _Found) -> None:
    """Move the names of a byline, and its first stamp."""
    reading, start = found.byline, found.start
    base = draft.blocks[index].start + start
    parts = [(Target("authors", base + name.start, "name"), (start + name.start, start + name.end)) for name in reading.names]
    if reading.stamps:
        parts += [
            (Target(FIELD_OF.get(stamp.role, "published_raw")), (start + stamp.start, start + stamp.end)) for stamp in reading.stamps[:1]
        ]
    draft.move_parts(index, sorted(parts, key=lambda part: part[1]), BYLINE)
    for name in reading.names:
        draft.add_item("authors", base + name.start, {"type": name.type})
    if found.label >= 0:
        draft.remove(found.label, "byline", BYLINE)


def _take_below(draft: Draft, index: int, language: str | None) -> None:
    """Take further bylines with a label and a colon right under a byline, and the job of who is named."""
    for following in range(index + 1, min(index + 1 + _MORE_BYLINES, len(draft.blocks))):
        if not draft.is_open(following):
            continue
        if is_role(draft.lines[following]):
            draft.remove(following, "byline", BYLINE)
            return
        more = _read(draft, following, language)
        if more is not None and more.label < 0 and more.byline.certain and ":" in draft.lines[following]:
            _move(draft, following, more)


def _take_bare_name(draft: Draft, title: int, first: int) -> None:
    """Move a name without a label that stands alone between title and body, or beside a stamp or a job, with the employer behind it."""
    for index in range(title + 1, min(title + 1 + _UNDER_TITLE, first)):
        if not draft.is_open(index):
            continue
        line = draft.lines[index]
        if len(line) > _SHORT:
            return
        mark = _EMPLOYER.search(line)
        name = line[: mark.start()] if mark else line
        if not is_nobody_else(draft.text, name) or is_place(name) or is_place(name.split()[-1]):
            continue
        employed = mark is not None and type_of(line[mark.end() :]) != "person"
        followed = index + 1 < first and draft.is_open(index + 1) and is_role(draft.lines[index + 1])
        alone = mark is None and not any(draft.is_open(other) for other in range(title + 1, first) if other != index)
        if employed or (mark is None and (followed or alone or draft.beside_taken(index, but=title))):
            base = draft.blocks[index].start
            draft.move_parts(index, [(Target("authors", base, "name"), (0, len(name)))], BYLINE)
            draft.add_item("authors", base, {"type": "person"})
            if followed:
                draft.remove(index + 1, "byline", BYLINE)
            return


def _take_other_roles(draft: Draft) -> None:
    """Remove lines before and right behind the body that say nothing but who edited, reviewed or translated."""
    first, last = draft.body()
    opened = draft.open_blocks()
    for index in (*(index for index in opened if index < first), *[index for index in opened if index > last][:_NEAR_END]):
        if len(draft.lines[index]) <= _SHORT and is_other_role(draft.lines[index]):
            draft.remove(index, "byline", ROLE)


def _take_in_brackets(draft: Draft, index: int) -> None:
    """Move the names in brackets that end the last paragraph of a Chinese story: "……。（记者 王小明）"."""
    block, line = draft.blocks[index], draft.lines[index]
    match = _IN_BRACKETS.search(line, max(0, len(line) - _SHORT))
    names = chinese_names(match[0]) if match is not None and index not in draft.parts else ()
    if match is None or not names:
        return
    base, at, cuts = block.start + match.start(), 0, []
    for name in names:
        cuts.append(Cut(start=base + at, end=base + name.start, rule=SIGNATURE))
        cuts.append(Cut(start=base + name.start, end=base + name.end, rule=SIGNATURE, target=Target("authors", base + name.start, "name")))
        at = name.end
    draft.cut_parts([*cuts, Cut(start=base + at, end=block.start + match.end(), rule=SIGNATURE)], index)
    for name in names if index in draft.parts else ():
        draft.add_item("authors", base + name.start, {"type": name.type})


def _above_last(draft: Draft, opened: Sequence[int]) -> Sequence[int]:
    """The block above the last paragraph, or the one above that where it is a heading: of it too the text signed below is made."""
    above = opened[-3]
    heading = not draft.prose[above] and len(draft.lines[above]) <= _HEADING and not ends_sentence(draft.lines[above])
    return opened[-4:-3] if heading and draft.blocks[above].kind in ("paragraph", "heading") else [above]


def take_signature(draft: Draft) -> None:
    """Move the name that stands alone on the last line, right under a paragraph, to `authors`: whoever wrote the text signs it."""
    opened = draft.open_blocks()
    if opened and draft.lines[opened[-1]].endswith(("）", ")")) and not draft.lines[opened[-1]].isascii():
        _take_in_brackets(draft, opened[-1])
    if (
        len(opened) <= _SIGNED_AFTER
        or not (draft.prose[opened[-2]] and any(draft.prose[index] for index in _above_last(draft, opened)))
        or any(draft.verdict[opened[-2] : opened[-1]])
    ):
        return
    index = opened[-1]
    line = draft.lines[index]
    labelled = read_byline(line) if len(line) <= _SHORT and has_label(line) else None
    if labelled is not None and labelled.certain:
        _move(draft, index, _Found(labelled, 0))
        return
    name = line.lstrip("—–- ")
    if len(name) > _SIGNATURE or " " not in name or not ends_sentence(draft.lines[opened[-2]]) or not is_name(name):
        return
    base, start = draft.blocks[index].start, len(line) - len(name)
    draft.move_parts(index, [(Target("authors", base + start, "name"), (start, len(line)))], SIGNATURE)
    draft.add_item("authors", base + start, {"type": "person"})
