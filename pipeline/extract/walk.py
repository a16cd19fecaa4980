"""One pass over a page's tags: visible text becomes blocks, block-level elements become containers.

The input is the parser's own serialisation, so tags are balanced, attributes are quoted and text is escaped; one regular expression
reads it. NUL cannot occur in parsed HTML, so it marks events (links, line breaks) inside a run of text until the run is finished.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pipeline.extract.errors import ExtractError
from pipeline.extract.layout import TREE_ROOT, Anchor, Layout, Picture
from pipeline.extract.tables import join_data_table
from pipeline.extract.tags import HEADINGS, LIST_ITEMS, LISTS, MARKS, OPERATIONS, PARAGRAPHS, PREFORMATTED, Op

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.extract.layout import BlockRow, ElementRow
    from pipeline.records import BlockKind

TOKENS = re.compile(r'<(/?[a-zA-Z][^ \t\n\r\f/>]*+|!--(?:[^-]+|-(?!->))*--|\?[^>]*)((?: =?[^ \t\n\r\f/>=]*+="[^"]*+")*+)>([^<]*+)')
"""A tag, comment or processing instruction of serialised HTML, its attributes, and the text behind it."""

_UNSEEN_CLASS = re.compile(r"\b(?:sr-only|visually-?hidden|screen-?reader(?:-text|-only)?|a11y-hidden)\b(?!-focusable)", re.IGNORECASE)
_NUL = "\x00"
_LINK_OPEN, _LINK_CLOSE, _BREAK, _DROP_OPEN, _DROP_CLOSE = "(", ")", "b", "[", "]"
_HTML_SPACE = " \t\n\r\f"
_EVENT = re.compile(r"\x00[()\[\]]")
_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n)+")
_NO_BLOCKS: tuple[tuple[Any, ...], ...] = ((),) * 8
_NO_ELEMENTS: tuple[tuple[Any, ...], ...] = ((),) * 5
_INLINE_MARK = "~"
"""Before the tag of an unknown element that runs on within a line, while the walk lasts."""


def walk(html: str, max_depth: int) -> Layout:
    r"""Lay out a page.

    Args:
        html: the visible part of a page, as `prepare.visible_html` gives it.
        max_depth: how deep block-level elements may be nested.

    Returns:
        The layout.

    Raises:
        ExtractError: `too_deep`.

    >>> page = walk('<body><h1>A</h1><p>b <a href="x">c\n</a>d<br>e</p></body>', 100)
    >>> page.base
    'A\n\nb c d\ne'
    >>> page.links
    [Anchor(start=5, end=6, attributes=' href="x"')]
    """
    walker = _Walker(max_depth)
    walker.run(TOKENS.findall(html))
    return walker.finish()


def unescape(text: str) -> str:
    """Undo the five escapes that a serialiser makes."""
    if "&" in text:
        text = text.replace("&nbsp;", "\xa0").replace("&quot;", '"').replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return text


def collapse(text: str) -> str:
    """Collapse HTML's white space (not the no-break or ideographic space) and strip it from both ends."""
    if text.isascii():
        return " ".join(text.split())
    return b" ".join(text.encode("utf-8", "surrogatepass").split()).decode("utf-8", "surrogatepass")


def _unseen(attributes: str) -> bool:
    """Whether a class says that an element is not for the eye."""
    return ("sr-only" in attributes or "hidden" in attributes or "creen" in attributes) and bool(_UNSEEN_CLASS.search(attributes))


