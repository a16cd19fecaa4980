"""Posts of social networks that stand in the text in their plain shape: they leave the body for `embeds`."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from pipeline.lines.social_posts import read_posts
from pipeline.spans import Cut, Target
from pipeline.strip.page import parts_words
from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from pipeline.lines.social_posts import PostReading
    from pipeline.strip.page import Draft

POST = "embed.post"
_POSTED = expression(r"[(（]\s?@\w|pic\.(?:twitter|x)\.com/")
_LEANS = expression(r"https?://|pic\.(?:twitter|x)\.com/|[#—–]|--\s|[(（]\s?@\w")
"""What leans on the sentence before it."""


def take_posts(draft: Draft) -> None:
    """Move every post with its author, handle, date, words and links to one item of `embeds`."""
    if "@" not in draft.text and "://" not in draft.text and "pic.twitter.com" not in draft.text:
        return
    starts = [block.start for block in draft.blocks]
    for post in read_posts(_lines(draft), draft.text):
        first = bisect_right(starts, post.start) - 1
        last = bisect_right(starts, post.end - 1) - 1
        if first < 0 or any(not draft.is_open(index) for index in range(first, last + 1)):
            continue
        if _whole(draft, post, first, last):
            _move(draft, post, first, last)
        elif first == last and _stands_free(draft, post, first):
            _move_part(draft, post, first)


def _lines(draft: Draft) -> list[tuple[int, int]]:
    """The blocks, or their spans where a signature or a picture's address shows that a post is glued to other sentences.

    An address, tags or a signature alone belong to the sentence before them.
    """
    lines: list[tuple[int, int]] = []
    for index, block in enumerate(draft.blocks):
        posted = _POSTED.search(draft.text, block.start, block.end) and not _LEANS.match(draft.text, block.start)
        spans = [(span.start, span.end) for span in draft.spans([index])] if posted else []
        if len(spans) < 2:
            lines.append((block.start, block.end))
            continue
        first = len(lines)
        for start, end in spans:
            if len(lines) > first and _LEANS.match(draft.text, start, end):
                lines[-1] = (lines[-1][0], end)
            else:
                lines.append((start, end))
    return lines


def _whole(draft: Draft, post: PostReading, first: int, last: int) -> bool:
    """Whether the post consists of whole blocks; a block that is only partly a post stays as it is."""
    return post.start <= draft.blocks[first].start and draft.blocks[last].end <= post.end


def _stands_free(draft: Draft, post: PostReading, index: int) -> bool:
    """Whether a post touches no other word of its block: of posts that are glued to each other one would leave a pass."""
    block, text = draft.blocks[index], draft.text
    edges = [text[post.start - 1]] if post.start > block.start else []
    edges += [text[post.end]] if post.end < block.end else []
    return all(map(parts_words, edges))


def _move_part(draft: Draft, post: PostReading, index: int) -> None:
    """Move a post that is only a part of its block."""
    position = post.start
    cuts = []
    for (start, end), attr in _parts(post):
        if start > position:
            cuts.append(Cut(start=position, end=start, rule=POST))
        cuts.append(Cut(start=start, end=end, rule=POST, target=Target("embeds", post.start, attr)))
        position = end
    if post.end > position:
        cuts.append(Cut(start=position, end=post.end, rule=POST))
    draft.cut_parts(cuts, index)
    draft.add_item("embeds", post.start, {"platform": post.platform, "kind": post.kind, "date": post.date_iso})


def _parts(post: PostReading) -> list[tuple[tuple[int, int], str]]:
    """The spans of a post with the attributes that they move to, in order."""
    parts = [(span, "urls") for span in post.urls] + [(span, "text") for span in post.text]
    parts += [
        (span, attr) for span, attr in ((post.author, "author"), (post.handle, "handle"), (post.date, "date_raw")) if span is not None
    ]
    return sorted(parts)


def _move(draft: Draft, post: PostReading, first: int, last: int) -> None:
    key = post.start
    parts = _parts(post)
    for index in range(first, last + 1):
        block = draft.blocks[index]
        at = block.start
        cuts: list[Cut] = []
        for (first_char, last_char), attr in parts:
            start, end = max(first_char, block.start), min(last_char, block.end)
            if start >= end:
                continue
            if start > at:
                cuts.append(Cut(start=at, end=start, rule=POST))
            cuts.append(Cut(start=start, end=end, rule=POST, target=Target("embeds", key, attr)))
            at = end
        if block.end > at:
            cuts.append(Cut(start=at, end=block.end, rule=POST))
        draft.take(index, cuts, "embeds")
    draft.add_item("embeds", key, {"platform": post.platform, "kind": post.kind, "date": post.date_iso})
