"""Signs that a line inside the story leads elsewhere or belongs to a picture, and signs that another story has begun."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline.extract.feature_columns import as_column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.extract.ancestors import Containers
    from pipeline.extract.metadata import Evidence
    from pipeline.extract.page_layout import Layout

    Column = NDArray[np.int64]

_FAR = 99
_REACH = 12
_NESTED = 6
_NEWS = frozenset(("newsarticle", "reportagenewsarticle", "analysisnewsarticle", "liveblogposting"))
_SIGNS = frozenset(":|»>–→")


def cue_columns(
    layout: Layout, c: Containers, evidence: Evidence, texts: Sequence[str], folded: Sequence[str], headline: int
) -> list[tuple[str, Column]]:
    """Columns of features, one row a block.

    * `unlinked_lead`: of a block that ends in a link, the characters before that link; -1 for other blocks. `sign_before_link`: whether
      one of them is a colon, a bar or an arrow right before the link.
    * `c1_pictures`, `c1_held` … `c3_held`: pictures and blocks in the three nearest containers that hold different numbers of blocks; the
      nearest is the outermost that holds nothing but the block, if there is one.
    * `in_caption`: whether JSON-LD gives the text to a picture or player.
    * `picture_gap`: blocks since the last picture.
    * `articles_since_headline`, `titles_since_headline`: `article` elements and headings of the first rank behind the headline.
    * `is_news`: whether the page calls itself news: what belongs to an article differs between news and other pages.

    Args:
        layout: the page.
        c: its containers.
        evidence: what it says of its article elsewhere.
        texts: the blocks' texts.
        folded: the same, folded.
        headline: the headline's block, -1 for none.

    Returns:
        Names and columns.
    """
    blocks = len(texts)
    element = as_column(layout.elements)
    types, told = set(evidence.types), frozenset(evidence.captions)
    lead, sign = _links_at_end(layout, texts)
    return [
        ("unlinked_lead", lead),
        ("sign_before_link", sign),
        ("in_caption", as_column([text in told for text in folded]) if told else np.zeros(blocks, dtype=np.int64)),
        *_picture_columns(layout, c, element),
        *_since_headline(layout, blocks, headline),
        ("is_news", np.full(blocks, int(not types.isdisjoint(_NEWS)), dtype=np.int64)),
    ]


def _links_at_end(layout: Layout, texts: Sequence[str]) -> tuple[Column, Column]:
    lead, sign = [-1] * len(texts), [0] * len(texts)
    at = {end: number for number, end in enumerate(layout.ends)}
    base, starts = layout.base, layout.starts
    for start, end, _ in layout.links:
        block = at.get(end, -1)
        if block >= 0 and lead[block] < 0 and start >= starts[block]:
            lead[block] = start - starts[block]
            if lead[block]:
                sign[block] = int(base[max(starts[block], start - 2) : start].strip()[-1:] in _SIGNS)
    return as_column(lead), as_column(sign)


def _picture_columns(layout: Layout, c: Containers, element: Column) -> list[tuple[str, Column]]:
    held = _pictures_inside(layout)
    columns = []
    level = np.where(c.end[element] - c.first[element] == 1, _widest(c, element), element)
    for number in (1, 2, 3):
        first = c.first[level]
        columns += [
            (f"c{number}_pictures", held[level]),
            (f"c{number}_held", c.end[level] - first),
        ]
        level = c.up[level]
    index = np.arange(len(element), dtype=np.int64)
    places = np.array([0, *(picture.block for picture in layout.pictures)], dtype=np.int64)
    found = np.searchsorted(places[1:], index, side="right")
    return [*columns, ("picture_gap", np.where(found > 0, np.minimum(index - places[found], _FAR), _FAR))]


def _pictures_inside(layout: Layout) -> Column:
    """Of every element, the pictures inside it, at most a few elements deeper."""
    held, parents = [0] * len(layout.element_parents), layout.element_parents
    for picture in layout.pictures:
        element = picture.element
        for _ in range(_REACH):
            if element < 0:
                break
            held[element] += 1
            element = parents[element]
    return as_column(held)


def _widest(c: Containers, element: Column) -> Column:
    """Of an element that holds one block, the outermost ancestor that holds no other."""
    level = element
    for _ in range(_NESTED):
        above = c.parent[level]
        level = np.where((c.end[above] - c.first[above]) == 1, above, level)
    return level


def _since_headline(layout: Layout, blocks: int, headline: int) -> list[tuple[str, Column]]:
    first_rank = [kind == "heading" and level == 1 for kind, level in zip(layout.kinds, layout.levels, strict=True)]
    titles = np.cumsum(first_rank, dtype=np.int64)
    starts = [
        layout.element_firsts[element]
        for element, tag in enumerate(layout.element_tags)
        if tag == "article" and layout.element_ends[element] - layout.element_firsts[element] > 2
    ]
    articles = np.searchsorted(as_column(starts), np.arange(1, blocks + 1))
    at = max(headline, 0)
    return [("titles_since_headline", titles - titles[at]), ("articles_since_headline", articles - articles[at])]
