"""A standfirst that reads like a paragraph: what follows says that the story only begins below it.

On a third of news pages the first paragraph is the lead, however much it sums up. So a sentence on top moves only with evidence: the next
paragraph opens with the story's dateline, or, under a title of the text's own, tells the same again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.lines.summary_labels import summary_label
from pipeline.spans import Target
from pipeline.strip.field_lines import front_dateline
from pipeline.strip.page import ends_sentence
from pipeline.text.echo import stems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.strip.line_cache import Known
    from pipeline.strip.page import Draft

ABOVE_DATELINE = "description.above_dateline"
SAID_AGAIN = "description.said_again"
LABELLED = "description.labelled"
_TOP = 3
"""Open blocks from the top among which the standfirst is: labels and a headline that nothing took may stand before it."""
_LEAST, _MOST = 40, 400
_STORY = 3
"""Blocks of prose that must follow, or the text is a note of two paragraphs."""
_LABELS = 3
"""Lines without an end that may stand between a standfirst and the story."""
_STEMS, _SHARE = 6, 0.6
"""Words of a standfirst, and the share of them that the next paragraph alone says again. On the annotated bodies of the development pages
(folds 0 to 3, 639 openings) the next paragraph says so much of 25 first ones: 12 are headings without an end, which never count, and nearly
all others are standfirsts that the annotators left in the body."""
_NEXT = 4
"""Open blocks below a standfirst, in a text without a title, of which one may repeat it word for word; below a title any may."""
_MOST_LABELLED = 700
"""The longest summary under a label."""


def take_standfirst(draft: Draft, known: Known) -> None:
    """Move the standfirst to `description` where the paragraph after it is the story's first by evidence."""
    if _take_labelled(draft):
        return
    opened = draft.open_blocks()
    for place, index in enumerate(opened[:_TOP]):
        headed = place > 0 or "title" in draft.verdict[:index]
        near = opened[place + 1 : place + 2 + (_LABELS if headed else 0)]
        after = next((other for other in near if draft.prose[other] or ends_sentence(draft.lines[other])), index)
        rule = _rule(draft, known, index, after, headed=headed) if after > index else ""
        rule = rule or _rule_of_copy(draft, index, opened[place + 1 :])
        if rule and sum(draft.prose[other] for other in opened[place + 1 :]) >= _STORY:
            draft.move(index, Target("description"), rule)
            return
        if draft.prose[index]:
            return


def _rule(draft: Draft, known: Known, index: int, after: int, *, headed: bool) -> str:
    """The rule by which a block is the standfirst of the prose after it, empty for none; `headed` where something stands above it."""
    line, following = draft.lines[index], draft.lines[after]
    if not _LEAST <= len(line) <= _MOST or not draft.prose[after] or draft.parts.get(index):
        return ""
    if draft.blocks[index].kind not in ("paragraph", "heading") or not (headed or ends_sentence(line)):
        return ""
    reading = front_dateline(draft, known, after)
    if reading is not None and reading.end < len(following):
        return "" if known.dateline(line) else ABOVE_DATELINE
    titled = "title" in draft.verdict[:index]  # a page says elsewhere what its standfirst is, and its text has no title
    words = stems(line) if titled and ends_sentence(line) and len(following) >= len(line) else set()
    return SAID_AGAIN if len(words) >= _STEMS and len(words & stems(following)) >= _SHARE * len(words) else ""


def _rule_of_copy(draft: Draft, index: int, below: Sequence[int]) -> str:
    """The rule by which a block is a standfirst that a later block repeats word for word, or begins with; empty for none."""
    line = " ".join(draft.lines[index].split())
    if not _LEAST <= len(line) <= _MOST or draft.parts.get(index) or draft.blocks[index].kind not in ("paragraph", "heading"):
        return ""
    if not ends_sentence(line):
        return ""
    titled = "title" in draft.verdict[:index]
    near = below if titled else below[:_NEXT]
    again = any(draft.prose[other] and line in " ".join(draft.lines[other].split()) for other in near)
    return SAID_AGAIN if again else ""


def _take_labelled(draft: Draft) -> bool:
    """Move the paragraph under a label such as "Summary" to `description`: what was taken, or a label, parts it from the story."""
    first = draft.body()[0]
    for label in range(min(first, len(draft.blocks) - 1)):
        if draft.verdict[label] not in ("", "unscored") or summary_label(draft.lines[label]) != "summary":
            continue
        below = [index for index in draft.open_blocks() if index > label][: _STORY + 1]
        if len(below) <= _STORY or not _LEAST <= len(draft.lines[below[0]]) <= _MOST_LABELLED:
            return False
        detail = summary_label(draft.lines[below[1]]) == "detail"
        if not detail and not any(draft.verdict[below[0] + 1 : below[1]]):
            return False
        for index in (label, below[1]) if detail else (label,):
            if draft.is_open(index):
                draft.remove(index, "teaser", LABELLED)
        draft.move(below[0], Target("description"), LABELLED)
        return True
    return False
