"""Stretches of lines that are program text or rows of cells, across blank lines and beside prose: each is one block, kept as it is.

Fences (``` or ~~~) say it themselves. Without them a stretch must begin and end with lines that only a program has, hold few others, and
show its nesting by indents, braces or tags. A list of facts ("Price: 4") has none of these.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.records import BlockKind
    from pipeline.segment.split_lines import Line

_FENCE = expression(r"(?:```+|~~~+)[ \t]{0,2}[\w+#.-]{0,20}")
_CLOSE = expression(r"(?:```+|~~~+)")
_LEAST = 3
_LONGEST = 200
_STRONG = expression(
    r"(?:def \w+\(|class \w+(?:\([^()]*\))?:\Z|from [\w.]+ import |import [\w.]+(?: as \w+)?;?\Z|(?:el)?if .+:\Z|for \w+ in .+:\Z|"
    r"while .+:\Z|(?:else|try|finally|except(?: \w+)?):\Z|return(?: [^,;]{1,60})?;?\Z|\#(?:include|define|ifdef|ifndef|endif|pragma)\b|"
    r"\#!|@\w+(?:\(.*\))?\Z|(?:public|private|protected|static|void|const|let|var|function|using|namespace|package|export|async|fn|func|"
    r"type|struct)\b.*[;{(=]|(?:int|char|float|double|bool|auto|string|String)\b[\s*]+\w+\s*[=;({\[]|"
    r"(?:SELECT|FROM|WHERE|(?:LEFT |RIGHT |INNER |OUTER )?JOIN|GROUP BY|ORDER BY|HAVING|INSERT INTO|UPDATE|DELETE FROM|ALTER TABLE|"
    r"CREATE (?:TABLE|INDEX|VIEW)|VALUES|LIMIT|UNION|WITH \w+ AS)\b|"
    r"(?:sudo|apt-get|pip3? install|npm|yarn|git|docker|kubectl|curl|wget|cd|mkdir|chmod|export|echo|set -\w|rm -|cp -|ls -|cat|grep|make)"
    r"\b ?[-\w./\"'$]|(?:for|while|if) .+; ?(?:do|then)\Z|(?:done|fi|esac|end|begin|do|then)\Z|\$ \S|"
    r"[\w.\[\]\"'$]+\s?(?:=|:=|\+=|-=|<-|=>)\s?[^=\s].*\Z|[\w.]+\(.*\)[;:{]?\Z|</?[a-zA-Z][\w-]*(?:\s[^<>]*)?/?>|<!|/\*|\*/|//\s)"
)
"""How a line begins that only a program has."""
_ENDS = ("{", "}", "};", "});", ");", "):", ";", "/>", "->", "\\", "],", "},", "</")
_ENDS_TAG = expression(r"</[a-zA-Z][\w-]*>\Z")
_COMMANDS = ("sudo ", "$ ", "#!", "SELECT ", "FROM ", "WHERE ", "JOIN ", "GROUP BY", "ORDER BY", "curl ", "git ", "pip ")
_LAST_OF_ENDS = frozenset(end[-1] for end in _ENDS) | {">"}
_FIRST_OF_COMMANDS = frozenset(command[0] for command in _COMMANDS)
_KEY = expression(r"(?:- )?[a-z_][\w.-]{0,30}:(?:\s+\S.{0,80})?\Z")
_NESTED = expression(r"(?:- )?[a-z_][\w.-]{0,30}:\Z")
_PROSE = expression(r"(?:[^\W\d_]{1,40}+[,']?\s{1,8}+){7}[^\W\d_]")
_ROW = expression(r"\|.*\|\s*\Z")
_LISTED = expression(
    r".*(?:[{};\\]|[^\s:]:|[=(\[]|\bdo|\bthen)\Z(?<!\w;)"
    r"|(?!\S{0,40}(?:https?:|www\.)).*(?:\w\(\w*[\"'$)]|[=!<>]=|=>|->|::|\$[A-Za-z_{(]|\w = \S|\w=[\"'\w$]"
    r"|\s--?[a-z][\w-]*(?:[\s=]|\Z)|[a-z_]/\w+[/.]\w)"
    r"|(?:\$|>{1,3}) [a-z./~(\"'\d]|#[#!\s]|//|/\*|\*/|--\s|<[\w/!?]|\?>|[├└│|+][-─=+|]|\[[\w .-]{1,40}\]\Z|\(\w+"
    r"|\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d|[+-]\s?\s?[\w/(].*[;{}),]\Z"
    r"|(?:def|class|module|end|fi|done|esac|begin|import|from|return|print|echo|puts|require|include|use|let|const|var|val|fn|func|fun|"
    r"function|public|private|static|void|int|SELECT|FROM|WHERE|AND|OR|JOIN|ORDER BY|GROUP BY|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|"
    r"RUN|CMD|COPY|ENV|EXPOSE|ENTRYPOINT|WORKDIR|Traceback|File \"|sudo|apt|apt-get|brew|pip3?|npm|npx|yarn|git|docker|kubectl|curl|wget|"
    r"cd|mkdir|make|cargo|go|mov|ret|add|jmp|push|pop|call|lea|cmp)\b"
)
"""How a line of a listing looks: brackets, operators, options, prompts, comments, frames, or a first word of programs."""
_PROMPT = expression(r"(?:(?:\$|>>>) (?=\S)|[\w.-]{1,30}@[\w.-]{1,30}:[^\s$#]{0,40}[$#]|PS [A-Z]:\\[^>]{0,60}>|[A-Z]:\\[^>]{0,60}>)")
"""A shell's or interpreter's prompt; what it answers stands below."""
_WORDS_IN_ROW = expression(r"(?<![^\W\d_])(?:[^\W\d_]{2,40}+[,'’]?+\s{1,4}+){5}+[^\W\d_]{2}")
_LISTED_LINES = 400
_TIMES_READ = 8
"""How often all lines together are read in search of closing brackets; beyond it nobody looks for more."""
_SENTENCES = (".", "!", "?", "…", ".”", '."')
_BLANKS = 2
"""Lines of runs apart: how many blank stretches a region may bridge between two of its lines that are strong."""


def regions(text: str, lines: Sequence[Line]) -> list[tuple[int, int, BlockKind]]:
    """First line, last + 1 line and kind of every stretch of code or of a table's rows that is told by its own lines.

    Takes time in proportion to the text.
    """
    found: list[tuple[int, int, BlockKind]] = [(first, last, "code") for first, last in _fenced(text, lines)]
    if _may_hold_code(text) and _may_be_program(text, lines):
        found += [(first, last, "code") for first, last in _bare(text, lines, found)]
        found += [(first, last, "code") for first, last in _bracketed(text, lines, found)]
    if "|" in text:
        found += [(first, last, "table") for first, last in _rows(text, lines) if not _meets(first, last, found)]
    return sorted(found)


def _fenced(text: str, lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """Stretches between fences, the fences included."""
    if "```" not in text and "~~~" not in text:
        return
    opened = -1
    for index, line in enumerate(lines):
        if line.end - line.start > 30 or text[line.start] not in "`~":
            continue
        if opened < 0 and _FENCE.fullmatch(text, line.start, line.end):
            opened = index
        elif opened >= 0 and _CLOSE.fullmatch(text, line.start, line.end):
            yield opened, index + 1
            opened = -1


_MARKS = (";\n", "{\n", "#!/", "</", "$ ", "):\n")
"""Each is only sought where its first character stands, which prose mostly lacks: one character is found several times as fast as two."""


def _may_hold_code(text: str) -> bool:
    """Whether a text has any of the marks without which no stretch of code is found."""
    if "\n  " in text or ("\t" in text and "\n\t" in text) or "SELECT " in text:
        return True
    return any(mark[0] in text and mark in text for mark in _MARKS)


def _may_be_program(text: str, lines: Sequence[Line]) -> bool:
    """Whether some line is indented, or two end or begin as a program's do: else `_is_program` says no of every stretch."""
    if any(line.indent for line in lines):
        return True
    ended = begun = 0
    for line in lines:
        end = min(line.end, line.start + _LONGEST)
        begun += text[line.start] in _FIRST_OF_COMMANDS and text.startswith(_COMMANDS, line.start)
        ended += text[end - 1] in _LAST_OF_ENDS and (
            text.endswith(_ENDS, line.start, end) or _ENDS_TAG.search(text[line.start : end]) is not None
        )
        if ended > 1 or begun > 1:
            return True
    return False


