"""Blocks that the rule book names: buttons, labels, adverts, boxes with other stories and the headlines under them."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.spans import Cut
from pipeline.strip.page import ends_sentence
from pipeline.text.expressions import expression
from pipeline.text.folding import fold_line
from pipeline.text.scripts import UNSPACED_CHARACTER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.rules.rulebook import Mark, Place, Rule
    from pipeline.spans import Span
    from pipeline.strip.line_cache import Known
    from pipeline.strip.page import Draft

ADDRESS = "navigation.address"
BUTTONS = "share.words"
"""The words of buttons; the bare names of networks may be what a line is about."""
_ADDRESS = expression(r"https?://[^\s<>\"]{4,300}")
_SLUG = 4
"""Hyphens in the address of a story, which is made of its headline's words; other addresses are the story's own links."""
_PROMPTS = frozenset({"newsletter", "promo", "share", "player"})
_HIDDEN = expression(
    r"[\w)”\"] [A-Z][\w'’-]+ (?:(?!and|or|to|that|which|who|you)[a-z]+ ){0,2}"
    r"(?:have|has|had|is|are|was|were|will|would|said|says|told)\b[^.!?]+[.!?]"
)
"""A sentence that may begin inside a prompt, behind its last word: who, and what they do."""
_SAID = 3
"""Spaces in the shortest sentence inside a line that is a button's or a label's words and none of the story's."""
_HEADLINE_MAX = 120
_SURE = frozenset("。।۔")
"""Marks that end nothing but sentences: a line that goes on behind one is no headline."""
_TITLE_MIN = 12
"""Shortest headline; a character of a script without spaces counts as two."""
_HEADS_MAX = 2
"""A label that stands more often than this is a button under each teaser, and what follows it is the next teaser."""
_LEAST_LISTED, _MOST_LISTED, _LISTED_WORDS, _LISTED_OF = 2, 12, 3, (2, 3)
"""Items of a list under a box's heading; words that a headline has more than, its bullet among them, and the share of the items that
read as one."""


def apply_rules(draft: Draft, known: Known) -> None:
    """Take out every block that a rule names, where the rule may speak.

    Strong marks decide by themselves. Weak ones ("Facebook", "Email") need company: a block that a strong rule takes, or one taken
    already, right before or after the run of weak ones. A rule that opens a box takes the headlines under it as well.
    """
    named = known.marks(draft.lines)
    marks = [tuple(mark for mark in found if not mark.rule.carries and mark.rule.unit != "part") if found else found for found in named]
    speaking = [(index, found) for index, found in enumerate(marks) if found]
    for index, found in speaking:
        for spoken in found:
            draft.note(index, spoken.rule.id, "strong" if spoken.strong else "weak")
            if spoken.rule.unit != "span":
                draft.spoken[index] = draft.spoken[index] or spoken.rule.kind
    first, last = _prose_without(draft, marks)
    for index, found in speaking:
        mark = _speaker(found, index, first, last)
        if mark is not None and draft.is_open(index) and mark.strong and not (mark.rule.opens and not mark.exact):
            draft.remove(index, mark.rule.kind, mark.rule.id)
    if speaking:
        _take_weak(draft, marks, first, last)
        _take_boxes(draft, speaking, first, last)


def take_beside_fields(draft: Draft, known: Known) -> None:
    """Take the buttons ("Share", "Print") right below or above the lines that went to fields: their company was not known before."""
    marks = [found if draft.is_open(index) else () for index, found in enumerate(known.marks(draft.lines))]
    if any(marks):
        marks = [tuple(mark for mark in found if mark.rule.id == BUTTONS) if _is_weak(found) else () for found in marks]
        _take_weak(draft, marks, *_prose_without(draft, marks))


def apply_to_spans(draft: Draft, known: Known) -> None:
    """Take the spans out of open blocks of which a rule speaks that may judge spans; a block that loses all of them is taken as a whole."""
    named = known.has_parts(draft.lines)
    inside: dict[int, list[Span]] = {}
    for span in draft.spans([index for index, told in enumerate(named) if told and draft.is_open(index)]):
        inside.setdefault(span.block, []).append(span)
    several = {index: spans for index, spans in inside.items() if len(spans) > 1}
    marks = known.marks([draft.text[span.start : span.end] for spans in several.values() for span in spans])
    first, last = draft.body() if any(marks) else (0, 0)
    place = 0
    for index, spans in several.items():
        found = marks[place : place + len(spans)]
        place += len(spans)
        if any(found):
            words = [draft.text[span.start : span.end] for span in spans]
            _cut_spans(draft, index, spans, _span_rules(found, words, (index, first, last)))


