"""The features of a page's blocks: one integer matrix, columns named, computed on whole columns.

No feature uses a transcendental function or a floating-point result: shares are integer percentages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import chain, repeat
from typing import TYPE_CHECKING

import numpy as np

from pipeline.extract.ancestors import Containers, read_containers
from pipeline.extract.cues import cue_columns
from pipeline.extract.feature_columns import Basics, Table, as_column, percent, shift, sums
from pipeline.extract.markup_names import HIDDEN_BIT, TAG_BITS, Names, keywords
from pipeline.extract.metadata import Evidence, agreements
from pipeline.text import block_characters as classes
from pipeline.text.folding import fold_ends, without_marks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from pipeline.extract.feature_columns import Column
    from pipeline.extract.page_layout import Layout

LEVELS = 5
_PROSE_WORDS = 8
_SHORT_WORDS = 25
_WORD = re.compile(r"[^\W\d_]{2,}")
_ASCII_WORDS = bytes(code if chr(code) in "abcdefghijklmnopqrstuvwxyz\0" else ord(" ") for code in bytes(range(256)).lower())
"""ASCII letters to lower case, NUL to itself, all else to spaces."""


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
    plain = without_marks(layout.base)
    plains = [plain[start:end] for start, end in zip(layout.starts, layout.ends, strict=True)]
    folded = fold_ends(plains)
    basics = Basics.of(layout)
    words, prose = _text_columns(table, layout, basics)
    _kind_columns(table, layout)
    headline, found = _evidence_columns(table, layout, folded, evidence)
    _lexicon_columns(table, layout, plains, words, lexicon)
    _place_columns(table, layout, basics, words, prose, headline)
    _container_columns(table, basics, containers, words, prose)
    _main_columns(table, basics, containers, prose)
    _inherited_columns(table, basics, containers)
    _copy_columns(table, texts, words)
    _page_columns(table, basics, prose)
    for name, column in cue_columns(layout, containers, evidence, texts, folded, headline):
        table.add(name, column)
    page = Page(layout, containers, evidence, texts, folded, words, prose, headline, found[:, 0], found[:, 1], table.matrix())
    return page, table.names


def _text_columns(table: Table, layout: Layout, basics: Basics) -> tuple[Column, Column]:
    """What a block's characters are."""
    counts, last = classes.count(layout.base, basics.starts, basics.ends)
    size, link = basics.size, basics.link
    counted = np.ascontiguousarray(counts.T)
    dense, stops = counted[classes.DENSE], counted[classes.STOP]
    letters = counted[classes.LETTER] + counted[classes.UPPER] + dense
    words = counted[classes.SPACE] + counted[classes.LINE] + 1 + (dense + 1) // 2
    prose = np.where((words >= _PROSE_WORDS) & ((stops + counted[classes.COMMA] > 0) | (words >= 2 * _PROSE_WORDS)), size - link, 0)
    prose = np.maximum(prose, 0)
    prose = np.where(dense * 2 > size, prose * 2, prose)
    shares = np.stack((link, counted[classes.DIGIT], counted[classes.BULLET])) * 100 // np.maximum(size, 1)
    for name, column in (
        ("chars", size),
        ("words", words),
        ("link_percent", shares[0]),
        ("links", as_column(layout.link_counts)),
        ("digit_percent", shares[1]),
        ("upper_percent", percent(counted[classes.UPPER], letters)),
        ("stops", stops),
        ("commas", counted[classes.COMMA]),
        ("bullet_percent", shares[2]),
        ("lines", counted[classes.LINE]),
        ("ends_with_stop", last == classes.STOP),
        ("letters_a_word", letters * 10 // words),
        ("prose", prose),
    ):
        table.add(name, column)
    return words, prose


_KINDS = {"paragraph": 0, "heading": 1, "list_item": 2, "quote": 3, "table": 4, "preformatted": 5, "code": 5}
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
    kinds, levels, marks = map(as_column, (list(map(_KINDS.__getitem__, layout.kinds)), layout.levels, layout.marks))
    table.add("kind", kinds)
    table.add("level", levels)
    tags = layout.element_tags
    table.add("element", as_column([_ELEMENTS.get(tags[element], 0) for element in layout.elements]))
    for bit, name in ((1, "time"), (2, "bold"), (4, "italic")):
        table.add(f"has_{name}", marks & bit != 0)
    for number in (-1, 1):
        table.add(f"kind_{number:+d}", shift(kinds, -number, -1))


def _evidence_columns(table: Table, layout: Layout, folded: Sequence[str], evidence: Evidence) -> tuple[int, Column]:
    """Agreement with what the metadata says. Returns the headline's block, -1 for none, and the agreements."""
    found = agreements(folded, evidence)
    for name, column in zip(("in_title", "in_description", "in_body"), found.T, strict=True):
        table.add(name, column)
    near = sums(found[:, 2] > 0)
    index = np.arange(len(folded))
    for radius in (1, 4):
        low, high = np.maximum(index - radius, 0), np.minimum(index + radius + 1, len(folded))
        table.add(f"in_body_near_{radius}", near[high] - near[low])
    table.add("in_body_before", near[:-1])
    best, headline = 0, -1
    for number, (title, kind, level) in enumerate(zip(found[:, 0].tolist(), layout.kinds, layout.levels, strict=True)):
        if title or (level == 1 and kind == "heading"):
            weight = title * 4 + (3 * (level == 1) + 1 if kind == "heading" else 0)
            if weight > best:
                best, headline = weight, number
    return headline, found


def _lexicon_columns(table: Table, layout: Layout, texts: Sequence[str], words: Column, lexicon: Mapping[str, int]) -> None:
    """Learned scores of the words of short blocks, and of the heading above a block."""
    short = np.flatnonzero(words <= _SHORT_WORDS)
    found = _split_words([texts[block] for block in short.tolist()])
    scores = as_column([0, *map(lexicon.get, chain.from_iterable(found), repeat(0))])
    bounds = np.zeros(len(found) + 1, dtype=np.int64)
    np.cumsum([len(line) for line in found], out=bounds[1:])
    low, high, total = np.zeros((3, len(texts)), dtype=np.int64)
    some = bounds[1:] > bounds[:-1]
    if some.any():
        own, rows = bounds[:-1][some] + 1, short[some]
        low[rows], high[rows], total[rows] = (
            np.minimum.reduceat(scores, own),
            np.maximum.reduceat(scores, own),
            np.add.reduceat(scores, own),
        )
    low, high = np.minimum(low, 0), np.maximum(high, 0)
    mean = total * 10 // np.maximum(words, 1)
    index = np.arange(len(texts), dtype=np.int64)
    headings = np.array([kind == "heading" for kind in layout.kinds], dtype=bool)
    above = np.maximum.accumulate(np.where(headings, index, -1))
    heading = np.where((above >= 0) & ~headings, (total // np.maximum(words, 1))[above], 0)
    for name, column in (("word_low", low), ("word_high", high), ("word_mean", mean), ("heading_word", heading)):
        table.add(name, column)
    for number in (-1, 1):
        table.add(f"word_mean_{number:+d}", shift(mean, -number))


def _split_words(texts: Sequence[str]) -> list[list[str]]:
    """The words of texts in lower case, letters only; those of texts in ASCII in one call for all.

    >>> _split_words(["It's 5 cafés", "READ more"])
    [['it', 'cafés'], ['read', 'more']]
    """
    joined = "\0".join([text if text.isascii() else "" for text in texts])
    plain = joined.encode("ascii").translate(_ASCII_WORDS).decode("ascii").split("\0")
    if len(plain) != max(1, len(texts)):
        return [_WORD.findall(text.lower()) for text in texts]
    return [line.split() if line or not text else _WORD.findall(text.lower()) for line, text in zip(plain, texts, strict=False)]


def _place_columns(table: Table, layout: Layout, basics: Basics, words: Column, prose: Column, headline: int) -> None:
    """Where a block stands, and what stands around it."""
    blocks, index, size, link = len(words), basics.index, basics.size, basics.link
    before, prose_before, link_before = sums(size), sums(prose), sums(link)
    table.add("index", index)
    table.add("index_from_end", blocks - 1 - index)
    table.add("place_percent", percent(before[:-1], int(before[-1])))
    table.add("prose_before_percent", percent(prose_before[:-1], int(prose_before[-1])))
    table.add("prose_behind", prose_before[-1] - prose_before[1:])
    table.add("from_headline", index - headline if headline >= 0 else -9999)
    table.add("chars_from_headline", before[:-1] - before[headline] if headline >= 0 else -99999)
    table.add("prose_from_headline", prose_before[:-1] - prose_before[max(headline, 0)])
    for radius in (2, 5, 15):
        low, high = np.maximum(index - radius, 0), np.minimum(index + radius + 1, blocks)
        prose_low, prose_high = prose_before[low], prose_before[high]
        table.add(f"prose_near_{radius}", prose_high - prose_low)
        table.add(f"link_percent_near_{radius}", percent(link_before[high] - link_before[low], before[high] - before[low]))
        table.add(f"prose_before_{radius}", prose_before[:-1] - prose_low)
        table.add(f"prose_behind_{radius}", prose_high - prose_before[1:])
    links = percent(link, size)
    for number in (-2, 2):
        table.add(f"words_{number:+d}", shift(words, -number))
    for number in (-1, 1):
        table.add(f"prose_{number:+d}", shift(prose, -number))
        table.add(f"words_{number:+d}", shift(words, -number))
        table.add(f"link_percent_{number:+d}", shift(links, -number))
    is_prose = prose > 80
    last = shift(np.maximum.accumulate(np.where(is_prose, index, -1)), 1, -1)
    following = shift(np.minimum.accumulate(np.where(is_prose, index, 10 * blocks)[::-1])[::-1], -1, 10 * blocks)
    table.add("since_prose", np.where(last >= 0, index - last, 999))
    table.add("until_prose", np.where(following < blocks, following - index, 999))
    table.add("rules_before", np.searchsorted(np.array(layout.rules, dtype=np.int64), index, side="right"))
    places = np.array([picture.block for picture in layout.pictures], dtype=np.int64)
    table.add("pictures", np.bincount(np.minimum(places, blocks - 1), minlength=blocks))


def _container_columns(table: Table, basics: Basics, c: Containers, words: Column, prose: Column) -> None:
    """What the containers around a block hold: the five nearest that hold different numbers of blocks, its card, its article."""
    totals = np.zeros((5, len(words) + 1), dtype=np.int64)
    np.cumsum((basics.size, basics.link, prose, prose > 80, words), axis=1, out=totals[:, 1:])
    page_prose = max(int(totals[2, -1]), 1)
    element = basics.element
    levels = [np.where(c.end[element] - c.first[element] > 1, element, c.up[element])]
    while len(levels) < LEVELS:
        levels.append(c.up[levels[-1]])
    article = c.article[element]
    owners = np.stack((*levels, c.card[element], np.maximum(article, 0)))
    low, high = c.first[owners], c.end[owners]
    held = high - low
    size, link, told, long, count = totals[:, high] - totals[:, low]
    some = np.maximum(size, 1)
    link, share, density, count = link * 100 // some, told * 100 // page_prose, told * 100 // some, count // np.maximum(held, 1)
    lowest, highest = c.low[owners[:3]], c.high[owners[:3]]
    for number in range(LEVELS):
        name = f"c{number + 1}_"
        columns = [held[number], size[number], link[number], share[number], density[number], count[number]]
        names = ["blocks", "chars", "link_percent", "prose_percent", "prose_density", "words_a_block"]
        if number < 3:
            columns += [long[number], lowest[number], highest[number]]
            names += ["long_blocks", "low", "high"]
        for ending, column in zip(names, columns, strict=True):
            table.add(name + ending, column)
    for number, name in ((LEVELS, "card"), (LEVELS + 1, "article")):
        columns = [held[number], size[number], link[number], share[number]]
        for ending, column in zip(("blocks", "chars", "link_percent", "prose_percent"), columns, strict=True):
            table.add(f"{name}_{ending}", column)
    table.add("cards", c.cards[element])
    table.add("in_article", article >= 0)


def _main_columns(table: Table, basics: Basics, c: Containers, prose: Column) -> None:
    """How a block lies to the container that holds most prose directly, and to the chain of containers around that one."""
    blocks, index, element = len(prose), basics.index, basics.element
    nearest = np.where(c.end[element] - c.first[element] > 1, element, c.up[element])
    elements = len(c.parent)
    held = np.bincount(nearest, weights=2 * prose, minlength=elements) + np.bincount(c.up[nearest], weights=prose, minlength=elements)
    main = int(np.argmax(held.astype(np.int64)))
    chain = [main]
    while c.up[chain[-1]] != chain[-1] and len(chain) < 64:
        chain.append(int(c.up[chain[-1]]))
    steps = np.full(blocks, len(chain), dtype=np.int64)
    for step in range(len(chain) - 1, -1, -1):
        steps[c.first[chain[step]] : c.end[chain[step]]] = step
    total = sums(prose)
    whole = max(int(total[-1]), 1)
    low, high = int(c.first[main]), int(c.end[main])
    table.add("main_steps", steps)
    table.add("main_before", low - index)
    table.add("main_behind", index - high)
    table.add("main_prose_percent", int(total[high] - total[low]) * 100 // whole)
    table.add("main_depth_over", c.depth[element] - c.depth[main])
    path = c.path[element]
    for name, same in (("path", path), ("style", c.style[element])):
        _same_columns(table, basics, name, same, prose, whole)
    above = c.path[c.up[element]]
    held_above = np.bincount(above, weights=prose).astype(np.int64)
    table.add("above_prose_percent", (held_above * 100 // whole)[above])
    table.add("above_blocks", np.bincount(above)[above])
    for number in (-1, 1):
        table.add(f"same_path_{number:+d}", shift(path, -number, -1) == path)
    article = c.article[element]
    articles = np.unique(article[article >= 0])
    table.add("article_order", np.where(article >= 0, np.searchsorted(articles, article), -1))
    table.add("articles", len(articles))


def _same_columns(table: Table, basics: Basics, name: str, same: Column, prose: Column, whole: int) -> None:
    """What the blocks hold that share a number: a chain of tags and styles, or a style."""
    length = int(same.max()) + 1
    count = np.bincount(same, minlength=length)
    held, size, link = (np.bincount(same, weights=one, minlength=length).astype(np.int64) for one in (prose, basics.size, basics.link))
    first, last = np.empty(length, dtype=np.int64), np.empty(length, dtype=np.int64)
    first[same[::-1]] = basics.index[::-1]
    last[same] = basics.index
    rows = np.stack((held * 100 // whole, count, link * 100 // np.maximum(size, 1), size // np.maximum(count, 1), -first, last))
    columns = rows[:, same]
    columns[4] += basics.index
    columns[5] -= basics.index
    table.extend([f"{name}_{what}" for what in _SAME], columns)


_SAME = ("prose_percent", "blocks", "link_percent", "chars_a_block", "since_first", "until_last")
_USED_TAGS = ("aside", "figure", "figcaption", "table", "article", "main", "button", "li", "nav", "footer", "header", "form")
_USED_GROUPS = (
    "comments", "related", "author", "caption", "consent", "sidebar", "form", "footer", "embed", "product", "promo", "card", "newsletter",
    "share", "advert", "tags", "stamp", "navigation", "paywall", "unseen",
)  # fmt: skip


def _inherited_columns(table: Table, basics: Basics, c: Containers) -> None:
    """What the names and tags of a block's elements say."""
    element = basics.element
    parent = c.parent[element]
    bits, own = c.bits[element], c.own_bits[element] | c.own_bits[parent]
    tags, groups = _used_bits()
    table.extend([*(f"in_{name}_tag" for name in _USED_TAGS), "in_hidden"], bits >> tags & 1)
    table.extend([f"in_{name}" for name in _USED_GROUPS], (bits >> groups & 1) + (own >> groups & 1))
    near = c.near[element]
    for name, column in (
        ("own_low", c.low[element]),
        ("own_high", c.high[element]),
        ("parent_low", c.low[parent]),
        ("parent_high", c.high[parent]),
        ("chain_low", c.chain_low[element]),
        ("chain_high", c.chain_high[element]),
        ("near_score", near),
        ("total_score", c.total[element]),
        ("depth", c.depth[element]),
    ):
        table.add(name, column)
    table.add("near_score_-1", shift(near, 1))
    table.add("near_score_+1", shift(near, -1))


@cache
def _used_bits() -> tuple[Column, Column]:
    """The places of the tags and groups in use, one below the other."""
    tags = [*(TAG_BITS[name] for name in _USED_TAGS), HIDDEN_BIT]
    groups = [keywords().groups[name] for name in _USED_GROUPS]
    return np.array(tags, dtype=np.int64)[:, None], np.array(groups, dtype=np.int64)[:, None]


def _copy_columns(table: Table, texts: Sequence[str], words: Column) -> None:
    """Blocks that stand on the page more than once."""
    counts: dict[str, int] = {}
    order: list[int] = []
    for text in texts:
        number = counts[text] = counts.get(text, 0) + 1
        order.append(number)
    orders = as_column(order)
    table.add("copies", as_column(list(map(counts.__getitem__, texts))))
    table.add("copy_order", orders)
    table.add("copied_words", np.where(orders > 1, words, 0))


def _page_columns(table: Table, basics: Basics, prose: Column) -> None:
    """What the page as a whole is like."""
    table.add("page_blocks", len(prose))
    table.add("page_prose", int(prose.sum()))
    table.add("page_long_blocks", int(np.count_nonzero(prose > 80)))
    table.add("page_link_percent", int(basics.link.sum()) * 100 // max(1, int(basics.size.sum())))
    rank = np.empty(len(prose), dtype=np.int64)
    rank[np.argsort(-prose, kind="stable")] = basics.index
    table.add("prose_rank", rank)
