"""Runs of text between the block-level tags of a page: their white space, and the spans of links and unseen text in them.

The walk marks what happens inside a run by NUL and a letter, its event; NUL cannot occur in parsed HTML.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

NUL = "\x00"
LINK_OPEN, LINK_CLOSE, BREAK, DROP_OPEN, DROP_CLOSE = "(", ")", "b", "[", "]"
RAISED, NOTE, POWER, LOWERED, DELETED, INSERTED, READING, SCRIPT_CLOSE = "^", "n", "w", "_", "-", "+", "r", "}"
"""The ends of what stands above or below the line, was deleted, put in, or says how a word is read."""
SCRIPTS = frozenset((RAISED, NOTE, POWER, LOWERED, DELETED, INSERTED, READING))
_NOTE_NAME = re.compile(r"(?:ref|note|cite|fn)", re.IGNORECASE)
POWER_NAME = "power"
"""The class of what a formula raises."""
UNSEEN_NAME = "sr-only"
"""The class of copies that are not for the eye."""
_UNSEEN_CLASS = re.compile(
    r"\b(?:mw-editsection(?!-)|sr-only|visually-?hidden|screen-?reader(?:-text|-only)?|a11y-hidden|page-?num(?:ber)?|pageno)\b"
    r"(?!-focusable)",
    re.IGNORECASE,
)
HTML_SPACE = " \t\n\r\f"


def collapse(text: str) -> str:
    """Collapse HTML's white space (not the no-break or ideographic space) and strip it from both ends."""
    if text.isascii():
        return " ".join(text.split())
    return b" ".join(text.encode("utf-8", "surrogatepass").split()).decode("utf-8", "surrogatepass")


def is_unseen(attributes: str) -> bool:
    """Whether a class says that an element is not for the eye, or numbers the pages of a printed book."""
    hinted = (
        "hidden" in attributes
        or "sr-only" in attributes
        or "creen" in attributes
        or "editsection" in attributes
        or "pagen" in attributes
        or "page-n" in attributes
    )
    return hinted and _UNSEEN_CLASS.search(attributes) is not None


def script_event(kind: str, attributes: str) -> str:
    """The event of an element whose characters stand off the line: what is raised is a note's mark or a power where its names say so.

    >>> script_event(RAISED, ' class="reference"'), script_event(RAISED, ""), script_event(LOWERED, "")
    ('n', '^', '_')
    """
    if kind != RAISED or not attributes:
        return kind
    return POWER if f'class="{POWER_NAME}"' in attributes else NOTE if _NOTE_NAME.search(attributes) else kind


def unescape(text: str) -> str:
    """Undo the five escapes that a serialiser makes."""
    if "&" in text:
        text = text.replace("&nbsp;", "\xa0").replace("&quot;", '"').replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return text


def read_linked(pieces: Sequence[str], run_links: Sequence[str]) -> tuple[str, list[tuple[int, int, str]]]:
    r"""Put a run together that has nothing but links in it: what `Run` does, for the many runs that need no more.

    Args:
        pieces: the run, split at NUL; every piece but the first begins with its event.
        run_links: the attributes of the run's links.

    Returns:
        The text, and the spans of its links with their attributes.

    >>> read_linked(["see ", "(this\n", ") and ", "(that", ")"], ["a", "b"])
    ('see this and that', [(4, 8, 'a'), (13, 17, 'b')])
    """
    out: list[str] = []
    links: list[tuple[int, int, str]] = []
    active: list[str] = []
    waiting = iter(run_links)
    size, start, gap = 0, -1, False
    op = ""
    for given in pieces:
        piece = given
        if op:
            if start >= 0:
                links.append((start, size, active[-1]))
                start = -1
            if given[0] == LINK_OPEN:
                active.append(next(waiting))
            elif active:
                active.pop()
            piece = given[1:]
        op = NUL
        body = " ".join(piece.split()) if piece.isascii() else collapse(piece)
        if not body or (not out and not body.strip()):
            gap = gap or bool(piece)
            continue
        if out and (gap or piece[0] in HTML_SPACE):
            out.append(" ")
            size += 1
        if active and start < 0:
            start = size
        out.append(body)
        size += len(body)
        gap = piece[-1] in HTML_SPACE
    if start >= 0:
        links.append((start, size, active[-1]))
    return "".join(out), links


class Run:
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
        self.scripts: list[tuple[int, int, str]] = []
        self.raised: list[tuple[str, int]] = []

    def event(self, op: str) -> None:
        """Something happens between two pieces of text."""
        if op == BREAK:
            self.breaks += 1
        elif op == LINK_OPEN:
            self.end_link()
            self.active.append(next(self.waiting))
        elif op == LINK_CLOSE:
            self.end_link()
            if self.active:
                self.active.pop()
        elif op in SCRIPTS:
            self.raised.append((op, -1))
        elif op == SCRIPT_CLOSE:
            self.end_script()
        else:
            self.end_drop()
            self.hiding = op == DROP_OPEN

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
        elif self.out and (self.gap or piece[0] in HTML_SPACE):
            self.out.append(" ")
            self.size += 1
        if self.active and self.link_start < 0:
            self.link_start = self.size
        if self.hiding and self.drop_start < 0:
            self.drop_start = self.size
        if self.raised and self.raised[-1][1] < 0:
            self.raised = [(kind, self.size if start < 0 else start) for kind, start in self.raised]
        self.out.append(body)
        self.size += len(body)
        self.gap = piece[-1] in HTML_SPACE

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

    def end_script(self) -> None:
        """The innermost element that stands off the line ends."""
        if self.raised:
            kind, start = self.raised.pop()
            if 0 <= start < self.size:
                self.scripts.append((start, self.size, kind))

    def take(self) -> tuple[str, list[tuple[int, int, str]], list[tuple[int, int]], list[tuple[int, int, str]]]:
        """The text stripped at both ends, with its spans; the run begins anew, in the same links."""
        self.end_link()
        self.end_drop()
        while self.raised:
            self.end_script()
        whole = "".join(self.out)
        text = whole.strip()
        cut = len(whole) - len(whole.lstrip())
        end = len(text)
        links = [(max(a - cut, 0), min(b - cut, end), attributes) for a, b, attributes in self.links]
        drops = [(max(a - cut, 0), min(b - cut, end)) for a, b in self.drops]
        scripts = [(max(a - cut, 0), min(b - cut, end), kind) for a, b, kind in sorted(self.scripts)]
        self.out, self.size, self.gap, self.breaks, self.links, self.drops, self.scripts = [], 0, False, 0, [], [], []
        return (
            text,
            [span for span in links if span[0] < span[1]],
            [span for span in drops if span[0] < span[1]],
            [span for span in scripts if span[0] < span[1]],
        )
