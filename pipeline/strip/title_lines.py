"""Title and standfirst of a text.

A first line becomes a title only where the page shows furniture around it, where it stands twice, where the story repeats its words, or
where it says what the chosen title of the page says: a text that starts with a short line and then runs on is left whole.
"""

from __future__ import annotations

import functools
import itertools
from bisect import bisect_left
from typing import TYPE_CHECKING

from pipeline.lines.agencies import find_agency
from pipeline.lines.bylines import has_label, read_byline
from pipeline.lines.datelines import read_dateline
from pipeline.lines.tables import has_digit
from pipeline.spans import Cut, Target
from pipeline.strip.field_lines import stamps_of
from pipeline.strip.head_lists import take_points
from pipeline.strip.headline_evidence import headline_share, said_again
from pipeline.strip.page import ends_sentence
from pipeline.text.echo import echo, stems
from pipeline.text.expressions import expression
from pipeline.text.folding import fold_line, words_of
from pipeline.text.headlines import before_bar
from pipeline.text.scripts import is_east_asian

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.config import StripConfig
    from pipeline.strip.page import Draft

TITLE = "title.line"
DOUBLE = "title.double"
SITE_LINE = "title.with_site"
DESCRIPTION = "description.line"
OTHER_WORDING = "title.other_wording"
GLUED = "title.glued"
_SITE_PART = expression(r"\s+(?:[|\-–—»«·:•]|::)\s+|\s?\|\s?|\s+-\s?|\s[–—]|(?P<blank>\s+(?=\s))")
"""A separator of a title's parts, or all of a run of white space but its last character, which would else be tried from each of them."""
_NO_END = ".,;:،。"
_NO_HEADLINE = _NO_END + "!?؟？।…"
"""What a line above a byline does not end in if it is a headline for that alone."""
_LEAST, _LEAST_UNSPACED = 8, 5
"""Code points of the shortest headline; in a script without spaces each of them is about half a word."""
_DAY = 60
"""The longest line that is a day alone, which is no title though days of a chronicle repeat it."""
_ASKS, _QUESTIONS = frozenset("?？؟"), 2
"""Marks at the end of a question, and how many more lines end in one in an interview."""
_HEAD = 400
"""How many blocks from the top a headline is looked for."""
_DOUBLES_MIN = 15
_TITLE_WORDS = 4
_ECHO_OF_NAMED, _STEMS = 0.4, 3
"""Share of its words that a line must find again in the story where the page's own title or a double speaks for it too, and how many it
must have."""
_SAME = 0.6
"""Share of a line's words that a title has too, where both are one headline: spelling may be normalised."""
_STAMPS = frozenset({"published_raw", "modified_raw", "authors"})
"""What parts a standfirst right under its headline from the story, however much it reads like a paragraph."""
_GLUED_LEAST, _GLUED_MOST, _GLUED_SPANS, _GLUED_READ = 1000, 420, 4, 4_000
"""A story on one line whose headline and standfirst are glued to it: its least length, the most of both, in characters and spans, and how
much of it is read for the headline's words."""
_STANDFIRST = 4
"""Lines from the top down to which a standfirst is looked for."""
_SHARED_WORDS, _SHARED = 3, 0.6
"""Words that a headline has in common with the page's title, and their share of the shorter one."""


def take_headline(draft: Draft, config: StripConfig, chosen: str | None) -> int | None:
    """Move the title and the standfirst to their fields; returns the title's block.

    `chosen` is the title where one is chosen already. A line in other words then leaves as page furniture: under a headline that is gone,
    "Place: Springfield" looks like one.
    """
    first = _first_prose(draft, config)
    index = _title_block(draft, config, chosen, first)
    if index is None:
        _take_glued(draft, config)
        return None
    title = draft.lines[index]
    if chosen is not None and _is_other(title, chosen):
        draft.remove(index, "chrome", OTHER_WORDING)
    else:
        title = _move_title(draft, index)
    _remove_doubles(draft, index, title, first)
    _take_description(draft, index, first)
    take_points(draft, index)
    return index


