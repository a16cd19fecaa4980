"""A record as Markdown (CommonMark, with the tables of GitHub): rendered again, it shows the words of the text and nothing else."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from pipeline.text.expressions import expression
from pipeline.views.inline import depths, pieces, rows_of, stretches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.records import Article, TextBlock
    from pipeline.views.inline import Piece

_SIGNS = expression(r"[\\`*\[\]<>~|]|&(?=[A-Za-z#])|(?<![^\W_])_|_(?![^\W_])")
"""Characters that would be markup: an underscore inside a word, or an ampersand before a space, is none."""
_LINE_STARTS = expression(r"^(?=[#+=-])|^(\d{1,9})(?=[.)])", re.MULTILINE)
"""What makes a line a heading, a list or a rule at its beginning."""
_ESCAPE = r"\\\g<0>"
_SIGN_OF = {("strong",): "**", ("em",): "*", ("em", "strong"): "***", ("code",): "`", ("code", "em"): "`", ("code", "strong"): "`"}
_STOPS = frozenset(".,;:!?")
"""Signs of punctuation that may follow marked words which end in one themselves."""
_FENCES = expression(r"`{3,}")


def to_markdown(article: Article) -> str:
    """Return a record as Markdown: the title as a heading of the first rank, then block after block; it ends in a line end."""
    parts = [f"# {escaped(' '.join(article.title.split()))}"] if article.title else []
    for kind, found in groupby(article.blocks, key=lambda block: block.kind):
        blocks = list(found)
        if kind == "list_item":
            parts.append("\n".join(_item(article, block, depth) for block, depth in zip(blocks, depths(blocks), strict=True)))
        elif kind == "quote":
            parts.append(_quotes(article, blocks))
        else:
            parts += [_block(article, block) for block in blocks]
    return "\n\n".join(parts) + "\n" if parts else ""


def escaped(words: str) -> str:
    r"""Return words with a backslash before what would be markup.

    >>> print(escaped("2 * 3 < snake_case & _x_"), escaped("1. May"))
    2 \* 3 \< snake_case & \_x\_ 1\. May
    """
    return _LINE_STARTS.sub(_escape_start, _SIGNS.sub(_ESCAPE, words))


def _escape_start(match: re.Match[str]) -> str:
    return f"{match[1] or ''}\\"


def _depth(block: TextBlock) -> int:
    return max(block.level or 1, 1)


def _block(article: Article, block: TextBlock) -> str:
    words = article.text[block.start : block.end]
    if block.kind in ("code", "preformatted"):
        fence = "`" * max([2, *(len(found) for found in _FENCES.findall(words))])
        return f"{fence}`\n{words}\n{fence}`"
    if block.kind == "table":
        return "\n".join(_table(words))
    if block.kind == "heading":
        return f"{'#' * min(_depth(block), 6)} {' '.join(_inline(article, block))}"
    return "\\\n".join(_inline(article, block))


def _item(article: Article, block: TextBlock, depth: int) -> str:
    indent = "  " * depth
    return f"{indent}- " + f"\\\n{indent}  ".join(_inline(article, block))


def _quotes(article: Article, blocks: Sequence[TextBlock]) -> str:
    """Return quotations that follow each other as one, with a blank line of the outer one between them."""
    out = ""
    for number, block in enumerate(blocks):
        if number:
            out += f"\n{'>' * min(_depth(blocks[number - 1]), _depth(block))}\n"
        mark = "> " * _depth(block)
        out += mark + f"\\\n{mark}".join(_inline(article, block))
    return out


def _inline(article: Article, block: TextBlock) -> list[str]:
    """Return the lines of a block with its links and marks; white space at their ends, which would be markup, is left out."""
    parts = []
    for piece in pieces(article.links, block.start, block.end):
        words = _marked(article, piece)
        parts.append(words if piece.url is None else f"[{words}]({_address(piece.url)})")
    return [_LINE_STARTS.sub(_escape_start, line.strip()) for line in "".join(parts).split("\n")]


def _marked(article: Article, piece: Piece) -> str:
    """Return the words of a piece with their marks, as far as Markdown reads them there; it has none for raised and lowered words."""
    out: list[str] = []
    place, closed = piece.start, False
    for text, kinds in stretches(article.text, article.marks, piece.start, piece.end):
        before, after = article.text[max(place - 1, 0) : place], article.text[place + len(text) : place + len(text) + 1]
        sign = _SIGN_OF.get(tuple(kind for kind in kinds if kind not in ("sup", "sub")), "")
        free = bool(sign) and not closed and _is_free(text, before, after)
        if free and sign == "`":
            out.append(_as_code(text))
        else:
            out.append(sign * free + _SIGNS.sub(_ESCAPE, text) + sign * free)
        place, closed = place + len(text), free
    return "".join(out)


def _is_free(text: str, before: str, after: str) -> bool:
    """Whether signs around words are read as such: CommonMark wants them to flank the words (section 6.2); this asks for a little more."""
    starts = text[:1].isalnum() or not before.strip()
    ends = text[-1:].isalnum() or not after.strip() or after in _STOPS
    return starts and ends


def _as_code(text: str) -> str:
    r"""Return words as a span of code.

    >>> print(_as_code("a`b"), _as_code("`"))
    ``a`b`` `` ` ``
    """
    fence = "`" * (max([0, *(len(found) for found in re.findall("`+", text))]) + 1)
    space = " " * (text[0] == "`" or text[-1] == "`")
    return f"{fence}{space}{text}{space}{fence}"


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
