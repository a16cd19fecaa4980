"""From scores to verdicts: which blocks stay, which move to a field, and why the others go."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from functools import cache
from operator import attrgetter, itemgetter
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from pipeline.extract.attributes import read_attributes, resolve
from pipeline.extract.corrections import (
    find_entry_bylines,
    find_fields,
    find_furniture,
    find_gutters,
    find_last_headings,
    find_lead_ins,
    find_linked_lines,
    find_other_articles,
    find_page_numbers,
    find_repeats,
    find_title_repeats,
)
from pipeline.extract.doubles import find_pulled_quotes, find_second_body, find_summary, find_unnamed_quotes
from pipeline.extract.embeds import find_embeds, move_embed
from pipeline.extract.feature_columns import as_column, sums
from pipeline.extract.figures import find_captions, find_slide_texts, find_told_captions, list_images, move_caption
from pipeline.extract.markup_names import keywords
from pipeline.extract.raised import find_linked_notes, raise_moved, raise_scripts
from pipeline.extract.removal_kind import LABEL, by_links, by_markup
from pipeline.extract.surroundings import find_above_headline, find_asides, find_controls, find_foot, find_forms, find_unseen
from pipeline.spans import Cut, Finding, Item, Target

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.extract.block_features import Page
    from pipeline.extract.figures import Figure
    from pipeline.extract.outside import Outside
    from pipeline.extract.page_layout import Anchor, Layout
    from pipeline.records import RemovedKind

_NEAR = 12
"""Blocks before the first or behind the last block of the article within which a caption or embed is still the article's."""
_STANDFIRST_WORDS = 80
_STORY_WORDS = 100
_MARK_TIME = 1
_TIME_WORDS = 14
_UNDATED_WORDS = 3
"""Classes such as `meta` name stamps and much else: a longer line without a digit is none."""
_WAYS_BACK = re.compile(
    r"[↑↩^]?\s?(?:jump (?:up|back)(?: to(?: the)? text)?|(?:back|return) to(?: the)? (?:text|article|reference|content)|back|"
    r"hochspringen|zurück(?: zum text)?|nach oben|retour(?: au texte)?|volver(?: al texto)?|torna su|salta su)\s?[↑↩^]?(?:\ufe0e|\ufe0f)?",
    re.IGNORECASE,
)
"""Words of links that lead from a note back to its mark."""
_BACK_CHARS = 24
_ANCHORS = frozenset(("#", "¶", "§", "🔗", "↩", "↩︎", "↩\ufe0f", "↑", "^", "⤴", "↵", "⏎", "⇧", "⮐", "¶ ", "[edit]", "^ ", "∞", "⚓"))
_ANCHOR_CHARS = 6
_AROUND = (
    ("html.footer", find_foot),
    ("html.aside", find_asides),
    ("html.form", find_forms),
    ("html.button", find_controls),
    ("html.unseen", find_unseen),
    ("html.page_number", find_page_numbers),
)
"""What stands around a story, by rule."""
_DIGIT = re.compile(r"\d")
_START = itemgetter(0)


@dataclass(slots=True)
class Verdicts:
    """What is decided so far. `kept` and `rules` have one entry a block; `cuts` holds what is more than a plain removal.

    `headline` is the block that shows the page's headline, as the cut that would move all of it; it is not among `cuts`.
    """

    kept: list[bool]
    rules: list[str]
    cuts: list[Cut] = field(default_factory=list)
    headline: Cut | None = None
    done: list[bool] = field(default_factory=list)
    removed: dict[int, Cut] = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)

    def remove(self, block: int, cut: Cut) -> None:
        """A block goes, by the cut given."""
        self.kept[block], self.rules[block], self.removed[block] = False, cut.rule, cut

    def settle(self, first: int, end: int, rule: str) -> None:
        """Blocks whose cuts are in `cuts` already."""
        for block in range(first, end):
            self.kept[block], self.rules[block], self.done[block] = False, rule, True


