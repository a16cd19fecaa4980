"""What stands below the end of a text: under the box about its author, its tags, its notice of copyright.

After these an article does not go on. Of 4,881 development texts (whole pages, extracts, annotated bodies) 48 have up to two paragraphs
and some short lines there, and none of it is the story's but a second author's name. A list, a table or a line that begins with a figure
may be the recipe that the text is about: where one stands below, nothing leaves.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from pipeline.strip.author_boxes import AUTHOR_BOX, BOX_AFTER, INTRODUCED
from pipeline.strip.author_sections import AUTHOR_SECTION
from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from pipeline.strip.page import Draft

BELOW_END = "chrome.below_end"
_NOTICES = frozenset({"copyright.line", "legal.notice"})
_ENDS = _NOTICES | frozenset({AUTHOR_BOX, INTRODUCED, AUTHOR_SECTION, "press.reach_author", "tags.list", "legal.agency", "legal.labels"})
_YEAR = expression(r"(?:19|20)\d\d")
"""A notice without a year may be a picture's."""
_PARAGRAPHS, _BLOCKS, _SHARE = 2, 12, 4
"""Most paragraphs and blocks below an end; and it is less than this part of the story above: a quarter, and a third of its paragraphs."""


def take_below_end(draft: Draft) -> None:
    """Remove what is still open below the first block that ends an article."""
    if not any(cut.rule in _ENDS for cut in draft.cuts):
        return
    left = draft.open_blocks()
    ends = _ends(draft)
    for count in range(min(_BLOCKS, len(left) - 1), 0, -1):
        above, below = left[:-count], left[-count:]
        if bisect_right(ends, above[-1]) < bisect_right(ends, below[0]) and _is_no_story(draft, below, above):
            for index in below:
                draft.remove(index, "chrome", BELOW_END)
            return


def _ends(draft: Draft) -> list[int]:
    """The blocks that end an article, in order; of notices of copyright only those with a year."""
    cuts = (cut for cut in draft.cuts if cut.rule in _ENDS)
    starts = {cut.start for cut in cuts if cut.rule not in _NOTICES or _YEAR.search(draft.text, cut.start, cut.end)}
    return [index for index, block in enumerate(draft.blocks) if block.start in starts and not draft.is_open(index)]


def _is_no_story(draft: Draft, below: list[int], above: list[int]) -> bool:
    """Whether what stands below an end is too little, beside the paragraphs above, and too plain to be a part of the story."""
    above = [index for index in above if draft.prose[index]]
    paragraphs = sum(draft.prose[index] for index in below)
    if len(above) < BOX_AFTER or paragraphs > _PARAGRAPHS or paragraphs * 3 > len(above):
        return False
    if any(draft.blocks[index].kind not in ("paragraph", "heading") or draft.lines[index][0].isdigit() for index in below):
        return False
    return _SHARE * sum(len(draft.lines[index]) for index in below) <= sum(len(draft.lines[index]) for index in above)