def take_addresses(draft: Draft) -> None:
    """Remove addresses of stories that stand by themselves: between two sentences of a line, or alone on the text's last line."""
    if "://" not in draft.text:
        return
    first, last = draft.body()
    for index in draft.holding(("http://", "https://")):
        if not draft.is_open(index):
            continue
        if _ADDRESS.fullmatch(draft.lines[index]):
            below = index > last >= first and not any(map(draft.is_open, range(index + 1, len(draft.blocks))))
            if below and _is_story(draft.lines[index]):
                draft.remove(index, "navigation", ADDRESS)
            continue
        spans = draft.spans([index]) if draft.prose[index] else []
        for before, span in pairwise(spans):
            address = draft.text[span.start : span.end]
            if ends_sentence(draft.text[before.start : before.end]) and _ADDRESS.fullmatch(address) and _is_story(address):
                draft.cut_part(Cut(start=span.start, end=span.end, rule=ADDRESS, kind="navigation"), index)


def _is_story(address: str) -> bool:
    return address.count("-") >= _SLUG


def _span_rules(found: Sequence[Sequence[Mark]], words: Sequence[str], where: tuple[int, int, int]) -> list[Rule | None]:
    """The rules that take the spans of a block, if some do. The last spans of the body's last block may be below the story already.

    Args:
        found: The marks of every span.
        words: The spans.
        where: The block's number, and those of the first and the last block of the body.
    """
    index, first, last = where
    rules = [_span_speaker(named, line, where, below=False) for named, line in zip(found, words, strict=True)]
    place = len(rules) - 1
    while index == last and place > 0:
        rules[place] = rules[place] or _span_speaker(found[place], words[place], (index, first, last), below=True)
        if rules[place] is None:
            break
        place -= 1
    return rules


def _span_speaker(found: Sequence[Mark], words: str, where: tuple[int, int, int], *, below: bool) -> Rule | None:
    """The rule that takes a span, if one does.

    What is a rule's for blocks as well must be its words alone; a sentence of few words ("Sign up now!") may be the story's.
    Below the story, inside its last block, rules for spans alone speak only where that block is the whole body: they may name sentences.
    """
    index, first, last = where
    for mark in found:
        rule = mark.rule
        apart = rule.unit != "both" or (mark.exact and (not ends_sentence(words) or words.count(" ") >= _SAID))
        if rule.unit == "block" or not mark.strong or not apart:
            continue
        if rule.kind in _PROMPTS and _HIDDEN.search(words):
            continue
        if _in_place(rule.where, index, first, last):
            return rule
        if below and ((rule.unit == "both" and rule.where in ("tail", "edge")) or (rule.where == "tail" and first == last)):
            return rule
    return None


def _cut_spans(draft: Draft, index: int, spans: Sequence[Span], rules: Sequence[Rule | None]) -> None:
    named = [(span, rule) for span, rule in zip(spans, rules, strict=True) if rule is not None]
    if len(named) == len(spans):
        draft.remove(index, named[0][1].kind, named[0][1].id)
        return
    for span, rule in named:
        draft.cut_part(Cut(start=span.start, end=span.end, rule=rule.id, kind=rule.kind), index)


def _prose_without(draft: Draft, marks: Sequence[tuple[Mark, ...]]) -> tuple[int, int]:
    """First and last block of prose that no rule names."""
    prose = [index for index in draft.open_blocks() if draft.prose[index] and not marks[index]]
    return (prose[0], prose[-1]) if prose else (len(draft.blocks), -1)


def _speaker(found: Sequence[Mark], index: int, first: int, last: int) -> Mark | None:
    """The mark that may speak at this place of the page: the first that decides by itself, else the first of all."""
    here = [mark for mark in found if _in_place(mark.rule.where, index, first, last)]
    return next((mark for mark in here if mark.strong), here[0] if here else None)


def _in_place(where: Place, index: int, first: int, last: int) -> bool:
    head, tail = index < first, index > last
    return where == "any" or (where == "head" and head) or (where == "tail" and tail) or (where == "edge" and (head or tail))


def _take_weak(draft: Draft, marks: Sequence[tuple[Mark, ...]], first: int, last: int) -> None:
    index = 0
    while index < len(marks):
        if not marks[index]:
            index += 1
            continue
        run = index
        while run < len(marks) and draft.is_open(run) and _is_weak(marks[run]):
            run += 1
        if run > index:
            beside = (index > 0 and bool(draft.verdict[index - 1])) or (run < len(marks) and bool(draft.verdict[run]))
            for place in range(index, run) if beside else ():
                mark = _speaker(marks[place], place, first, last)
                if mark is not None:
                    draft.remove(place, mark.rule.kind, mark.rule.id)
        index = max(run, index + 1)


