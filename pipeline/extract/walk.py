"""One pass over a page's tags: visible text becomes blocks, block-level elements become containers.

The input is the parser's own serialisation, so tags are balanced, attributes are quoted and text is escaped; one regular expression
reads it. NUL cannot occur in parsed HTML, so it marks events (links, line breaks) inside a run of text until the run is finished.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.extract.errors import ExtractError
from pipeline.extract.layout import TREE_ROOT, Anchor, Layout, Picture
from pipeline.extract.tables import join_data_table
from pipeline.extract.tags import HEADINGS, LIST_ITEMS, LISTS, MARK_LINKED_IMAGE, MARKS, OPERATIONS, PARAGRAPHS, PREFORMATTED, Op

if TYPE_CHECKING:
    from pipeline.records import BlockKind

TOKENS = re.compile(r'<(/?[a-zA-Z][^ \t\n\r\f/>]*|!--(?:[^-]+|-(?!->))*--|\?[^>]*)((?: =?[^ \t\n\r\f/>=]*="[^"]*")*)>([^<]*)')
"""A tag, comment or processing instruction of serialised HTML, its attributes, and the text behind it."""

_UNSEEN_CLASS = re.compile(r"\b(?:sr-only|visually-?hidden|screen-?reader(?:-text|-only)?|a11y-hidden)\b(?!-focusable)", re.IGNORECASE)
_NUL = "\x00"
_LINK_OPEN, _LINK_CLOSE, _BREAK, _DROP_OPEN, _DROP_CLOSE = "(", ")", "b", "[", "]"
_HTML_SPACE = " \t\n\r\f"
_EVENT = re.compile(r"\x00[()\[\]]")
_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n)+")
_CONTEXT_TAGS = frozenset((*HEADINGS, *LISTS, *LIST_ITEMS, *PREFORMATTED, "blockquote"))


def walk(html: str, max_depth: int) -> Layout:
    r"""Lay out a page.

    Args:
        html: the visible part of a page, as `prepare.visible_html` gives it.
        max_depth: how deep block-level elements may be nested.

    Returns:
        The layout.

    Raises:
        ExtractError: `too_deep`.

    >>> page = walk('<body><h1>A</h1><p>b <a href="x">c\\n</a>d<br>e</p></body>', 100)
    >>> page.base
    'A\\n\\nb c d\\ne'
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


