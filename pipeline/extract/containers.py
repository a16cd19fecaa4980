"""What each element of a page is, and what it inherits from the elements around it: one pass over the element lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.extract.vocabulary import TAG_BITS, Markup, MarkupReader, Names

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.extract.layout import Layout

_INHERITED = (
    "parent", "up", "bits", "own_bits", "low", "high", "chain_low", "chain_high", "near", "total", "cards", "card", "article",
)  # fmt: skip
_CARD_TAGS = frozenset(("div", "li", "article", "section", "td", "tr", "dd", "a"))
_PAGE_TAGS = frozenset(("html", "body"))


@dataclass(frozen=True, slots=True, eq=False)
class Containers:
    """Columns over a page's elements, in pre-order.

    Attributes:
        parent: the parent element; the root is its own parent.
        up: the nearest ancestor with more blocks than the element; the root is its own.
        first: number of blocks before the element.
        end: number of blocks before its end.
        bits: tags and word groups (`vocabulary`) of the element and its ancestors.
        own_bits: those of the element.
        low: the lowest learned score of the element's names.
        high: the highest.
        chain_low: the lowest over the element and its ancestors.
        chain_high: the highest.
        near: the learned score of the nearest ancestor that has one: the one farther from zero of its `low` and `high`.
        total: the sum of all such scores over the ancestors.
        depth: number of block-level ancestors.
        cards: how many siblings the nearest repeated ancestor has that look like it, 0 if there is none.
        card: the nearest repeated ancestor, else the root.
        path: a number for the chain of tags and styles from the root.
        style: a number for the tag and style of the element alone.
        article: the nearest `article` element, -1 outside.
    """

    parent: NDArray[np.int64]
    up: NDArray[np.int64]
    first: NDArray[np.int64]
    end: NDArray[np.int64]
    bits: NDArray[np.int64]
    own_bits: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    chain_low: NDArray[np.int64]
    chain_high: NDArray[np.int64]
    near: NDArray[np.int64]
    total: NDArray[np.int64]
    depth: NDArray[np.int64]
    cards: NDArray[np.int64]
    card: NDArray[np.int64]
    path: NDArray[np.int64]
    style: NDArray[np.int64]
    article: NDArray[np.int64]


def read_containers(layout: Layout, names: Names) -> Containers:
    """Judge all elements of a page.

    Args:
        layout: the page.
        names: what names in markup say.

    Returns:
        The columns. A page without elements gives columns of length zero.
    """
    used = {
        number
        for number, first, end in zip(layout.element_attributes, layout.element_firsts, layout.element_ends, strict=True)
        if first < end
    }
    read = MarkupReader(names).read
    markups = [read(text if number in used else "") for number, text in enumerate(layout.attributes)]
    repeats = _repeats(layout, markups)
    rows = _inherit(layout, markups, repeats)
    paths, styles = _paths(layout, markups)
    columns = dict(zip(_INHERITED, np.array(rows, dtype=np.int64).reshape(len(rows), len(_INHERITED)).T, strict=True))
    return Containers(
        first=np.array(layout.element_firsts, dtype=np.int64),
        end=np.array(layout.element_ends, dtype=np.int64),
        depth=np.array(layout.element_depths, dtype=np.int64),
        path=paths,
        style=styles,
        **columns,
    )


def _repeats(layout: Layout, markups: list[Markup]) -> list[int]:
    """How many siblings of the same tag and style an element has, itself included; 0 for what cannot be a card."""
    keys: list[tuple[int, str, str] | None] = []
    counts: dict[tuple[int, str, str], int] = {}
    firsts, ends = layout.element_firsts, layout.element_ends
    for number, (tag, parent, attributes) in enumerate(
        zip(layout.element_tags, layout.element_parents, layout.element_attributes, strict=True)
    ):
        if tag in _CARD_TAGS and ends[number] > firsts[number]:
            key = (parent, tag, markups[attributes].style)
            counts[key] = counts.get(key, 0) + 1
            keys.append(key)
        else:
            keys.append(None)
    return [counts[key] if key is not None and ends[number] - firsts[number] > 1 else 0 for number, key in enumerate(keys)]


def _inherit(layout: Layout, markups: list[Markup], repeats: list[int]) -> list[tuple[int, ...]]:
    """From the root down: everything that an element takes over from its parent."""
    firsts, ends, tag_bit = layout.element_firsts, layout.element_ends, TAG_BITS.get
    root: tuple[int, ...] = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1)
    rows: list[tuple[int, ...]] = []
    for number, (tag, given, attributes) in enumerate(
        zip(layout.element_tags, layout.element_parents, layout.element_attributes, strict=True)
    ):
        if firsts[number] == ends[number]:
            rows.append(root)
            continue
        parent = max(given, 0)
        above = rows[parent] if given >= 0 else root
        markup = markups[attributes]
        low, high = (0, 0) if tag in _PAGE_TAGS else (markup.low, markup.high)
        own = 0 if tag in _PAGE_TAGS else markup.bits
        bit = tag_bit(tag)
        if bit is not None:
            own |= 1 << bit
        strongest = low if -low > high else high
        same = firsts[number] == firsts[parent] and ends[number] == ends[parent]
        repeat = repeats[number] > 2
        rows.append(
            (
                parent,
                above[1] if same else parent,
                above[2] | own,
                own,
                low,
                high,
                min(above[6], low),
                max(above[7], high),
                strongest or above[8],
                above[9] + strongest,
                repeats[number] if repeat else above[10],
                number if repeat else above[11],
                number if tag == "article" else above[12],
            )
        )
    return rows


def _paths(layout: Layout, markups: list[Markup]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number the tags with their styles, and the chains of them from the root."""
    chains: dict[tuple[int, int], int] = {}
    styles: dict[tuple[str, str], int] = {}
    of_chain: list[int] = []
    of_style: list[int] = []
    for tag, parent, attributes, first, end in zip(
        layout.element_tags, layout.element_parents, layout.element_attributes, layout.element_firsts, layout.element_ends, strict=True
    ):
        if first == end:
            of_style.append(0)
            of_chain.append(0)
            continue
        style = styles.setdefault((tag, markups[attributes].style), len(styles))
        of_style.append(style)
        of_chain.append(chains.setdefault((of_chain[parent] if parent >= 0 else -1, style), len(chains)))
    return np.array(of_chain, dtype=np.int64), np.array(of_style, dtype=np.int64)
