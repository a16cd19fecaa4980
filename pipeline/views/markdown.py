"""A record as Markdown (CommonMark, with the tables of GitHub): rendered again, it shows the words of the text and nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.views.inline import pieces, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.records import Article, TextBlock

_SIGNS = re.compile(r"[\\`*\[\]<>~|]|&(?=[A-Za-z#])|(?<![^\W_])_|_(?![^\W_])")
"""Characters that would be markup: an underscore inside a word, or an ampersand before a space, is none."""
_LINE_STARTS = re.compile(r"^(?=[#+=-])|^(\d{1,9})(?=[.)])", re.MULTILINE)
"""What makes a line a heading, a list or a rule at its beginning."""
_FENCES = re.compile(r"`{3,}")


def to_markdown(article: Article) -> str:
    """Return a record as Markdown: the title as a heading of the first rank, then block after block; it ends in a line end."""
    parts: list[str] = []
    last: TextBlock | None = None
    if article.title:
        parts.append(f"# {escaped(' '.join(article.title.split()))}")
    for block in article.blocks:
        made = _block(article, block)
        if parts and last is not None and block.kind == last.kind == "list_item":
            parts[-1] += "\n" + made
        elif parts and last is not None and block.kind == last.kind == "quote":
            parts[-1] += f"\n{'>' * min(_depth(last), _depth(block))}\n{made}"
        else:
            parts.append(made)
        last = block
    return "\n\n".join(parts) + "\n" if parts else ""


def escaped(words: str) -> str:
    r"""Return words with a backslash before what would be markup.

    >>> print(escaped("2 * 3 < snake_case & _x_"), escaped("1. May"))
    2 \* 3 \< snake_case & \_x\_ 1\. May
    """
    return _LINE_STARTS.sub(lambda match: f"{match[1] or ''}\\", _SIGNS.sub(r"\\\g<0>", words))


def _depth(block: TextBlock) -> int:
    return max(block.level or 1, 1)


def _block(article: Article, block: TextBlock) -> str:
    words = article.text[block.start : block.end]
    if block.kind in ("code", "preformatted"):
        fence = "`" * max([2, *(len(found) for found in _FENCES.findall(words))])
        return f"{fence}`\n{words}\n{fence}`"
    if block.kind == "table":
        return "\n".join(_table(words))
    lines = _inline(article, block).split("\n")
    if block.kind == "heading":
        return f"{'#' * min(_depth(block), 6)} {' '.join(lines)}"
    if block.kind == "list_item":
        indent = "  " * (_depth(block) - 1)
        return f"{indent}- " + f"\\\n{indent}  ".join(lines)
    if block.kind == "quote":
        mark = "> " * _depth(block)
        return f"\\\n{mark}".join([f"{mark}{lines[0]}", *lines[1:]])
    return "\\\n".join(lines)


def _inline(article: Article, block: TextBlock) -> str:
    return "".join(
        escaped(piece.text) if piece.url is None else f"[{escaped(piece.text)}]({_address(piece.url)})"
        for piece in pieces(article.text, article.links, block.start, block.end)
    )


def _address(url: str) -> str:
    r"""Return an address as it stands in a link.

    >>> _address("https://example.org/a b(c)")
    '<https://example.org/a b(c)>'
    """
    plain = url.replace("\\", "%5C").replace("<", "%3C").replace(">", "%3E")
    return f"<{plain}>" if re.search(r"[\s()&*_]", plain) else plain


def _table(words: str) -> Iterator[str]:
    head, *rows = rows_of(words)
    yield _row(head)
    yield "|" + " --- |" * len(head)
    yield from map(_row, rows)


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(escaped(cell) for cell in cells) + " |"
