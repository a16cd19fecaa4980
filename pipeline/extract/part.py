"""A page without some of its blocks, as if they had never stood there."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

from pipeline.extract.page_layout import Anchor, Layout, Picture

if TYPE_CHECKING:
    from collections.abc import Sequence


def part_of(layout: Layout, stays: Sequence[bool]) -> Layout:
    """The page with the blocks that stay; elements keep their numbers, and those that hold nothing any more are empty.

    Args:
        layout: the page.
        stays: of every block, whether it stays; at least one does.

    Returns:
        A layout with a base text of its own, good for features: it says nothing of characters off the line.
    """
    kept = [block for block, stay in enumerate(stays) if stay]
    texts = [layout.base[layout.starts[block] : layout.ends[block]] for block in kept]
    starts = [0, *accumulate(len(text) + 2 for text in texts)][: len(texts)]
    before = [0, *accumulate(map(int, stays))]
    shift = {block: start - layout.starts[block] for block, start in zip(kept, starts, strict=True)}

    def moved(spans: Sequence[tuple[int, int]]) -> list[int | None]:
        return [shift.get(bisect_right(layout.starts, start) - 1) for start, _ in spans]

    by_link = moved([(link.start, link.end) for link in layout.links])
    by_drop = moved(layout.drops)
    return Layout(
        base="\n\n".join(texts),
        starts=starts,
        ends=[start + len(text) for start, text in zip(starts, texts, strict=True)],
        elements=[layout.elements[block] for block in kept],
        kinds=[layout.kinds[block] for block in kept],
        levels=[layout.levels[block] for block in kept],
        marks=[layout.marks[block] for block in kept],
        link_chars=[layout.link_chars[block] for block in kept],
        link_counts=[layout.link_counts[block] for block in kept],
        links=[Anchor(a.start + by, a.end + by, a.attributes) for a, by in zip(layout.links, by_link, strict=True) if by is not None],
        drops=[(start + by, end + by) for (start, end), by in zip(layout.drops, by_drop, strict=True) if by is not None],
        scripts=[],
        inline=[],
        pictures=[Picture(before[picture.block], picture.element, picture.attributes) for picture in layout.pictures],
        rules=[before[rule] for rule in layout.rules],
        element_tags=layout.element_tags,
        element_parents=layout.element_parents,
        element_firsts=[before[first] for first in layout.element_firsts],
        element_ends=[before[end] for end in layout.element_ends],
        element_attributes=layout.element_attributes,
        element_depths=layout.element_depths,
        attributes=layout.attributes,
    )
