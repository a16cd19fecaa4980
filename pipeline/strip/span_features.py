"""What the span model sees of a span: its characters and words, its line, its neighbours, its section, the text and its kind.

A span is a part of a block that rules and models judge by itself. All columns are integers made by integer arithmetic, so that every
machine sees the same.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pipeline.strip.character_columns import character_columns
from pipeline.strip.line_context import _NUMBERS
from pipeline.strip.span_words import SAID, TABLE, Heard, Places, hear, places, said, span_totals, table_columns
from pipeline.text.characters import CJK, CLOSE, COLON, DASH, OPEN, PUNCT, QUOTE, STOP, SYMBOL, Classes, Ints, classify
from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipeline.strip.line_cache import Known
    from pipeline.strip.page import Draft

OWN = (
    "chars", "words", "stops", "commas", "colons", "uppers", "digits", "quotes", "odd", "dashes", "first", "second", "last", "before_last",
    "capitals", "small_words", "word_length", "wide", "colon_at", "open_at", "dash_at", "bar_at", "at_signs", "links", "hashes",
    "verdict", "spoken", "kind", "index_in_block", "left_in_block", "spans_in_block", "block_chars", "share_of_block",
    "break_before", "break_after", "same", "line_score", "slashes", "bars", "years",
)  # fmt: skip
NEAR = (
    "chars",
    "first",
    "last",
    "table",
    "table_max",
    "capitals",
    "verdict",
    "spoken",
    "break_before",
    "said_nowhere",
    "digits",
    "sentence",
)
REACH = (-3, -2, -1, 1, 2, 3)
PLACE = (
    "index", "from_end", "chars_before", "chars_after", "sentences_before", "sentences_after", "sentence", "alone",
    "run", "run_index", "run_from_end", "run_table", "run_chars", "run_stops", "run_digits",
    "head_far", "head_chars", "head_table", "head_colon", "head_spoken", "section", "section_least",
    "mark_before", "mark_before_far", "mark_after", "mark_after_far",
    "table_3", "table_10", "to_table_3", "to_table_10", "chars_3", "chars_10", "taken_3", "taken_10", "table_before", "table_after",
    "least_before", "least_after", "block_table",
)  # fmt: skip
PAGE = (
    "spans", "blocks", "page_chars", "page_lines", "per_block", "blank_lines", "page_taken", "page_marks", "page_table", "page_low",
    "page_low_quarter", "page_sentences", "page_usual", "page_wide", "asked", "english",
)  # fmt: skip
SPAN_FEATURES = (*OWN, *TABLE, *SAID, *(f"{name}{step:+d}" for step in REACH for name in NEAR), *PLACE, *PAGE)
"""Columns of `span_features`, in order."""

SHAPED = frozenset({"table", "code", "preformatted"})
"""Kinds that no model takes: they were taught on lines of prose and furniture, and a table's rows look like neither."""
_KINDS = {kind: number for number, kind in enumerate(("paragraph", "heading", "quote", "list_item", "table", "code", "preformatted"))}
_SENTENCE = 50
_SENTENCE_WIDE = 20
_SHORT = 120
"""The least length of a sentence, in a script without spaces too; the most of a span that may be an entry of a run."""
_HEAD = 70
_NO_SCORE = 9000
_FAR = 300
_YEAR = expression(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_SMALL_WORDS = (" the ", " of ", " and ")


class Parts:
    """The spans of a page that are not cut inside a block already, sorted.

    `known` is asked what rules say of parts of blocks; `scores` are the line model's, by block, None where it was not asked.
    """

    def __init__(self, draft: Draft, known: Known, scores: Mapping[int, int] | None = None) -> None:
        self.draft = draft
        text = draft.text
        self.starts, self.ends, self.block = np.array(list(_left(draft)), np.int32).reshape(-1, 3).T.copy()
        self.texts = [text[start:end] for start, end in zip(self.starts.tolist(), self.ends.tolist(), strict=True)]
        self.line_scores = scores
        self.spoken = self._marks(known)
        self.codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)

    def _marks(self, known: Known) -> list[str]:
        """The kind that a rule names for each span: for the only one of its block what was said of the block."""
        spoken = list(map(self.draft.spoken.__getitem__, self.block.tolist()))
        inside = np.flatnonzero(~self.alone()).tolist()
        for place, marks in zip(inside, known.marks([self.texts[place] for place in inside]), strict=True):
            spoken[place] = marks[0].rule.kind if marks else ""
        return spoken

    def open(self) -> np.ndarray:
        """Which spans the model may be asked about."""
        asked = [not verdict and block.kind not in SHAPED for verdict, block in zip(self.draft.verdict, self.draft.blocks, strict=True)]
        return np.array(asked, dtype=bool)[self.block]

    def alone(self) -> np.ndarray:
        """Which spans are a block by themselves."""
        same = self.block[1:] == self.block[:-1]
        found: np.ndarray = ~np.concatenate([[False], same]) & ~np.concatenate([same, [False]])
        return found

    def edges(self) -> np.ndarray:
        """The first two and the last two characters of each span."""
        codes, starts, ends = self.codes, self.starts, self.ends
        return np.stack(
            [codes[starts], codes[np.minimum(starts + 1, ends - 1)], codes[np.maximum(ends - 2, starts)], codes[ends - 1]], axis=1
        )