class _Walker:
    """The state of a walk: the run of text being read, and the stack of open elements."""

    def __init__(self, max_depth: int) -> None:
        self.max_depth = max_depth
        self.layout = Layout()
        self.texts: list[str] = []
        self.parts: list[str] = []
        self.position = 0
        self.mark = 0
        self.current = TREE_ROOT
        self.kind: BlockKind = "paragraph"
        self.level = 0
        self.contexts: list[tuple[int, BlockKind, int, bool]] = []
        self.attribute_ids: dict[str, int] = {}
        self.open_links: list[str] = []
        self.run_links: list[str] = []
        self.dropping: list[str] = []

    def run(self, tokens: list[tuple[str, str, str]]) -> None:
        """Read all tags: the hot loop."""
        parts, operation, unknown = self.parts, OPERATIONS.get, Op.UNKNOWN
        nothing, opening, closing, link, unlink = Op.NOTHING, Op.OPEN, Op.CLOSE, Op.LINK_OPEN, Op.LINK_CLOSE
        for name, attributes, text in tokens:
            op = operation(name, unknown)
            if op is nothing:
                if self.dropping:
                    self.dropped(name)
            elif op is opening:
                if parts:
                    self.flush()
                self.open(name, attributes)
            elif op is closing:
                if parts:
                    self.flush()
                self.close()
            elif op is link:
                parts.append("\x00(")
                self.open_links.append(attributes)
                self.run_links.append(attributes)
            elif op is unlink:
                parts.append("\x00)")
                if self.open_links:
                    self.open_links.pop()
            else:
                self.rare(op, name, attributes)
            if text and (parts or not text.isspace()):
                parts.append(text)

    def rare(self, op: Op, name: str, attributes: str) -> None:
        """What happens on few tags."""
        if op is Op.BREAK:
            if self.parts:
                self.parts.append("\x00b")
        elif op is Op.MARK:
            self.mark |= MARKS[name]
        elif op is Op.IMAGE:
            self.layout.pictures.append(Picture(len(self.texts), self.current, attributes))
            if len(self.parts) == 1 and self.parts[0] == "\x00(":
                self.mark |= MARK_LINKED_IMAGE
        elif op is Op.RULE:
            self.flush()
            self.layout.rules.append(len(self.texts))
        elif op is Op.DROP or (op is Op.SPAN and "class=" in attributes and _UNSEEN_CLASS.search(attributes)):
            self.dropped(name, begin=True)
        elif op is Op.SPAN:
            if self.dropping:
                self.dropped(name)
        elif op is Op.UNKNOWN and name[0] not in "!?":
            self.unknown(name, attributes)

    def dropped(self, name: str, *, begin: bool = False) -> None:
        """Follow the elements inside text that is not for the eye, until the one that began it ends."""
        if begin and not self.dropping:
            self.parts.append("\x00[")
            self.dropping.append(name)
        elif name == "/" + self.dropping[0]:
            self.dropping.pop()
            if not self.dropping:
                self.parts.append("\x00]")
        elif name == self.dropping[0]:
            self.dropping.append(name)

    def unknown(self, name: str, attributes: str) -> None:
        """An element that HTML does not know is inline inside a paragraph and a block elsewhere."""
        if name[0] == "/":
            if self.contexts[-1][3] and self.parts:
                self.flush()
            self.close()
            return
        breaks = not (self.parts and self.layout.element_tags and self.layout.element_tags[self.current] in PARAGRAPHS)
        if breaks and self.parts:
            self.flush()
        self.open(name, attributes, breaks=breaks)

    def open(self, name: str, attributes: str, *, breaks: bool = True) -> None:
        """Enter a block-level element."""
        layout = self.layout
        self.contexts.append((self.current, self.kind, self.level, breaks))
        if len(self.contexts) > self.max_depth:
            raise ExtractError("too_deep", f"block-level elements nested deeper than {self.max_depth}")
        number = self.attribute_ids.get(attributes)
        if number is None:
            number = self.attribute_ids[attributes] = len(layout.attributes)
            layout.attributes.append(attributes)
        layout.element_parents.append(self.current)
        self.current = len(layout.element_tags)
        layout.element_tags.append(name)
        layout.element_firsts.append(len(self.texts))
        layout.element_ends.append(0)
        layout.element_attributes.append(number)
        layout.element_depths.append(len(self.contexts))
        if name in _CONTEXT_TAGS:
            self.enter(name)

    def enter(self, name: str) -> None:
        """Change what the blocks to come are."""
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

    def close(self) -> None:
        """Leave the current element."""
        layout, current = self.layout, self.current
        layout.element_ends[current] = len(self.texts)
        name = layout.element_tags[current]
        self.current, self.kind, self.level, _ = self.contexts.pop()
        if name == "table":
            self.position = join_data_table(layout, self.texts, current, self.position)

    def flush(self) -> None:
        """End the run of text and make blocks of it."""
        text = "".join(self.parts)
        self.parts.clear()
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
        if self.open_links:
            self.parts.extend("\x00(" for _ in self.open_links)
            self.run_links = self.open_links.copy()
        else:
            self.run_links.clear()
        if self.dropping:
            self.parts.append("\x00[")
        self.mark = 0

    def add(self, text: str, link_chars: int, link_count: int) -> None:
        """Append one block."""
        layout = self.layout
        self.texts.append(text)
        layout.starts.append(self.position)
        self.position += len(text)
        layout.ends.append(self.position)
        self.position += 2
        layout.elements.append(self.current)
        layout.kinds.append(self.kind)
        layout.levels.append(self.level)
        layout.marks.append(self.mark)
        layout.link_chars.append(link_chars)
        layout.link_counts.append(link_count)

    def marked(self, text: str) -> None:
        """Make blocks of a run with links, breaks or unseen text in it: two breaks in a row end a block."""
        pieces = text.split(_NUL)
        if len(pieces) == 3 and pieces[1][:1] == _LINK_OPEN and pieces[2][:1] == _LINK_CLOSE and not (pieces[0] + pieces[2][1:]).strip():
            inner = collapse(pieces[1][1:]).strip()
            if inner:
                self.layout.links.append(Anchor(self.position, self.position + len(inner), self.run_links[0]))
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
        self.layout.links.extend(Anchor(offset + start, offset + end, attributes) for start, end, attributes in links)
        self.layout.drops.extend((offset + start, offset + end) for start, end in drops)
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
        """End the walk."""
        self.flush()
        while self.contexts:
            self.close()
        self.layout.base = "\n\n".join(self.texts)
        return self.layout


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
