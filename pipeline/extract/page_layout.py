"""What the walk makes of a page: its base text, its blocks, and the elements around them, as parallel lists.

Parallel lists and not objects: a page has thousands of elements, and the features are computed on whole columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from pipeline.extract.attribute_search import AttributeSearch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.records import BlockKind, MarkKind

TREE_ROOT = -1


class Anchor(NamedTuple):
    """A link in the base text: `base[start:end]`, and the element's attributes as serialised."""

    start: int
    end: int
    attributes: str


class Picture(NamedTuple):
    """An image element: the number of blocks before it, the block-level element around it, its attributes as serialised."""

    block: int
    element: int
    attributes: str


class Script(NamedTuple):
    """Characters off the line, or deleted, put in or a reading: `base[start:end]`, and which (`runs.SCRIPTS`)."""

    start: int
    end: int
    kind: str


class InlineRun(NamedTuple):
    """The marks of a run of text: its blocks, `first` to `end`, and each mark's kind and span.

    Spans count characters that are no white space, from the first block's beginning.
    """

    first: int
    end: int
    marks: tuple[tuple[MarkKind, int, int], ...]


@dataclass(frozen=True)
class Layout:
    """A page's blocks and elements. Lists that begin with `element_` are in pre-order of the tree's block-level elements.

    Attributes:
        base: the base text, blocks joined by two newlines.
        starts: where each block begins in `base`, in code points.
        ends: where each block ends.
        elements: of each block, the block-level element it stands in.
        kinds: of each block, what it is.
        levels: a heading's rank or the depth of a list or quote, else 0.
        marks: of each block, bits of `tags.MARKS`.
        link_chars: of each block, the characters inside links.
        link_counts: of each block, the number of links.
        links: all links, in order.
        drops: spans inside blocks that are not for the eye (titles of icons, text for screen readers).
        scripts: spans inside blocks that stand off the line, were deleted or put in, or say how a word is read.
        inline: words that are set apart within their lines, run by run.
        pictures: all images, in order.
        rules: of each horizontal rule, the number of blocks before it.
        element_tags: tag names.
        element_parents: index of the parent element, -1 for the root.
        element_firsts: number of blocks before the element's start tag.
        element_ends: number of blocks before the element's end tag.
        element_attributes: index into `attributes`.
        element_depths: number of block-level ancestors.
        attributes: the distinct attribute strings.
    """

    base: str
    starts: Sequence[int]
    ends: Sequence[int]
    elements: Sequence[int]
    kinds: Sequence[BlockKind]
    levels: Sequence[int]
    marks: Sequence[int]
    link_chars: Sequence[int]
    link_counts: Sequence[int]
    links: Sequence[Anchor]
    drops: Sequence[tuple[int, int]]
    scripts: Sequence[Script]
    inline: Sequence[InlineRun]
    pictures: Sequence[Picture]
    rules: Sequence[int]
    element_tags: Sequence[str]
    element_parents: Sequence[int]
    element_firsts: Sequence[int]
    element_ends: Sequence[int]
    element_attributes: Sequence[int]
    element_depths: Sequence[int]
    attributes: Sequence[str]

    @cached_property
    def named(self) -> AttributeSearch:
        """The distinct attribute strings, to be searched for names."""
        return AttributeSearch(self.attributes)

    def texts(self) -> list[str]:
        """The blocks' texts."""
        base = self.base
        return [base[start:end] for start, end in zip(self.starts, self.ends, strict=True)]