def _is_weak(found: Sequence[Mark]) -> bool:
    return bool(found) and not any(mark.strong for mark in found)


def _take_boxes(draft: Draft, named: Sequence[tuple[int, tuple[Mark, ...]]], first: int, last: int) -> None:
    """Headlines after the heading of a box belong to it, as many as they are, up to the rule's number."""
    heads = Counter(draft.lines[index] for index, _ in named)
    for index, found in named:
        mark = _speaker(found, index, first, last)
        if mark is not None and mark.rule.kind == "related" and not mark.strong and draft.is_open(index):
            _take_weak_list(draft, index, mark)
        if mark is None or not mark.rule.opens or draft.verdict[index] != mark.rule.kind:
            continue
        if heads[draft.lines[index]] > _HEADS_MAX or _take_listed(draft, index, mark, inside=first < index < last):
            continue
        taken = 0
        place = index + 1
        while taken < mark.rule.opens and draft.is_open(place) and _is_headline(draft, place):
            taken += 1
            place += 1
        if place <= last and place < len(draft.blocks) and taken > 1 and draft.is_open(place) and not draft.prose[place]:
            taken = 1  # inside the body the end of the box is not certain: take one headline
        if place <= last and taken and _next_is_heading(draft, index + taken, last):
            taken -= 1  # the last short line may be the heading of the paragraph, or of the list, after it
        for under in range(index + 1, index + 1 + taken):
            draft.remove(under, mark.rule.kind, f"{mark.rule.id}.item")


def _take_listed(draft: Draft, head: int, mark: Mark, *, inside: bool) -> bool:
    """Take the list right under the heading of a box where its items read as headlines; whether it did.

    Bodies hold such lists too: inside one, other blocks must have left as well.
    """
    items = [] if inside and sum(map(bool, draft.verdict)) <= _LEAST_LISTED else _listed(draft, head)
    if not _LEAST_LISTED <= len(items) <= mark.rule.opens or _titles(draft, items) * _LISTED_OF[1] < len(items) * _LISTED_OF[0]:
        return False
    for index in items:
        draft.remove(index, mark.rule.kind, f"{mark.rule.id}.item")
    return True


def _take_weak_list(draft: Draft, head: int, mark: Mark) -> None:
    """Take a weak label of other stories with the list right under it, where other blocks have left and all of its items are headlines."""
    items = _listed(draft, head) if any(draft.verdict) else []
    if _LEAST_LISTED <= len(items) <= _MOST_LISTED and _titles(draft, items) == len(items):
        draft.remove(head, mark.rule.kind, mark.rule.id)
        for index in items:
            draft.remove(index, mark.rule.kind, f"{mark.rule.id}.item")


def _listed(draft: Draft, head: int) -> list[int]:
    """The items of the list right under a heading; adverts may stand between them."""
    items: list[int] = []
    for index in range(head + 1, len(draft.blocks)):
        if draft.is_open(index) and draft.blocks[index].kind == "list_item":
            items.append(index)
        elif draft.verdict[index] != "advert":
            break
    return items


def _titles(draft: Draft, items: Sequence[int]) -> int:
    """How many items of a list read as headlines; 0 where one is too long for that."""
    lines = [draft.lines[index] for index in items]
    if max(map(len, lines), default=0) > _HEADLINE_MAX:
        return 0
    return sum(len(line.split()) > _LISTED_WORDS and not (ends_sentence(line) and line[-1] not in "?!") for line in lines)


def _is_headline(draft: Draft, index: int) -> bool:
    line = draft.lines[index]
    if draft.blocks[index].kind == "list_item" or line[-1] == ":" or not _SURE.isdisjoint(line[:-1]):
        return False
    size = len(line) if len(line) >= _TITLE_MIN else len(line) + len(UNSPACED_CHARACTER.findall(line))
    if size < _TITLE_MIN or len(line) > _HEADLINE_MAX or draft.prose[index]:
        return False
    return line[-1] in "?!" or not ends_sentence(line)


def _next_is_heading(draft: Draft, index: int, last: int) -> bool:
    """Whether the last of several headlines is the heading of the prose that follows inside the body."""
    if index < last and draft.lines[index][-1] in ":?" and draft.blocks[index + 1].kind == "list_item":
        return True
    return index < last and draft.blocks[index].kind == "heading" and draft.is_open(index - 1) and draft.prose[index + 1]


def same_words(first: str, second: str) -> bool:
    """Whether two lines say the same, punctuation at the ends and case aside."""
    return fold_line(first).strip(" .:-|") == fold_line(second).strip(" .:-|")
