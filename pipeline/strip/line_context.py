"""What the line model sees beyond a block's neighbours: the run it stands in, furniture before and after it, the page's usual prose.

A menu, a table of cells and a list of teasers are long runs of short lines, and what tells them apart stands at their ends; below a
heading of comments or of other stories prose is no article any more, however far below.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.strip.page import Draft
    from pipeline.text.characters import Ints

VERDICTS = (
    "", "share", "embed_code", "player", "advert", "related", "teaser", "navigation", "promo", "newsletter", "consent", "paywall",
    "comments", "credit", "stamp", "byline", "tags", "legal", "repeat", "other_article", "chrome", "unscored",
)  # fmt: skip
MOVED = ("title", "description", "authors", "images", "embeds", "published_raw", "modified_raw", "copyright", "other")
"""The fields that take whole blocks; all others count as one."""
COUNTED = ("comments", "related", "tags", "share", "legal", "newsletter", "navigation")
"""Kinds of furniture of which those after the page's core are counted."""
RUN = (
    "run_lines", "run_chars", "run_tone", "run_topic", "run_taken", "run_stops", "run_digits", "run_capitals", "run_index",
    "run_from_end", "run_prose_before", "run_prose_after",
)  # fmt: skip
MARKS = (
    "mark_before", "mark_before_far", "mark_after", "mark_after_far",
    *(f"{kind}_{side}" for kind in COUNTED for side in ("before", "after")), "moved",
)  # fmt: skip
USUAL = ("english", "usual_chars", "least_chars", "chars_to_usual", "chars_to_least", "core_prose")
CONTEXT = (*RUN, *MARKS, *USUAL)
"""Columns of `context`, in order."""

_NUMBERS = {name: number for number, name in enumerate((*VERDICTS, *MOVED))}
_FAR = 300
_LINES = 500
_CHARS = 20_000
_STEPS = 200
_MANY = 20
_SMALL_WORDS = (" the ", " of ", " and ")
"""Words that no other language has: how common they are says whether a page is English."""


def context(draft: Draft, own: Mapping[str, Ints], place: Mapping[str, Ints]) -> dict[str, Ints]:
    """Columns of every block, by the names of `CONTEXT`.

    Args:
        draft: The page as the rules left it.
        own: Columns of the blocks by themselves.
        place: Columns of the blocks' places on the page.
    """
    return {**_runs(own), **_marks(draft, place), **_usual(draft, own, place)}


def _runs(own: Mapping[str, Ints]) -> dict[str, Ints]:
    """The run of prose, or of anything but prose, that a block stands in, and the prose around the run."""
    prose = own["prose"] * (own["verdict"] == 0)
    edge = np.concatenate([[True], prose[1:] != prose[:-1]])
    first, run = np.flatnonzero(edge), np.cumsum(edge) - 1
    last = np.append(first[1:], len(prose))
    lines = last - first

    def total(values: np.ndarray) -> np.ndarray:
        return np.add.reduceat(values.astype(np.int64), first)

    chars = np.minimum(total(np.minimum(own["chars"], 600)), _CHARS)
    topic = total(np.maximum(own["topic"], 0) * own["topic_words"]) // np.maximum(total(own["topic_words"]), 1)
    index = np.arange(len(prose))
    values = {
        "run_lines": np.minimum(lines, _LINES),
        "run_chars": chars,
        "run_tone": total(own["tone_sum"]) * 10 // np.maximum(total(own["words"]), 1),
        "run_topic": topic,
        "run_taken": total(own["verdict"] > 0) * 100 // lines,
        "run_stops": total(own["stops"]) * 100 // lines,
        "run_digits": total(own["digits"]) // lines,
        "run_capitals": total(own["capitals"]) // lines,
        "run_prose_before": np.concatenate([[0], chars[:-1]]),
        "run_prose_after": np.append(chars[1:], 0),
    }
    return {name: value[run] for name, value in values.items()} | {
        "run_index": np.minimum(index - first[run], _STEPS),
        "run_from_end": np.minimum(last[run] - 1 - index, _STEPS),
    }


def _marks(draft: Draft, place: Mapping[str, Ints]) -> dict[str, Ints]:
    """The nearest block on either side that something took or named, how far it is, and how many of each kind follow the page's core."""
    count = len(draft.verdict)
    other = itertools.repeat(_NUMBERS["other"])
    taken = np.fromiter(map(_NUMBERS.get, draft.verdict, other), np.int32, count)
    marks = np.where(taken > 0, taken, np.fromiter(map(_NUMBERS.get, draft.spoken, other), np.int32, count))
    index = np.arange(count)
    before = np.concatenate([[-1], np.maximum.accumulate(np.where(marks > 0, index, -1))[:-1]])
    after = np.append(np.minimum.accumulate(np.where(marks > 0, index, count)[::-1])[::-1][1:], count)
    columns = {
        "mark_before": np.where(before >= 0, marks[before], -1),
        "mark_before_far": np.minimum(index - before, _FAR),
        "mark_after": np.where(after < count, marks[np.minimum(after, count - 1)], -1),
        "mark_after_far": np.minimum(after - index, _FAR),
        "moved": np.full(count, min(int((taken >= len(VERDICTS)).sum()), _MANY)),
    }
    below = place["core_before"] <= 0
    for kind in COUNTED:
        found = (marks == _NUMBERS[kind]) & below
        running = np.cumsum(found)
        columns[f"{kind}_before"] = np.minimum(running - found, _MANY)
        columns[f"{kind}_after"] = np.minimum(running[-1] - running, _MANY)
    return columns


def _usual(draft: Draft, own: Mapping[str, Ints], place: Mapping[str, Ints]) -> dict[str, Ints]:
    """Whether the page is English, and how long a block is beside the paragraphs of the page's core."""
    count = len(draft.blocks)
    chars = own["chars"]
    sizes = np.sort(chars[(own["prose"] == 1) & (own["verdict"] == 0) & (place["in_core"] == 1)])
    usual, least = (int(sizes[len(sizes) // 2]), int(sizes[len(sizes) // 4])) if len(sizes) else (0, 0)
    return {
        "english": np.full(count, _share_of(draft.text, _SMALL_WORDS)),
        "usual_chars": np.full(count, usual),
        "least_chars": np.full(count, least),
        "chars_to_usual": chars * 100 // max(usual, 1),
        "chars_to_least": chars * 100 // max(least, 1),
        "core_prose": np.full(count, min(len(sizes), _LINES)),
    }


def _share_of(text: str, wanted: Sequence[str]) -> int:
    """How often any of the strings stands in ten thousand characters of the front of the text."""
    front = text[:_CHARS]
    return sum(map(front.count, wanted)) * 10_000 // max(len(front), 1)