def decide(page: Page, kept: Sequence[bool], url: str | None, outside: Mapping[int, Outside] = MappingProxyType({})) -> Verdicts:
    """Turn the model's choice into verdicts.

    Args:
        page: the page.
        kept: of every block, whether the model, or another engine, takes it for the article.
        url: the page's address.
        outside: the blocks that stand outside the article in any case.

    Returns:
        The verdicts.
    """
    blocks = len(kept)
    verdicts = Verdicts(list(kept), ["model.block"] * blocks, done=[False] * blocks)
    for block, (kind, rule) in outside.items():
        verdicts.remove(block, Cut(start=page.layout.starts[block], end=page.layout.ends[block], rule=rule, kind=kind))
    _leave_out_comments(page, verdicts)
    _think_again(page, verdicts, url)
    captions = find_captions(page.layout, page.containers)
    stay = find_slide_texts(page, verdicts.kept, captions)
    for block in stay:
        verdicts.kept[block] = True
    span = _span(verdicts.kept)
    _find_headline(page, verdicts, span)
    _move_embeds(page, verdicts, span, url)
    figures = _move_captions(page, verdicts, span, [figure for figure in captions if stay.isdisjoint(range(figure.first, figure.end))])
    _move_standfirst(page, verdicts)
    verdicts.items += list_images(page.layout, figures, verdicts.kept, _address_base(page, url))
    _remove_rest(page, verdicts)
    _cut_unseen(page, verdicts)
    _cut_anchors(page, verdicts)
    _raise(page, verdicts)
    verdicts.cuts.sort(key=lambda cut: cut.start)
    return verdicts


def _span(kept: Sequence[bool]) -> tuple[int, int]:
    """The first block of the article and the one behind its last; (0, 0) without an article."""
    inside = [block for block, keep in enumerate(kept) if keep]
    return (inside[0], inside[-1] + 1) if inside else (0, 0)


def _leave_out_comments(page: Page, verdicts: Verdicts) -> None:
    """Comments never belong to the body, however well they are written.

    A container named after comments is believed if it begins behind the headline and holds less than half of what would be kept, or
    begins behind a story of its own: some pages give such a name to the article itself.
    """
    layout = page.layout
    named = np.flatnonzero(page.containers.own_bits & _comments()).tolist()
    held = sums(np.where(verdicts.kept, page.words, 0)).tolist() if named else []
    covered = 0
    for element in named:
        first, end = layout.element_firsts[element], layout.element_ends[element]
        if first < covered or end == first or first <= page.headline:
            continue
        inside = held[end] - held[first]
        if inside and (inside * 2 < held[-1] or held[first] - held[max(page.headline, 0)] >= _STORY_WORDS):
            for block in range(first, end):
                verdicts.kept[block], verdicts.rules[block] = False, "html.comments"
            covered = end


@cache
def _comments() -> int:
    return keywords().mask("comments")


def _think_again(page: Page, verdicts: Verdicts, url: str | None) -> None:
    """Leave out other articles, form fields, furniture, repeats, lines that are only a link, and headings with nothing below."""
    layout = page.layout
    for block in find_above_headline(page, verdicts.kept, url):
        verdicts.remove(block, Cut(start=layout.starts[block], end=layout.ends[block], rule="html.card", kind="teaser"))
    for rule, find in _AROUND:
        for block in find(page, verdicts.kept):
            verdicts.remove(block, Cut(start=layout.starts[block], end=layout.ends[block], rule=rule, kind="chrome"))
    for block in find_other_articles(page, verdicts.kept):
        verdicts.remove(block, Cut(start=layout.starts[block], end=layout.ends[block], rule="html.article", kind="other_article"))
    for block in find_fields(page, verdicts.kept):
        verdicts.remove(block, Cut(start=layout.starts[block], end=layout.ends[block], rule="html.field", kind="chrome"))
    for block in find_gutters(page.layout.kinds, page.texts):
        verdicts.remove(block, Cut(start=layout.starts[block], end=layout.ends[block], rule="html.gutter", kind="chrome"))
    for block in find_entry_bylines(page, verdicts.kept):
        verdicts.remove(block, Cut(start=layout.starts[block], end=layout.ends[block], rule="html.entry_byline", kind="byline"))
    for block in find_furniture(page, verdicts.kept):
        verdicts.remove(block, Cut(start=layout.starts[block], end=layout.ends[block], rule="html.furniture", kind="chrome"))
    copies = (
        find_second_body(page, verdicts.kept)
        | find_summary(page, verdicts.kept)
        | find_pulled_quotes(page, verdicts.kept)
        | find_unnamed_quotes(page, verdicts.kept)
        | find_repeats(page, verdicts.kept)
        | dict.fromkeys(find_title_repeats(page, verdicts.kept), page.headline)
    )
    for block, first in copies.items():
        cut = Cut(
            start=layout.starts[block],
            end=layout.ends[block],
            rule="html.repeat",
            kind="repeat",
            of=(layout.starts[first], layout.ends[first]),
        )
        verdicts.remove(block, cut)
    for block in (*find_linked_lines(page, verdicts.kept), *find_lead_ins(page, verdicts.kept, url)):
        verdicts.remove(block, Cut(start=layout.starts[block], end=layout.ends[block], rule="html.linked_line", kind="teaser"))
    for block in find_last_headings(page, verdicts.kept):
        verdicts.remove(block, Cut(start=layout.starts[block], end=layout.ends[block], rule="html.last_heading", kind="chrome"))


