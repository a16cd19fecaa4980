"""Boxes about the author that something beside them shows to be such: a heading, the name alone above, an account made of the name.

A sentence about a person is a sentence like others: of the paragraphs near the end of 1,137 annotated bodies that begin with a name, all
are the story's. What stands in no story is a line with nothing but the name right above, where no paragraph of the story has named the
person; nor an address of mail or an account made of such a name; nor, in a text that shows something of the page around its story, a
paragraph that introduces somebody who writes. Of extracts by nine scrapers (2,643 texts, out of the corpora with bodies), 36 paragraphs
near the end have such evidence, and none is the story's. With a name that the story names too, three of four with an account are.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from pipeline.lines.author_names import has_address_of, heads_author, opening_name
from pipeline.lines.byline_variants import is_name
from pipeline.lines.introductions import continues_introduction, introduces
from pipeline.strip.author_boxes import BODY_TOO, BOX_AFTER, BOX_MAX, byline_names
from pipeline.strip.page import ends_sentence

if TYPE_CHECKING:
    from pipeline.strip.page import Draft

AUTHOR_SECTION = "promo.author_section"
_LAST = 5
"""So many of a text's last sentences on lines of their own, or paragraphs, are looked at."""
_SENTENCE, _CUT_OFF = 30, 80
"""Shortest of them, with an end, and without: some are cut off before "read more"."""
_OFTEN = 3
"""So many paragraphs begin with the name of whom a story is about."""
_SHORT = 60
"""Longest line with a name, a job or a link to more by somebody."""
_LABELS = 3
"""Lines between a story and the paragraph about its author: a heading, a name, a job."""
_WORD = 3
"""Letters of the shortest word of a name that shows that the next line goes on about them."""


def take_author_sections(draft: Draft) -> None:
    """Remove boxes about the author from among the last paragraphs, with the labels above and what goes on about them below."""
    left = draft.open_blocks()
    last = list(islice((index for index in reversed(left) if _is_sentence(draft, index)), _LAST))
    shows_page = not BODY_TOO.issuperset(draft.verdict)
    names = byline_names(draft)
    for index in filter(draft.is_open, last):
        line = draft.lines[index]
        if len(line) > BOX_MAX or draft.blocks[index].kind not in ("paragraph", "list_item"):
            continue
        labels = _labels_above(draft, index)
        headed = bool(labels) and heads_author(draft.lines[labels[0]])
        name = _named_below(draft, labels, index) if headed else _author(draft, labels, index, names, shows_page=shows_page)
        if name is not None and _is_no_story(draft, left, index, name, headed=headed):
            for taken in (*filter(draft.is_open, labels), *range(index, _end(draft, index, name))):
                draft.remove(taken, "promo", AUTHOR_SECTION)


def _is_no_story(draft: Draft, left: list[int], index: int, name: str, *, headed: bool) -> bool:
    """Whether a story stands above a paragraph that begins with a name, and is not about whom it names."""
    story = [place for place in left if _is_sentence(draft, place)]
    above = [draft.lines[place] for place in story if place < index and draft.is_open(place)]
    if len(above) < BOX_AFTER or not name:
        return len(above) >= BOX_AFTER
    if not headed and any(name.rsplit(maxsplit=1)[-1] in line for line in above):
        return False
    return sum(draft.lines[place].startswith(name) for place in story) < _OFTEN


def _is_sentence(draft: Draft, index: int) -> bool:
    line = draft.lines[index]
    return draft.prose[index] or len(line) >= (_SENTENCE if ends_sentence(line) else _CUT_OFF)


def _labels_above(draft: Draft, index: int) -> list[int]:
    """The lines above a paragraph that belong to it: from a heading of such boxes on, or from the name with which the paragraph begins."""
    found: list[int] = []
    for first in range(index - 1, max(-1, index - 1 - _LABELS), -1):
        line = draft.lines[first]
        if draft.prose[first] or len(line) > _SHORT or ends_sentence(line):
            break
        if heads_author(line):
            return list(range(first, index))
        if not found and draft.lines[index].startswith(line) and is_name(line):
            found = list(range(first, index))
    return found


def _named_below(draft: Draft, labels: list[int], index: int) -> str | None:
    """The name under a heading that says what the box is; empty where the paragraph is about somebody without one; None for any other."""
    line = draft.lines[index]
    name = next((draft.lines[label] for label in labels[1:] if is_name(draft.lines[label])), None) or opening_name(line)
    return name or ("" if continues_introduction(line) or line.lower() == line.upper() else None)


def _author(draft: Draft, labels: list[int], index: int, names: tuple[str, ...], *, shows_page: bool) -> str | None:
    """The name of the author whom a paragraph is about, or None where nothing shows that it is about the author."""
    line = draft.lines[index]
    introduced = introduces(line) if labels or shows_page else None
    if introduced:
        return introduced
    if labels:
        name = draft.lines[labels[0]]
        return None if _is_entry(draft, labels[0]) or not _is_last(draft, _end(draft, index, name)) else name
    written = next((name for name in names if line.startswith(name)), None)
    named = opening_name(line) if "@" in line and not written else None
    return named if named and has_address_of(named, line) else written


def _is_entry(draft: Draft, label: int) -> bool:
    """Whether another short line above stands over a block that begins with it: then both are entries of a list."""
    short = (place for place in range(label) if draft.is_open(place) and len(draft.lines[place]) <= _SHORT)
    return any(draft.lines[place + 1].startswith(draft.lines[place]) for place in short)


def _is_last(draft: Draft, after: int) -> bool:
    """Whether no sentence stands from a block on."""
    return not any(draft.is_open(place) and _is_sentence(draft, place) for place in range(after, len(draft.blocks)))


def _end(draft: Draft, index: int, name: str) -> int:
    """The block after a paragraph about somebody and after the lines right below that go on about them."""
    words = tuple(word for word in name.split() if len(word) >= _WORD)
    index += 1
    while draft.is_open(index) and _goes_on(draft.lines[index], words):
        index += 1
    return index


def _goes_on(line: str, words: tuple[str, ...]) -> bool:
    if ends_sentence(line):
        return len(line) <= BOX_MAX and bool(words) and (continues_introduction(line) or line.startswith(words))
    return len(line) <= _SHORT and any(word in line for word in words)
