"""Whether the text itself says that its first line is a headline: its words come again in the story.

A headline sums up what follows, so most of its words stand in the first paragraphs. A heading of a section, a label or a greeting has no
such echo. Words are compared by their first letters, for a headline's "fears" are a story's "feared".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.text.echo import echo, is_wide, stems
from pipeline.text.expressions import expression
from pipeline.text.headlines import before_bar, goes_on

if TYPE_CHECKING:
    from pipeline.strip.page import Draft

_READ = 4_000
"""Characters of the story that are read: a headline's words come early."""
_LEAST_CHARS, _LEAST_WORDS = 25, 4
_LEAST_CHARS_WIDE = 8
_MOST_CHARS = 150
_SHORT_CHARS, _SHORT_WORDS, _SHORT_SHARE = 12, 2, 0.65
"""A shorter line must come again nearly whole, and stand in a text that has no headings of sections, of which it may be the first."""
_HEADINGS = 2
_SENTENCES = expression(r"[:.!?][\"'”“»]?\s[\"'“„«][^\"'“”„«»]{20,}[\"'”“»]\Z|[^\W\d_]{4}\.\s")
"""A line that ends in what somebody said, or has a sentence's end inside, is a standfirst's or the first of a speech as often."""
_SENTENCES_SHARE, _SENTENCES_MOST = 0.7, 110
_CLOSES = frozenset(")]")
_SHARE = 0.55
"""Share of a headline's words that the story repeats. Measured on the annotated scraped texts (folds 0 to 3): of 34 headlines on a first
line 32 reach it, and 3 of 9 other first lines without an end that are as long."""
_ASKS = frozenset("?？؟")
_END_MARKS = frozenset(".,;:،。।؛…-–—")


def headline_share(draft: Draft, index: int) -> float | None:
    """Share of its words that the story repeats of a block that reads as a headline; None where it does not, or too few come again."""
    line = before_bar(draft.lines[index])
    if len(line) > _MOST_CHARS or line[-1] in _END_MARKS or "\n" in line:
        return None
    if draft.prose[index] and line[-1] not in _ASKS:
        return None
    wide = is_wide(line)
    if wide or (len(line) >= _LEAST_CHARS and len(line.split()) >= _LEAST_WORDS):
        if wide and len(line) < _LEAST_CHARS_WIDE:
            return None
        sentences = _SENTENCES.search(line) is not None
        if sentences and (len(line) > _SENTENCES_MOST or line[-1] in _CLOSES):
            return None
        said = said_again(draft, index)
        return said if said >= (_SENTENCES_SHARE if sentences else _SHARE) else None
    if goes_on(line) or len(line) < _SHORT_CHARS or len(stems(line)) < _SHORT_WORDS or _has_headings(draft, index):
        return None
    said = said_again(draft, index)
    return said if said >= _SHORT_SHARE else None


def _has_headings(draft: Draft, index: int) -> bool:
    """Whether other short lines without an end stand between paragraphs."""
    last = draft.body()[1]
    others = (other for other in range(index + 1, last) if draft.is_open(other) and not draft.prose[other])
    return sum(len(draft.lines[other]) <= _MOST_CHARS and draft.lines[other][-1] not in _END_MARKS for other in others) >= _HEADINGS


def said_again(draft: Draft, index: int) -> float:
    """Share of a block's words that the open blocks after it hold, as far as they are read."""
    line = before_bar(draft.lines[index])
    after: list[str] = []
    size = 0
    for other in range(index + 1, len(draft.blocks)):
        if draft.is_open(other):
            after.append(draft.lines[other])
            size += len(draft.lines[other])
            if size > _READ:
                break
    return echo(line, " ".join(after)[:_READ])
