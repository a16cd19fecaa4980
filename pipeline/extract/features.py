"""The features of a page's blocks: one integer matrix, columns named, computed on whole columns.

No feature uses a transcendental function or a floating-point result: shares are integer percentages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.extract import chars
from pipeline.extract.containers import Containers, read_containers
from pipeline.extract.cues import cue_columns
from pipeline.extract.evidence import Evidence, agreement, fold_ends
from pipeline.extract.vocabulary import HIDDEN_BIT, TAG_BITS, Names, keywords

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from pipeline.extract.layout import Layout

    Column = NDArray[np.int64]

LEVELS = 5
_PROSE_WORDS = 8
_SHORT_WORDS = 25
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """A page with everything computed that features and decisions need."""

    layout: Layout
    containers: Containers
    evidence: Evidence
    texts: list[str]
    folded: list[str]
    words: Column
    prose: Column
    headline: int
    in_title: Column
    in_description: Column
    matrix: NDArray[np.int32]


class Table:
    """Columns with names, in the order in which they were added."""

    def __init__(self, blocks: int) -> None:
        self.blocks = blocks
        self.names: list[str] = []
        self.columns: list[Column] = []

    def add(self, name: str, column: Column | int) -> None:
        """Append a column; a single number stands in every row."""
        self.names.append(name)
        self.columns.append(column if isinstance(column, np.ndarray) else np.full(self.blocks, column, dtype=np.int64))

    def matrix(self) -> NDArray[np.int32]:
        """All columns, blocks by features; stored feature after feature, as the trees read them."""
        rows = np.empty((len(self.columns), self.blocks), dtype=np.int32)
        for row, column in zip(rows, self.columns, strict=True):
            row[:] = column
        return rows.T


def percent(part: Column, whole: Column | int) -> Column:
    """Integer percentage, 0 of nothing."""
    return part * 100 // np.maximum(whole, 1)


def sums(column: Column) -> Column:
    """Prefix sums with a leading zero, so that a range's sum is a difference."""
    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(column)))


def shift(column: Column, by: int, fill: int = 0) -> Column:
    """The column of each block's neighbour: `by` blocks before (positive) or behind (negative)."""
    if abs(by) >= len(column):
        return np.full(len(column), fill, dtype=np.int64)
    edge = np.full(abs(by), fill, dtype=np.int64)
    return np.concatenate((edge, column[:-by])) if by > 0 else np.concatenate((column[-by:], edge))


def describe(layout: Layout, evidence: Evidence, names: Names, lexicon: Mapping[str, int]) -> tuple[Page, list[str]]:
    """Compute the features of a page.

    Args:
        layout: the page; it must have at least one block.
        evidence: what the page says of its article elsewhere.
        names: what names in markup say (`vocabulary.combine`).
        lexicon: the learned scores of words in short blocks.

    Returns:
        The page with its matrix, and the names of the columns.
    """
    texts = layout.texts()
    table = Table(len(texts))
    containers = read_containers(layout, names)
    folded = [fold_ends(text) for text in texts]
    words, prose = _text_columns(table, layout)
    _kind_columns(table, layout)
    headline, found = _evidence_columns(table, layout, folded, evidence)
    _lexicon_columns(table, layout, texts, words, lexicon)
    _place_columns(table, layout, words, prose, headline)
    _container_columns(table, layout, containers, words, prose)
    _main_columns(table, layout, containers, prose)
    _inherited_columns(table, layout, containers)
    _copy_columns(table, texts, words)
    _page_columns(table, layout, words, prose)
    for name, column in cue_columns(layout, containers, evidence, texts, folded, headline):
        table.add(name, column)
    page = Page(layout, containers, evidence, texts, folded, words, prose, headline, found[:, 0], found[:, 1], table.matrix())
    return page, table.names