def _left(draft: Draft) -> Iterator[tuple[int, int, int]]:
    """Start, end and block of each span, without fronts that moved to a field and parts that a rule cut out."""
    cuts = sorted((cut.start, cut.end) for parts in draft.parts.values() for cut in parts)
    place = 0
    for span in draft.spans():
        start = max(span.start, draft.starts[span.block])
        while place < len(cuts) and cuts[place][1] <= start:
            place += 1
        at = place
        while start < span.end:
            end = min(cuts[at][0], span.end) if at < len(cuts) else span.end
            part = draft.text[start:end]
            if part.strip():
                yield start + len(part) - len(part.lstrip()), start + len(part.rstrip()), span.block
            start = cuts[at][1] if at < len(cuts) else span.end
            at += 1


class Seen(NamedTuple):
    """What can be said of a page's spans without a table.

    Attributes:
        heard: Their words.
        found: The table's places of each.
        heads: For each span, the nearest span before it that reads as a heading, -1 where there is none.
        columns: Columns by `OWN` and `SAID`.
    """

    heard: Heard
    found: Places
    heads: np.ndarray
    columns: dict[str, np.ndarray]


def look(parts: Parts) -> Seen:
    """Everything that depends on the page alone."""
    heard = hear(parts.texts)
    columns = _own(parts, classify(parts.draft.text)) | said(heard)
    return Seen(heard, places(heard, parts.edges()), _heads(columns), columns)


def _stopped(own: Mapping[str, np.ndarray]) -> np.ndarray:
    """Which spans end as sentences do."""
    last, before = own["last"], own["before_last"]
    found: np.ndarray = (last == STOP) | (((last == CLOSE) | (last == QUOTE)) & (before == STOP))
    return found


def _heads(own: Mapping[str, np.ndarray]) -> np.ndarray:
    """The nearest short line without an end before each span."""
    heading = (own["break_before"] > 0) & (own["break_after"] > 0) & ~_stopped(own) & (own["chars"] <= _HEAD)
    heading[:1] = False
    return _before(heading, -1)


def span_features(parts: Parts, seen: Seen, table: np.ndarray, sections: np.ndarray) -> Ints:
    """One row a span.

    Args:
        parts: The spans of a page as rules and the line model left it.
        seen: What `look` found of them.
        table: Learned scores of hashed words; see `span_words`.
        sections: Learned scores of the hashed words of headings, for what stands under them.

    Returns:
        Rows by `SPAN_FEATURES`.
    """
    columns = seen.columns | table_columns(seen.heard, seen.found, table)
    columns |= _place(parts, seen, columns, span_totals(seen.found, sections, len(parts.starts)))
    columns |= _page(parts, columns)
    count = len(parts.starts)
    # Column after column is faster to fill than row after row, and what the forest wants.
    out = np.full((len(SPAN_FEATURES), count), -1, dtype=np.int32)
    number = len(OWN) + len(TABLE) + len(SAID)
    for row, name in zip(out, (*OWN, *TABLE, *SAID), strict=False):
        row[:] = columns[name]
    near = np.stack([columns[name] for name in NEAR]).astype(np.int32)
    for step in REACH:
        block = out[number : number + len(NEAR)]
        if abs(step) < count:
            if step > 0:
                block[:, :-step] = near[:, step:]
            else:
                block[:, -step:] = near[:, :step]
        number += len(NEAR)
    for row, name in zip(out[number:], (*PLACE, *PAGE), strict=True):
        row[:] = columns[name]
    return out.T


