"""What extraction hands on."""

from __future__ import annotations

import msgspec

from pipeline.extract.page_layout import Layout
from pipeline.extract.paths import block_paths
from pipeline.records import BaseKind, Completeness, MarkKind, PageKind, QualityWarning
from pipeline.spans import Block, Cut, Finding, Item


class Extracted(msgspec.Struct, frozen=True, kw_only=True):
    """A page as base text, with a verdict on every block.

    All offsets are code points of `base`. What no cut covers is the article.

    Attributes:
        kind: where the base text comes from: the page's visible text, or a script when the article stands only there.
        base: all visible text, blocks joined by two newlines.
        blocks: every block, in document order.
        cuts: what leaves the text, sorted, disjoint; joins between blocks are never covered.
        headline: the block that shows the page's headline, as the cut that would move all of it to the title; no cut covers it.
        items: images and embeds, as far as they are not moved by cuts.
        links: (start, end, address) of the links in blocks that stay.
        marks: (start, end, kind) of words that are set apart within their lines, in blocks that stay.
        findings: the model's score of every block and the rule that decided.
        warnings: what a user should look at.
        page_kind: what kind of page it is.
        completeness: whether the article is all there.
        evidence: what speaks for and against an article on the page, for the ledger.
        layout: the page's elements.
    """

    kind: BaseKind
    base: str
    blocks: tuple[Block, ...]
    cuts: tuple[Cut, ...]
    headline: Cut | None = None
    items: tuple[Item, ...] = ()
    links: tuple[tuple[int, int, str], ...] = ()
    marks: tuple[tuple[int, int, MarkKind], ...] = ()
    findings: tuple[Finding, ...] = ()
    warnings: tuple[QualityWarning, ...] = ()
    page_kind: PageKind = "article"
    completeness: Completeness = "full"
    evidence: str = ""
    layout: Layout

    def paths(self) -> list[str]:
        """The DOM path of every block, for people who ask where a block stood; worked out when asked for."""
        return block_paths(self.layout)
