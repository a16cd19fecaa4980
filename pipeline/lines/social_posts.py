"""Posts of social networks that a page embedded and a text dump left as plain lines."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Literal

import msgspec

from pipeline.lines.dates import DateReading, read_date
from pipeline.lines.tables import rows
from pipeline.text.expressions import expression
from pipeline.text.folding import fold_word

if TYPE_CHECKING:
    from collections.abc import Sequence

Platform = Literal["x", "instagram", "facebook", "tiktok", "youtube", "telegram"]
Span = tuple[int, int]

LONGEST_POST = 700
"""Code points of the longest text that is taken for a post's: two posts of 280 and their links."""
_LONGEST_LINE = 2200
"""Instagram's captions have at most 2,200 characters (its help pages)."""
_MOST_LINES = 15

_HANDLE = r"@[A-Za-z0-9_.]{1,30}"
_SIGNED = expression(
    rf"(?P<dash>(?:[—–―]|-{{1,3}}|&mdash;)\s{{0,2}})?(?P<author>[^()\n@—–]{{1,80}}?)\s{{0,2}}(?P<open>[(（]\s?)(?P<handle>{_HANDLE})(?P<close>\s?[)）])(?P<rest>.{{0,80}})$"
)
_SHARED = expression(rf"(?P<author>[^()\n@]{{1,80}}?)\s{{0,2}}[(（]\s?(?P<handle>{_HANDLE})\s?[)）](?P<rest>.{{0,80}})$")
_URL = expression(
    r"https?://t\.co/[A-Za-z0-9]{1,12}?(?=pic\.twitter\.com|[^A-Za-z0-9]|$)|pic\.(?:twitter|x)\.com/[A-Za-z0-9]{1,16}|https?://[^\s<>\"“”]{3,300}"
)
_HOSTS: tuple[tuple[Platform, str, re.Pattern[str]], ...] = (
    ("x", "post", expression(r"https?://(?:www\.|mobile\.)?(?:twitter|x)\.com/(?P<handle>\w{1,30})/status(?:es)?/\d{1,25}[^\s]{0,100}$")),
    ("instagram", "post", expression(r"https?://(?:www\.)?instagram\.com/(?:p|reel|tv)/[\w\-]{5,40}[^\s]{0,100}$")),
    (
        "facebook",
        "post",
        expression(r"https?://(?:www\.|m\.)?facebook\.com/[^\s]{0,80}(?:posts|videos|permalink|watch|photos)[^\s]{1,120}$"),
    ),
    ("tiktok", "video", expression(r"https?://(?:www\.)?tiktok\.com/@(?P<handle>[\w.]{1,30})/video/\d{5,25}[^\s]{0,100}$")),
    ("youtube", "video", expression(r"https?://(?:(?:www\.|m\.)?youtube\.com/(?:watch\?|embed/|shorts/|live/)|youtu\.be/)[^\s]{5,120}$")),
    ("telegram", "post", expression(r"https?://(?:t\.me|telegram\.me)/(?:s/)?(?P<handle>\w{3,40})/\d{1,12}[^\s]{0,60}$")),
)
_NOTE = expression(rf"(?P<handle>{_HANDLE})(?P<text>\s.{{0,600}}?)?\s?(?P<note>[♬🎵])\s{{0,2}}(?P<sound>.{{1,120}})$")
_ON = expression(r"^(?:[\s,·|]{0,4}(?:on|am|le|el|em|il|op|den|в|um|à las|via)\s)?[\s,·|]{0,4}$", re.IGNORECASE)
_PICTURED = expression(r"\s?(?:https?://t\.co/\w{1,12}\s?)?pic\.(?:twitter|x)\.com/[A-Za-z0-9]{1,16}[.\s]?$")
"""The address of a post's picture at the end of its words."""
_TAGS_ONLY = expression(r"(?:[#@]\w{1,60}\s{0,2}){1,20}$")


class PostReading(msgspec.Struct, frozen=True, kw_only=True):
    """A post with the spans of its parts; all index the text that `read_posts` was given.

    Every character of `text[start:end]` that is no space is in exactly one of `text`, `urls`, `author`, `handle`, `date` and
    `separators` (dashes, brackets, "A post shared by").
    """

    platform: Platform
    kind: str
    start: int
    end: int
    text: tuple[Span, ...] = ()
    urls: tuple[Span, ...] = ()
    author: Span | None = None
    handle: Span | None = None
    date: Span | None = None
    date_raw: str | None = None
    date_iso: str | None = None
    separators: tuple[Span, ...] = ()


@functools.cache
def _phrases() -> tuple[dict[str, str], dict[str, str]]:
    opens = {fold_word(phrase): platform for kind, _, phrase, platform, _ in rows("posts") if kind == "open"}
    shared = {fold_word(phrase): platform for kind, _, phrase, platform, _ in rows("posts") if kind == "shared"}
    return opens, shared


