"""What the pair model sees of two neighbouring lines: lengths, the kinds of characters at their edges, and the company they keep."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from pipeline.segment.edge_words import INSIDE_FEATURES, edges, inside_features
from pipeline.text.characters import CLOSE, COMMA, DIGIT, LOWER, OPEN, SPACE, STOP, UPPER, Classes, Ints

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.segment.split_lines import Line

LINE_FEATURES = (
    "chars",
    "words",
    "stops",
    "commas",
    "uppers",
    "digits",
    "first",
    "second",
    "last",
    "before_last",
    "last_word",
    "last_word_case",
)
SIDE_FEATURES = ("chars", "words", "first", "last")
DOC_FEATURES = ("doc_lines", "doc_lower", "doc_stop", "doc_long", "doc_mean", "doc_blank", "doc_capitals")
PAIR_FEATURES = (
    *(f"a_{name}" for name in LINE_FEATURES),
    *(f"b_{name}" for name in LINE_FEATURES),
    *(f"p_{name}" for name in SIDE_FEATURES),
    *(f"n_{name}" for name in SIDE_FEATURES),
    "same_line_count_a",
    "same_line_count_b",
    "a_open",
    "since_stop",
    "chars_since_stop",
    "until_stop",
    "near_lower",
    *INSIDE_FEATURES,
    "p_goes_on",
    "a_goes_on",
    "b_goes_on",
    "a_came_from",
    "b_came_from",
    "n_came_from",
    *DOC_FEATURES,
)
"""Columns of `pair_features`: of the first line, of the second, of the one before and the one after, of both together, of the page.

