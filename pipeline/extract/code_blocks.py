"""Code on a page: which preformatted runs are code, its characters as they stand, and the line numbers beside it.

Code keeps every character, line end and indentation. What somebody wrote as prose or verse between `<pre>` and `</pre>` is read like
any text.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from pipeline.extract.runs import BREAK, DROP_CLOSE, DROP_OPEN, NUL

if TYPE_CHECKING:
    from collections.abc import Sequence

BORDER = "|"
"""The event between two block-level elements inside a preformatted one: a line ends, if it has not ended."""
START = "p"
"""The event at the start of a run, so that the walk keeps the white space behind it."""

_NAMES = re.compile(
    r'(?<=[\s"_-])(?:code|codehilite|source-?code|highlight(?:er)?|hljs|prettyprint|brush|prism|shiki|chroma|rouge|crayon|syntaxhighlighter|'
    r"CodeMirror|console|terminal|shell|snippet|lang(?:uage)?-\w|js-file-line)|\b(?:data-)?lang(?:uage)?=",
)
"""Names that highlighters and editors give to the elements around code (their documentation)."""
_GUTTER = re.compile(
    r'(?<=[\s"])(?:line-?nos?|linenum(?:ber)?s?|line-numbers?(?:-rows)?|LineNumbers?|lnt?|gutter|hljs-ln-numbers|blob-num|code-line-number|crayon-nums?(?:-content)?)(?=[\s"])'
)
"""Names of the elements that hold nothing but line numbers: Pygments, Chroma, Rouge, Prism, SyntaxHighlighter, highlight.js, GitHub."""
_SIGN = re.compile(
    r"[ \t\xa0]{2}|\t|.*(?:[{};\\[(,=|>)\]]|:)$|[$>%#]{1,3} |//|/\*|\*|<[\w/!?]"
    r"|.*(?:\w\(|[=!]=|=>|->|::|\$\w|\s=\s|\w=\S|\s--?\w|\w[/\\]\w+[/\\.]\w|[^\s.]   +\S)"
)
"""A line with a mark of code: indentation, brackets and operators, prompts, comments, options, paths, columns."""
_VERSE = re.compile(r"(?:[^\W\d_a-z]|[\"'“‘«„(–—…-] ?[^\W\d_])[^{}=<>|$@\\/_#*\[\]]*+$")
"""A line of verse, a title or a sentence: it begins with a capital, or a letter without case, and has no sign of code."""
_COLUMNS = re.compile(r"\S {3,}\S")
"""A line of columns, set with spaces."""
_WORD = re.compile(r"[^\W\d_]{2,}")
_PROSE_WORDS = 6
_LINES_READ = 400
_LEADING_LINES = re.compile(r"(?:[ \t\xa0]*\n)+")
_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n)+")
_NUMBER = re.compile(r"[ \t\xa0]*(\d{1,6})[.:]?[ \t\xa0]*")


class Listing(NamedTuple):
    """The text of a preformatted element, and the spans of it that are not for the eye or number its lines."""

    text: str
    drops: list[tuple[int, int]]


def is_gutter(attributes: str) -> bool:
    """Whether the names of an element say that it numbers lines.

    >>> is_gutter(' class="lineno"'), is_gutter(' class="linear"')
    (True, False)
    """
    return "class=" in attributes and _GUTTER.search(attributes) is not None


def named_code(attributes: Sequence[str]) -> bool:
    """Whether one of the attribute strings of an element and those around it names code."""
    return any(text and _NAMES.search(text) is not None for text in attributes)


def names_around(element: int, parents: Sequence[int], numbers: Sequence[int], names: Sequence[str]) -> list[str]:
    """Return the attribute strings of an element and of the two around it; `numbers` says which of `names` is whose."""
    found: list[str] = []
    while element >= 0 and len(found) < 3:
        found += names[(number := numbers[element]) : number + 1] or [""]
        element = parents[element]
    return found


def looks_like_code(text: str) -> bool:
    r"""Whether most lines of a text have a mark of code and few read as prose.

    >>> looks_like_code("for x in y:\n    go(x)"), looks_like_code("The rain fell on the town all day,\nand nobody came to the door.")
    (True, False)
    """
    lines = _some_lines(text)
    signs = sum(_SIGN.match(line.rstrip()[:200]) is not None for line in lines)
    return 2 * signs > len(lines) and not reads_as_prose(text)


def is_plain_text(text: str) -> bool:
    r"""Whether a preformatted text that nothing calls code is prose or verse: lines of words, most of which begin with a capital.

    >>> is_plain_text("The Kettle\nIt sang beside the door,\nThe rain ran down the lane."), is_plain_text("make all\nmake install")
    (True, False)
    >>> is_plain_text("Lock     Built   Depth\nOrrin    1874    4.0\nHarn     1911    6.2")
    False
    """
    if reads_as_prose(text):
        return True
    lines = _some_lines(text)
    if len(lines) > 2 and all(_COLUMNS.search(line, 0, 200) for line in lines):
        return False
    verses = sum(_VERSE.match(line.strip()[:200]) is not None for line in lines)
    return 2 * verses > len(lines)


def _some_lines(text: str) -> list[str]:
    return [line for line in text.split("\n", _LINES_READ)[:_LINES_READ] if line.strip()]


def reads_as_prose(text: str) -> bool:
    r"""Whether most characters of a preformatted text stand on lines of words.

    >>> reads_as_prose("The rain fell on the town all day,\nand nobody came to the door."), reads_as_prose("x = 1\ny = 2")
    (True, False)
    """
    told = whole = 0
    for line in text.split("\n", _LINES_READ)[:_LINES_READ]:
        body = line.strip()[:400]
        words = _WORD.findall(body)
        whole += len(body)
        if len(words) >= _PROSE_WORDS and (sum(map(len, words)) + len(words)) * 10 >= 9 * len(body):
            told += len(body)
    return told * 2 > whole


def divide_listing(raw: str, *, named: bool, is_field: bool) -> tuple[bool, list[str], list[tuple[int, int]]]:
    r"""Say what a preformatted element holds.

    Args:
        raw: what the walk collected, its events marked by NUL.
        named: whether the markup calls it code.
        is_field: whether it is a form field, which holds no code of the page.

    Returns:
        Whether it is code; its text, or the paragraphs of a plain one; the spans of the code that are not for the eye.

    >>> divide_listing("\x00pa = 1\n\n\n  b = 2", named=True, is_field=False)
    (True, ['a = 1\n\n\n  b = 2'], [])
    """
    text, drops = read_listing(raw.replace("\r\n", "\n").replace("\r", "\n"))
    if not is_field and (named or not is_plain_text(without(text, drops))):
        return True, [text] if text else [], drops
    parts = ("\n".join(line.rstrip() for line in part.split("\n")).strip() for part in _BLANK_LINES.split(text))
    return False, [part for part in parts if part], []


def read_listing(raw: str) -> Listing:
    r"""Put the text of a preformatted element together, as it stands.

    Args:
        raw: what the walk collected, its events marked by NUL.

    >>> read_listing("\x00p\n  a = 1\x00|\x00pb\x00|")
    Listing(text='  a = 1\nb', drops=[])
    """
    out: list[str] = []
    drops: list[tuple[int, int]] = []
    size, hidden, parted, fresh = 0, -1, False, False
    pieces = raw.split(NUL)
    for number, piece in enumerate(pieces):
        op, body = (piece[:1], piece[1:]) if number else ("", piece)
        if op == BREAK:
            body = "\n" + body
        elif op == BORDER:
            parted, fresh = True, size > 0 and not out[-1].endswith("\n")
            if fresh:
                out.append("\n")
                size += 1
        elif op == DROP_OPEN and hidden < 0:
            hidden = size
        elif op == DROP_CLOSE and hidden >= 0:
            drops.append((hidden, size))
            hidden = -1
        if parted and body:
            body = _behind_border(body, fresh=fresh)
            parted = not body
        if body:
            out.append(body)
            size += len(body)
    if hidden >= 0:
        drops.append((hidden, size))
    return _trimmed("".join(out), drops)


def without(text: str, drops: Sequence[tuple[int, int]]) -> str:
    """A text without some spans of it.

    >>> without("1 a", [(0, 2)])
    'a'
    """
    kept = []
    at = 0
    for start, end in drops:
        kept.append(text[at:start])
        at = end
    return "".join((*kept, text[at:]))


def _behind_border(body: str, *, fresh: bool) -> str:
    """The text behind the border of an element, without the line end that only stands between two tags."""
    if "\n" in body and not body.strip():
        return ""
    return body[1:] if fresh and body[0] == "\n" else body


def _trimmed(text: str, drops: list[tuple[int, int]]) -> Listing:
    """Leave out blank lines at the start and white space at the end; whole lines that go take their line end with them."""
    lead = _LEADING_LINES.match(text)
    cut = lead.end() if lead else 0
    text = text[cut:].rstrip()
    spans = [(max(0, start - cut), min(end - cut, len(text))) for start, end in drops] or _numbered(text)
    whole = [
        (start, end + (text[end : end + 1] == "\n" and (start == 0 or text[start - 1] == "\n"))) for start, end in spans if start < end
    ]
    return Listing(text, whole)


def _numbered(text: str) -> list[tuple[int, int]]:
    """Every second line of a text, where these count up: a gutter whose cells stand before the lines."""
    lines = text.split("\n")
    numbers = [_NUMBER.fullmatch(line) for line in lines[::2]]
    if len(lines) < 4 or not counts_up([int(found[1]) if found else -1 for found in numbers]):
        return []
    spans, at = [], 0
    for number, line in enumerate(lines):
        if number % 2 == 0:
            spans.append((at, at + len(line)))
        at += len(line) + 1
    return spans


def counts_up(numbers: Sequence[int]) -> bool:
    """Whether numbers are a row without a gap.

    >>> counts_up([7, 8, 9]), counts_up([1, 3])
    (True, False)
    """
    return len(numbers) > 1 and numbers[0] >= 0 and all(b == a + 1 for a, b in pairwise(numbers))


def is_number_column(text: str) -> bool:
    r"""Whether a block is nothing but line numbers, one a line.

    >>> is_number_column("1\n2\n3"), is_number_column("1999\n2004")
    (True, False)
    """
    found = [_NUMBER.fullmatch(line) for line in text.split("\n", _LINES_READ)[:_LINES_READ]]
    return counts_up([int(number[1]) if number else -1 for number in found])