def _find_headline(page: Page, verdicts: Verdicts, span: tuple[int, int]) -> None:
    """The block of the page's headline leaves the body; which of its words move is for whoever knows the chosen title."""
    block = page.headline
    if block < 0 or verdicts.done[block] or (span[1] and block > span[0] + 2):
        return
    agrees, is_heading = page.in_title[block], page.layout.kinds[block] == "heading"
    if agrees >= 2 or (is_heading and page.layout.levels[block] == 1 and page.words[block] <= 40):
        start, end = page.layout.starts[block], page.layout.ends[block]
        verdicts.headline = Cut(start=start, end=end, rule="html.headline", target=Target("title"))
        verdicts.settle(block, block + 1, "html.headline")


def _move_embeds(page: Page, verdicts: Verdicts, span: tuple[int, int], url: str | None) -> None:
    """Posts and players inside the article leave the text for `embeds`."""
    layout = page.layout
    taken: set[int] = set()
    for embed in find_embeds(layout, url):
        if not span[0] - 1 <= embed.first <= span[1] or span[1] == 0 or any(verdicts.done[embed.first : embed.end]):
            continue
        if embed.end > embed.first:
            key = layout.starts[embed.first]
            cuts, item = move_embed(layout, embed, key)
            verdicts.cuts += cuts
            verdicts.settle(embed.first, embed.end, "html.embed")
        else:
            key = layout.ends[embed.first - 1] if embed.first else 0
            while key in taken:
                key += 1
            if embed.first < len(layout.starts) and key >= layout.starts[embed.first]:
                continue
            item = Item(
                field="embeds",
                key=key,
                values={"platform": embed.platform, "kind": embed.kind} | ({"urls": [embed.address]} if embed.address else {}),
            )
        taken.add(key)
        verdicts.items.append(item)


def _move_captions(page: Page, verdicts: Verdicts, span: tuple[int, int], captions: Sequence[Figure]) -> list[Figure]:
    """Captions of the article's pictures leave the text for `images`; other captions are removed with what is around them.

    Args:
        page: the page.
        verdicts: what is decided so far; changed.
        span: the first block of the article and the one behind its last.
        captions: of pictures.
    """
    moved = []
    for figure in (*captions, *find_told_captions(page, verdicts.kept)):
        if any(verdicts.done[figure.first : figure.end]):
            continue
        if span[1] and span[0] - _NEAR <= figure.first < span[1] + 2 and not _is_card(page, figure):
            verdicts.cuts += move_caption(page.layout, figure, page.layout.starts[figure.first])
            verdicts.settle(figure.first, figure.end, "html.caption")
            moved.append(figure)
        else:
            for block in range(figure.first, figure.end):
                verdicts.kept[block], verdicts.rules[block] = False, "html.caption"
    return moved


def _is_card(page: Page, figure: Figure) -> bool:
    """Whether most of a caption is a link, as on the cards that lead to other articles."""
    layout = page.layout
    chars = sum(layout.ends[block] - layout.starts[block] for block in range(figure.first, figure.end))
    return sum(layout.link_chars[figure.first : figure.end]) * 5 > chars * 4


