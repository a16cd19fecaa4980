"""Who wrote the story: a paragraph below it, or the end of its last one, that begins with somebody who is not in the story.

A story hardly ever brings in a new person with a job in its very last sentences; sites print there who wrote it. The name alone is no sign,
nor is the job: both, and that the name stands nowhere in the paragraphs before, are.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from pipeline.lines.byline_variants import is_name
from pipeline.lines.tables import rows
from pipeline.spans import Cut

if TYPE_CHECKING:
    from pipeline.strip.page import Draft

AUTHOR = "promo.author"
_PARAGRAPHS = 3
"""Paragraphs of a story at least."""
_SHORTEST, _LONGEST = 60, 1200
_NAMED = re.compile(
    r"(?P<name>[A-ZÀ-Þ][\w.'’-]{1,20}(?:\s[A-ZÀ-Þ][\w.'’-]{0,20}){1,3})"
    r"(?:\s\([^()]{1,30}\))?,?\s(?P<verb>[^\W\d_]{1,12})\s"
)
_WORD = re.compile(r"[^\W\d_]+")


def take_author_box(draft: Draft) -> None:
    """Remove the last paragraph, or its end, where it says who somebody is that the paragraphs before do not name."""
    prose = [index for index in draft.open_blocks() if draft.prose[index]]
    if len(prose) <= _PARAGRAPHS:
        return
    index = prose[-1]
    block = draft.blocks[index]
    starts = [block.start, *(span.start for span in draft.spans([index])[1:])]
    for start in starts:
        if _SHORTEST <= block.end - start <= _LONGEST and _describes(draft, start, block.end, prose):
            if start == block.start:
                draft.remove(index, "promo", AUTHOR)
            else:
                draft.cut_part(Cut(start=start, end=block.end, rule=AUTHOR, kind="promo"), index)
            return


def _describes(draft: Draft, start: int, end: int, prose: list[int]) -> bool:
    """Whether a stretch begins with a new person's name and a verb that says what the person is, and names a job of the trade."""
    found = _NAMED.match(draft.text, start, end)
    if found is None or found["verb"].lower() not in _words("verb") or not is_name(found["name"]):
        return False
    if _words("job").isdisjoint(map(str.lower, _WORD.findall(draft.text, found.end("name"), end))):
        return False
    last = found["name"].split()[-1]
    return not any(last in draft.text[draft.blocks[index].start : min(draft.blocks[index].end, start)] for index in prose)


@functools.cache
def _words(kind: str) -> frozenset[str]:
    """The words of one kind."""
    return frozenset(row[2] for row in rows("author_box") if row[0] == kind)