def _move_title(draft: Draft, index: int) -> str:
    """Move a headline to its field and return it; what stands behind a bar in its line is the site's name or its rubric, and is removed."""
    line, block = draft.lines[index], draft.blocks[index]
    head = before_bar(line)
    if head == line or not draft.text.startswith(line, block.start):
        draft.move(index, Target("title"), TITLE)
        return line
    end = block.start + len(head)
    site = end + len(line[len(head) :]) - len(line[len(head) :].lstrip(" |"))
    cuts = (
        Cut(start=block.start, end=end, rule=TITLE, target=Target("title")),
        Cut(start=end, end=site, rule=TITLE),
        Cut(start=site, end=block.end, rule=SITE_LINE, kind="chrome"),
    )
    draft.take(index, cuts, "title")
    return head


def _first_prose(draft: Draft, config: StripConfig) -> int:
    """The first block of prose, or the next one where that is a question on top of the text, as headlines are."""
    first, last = draft.body()
    if first < last and draft.lines[first][-1] in "?？؟" and len(draft.lines[first]) <= config.title_chars:
        opened = draft.open_blocks()
        if opened[0] == first:
            return next(index for index in opened[1:] if draft.prose[index])
    return min(first, len(draft.blocks))


def _take_glued(draft: Draft, config: StripConfig) -> None:
    """Move a headline and a standfirst that a scraper glued before the story's first sentence, with a wide gap behind them.

    The gap must be the line's only one: whoever types two spaces behind each stop has many.
    """
    opened = draft.open_blocks()
    index = opened[0] if opened else 0
    if not opened or len(draft.lines[index]) < _GLUED_LEAST or draft.parts.get(index):
        return
    spans = draft.spans([index])
    wide = [at for at, (one, other) in enumerate(itertools.pairwise(spans), 1) if other.start - one.end > 1]
    if len(wide) != 1 or not 1 < wide[0] <= _GLUED_SPANS or spans[wide[0] - 1].end - spans[0].start > _GLUED_MOST:
        return
    title, rest = spans[0], draft.text[spans[wide[0]].start : draft.blocks[index].end][:_GLUED_READ]
    line = draft.text[title.start : title.end].rstrip(". ")
    if len(line) > config.title_chars or len(stems(line)) <= _STEMS or echo(line, rest) < _ECHO_OF_NAMED:
        return
    cuts = [Cut(start=title.start, end=title.start + len(line), rule=GLUED, target=Target("title"))]
    if title.start + len(line) < title.end:
        cuts.append(Cut(start=title.start + len(line), end=title.end, rule=GLUED))
    start, end = spans[1].start, spans[wide[0] - 1].end
    cuts.append(Cut(start=start, end=end, rule=GLUED, target=Target("description")))
    draft.cut_parts(cuts, index)


def _is_other(line: str, chosen: str) -> bool:
    wanted, words = (set(words_of(text)) for text in (chosen, line))
    return bool(wanted) and len(words & wanted) < _SAME * len(words)


def _title_block(draft: Draft, config: StripConfig, chosen: str | None, first: int) -> int | None:
    """The block that is the headline, or None where nothing on the page says so."""
    wanted = {_title_key(chosen)} if chosen and chosen.strip() else set()
    named = _names_in_first_line(draft)
    opened = draft.open_blocks()[:_HEAD]
    if not named:  # nothing can make a headline of a block behind the first prose
        opened = opened[: bisect_left(opened, first)]
    top = [index for index in opened if _could_be_title(draft, index, config)]
    for index in top if wanted else ():
        if index < first and _title_key(draft.lines[index]) in wanted:
            return index
    from_site = _named_by_first_line(draft, top, named) if named else None
    if from_site is not None:
        return from_site
    candidates = [index for index in top if index < first]
    if not candidates:
        return None
    doubled = _doubled(draft, candidates)
    if doubled is not None:
        return doubled
    named_so = _like_first_line(draft, candidates) if _begins_with_title(draft) else None
    if named_so and _has_furniture(draft, named_so, first) and _is_said_again(draft, named_so):
        return named_so
    candidates = [index for index in candidates if not (_is_contradicted(draft, index) or _asks_in_turn(draft, index, config))]
    evident = [(said, index) for index in candidates if (said := _evidence(draft, index, opened[0], first)) is not None]
    return max(evident)[1] if evident else None


