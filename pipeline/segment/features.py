"""What the pair model sees of two neighbouring lines: lengths, the kinds of characters at their edges, and the company they keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline.chars import CLOSE, COMMA, DIGIT, LOWER, OPEN, SPACE, STOP, UPPER, Classes, Ints
from pipeline.segment.inside import INSIDE_FEATURES, inside_features

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.segment.lines import Line

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
    edge = np.maximum(starts, ends - _EDGE)
    # The last word: how far before the end the last white space stands, at most _EDGE characters.
    back = np.full(len(starts), _EDGE, dtype=np.int32)
    for step in range(_EDGE, 0, -1):
        at = ends - step
        hit = (at >= edge) & (classes.at(at) == SPACE)
        back[hit] = step - 1
    short = edge == starts
    back = np.where((back == _EDGE) & short, np.minimum(ends - starts, _EDGE), back).astype(np.int32)
    return {
        "chars": np.minimum(ends - starts, _LONG).astype(np.int32),
        "words": np.minimum(classes.words(starts, ends), _LONG).astype(np.int32),
        "stops": np.minimum(classes.total(starts, ends, STOP), 50).astype(np.int32),
        "commas": np.minimum(classes.total(starts, ends, COMMA), 50).astype(np.int32),
        "uppers": _percent(classes.total(starts, ends, UPPER), ends - starts),
        "digits": _percent(classes.total(starts, ends, DIGIT), ends - starts),
        "first": classes.at(starts),
        "second": np.where(ends - starts > 1, classes.at(starts + 1), SPACE).astype(np.int32),
        "last": classes.at(ends - 1),
        "before_last": np.where(ends - starts > 1, classes.at(ends - 2), SPACE).astype(np.int32),
        "last_word": back,
        "last_word_case": classes.at(ends - np.maximum(back, 1)),
    }


def edge_words(text: str, lines: Sequence[Line]) -> tuple[list[str], list[str]]:
    r"""The first and the last word of every line, folded; of a long word only the 24 characters at the edge.

    >>> from pipeline.segment.lines import split_lines
    >>> edge_words("He said the\nMayor left.", split_lines("He said the\nMayor left."))
    (['he', 'mayor'], ['the', 'left.'])
    """
    heads = [text[line.start : line.start + _EDGE] for line in lines]
    tails = [text[max(line.start, line.end - _EDGE) : line.end] for line in lines]
    return [head.split(None, 1)[0].lower() for head in heads], [tail.rsplit(None, 1)[-1].lower() for tail in tails]


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
    table = np.array([(line.start, line.end, line.run) for line in lines], dtype=np.int32)
    starts, ends, runs = table[:, 0], table[:, 1], table[:, 2]
    columns = line_features(classes, starts, ends)
    own = np.stack([columns[name] for name in LINE_FEATURES], axis=1)
    side = np.stack([columns[name] for name in SIDE_FEATURES], axis=1)
    count = len(lines) - 1
    padded = np.concatenate([np.zeros((1, side.shape[1]), np.int32), side, np.zeros((1, side.shape[1]), np.int32)])
    same = _same_lines(text, lines)
    ended = (columns["last"] == STOP) | ((columns["last"] == CLOSE) & (columns["before_last"] == STOP))
    since, chars_since = _since(ended, columns["chars"])
    until, _ = _since(ended[::-1], columns["chars"][::-1])
    lower = (columns["first"] == LOWER) | (columns["first"] == COMMA) | (columns["first"] == STOP) | (columns["first"] == CLOSE)
    near = np.convolve(lower.astype(np.int32), np.ones(7, np.int32))[3:-3].astype(np.int32)
    opened = classes.total(starts, ends, OPEN) - classes.total(starts, ends, CLOSE)
    joint = np.stack(
        [same[:-1], same[1:], opened[:-1], since[:-1], chars_since[:-1], until[::-1][1:], near[:-1], *inside_features(text, lines)], axis=1
    )
    first_words, last_words = edge_words(text, lines)
    came = np.array([0, *(came_from.get(word, 0) for word in first_words), 0], dtype=np.int32)
    goes = np.array([0, *(goes_on.get(word, 0) for word in last_words), 0], dtype=np.int32)
    edges = np.stack([goes[:-3], goes[1:-2], goes[2:-1], came[1:-2], came[2:-1], came[3:]], axis=1)
    doc = np.broadcast_to(_document(columns, ended, lower, runs), (count, len(DOC_FEATURES)))
    return np.concatenate([own[:-1], own[1:], padded[:count], padded[3:][:count], joint, edges, doc], axis=1).astype(np.int32)


def _document(columns: dict[str, Ints], ended: np.ndarray, lower: np.ndarray, runs: Ints) -> Ints:
    """Features of the page as a whole."""
    count = len(ended)
    return np.array(
        [
            min(count, 2000),
            int(lower.sum()) * 100 // count,
            int(ended.sum()) * 100 // count,
            int((columns["chars"] > 100).sum()) * 100 // count,
            int(columns["chars"].sum()) // count,
            int(runs[-1]) * 100 // count,
            _capital_words(columns),
        ],
        dtype=np.int32,
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
    bodies = [text[line.start : min(line.end, line.start + 200)] for line in lines]
    counts: dict[str, int] = {}
    for body in bodies:
        counts[body] = counts.get(body, 0) + 1
    return np.array([min(counts[body], 9) for body in bodies], dtype=np.int32)


def _since(ended: np.ndarray, chars: Ints) -> tuple[Ints, Ints]:
    """For each line: how many lines before it, and how many characters, since the last one that ends a sentence."""
    index = np.arange(len(ended))
    last = np.maximum.accumulate(np.where(ended, index, -1))
    before = np.concatenate([[-1], last[:-1]])
    total = np.concatenate([[0], np.cumsum(chars)])
    lines = np.minimum(index - before - 1, 20).astype(np.int32)
    characters = np.minimum(total[index] - total[before + 1], 2000).astype(np.int32)
    return lines, characters
