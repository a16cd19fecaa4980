"""Labels of buttons that show and hide the text below them: questions of accordions, titles of sections on small screens."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.extract.tags import HEADINGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.extract.block_features import Page
    from pipeline.extract.page_layout import Layout

_CONTROLS = re.compile(r' (?:aria-controls|data-(?:bs-)?target)="#?([^"]{1,100})"', re.IGNORECASE)
"""What names the element that a button unfolds: WAI-ARIA 1.2, and the attributes of Bootstrap 3 to 5."""


def labels_that_unfold(page: Page, kept: Sequence[bool]) -> Iterator[int]:
    """Yield the blocks behind the headline that are the label of a button right above a block that stays, and do not stay themselves.

    The button stands in a heading, or names the element that this block opens; what unfolds a menu names another.

    Args:
        page: the page.
        kept: of every block, whether it would stay.
    """
    layout = page.layout
    for block in range(page.headline + 1, len(kept) - 1) if "button" in layout.element_tags else ():
        if kept[block] or not kept[block + 1]:
            continue
        element, alone = layout.elements[block], []
        while element >= 0 and layout.element_ends[element] == block + 1:
            alone.append(element)
            element = layout.element_parents[element]
        tags = {layout.element_tags[element] for element in alone}
        if "button" in tags and (not tags.isdisjoint(HEADINGS) or _names(layout, alone, block + 1)):
            yield block


def _names(layout: Layout, elements: Sequence[int], block: int) -> bool:
    """Whether one of some elements names an element that a block opens as the one it shows and hides."""
    named = {name for element in elements for name in _CONTROLS.findall(layout.attributes[layout.element_attributes[element]])}
    element = layout.elements[block] if named else -1
    while element >= 0 and layout.element_firsts[element] == block:
        if any(f' id="{name}"' in layout.attributes[layout.element_attributes[element]] for name in named):
            return True
        element = layout.element_parents[element]
    return False
