"""Lists, tables, and boxes with a title stay or go as wholes: nothing leaves from the middle of them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from functools import cache, cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from pipeline.extract.attributes import same_site
from pipeline.extract.markup_names import keywords
from pipeline.extract.tags import LIST_ITEMS, LISTS
from pipeline.extract.unfolding import labels_that_unfold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipeline.extract.block_features import Page

_MOST_BLOCKS = 3
"""A list with more blocks in two items, on average, is a list of cards or the layout of a page."""
_LINKED = 70
"""Percent of a list's characters inside links, from which on it is a list of links."""
_MAJORITY, _MINORITY = 60, 20
_HEADINGS = 3
"""Headings of one place in the markup that must stay before another follows them."""
_RUN_HELD, _RUN_REST = 5, 4
"""Paragraphs of one place in the markup that must stay before others follow them, and the least that follow behind the last of them."""
_TOLD_WORDS, _TOLD_LINKED = 15, 4
_GAP, _GAP_BLOCKS = 2, 6
"""Paragraphs that may be missing between two that stay, and the blocks from the one to the other."""
_LEAD_WORDS = 3
_LABELS = 2
_ITEM_WORDS = 6
"""Words of an item, on average, in a list that only a heading announces: shorter ones are labels of cards."""
_LEADS = frozenset(":：")
_FILE = re.compile(r'href="[^"?#]{1,500}\.(?:pdf|docx?|xlsx?|pptx?|csv|zip|epub|txt|ods|odt)["?#]', re.IGNORECASE)
_TITLE_WORDS = 12
_QUESTION_WORDS = 30
_LONG_LINK = 5
"""Words of a link that may be the headline of another story."""
_BOLD = 2
_TITLE_NAME = re.compile(r"titl|head|ladillo|zwischen|rubrik|tussenkop|intert|lead-?in|legend", re.IGNORECASE)
"""What pages call the titles of boxes and subheads, in English, Spanish, German, Swedish, Danish, Dutch, French and Italian."""
_CELL_CHARS = 160
_TABLE_PARTS = 3
"""A table and what stands beside it in its figure: a title, a caption."""
_NOTES = re.compile(r"foot-?notes?|end-?notes?|fussnoten|fußnoten|notes-de-bas|notas-al-pie", re.IGNORECASE)
_NOTES_PARTS = ("footnote", "foot-note", "endnote", "end-note", "fussnoten", "notes-de-bas", "notas-al-pie")
"""Plain strings of which every such name holds one, in small letters and with ss for a sharp s."""
_MOST_NOTES = 40
_GRID = re.compile(r' role="(?:table|grid)"', re.IGNORECASE)
_QUESTIONS = re.compile(r"faq|accordion|question", re.IGNORECASE)
_NOTICE = re.compile(
    r'(?<=[\s"])(?:(?:theme-|md-|c-)?admonition|markdown-alert|(?:note|tip|warning|caution|important|hint)(?:-?box|block)?)(?=[\s"])'
    r'| role="note"',
    re.IGNORECASE,
)
"""Names of notes and warnings in Sphinx, MkDocs, Docusaurus, AsciiDoc and GitHub."""
_NOTICE_PARTS = ("admonition", "markdown-alert", "note", "tip", "warning", "caution", "important", "hint")
_NOTICE_BLOCKS = 6
_YEAR = re.compile(r"[12]\d{3}s?(?:\s?[–—-]\s?(?:[12]\d{3}|\d\d))?:?")
_YEARS = 3
_UNITS = LISTS | {"table"}
_BOXES = frozenset(("div", "section", "aside", "details", "blockquote", "fieldset", "dl"))


@cache
def furniture() -> int:
    """Names of lists and boxes that are no part of a story."""
    return keywords().mask(
        "comments", "related", "consent", "form", "footer", "newsletter", "share", "advert", "tags", "navigation", "paywall", "promo"
    )


class _Unit(NamedTuple):
    """A list or table: its element, the outermost element that holds nothing else, and its blocks."""

    element: int
    outer: int
    first: int
    end: int