def _move_standfirst(page: Page, verdicts: Verdicts) -> None:
    """A visible description between headline and body, which the model left out, becomes the description, unless the body repeats it."""
    first = next((block for block, keep in enumerate(verdicts.kept) if keep), 0)
    body = [page.folded[block] for block, keep in enumerate(verdicts.kept) if keep]
    for block in range(max(page.headline, -1) + 1, first):
        text = page.folded[block]
        if verdicts.done[block] or page.in_description[block] < 2 or not 4 <= page.words[block] <= _STANDFIRST_WORDS:
            continue
        if not any(other.startswith(text[:60]) or text.startswith(other) for other in body):
            start, end = page.layout.starts[block], page.layout.ends[block]
            verdicts.cuts.append(Cut(start=start, end=end, rule="html.standfirst", target=Target("description")))
            verdicts.settle(block, block + 1, "html.standfirst")
        return


def _remove_rest(page: Page, verdicts: Verdicts) -> None:
    """Every block that neither stays nor moved is removed, with the reason that its tags and names give."""
    layout, containers = page.layout, page.containers
    foreign = _in_other_articles(page, verdicts.kept)
    words, elements = page.words.tolist(), as_column(layout.elements)
    own = containers.own_bits[elements] | containers.own_bits[containers.parent[elements]]
    told: dict[tuple[int, int], tuple[RemovedKind, str] | None] = {}
    rows = zip(
        verdicts.kept,
        verdicts.done,
        layout.starts,
        layout.ends,
        zip(own.tolist(), containers.bits[elements].tolist(), strict=True),
        strict=True,
    )
    for block, (keep, done, start, end, key) in enumerate(rows):
        if keep or done:
            continue
        if block in verdicts.removed:
            verdicts.cuts.append(verdicts.removed[block])
            continue
        if key not in told:
            told[key] = by_markup(*key)
        kind, rule = told[key] or by_links(layout.link_chars[block] * 100 // (end - start), words[block])
        if (
            kind == "advert"
            and layout.link_chars[block]
            and by_links(layout.link_chars[block] * 100 // (end - start), words[block]) == LABEL
        ):
            kind, rule = LABEL
        if kind == "stamp" and words[block] > _UNDATED_WORDS and not _DIGIT.search(layout.base, start, end):
            kind, rule = by_links(layout.link_chars[block] * 100 // (end - start), words[block])
        if kind == "chrome" and layout.marks[block] & _MARK_TIME and words[block] <= _TIME_WORDS:
            kind, rule = "stamp", "html.time"
        if verdicts.rules[block] == "html.comments":
            kind, rule = "comments", "html.comments"
        elif foreign[block] and kind in ("chrome", "related", "teaser"):
            kind, rule = "other_article", "html.article"
        verdicts.rules[block] = rule
        verdicts.cuts.append(Cut(start=start, end=end, rule=rule, kind=kind))


def _in_other_articles(page: Page, kept: Sequence[bool]) -> list[bool]:
    """Of every block whether it is prose and stands in an `article` element that holds nothing of what is kept."""
    containers = page.containers
    article = containers.article[as_column(page.layout.elements)]
    held = sums(np.array(kept, dtype=bool))
    empty = held[containers.end[article]] == held[containers.first[article]]
    found: list[bool] = (empty & (article >= 0) & (page.prose != 0)).tolist()
    return found


def _cut_unseen(page: Page, verdicts: Verdicts) -> None:
    """Inside the blocks that stay, text that is not for the eye goes: titles of icons, words for screen readers."""
    layout = page.layout
    block = 0
    for start, end in layout.drops:
        while block < len(layout.ends) and layout.ends[block] <= start:
            block += 1
        if block < len(layout.ends) and verdicts.kept[block]:
            verdicts.cuts += _unseen_cut(layout, block, start, end)


def _cut_anchors(page: Page, verdicts: Verdicts) -> None:
    """In the blocks that stay, links that are only a sign and lead to a place of the page go: anchors of headings, ways back."""
    layout = page.layout
    for block, (start, end, attributes) in _links_inside(layout, verdicts.kept):
        text = layout.base[start:end].strip()
        if len(text) > _BACK_CHARS or not ((len(text) <= _ANCHOR_CHARS and text in _ANCHORS) or _WAYS_BACK.fullmatch(text)):
            continue
        address = read_attributes(attributes).get("href", "")
        if "#" in address and layout.ends[block] - layout.starts[block] > end - start:
            parted = start == layout.starts[block] or layout.base[start - 1].isspace()
            stop = end + (parted and end < layout.ends[block] and layout.base[end] == " ")
            verdicts.cuts.append(Cut(start=start, end=stop, rule="html.anchor", kind="chrome"))


def _links_inside(layout: Layout, kept: Sequence[bool]) -> Iterator[tuple[int, Anchor]]:
    """The links of the blocks that stay, each with its block; most links of a page stand in others, and nobody looks at those."""
    links = layout.links
    for block, (keep, linked) in enumerate(zip(kept, layout.link_chars, strict=True)):
        if keep and linked:
            at, end = bisect_left(links, layout.starts[block], key=_START), layout.ends[block]
            while at < len(links) and links[at].start < end:
                yield block, links[at]
                at += 1


def _raise(page: Page, verdicts: Verdicts) -> None:
    """Inside the blocks that stay or move, exponents are written as such, and marks of notes, readings and deleted words leave."""
    verdicts.cuts = raise_moved(page.layout, verdicts.cuts)
    if verdicts.headline is not None:
        verdicts.headline = raise_moved(page.layout, [verdicts.headline])[0]
    changes = [*raise_scripts(page.layout, verdicts.kept), *find_linked_notes(page.layout, verdicts.kept)]
    taken = sorted((cut.start, cut.end) for cut in verdicts.cuts) if changes else []
    last = 0
    for cut in sorted(changes, key=attrgetter("start")):
        at = bisect_right(taken, cut.start, key=lambda span: span[1])
        if cut.start >= last and not (at < len(taken) and taken[at][0] < cut.end):
            verdicts.cuts.append(cut)
            last = cut.end


def _unseen_cut(layout: Layout, block: int, start: int, end: int) -> list[Cut]:
    """The cut of unseen text: with the space behind it, never so that two words or numbers join; a mark between two of them stays."""
    base = layout.base
    if layout.kinds[block] == "code":
        return [Cut(start=start, end=end, rule="html.gutter", kind="chrome")]
    joins = layout.starts[block] < start and end < layout.ends[block] and base[start - 1].isalnum() and base[end].isalnum()
    if not joins:
        parted = start == layout.starts[block] or base[start - 1].isspace()
        stop = end + (parted and end < layout.ends[block] and base[end] == " ")
        return [Cut(start=start, end=stop, rule="html.unseen", kind="chrome")]
    if not any(map(str.isalnum, base[start:end])):
        return []
    return [Cut(start=start, end=end, rule="html.unseen", replacement=" ")]


def _address_base(page: Page, url: str | None) -> str | None:
    """What relative addresses of a page are relative to: its `base` element, else its own address."""
    return (resolve(page.evidence.base, url) if page.evidence.base else None) or url


def kept_links(page: Page, verdicts: Verdicts, url: str | None) -> tuple[tuple[int, int, str], ...]:
    """The links in blocks that stay, with absolute addresses."""
    layout = page.layout
    links = []
    url = _address_base(page, url)
    for _, link in _links_inside(layout, verdicts.kept):
        if layout.base[link.start : link.end].strip():
            address = resolve(read_attributes(link.attributes).get("href", ""), url)
            if address:
                links.append((link.start, link.end, address))
    return tuple(links)


def findings(page: Page, scores: Sequence[int], verdicts: Verdicts) -> tuple[Finding, ...]:
    """What was said of every block."""
    layout = page.layout
    return tuple(
        Finding(start=start, end=end, rule=rule, verdict="keep" if keep else "move" if done else "remove", score=int(score))
        for start, end, rule, keep, done, score in zip(
            layout.starts, layout.ends, verdicts.rules, verdicts.kept, verdicts.done, scores, strict=True
        )
    )
