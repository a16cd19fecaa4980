"""Posts of social networks that stand in the text in their plain shape: they leave the body for `embeds`."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from pipeline.lines.social_posts import read_posts
from pipeline.spans import Cut, Target

if TYPE_CHECKING:
    from pipeline.lines.social_posts import PostReading
    from pipeline.strip.page import Draft

POST = "embed.post"


def take_posts(draft: Draft) -> None:
    """Move every post with its author, handle, date, words and links to one item of `embeds`."""
    if "@" not in draft.text and "://" not in draft.text and "pic.twitter.com" not in draft.text:
        return
    spans = [(block.start, block.end) for block in draft.blocks]
    starts = [block.start for block in draft.blocks]
    for post in read_posts(spans, draft.text):
        first = bisect_right(starts, post.start) - 1
        last = bisect_right(starts, post.end - 1) - 1
        if first < 0 or any(not draft.is_open(index) for index in range(first, last + 1)):
            continue
        if _whole(draft, post, first, last):
            _move(draft, post, first, last)


def _whole(draft: Draft, post: PostReading, first: int, last: int) -> bool:
    """Whether the post consists of whole blocks; a block that is only partly a post stays as it is."""
    return post.start <= draft.blocks[first].start and draft.blocks[last].end <= post.end


def _move(draft: Draft, post: PostReading, first: int, last: int) -> None:
    key = post.start
    parts = [(span, "urls") for span in post.urls] + [(span, "text") for span in post.text]
    parts += [
        (span, attr) for span, attr in ((post.author, "author"), (post.handle, "handle"), (post.date, "date_raw")) if span is not None
    ]
    parts.sort()
    for index in range(first, last + 1):
        block = draft.blocks[index]
        at = block.start
        for (first_char, last_char), attr in parts:
            start, end = max(first_char, block.start), min(last_char, block.end)
            if start >= end:
                continue
            if start > at:
                draft.cuts.append(Cut(start=at, end=start, rule=POST))
            draft.cuts.append(Cut(start=start, end=end, rule=POST, target=Target("embeds", key, attr)))
            at = end
        if block.end > at:
            draft.cuts.append(Cut(start=at, end=block.end, rule=POST))
        draft.verdict[index] = "embeds"
    draft.add_item("embeds", key, {"platform": post.platform, "kind": post.kind, "date": post.date_iso})
