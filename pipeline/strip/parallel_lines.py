"""Runs of short lines that are built alike: tour dates, prices, ingredients, scores, questions with their answers.

Such a run is one thing. A model that judges line by line finds some of its lines odd and others not; half a list is worse than none and
worse than all of it. So a run stays or goes as a whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.strip.page import ends_sentence
from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from pipeline.strip.page import Draft

_LONGEST = 90
_LEAST = 4
"""Fewest lines of a run: three lines that are alike may be a menu, a caption and its credit, or chance."""
_SEPARATOR = expression(r"[:：|\t=…]|\s[-–—]|[-–—]\s|\.{3,}")
_DIGIT = expression(r"\d")
_FIRST_PART = 45
_PAIR_MAX = 45
"""Longest line of a name and its value without figures: a teaser with its topic before a colon is longer."""
_ENOUGH = 4
"""One line of so many that stays keeps its run."""
_HEADING = 70
"""Longest heading of a part of a story, in characters."""
_DOUBTFUL = -800
"""How far below zero, in thousandths of log odds, the line model's score of a block between two paragraphs that stay must lie to leave.
On naive dumps of news that adds .0005 word F1 and .008 to the breaks, on the wider web .0001 and .001 (limits of -1,500 and -2,500:
less)."""
_NEAR = 4
"""Lines beside a run among which prose must stand for the run to be a part of the story."""


def parallel_runs(draft: Draft) -> list[tuple[int, int]]:
    """First and last + 1 block of every run of lines that are built alike, in order."""
    if draft.runs is None:
        draft.runs = _find_runs(draft)
    return draft.runs


def _find_runs(draft: Draft) -> list[tuple[int, int]]:
    runs = []
    first, shape = 0, ""
    for index in range(len(draft.blocks) + 1):
        found = _shape(draft, index) if index < len(draft.blocks) else ""
        if found != shape or not found:
            if shape and index - first >= _LEAST:
                runs.append((first, index))
            first, shape = index, found
    return runs


def _shape(draft: Draft, index: int) -> str:
    """How a short line is built: a list item, a name and a value after a mark, words with figures; empty for all else."""
    line = draft.lines[index]
    if len(line) > _LONGEST or draft.prose[index]:
        return ""
    kind = draft.blocks[index].kind
    if kind == "list_item":
        return "item"
    if kind not in ("paragraph", "heading"):
        return ""
    if _DIGIT.search(line):
        return "value" if line[-1].isdecimal() or line[-1] in "%)°|€$£" or _SEPARATOR.search(line, 1, _FIRST_PART) else ""
    return "pair" if len(line) <= _PAIR_MAX and (":" in line[1:] or "：" in line[1:]) else ""


def whole_runs(draft: Draft, gone: set[int]) -> Iterator[int]:
    """The blocks among `gone` that stay after all, because they belong to a run of which enough stays, or that prose surrounds."""
    for first, last in parallel_runs(draft):
        leaving = [index for index in range(first, last) if index in gone]
        if not leaving:
            continue
        kept = sum(draft.is_open(index) and index not in gone for index in range(first, last))
        if kept * _ENOUGH >= last - first or (
            _prose_near(draft, gone, range(first - 1, first - 1 - _NEAR, -1)) and _stays(draft, gone, last)
        ):
            yield from leaving


def _prose_near(draft: Draft, gone: set[int], places: range) -> bool:
    """Whether one of some neighbours is prose that stays."""
    return any(draft.is_open(place) and draft.prose[place] and place not in gone for place in places if place >= 0)


def _stays(draft: Draft, gone: set[int], after: int) -> bool:
    """Whether prose that stays follows a run, within a few lines."""
    return _prose_near(draft, gone, range(after, min(after + _NEAR + 1, len(draft.blocks))))


def inside_list(draft: Draft, first: int, last: int) -> bool:
    """Whether the blocks from `first` to `last` are a part of a longer run of lines that are built alike."""
    return any(start <= first and last < end and (end - start) > (last - first + 1) for start, end in parallel_runs(draft))


def between_prose(draft: Draft, gone: Container[int], scores: Mapping[int, int]) -> Iterator[int]:
    """The blocks among `gone`, of those that were scored, that stand alone between paragraphs that stay and are no clear furniture."""
    for index, score in scores.items():
        if score > _DOUBTFUL and index in gone and _alone_in_prose(draft, index, gone):
            yield index


def _alone_in_prose(draft: Draft, index: int, gone: Container[int]) -> bool:
    around = (index - 1, index + 1)
    return all(0 <= at < len(draft.blocks) and draft.is_open(at) and draft.prose[at] and at not in gone for at in around)


def is_subheading(draft: Draft, index: int, gone: Container[int]) -> bool:
    """Whether a short line without an end stands alone between prose that stays, as the heading of the paragraphs after it does."""
    if len(draft.lines[index]) > _HEADING or ends_sentence(draft.lines[index]):
        return False
    return _alone_in_prose(draft, index, gone)
