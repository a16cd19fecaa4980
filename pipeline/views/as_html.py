"""A record as an `article` element of HTML, without scripts, styles or anything to load."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from pipeline.views.inline import depths, pieces, rows_of, stretches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.records import Article, TextBlock


def to_html(article: Article) -> str:
    """Return a record as HTML: an `article` element with the title as its first heading, a line a block."""
    language = f' lang="{escape(article.language.code)}"' if article.language else ""
    title = [f"<h1>{escape(article.title)}</h1>"] if article.title else []
    return "\n".join([f"<article{language}>", *title, *_blocks(article), "</article>"]) + "\n"


def _blocks(article: Article) -> Iterator[str]:
    for kind, found in groupby(article.blocks, key=lambda block: block.kind):
        blocks = list(found)
        if kind == "list_item":
            yield _list(article, blocks)
        elif kind == "quote":
            yield from _quotes(article, blocks)
        else:
            yield from (_block(article, block) for block in blocks)


def _block(article: Article, block: TextBlock) -> str:
    words = article.text[block.start : block.end]
    if block.kind == "code":
        return f"<pre><code>\n{escape(words)}</code></pre>"
    if block.kind == "preformatted":
        return f"<pre>\n{escape(words)}</pre>"
    if block.kind == "table":
        rows = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows_of(words))
        return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"
    name = f"h{min(max(block.level or 2, 1), 6)}" if block.kind == "heading" else "p"
    return f"<{name}>{_inline(article, block)}</{name}>"


def _quotes(article: Article, blocks: Sequence[TextBlock]) -> Iterator[str]:
    for level, found in groupby(blocks, key=_depth):
        words = "".join(f"<p>{_inline(article, block)}</p>" for block in found)
        yield "<blockquote>" * level + words + "</blockquote>" * level


def _list(article: Article, blocks: Sequence[TextBlock]) -> str:
    """Return items as a list; deeper ones are lists inside the item before them."""
    out: list[str] = []
    last = -1
    for block, depth in zip(blocks, depths(blocks), strict=True):
        out.append("<ul><li>" if depth > last else "</li></ul>" * (last - depth) + "</li><li>")
        out.append(_inline(article, block))
        last = depth
    return "".join(out) + "</li></ul>" * (last + 1)


def _depth(block: TextBlock) -> int:
    return max(block.level or 1, 1)


def _inline(article: Article, block: TextBlock) -> str:
    parts = []
    for piece in pieces(article.links, block.start, block.end):
        words = "".join(_marked(*stretch) for stretch in stretches(article.text, article.marks, piece.start, piece.end))
        parts.append(words if piece.url is None else f'<a href="{escape(piece.url)}">{words}</a>')
    return "".join(parts)


def _marked(text: str, kinds: Sequence[str]) -> str:
    opened = "".join(f"<{kind}>" for kind in kinds)
    closed = "".join(f"</{kind}>" for kind in reversed(kinds))
    return opened + escape(text).replace("\n", "<br>\n") + closed