def _text_columns(table: Table, layout: Layout) -> tuple[Column, Column]:
    """What a block's characters are."""
    counts, last = chars.count(layout.base, layout.starts, layout.ends)
    size = np.array(layout.ends, dtype=np.int64) - np.array(layout.starts, dtype=np.int64)
    link = np.array(layout.link_chars, dtype=np.int64)
    dense = counts[:, chars.DENSE]
    letters = counts[:, chars.LETTER] + counts[:, chars.UPPER] + dense
    words = counts[:, chars.SPACE] + counts[:, chars.LINE] + 1 + (dense + 1) // 2
    stops = counts[:, chars.STOP] + counts[:, chars.COMMA]
    ends = (last == chars.STOP).astype(np.int64)
    prose = np.where((words >= _PROSE_WORDS) & ((stops > 0) | (words >= 2 * _PROSE_WORDS)), np.maximum(size - link, 0), 0)
    prose = np.where(dense * 2 > size, prose * 2, prose)
    for name, column in (
        ("chars", size),
        ("words", words),
        ("link_percent", percent(link, size)),
        ("links", np.array(layout.link_counts, dtype=np.int64)),
        ("digit_percent", percent(counts[:, chars.DIGIT], size)),
        ("upper_percent", percent(counts[:, chars.UPPER], letters)),
        ("stops", counts[:, chars.STOP]),
        ("commas", counts[:, chars.COMMA]),
        ("bullet_percent", percent(counts[:, chars.BULLET], size)),
        ("lines", counts[:, chars.LINE]),
        ("ends_with_stop", ends),
        ("letters_a_word", letters * 10 // words),
        ("prose", prose),
    ):
        table.add(name, column)
    return words, prose


_KINDS = {"paragraph": 0, "heading": 1, "list_item": 2, "quote": 3, "table": 4, "preformatted": 5, "code": 6}
_ELEMENTS = {
    name: number
    for number, name in enumerate(
        [
            "p",
            "div",
            "li",
            "td",
            "section",
            "article",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "button",
            "option",
            "label",
            "summary",
            "figcaption",
            "figure",
            "blockquote",
            "dt",
            "dd",
            "th",
            "aside",
            "main",
            "form",
            "table",
            "pre",
            "header",
            "footer",
            "nav",
            "a",
            "center",
            "address",
            "body",
            "ul",
        ],
        start=1,
    )
}


def _kind_columns(table: Table, layout: Layout) -> None:
    """What a block's element is."""
    tags = [layout.element_tags[element] for element in layout.elements]
    marks = np.array(layout.marks, dtype=np.int64)
    kinds = np.array([_KINDS[kind] for kind in layout.kinds], dtype=np.int64)
    table.add("kind", kinds)
    table.add("level", np.array(layout.levels, dtype=np.int64))
    table.add("element", np.array([_ELEMENTS.get(tag, 0) for tag in tags], dtype=np.int64))
    for bit, name in ((1, "time"), (2, "bold"), (4, "italic")):
        table.add(f"has_{name}", (marks & bit != 0).astype(np.int64))
    for number in (-1, 1):
        table.add(f"kind_{number:+d}", shift(kinds, -number, -1))


def _evidence_columns(table: Table, layout: Layout, folded: Sequence[str], evidence: Evidence) -> tuple[int, Column]:
    """Agreement with what the metadata says. Returns the headline's block, -1 for none, and the agreements."""
    found = np.array([agreement(text, evidence) for text in folded], dtype=np.int64).reshape(-1, 3)
    for name, column in zip(("in_title", "in_description", "in_body"), found.T, strict=True):
        table.add(name, column)
    body = np.where(found[:, 2] > 0, 1, 0)
    near = sums(body)
    index = np.arange(len(folded))
    for radius in (1, 4):
        low, high = np.maximum(index - radius, 0), np.minimum(index + radius + 1, len(folded))
        table.add(f"in_body_near_{radius}", near[high] - near[low])
    table.add("in_body_before", near[:-1])
    best, headline = 0, -1
    for number, (title, kind, level) in enumerate(zip(found[:, 0].tolist(), layout.kinds, layout.levels, strict=True)):
        weight = title * 4 + (3 * (level == 1) + 1 if kind == "heading" else 0) if title or (kind == "heading" and level == 1) else 0
        if weight > best:
            best, headline = weight, number
    return headline, found


def _lexicon_columns(table: Table, layout: Layout, texts: Sequence[str], words: Column, lexicon: Mapping[str, int]) -> None:
    """Learned scores of the words of short blocks, and of the heading above a block."""
    rows: list[tuple[int, int, int, int]] = []
    heading = below = 0
    get = lexicon.get
    for text, count, kind in zip(texts, words.tolist(), layout.kinds, strict=True):
        low = high = total = 0
        if count <= _SHORT_WORDS:
            found = [get(word, 0) for word in _WORD.findall(text.lower())]
            if found:
                total, low, high = sum(found), min(found), max(found)
        below += 1
        if kind == "heading":
            heading, below = total // max(1, count), 0
        rows.append((min(low, 0), max(high, 0), total * 10 // max(1, count), heading if below else 0))
    columns = np.array(rows, dtype=np.int64).T
    for name, column in zip(("word_low", "word_high", "word_mean", "heading_word"), columns, strict=True):
        table.add(name, column)
    for number in (-1, 1):
        table.add(f"word_mean_{number:+d}", shift(columns[2], -number))


def _place_columns(table: Table, layout: Layout, words: Column, prose: Column, headline: int) -> None:
    """Where a block stands, and what stands around it."""
    blocks = len(words)
    index = np.arange(blocks, dtype=np.int64)
    size = np.array(layout.ends, dtype=np.int64) - np.array(layout.starts, dtype=np.int64)
    link = np.array(layout.link_chars, dtype=np.int64)
    before, prose_before, link_before = sums(size), sums(prose), sums(link)
    table.add("index", index)
    table.add("index_from_end", blocks - 1 - index)
    table.add("place_percent", percent(before[:-1], int(before[-1])))
    table.add("prose_before_percent", percent(prose_before[:-1], int(prose_before[-1])))
    table.add("prose_behind", prose_before[-1] - prose_before[1:])
    table.add("from_headline", index - headline if headline >= 0 else np.full(blocks, -9999, dtype=np.int64))
    table.add("chars_from_headline", before[:-1] - before[headline] if headline >= 0 else np.full(blocks, -99999, dtype=np.int64))
    table.add("prose_from_headline", prose_before[:-1] - prose_before[max(headline, 0)])
    for radius in (2, 5, 15):
        low, high = np.maximum(index - radius, 0), np.minimum(index + radius + 1, blocks)
        table.add(f"prose_near_{radius}", prose_before[high] - prose_before[low])
        table.add(f"link_percent_near_{radius}", percent(link_before[high] - link_before[low], before[high] - before[low]))
        table.add(f"prose_before_{radius}", prose_before[index] - prose_before[low])
        table.add(f"prose_behind_{radius}", prose_before[high] - prose_before[index + 1])
    links = percent(link, size)
    for number in (-2, 2):
        table.add(f"words_{number:+d}", shift(words, -number))
    for number in (-1, 1):
        table.add(f"prose_{number:+d}", shift(prose, -number))
        table.add(f"words_{number:+d}", shift(words, -number))
        table.add(f"link_percent_{number:+d}", shift(links, -number))
    is_prose = prose > 80
    last = np.maximum.accumulate(np.where(is_prose, index, -1))
    following = np.minimum.accumulate(np.where(is_prose, index, 10 * blocks)[::-1])[::-1]
    table.add("since_prose", np.where(shift(last, 1, -1) >= 0, index - shift(last, 1, -1), 999))
    table.add("until_prose", np.where(shift(following, -1, 10 * blocks) < blocks, shift(following, -1, 10 * blocks) - index, 999))
    rules = np.searchsorted(np.array(layout.rules, dtype=np.int64), index, side="right")
    table.add("rules_before", rules)
    pictures = np.bincount(np.array([min(picture.block, blocks - 1) for picture in layout.pictures], dtype=np.int64), minlength=blocks)
    table.add("pictures", pictures.astype(np.int64))


def _container_columns(table: Table, layout: Layout, c: Containers, words: Column, prose: Column) -> None:
    """What the containers around a block hold: the five nearest that hold different numbers of blocks, its card, its article."""
    size = np.array(layout.ends, dtype=np.int64) - np.array(layout.starts, dtype=np.int64)
    totals = {
        "chars": sums(size),
        "link": sums(np.array(layout.link_chars, dtype=np.int64)),
        "prose": sums(prose),
        "long": sums((prose > 80).astype(np.int64)),
        "words": sums(words),
    }
    page_prose = int(totals["prose"][-1])
    element = np.array(layout.elements, dtype=np.int64)
    level = np.where(c.end[element] - c.first[element] > 1, element, c.up[element])
    for number in range(1, LEVELS + 1):
        low, high = c.first[level], c.end[level]
        span = {name: total[high] - total[low] for name, total in totals.items()}
        table.add(f"c{number}_blocks", high - low)
        table.add(f"c{number}_chars", span["chars"])
        table.add(f"c{number}_link_percent", percent(span["link"], span["chars"]))
        table.add(f"c{number}_prose_percent", percent(span["prose"], page_prose))
        table.add(f"c{number}_prose_density", percent(span["prose"], span["chars"]))
        table.add(f"c{number}_words_a_block", span["words"] // np.maximum(high - low, 1))
        if number <= 3:
            table.add(f"c{number}_long_blocks", span["long"])
            table.add(f"c{number}_low", c.low[level])
            table.add(f"c{number}_high", c.high[level])
        level = c.up[level]
    for name, owner in (("card", c.card[element]), ("article", np.maximum(c.article[element], 0))):
        low, high = c.first[owner], c.end[owner]
        span = {key: total[high] - total[low] for key, total in totals.items()}
        table.add(f"{name}_blocks", high - low)
        table.add(f"{name}_chars", span["chars"])
        table.add(f"{name}_link_percent", percent(span["link"], span["chars"]))
        table.add(f"{name}_prose_percent", percent(span["prose"], page_prose))
    table.add("cards", c.cards[element])
    table.add("in_article", (c.article[element] >= 0).astype(np.int64))


def _main_columns(table: Table, layout: Layout, c: Containers, prose: Column) -> None:
    """How a block lies to the container that holds most prose directly, and to the chain of containers around that one."""
    blocks = len(prose)
    index = np.arange(blocks, dtype=np.int64)
    element = np.array(layout.elements, dtype=np.int64)
    nearest = np.where(c.end[element] - c.first[element] > 1, element, c.up[element])
    elements = len(c.parent)
    held = np.bincount(nearest, weights=2 * prose, minlength=elements) + np.bincount(c.up[nearest], weights=prose, minlength=elements)
    main = int(np.argmax(held.astype(np.int64)))
    chain = [main]
    while c.up[chain[-1]] != chain[-1] and len(chain) < 64:
        chain.append(int(c.up[chain[-1]]))
    steps = np.full(blocks, len(chain), dtype=np.int64)
    for step in range(len(chain) - 1, -1, -1):
        low, high = int(c.first[chain[step]]), int(c.end[chain[step]])
        steps[low:high] = step
    total = sums(prose)
    low, high = int(c.first[main]), int(c.end[main])
    table.add("main_steps", steps)
    table.add("main_before", low - index)
    table.add("main_behind", index - high)
    table.add("main_prose_percent", percent(total[high : high + 1] - total[low], int(total[-1])).repeat(blocks))
    table.add("main_depth_over", c.depth[element] - c.depth[main])
    size = np.array(layout.ends, dtype=np.int64) - np.array(layout.starts, dtype=np.int64)
    for name, same in (("path", c.path[element]), ("style", c.style[element])):
        length = int(same.max()) + 1
        count = np.bincount(same, minlength=length)
        held_by = np.bincount(same, weights=prose, minlength=length).astype(np.int64)
        chars_by = np.bincount(same, weights=size, minlength=length).astype(np.int64)
        links_by = np.bincount(same, weights=np.array(layout.link_chars, dtype=np.int64), minlength=length).astype(np.int64)
        table.add(f"{name}_prose_percent", percent(held_by, int(total[-1]))[same])
        table.add(f"{name}_blocks", count[same].astype(np.int64))
        table.add(f"{name}_link_percent", percent(links_by, chars_by)[same])
        table.add(f"{name}_chars_a_block", (chars_by // np.maximum(count, 1))[same])
        first_of = np.full(length, blocks, dtype=np.int64)
        np.minimum.at(first_of, same, index)
        last_of = np.zeros(length, dtype=np.int64)
        np.maximum.at(last_of, same, index)
        table.add(f"{name}_since_first", index - first_of[same])
        table.add(f"{name}_until_last", last_of[same] - index)
    above = c.path[c.up[element]]
    held_above = np.bincount(above, weights=prose, minlength=int(above.max()) + 1).astype(np.int64)
    table.add("above_prose_percent", percent(held_above, int(total[-1]))[above])
    table.add("above_blocks", np.bincount(above)[above].astype(np.int64))
    for number in (-1, 1):
        table.add(f"same_path_{number:+d}", (shift(c.path[element], -number, -1) == c.path[element]).astype(np.int64))
    articles = np.unique(c.article[element][c.article[element] >= 0])
    order = np.searchsorted(articles, c.article[element])
    table.add("article_order", np.where(c.article[element] >= 0, order, -1))
    table.add("articles", len(articles))


_USED_TAGS = ("aside", "figure", "figcaption", "table", "article", "main", "button", "li", "nav", "footer", "header", "form")
_USED_GROUPS = (
    "comments", "related", "author", "caption", "consent", "sidebar", "form", "footer", "embed", "product", "promo", "card", "newsletter",
    "share", "advert", "tags", "stamp", "navigation", "paywall", "unseen",
)  # fmt: skip


def _inherited_columns(table: Table, layout: Layout, c: Containers) -> None:
    """What the names and tags of a block's elements say."""
    element = np.array(layout.elements, dtype=np.int64)
    bits, own = c.bits[element], c.own_bits[element] | c.own_bits[c.parent[element]]
    for name in _USED_TAGS:
        table.add(f"in_{name}_tag", bits >> TAG_BITS[name] & 1)
    table.add("in_hidden", bits >> HIDDEN_BIT & 1)
    groups = keywords().groups
    for name in _USED_GROUPS:
        table.add(f"in_{name}", (bits >> groups[name] & 1) + (own >> groups[name] & 1))
    for name, column in (
        ("own_low", c.low[element]),
        ("own_high", c.high[element]),
        ("parent_low", c.low[c.parent[element]]),
        ("parent_high", c.high[c.parent[element]]),
        ("chain_low", c.chain_low[element]),
        ("chain_high", c.chain_high[element]),
        ("near_score", c.near[element]),
        ("total_score", c.total[element]),
        ("depth", c.depth[element]),
    ):
        table.add(name, column)
    near = c.near[element]
    table.add("near_score_-1", shift(near, 1))
    table.add("near_score_+1", shift(near, -1))


def _copy_columns(table: Table, texts: Sequence[str], words: Column) -> None:
    """Blocks that stand on the page more than once."""
    counts: dict[str, int] = {}
    order: list[int] = []
    for text in texts:
        counts[text] = counts.get(text, 0) + 1
        order.append(counts[text])
    table.add("copies", np.array([counts[text] for text in texts], dtype=np.int64))
    table.add("copy_order", np.array(order, dtype=np.int64))
    table.add("copied_words", np.where(np.array(order, dtype=np.int64) > 1, words, 0))


def _page_columns(table: Table, layout: Layout, words: Column, prose: Column) -> None:
    """What the page as a whole is like."""
    size = np.array(layout.ends, dtype=np.int64) - np.array(layout.starts, dtype=np.int64)
    table.add("page_blocks", len(words))
    table.add("page_prose", int(prose.sum()))
    table.add("page_long_blocks", int((prose > 80).sum()))
    table.add("page_link_percent", sum(layout.link_chars) * 100 // max(1, int(size.sum())))
    table.add("prose_rank", np.argsort(np.argsort(-prose, kind="stable"), kind="stable").astype(np.int64))
