"""What a press office prints under a release: whom to call, who it is, notes for editors. A heading opens each and tells what goes with it.

The state of a section is carried from its heading down: contact lines as long as they look like such, paragraphs as long as no other
heading stands between, notes to the end of the text or to its references.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.text.echo import stems

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.rules.rulebook import Carried, Rule
    from pipeline.strip.line_cache import Known
    from pipeline.strip.page import Draft

_REACHABLE = re.compile(r"\S@[^\s@]{1,64}\.\S|https?://|www\.|(?:\+\d{1,3}[ .-]?)?\(?\d{2,5}\)?[ ./-]{1,3}\d{2,4}[ ./-]?\d{2,5}")
"""What a contact has: an address of mail or of a page, or a number to call."""
_CONTACT_MAX = 90
_CONTACT_LINES = 10
_ABOUT_MAX = 110
_ABOUT_BLOCKS = 4
_NAMED_WITHIN = 120
"""Characters of a self-description in which the name of the heading stands."""
_DESCRIBES = re.compile(
    r"(?:The |Die |Der |Das |La |Le |L['’]|El |Il |De )?[A-Z0-9À-Þ].{0,70}?[\s,]"
    r"(?:is|are|was (?:founded|established|formed|created)|were|has|have|provides|offers|serves|works|represents|helps|develops|supports|"
    r"conducts|ist|sind|wurde|est|sont|es|son|é|è|sono|zijn),?\s"
)
"""How a self-description begins: with a name, and soon a verb in the present or when it was founded."""
_TAIL = 0.5
_REST = 0.4
"""Where in the text a self-description and notes may begin, as a share of its blocks: above it, they are a section of the story."""
_ENDS_REST = re.compile(r"(?:references?|bibliography|sources|literatur|références|referencias)\s?:?", re.IGNORECASE)
_INLINE = re.compile(r"(?:About|ABOUT|Über|À propos d[eu]|Acerca de) (?P<name>[^.:\n]{3,80}): ?(?P<rest>\S)")
_SOURCE = re.compile(r"SOURCE:? [A-Z0-9][^.!?]{1,90}")


def take_press(draft: Draft, known: Known) -> None:
    """Take contacts, self-descriptions, notes and the line that names a release's sender."""
    marks = known.marks(draft.lines)
    take: dict[Carried, Callable[[Draft, int, Rule], None]] = {"contact": _take_contact, "about": _take_about, "rest": _take_rest}
    for index, found in enumerate(marks):
        rule = next((mark.rule for mark in found if mark.rule.carries), None)
        if rule is not None and draft.is_open(index):
            take[rule.carries](draft, index, rule)
    _take_inline(draft)


def _late(draft: Draft, index: int, share: float) -> bool:
    return index > share * len(draft.blocks)


def _take_contact(draft: Draft, index: int, rule: Rule) -> None:
    """The contact lines under a label, before the body or in the lower half of the text; one of them says how to reach somebody."""
    if not (index < draft.body()[0] or _late(draft, index, _TAIL)):
        return
    last, place = (index if _REACHABLE.search(draft.lines[index]) else -1), index + 1
    while place < len(draft.blocks) and place <= index + _CONTACT_LINES and draft.is_open(place) and _contact_like(draft, place):
        if _REACHABLE.search(draft.lines[place]):
            last = place
        place += 1
    for taken in range(index, last + 1):
        draft.remove(taken, rule.kind, rule.id)


def _contact_like(draft: Draft, index: int) -> bool:
    return len(draft.lines[index]) <= _CONTACT_MAX and not draft.prose[index]


def _take_about(draft: Draft, index: int, rule: Rule) -> None:
    """The paragraphs under "About X" that begin with X, up to the next heading."""
    line = draft.lines[index]
    following = index + 1
    if len(line) > _ABOUT_MAX or draft.prose[index] or not _late(draft, index, _TAIL) or not draft.is_open(following):
        return
    if not draft.prose[following] or not _names(line, draft.lines[following]):
        return
    last = following
    while last + 1 < min(len(draft.blocks), following + _ABOUT_BLOCKS) and draft.is_open(last + 1) and draft.prose[last + 1]:
        last += 1
    for taken in range(index, last + 1):
        draft.remove(taken, rule.kind, rule.id)


def _names(heading: str, paragraph: str) -> bool:
    """Whether a paragraph begins with the name that a heading holds, and goes on to say what that is or does."""
    name = stems(" ".join(word for word in heading.split()[1:] if word[:1].isupper()))
    opening = paragraph[:_NAMED_WITHIN]
    return bool(name & stems(opening)) and _DESCRIBES.match(opening) is not None


def _take_rest(draft: Draft, index: int, rule: Rule) -> None:
    """Everything from the heading of the notes on, up to the references."""
    if not _late(draft, index, _REST) or draft.prose[index]:
        return
    for taken in range(index, len(draft.blocks)):
        if _ENDS_REST.fullmatch(draft.lines[taken]):
            return
        if draft.is_open(taken):
            draft.remove(taken, rule.kind, rule.id)


def _take_inline(draft: Draft) -> None:
    """A self-description on one line ("About the Port (PO): PO runs …"), and the line "SOURCE X" that ends a wire release."""
    for index in draft.open_blocks():
        if not _late(draft, index, _TAIL):
            continue
        line = draft.lines[index]
        found = _INLINE.match(line) if line[0] in "AÜÀ" else None
        if found and _names(f"About {found['name']}", line[found.start("rest") :]):
            draft.remove(index, "promo", "press.about")
        elif index >= len(draft.blocks) - 2 and _SOURCE.fullmatch(line):
            draft.remove(index, "credit", "press.source")
