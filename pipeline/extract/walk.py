"""One pass over a page's tags: visible text becomes blocks, block-level elements become containers.

The input is the parser's own serialisation, so tags are balanced, attributes are quoted and text is escaped; one regular expression
reads it. NUL cannot occur in parsed HTML, so it marks events (links, line breaks) inside a run of text until the run is finished.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extract.code_blocks import BORDER, START, divide_listing, is_gutter, looks_like_code, named_code, names_around
from pipeline.extract.data_tables import WideCells, join_data_table
from pipeline.extract.errors import ExtractError
from pipeline.extract.inline_marks import OpenMarks
from pipeline.extract.page_layout import TREE_ROOT, Anchor, InlineRun, Layout, Picture, Script
from pipeline.extract.runs import LINK_CLOSE, LINK_OPEN, NUL, SCRIPT_CLOSE, Run, collapse, is_unseen, read_linked, script_event, unescape
from pipeline.extract.tags import HEADINGS, LIST_ITEMS, LISTS, MARKS, OPENS, OPERATIONS, PARAGRAPHS, PREFORMATTED, SCRIPT_TAGS, TOKENS, Op

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pipeline.records import BlockKind

_LINK_START, _LINK_END = NUL + LINK_OPEN, NUL + LINK_CLOSE
_INLINE_MARK = "~"  # before the tag of an unknown element that runs on within a line, while the walk lasts
_CODE, _CODE_FIRST = 8, 16
"""Bits of a block's marks: it holds an element of code, and begins with one."""
_NAMES_READ = 4_000
"""Distinct attribute strings of a page up to which the names around its code are read."""


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
    pieces = TOKENS.split(html)
    walker.run(zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True))
    return walker.finish()


