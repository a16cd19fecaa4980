"""Menus that lost their shape: the path from the home page as a list on top, and rows of labels in one line around the story."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.strip.line_cache import Known
    from pipeline.strip.page import Draft

PATH = "navigation.breadcrumb"
"""The rule that knows the words for a home page; it also reads the path that a list spells."""
ROW = "navigation.label_row"
_BULLET = expression(r"[-–•*·]\s{0,3}")
_SEPARATOR = expression(r"\s?[•|·]\s?")
_LEAST, _MOST, _LONGEST = 2, 6, 120
"""Items of a path, the headline at its end included, and the longest of them."""
_LEAST_LABELS, _LABEL = 3, 40
"""Labels of a row, and the longest of them."""


def take_menus(draft: Draft, known: Known) -> None:
    """Take out the list on top that a path from the home page is, and rows of labels before the first or after the last paragraph."""
    first, last = draft.body()
    _take_path(draft, known, first)
    for index in draft.open_blocks():
        if (index < first or index > last) and _is_row(known, draft.lines[index]):
            draft.remove(index, "navigation", ROW)


def _take_path(draft: Draft, known: Known, first: int) -> None:
    """The list items that follow each other from the first open block on, where their words without the last are a path."""
    items: list[int] = []
    for index in draft.open_blocks():
        if draft.blocks[index].kind != "list_item" or (items and index != items[-1] + 1):
            break
        items.append(index)
    names = [_BULLET.sub("", draft.lines[index], count=1) for index in items]
    if not _LEAST < len(items) <= _MOST or items[1] >= first or max(map(len, names)) > _LONGEST:
        return
    if _named(known, [" > ".join(names[:-1])], {PATH}):
        for index in items:
            draft.remove(index, "navigation", PATH)


def _is_row(known: Known, line: str) -> bool:
    """Whether a line is a row of short labels between bullets or bars of which the rules name half."""
    labels = _SEPARATOR.split(line) if len(line) <= _LABEL * 8 and ("•" in line or "|" in line or "·" in line) else []
    if len(labels) < _LEAST_LABELS or max(map(len, labels)) > _LABEL:
        return False
    return _named(known, labels) * 2 >= len(labels)


def _named(known: Known, lines: Sequence[str], rules: set[str] | None = None) -> int:
    """How many lines a rule names."""
    return sum(any(rules is None or mark.rule.id in rules for mark in found) for found in known.marks(lines))
