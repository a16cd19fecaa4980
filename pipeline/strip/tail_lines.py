"""What stands below the end of a text: under the box about its author, its tags, its notice of copyright.

After these an article does not go on. Of 4,881 development texts (whole pages, extracts, annotated bodies) 48 have up to two paragraphs
and some short lines there, and none of it is the story's but a second author's name. A list, a table or a line that begins with a figure
may be the recipe that the text is about: where one stands below, nothing leaves.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.strip.author_boxes import AUTHOR_BOX, BOX_AFTER, INTRODUCED
from pipeline.strip.author_sections import AUTHOR_SECTION

if TYPE_CHECKING:
    from pipeline.strip.page import Draft

BELOW_END = "chrome.below_end"
_COPYRIGHT = "copyright.line"
_ENDS = frozenset({AUTHOR_BOX, INTRODUCED, AUTHOR_SECTION, _COPYRIGHT, "press.reach_author", "tags.list", "legal.agency", "legal.labels"})
_YEAR = re.compile(r"(?:19|20)\d\d")
"""A notice without a year may be a picture's."""
_PARAGRAPHS, _BLOCKS, _SHARE = 2, 12, 4
"""Most paragraphs and blocks below an end; and it is less than this part of the story above: a quarter, and a third of its paragraphs."""


def take_below_end(draft: Draft) -> None:
    """Remove what is still open below the first block that ends an article."""
    if not any(cut.rule in _ENDS for cut in draft.cuts):
        return
    starts = {
        cut.start for cut in draft.cuts if cut.rule in _ENDS and (cut.rule != _COPYRIGHT or _YEAR.search(draft.text, cut.start, cut.end))
    }
    prose = [index for index in draft.open_blocks() if draft.prose[index]]
    ends = (index for index, block in enumerate(draft.blocks) if block.start in starts and not draft.is_open(index))
    for end in ends:
        below = [index for index in draft.open_blocks() if index > end]
        if _is_no_story(draft, below, [index for index in prose if index < end]):
            for index in below:
                draft.remove(index, "chrome", BELOW_END)
            return


def _is_no_story(draft: Draft, below: list[int], above: list[int]) -> bool:
    """Whether what stands below an end is too little, beside the paragraphs above, and too plain to be a part of the story."""
    paragraphs = sum(draft.prose[index] for index in below)
    if len(above) < BOX_AFTER or len(below) > _BLOCKS or paragraphs > _PARAGRAPHS or paragraphs * 3 > len(above):
        return False
    if any(draft.blocks[index].kind not in ("paragraph", "heading") or draft.lines[index][0].isdigit() for index in below):
        return False
    return _SHARE * sum(len(draft.lines[index]) for index in below) <= sum(len(draft.lines[index]) for index in above)