def _is_contradicted(draft: Draft, index: int) -> bool:
    """Whether a dumped page begins with its own title, furniture follows, and the line shares no two words with that title."""
    title, words = set(words_of(draft.lines[0])), set(words_of(draft.lines[index]))
    if index == 0 or not draft.is_open(0) or len(title) < _TITLE_WORDS or not any(draft.verdict[1 : _STANDFIRST + 1]):
        return False
    return len(words & title) < min(_SHARED_WORDS, len(words))


def _asks_in_turn(draft: Draft, index: int, config: StripConfig) -> bool:
    """Whether a line is a question above its answer, and two more lines are: the first question of an interview is no headline."""

    def is_asked(at: int) -> bool:
        line = draft.lines[at]
        return line[-1] in _ASKS and len(line) <= config.title_chars and at + 1 < len(draft.lines) and bool(draft.prose[at + 1])

    return is_asked(index) and sum(is_asked(other) for other in draft.open_blocks() if other != index) >= _QUESTIONS


def _is_said_again(draft: Draft, index: int) -> bool:
    """Whether the story says enough of a line again that something else names as the headline."""
    return len(stems(draft.lines[index])) >= _STEMS and said_again(draft, index) >= _ECHO_OF_NAMED


def _evidence(draft: Draft, index: int, top: int, first: int) -> float | None:
    """How much of a line the story repeats, if it reads as a headline and stands on top or with a headline's furniture around it."""
    if index != top and not _has_furniture(draft, index, first):
        return None
    share = headline_share(draft, index)
    return 0.0 if share is None and index == top and _is_signed(draft, index) else share


def _is_signed(draft: Draft, index: int) -> bool:
    """Whether the story's day or its sure byline stands right under a line that has no end."""
    line = draft.lines[index]
    if index + 1 >= len(draft.blocks) or draft.prose[index] or line[-1] in _NO_HEADLINE or has_label(line):
        return False
    if not draft.is_open(index + 1):
        return draft.verdict[index + 1] in _STAMPS
    return len(draft.lines[index + 1]) <= _DAY and _is_byline(draft.lines[index + 1])


def _is_byline(line: str) -> bool:
    byline = read_byline(line)
    return byline is not None and byline.certain


def _begins_with_title(draft: Draft) -> bool:
    """Whether the first line may be the page's own title, which says something of the headline further down."""
    return draft.is_open(0) and len(set(words_of(draft.lines[0]))) >= _TITLE_WORDS


def _like_first_line(draft: Draft, candidates: Sequence[int]) -> int | None:
    """The candidate that shares most words with the page's own title; the title line itself where none shares enough.

    Right under the title line stands its standfirst: without furniture between them that is no second headline.
    """
    title = set(words_of(draft.lines[0]))
    best: tuple[float, int] | None = None
    for index in candidates:
        words = set(words_of(draft.lines[index]))
        shared = len(words & title)
        if index == 0 or shared < _SHARED_WORDS or shared < _SHARED * min(len(words), len(title)) or not _is_parted(draft, index):
            continue
        share = shared / len(words | title)
        if best is None or share > best[0]:
            best = (share, index)
    if best is not None:
        return best[1]
    return 0 if candidates[0] == 0 else None


def _is_parted(draft: Draft, index: int) -> bool:
    """Whether page furniture, or several lines, stand between the first line and another."""
    return index > _STANDFIRST or any(draft.verdict[1:index])


def _could_be_title(draft: Draft, index: int, config: StripConfig) -> bool:
    line = draft.lines[index]
    if (
        not (_LEAST_UNSPACED if is_east_asian(line[0]) else _LEAST) <= len(line) <= config.title_chars
        or "\t" in line
        or draft.blocks[index].kind in {"list_item", "table", "code"}
    ):
        return False
    if line[-1] in _NO_END or (draft.prose[index] and line[-1] not in "?!\"”»'’)") or (" " not in line and line.isascii()):
        return False
    if len(line) > _DAY:
        return True
    return not ((has_digit(line) and stamps_of(line, None)) or _is_byline(line) or _is_dateline(line))