class _Walker:
    """The state of a walk: the run of text being read, and the stack of open elements."""

    def __init__(self, max_depth: int) -> None:
        self.max_depth = max_depth
        self.texts: list[str] = []
        self.blocks: list[BlockRow] = []
        self.elements: list[ElementRow] = []
        self.element_ends: list[int] = []
        self.links: list[Anchor] = []
        self.drops: list[tuple[int, int]] = []
        self.pictures: list[Picture] = []
        self.rules: list[int] = []
        self.parts: list[str] = []
        self.stack: list[int] = []
        self.contexts: list[tuple[BlockKind, int]] = []
        self.attributes: dict[str, int] = {}
        self.position = 0
        self.mark = 0
        self.current = TREE_ROOT
        self.kind: BlockKind = "paragraph"
        self.level = 0
        self.open_links: list[str] = []
        self.run_links: list[str] = []
        self.dropping: list[str] = []

    def run(self, tokens: list[tuple[str, str, str]]) -> None:
        """Read all tags: the hot loop."""
        parts, texts, stack, elements, ends = self.parts, self.texts, self.stack, self.elements, self.element_ends
        operation, unknown, known, number = OPERATIONS.get, Op.UNKNOWN, self.attributes, self.attributes.setdefault
        nothing, opening, closing, link = Op.NOTHING, Op.OPEN, Op.CLOSE, Op.LINK_OPEN
        handlers = self.handlers()
        for name, attributes, text in tokens:
            op = operation(name, unknown)
            if op is nothing:
                if self.dropping:
                    self.dropped(name)
            elif op is opening:
                if parts:
                    self.flush()
                stack.append(self.current)
                elements.append((name, self.current, len(texts), number(attributes, len(known)), len(stack)))
                self.current = len(ends)
                ends.append(0)
            elif op is closing:
                if parts:
                    self.flush()
                ends[self.current] = len(texts)
                self.current = stack.pop()
            elif op is link:
                parts.append("\x00(")
                self.open_links.append(attributes)
                self.run_links.append(attributes)
            else:
                handlers[op](name, attributes)
            if text and (parts or not text.isspace()):
                parts.append(text)
        if max((depth for _, _, _, _, depth in elements), default=0) > self.max_depth:
            raise ExtractError("too_deep", f"block-level elements nested deeper than {self.max_depth}")

    def handlers(self) -> dict[Op, Callable[[str, str], None]]:
        """What happens on the less frequent tags."""
        return {
            Op.ENTER: self.enter,
            Op.LEAVE: self.leave,
            Op.LINK_CLOSE: self.unlink,
            Op.BREAK: self.line_break,
            Op.MARK: self.set_mark,
            Op.SPAN: self.span,
            Op.IMAGE: self.picture,
            Op.DROP: self.drop,
            Op.RULE: self.rule,
            Op.UNKNOWN: self.unknown,
        }

    def unlink(self, _name: str, _attributes: str) -> None:
        """A link ends."""
        self.parts.append("\x00)")
        if self.open_links:
            self.open_links.pop()

    def line_break(self, _name: str, _attributes: str) -> None:
        """A line ends."""
        if self.parts:
            self.parts.append("\x00b")

    def set_mark(self, name: str, _attributes: str) -> None:
        """The block holds an element that tells something."""
        self.mark |= MARKS[name]
        if self.dropping:
            self.dropped(name)

    def span(self, name: str, attributes: str) -> None:
        """A span may hold words that are not for the eye."""
        if attributes and _unseen(attributes):
            self.drop(name, attributes)
        elif self.dropping:
            self.dropped(name)

    def drop(self, name: str, _attributes: str) -> None:
        """Words that are not for the eye begin."""
        if self.dropping:
            self.dropped(name)
        else:
            self.parts.append("\x00[")
            self.dropping.append(name)

    def picture(self, _name: str, attributes: str) -> None:
        """An image stands here."""
        self.pictures.append(Picture(len(self.texts), self.current, attributes))

    def rule(self, _name: str, _attributes: str) -> None:
        """A horizontal rule parts two runs."""
        self.flush()
        self.rules.append(len(self.texts))

    def dropped(self, name: str) -> None:
        """Follow the elements inside words that are not for the eye, until the one that began them ends."""
        if name == "/" + self.dropping[0]:
            self.dropping.pop()
            if not self.dropping:
                self.parts.append("\x00]")
        elif name == self.dropping[0]:
            self.dropping.append(name)

    def unknown(self, name: str, attributes: str) -> None:
        """An element that HTML does not know is inline inside a paragraph and a block elsewhere; comments are nothing."""
        if name[0] in "!?":
            return
        if name[0] == "/":
            if not self.stack:
                return
            if self.parts and not self.elements[self.current][0].startswith(_INLINE_MARK):
                self.flush()
            self.element_ends[self.current] = len(self.texts)
            self.current = self.stack.pop()
            return
        inline = bool(self.parts) and self.current >= 0 and self.elements[self.current][0].lstrip(_INLINE_MARK) in PARAGRAPHS
        if self.parts and not inline:
            self.flush()
        self.push(_INLINE_MARK + name if inline else name, attributes)

    def push(self, name: str, attributes: str) -> None:
        """Enter a block-level element."""
        self.stack.append(self.current)
        number = self.attributes.setdefault(attributes, len(self.attributes))
        self.elements.append((name, self.current, len(self.texts), number, len(self.stack)))
        self.current = len(self.element_ends)
        self.element_ends.append(0)

    def enter(self, name: str, attributes: str) -> None:
        """Enter an element that changes what the blocks to come are."""
        if self.parts:
            self.flush()
        self.push(name, attributes)
        self.contexts.append((self.kind, self.level))
        if name in HEADINGS:
            self.kind, self.level = "heading", HEADINGS[name]
        elif name in LISTS:
            self.level = self.level + 1 if self.kind == "list_item" else 1
            self.kind = "list_item"
        elif name in LIST_ITEMS:
            self.level = self.level if self.kind == "list_item" else 1
            self.kind = "list_item"
        elif name == "blockquote":
            self.level = self.level + 1 if self.kind == "quote" else 1
            self.kind = "quote"
        elif name in PREFORMATTED:
            self.kind, self.level = "preformatted", 0

    def leave(self, _name: str, _attributes: str) -> None:
        """Leave such an element."""
        if self.parts:
            self.flush()
        current = self.current
        self.element_ends[current] = len(self.texts)
        self.current = self.stack.pop()
        self.kind, self.level = self.contexts.pop()
        tag, _, first, _, _ = self.elements[current]
        if tag == "table" and len(self.texts) - first > 1:
            joined = join_data_table(self, current)
            self.position = joined if joined is not None else self.position

    def flush(self) -> None:
        """End the run of text and make blocks of it."""
        parts = self.parts
        text = "".join(parts)
        parts.clear()
        if "&" in text:
            text = unescape(text)
        if self.kind == "preformatted":
            self.preformatted(text)
        elif _NUL in text:
            self.marked(text)
        else:
            text = collapse(text).strip()
            if text:
                self.add(text, 0, 0)
        if self.run_links:
            self.run_links = self.open_links[-1:]
            parts.extend("\x00(" for _ in self.run_links)
        if self.dropping:
            parts.append("\x00[")
        self.mark = 0

    def add(self, text: str, link_chars: int, link_count: int) -> None:
        """Append one block."""
        start = self.position
        end = start + len(text)
        self.texts.append(text)
        self.blocks.append((start, end, self.current, self.kind, self.level, self.mark, link_chars, link_count))
        self.position = end + 2

    def marked(self, text: str) -> None:
        """Make blocks of a run with links, breaks or unseen text in it: two breaks in a row end a block."""
        pieces = text.split(_NUL)
        if len(pieces) == 3 and pieces[1][:1] == _LINK_OPEN and pieces[2][:1] == _LINK_CLOSE and not (pieces[0] + pieces[2][1:]).strip():
            inner = collapse(pieces[1][1:]).strip()
            if inner:
                self.links.append(Anchor(self.position, self.position + len(inner), self.run_links[0]))
                self.add(inner, len(inner), 1)
            return
        run = _Run(self.run_links)
        run.text(pieces[0])
        for piece in pieces[1:]:
            run.event(piece[0])
            if run.breaks > 1 and run.size and piece[1:].strip():
                self.add_run(run)
            run.text(piece[1:])
        self.add_run(run)

    def add_run(self, run: _Run) -> None:
        """Append what a run holds as one block, and begin it anew."""
        text, links, drops = run.take()
        if not text:
            return
        offset = self.position
        self.links.extend(Anchor(offset + start, offset + end, attributes) for start, end, attributes in links)
        self.drops.extend((offset + start, offset + end) for start, end in drops)
        self.add(text, sum(end - start for start, end, _ in links), len(links))

    def preformatted(self, text: str) -> None:
        """Make blocks of a run whose line ends count: a blank line ends a block."""
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00b", "\n")
        text = _EVENT.sub("", text)
        for part in _BLANK_LINES.split(text):
            block = "\n".join(line.rstrip() for line in part.split("\n")).strip()
            if block:
                self.add(block, 0, 0)

    def finish(self) -> Layout:
        """End the walk and turn rows into columns."""
        self.flush()
        starts, ends, owners, kinds, levels, marks, link_chars, link_counts = zip(*self.blocks, strict=True) if self.blocks else _NO_BLOCKS
        tags, parents, firsts, attributes, depths = zip(*self.elements, strict=True) if self.elements else _NO_ELEMENTS
        return Layout(
            base="\n\n".join(self.texts),
            starts=starts,
            ends=ends,
            elements=owners,
            kinds=kinds,
            levels=levels,
            marks=marks,
            link_chars=link_chars,
            link_counts=link_counts,
            links=self.links,
            drops=self.drops,
            pictures=self.pictures,
            rules=self.rules,
            element_tags=[tag.lstrip(_INLINE_MARK) for tag in tags] if any(map(_marked_inline, tags)) else tags,
            element_parents=parents,
            element_firsts=firsts,
            element_ends=self.element_ends,
            element_attributes=attributes,
            element_depths=depths,
            attributes=list(self.attributes),
        )


