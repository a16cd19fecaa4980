"""Characters whose place on the line says what they are: exponents, marks of notes, fractions, readings over words, deleted words.

A text without markup would join them to the word before, so that 10 to the 6th becomes 106. Exponents and the subscripts beside digits
become Unicode's own characters; marks of notes, readings and deleted words leave.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

import msgspec

from pipeline.extract.runs import DELETED, INSERTED, NOTE, POWER, RAISED, READING
from pipeline.spans import Cut

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.extract.page_layout import Layout, Script

_UP = str.maketrans("0123456789+-\u2212\u2013()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁽⁾ⁿ")
_DOWN = str.maketrans("0123456789+-\u2212()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎")
_POWER = re.compile(r"[-+\u2212\u2013]?\d{1,3}|n")
_FIGURES = re.compile(r"\d{1,4}")
_MARK = re.compile(
    r"\[\s?(?:\d{1,3}|[a-z]{1,2}|note \d{1,3}|nb \d{1,3}|\*{1,3})\s?\]|\(\d{1,3}\)|\d{1,3}(?:\s?[,;\u2013-]\s?\d{1,3})*"
    r"|[*\u2020\u2021\u00a7\u00b6]{1,3}|[a-z]|\[\s?[^\W\d_][\w .?'\u2019-]{1,40}\]",
    re.IGNORECASE,
)
"""What a mark of a note looks like: a number, numbers, a letter, a sign, or one of these in brackets; or an editor's words in brackets."""
_NOTE_LINK = re.compile(r'(?:class|role|rel|type)="[^"]*(?:foot-?note|note-?ref|fn-?ref|end-?note|cite-?ref)', re.IGNORECASE)
"""Names of a link that is a note's mark, by writers of Markdown, EPUB (`noteref`) and DPUB-ARIA (`doc-noteref`)."""
_SLASHES = frozenset("/\u2044\u2215")
_UNIT = re.compile(
    r"(?:^|[\s\d(/·*×])(?:[munckdhM\u00b5\u03bc]?m|ft|in|yd|mi|km|cm|mm|s|kg|g|h|ha|rad|pc|[a-zA-Z\u03b1-\u03c9\u0391-\u03a9]|м|км|см|мм|מ|م)$"
)
"""A unit of length, time or mass, or a single letter, at the end of what stands before an exponent."""
_BASE = re.compile(r"(?:^|[^\w.,])(?:10|[1-9]\d{0,2}|\d)$|[)\]]$")
"""A plain number of up to three digits, or a bracket: what powers are taken of."""
_SUM = re.compile(r"[=+×·*/(≈<>^−-]\s?\d{1,3}$")
"""A number in a sum."""
_PRODUCT = re.compile(r"[=+×·*≈<>^−]\s?\d{0,3}[^\W\d_]{1,3}$")
"""Up to three letters in a sum: E = mc²."""
_TEN = re.compile(r"(?:^|[^\w])10$")
_ELEMENT = re.compile(r"[A-Z][a-z]?(?![^\W\d_])")
"""The sign of a chemical element: the number raised before it names an isotope."""
_REACH = 24


def raise_scripts(layout: Layout, kept: Sequence[bool]) -> Iterator[Cut]:
    """The cuts and changes for all such characters in the blocks that stay.

    Args:
        layout: the page.
        kept: of every block, whether it is part of the article.
    """
    scripts = layout.scripts
    noted = _numbered_notes(layout)
    for number, script in enumerate(scripts):
        block = bisect_right(layout.starts, script.start) - 1
        if not kept[block] or layout.kinds[block] == "code":
            continue
        if script.kind == DELETED:
            yield from _deleted(layout, number, block)
        elif script.kind == READING:
            yield Cut(start=script.start, end=script.end, rule="html.reading", kind="chrome")
        elif script.kind == POWER:
            text = layout.base[script.start : script.end]
            raised = text.translate(_UP) if _POWER.fullmatch(text) else "^" + text
            yield Cut(start=script.start, end=script.end, rule="html.exponent", replacement=raised)
        elif script.kind in (RAISED, NOTE):
            yield from _raised(layout, script, block, noted=noted)
        elif script.kind != INSERTED:
            yield from _lowered(layout, script, block)


def find_linked_notes(layout: Layout, kept: Sequence[bool]) -> Iterator[Cut]:
    """The marks of notes that stand on the line: links of a number or a sign whose names say what they are, right behind a word.

    Args:
        layout: the page.
        kept: of every block, whether it is part of the article.
    """
    raised = [script.start for script in layout.scripts]
    for link in layout.links:
        if 'href="#' not in link.attributes or not _MARK.fullmatch(layout.base, link.start, link.end):
            continue
        at = bisect_right(raised, link.start) - 1
        if _NOTE_LINK.search(link.attributes) is None or (at >= 0 and layout.scripts[at].end > link.start):
            continue
        block = bisect_right(layout.starts, link.start) - 1
        if kept[block] and layout.starts[block] < link.start and not layout.base[link.start - 1].isspace():
            yield Cut(start=link.start, end=link.end, rule="html.note_mark", kind="chrome")