def _is_dateline(line: str) -> bool:
    """Whether a line is nothing but a place and an agency: "القاهرة - رويترز"."""
    dateline = read_dateline(line) if find_agency(line.rsplit(maxsplit=1)[-1].strip("()-–— ")) is not None else None
    return dateline is not None and dateline.end >= len(line)


@functools.lru_cache(maxsize=1024)
def _title_key(line: str) -> str:
    return fold_line(line).strip(" .:-|\"'")


def _names_in_first_line(draft: Draft) -> set[str]:
    """What a page's own title line ("Headline - Name of the site", or the headline alone) may name as the headline, folded."""
    if not draft.lines or not draft.is_open(0):
        return set()
    whole = [draft.lines[0]] if any(draft.verdict) else []
    return {_title_key(part) for part in (*_prefixes(draft.lines[0]), *whole)} - {""}


def _named_by_first_line(draft: Draft, top: Sequence[int], named: set[str]) -> int | None:
    """The headline further down that the page's own title line names; the title line is its double."""
    for index in top:
        long = index > 0 and len(draft.lines[index]) >= _DOUBLES_MIN and _title_key(draft.lines[index]) in named
        if long and _is_said_again(draft, index):
            draft.remove(0, "repeat", SITE_LINE, of=(draft.blocks[index].start, draft.blocks[index].end))
            return index
    return None


def _prefixes(line: str) -> list[str]:
    """A line up to each of its separators, and between the first and the second."""
    cuts = (found.start() for found in _SITE_PART.finditer(line) if found["blank"] is None)
    return [line[:cut] for cut in itertools.islice(cuts, 6)]


def _doubled(draft: Draft, candidates: Sequence[int]) -> int | None:
    """The first candidate that stands again right after it (furniture between does not count)."""
    keys = [_title_key(draft.lines[index]) for index in candidates]
    for place, (key, following) in enumerate(itertools.pairwise(keys)):
        index = candidates[place]
        if key == following and len(draft.lines[index]) >= _DOUBLES_MIN and _is_said_again(draft, index):
            return index
    return None


def _has_furniture(draft: Draft, chosen: int, first: int) -> bool:
    """Whether something between the top and the first prose has been taken that stands only around headlines."""
    around = {
        "share",
        "navigation",
        "advert",
        "published_raw",
        "modified_raw",
        "authors",
        "stamp",
        "byline",
        "images",
        "comments",
        "player",
        "embed_code",
    }
    doubled = (
        chosen + 1 < first
        and draft.verdict[chosen + 1] == "repeat"
        and _title_key(draft.lines[chosen + 1]) == _title_key(draft.lines[chosen])
    )
    return doubled or any(draft.verdict[index] in around for index in range(min(first, chosen + 12)))


def _remove_doubles(draft: Draft, index: int, title: str, first: int) -> None:
    """Other open blocks in the head that say the same as the title."""
    key = _title_key(title)
    span = (draft.blocks[index].start, draft.blocks[index].end)
    for other in draft.open_blocks():
        if other > max(first, index + 4) + 8:
            break
        if other != index and len(key) >= _DOUBLES_MIN and _title_key(draft.lines[other]) == key:
            draft.remove(other, "repeat", DOUBLE, of=span)


def _take_description(draft: Draft, index: int, first: int) -> None:
    """The standfirst: the open block next to the title, when it is no sentence of the body.

    A block that ends like a sentence may as well be the first paragraph: it leaves only where furniture parts it from the body.
    """
    following = [other for other in draft.open_blocks() if index < other]
    if not following or following[0] > index + 6:
        return
    other = following[0]
    line = draft.lines[other]
    if not 40 <= len(line) <= 400 or len(following) < 3 or draft.blocks[other].kind == "list_item":
        return
    between = draft.verdict[other + 1 : following[1]]
    stamped = not _STAMPS.isdisjoint(between) and not any(draft.verdict[index + 1 : other])
    if not ends_sentence(line) or (any(between) and other < first) or stamped:
        draft.move(other, Target("description"), DESCRIPTION)
