"""Lists between a headline and its story: the story's points or other stories, and who wrote and handled it, one an item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.strip.page import ends_sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.strip.page import Draft

POINTS = "teaser.points"
DATA_LIST = "byline.list"
_LEAST_POINTS, _MOST_POINTS = 2, 6
_POINT, _POINT_MAX, _HEAD_POINTS = 30, 260, 14
"""A story's points: how many, how long each, and how many lines below the headline they end; ingredients and dates are shorter."""
_SENTENCE = 40
"""The shortest sentence that may be a story's first paragraph below its points."""
_ABOVE = frozenset({"authors", "published_raw", "modified_raw", "stamp", "byline"})
"""What says, without a headline, that a story has not begun yet."""
_MOST_DATA, _DATA, _DATA_WORDS = 6, 30, 3
"""Items of a list of who wrote a story and when, and the longest of them that says neither: a desk, an agency."""


def take_points(draft: Draft, title: int) -> None:
    """Remove the story's points, a short list of long items right above the first paragraph, with nothing but furniture over it."""
    items, after = _listed(draft, title + 1)
    if after and _LEAST_POINTS <= len(items) <= _MOST_POINTS and items[-1] - title <= _HEAD_POINTS:
        _remove_points(draft, items)


def take_points_below_stamp(draft: Draft) -> None:
    """Remove a list on top as `take_points` does where no headline stands over it, but the byline or the day, and nothing else."""
    items, after = _listed(draft, 0)
    if not after or not _LEAST_POINTS <= len(items) <= _MOST_POINTS or items[-1] > _HEAD_POINTS:
        return
    if not _ABOVE.isdisjoint(draft.verdict[: items[0]]):
        _remove_points(draft, items)


def _listed(draft: Draft, start: int) -> tuple[list[int], bool]:
    """The list items that are the first open blocks from `start` on, and whether a sentence follows them."""
    items: list[int] = []
    for index in draft.open_blocks():
        if index < start:
            continue
        if draft.blocks[index].kind != "list_item":
            return items, ends_sentence(draft.lines[index]) and len(draft.lines[index]) >= _SENTENCE
        items.append(index)
    return items, False


def _remove_points(draft: Draft, items: Sequence[int]) -> None:
    sizes = [len(draft.lines[index]) for index in items]
    if min(sizes) >= _POINT and max(sizes) <= _POINT_MAX:
        for index in items:
            draft.remove(index, "teaser", POINTS)


def take_data_list(draft: Draft) -> None:
    """Remove the short labels of a list above the story from which the byline or the day has left: a desk, an agency, the paper."""
    first, _ = draft.body()
    index = 0
    while index < first:
        end = index
        while end < first and draft.blocks[end].kind == "list_item":
            end += 1
        items = range(index, end)
        if 1 < len(items) <= _MOST_DATA and any(draft.verdict[item] in _ABOVE for item in items):
            opened = [item for item in items if draft.is_open(item)]
            if all(_is_short_label(draft.lines[item]) for item in opened):
                for item in opened:
                    draft.remove(item, "byline", DATA_LIST)
        index = end + 1


def _is_short_label(line: str) -> bool:
    return len(line) <= _DATA and len(line.split()) <= _DATA_WORDS + 1 and not ends_sentence(line)