def _first_of(wanted: np.ndarray, starts: Ints, ends: Ints) -> np.ndarray:
    """Where in each span the first of some places stands, 99 where there is none in reach."""
    if not len(wanted):
        return np.full(len(starts), 99)
    at = wanted[np.minimum(wanted.searchsorted(starts), len(wanted) - 1)]
    return np.where((at >= starts) & (at < ends), np.minimum(at - starts, 98), 99)


def _count(mask: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """How often a mask over characters holds in each stretch."""
    places = np.flatnonzero(mask)
    found: np.ndarray = places.searchsorted(ends) - places.searchsorted(starts)
    return found


def _links(parts: Parts) -> np.ndarray:
    """How many addresses, or ends of addresses, each span holds."""
    marks = [mark for mark in ("://", "www.", ".com") if mark in parts.draft.text]
    if not marks:
        return np.zeros(len(parts.texts), np.int32)
    return np.fromiter((sum(map(part.count, marks)) for part in parts.texts), np.int32, len(parts.texts))


def _years(parts: Parts) -> np.ndarray:
    """How many years of the last two centuries each span names."""
    places = np.fromiter((found.start() for found in _YEAR.finditer(parts.draft.text)), np.int32)
    return places.searchsorted(parts.ends) - places.searchsorted(parts.starts)


def _own(parts: Parts, classes: Classes) -> dict[str, np.ndarray]:
    draft, starts, ends, block = parts.draft, parts.starts, parts.ends, parts.block
    size = ends - starts
    safe = np.maximum(size, 1)
    tally = classes.tally(starts, ends)
    kinds = classes.classes
    number = len(draft.blocks)
    first_of_block = np.searchsorted(block, np.arange(number), side="left")
    after_block = np.searchsorted(block, np.arange(number), side="right")
    index = np.arange(len(starts))
    block_chars = np.fromiter((len(line) for line in draft.lines), np.int64, number)
    breaks = np.minimum(_count(parts.codes == ord("\n"), np.concatenate([[0], ends[:-1]]), starts), 3)
    counted: dict[str, int] = {}
    for part in parts.texts:
        counted[part] = counted.get(part, 0) + 1
    verdicts = np.fromiter(map(_NUMBERS.get, draft.verdict, itertools.repeat(_NUMBERS["other"])), np.int32, number)
    spoken = np.fromiter(map(_NUMBERS.get, parts.spoken, itertools.repeat(_NUMBERS["other"])), np.int32, len(starts))
    given = parts.line_scores or {}
    line_scores = np.fromiter((given.get(one, _NO_SCORE) for one in range(number)), np.int32, number)
    is_wide = np.concatenate([[0], np.cumsum(kinds == CJK)])
    return character_columns(classes, starts, ends, tally) | {
        "odd": np.minimum(tally[:, SYMBOL] + tally[:, PUNCT], 20),
        "dashes": np.minimum(tally[:, DASH], 20),
        "second": kinds[np.minimum(starts + 1, ends - 1)],
        "before_last": kinds[np.maximum(ends - 2, starts)],
        "wide": (is_wide[ends] - is_wide[starts]) * 100 // safe,
        "colon_at": _first_of(np.flatnonzero(kinds == COLON), starts, ends),
        "open_at": _first_of(np.flatnonzero(kinds == OPEN), starts, ends),
        "dash_at": _first_of(np.flatnonzero(kinds == DASH), starts, ends),
        "bar_at": _first_of(np.flatnonzero(kinds == SYMBOL), starts, ends),
        "at_signs": _count(parts.codes == ord("@"), starts, ends),
        "links": _links(parts),
        "hashes": _count(parts.codes == ord("#"), starts, ends),
        "verdict": verdicts[block],
        "spoken": spoken,
        "kind": np.fromiter((_KINDS[one.kind] for one in draft.blocks), np.int32, number)[block],
        "index_in_block": np.minimum(index - first_of_block[block], 100),
        "left_in_block": np.minimum(after_block[block] - 1 - index, 100),
        "spans_in_block": np.minimum((after_block - first_of_block)[block], 200),
        "block_chars": np.minimum(block_chars[block], 10_000),
        "share_of_block": size * 100 // np.maximum(block_chars[block], 1),
        "break_before": breaks,
        "break_after": np.append(breaks[1:], 3),
        "same": np.fromiter((min(counted[part], 9) for part in parts.texts), np.int32, len(starts)),
        "line_score": line_scores[block],
        "slashes": np.minimum(_count(parts.codes == ord("/"), starts, ends), 20),
        "bars": np.minimum(_count(parts.codes == ord("|"), starts, ends), 20),
        "years": _years(parts),
    }


def _window(values: np.ndarray, reach: int) -> np.ndarray:
    running = np.concatenate([[0], np.cumsum(values, dtype=np.int64)])
    index = np.arange(len(values))
    found: np.ndarray = running[np.minimum(index + reach + 1, len(values))] - running[np.maximum(index - reach, 0)]
    return found


def _before(values: np.ndarray, none: int) -> np.ndarray:
    """The last index at or before each place where a mask holds, shifted so that a place does not see itself."""
    index = np.arange(len(values))
    return np.concatenate([[none], np.maximum.accumulate(np.where(values, index, none))[:-1]])


def _place(parts: Parts, seen: Seen, own: Mapping[str, np.ndarray], sections: np.ndarray) -> dict[str, np.ndarray]:
    count = len(parts.starts)
    index = np.arange(count)
    chars, table, taken = own["chars"], own["table"], (own["verdict"] > 0)
    stopped = _stopped(own)
    sentence = (stopped & ((chars >= _SENTENCE) | ((own["wide"] > 50) & (chars >= _SENTENCE_WIDE)))).astype(np.int64)
    running, total = np.cumsum(sentence), np.cumsum(chars)
    whole = max(int(total[-1]), 1)
    alone = (own["break_before"] > 0) & (own["break_after"] > 0)
    if count:
        alone[0] = own["break_after"][0] > 0
    columns = {
        "index": np.minimum(index, 999),
        "from_end": np.minimum(count - 1 - index, 999),
        "chars_before": (total - chars) * 1000 // whole,
        "chars_after": (whole - total) * 1000 // whole,
        "sentences_before": np.minimum(running - sentence, 200),
        "sentences_after": np.minimum(running[-1] - running, 200),
        "sentence": sentence,
        "alone": alone,
    }
    columns |= _runs(own, alone & ~((sentence > 0) & (chars > _SHORT)) & (chars <= 2 * _SHORT), stopped)
    last = seen.heads
    section = np.where(last >= 0, sections[np.maximum(last, 0)], 0)
    safe = np.maximum(last, 0)
    marks = np.where(taken, own["verdict"], own["spoken"])
    before, after = _before(marks > 0, -1), (count - 1 - _before((marks > 0)[::-1], -1))[::-1]
    after = np.where(after > count - 1, count, after)
    block_sum = np.bincount(parts.block, weights=table * chars, minlength=1).astype(np.int64)
    block_chars = np.bincount(parts.block, weights=chars, minlength=1).astype(np.int64)
    means = {
        reach: _window(table * np.minimum(chars, 400), reach) // np.maximum(_window(np.minimum(chars, 400), reach), 1) for reach in (3, 10)
    }
    opened = np.where(taken, 0, table)
    return columns | {
        "head_far": np.where(last >= 0, np.minimum(index - last, _FAR), _FAR),
        "head_chars": np.where(last >= 0, np.minimum(total - chars - total[safe], 5000), -1),
        "head_table": np.where(last >= 0, table[safe], 0),
        "head_colon": np.where(last >= 0, own["last"][safe], -1),
        "section": section,
        "section_least": np.minimum.accumulate(section),
        "head_spoken": np.where(last >= 0, marks[safe], -1),
        "mark_before": np.where(before >= 0, marks[np.maximum(before, 0)], -1),
        "mark_before_far": np.where(before >= 0, np.minimum(index - before, _FAR), _FAR),
        "mark_after": np.where(after < count, marks[np.minimum(after, count - 1)], -1),
        "mark_after_far": np.where(after < count, np.minimum(after - index, _FAR), _FAR),
        "table_3": means[3],
        "table_10": means[10],
        "to_table_3": table - means[3],
        "to_table_10": table - means[10],
        "chars_3": _window(np.minimum(chars, 400), 3),
        "chars_10": _window(np.minimum(chars, 400), 10),
        "taken_3": _window(taken, 3),
        "taken_10": _window(taken, 10),
        "table_before": _mean_before(opened, chars),
        "table_after": _mean_before(opened[::-1], chars[::-1])[::-1],
        "least_before": np.concatenate([[0], np.minimum.accumulate(opened)[:-1]]),
        "least_after": np.concatenate([[0], np.minimum.accumulate(opened[::-1])[:-1]])[::-1],
        "block_table": (block_sum // np.maximum(block_chars, 1))[parts.block],
    }


def _mean_before(values: np.ndarray, chars: np.ndarray) -> np.ndarray:
    """The mean of some values over all spans before each span, by their characters."""
    weight = np.minimum(chars, 400)
    found: np.ndarray = (np.cumsum(values * weight) - values * weight) // np.maximum(np.cumsum(weight) - weight, 1)
    return found


def _runs(own: Mapping[str, np.ndarray], short: np.ndarray, stopped: np.ndarray) -> dict[str, np.ndarray]:
    """The run of short lines, or of anything else, that a span stands in."""
    edge = np.concatenate([[True], short[1:] != short[:-1]])
    first, run = np.flatnonzero(edge), np.cumsum(edge) - 1
    lengths = np.append(first[1:], len(short)) - first

    def mean(values: np.ndarray) -> np.ndarray:
        return np.add.reduceat(values.astype(np.int64), first) // lengths

    index = np.arange(len(short))
    return {
        "run": np.where(short, np.minimum(lengths[run], 200), -np.minimum(lengths[run], 200)),
        "run_index": np.minimum(index - first[run], 200),
        "run_from_end": np.minimum(first[run] + lengths[run] - 1 - index, 200),
        "run_table": mean(own["table"])[run],
        "run_chars": mean(own["chars"])[run],
        "run_stops": mean(stopped * 100)[run],
        "run_digits": mean(own["digits"])[run],
    }


def _page(parts: Parts, own: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The page as a whole, and what kind of text it is."""
    count = len(parts.starts)
    chars, table = own["chars"], own["table"]
    opened = own["verdict"] == 0
    size = max(int(chars.sum()), 1)
    ranked = np.sort(table[opened]) if opened.any() else np.zeros(1, np.int64)
    sentences = np.sort(chars[opened & (own["sentence"] > 0)])
    front = parts.draft.text[:20_000]
    values = {
        "spans": min(count, 2000),
        "blocks": min(len(parts.draft.blocks), 2000),
        "page_chars": min(size, 100_000),
        "page_lines": min(int((own["break_before"] > 0).sum()), 2000),
        "per_block": min(count * 10 // max(len(parts.draft.blocks), 1), 1000),
        "blank_lines": int((own["break_before"] > 1).sum()) * 100 // max(count, 1),
        "page_taken": int(chars[~opened].sum()) * 1000 // size,
        "page_marks": min(int((own["spoken"] > 0).sum()), 200),
        "page_table": int((table * chars).sum()) // size,
        "page_low": int(ranked[0]),
        "page_low_quarter": int(ranked[len(ranked) // 4]),
        "page_sentences": int((own["sentence"] * chars).sum()) * 100 // size,
        "page_usual": int(sentences[len(sentences) // 2]) if len(sentences) else 0,
        "page_wide": int((own["wide"] * chars).sum()) // size,
        "asked": int(parts.line_scores is not None),
        "english": sum(map(front.count, _SMALL_WORDS)) * 10_000 // max(len(front), 1),
    }
    return {name: np.full(count, value) for name, value in values.items()}
