"""What the line model sees of a block: its characters, its words, the rules that spoke, its neighbours and its place on the page.

All columns are integers made by integer arithmetic, so that every machine sees the same.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pipeline.strip.character_columns import character_columns
from pipeline.strip.line_context import CONTEXT, VERDICTS, context
from pipeline.text.characters import DASH, PUNCT, SYMBOL, Ints, classify, letter_words
from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.strip.page import Draft

KINDS = ("paragraph", "heading", "quote", "list_item", "table", "code", "preformatted")
OWN = (
    "chars", "words", "stops", "commas", "colons", "uppers", "digits", "quotes", "odd", "first", "last", "breaks", "kind", "capitals",
    "small_words", "word_length", "tone_sum", "tone_mean", "tone_min", "tone_max", "tone_first", "same", "prose", "verdict", "spoken",
    "url", "topic", "topic_words", "title_words",
)  # fmt: skip
NEAR = ("chars", "words", "stops", "last", "tone_mean", "verdict", "spoken", "prose", "capitals", "topic")
REACH = (-3, -2, -1, 1, 2, 3)
AROUND = ("prose_3", "prose_10", "tone_3", "tone_10", "chars_3", "chars_10", "taken_3", "taken_10", "prose_before", "prose_after")
PLACE = (
    "index",
    "from_end",
    "chars_before",
    "chars_after",
    "in_core",
    "core_before",
    "core_after",
    "in_wide",
    "wide_before",
    "wide_after",
    "from_title",
    "gap_before",
    "gap_after",
)
PAGE = ("blocks", "page_chars", "page_prose", "page_taken", "core_share", "core_blocks", "wide_share")
LINE_FEATURES = (*OWN, *(f"{name}{step:+d}" for step in REACH for name in NEAR), *AROUND, *PLACE, *PAGE, *CONTEXT)
"""Columns of `line_features`, in order."""

_KIND_NUMBERS = {kind: number for number, kind in enumerate(KINDS)}
_VERDICT_NUMBERS = {verdict: number for number, verdict in enumerate(VERDICTS)}
_URL = expression(r"https?://|www\.|\w@\w")
_READ = 1200
"""Characters of a block that are read for its words."""
_LONG_WORD = 5
_CORE_COST = 40
_WIDE_COST = 12
"""Characters of prose that a block without any must be outweighed by to stay in the page's core, and in the wider core of pages whose
article is full of short lines."""


def line_features(draft: Draft, title: int | None, tones: Mapping[str, int]) -> Ints:
    """One row a block.

    Args:
        draft: The page as the rules left it.
        title: The title's block, None where there is none.
        tones: How much a folded word speaks for the body (positive) or for furniture (negative).

    Returns:
        Rows by `LINE_FEATURES`.
    """
    own = _own(draft, title, tones)
    place = _place(draft, own, title)
    # Column after column is faster to fill than row after row, and what the forest wants.
    table = np.full((len(LINE_FEATURES), len(draft.blocks)), -1, dtype=np.int32)
    for row, name in zip(table, OWN, strict=False):
        row[:] = own[name]
    number = len(OWN)
    near = np.stack([own[name] for name in NEAR])
    for step in REACH:
        _shift(near, step, table[number : number + len(NEAR)])
        number += len(NEAR)
    last = {**_around(own), **place, **_page(own, place), **context(draft, own, place)}
    for row, name in zip(table[number:], (*AROUND, *PLACE, *PAGE, *CONTEXT), strict=True):
        row[:] = last[name]
    return table.T


def _shift(values: Ints, step: int, out: Ints) -> None:
    """Write the values of block i + step to block i of `out`; blocks that look outside the page stay as they are.

    Blocks go along the last axis.
    """
    if abs(step) < values.shape[-1]:
        if step > 0:
            out[..., :-step] = values[..., step:]
        else:
            out[..., -step:] = values[..., :step]


def _own(draft: Draft, title: int | None, tones: Mapping[str, int]) -> dict[str, Ints]:
    classes = classify(draft.text)
    starts = np.array([block.start for block in draft.blocks], dtype=np.int32)
    ends = np.array([block.end for block in draft.blocks], dtype=np.int32)
    tally = classes.tally(starts, ends)
    heard = _words(draft)
    lexical = _tones(heard, tones, len(draft.lines)) | _topic(draft, title, heard)
    same = Counter(line for line, verdict in zip(draft.lines, draft.verdict, strict=True) if verdict != "repeat")
    count = len(draft.lines)
    columns = character_columns(classes, starts, ends, tally) | {
        "odd": np.minimum(tally[:, SYMBOL] + tally[:, PUNCT] + tally[:, DASH], 20),
        "breaks": np.minimum(heard.breaks, 30),
        "kind": np.fromiter((_KIND_NUMBERS[block.kind] for block in draft.blocks), np.int32, count),
        "same": np.minimum(np.fromiter(map(same.__getitem__, draft.lines), np.int32, count), 9),
        "prose": np.array(draft.prose, dtype=np.int32),
        "verdict": np.fromiter(map(_VERDICT_NUMBERS.get, draft.verdict, itertools.repeat(len(VERDICTS))), np.int32, count),
        "spoken": np.fromiter(map(_VERDICT_NUMBERS.__getitem__, draft.spoken), np.int32, count),
        "url": np.fromiter(map(_has_url, draft.lines), np.int32, count),
    }
    return {name: column.astype(np.int32) for name, column in (columns | lexical).items()}


def _has_url(line: str) -> bool:
    return ("://" in line or "www." in line or "@" in line) and len(line) < 400 and _URL.search(line) is not None


class _Heard(NamedTuple):
    """The folded words of a page as numbers, the words that the numbers stand for, the block of each, the line ends in each block."""

    known: Ints
    words: list[str]
    blocks: Ints
    breaks: Ints


def _words(draft: Draft) -> _Heard:
    """Find all words in one pass over the page; of a long block only the first part is read."""
    heads = [line if len(line) <= _READ else line[:_READ] for line in draft.lines]
    words, counts = letter_words("\n".join(heads).lower())
    block_of_line, breaks = np.arange(len(heads), dtype=np.int32), np.zeros(len(heads), dtype=np.int32)
    if len(counts) > len(heads) or max(map(len, draft.lines), default=0) > _READ:  # some blocks may have line ends inside
        breaks = np.fromiter((line.count("\n") for line in draft.lines), np.int32, len(heads))
        inner = np.fromiter((head.count("\n") for head in heads), np.int32, len(heads))
        block_of_line = np.repeat(block_of_line, inner + 1)
    numbers: defaultdict[str, int] = defaultdict(itertools.count().__next__)
    known = np.fromiter(map(numbers.__getitem__, words), np.int32, len(words))
    return _Heard(known, list(numbers), np.repeat(block_of_line, counts), breaks)


def _tones(heard: _Heard, tones: Mapping[str, int], count: int) -> dict[str, np.ndarray]:
    """What the words of each block say: sum, mean in tenths, least, greatest and first tone."""
    values = np.fromiter(map(tones.get, heard.words, itertools.repeat(0)), np.int64, len(heard.words))[heard.known]
    total = np.bincount(heard.blocks, weights=values, minlength=count).astype(np.int64)
    words = np.bincount(heard.blocks, minlength=count)
    least, greatest, first = np.zeros(count, np.int64), np.zeros(count, np.int64), np.zeros(count, np.int64)
    if len(values):
        starts = np.flatnonzero(np.concatenate([[True], heard.blocks[1:] != heard.blocks[:-1]]))
        spoken = heard.blocks[starts]
        least[spoken] = np.minimum.reduceat(values, starts)
        greatest[spoken] = np.maximum.reduceat(values, starts)
        first[spoken] = values[starts]
    return {
        "tone_sum": np.clip(total, -2000, 2000),
        "tone_mean": total * 10 // np.maximum(words, 1),
        "tone_min": least,
        "tone_max": greatest,
        "tone_first": first,
    }


def _topic(draft: Draft, title: int | None, heard: _Heard) -> dict[str, np.ndarray]:
    """How much a block shares with the rest of the page's open prose: the percentage of its long words that stand there too."""
    count = len(draft.lines)
    size = max(len(heard.words), 1)
    long = (np.fromiter(map(len, heard.words), np.int64, len(heard.words)) >= _LONG_WORD)[heard.known]
    pairs = np.sort(heard.blocks[long].astype(np.int64) * size + heard.known[long])
    pairs = pairs[np.concatenate([[True], pairs[1:] != pairs[:-1]])] if len(pairs) else pairs
    block, word = pairs // size, pairs % size
    inside = np.fromiter((prose and not verdict for prose, verdict in zip(draft.prose, draft.verdict, strict=True)), np.int64, count)
    seen = np.bincount(word[inside[block] == 1], minlength=size)
    shared = np.bincount(block[seen[word] > inside[block]], minlength=count)
    own = np.bincount(block, minlength=count)
    head = np.zeros(size, dtype=bool)
    head[word[block == (title if title is not None else 0)]] = True
    return {
        "topic": np.where(own > 0, shared * 100 // np.maximum(own, 1), -1),
        "topic_words": np.minimum(own, 60),
        "title_words": np.minimum(np.bincount(block[head[word]], minlength=count), 9),
    }


def _window(values: Ints, reach: int) -> Ints:
    """Sum over the blocks up to `reach` away on both sides."""
    running = np.concatenate([[0], np.cumsum(values, dtype=np.int64)])
    index = np.arange(len(values))
    found: Ints = (running[np.minimum(index + reach + 1, len(values))] - running[np.maximum(index - reach, 0)]).astype(np.int32)
    return found


def _around(own: dict[str, Ints]) -> dict[str, Ints]:
    prose = own["prose"] * np.minimum(own["chars"], 600)
    taken = (own["verdict"] > 0).astype(np.int32)
    tone = own["tone_mean"]
    running = np.cumsum(own["prose"])
    return {
        "prose_3": _window(prose, 3),
        "prose_10": _window(prose, 10),
        "tone_3": _window(tone, 3),
        "tone_10": _window(tone, 10),
        "chars_3": _window(own["chars"], 3),
        "chars_10": _window(own["chars"], 10),
        "taken_3": _window(taken, 3),
        "taken_10": _window(taken, 10),
        "prose_before": np.minimum(running - own["prose"], 200),
        "prose_after": np.minimum(running[-1] - running, 200),
    }


def best_run(values: Ints) -> tuple[int, int]:
    """First and last+1 row of the run with the largest sum (Kadane's algorithm); the earliest of equals; (0, 0) where none is positive."""
    running = np.concatenate([[0], np.cumsum(values, dtype=np.int64)])
    lowest = np.minimum.accumulate(running)
    gain = running - lowest
    end = int(np.argmax(gain))
    if gain[end] <= 0:
        return 0, 0
    start = int(np.flatnonzero(running[: end + 1] == lowest[end])[-1])
    return start, end


def _place(draft: Draft, own: dict[str, Ints], title: int | None) -> dict[str, Ints]:
    count = len(draft.blocks)
    index = np.arange(count, dtype=np.int32)
    prose = own["prose"] * np.minimum(own["chars"], 400) * (own["verdict"] == 0)
    first, last = best_run(prose - _CORE_COST)
    wide_first, wide_last = best_run(prose - _WIDE_COST)
    chars = np.cumsum(own["chars"], dtype=np.int64)
    total = max(int(chars[-1]), 1)
    starts = np.array([block.start for block in draft.blocks])
    ends = np.array([block.end for block in draft.blocks])
    gaps = np.minimum(np.concatenate([[9], starts[1:] - ends[:-1]]), 9)
    return {
        "index": np.minimum(index, 999),
        "from_end": np.minimum(count - 1 - index, 999),
        "chars_before": ((chars - own["chars"]) * 100 // total).astype(np.int32),
        "chars_after": ((total - chars) * 100 // total).astype(np.int32),
        "in_core": ((index >= first) & (index < last)).astype(np.int32),
        "core_before": np.clip(first - index, -200, 200).astype(np.int32),
        "core_after": np.clip(index - last + 1, -200, 200).astype(np.int32),
        "in_wide": ((index >= wide_first) & (index < wide_last)).astype(np.int32),
        "wide_before": np.clip(wide_first - index, -200, 200).astype(np.int32),
        "wide_after": np.clip(index - wide_last + 1, -200, 200).astype(np.int32),
        "from_title": np.clip(index - title, -200, 400).astype(np.int32) if title is not None else np.full(count, -999, np.int32),
        "gap_before": gaps.astype(np.int32),
        "gap_after": np.concatenate([gaps[1:], [9]]).astype(np.int32),
    }


def _page(own: dict[str, Ints], place: dict[str, Ints]) -> dict[str, Ints]:
    count = len(own["chars"])
    chars = max(int(own["chars"].sum()), 1)
    core = place["in_core"] * own["chars"]
    values = {
        "blocks": min(count, 2000),
        "page_chars": min(chars, 100_000),
        "page_prose": int((own["prose"] * own["chars"]).sum()) * 100 // chars,
        "page_taken": int((own["verdict"] > 0).sum()) * 100 // count,
        "core_share": int(core.sum()) * 100 // chars,
        "core_blocks": min(int(place["in_core"].sum()), 500),
        "wide_share": int((place["in_wide"] * own["chars"]).sum()) * 100 // chars,
    }
    return {name: np.full(count, value, dtype=np.int32) for name, value in values.items()}
