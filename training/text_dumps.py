r"""Naive text dumps of the development pages, with what the page's own markup says about their lines.

A dump is what a scraper saves that calls BeautifulSoup's `get_text("\\n", strip=True)`: every text node on a line of its own. The
markup that was lost tells which neighbours were one paragraph.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from training.corpora import read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BLOCK_TAGS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "button", "br", "caption", "center", "dd", "details", "dialog",
        "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "frame", "h1", "h2", "h3", "h4", "h5",
        "h6", "head", "header", "hr", "html", "iframe", "legend", "li", "link", "main", "menu", "nav", "ol", "optgroup",
        "option", "p", "pre", "section", "select", "summary", "table", "tbody", "td", "textarea", "tfoot", "th", "thead",
        "title", "tr", "ul", "video", "audio", "img", "picture", "object", "input", "label", "meta",
    }
)  # fmt: skip
DROPPED_TAGS = ("script", "style", "noscript", "template")


@dataclass(frozen=True, slots=True)
class Dump:
    r"""One page as a naive scraper saves it.

    Attributes:
        corpus: Name of the corpus.
        page: Id of the page in it.
        fold: The page's fold of five, by registered domain.
        kind: Page kind, "article" where the corpus has no kinds.
        text: The dump.
        blocks: For each line of `text.split("\\n")`, the number of the block element that it stood in; equal numbers are one paragraph.
        gold: The annotated body, None where the corpus only has segments.
        summary: The annotated standfirst, empty where none.
        title: The annotated headline.
    """

    corpus: str
    page: str
    fold: int
    kind: str
    text: str
    blocks: tuple[int, ...]
    gold: str | None
    summary: str
    title: str


def read_dumps(corpus: str, kind: str = "article", folder: Path | None = None) -> Iterator[Dump]:
    """Dump every page of a kind ("all" for every kind) of one corpus; `folder` as in `training.corpora.read`."""
    for page in read(corpus, folder):
        if kind in {"all", page.kind}:
            text, blocks = dump(page.raw)
            gold = page.gold
            yield Dump(
                corpus,
                page.key,
                page.fold,
                page.kind,
                text,
                blocks,
                gold.get("text") or None,
                gold.get("summary") or "",
                gold.get("title") or "",
            )


def dump(html: bytes) -> tuple[str, tuple[int, ...]]:
    """The dump of a page, and the block element of every line."""
    from bs4 import BeautifulSoup, NavigableString, Tag  # noqa: PLC0415 - only training reads HTML here
    from bs4.element import PreformattedString  # noqa: PLC0415

    soup = BeautifulSoup(html, "lxml")
    for tag in soup(list(DROPPED_TAGS)):
        tag.decompose()
    pieces: list[str] = []
    blocks: list[int] = []
    block = 0
    stack: list[Any] = [soup]
    while stack:
        node = stack.pop()
        if node is None:
            block += 1
        elif isinstance(node, Tag):
            breaks = node.name in BLOCK_TAGS
            block += breaks
            if breaks:
                stack.append(None)
            stack.extend(reversed(node.contents))
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            piece = node.strip()
            if piece:
                pieces.append(piece)
                pre = any(parent.name in {"pre", "textarea"} for parent in node.parents) if "\n" in piece else False
                for _ in piece.split("\n"):
                    block += pre
                    blocks.append(block)
    return "\n".join(pieces), tuple(blocks)


def words(text: str) -> list[str]:
    """Folded words, for matching lines to the annotated body."""
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())
