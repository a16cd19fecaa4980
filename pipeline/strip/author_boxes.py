"""Boxes about the author: paragraphs below a story, or the last sentences of its line, that introduce who wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.lines.introductions import continues_introduction, introduces
from pipeline.spans import Cut

if TYPE_CHECKING:
    from pipeline.strip.page import Draft

AUTHOR_BOX = "promo.author_box"
INTRODUCED = "promo.author_introduced"
BOX_AFTER, BOX_MAX, _MOST_BOXES = 4, 900, 2
"""Open blocks of prose before a box about the author, its length, and how many there are. On the development pages (folds 0 to 3) 27
paragraphs that begin with the byline's name are such boxes; one is body."""
BODY_TOO = frozenset({"", "title", "description", "related", "published_raw", "modified_raw", "stamp"})
"""What annotated bodies hold too: none of it says that a text has something of the page around its story."""
_SENTENCES = 8
"""Sentences of a story on one line before the first about its author."""
_READ = 12
"""Last spans of a line that are read."""


def byline_names(draft: Draft) -> tuple[str, ...]:
    """The names of people, of two words or more, that left a text as its authors."""
    people = {item.key for item in draft.items if item.field == "authors" and item.values.get("type") == "person"}
    cuts = (cut for cut in draft.cuts if cut.target and cut.target.field == "authors" and cut.target.item in people)
    return tuple(name for cut in cuts if " " in (name := draft.text[cut.start : cut.end]))


def take_author_boxes(draft: Draft) -> None:
    """Remove the paragraphs that introduce the author: they begin with the name of the person in the byline, and the story stands above.

    A name that begins more than two paragraphs is that of whom the story is about.
    """
    names = byline_names(draft)
    if not names:
        return
    prose = [index for index in draft.open_blocks() if draft.prose[index]]
    boxes = [index for index in prose if draft.lines[index].startswith(names)]
    if len(boxes) <= _MOST_BOXES:
        for index in boxes:
            if prose.index(index) >= BOX_AFTER and len(draft.lines[index]) <= BOX_MAX:
                draft.remove(index, "promo", AUTHOR_BOX)


def take_introductions(draft: Draft) -> None:
    """Remove the last paragraphs, or the last sentences of a story's line, that say of a person whom nothing names above that they write.

    Only in a text that shows something of the page around the story: annotators left seven such paragraphs in 946 bodies.
    """
    prose = [index for index in draft.open_blocks() if draft.prose[index]]
    if not prose or BODY_TOO.issuperset(draft.verdict):
        return
    boxes = 0
    while boxes < _MOST_BOXES and len(prose) > BOX_AFTER and _is_box(draft, prose[-1]):
        draft.remove(prose.pop(), "promo", INTRODUCED)
        boxes += 1
    if not boxes:
        _take_last_sentences(draft, prose[-1])


def _is_box(draft: Draft, index: int) -> bool:
    shaped = draft.blocks[index].kind not in ("paragraph", "list_item")
    return not shaped and len(draft.lines[index]) <= BOX_MAX and _is_new(draft, draft.lines[index], draft.blocks[index].start)


def _take_last_sentences(draft: Draft, index: int) -> None:
    """Cut the sentences that end a story's line where the first of them introduces somebody, and the others go on about them."""
    block = draft.blocks[index]
    if draft.parts.get(index):
        return
    spans = draft.spans([index])
    for at in range(len(spans) - 1, max(_SENTENCES, len(spans) - _READ) - 1, -1):
        start = spans[at].start
        if block.end - start > BOX_MAX:
            return
        if _is_new(draft, draft.text[start : block.end], start):
            draft.cut_part(Cut(start=start, end=block.end, rule=INTRODUCED, kind="promo"), index)
            return
        if not continues_introduction(draft.text[start : spans[at].end]):
            return


def _is_new(draft: Draft, text: str, start: int) -> bool:
    """Whether a text introduces somebody who writes, and nothing above it has their last name."""
    name = introduces(text)
    return name is not None and name.split()[-1] not in draft.text[:start]
