"""Captions of a gallery that a scraper left in the text: each begins with its number of all ("3/12").

Three counters in a row that count up to the same number are a gallery, whether they stand on lines of their own or in one line: no
sentence counts so. The captions leave for `images`; a counter alone on its line is removed, and what stands between is left.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from pipeline.spans import Cut, Target
from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from pipeline.strip.page import Draft

GALLERY = "image.gallery"
COUNTER = "image.counter"
_COUNTER = expression(r"(?P<at>\d(?<![\w/.,:-].)\d{0,2})\s?(?:/|of|von|de|sur|di)\s?(?P<all>\d{1,3})(?![\w/.,:%-])", re.DOTALL)
"""A counter; what may not stand before it is asked behind its first figure, for a search that begins with a class of characters is fast."""
_LEAST = 3
_CAPTION_MAX = 700
_CREDIT = 40
_WORD = expression(r"\S+")


def take_galleries(draft: Draft) -> None:
    """Move the captions of galleries to `images`, and remove counters that stand alone."""
    starts = [block.start for block in draft.blocks]
    for gallery in _galleries(draft.text):
        credited = {(draft.text[max(0, found.start() - _CREDIT) : found.start()].split() or [""])[-1] for found in gallery[1:]}
        for number, found in enumerate(gallery):
            index = bisect_right(starts, found.start()) - 1
            if index < 0 or not draft.is_open(index) or draft.blocks[index].end < found.end():
                continue
            following = gallery[number + 1].start() if number + 1 < len(gallery) else None
            _take(draft, index, found, following, credited)


def _galleries(text: str) -> list[list[re.Match[str]]]:
    """Runs of counters that go up to the same number, one more each time or the same again."""
    runs: list[list[re.Match[str]]] = []
    for found in _COUNTER.finditer(text):
        at, size = int(found["at"]), int(found["all"])
        if not 1 <= at <= size or size < _LEAST:
            continue
        last = runs[-1][-1] if runs else None
        if last is not None and int(last["all"]) == size and int(last["at"]) < at <= int(last["at"]) + 2:
            runs[-1].append(found)
        else:
            runs.append([found])
    return [run for run in runs if len(run) >= _LEAST]


def _take(draft: Draft, index: int, found: re.Match[str], following: int | None, credited: set[str]) -> None:
    """One counter with its caption, which ends where the next counter, the line or the last caption's span ends."""
    text, block = draft.text, draft.blocks[index]
    start = found.start()
    line_end = text.find("\n", found.end(), block.end)
    end = block.end if line_end < 0 else line_end
    if following is not None and following < end:
        end = following
    elif following is None and start > block.start:
        end = _last_caption(draft, index, found.end(), end, credited)
    while end > found.end() and text[end - 1].isspace():
        end -= 1
    begin = found.end()
    while begin < end and text[begin].isspace():
        begin += 1
    if end - begin > _CAPTION_MAX:
        return
    if begin == end:
        cuts = [Cut(start=start, end=found.end(), rule=COUNTER, kind="navigation")]
    else:
        cuts = [
            Cut(start=start, end=begin, rule=GALLERY),
            Cut(start=begin, end=end, rule=GALLERY, target=Target("images", start, "caption")),
        ]
    if start == block.start and end == block.end:
        draft.take(index, cuts, "images" if len(cuts) > 1 else "navigation")
    else:
        draft.cut_parts(cuts, index)


def _last_caption(draft: Draft, index: int, start: int, end: int, credited: set[str]) -> int:
    """Where the last caption inside a longer line ends: with a word that ended another one, an agency's name, else with its span."""
    for span in draft.spans([index]):
        if span.end > start:
            end = min(span.end, end)
            break
    for word in _WORD.finditer(draft.text, start, end):
        if word[0] in credited:
            return word.end()
    return end