def _meets(first: int, last: int, found: Sequence[tuple[int, int, BlockKind]]) -> bool:
    return any(start < last and first < end for start, end, _ in found)


def _bare(text: str, lines: Sequence[Line], found: Sequence[tuple[int, int, BlockKind]]) -> Iterator[tuple[int, int]]:
    """Stretches without fences: grown from strong lines over weak ones, and judged as a whole."""
    inside = {index for first, last, _ in found for index in range(first, last)}
    kinds = [0 if index in inside else _strength(text, line) for index, line in enumerate(lines)]
    first = 0
    while first < len(lines):
        if kinds[first] < 2:
            first += 1
            continue
        last = first + 1
        at = first + 1
        while at < len(lines) and kinds[at] > 0 and lines[at].run - lines[last - 1].run <= _BLANKS:
            last = at + 1 if kinds[at] == 2 or lines[at].indent > lines[first].indent else last
            at += 1
        if _is_program(text, lines[first:last], kinds[first:last]):
            yield first, last
        first = max(last, first + 1)


def is_listing(text: str, lines: Sequence[Line]) -> bool:
    r"""Whether a run between blank lines is a short listing: most of its lines look like a program's, and none reads as prose.

    Only asked where the text parts its paragraphs by blank lines: elsewhere a run is a whole page, menus and all.

    >>> from pipeline.segment.split_lines import split_lines
    >>> one, two = "make all\n  make install", "Nothing helped.\nThe rain fell (all day)."
    >>> is_listing(one, split_lines(one)), is_listing(two, split_lines(two))
    (True, False)
    """
    if len(lines) < 2:
        return False
    signs = indented = 0
    for line in lines[:_LISTED_LINES]:
        body = text[line.start : min(line.end, line.start + _LONGEST)]
        if _WORDS_IN_ROW.search(body) or (body.endswith(_SENTENCES) and len(body.split()) > 2):
            return False
        signs += _LISTED.match(body) is not None
        indented += line.indent > lines[0].indent
    looked = min(len(lines), _LISTED_LINES)
    if _PROMPT.match(text, lines[0].start, lines[0].end):
        return True
    return signs * 2 > looked or (indented > 0 and signs * 2 >= looked) or (signs > 0 and (signs + indented) * 4 >= looked * 3)