class Wholes:
    """What the wholes of a page say about its blocks, given what would be kept."""

    def __init__(self, page: Page, kept: Sequence[bool], url: str | None) -> None:
        self.page, self.layout, self.kept, self.url = page, page.layout, list(kept), url
        self.words = page.words.tolist()
        self.bits = page.containers.own_bits.tolist()
        sizes = [end - start for start, end in zip(self.layout.starts, self.layout.ends, strict=True)]
        self.chars = [0, *accumulate(sizes)]
        self.linked = [0, *accumulate(self.layout.link_chars)]
        named = self.layout.named
        self.grids = named.matching(_GRID, ('role="table"', 'role="grid"'))
        questions = named.matching(_QUESTIONS, ("faq", "accordion", "question"))
        self.folded = {number for number in questions if "class=" in self.layout.attributes[number]}

    def complete(self) -> list[bool]:
        """What is kept once wholes are complete."""
        self._add_paragraphs()
        self._add_between()
        for unit in self._units():
            if any(self.kept[unit.first : unit.end]) and all(self.kept[unit.first : unit.end]):
                continue
            self._judge(unit)
        self._add_notes()
        self._add_titles()
        self._add_unfolding_labels()
        self._add_headings()
        self._add_inner_headings()
        self._add_years()
        self._add_code()
        self._add_notices()
        return self.kept

    def _add_paragraphs(self) -> None:
        """Keep the prose that stands among kept paragraphs of the same place in the markup, and the rest of a long run of them.

        Far down a long page the model takes paragraphs for what other pages have there. A line or two behind the last of a body may be
        about the author; a longer run in the body's own markup is the body's.
        """
        layout, path = self.layout, self.page.containers.path
        prose = [block for block, told in enumerate((self.page.prose > 0).tolist()) if told and layout.kinds[block] == "paragraph"]
        places = {
            block: (int(path[layout.element_parents[layout.elements[block]]]), layout.element_tags[layout.elements[block]])
            for block in prose
        }
        open_places = {places[block] for block in prose if not self.kept[block]} & {places[block] for block in prose if self.kept[block]}
        for place in open_places:
            run = [block for block in prose if places[block] == place]
            held = [block for block in run if self.kept[block]]
            words = sum(self.words[block] for block in run)
            if len(held) < _RUN_HELD or sum(self.words[block] for block in held) * 100 < _MAJORITY * words:
                continue
            lost = [block for block in run if block > held[0] and not self.kept[block] and self._is_told(block)]
            behind = sum(block > held[-1] for block in lost)
            for block in lost:
                if block < held[-1] or behind >= _RUN_REST:
                    self.kept[block] = True

    def _add_between(self) -> None:
        """Keep one paragraph or two of prose without links between kept paragraphs of the same element."""
        layout = self.layout
        parents = [layout.element_parents[element] for element in layout.elements]
        told = [block for block, prose in enumerate((self.page.prose > 0).tolist()) if prose and layout.kinds[block] == "paragraph"]
        for at, block in enumerate(told):
            if self.kept[block] or layout.link_chars[block] or not self._is_told(block):
                continue
            before = next((other for other in reversed(told[max(at - _GAP, 0) : at]) if self.kept[other]), -1)
            behind = next((other for other in told[at + 1 : at + 1 + _GAP] if self.kept[other]), -1)
            if before >= 0 <= behind and parents[before] == parents[block] == parents[behind] and behind - before <= _GAP_BLOCKS:
                self.kept[block] = True

    def _is_told(self, block: int) -> bool:
        """Whether a block is prose of some length, hardly linked, and not named as furniture."""
        layout = self.layout
        return (
            self.words[block] >= _TOLD_WORDS
            and layout.link_chars[block] * _TOLD_LINKED <= layout.ends[block] - layout.starts[block]
            and not self.bits[layout.elements[block]] & furniture()
        )

    def _units(self) -> Iterator[_Unit]:
        layout, covered = self.layout, 0
        grids = self.grids
        tags, numbers = layout.element_tags, layout.element_attributes
        for inner in [inner for inner, tag in enumerate(tags) if tag in _UNITS or (grids and numbers[inner] in grids)]:
            element, tag = inner, tags[inner]
            first, end = layout.element_firsts[element], layout.element_ends[element]
            if first < covered or first == end:
                continue
            if first <= self.page.headline < end or (tag in LISTS and not self._is_plain(element, first, end)):
                continue
            if layout.element_tags[layout.element_parents[element]] == "figure":
                element = layout.element_parents[element]
                first, end = layout.element_firsts[element], layout.element_ends[element]
            covered = end
            outer = element
            while (parent := layout.element_parents[outer]) >= 0 and (layout.element_firsts[parent], layout.element_ends[parent]) == (
                first,
                end,
            ):
                outer = parent
            yield _Unit(element, outer, first, end)

    def _is_column(self, unit: _Unit) -> bool:
        """Whether a table is a list: short cells under each other, pictures beside them or not."""
        layout, element = self.layout, unit.element + 1
        cells = lines = 0
        while element < len(layout.element_tags) and layout.element_depths[element] > layout.element_depths[unit.element]:
            cells += layout.element_tags[element] in ("td", "th") and layout.element_firsts[element] < layout.element_ends[element]
            lines += layout.element_tags[element] == "tr"
            element += 1
        sizes = [end - start for start, end in zip(self.layout.starts[unit.first : unit.end], self.layout.ends[unit.first :], strict=False)]
        return lines > 1 and cells == lines == len(sizes) and max(sizes) <= _CELL_CHARS

    def _is_plain(self, element: int, first: int, end: int) -> bool:
        """Whether a list has one block an item, nearly everywhere."""
        if end - first < 2:
            return False
        last = bisect_left(self.layout.element_firsts, end, element + 1)  # what follows the list and holds blocks holds later ones
        items = self._filled_items[last] - self._filled_items[element + 1]
        return (end - first) * 2 <= items * _MOST_BLOCKS

    @cached_property
    def _filled_items(self) -> list[int]:
        """How many of the elements before each are list items with blocks: lists in lists are counted once for all."""
        layout = self.layout
        ranges = zip(layout.element_tags, layout.element_firsts, layout.element_ends, strict=True)
        return [0, *accumulate([tag in LIST_ITEMS and first < end for tag, first, end in ranges])]

    def _judge(self, unit: _Unit) -> None:
        first, end = unit.first, unit.end
        words = sum(self.words[first:end])
        held = sum(word for word, keep in zip(self.words[first:end], self.kept[first:end], strict=True) if keep)
        is_list = self.layout.element_tags[unit.element] not in ("table", "figure") or self._is_column(unit)
        links = (self.linked[end] - self.linked[first]) * 100 >= _LINKED * (self.chars[end] - self.chars[first])
        items = self.kept[first:end].count(True)
        most = held * 100 >= _MAJORITY * words or items * 100 >= _MAJORITY * (end - first)
        if is_list and (most or self._holds_notes(unit)):
            self._set(first, end, stays=True)
        elif self._placed(unit) and (not links or self._offered(unit)):
            if is_list or end - first == 1 or (end - first <= _TABLE_PARTS and "table" in self.layout.kinds[first:end]):
                self._set(first, end, stays=True)
        elif is_list and links and held * 100 < _MINORITY * words:
            self._set(first, end, stays=False)

    def _holds_notes(self, unit: _Unit) -> bool:
        """Whether a list behind kept blocks holds the notes of the body: its names say so, and every second item leads back to its mark."""
        layout, element = self.layout, unit.outer
        if unit.first == 0 or unit.end - unit.first > _MOST_NOTES or not any(self.kept[: unit.first]):
            return False
        numbers = {layout.element_attributes[unit.element], layout.element_attributes[element]}
        if not any(_NOTES.search(layout.attributes[number]) for number in numbers):
            return False
        low, high = layout.starts[unit.first], layout.ends[unit.end - 1]
        ways = sum('href="#' in link.attributes for link in layout.links if low <= link.start < high)
        return 2 * ways >= unit.end - unit.first

    def _add_notes(self) -> None:
        """Keep the notes of the body that stand in a box named so, each with a link back to its mark."""
        layout = self.layout
        named = layout.named.matching(_NOTES, _NOTES_PARTS)
        for number in sorted(number for number in named if "note" in layout.attributes[number].lower()):
            for element, own in enumerate(layout.element_attributes):
                first, end = layout.element_firsts[element], layout.element_ends[element]
                unit = _Unit(element, element, first, end)
                if own == number and layout.element_tags[element] in _BOXES and first < end and self._holds_notes(unit):
                    self._set(first, end, stays=True)

    def _set(self, first: int, end: int, *, stays: bool) -> None:
        self.kept[first:end] = [stays] * (end - first)

    def _placed(self, unit: _Unit) -> bool:
        """Whether a unit stands in the body: right behind a kept block of the same container, and before another or at its end."""
        layout = self.layout
        parent = layout.element_parents[unit.outer]
        if parent < 0 or unit.first == 0 or not self.kept[unit.first - 1] or self._is_furniture(unit):
            return False
        if not self._inside(unit.first - 1, parent) or layout.element_tags[parent] in ("nav", "footer", "form"):
            return False
        if unit.end < layout.element_ends[parent]:
            return self.kept[unit.end] and self._inside(unit.end, parent)
        few = layout.element_tags[unit.element] in LISTS and sum(self.words[unit.first : unit.end]) < _ITEM_WORDS * (unit.end - unit.first)
        return self._leads(unit.first - 1) or (layout.kinds[unit.first - 1] == "heading" and not few)

    def _is_furniture(self, unit: _Unit) -> bool:
        """Whether the names of a unit, the elements around it alone or its items say that it is no part of a story."""
        layout, element = self.layout, unit.element
        while True:
            if self.bits[element] & furniture():
                return True
            if element == unit.outer:
                break
            element = layout.element_parents[element]
        owners = layout.elements[unit.first : unit.end]
        return 2 * sum(bool(self.bits[owner] & furniture()) for owner in owners) > len(owners)

    def _inside(self, block: int, parent: int) -> bool:
        """Whether a block stands in a container, at most two elements deeper."""
        layout, element = self.layout, self.layout.elements[block]
        for _ in range(3):
            if element == parent:
                return True
            element = layout.element_parents[element]
        return False

    def _leads(self, block: int) -> bool:
        """Whether a block is a sentence that announces what follows."""
        return self.words[block] >= _LEAD_WORDS and self.page.texts[block][-1] in _LEADS

    def _offered(self, unit: _Unit) -> bool:
        """Whether a list of links belongs to the story: a sentence announces it, and its links are no headlines of other stories."""
        if not self._leads(unit.first - 1) or self.layout.kinds[unit.first - 1] == "heading":
            return False
        counts = sorted(self.words[unit.first : unit.end])
        return counts[len(counts) // 2] < _LONG_LINK or self._leads_away(unit)

    def _leads_away(self, unit: _Unit) -> bool:
        """Whether most links of a list lead to other sites, or to files."""
        low, high = self.layout.starts[unit.first], self.layout.ends[unit.end - 1]
        links = [link for link in self.layout.links if low <= link.start < high]
        away = sum(not same_site(link.attributes, self.url) or _FILE.search(link.attributes) is not None for link in links)
        return 2 * away > len(links)

    def _named_title(self, element: int) -> bool:
        return _TITLE_NAME.search(self.layout.attributes[self.layout.element_attributes[element]]) is not None

    def _add_titles(self) -> None:
        """Keep the short title of a box whose other blocks stay, in the body; in boxes that a reader unfolds each has its own."""
        layout = self.layout
        for element, (tag, first, end) in enumerate(zip(layout.element_tags, layout.element_firsts, layout.element_ends, strict=True)):
            if end - first < 2 or self.kept[first] or not self.kept[first + 1] or tag not in _BOXES or self.bits[element] & furniture():
                continue
            unfolds = tag == "details" or layout.element_attributes[element] in self.folded
            inside = first and (unfolds or self.kept[first - 1]) and (unfolds or (end < len(self.kept) and self.kept[end]))
            if inside and all(self.kept[first + 1 : end]) and self._is_title(first, unfolds=unfolds):
                self.kept[first] = True

    def _add_unfolding_labels(self) -> None:
        """Keep the labels of buttons that unfold what stays."""
        for block in labels_that_unfold(self.page, self.kept):
            if self._is_title(block, unfolds=True):
                self.kept[block] = True

    def _add_headings(self) -> None:
        """Keep a heading above a block that stays where most headings of the same place in the markup stay."""
        layout, path = self.layout, self.page.containers.path
        ranks: dict[tuple[int, int], list[int]] = defaultdict(list)
        for block, kind in enumerate(layout.kinds):
            if kind == "heading" and block != self.page.headline:
                ranks[int(path[layout.elements[block]]), layout.levels[block]].append(block)
        for blocks in ranks.values():
            staying = sum(self.kept[block] for block in blocks)
            if staying < _HEADINGS or staying * 100 < _MAJORITY * len(blocks):
                continue
            for block in blocks:
                if (
                    not self.kept[block]
                    and block + 1 < len(self.kept)
                    and self.kept[block + 1]
                    and not self.bits[layout.elements[block]] & furniture()
                ):
                    self.kept[block] = True

    def _add_inner_headings(self) -> None:
        """Keep a short heading without links right between two kept blocks that stand in the same element as it does."""
        layout, path = self.layout, self.page.containers.path
        for block in range(1, len(self.kept) - 1):
            if self.kept[block] or layout.kinds[block] != "heading" or not (self.kept[block - 1] and self.kept[block + 1]):
                continue
            owner = layout.elements[block]
            before, parent, behind = (layout.element_parents[layout.elements[other]] for other in (block - 1, block, block + 1))
            beside = parent == behind and path[before] == path[parent] and self.page.prose[block - 1] and self.page.prose[block + 1]
            named = any(map(str.isalnum, self.page.texts[block]))
            if (
                beside
                and named
                and self.words[block] <= _TITLE_WORDS
                and not layout.link_chars[block]
                and not self.bits[owner] & furniture()
            ):
                self.kept[block] = block != self.page.headline

    def _add_years(self) -> None:
        """Keep the years of a timeline: each stands alone above what stays of its own entry, in three entries or more of one place."""
        layout, path = self.layout, self.page.containers.path
        years: dict[int, list[int]] = defaultdict(list)
        for block, text in enumerate(self.page.texts):
            if text[0] in "12" and not self.kept[block] and block + 1 < len(self.kept) and self.kept[block + 1] and _YEAR.fullmatch(text):
                element = layout.elements[block]
                parent = layout.element_parents[element]
                if layout.element_firsts[parent] <= block < block + 1 < layout.element_ends[parent]:
                    years[int(path[element])].append(block)
        for blocks in years.values():
            if len(blocks) >= _YEARS:
                for block in blocks:
                    self.kept[block] = True

    def _add_code(self) -> None:
        """Keep a listing between two blocks that stay, behind a sentence with a colon, or right behind a paragraph of its element.

        Labels may stand around it: its file's name, its language, a button.
        """
        layout = self.layout
        for block in range(1, len(self.kept)) if "code" in layout.kinds else ():
            if layout.kinds[block] != "code" or self.kept[block]:
                continue
            before, behind = self._beside(range(block - 1, -1, -1)), self._beside(range(block + 1, len(self.kept)))
            behind = -1 if self.bits[layout.elements[block]] & furniture() else behind
            if before <= self.page.headline:
                continue
            parents = [layout.element_parents[layout.elements[at]] for at in (before, block)]
            last = before == block - 1 and (self._leads(before) or (parents[0] == parents[1] and self.page.prose[before]))
            if behind >= 0 or last:
                self.kept[block] = True

    def _beside(self, blocks: Iterable[int]) -> int:
        """The first of some blocks that stays, at most two labels away, else -1."""
        for count, block in enumerate(blocks):
            if self.kept[block]:
                return block
            if count == _LABELS or self.words[block] > _LEAD_WORDS:
                break
        return -1

    def _add_notices(self) -> None:
        """Keep notes and warnings to the reader that stand in a box named so, between two blocks that stay."""
        layout = self.layout
        named = layout.named.matching(_NOTICE, _NOTICE_PARTS)
        for element, number in enumerate(layout.element_attributes if named else ()):
            first, end = layout.element_firsts[element], layout.element_ends[element]
            if number not in named or layout.element_tags[element] not in _BOXES or not 0 < end - first <= _NOTICE_BLOCKS:
                continue
            inside = range(first, end)
            linked = sum(layout.link_chars[block] for block in inside) * 2 > sum(
                layout.ends[block] - layout.starts[block] for block in inside
            )
            between = first > 0 and end < len(self.kept) and self.kept[first - 1] and self.kept[end]
            if between and not linked and not any(self.bits[layout.elements[block]] & furniture() for block in inside):
                self._set(first, end, stays=True)

    def _is_title(self, block: int, *, unfolds: bool) -> bool:
        layout = self.layout
        owner = layout.elements[block]
        named = layout.kinds[block] == "heading" or layout.marks[block] & _BOLD or self._named_title(owner)
        return bool(
            self.words[block] <= (_QUESTION_WORDS if unfolds else _TITLE_WORDS)
            and not layout.link_chars[block]
            and not self.bits[owner] & furniture()
            and (unfolds or layout.element_tags[owner] != "button")
            and block != self.page.headline
            and (unfolds or named)
            and self.page.texts.count(self.page.texts[block]) == 1
        )
