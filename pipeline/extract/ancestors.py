"""What each element of a page is, and what it inherits from the elements around it: one pass over the element lists."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from pipeline.extract.feature_columns import as_column
from pipeline.extract.markup_names import TAG_BITS, Markup, Names, read_markups

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.extract.page_layout import Layout

_OUTSIDE = (0, 0, 0, 0, 0, 0, 0, -1)
"""What an element takes over that has no parent: `bits`, `chain_low`, `chain_high`, `near`, `total`, `cards`, `card`, `article`."""
_CARD_TAGS = frozenset(("div", "li", "article", "section", "td", "tr", "dd", "a"))
_PAGE_TAGS = frozenset(("html", "body"))
_TAG_BITS = {tag: 1 << bit for tag, bit in TAG_BITS.items()}


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
    markups = _read_markups(layout, names)
    paths, styles, repeats = _number(layout, markups)
    own, states, inherited = _inherit(layout, markups, repeats)
    parent, up, own_bits, low, high = map(as_column, own)
    rows = as_column(list(chain.from_iterable(states))).reshape(len(states), len(_OUTSIDE))
    bits, chain_low, chain_high, near, total, cards, card, article = np.ascontiguousarray(rows.T)[:, as_column(inherited)]
    return Containers(
        parent=parent,
        up=up,
        first=as_column(layout.element_firsts),
        end=as_column(layout.element_ends),
        bits=bits,
        own_bits=own_bits,
        low=low,
        high=high,
        chain_low=chain_low,
        chain_high=chain_high,
        near=near,
        total=total,
        depth=as_column(layout.element_depths),
        cards=cards,
        card=card,
        path=as_column(paths),
        style=as_column(styles),
        article=article,
    )


def _read_markups(layout: Layout, names: Names) -> list[Markup | None]:
    """Judge the attribute strings of all elements that hold blocks."""
    used = {
        number
        for number, first, end in zip(layout.element_attributes, layout.element_firsts, layout.element_ends, strict=True)
        if first != end
    }
    numbers = sorted(used)
    markups: list[Markup | None] = [None] * len(layout.attributes)
    for number, markup in zip(numbers, read_markups([layout.attributes[number] for number in numbers], names), strict=True):
        markups[number] = markup
    return markups


def _number(layout: Layout, markups: list[Markup | None]) -> tuple[list[int], list[int], list[int]]:
    """Number the tags with their styles, and the chains of them from the root, and count repeats.

    A repeat is a sibling of the same tag and style; what cannot be a card has none.

    Returns:
        Of every element the number of its chain, the number of its style, and how many repeats there are, itself included.
    """
    chains: dict[tuple[int, int], int] = {}
    styles: dict[tuple[str, str], int] = {}
    counts: dict[tuple[int, int], int] = {}
    of_chain: list[int] = []
    of_style: list[int] = []
    keys: list[tuple[int, int] | None] = []
    for tag, parent, attributes, first, end in zip(
        layout.element_tags, layout.element_parents, layout.element_attributes, layout.element_firsts, layout.element_ends, strict=True
    ):
        markup = markups[attributes]
        if first == end or markup is None:
            of_style.append(0)
            of_chain.append(0)
            keys.append(None)
            continue
        style = styles.setdefault((tag, markup[3]), len(styles))
        of_style.append(style)
        of_chain.append(chains.setdefault((of_chain[parent] if parent >= 0 else -1, style), len(chains)))
        if tag in _CARD_TAGS:
            key = (parent, style)
            counts[key] = counts.get(key, 0) + 1
            keys.append(key if end - first > 1 else None)
        else:
            keys.append(None)
    return of_chain, of_style, [0 if key is None else counts[key] for key in keys]


def _inherit(
    layout: Layout, markups: list[Markup | None], repeats: list[int]
) -> tuple[tuple[list[int], ...], list[tuple[int, ...]], list[int]]:
    """From the root down: everything that an element takes over from its parent.

    Most elements add nothing to what they take over, and share it with their parent.

    Returns:
        The columns `parent`, `up`, `own_bits`, `low` and `high`; the distinct rows of what is taken over, in the order of `_OUTSIDE`; and
        of every element the number of its row.
    """
    firsts, ends, tag_bits = layout.element_firsts, layout.element_ends, _TAG_BITS.get
    size = len(repeats)
    parents, ups, owns, lows, highs, rows = [0] * size, [0] * size, [0] * size, [0] * size, [0] * size, [0] * size
    states: list[tuple[int, ...]] = [_OUTSIDE]
    for number, (tag, given, attributes, first, end, repeat) in enumerate(
        zip(layout.element_tags, layout.element_parents, layout.element_attributes, firsts, ends, repeats, strict=True)
    ):
        markup = markups[attributes]
        if first == end or markup is None:
            continue
        parent, row = (given, rows[given]) if given >= 0 else (0, 0)
        parents[number] = parent
        ups[number] = (ups[given] if given >= 0 else 0) if first == firsts[parent] and end == ends[parent] else parent
        own, low, high, _ = markup
        if tag in _PAGE_TAGS:
            own = low = high = 0
        own |= tag_bits(tag, 0)
        if own or low or high or repeat > 2:
            owns[number], lows[number], highs[number] = own, low, high
            strongest = low if -low > high else high
            bits, chain_low, chain_high, near, total, cards, card, article = states[row]
            row = len(states)
            states.append(
                (
                    bits | own,
                    low if low < chain_low else chain_low,  # noqa: FURB136 - 700 calls a page
                    high if high > chain_high else chain_high,  # noqa: FURB136
                    strongest or near,
                    total + strongest,
                    repeat if repeat > 2 else cards,
                    number if repeat > 2 else card,
                    number if tag == "article" else article,
                )
            )
        rows[number] = row
    return (parents, ups, owns, lows, highs), states, rows
