"""Posts and players of other sites that stand inside a page, by their own embedding markup."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from pipeline.extract.attributes import read_attributes, resolve
from pipeline.lines.social_posts import read_posts
from pipeline.spans import Cut, Item, Target

if TYPE_CHECKING:
    from pipeline.extract.page_layout import Layout

_QUOTED = (
    (re.compile(r"\btwitter-(?:tweet|video)\b"), "x", "post"),
    (re.compile(r"\binstagram-media\b"), "instagram", "post"),
    (re.compile(r"\btiktok-embed\b"), "tiktok", "video"),
    (re.compile(r"\bfb-(?:post|video)\b"), "facebook", "post"),
    (re.compile(r"\b(?:reddit-embed-bq|reddit-card)\b"), "reddit", "post"),
    (re.compile(r"\bbluesky-embed\b"), "bluesky", "post"),
    (re.compile(r"\btelegram-post\b"), "telegram", "post"),
    (re.compile(r"\bmastodon-embed\b"), "mastodon", "post"),
    (re.compile(r'class="(?:[^"]* )?(?:tweet|twitter-embed)(?=[ "])'), "x", "post"),
)
"""Class names that the sites' own embedding code gives (their developer pages)."""
_SHARED = ("twitter-", "tweet", "instagram-media", "-embed", "fb-post", "fb-video", "reddit-card", "telegram-post")
"""Every one of them holds one of these plain strings, which are faster to look for."""
_PLAYERS = (
    (re.compile(r"^https?://(?:www\.)?(?:youtube(?:-nocookie)?\.com/embed/|youtu\.be/)"), "youtube", "video"),
    (re.compile(r"^https?://player\.vimeo\.com/video/"), "vimeo", "video"),
    (re.compile(r"^https?://(?:www\.|geo\.)?dailymotion\.com/"), "dailymotion", "video"),
    (re.compile(r"^https?://(?:platform\.)?(?:twitter|x)\.com/"), "x", "post"),
    (re.compile(r"^https?://(?:www\.)?instagram\.com/"), "instagram", "post"),
    (re.compile(r"^https?://(?:www\.)?facebook\.com/plugins/(?:post|video)"), "facebook", "post"),
    (re.compile(r"^https?://(?:www\.)?tiktok\.com/"), "tiktok", "video"),
    (re.compile(r"^https?://t(?:elegram)?\.me/\w{3,40}/\d+"), "telegram", "post"),
    (re.compile(r"^https?://open\.spotify\.com/embed"), "spotify", "audio"),
    (re.compile(r"^https?://w\.soundcloud\.com/player"), "soundcloud", "audio"),
    (re.compile(r"^https?://(?:flo\.uri\.sh|public\.flourish\.studio)/"), "flourish", "graphic"),
    (re.compile(r"^https?://datawrapper\.dwcdn\.net/"), "datawrapper", "graphic"),
    (re.compile(r"^https?://(?:www\.)?google\.[a-z.]{2,6}/maps/embed"), "google-maps", "map"),
)
_POSTS = (
    (re.compile(r"^https?://(?:www\.|mobile\.)?(?:twitter|x)\.com/\w{1,30}/status(?:es)?/\d+"), "x", "post"),
    (re.compile(r"^https?://(?:www\.)?instagram\.com/(?:p|reel|tv)/[\w-]+"), "instagram", "post"),
    (re.compile(r"^https?://(?:www\.)?tiktok\.com/@[\w.-]{1,40}/video/\d+"), "tiktok", "video"),
    (re.compile(r"^https?://bsky\.app/profile/[\w.:-]{1,80}/post/\w+"), "bluesky", "post"),
    (re.compile(r"^https?://(?:www\.)?threads\.(?:net|com)/@[\w.]{1,40}/post/\w+"), "threads", "post"),
    (re.compile(r"^https?://(?:www\.)?facebook\.com/[\w.-]{1,60}/(?:posts|videos)/\w+"), "facebook", "post"),
    (re.compile(r"^https?://(?:www\.|m\.)?(?:youtube\.com/watch\?(?:[^#]{1,200}&)?v=|youtu\.be/)[\w-]+"), "youtube", "video"),
    (re.compile(r"^https?://t(?:elegram)?\.me/\w{3,40}/\d+"), "telegram", "post"),
)
"""Addresses of single posts: a block that is nothing but such an address, or a link that shows it, stands for the post."""
_HANDLE = re.compile(r"^https?://(?:www\.)?(?:tiktok\.com/|bsky\.app/profile/|[\w.-]{3,60}/)(?P<handle>@[\w.]{2,40})/")
"""The account in a post's address where a platform writes it there."""
_LONGEST_POST_BLOCKS = 12
_FRAMES = frozenset(("iframe", "amp-iframe"))


class EmbedSpan(NamedTuple):
    """An embed: the blocks that it holds, `first` to `end`; none for a player."""

    first: int
    end: int
    element: int
    platform: str
    kind: str
    address: str | None


