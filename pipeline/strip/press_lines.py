"""What a press office prints under a release: whom to call, who it is, notes for editors. A heading opens each and tells what goes with it.

The state of a section is carried from its heading down: contact lines as long as they look like such, paragraphs as long as no other
heading stands between, notes to the end of the text or to its references.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.spans import Cut
from pipeline.text.echo import stems
from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.rules.rulebook import Carried, Rule
    from pipeline.strip.line_cache import Known
    from pipeline.strip.page import Draft

_REACHABLE = expression(r"\S@[^\s@]{1,64}\.\S|https?://|www\.|(?:\+\d{1,3}[ .-]?)?\(?\d{2,5}\)?[ ./-]{1,3}\d{2,4}[ ./-]?\d{2,5}")
"""What a contact has: an address of mail or of a page, or a number to call."""
_CONTACT_MAX = 90
_CONTACT_SENTENCE = 260
"""Longest line of a contact; longest sentence under the label that says whom to contact and how to reach them."""
_CONTACT_LINES = 10
_ABOUT_MAX = 110
_ABOUT_BLOCKS = 4
_NAMED_WITHIN = 120
"""Characters of a self-description in which the name of the heading stands."""
_DESCRIBES = expression(
    r"(?:The |Die |Der |Das |La |Le |L['’]|El |Il |De )?[A-Z0-9À-Þ].{0,70}?[\s,]"
    r"(?:is|are|was (?:founded|established|formed|created)|were|has|have|provides?|offers?|serves?|works?|represents?|helps?|develops?|"
    r"supports?|conducts?|includes?|comprises?|runs?|operates?|employs?|makes?|builds?|produces?|manages?|manufactures?|delivers?|designs?|"
    r"promotes?|protects?|specializes|specialises|publishes|connects?|leads?|brings?|creates?|betreibt|entwickelt|"
    r"bietet|exploite|développe|propose|gestiona|desarrolla|ofrece|ist|sind|wurde|est|sont|es|son|é|è|sono|zijn),?\s"
)
"""How a self-description begins: with a name, and soon a verb in the present or when it was founded."""
_GLUED_ABOUT = expression(r"About (?P<name>(?:[A-Z][\w&.,'’-]{0,24} ?(?:(?:of|the|for|and|&) )?){1,6}?) (?:The )?(?P=name)[ ,(]")
"""The heading of a self-description and its first words, which say the name again."""
_TAIL = 0.5
_REST = 0.4
"""Where in the text a self-description and notes may begin, as a share of its blocks: above it, they are a section of the story."""
_SECTION = 3
"""Paragraphs under a heading among the notes that are a section of the story again: notes are shorter, or about the sender."""
_ABOUT_OR_CALL = expression(r"(?:about|über|à propos|acerca|sobre|contacts?|for (?:more|further)|notes?|source)\b", re.IGNORECASE)
_BELOW_END = expression(r"(?:notes?|additional resources|further resources|background|presentation location)\s?:?.{0,40}", re.IGNORECASE)
"""Headings of what a press office adds below the mark that ends its release."""
_END_MARK = "press.end_mark"
_BELOW = "press.below_end"
_ENDS_REST = expression(r"(?:references?|bibliography|sources|literatur|références|referencias)\s?:?", re.IGNORECASE)
_INLINE = expression(r"(?:About|ABOUT|Über|À propos d[eu]|Acerca de) (?P<name>[^.:\n]{3,80}): ?(?P<rest>\S)")
_SHORT_NAME = expression(r"\(([A-Z]{2,10})\)")
_SOURCE = expression(r"SOURCE:? [A-Z0-9][^.!?]{1,90}")


def take_press(draft: Draft, known: Known) -> None:
    """Take contacts, self-descriptions, notes and the line that names a release's sender."""
    marks = known.marks(draft.lines)
    take: dict[Carried, Callable[[Draft, int, Rule], None]] = {"contact": _take_contact, "about": _take_about, "rest": _take_rest}
    for index, found in enumerate(marks):
        rule = next((mark.rule for mark in found if mark.rule.carries), None)
        if rule is not None and draft.is_open(index):
            take[rule.carries](draft, index, rule)
    ends = [index for index, found in enumerate(marks) if any(mark.rule.id == _END_MARK and mark.exact for mark in found)]
    if ends:
        _take_below(draft, ends[-1])
    _take_inline(draft)
    _take_glued(draft)