class _Walker:
    """The state of a walk: the run of text being read, and the stack of open elements."""

    def __init__(self, max_depth: int) -> None:
        self.max_depth = max_depth
        self.texts: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.owners: list[int] = []
        self.kinds: list[BlockKind] = []
        self.levels: list[int] = []
        self.marks: list[int] = []
        self.link_chars: list[int] = []
        self.link_counts: list[int] = []
        self.element_tags: list[str] = []
        self.element_parents: list[int] = []
        self.element_firsts: list[int] = []
        self.element_ends: list[int] = []
        self.element_attributes: list[int] = []
        self.element_depths: list[int] = []
        self.links: list[Anchor] = []
        self.drops: list[tuple[int, int]] = []
        self.scripts: list[Script] = []
        self.pictures: list[Picture] = []
        self.rules: list[int] = []
        self.parts: list[str] = []
        self.stack: list[int] = []
        self.contexts: list[tuple[BlockKind, int]] = []
        self.attributes: dict[str, int] = {}
        self.unseen = {"": False}
        self.wide_cells = WideCells()
        self.position = self.mark = self.level = 0
        self.current = TREE_ROOT
        self.kind: BlockKind = "paragraph"
        self.open_links: list[str] = []
        self.run_links: list[str] = []
        self.dropping: list[str] = []
        self.has_inline = False
        self.listing = -1
        self.raw, self.names = list[str](), list[str]()
        self.inline: list[InlineRun] = []
        self.open_marks = OpenMarks()

    def run(self, tokens: Iterable[tuple[str, str, str]]) -> None:
        """Read all tags, each with its attributes and the text behind it: the hot loop."""
        parts, texts, stack, ends = self.parts, self.texts, self.stack, self.element_ends
        tags, parents, firsts, depths, numbers = (
            self.element_tags, self.element_parents, self.element_firsts, self.element_depths, self.element_attributes,
        )  # fmt: skip
        operation, unknown, known, number = OPERATIONS.get, Op.UNKNOWN, self.attributes, self.attributes.setdefault
        nothing, opening, closing, link, unlink, span = Op.NOTHING, Op.OPEN, Op.CLOSE, Op.LINK_OPEN, Op.LINK_CLOSE, Op.SPAN
        open_links, run_links, handlers = self.open_links, self.run_links, self.handlers()
        for name, attributes, text in tokens:
            op = operation(name, unknown)
            if op is nothing:
                if self.dropping:
                    self.dropped(name)
            elif op is opening:
                if parts:
                    self.flush()
                stack.append(self.current)
                tags.append(name)
                parents.append(self.current)
                firsts.append(len(texts))
                numbers.append(number(attributes, len(known)))
                depths.append(len(stack))
                self.current = len(ends)
                ends.append(0)
            elif op is closing:
                if parts:
                    self.flush()
                ends[self.current] = len(texts)
                self.current = stack.pop()
            elif op is link:
                parts.append("\x00(")
                open_links.append(attributes)
                run_links.append(attributes)
            elif op is unlink:
                parts.append("\x00)")
                del open_links[-1:]
            elif op is not span or attributes or self.dropping:
                handlers[op](name, attributes)
            if text and (parts or not text.isspace()):
                parts.append(text)

    def handlers(self) -> list[Callable[[str, str], None]]:
        """What happens on the less frequent tags, by `Op`."""
        table: list[Callable[[str, str], None]] = [self.unknown] * len(Op)
        for op, handler in (
            (Op.ENTER, self.enter),
            (Op.LEAVE, self.leave),
            (Op.BREAK, self.line_break),
            (Op.MARK, self.set_mark),
            (Op.MARK_END, self.mark_words),
            (Op.SPAN, self.span),
            (Op.IMAGE, self.picture),
            (Op.DROP, self.drop),
            (Op.RULE, self.rule),
            (Op.SCRIPT, self.script),
            (Op.SCRIPT_END, self.script_end),
        ):
            table[op] = handler
        return table

    def line_break(self, _name: str, _attributes: str) -> None:
        """A line ends."""
        if self.parts:
            self.parts.append("\x00b")

    def set_mark(self, name: str, _attributes: str) -> None:
        """The block holds an element that tells something."""
        self.mark |= MARKS[name] if self.parts or MARKS[name] != _CODE else _CODE | _CODE_FIRST
        if name in OPENS:
            self.mark_words(name)
        elif self.dropping:
            self.dropped(name)

    def mark_words(self, name: str, _attributes: str = "") -> None:
        """Words that are set apart begin or end."""
        if event := self.open_marks.event(name, running=bool(self.parts) and self.listing < 0):
            self.parts.append(event)
        if self.dropping:
            self.dropped(name)

    def span(self, name: str, attributes: str) -> None:
        """A span may hold words that are not for the eye."""
        if attributes not in self.unseen:
            self.unseen[attributes] = is_unseen(attributes)
        if self.unseen[attributes] or (self.listing >= 0 and attributes and is_gutter(attributes)):
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

    def script(self, name: str, attributes: str) -> None:
        """Characters off the line begin."""
        self.parts.append(NUL + script_event(SCRIPT_TAGS[name], attributes))
        if self.dropping:
            self.dropped(name)

    def script_end(self, name: str, _attributes: str) -> None:
        """Characters off the line end."""
        if self.parts:
            self.parts.append(NUL + SCRIPT_CLOSE)
        if self.dropping:
            self.dropped(name)

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
            if self.parts and not self.element_tags[self.current].startswith(_INLINE_MARK):
                self.flush()
            self.element_ends[self.current] = len(self.texts)
            self.current = self.stack.pop()
            return
        around = self.element_tags[self.current] if self.current >= 0 else ""
        inline = bool(self.parts) and (around[:1] == _INLINE_MARK or around in PARAGRAPHS)
        if self.parts and not inline:
            self.flush()
        self.has_inline = self.has_inline or inline
        self.push(_INLINE_MARK + name if inline else name, attributes)

    def push(self, name: str, attributes: str) -> None:
        """Enter a block-level element."""
        self.stack.append(self.current)
        self.element_tags.append(name)
        self.element_parents.append(self.current)
        self.element_firsts.append(len(self.texts))
        self.element_attributes.append(self.attributes.setdefault(attributes, len(self.attributes)))
        self.element_depths.append(len(self.stack))
        self.current = len(self.element_ends)
        self.element_ends.append(0)

    def enter(self, name: str, attributes: str) -> None:
        """Enter an element that changes what the blocks to come are."""
        if self.parts:
            self.flush()
        self.push(name, attributes)
        self.contexts.append((self.kind, self.level))
        if self.listing >= 0:
            if self.dropping:
                self.dropped(name)
            elif name == "button" or (name not in LISTS and is_gutter(attributes)):  # a list named so holds the lines themselves
                self.drop(name, attributes)
        elif name in LIST_ITEMS:  # most are
            self.level = self.level if self.kind == "list_item" else 1
            self.kind = "list_item"
        elif name in HEADINGS:
            self.kind, self.level = "heading", HEADINGS[name]
        elif name in LISTS:
            self.level = self.level + 1 if self.kind == "list_item" else 1
            self.kind = "list_item"
        elif name == "blockquote":
            self.level = self.level + 1 if self.kind == "quote" else 1
            self.kind = "quote"
        elif name in PREFORMATTED:
            self.kind, self.level, self.listing = "preformatted", 0, self.current
            self.parts.append(NUL + START)

    def leave(self, name: str, _attributes: str) -> None:
        """Leave such an element."""
        if self.parts:
            self.flush()
        current = self.current
        if self.listing >= 0:
            if self.dropping:
                self.dropped(name)
            if current == self.listing:
                self.end_listing(current)
        self.element_ends[current] = len(self.texts)
        self.current = self.stack.pop()
        self.kind, self.level = self.contexts.pop()
        if name == "/table" and len(self.texts) - self.element_firsts[current] > 1:
            joined = join_data_table(self, current)
            self.position = joined if joined is not None else self.position
            while joined is not None and self.inline and self.inline[-1].end >= len(self.texts):
                self.inline.pop()  # a table's cells are one block by now

    def flush(self) -> None:
        """End the run of text and make blocks of it."""
        parts = self.parts
        text = "".join(parts)
        parts.clear()
        if "&" in text:
            text = unescape(text)
        if self.listing >= 0:
            self.raw.append(text + NUL + BORDER)
            parts.append(NUL + START)
        elif self.open_marks.noted:
            plain, marks = self.open_marks.take(text)
            first = len(self.texts)
            self.make_blocks(plain)
            if marks and len(self.texts) > first:
                self.inline.append(InlineRun(first, len(self.texts), marks))
        else:
            self.make_blocks(text)
        if self.run_links:
            self.run_links[:] = self.open_links[-1:]
            if self.run_links:
                parts.append("\x00(")
        if self.dropping:
            parts.append("\x00[")
        if self.listing < 0:
            self.mark = 0

    def make_blocks(self, text: str) -> None:
        """Make blocks of a run without marks."""
        if NUL in text:
            self.marked(text)
        elif text := " ".join(text.split()) if text.isascii() else collapse(text).strip():
            self.add(text, 0, 0)

    def add(self, text: str, link_chars: int, link_count: int) -> None:
        """Append one block."""
        start = self.position
        end = start + len(text)
        self.texts.append(text)
        self.starts.append(start)
        self.ends.append(end)
        self.owners.append(self.current)
        self.kinds.append(self.kind)
        self.levels.append(self.level)
        self.marks.append(self.mark)
        self.link_chars.append(link_chars)
        self.link_counts.append(link_count)
        self.position = end + 2

    def marked(self, text: str) -> None:
        """Make blocks of a run with links, breaks or unseen text in it: two breaks in a row end a block."""
        end = text.find(_LINK_END, 2) if text.startswith(_LINK_START) else -1
        if end > 0 and text.count(NUL) == 2 and (end + 2 == len(text) or text[end + 2 :].isspace()):
            inner = text[2:end]  # nothing but one link, as two runs of three
            inner = " ".join(inner.split()) if inner.isascii() else collapse(inner).strip()
            if inner:
                self.links.append(Anchor(self.position, self.position + len(inner), self.run_links[0]))
                self.add(inner, len(inner), 1)
            return
        pieces = text.split(NUL)
        if text.count(_LINK_START) + text.count(_LINK_END) == len(pieces) - 1:
            self.place(*read_linked(pieces, self.run_links))
            return
        run = Run(self.run_links)
        run.text(pieces[0])
        for piece in pieces[1:]:
            run.event(piece[0])
            if run.breaks > 1 and run.size and piece[1:].strip():
                self.add_run(run)
            run.text(piece[1:])
        self.add_run(run)

    def place(self, whole: str, links: list[tuple[int, int, str]]) -> None:
        """Append a block of a run's text, stripped at both ends, with its links."""
        text = whole.strip()
        if not text:
            return
        cut, end, offset = len(whole) - len(whole.lstrip()), len(text), self.position
        chars = count = 0
        for first, last, attributes in links:
            low, high = max(first - cut, 0), min(last - cut, end)
            if low < high:
                self.links.append(Anchor(offset + low, offset + high, attributes))
                chars += high - low
                count += 1
        self.add(text, chars, count)

    def add_run(self, run: Run) -> None:
        """Append what a run holds as one block, and begin it anew."""
        text, links, drops, scripts = run.take()
        if not text:
            return
        offset = self.position
        self.links.extend(Anchor(offset + start, offset + end, attributes) for start, end, attributes in links)
        self.drops.extend((offset + start, offset + end) for start, end in drops)
        self.scripts.extend(Script(offset + start, offset + end, kind) for start, end, kind in scripts)
        kind = self.kind
        if self.mark & _CODE_FIRST and "\n" in text and looks_like_code(text):
            self.kind = "code"
        self.add(text, sum(end - start for start, end, _ in links), len(links))
        self.kind = kind

    def end_listing(self, element: int) -> None:
        """Make blocks of a preformatted element that ends: one of code as it stands, or paragraphs parted by blank lines."""
        self.listing = -1
        if len(self.names) != len(self.attributes) <= _NAMES_READ:
            self.names = list(self.attributes)
        around = names_around(element, self.element_parents, self.element_attributes, self.names)
        named = self.mark & _CODE != 0 or named_code(around)
        code, texts, drops = divide_listing("".join(self.raw), named=named, is_field=self.element_tags[element] == "textarea")
        self.raw.clear()
        self.parts.clear()
        self.drops.extend((self.position + start, self.position + end) for start, end in drops)
        self.kind = "code" if code else self.kind
        for text in texts:
            self.add(text, 0, 0)
        self.mark = 0

    def finish(self) -> Layout:
        """End the walk."""
        self.flush()
        if max(self.element_depths, default=0) > self.max_depth:
            raise ExtractError("too_deep", f"block-level elements nested deeper than {self.max_depth}")
        return Layout(
            base="\n\n".join(self.texts),
            starts=self.starts,
            ends=self.ends,
            elements=self.owners,
            kinds=self.kinds,
            levels=self.levels,
            marks=self.marks,
            link_chars=self.link_chars,
            link_counts=self.link_counts,
            links=self.links,
            drops=self.drops,
            scripts=self.scripts,
            inline=self.inline,
            pictures=self.pictures,
            rules=self.rules,
            element_tags=[tag.lstrip(_INLINE_MARK) for tag in self.element_tags] if self.has_inline else self.element_tags,
            element_parents=self.element_parents,
            element_firsts=self.element_firsts,
            element_ends=self.element_ends,
            element_attributes=self.element_attributes,
            element_depths=self.element_depths,
            attributes=list(self.attributes),
        )