class _Signature(msgspec.Struct, frozen=True):
    """A line's words about who posted: spans, and where in the line they begin (text of the post may stand before)."""

    platform: Platform
    begin: int
    author: Span
    handle: Span
    date: DateReading | None


def _stripped(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _date_in(text: str, start: int, end: int) -> tuple[bool, DateReading | None]:
    """Read what stands behind a handle: (whether it is a date or nothing at all, the date with offsets into `text`)."""
    tail = text[start:end]
    if not tail.strip(" .,·|"):
        return True, None
    reading = read_date(tail)
    if reading is None or not _ON.match(tail[: reading.start]) or tail[reading.end :].strip(" .,·|()（）A-Z"):
        return bool(re.fullmatch(r"\s{0,2}geteilter Beitrag|\s{0,2}jakama julkaisu", tail)), None
    return True, msgspec.structs.replace(reading, start=reading.start + start, end=reading.end + start)


def _signature(text: str, start: int, end: int) -> _Signature | None:
    """Read "— Name (@handle) 22 Novembre 2015", alone on its line or at the end of one; "A post shared by Name (@handle)"."""
    line = text[start:end]
    if "@" not in line or len(line) > _LONGEST_LINE:
        return None
    folded = fold_word(line[:60])
    for phrase in _phrases()[1]:
        if folded.startswith(phrase):
            match = _SHARED.match(line, min(len(line), len(phrase) + 1))
            if match and (ok := _date_in(text, start + match.start("rest"), end))[0]:
                return _signed("instagram", text, start, start, match, ok[1])
    dashes = [m.start() for m in re.finditer(r"[—–―]|--|(?:^|\s)-\s|&mdash;", line)]
    for offset in dict.fromkeys((*reversed(dashes), 0)):
        begin = offset + (len(line[offset:]) - len(line[offset:].lstrip()))
        match = _SIGNED.match(line, begin)
        if match is None:
            continue
        fits, date = _date_in(text, start + match.start("rest"), end)
        if fits and ((date and (match["dash"] or (begin == 0 and not _is_glued(text, start, end)))) or (match["dash"] and begin == 0)):
            return _signed("x", text, start + begin, start, match, date)
    return None


def _is_glued(text: str, start: int, end: int) -> bool:
    """Whether a word goes on at either end: signatures without a dash that are glued to each other would leave one a pass."""
    return (start > 0 and text[start - 1].isalnum()) or text[end : end + 1].isalnum()


def _signed(platform: Platform, text: str, begin: int, shift: int, match: re.Match[str], date: DateReading | None) -> _Signature:
    author = _stripped(text, shift + match.start("author"), shift + match.end("author"))
    return _Signature(platform, begin, author, (shift + match.start("handle"), shift + match.end("handle")), date)


def _url_spans(text: str, start: int, end: int) -> tuple[Span, ...]:
    spans = []
    for match in _URL.finditer(text, start, end):
        stop = match.end()
        while text[stop - 1] in ".,;:!?)\"'" and stop > match.start() + 8:
            stop -= 1
        spans.append((match.start(), stop))
    return tuple(spans)


def _gaps(text: str, start: int, end: int, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return what is left between `spans` and is more than space, line by line."""
    found: list[Span] = []
    position = start
    for left, right in (*sorted(spans), (end, end)):
        found.extend(_stripped(text, position + m.start(), position + m.end()) for m in re.finditer(r"\S[^\n]*", text[position:left]))
        position = max(position, right)
    return tuple(found)


def _is_links(text: str, start: int, end: int) -> bool:
    rest = "".join(text[left:right] for left, right in _gaps(text, start, end, _url_spans(text, start, end)))
    return not rest or bool(_TAGS_ONLY.match(rest))


def _body_lines(lines: Sequence[Span], index: int, floor: int, text: str) -> int:
    """Return the index of the first line of the post that is signed in `lines[index]`.

    One paragraph above is the post's; lines of links and tags belong to what stands above them; lines without a blank line between
    belong together where the text has blank lines at all.
    """
    first, total = index, 0
    blank_lines = any(text[lines[i][1] : lines[i + 1][0]].count("\n") > 1 for i in range(max(floor, index - 8), index))
    while first > floor:
        above = lines[first - 1]
        total += above[1] - above[0]
        joined = text[above[1] : lines[first][0]].count("\n") < 2
        wanted = first == index or _is_links(text, *lines[first]) or (blank_lines and joined and first < index)
        if not wanted or total > LONGEST_POST or _signature(text, *above):
            break
        first -= 1
    return first


def _opened(lines: Sequence[Span], index: int, floor: int, text: str) -> int | None:
    """Return the index of the line above that opens the post ("View this post on Instagram"), or None."""
    total = 0
    for number in range(index - 1, max(floor, index - _MOST_LINES) - 1, -1):
        start, end = lines[number]
        total += end - start
        if total > _LONGEST_LINE:
            return None
        if end - start < 60 and fold_word(text[start:end].strip()) in _phrases()[0]:
            return number
    return None


def _signed_post(lines: Sequence[Span], index: int, floor: int, text: str, signature: _Signature) -> tuple[PostReading, int]:
    """Make the post that ends in `lines[index]`; also return its first line."""
    inline = text[lines[index][0] : signature.begin].strip()
    first = index if inline else _opened(lines, index, floor, text)
    first = _body_lines(lines, index, floor, text) if first is None else first
    opens = [line for line in lines[first:index] if fold_word(text[line[0] : line[1]].strip()) in _phrases()[0]]
    start, end = lines[first][0], lines[index][1]
    body = [(a, min(b, signature.begin)) for a, b in lines[first : index + 1] if (a, b) not in opens and a < signature.begin]
    urls = [span for a, b in body for span in _url_spans(text, a, b)]
    words = [span for a, b in body for span in _gaps(text, a, b, [url for url in urls if a <= url[0] < b])]
    date = (signature.date.start, signature.date.end) if signature.date else None
    known = [*urls, *words, signature.author, signature.handle, *([date] if date else [])]
    post = PostReading(
        platform=signature.platform,
        kind="post",
        start=start,
        end=end,
        text=tuple(words),
        urls=tuple(urls),
        author=signature.author,
        handle=signature.handle,
        date=date,
        date_raw=text[date[0] : date[1]] if date else None,
        date_iso=signature.date.iso if signature.date else None,
        separators=_gaps(text, start, end, known),
    )
    return post, first


def _single(text: str, start: int, end: int) -> PostReading | None:
    """Read a line that is only a post's address, a post without signature but with its picture's address, or "@handle words ♬ sound"."""
    line = text[start:end]
    if len(line) > _LONGEST_LINE:
        return None
    left, right = _stripped(text, start, end)
    if len(line) <= LONGEST_POST and "pic." in line and _PICTURED.search(line):
        urls = _url_spans(text, left, right)
        return PostReading(platform="x", kind="post", start=left, end=right, text=_gaps(text, left, right, urls), urls=urls)
    if line.lstrip().startswith("http"):
        for platform, kind, pattern in _HOSTS:
            if pattern.match(text[left:right]):
                return PostReading(platform=platform, kind=kind, start=left, end=right, urls=((left, right),))
    if match := (_NOTE.match(text[left:right]) if "♬" in line or "🎵" in line else None):
        handle = (left + match.start("handle"), left + match.end("handle"))
        sound = _stripped(text, left + match.start("note"), right)
        words = _stripped(text, handle[1], sound[0])
        return PostReading(
            platform="tiktok",
            kind="video",
            start=left,
            end=right,
            text=(words,) if words[0] < words[1] else (),
            handle=handle,
            separators=(sound,),
        )
    return None


def _has_mark(line: str) -> bool:
    """Whether a line has what every post has: a handle, an address or a note."""
    return "@" in line or "http" in line or "pic." in line or "♬" in line or "🎵" in line


def read_posts(lines: Sequence[Span], text: str) -> tuple[PostReading, ...]:
    r"""Find the posts in a text's lines.

    Args:
        lines: (start, end) of every line with words, in order, without outer space.
        text: what the lines index.

    >>> t = "Long live spring https://t.co/abc\n\n— Jane Doe (@jane) 22 Novembre 2015"
    >>> post = read_posts([(0, 33), (35, len(t))], t)[0]
    >>> post.platform, t[slice(*post.author)], t[slice(*post.handle)], post.date_iso, [t[a:b] for a, b in post.urls]
    ('x', 'Jane Doe', '@jane', '2015-11-22', ['https://t.co/abc'])
    >>> read_posts([(0, 30)], "The tweet (@jane) was deleted.")
    ()
    """
    found: list[PostReading] = []
    floor = 0
    for index, (start, end) in enumerate(lines):
        if index < floor or not _has_mark(text[start:end]):
            continue
        if (signature := _signature(text, start, end)) is not None:
            post, _ = _signed_post(lines, index, floor, text, signature)
            found.append(post)
            floor = index + 1
        elif (single := _single(text, start, end)) is not None and not _signed_below(lines, index, text):
            found.append(single)
            floor = index + 1
    return tuple(found)


def _signed_below(lines: Sequence[Span], index: int, text: str) -> bool:
    """Return whether the next lines sign a post, whose link this line then is."""
    return any(_signature(text, *line) for line in lines[index + 1 : index + 3])