def find_embeds(layout: Layout, url: str | None) -> list[EmbedSpan]:
    """Find all embeds of a page, in document order, none inside another."""
    bare = _bare_posts(layout, url)
    platforms = {number: known for number in layout.named.holding(_SHARED) if (known := _platform(layout.attributes[number]))}
    found: list[EmbedSpan] = []
    covered = -1
    tags, numbers = layout.element_tags, layout.element_attributes
    for element in [element for element, tag in enumerate(tags) if tag in _FRAMES or (platforms and numbers[element] in platforms)]:
        tag, number = tags[element], numbers[element]
        first, end = layout.element_firsts[element], layout.element_ends[element]
        known = platforms.get(number)
        if known and tag not in ("iframe", "html", "body", "main", "article") and end > covered and end - first <= _LONGEST_POST_BLOCKS:
            found.append(EmbedSpan(first, end, element, *known, address=_address(layout.attributes[number], url)))
            covered = max(covered, end)
        elif tag in _FRAMES:
            address = _address(layout.attributes[number], url)
            player = next(((name, kind) for pattern, name, kind in _PLAYERS if address and pattern.match(address)), None)
            if player:
                found.append(EmbedSpan(first, first, element, *player, address=address))
    taken = {block for embed in found for block in range(embed.first, embed.end)}
    return sorted((*found, *(post for post in bare if post.first not in taken)))


def _bare_posts(layout: Layout, url: str | None) -> list[EmbedSpan]:
    """Blocks that are nothing but a link whose text is its own address, the address of a post."""
    found = []
    for start, end, attributes in layout.links:
        text = layout.base[start:end]
        if "/" not in text or len(text.split()) != 1:
            continue
        block = bisect_right(layout.starts, start) - 1
        address = resolve(read_attributes(attributes).get("href", ""), url)
        if (layout.starts[block], layout.ends[block]) != (start, end) or not address:
            continue
        known = next(((name, kind) for pattern, name, kind in _POSTS if pattern.match(address)), None)
        if known:
            found.append(EmbedSpan(block, block + 1, layout.elements[block], *known, address=address))
    return found


def _platform(attributes: str) -> tuple[str, str] | None:
    if "class=" not in attributes:
        return None
    return next(((name, kind) for pattern, name, kind in _QUOTED if pattern.search(attributes)), None)


def _address(attributes: str, url: str | None) -> str | None:
    given = read_attributes(attributes)
    for name in ("cite", "data-instgrm-permalink", "data-href", "data-src", "data-lazy-src", "src"):
        if given.get(name) and (address := resolve(given[name], url)):
            return address
    return None


def move_embed(layout: Layout, embed: EmbedSpan, key: int) -> tuple[list[Cut], Item]:
    """Move an embed out of the text.

    Args:
        layout: the page.
        embed: the embed.
        key: the base offset at which it begins, its item's key.

    Returns:
        The cuts of all its blocks, and the values that stand in its markup only.
    """
    lines = [(layout.starts[block], layout.ends[block]) for block in range(embed.first, embed.end)]
    cuts: list[Cut] = []
    posts = read_posts(lines, layout.base) if lines else ()
    values: dict[str, object] = {"platform": embed.platform, "kind": embed.kind}
    parts: list[tuple[int, int, str]] = []
    if posts:
        post = posts[-1]
        parts += [(*span, "text") for span in post.text] + [(*span, "urls") for span in post.urls]
        parts += [
            (*span, name) for name, span in (("author", post.author), ("handle", post.handle), ("date_raw", post.date)) if span is not None
        ]
        parts += [(*span, "") for span in post.separators]
        if post.date_iso:
            values["date"] = post.date_iso
    elif embed.address and (handle := _HANDLE.search(embed.address)):
        values["handle"] = handle["handle"]
    for start, end in lines:
        at = start
        for low, high, attr in sorted(part for part in parts if start <= part[0] and part[1] <= end and part[0] < part[1]):
            if low < at:
                continue
            cuts += _cut(layout.base, at, low, key, "text" if not posts else "")
            cuts.append(Cut(start=low, end=high, rule="html.embed", target=Target("embeds", key, attr) if attr else None))
            at = high
        cuts += _cut(layout.base, at, end, key, "text")
    links = [link for link in layout.links if lines and lines[0][0] <= link.start < lines[-1][1]]
    address = embed.address or next(
        (address for link in reversed(links) if (address := resolve(read_attributes(link.attributes).get("href", ""), None))), None
    )
    if address:
        values["urls"] = [address]
    return cuts, Item(field="embeds", key=key, values=values)


def _cut(base: str, start: int, end: int, key: int, attr: str) -> list[Cut]:
    """A cut of what lies between two parts, without its outer space; blanks alone go with no target."""
    if start >= end:
        return []
    inner = base[start:end]
    if not inner.strip():
        return [Cut(start=start, end=end, rule="html.embed")]
    low, high = start + len(inner) - len(inner.lstrip()), start + len(inner.rstrip())
    blanks = [(start, low), (high, end)]
    cuts = [Cut(start=a, end=b, rule="html.embed") for a, b in blanks if a < b]
    cuts.append(Cut(start=low, end=high, rule="html.embed", target=Target("embeds", key, attr) if attr else None))
    return sorted(cuts, key=lambda cut: cut.start)