def _bracketed(text: str, lines: Sequence[Line], found: Sequence[tuple[int, int, BlockKind]]) -> Iterator[tuple[int, int]]:
    """Stretches from a line that ends with an opening bracket to the line that closes it, with indented lines and no prose between."""
    inside = {index for first, last, _ in found for index in range(first, last)}
    first, budget = 0, _TIMES_READ * len(lines)
    while first < len(lines) and budget > 0:
        end = lines[first].end
        if text[end - 1] not in "[{(" or first in inside or end - lines[first].start > _LONGEST:
            first += 1
            continue
        depth, at, deeper = 0, first, False
        while at < min(len(lines), first + _LISTED_LINES):
            line = lines[at]
            body = text[line.start : min(line.end, line.start + _LONGEST)]
            depth += sum(body.count(mark) for mark in "[{(") - sum(body.count(mark) for mark in ")}]")
            deeper = deeper or line.indent > lines[first].indent
            at, budget = at + 1, budget - 1
            if depth <= 0 or at in inside or _WORDS_IN_ROW.search(body):
                break
        if depth == 0 and deeper and at - first > 1:
            yield first, at
            first = at
        else:
            first += 1


def _strength(text: str, line: Line) -> int:
    """2 for a line that only a program has, 1 for one that a program may have, 0 for prose."""
    body = text[line.start : min(line.end, line.start + _LONGEST)]
    if _STRONG.match(body) or _ENDS_TAG.search(body) or _KEY.match(body):
        return 0 if _PROSE.match(body) and body[-1] in ".!?" else 2
    if body.endswith(_ENDS) and not _PROSE.match(body):
        return 2
    if line.end - line.start > _LONGEST or (_PROSE.search(body) and not line.indent):
        return 0
    return 1 if line.indent or len(body.split()) <= 6 else 0


def _is_program(text: str, part: Sequence[Line], kinds: Sequence[int]) -> bool:
    """Whether a stretch is a program: three lines, most of them strong, nested or ended as programs are; settings need nesting."""
    if len(part) < _LEAST or kinds.count(2) * 3 < len(part) * 2:
        return False
    bodies = [text[line.start : min(line.end, line.start + _LONGEST)] for line in part]
    keys = sum(_KEY.match(body) is not None for body in bodies)
    deeper = sum(b.indent > a.indent for a, b in pairwise(part))
    if keys * 2 > len(part):
        nested = any(_NESTED.match(body) and b.indent > a.indent for body, (a, b) in zip(bodies, pairwise(part), strict=False))
        return nested and all(line.indent % 2 == part[0].indent % 2 for line in part)
    ended = sum(body.endswith(_ENDS) or _ENDS_TAG.search(body) is not None for body in bodies)
    commands = sum(body.startswith(_COMMANDS) for body in bodies)
    return deeper > 0 or ended * 2 >= len(part) or commands >= 2


def _rows(text: str, lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """Three rows or more, each between bars, with as many bars: a table inside a longer run of lines."""
    first, bars = 0, 0
    for index in range(len(lines) + 1):
        line = lines[index] if index < len(lines) else None
        row = line is not None and text[line.start] == "|" and _ROW.match(text, line.start, line.end) is not None
        count = text.count("|", line.start, line.end) if row and line is not None else 0
        follows = row and count == bars and index > first and line is not None and line.run == lines[index - 1].run
        if not follows:
            if bars > 1 and index - first >= _LEAST:
                yield first, index
            first, bars = index, count