def _marked_inline(tag: str) -> bool:
    return tag[0] == _INLINE_MARK


class _Run:
    """A run of text being put together: white space collapsed across pieces, spans of links and unseen text remembered."""

    def __init__(self, links: list[str]) -> None:
        self.waiting = iter(links)
        self.out: list[str] = []
        self.size = 0
        self.gap = False
        self.breaks = 0
        self.links: list[tuple[int, int, str]] = []
        self.active: list[str] = []
        self.link_start = -1
        self.drops: list[tuple[int, int]] = []
        self.drop_start = -1
        self.hiding = False

    def event(self, op: str) -> None:
        """Something happens between two pieces of text."""
        if op == _BREAK:
            self.breaks += 1
        elif op == _LINK_OPEN:
            self.end_link()
            self.active.append(next(self.waiting))
        elif op == _LINK_CLOSE:
            self.end_link()
            if self.active:
                self.active.pop()
        else:
            self.end_drop()
            self.hiding = op == _DROP_OPEN

    def text(self, piece: str) -> None:
        """More text."""
        body = collapse(piece)
        if not body or ((self.breaks or not self.out) and not body.strip()):
            self.gap = self.gap or bool(piece)
            return
        if self.breaks:
            if self.out:
                self.out.append("\n")
                self.size += 1
            self.breaks = 0
        elif self.out and (self.gap or piece[0] in _HTML_SPACE):
            self.out.append(" ")
            self.size += 1
        if self.active and self.link_start < 0:
            self.link_start = self.size
        if self.hiding and self.drop_start < 0:
            self.drop_start = self.size
        self.out.append(body)
        self.size += len(body)
        self.gap = piece[-1] in _HTML_SPACE

    def end_link(self) -> None:
        """The text so far belongs to the innermost open link, if there is one."""
        if self.link_start >= 0:
            self.links.append((self.link_start, self.size, self.active[-1]))
            self.link_start = -1

    def end_drop(self) -> None:
        """The text so far was not for the eye, if such an element is open."""
        if self.drop_start >= 0:
            self.drops.append((self.drop_start, self.size))
            self.drop_start = -1

    def take(self) -> tuple[str, list[tuple[int, int, str]], list[tuple[int, int]]]:
        """The text stripped at both ends, with its spans; the run begins anew, in the same links."""
        self.end_link()
        self.end_drop()
        whole = "".join(self.out)
        text = whole.strip()
        cut = len(whole) - len(whole.lstrip())
        end = len(text)
        links = [(max(a - cut, 0), min(b - cut, end), attributes) for a, b, attributes in self.links]
        drops = [(max(a - cut, 0), min(b - cut, end)) for a, b in self.drops]
        self.out, self.size, self.gap, self.breaks, self.links, self.drops = [], 0, False, 0, [], []
        return text, [span for span in links if span[0] < span[1]], [span for span in drops if span[0] < span[1]]