`goes_on` says how often a line that ends in this word goes on in the next one, `came_from` how often one that begins with this word
goes on from the one before: tables that `training.text_pairs` counts."""

_EDGE = 24
_LONG = 4000


def line_features(classes: Classes, starts: Ints, ends: Ints) -> dict[str, Ints]:
    """Columns that describe each line by itself; long lines count as `_LONG` characters."""
    sizes = ends - starts
    tally = classes.tally(starts, ends)
    at = classes.classes
    # The last word: how far before the end the last white space stands, at most _EDGE characters.
    space = classes.last_space(ends)
    back = np.where(space >= np.maximum(starts, ends - _EDGE), ends - space - 1, np.minimum(sizes, _EDGE)).astype(np.int32)
    return {
        "chars": np.minimum(sizes, _LONG).astype(np.int32),
        "words": np.minimum(classes.words(starts, ends), _LONG).astype(np.int32),
        "stops": np.minimum(tally[:, STOP], 50),
        "commas": np.minimum(tally[:, COMMA], 50),
        "uppers": _percent(tally[:, UPPER], sizes),
        "digits": _percent(tally[:, DIGIT], sizes),
        "first": at[starts].astype(np.int32),
        "second": np.where(sizes > 1, at[np.minimum(starts + 1, ends - 1)], SPACE).astype(np.int32),
        "last": at[ends - 1].astype(np.int32),
        "before_last": np.where(sizes > 1, at[np.maximum(ends - 2, 0)], SPACE).astype(np.int32),
        "last_word": back,
        "last_word_case": at[ends - np.maximum(back, 1)].astype(np.int32),
        "opened": tally[:, OPEN] - tally[:, CLOSE],
    }


def edge_words(text: str, classes: Classes, starts: Ints, ends: Ints) -> tuple[list[str], list[str]]:
    r"""The first and the last word of every line, folded; of a long word only the 24 characters at the edge.

    >>> from pipeline.text.characters import classify
    >>> edge_words("He said the\nMayor left.", classify("He said the\nMayor left."), np.array([0, 12]), np.array([11, 23]))
    (['he', 'mayor'], ['the', 'left.'])
    """
    return folded(*edges(text, classes, starts, ends))


def folded(heads: Sequence[str], tails: Sequence[str]) -> tuple[list[str], list[str]]:
    """Words at the edges of lines as the tables of the model hold them."""
    return [head[:_EDGE].lower() for head in heads], [tail[-_EDGE:].lower() for tail in tails]


def pair_features(text: str, classes: Classes, lines: Sequence[Line], came_from: Mapping[str, int], goes_on: Mapping[str, int]) -> Ints:
    """One row for every line but the last: its features and those of the line after it, `PAIR_FEATURES` in order.

    Args:
        text: The base text.
        classes: The classes of its characters.
        lines: Its lines, at least two.
        came_from: What first words say, in tenths of log2 odds.
        goes_on: What last words say.

    Returns:
        `len(lines) - 1` rows.
    """
    starts, ends, runs, _ = np.fromiter(itertools.chain.from_iterable(lines), np.int32, 4 * len(lines)).reshape(-1, 4).T.copy()
    columns = line_features(classes, starts, ends)
    own = [columns[name] for name in LINE_FEATURES]
    nothing = np.zeros(1, np.int32)
    side = [np.concatenate([nothing, columns[name], nothing]) for name in SIDE_FEATURES]
    same = _same_lines(text, lines)
    ended = (columns["last"] == STOP) | ((columns["last"] == CLOSE) & (columns["before_last"] == STOP))
    since, chars_since = _since(ended, columns["chars"])
    until, _ = _since(ended[::-1], columns["chars"][::-1])
    lower = (columns["first"] == LOWER) | (columns["first"] == COMMA) | (columns["first"] == STOP) | (columns["first"] == CLOSE)
    near = np.convolve(lower.astype(np.int32), np.ones(7, np.int32))[3:-3]
    heads, tails = edges(text, classes, starts, ends)
    first_words, last_words = folded(heads, tails)
    came = np.array([*map(came_from.get, first_words, itertools.repeat(0)), 0], dtype=np.int32)
    goes = np.array([0, *map(goes_on.get, last_words, itertools.repeat(0))], dtype=np.int32)
    # Column after column is faster to fill than row after row, and what the forest wants.
    table = np.empty((len(PAIR_FEATURES), len(lines) - 1), dtype=np.int32)
    columns_of_pairs: tuple[Ints | int, ...] = (
        *(column[:-1] for column in own), *(column[1:] for column in own),
        *(column[:-3] for column in side), *(column[3:] for column in side),
        same[:-1], same[1:], columns["opened"][:-1], since[:-1], chars_since[:-1], until[::-1][1:], near[:-1],
        *inside_features(text, heads, tails),
        goes[:-2], goes[1:-1], goes[2:], came[:-2], came[1:-1], came[2:],
        *_document(columns, ended, lower, runs),
    )  # fmt: skip
    for row, column in zip(table, columns_of_pairs, strict=True):
        row[:] = column
    return table.T


def _document(columns: dict[str, Ints], ended: np.ndarray, lower: np.ndarray, runs: Ints) -> tuple[int, ...]:
    """Features of the page as a whole, by `DOC_FEATURES`."""
    count = len(ended)
    return (
        min(count, 2000),
        int(lower.sum()) * 100 // count,
        int(ended.sum()) * 100 // count,
        int((columns["chars"] > 100).sum()) * 100 // count,
        int(columns["chars"].sum()) // count,
        int(runs[-1]) * 100 // count,
        _capital_words(columns),
    )


def _capital_words(columns: dict[str, Ints]) -> int:
    """Capital letters for a hundred words in long lines: German, with its capital nouns, has three times as many as English."""
    long = columns["chars"] > 80
    words = int(columns["words"][long].sum())
    capitals = int((columns["uppers"][long] * columns["chars"][long]).sum()) // 100
    return min(capitals * 100 // max(words, 1), 300)


def _percent(part: Ints, whole: Ints) -> Ints:
    result: Ints = (part * 100 // np.maximum(whole, 1)).astype(np.int32)
    return result


def _same_lines(text: str, lines: Sequence[Line]) -> Ints:
    """How often each line's words stand on the page as a line of their own, at most 9."""
    bodies = [text[start : end if end - start < 200 else start + 200] for start, end, _, _ in lines]
    counts = Counter(bodies)
    return np.minimum(np.fromiter(map(counts.__getitem__, bodies), dtype=np.int32, count=len(bodies)), 9)


def _since(ended: np.ndarray, chars: Ints) -> tuple[Ints, Ints]:
    """For each line: how many lines before it, and how many characters, since the last one that ends a sentence."""
    index = np.arange(len(ended))
    last = np.maximum.accumulate(np.where(ended, index, -1))
    before = np.concatenate([[-1], last[:-1]])
    total = np.concatenate([[0], np.cumsum(chars)])
    lines = np.minimum(index - before - 1, 20).astype(np.int32)
    characters = np.minimum(total[index] - total[before + 1], 2000).astype(np.int32)
    return lines, characters