def _take_glued(draft: Draft) -> None:
    """A self-description that a scraper glued to a release on one line, and what follows it: its heading's name stands twice in a row."""
    if "About " not in draft.text:
        return
    index = draft.body()[1]
    line = draft.lines[index] if index >= 0 else ""
    found = _GLUED_ABOUT.search(line, len(line) // 2)
    if found and draft.is_open(index) and _DESCRIBES.match(line[found.start("name") + len(found["name"]) + 1 :][:_NAMED_WITHIN]):
        start = draft.blocks[index].start + found.start()
        draft.cut_part(Cut(start=start, end=draft.blocks[index].end, rule="press.about", kind="promo"), index)


def _late(draft: Draft, index: int, share: float) -> bool:
    """Whether a block stands in the lower part of a text, by its characters or by its blocks."""
    return index > share * len(draft.blocks) or draft.blocks[index].start > share * len(draft.text)


def _take_below(draft: Draft, end: int) -> None:
    """What stands below a release's end mark, from the first heading of notes on."""
    if not _late(draft, end, _REST):
        return
    below = (index for index in range(end + 1, len(draft.blocks)) if draft.is_open(index) and not draft.prose[index])
    first = next((index for index in below if _BELOW_END.fullmatch(draft.lines[index])), None)
    for index in _rest(draft, first) if first is not None else ():
        draft.remove(index, "promo", _BELOW)


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
    line = draft.lines[index]
    if len(line) <= _CONTACT_MAX and not draft.prose[index]:
        return True
    return len(line) <= _CONTACT_SENTENCE and "contact" in line.lower() and _REACHABLE.search(line) is not None


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
    short = _SHORT_NAME.search(heading)
    named = bool(name & stems(opening)) or (short is not None and opening.startswith(short[1]))
    return named and _DESCRIBES.match(opening) is not None


def _take_rest(draft: Draft, index: int, rule: Rule) -> None:
    """Everything from the heading of the notes on, up to the references."""
    if not _late(draft, index, _REST) or draft.prose[index]:
        return
    for taken in _rest(draft, index):
        draft.remove(taken, rule.kind, rule.id)


def _rest(draft: Draft, first: int) -> list[int]:
    """The open blocks from a heading of notes on: to the references, and but for sections of several paragraphs that are the story's."""
    taken: list[int] = []
    index = first
    while index < len(draft.blocks) and not _ENDS_REST.fullmatch(draft.lines[index]):
        heads = index > first and not draft.prose[index] and not _ABOUT_OR_CALL.match(draft.lines[index])
        paragraphs = _paragraphs(draft, index + 1) if heads else 0
        if paragraphs >= _SECTION:
            index += 1 + paragraphs
            continue
        if draft.is_open(index):
            taken.append(index)
        index += 1
    return taken


def _paragraphs(draft: Draft, first: int) -> int:
    """How many blocks of prose follow each other."""
    after = first
    while after < len(draft.blocks) and draft.prose[after]:
        after += 1
    return after - first


def _take_inline(draft: Draft) -> None:
    """A self-description on one line ("About the Port: it runs …") or under a name with a colon, and the line "SOURCE X" at the end."""
    for index in draft.open_blocks():
        if not _late(draft, index, _TAIL):
            continue
        line = draft.lines[index]
        found = _INLINE.match(line) if line[0] in "AÜÀ" else None
        if found and _names(f"About {found['name']}", line[found.start("rest") :]):
            draft.remove(index, "promo", "press.about")
        elif index >= len(draft.blocks) - 2 and _SOURCE.fullmatch(line):
            draft.remove(index, "credit", "press.source")
        elif line[-1] == ":" and len(line) <= _CONTACT_MAX and draft.is_open(index + 1) and _opens_with_name(line, draft.lines[index + 1]):
            draft.remove(index, "promo", "press.about")
            draft.remove(index + 1, "promo", "press.about")


def _opens_with_name(heading: str, paragraph: str) -> bool:
    """Whether a paragraph begins with all of its heading's words and goes on to say what that is."""
    return paragraph.startswith(heading[:-1].rstrip()) and _DESCRIBES.match(paragraph[:_NAMED_WITHIN]) is not None