def raise_moved(layout: Layout, cuts: Sequence[Cut]) -> list[Cut]:
    """The same for what moves to a field (a headline, captions): the cuts, with what arrives in the field as their replacement.

    Args:
        layout: the page.
        cuts: of one block each.
    """
    if not layout.scripts:
        return list(cuts)
    blocks = [bisect_right(layout.starts, cut.start) - 1 for cut in cuts]
    moved = [False] * len(layout.starts)
    for block, cut in zip(blocks, cuts, strict=True):
        moved[block] = moved[block] or cut.target is not None
    changes = list(raise_scripts(layout, moved))
    return [_with_changes(layout.base, cut, changes) if cut.target is not None else cut for cut in cuts] if changes else list(cuts)


def _with_changes(base: str, cut: Cut, changes: Sequence[Cut]) -> Cut:
    """A moving cut whose replacement has some changes in it."""
    text, at = "", cut.start
    for change in changes:
        if at <= change.start and change.end <= cut.end:
            text += base[at : change.start] + (change.replacement or "")
            at = change.end
    return cut if at == cut.start else msgspec.structs.replace(cut, replacement=(text + base[at : cut.end]).strip())


def _numbered_notes(layout: Layout) -> bool:
    """Whether the page has marks of notes: two raised numbers that are links, or stand behind words or full stops."""
    count = 0
    for script in layout.scripts:
        if script.kind == NOTE:
            count += 1
        elif script.kind == RAISED and _FIGURES.fullmatch(layout.base, script.start, script.end):
            before = layout.base[max(0, script.start - 3) : script.start]
            count += len(before) > 2 and (before.isalpha() or before[-1:] in ".,;:!?\"'”’»)")
        if count > 1:
            return True
    return False


def _raised(layout: Layout, script: Script, block: int, *, noted: bool) -> Iterator[Cut]:
    """What becomes of raised characters."""
    start, end, kind = script
    base = layout.base
    text, before = base[start:end], base[max(layout.starts[block], start - _REACH) : start]
    behind = base[end : min(end + 3, layout.ends[block])]
    if text.isdigit() and not before[-1:].isalnum() and _ELEMENT.match(behind):
        yield Cut(start=start, end=end, rule="html.exponent", replacement=text.translate(_UP))
        return
    if not before.strip():
        return
    if before[-1].isspace() and _TEN.search(before.rstrip()) and _POWER.fullmatch(text):
        yield Cut(start=start - 1, end=end, rule="html.exponent", replacement=text.translate(_UP))
        return
    if behind[:1] in _SLASHES and behind[1:2].isdigit() and text.isdigit():
        if before[-1].isdigit():
            yield Cut(start=start, end=end, rule="html.fraction", replacement=" " + text)
        return
    if _MARK.fullmatch(text) and (kind == NOTE or _marks_note(text, before, noted=noted)):
        yield Cut(start=start, end=end, rule="html.note_mark", kind="chrome")
    elif _POWER.fullmatch(text) and (before[-1].isalnum() or before[-1] in ")]"):
        yield Cut(start=start, end=end, rule="html.exponent", replacement=text.translate(_UP))


def _marks_note(text: str, before: str, *, noted: bool) -> bool:
    """Whether raised characters mark a note, by what stands before them."""
    if text[0] in "[(*\u2020\u2021\u00a7\u00b6":
        return text[0] != "(" or not before[-1].isalnum()
    if not text[0].isdigit():
        return False
    if before[-1].isspace() or before[-1] in ".,;:!?\"'”’»…%":
        return True
    if not text.isdigit() or _TEN.search(before):
        return not text.isdigit()
    if before[-1].isdigit():
        return _SUM.search(before) is None and (_BASE.search(before) is None or (noted and len(text) < 2))
    return before[-1].isalpha() and _UNIT.search(before) is None and _PRODUCT.search(before) is None


def _lowered(layout: Layout, script: Script, block: int) -> Iterator[Cut]:
    """Lowered digits beside another digit would make another number."""
    start, end, _ = script
    base = layout.base
    text = base[start:end]
    before = base[start - 1] if start > layout.starts[block] else ""
    behind = base[end] if end < layout.ends[block] else ""
    if text.isdigit() and text.isascii() and before not in _SLASHES and (before.isdigit() or behind.isdigit()):
        yield Cut(start=start, end=end, rule="html.subscript", replacement=text.translate(_DOWN))


def _deleted(layout: Layout, number: int, block: int) -> Iterator[Cut]:
    """Deleted words leave where what was put in their place stands right beside them."""
    script = layout.scripts[number]
    base = layout.base
    near = [layout.scripts[other] for other in (number - 1, number + 1) if 0 <= other < len(layout.scripts)]
    beside = any(
        other.kind == INSERTED and not base[min(script.end, other.end) : max(script.start, other.start)].strip() and other != script
        for other in near
    )
    if beside:
        end = script.end
        if end < layout.ends[block] and base[end].isspace() and (script.start == layout.starts[block] or base[script.start - 1].isspace()):
            end += 1
        yield Cut(start=script.start, end=end, rule="html.deleted", kind="chrome")
