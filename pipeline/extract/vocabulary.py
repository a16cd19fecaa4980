"""What the names in a page's markup say: curated groups of words, and learned scores.

Names come from the attributes that authors of pages choose freely (class, id, role, …). A name is a whole class name in lower case, or
a run of letters in it, split at capitals: `relatedPosts` is `relatedposts`, `related` and `posts`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_CLASS = ' class="'
_ATTRIBUTES = tuple(f' {name}="' for name in ("class", "id", "role", "itemprop", "data-testid", "data-component", "aria-label"))
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]{2,}(?![a-z])")
_LOWER_WORDS = re.compile(r"[a-z]{2,}")
_FRAGMENTS = bytes(code if chr(code) in "abcdefghijklmnopqrstuvwxyz\n" else ord(" ") for code in range(256))
"""All but small letters to spaces, line by line."""
_HIDDEN_STYLE = re.compile(r' (?:style="[^"]*(?:display:\s*none|visibility:\s*hidden)|aria-hidden="true")', re.IGNORECASE)
_MAX_NAMES = 40
"""Names read from one element: pages in utility-class style have hundreds, and the first ones name the component."""

TAG_BITS = {
    name: bit
    for bit, name in enumerate(
        [
            "nav",
            "header",
            "footer",
            "aside",
            "form",
            "figure",
            "figcaption",
            "ul",
            "ol",
            "table",
            "blockquote",
            "article",
            "main",
            "section",
            "button",
            "li",
            "dl",
            "dialog",
            "details",
            "label",
        ]
    )
}
"""Elements whose descendants remember them."""
HIDDEN_BIT = len(TAG_BITS)
_GROUP_BASE = HIDDEN_BIT + 1


@dataclass(frozen=True, slots=True)
class Keywords:
    """The curated groups: from a name to its groups' bits, and from a group to its bit."""

    bits: dict[str, int]
    groups: dict[str, int]

    def mask(self, *groups: str) -> int:
        """The bits of some groups."""
        return sum(1 << self.groups[group] for group in groups)


@cache
def keywords() -> Keywords:
    """Read the curated groups (`keywords.toml`)."""
    data = tomllib.loads(files("pipeline.extract").joinpath("keywords.toml").read_text("utf-8"))
    bits: dict[str, int] = {}
    groups: dict[str, int] = {}
    for number, group in enumerate(data["group"], start=_GROUP_BASE):
        groups[group["id"]] = number
        for word in group["words"]:
            bits[word] = bits.get(word, 0) | 1 << number
    return Keywords(bits, groups)


def values(attributes: str) -> list[str]:
    """The distinct parts, between spaces, of the attributes that name an element.

    >>> values(' class="post-body relatedPosts" id="x1" style="a"')
    ['post-body', 'relatedPosts', 'x1']
    """
    if attributes.startswith(_CLASS) and attributes.count('="') == 1:
        return attributes[len(_CLASS) : -1].split(None, _MAX_NAMES)[:_MAX_NAMES]
    found: list[str] = []
    for key in _ATTRIBUTES:
        at = attributes.find(key)
        if at >= 0:
            at += len(key)
            found += attributes[at : attributes.index('"', at)].split()
            if len(found) > _MAX_NAMES:
                break
    return found[:_MAX_NAMES]


def split_name(value: str) -> list[str]:
    """A part and the words in it, in lower case; utility classes such as `md:text-lg` are not split.

    >>> split_name("relatedPosts"), split_name("c-post__body"), split_name("text")
    (['relatedposts', 'related', 'posts'], ['c-post__body', 'post', 'body'], ['text'])
    """
    lower = value.lower()
    if ":" in value or "[" in value:
        return [lower]
    if lower != value:
        return [lower, *(word.lower() for word in _WORDS.findall(value) if len(word) > 1)]
    return [lower] if value.isalpha() else [lower, *_LOWER_WORDS.findall(value)]


def names(attributes: str) -> list[str]:
    """All distinct names in an attribute string.

    >>> names(' class="post-body relatedPosts"')
    ['post-body', 'post', 'body', 'relatedposts', 'related', 'posts']
    """
    return list(dict.fromkeys(name for value in values(attributes) for name in split_name(value)))


Markup = tuple[int, int, int, str]
"""What one attribute string says: the bits of its curated groups and `HIDDEN_BIT`, the lowest and the highest learned score of its names (0
if none is known), and its class attribute, which repeated parts of a page share. A plain tuple, for speed."""
_NOTHING: Markup = (0, 0, 0, "")


Names = dict[str, tuple[int, int]]
"""From a name to the bits of its curated groups and its learned score."""


def combine(scores: Mapping[str, int]) -> Names:
    """Join the curated groups and learned scores of names into one table."""
    bits = keywords().bits
    return {name: (bits.get(name, 0), scores.get(name, 0)) for name in sorted({*bits, *scores})}


_Judged = tuple[int, int, int] | None
"""What one part of an attribute says: bits, lowest and highest score; None for a part without a known name."""


def read_markups(texts: Sequence[str], names: Names) -> list[Markup]:
    """Judge attribute strings.

    Args:
        texts: the attribute strings of one page; a part that several of them have is judged once.
        names: what names say.

    Returns:
        What each says.
    """
    parts = [values(text) for text in texts]
    judged = _judge_all(list(dict.fromkeys(chain.from_iterable(parts))), names)
    return [_sum_up(text, [judged[part] for part in own]) for text, own in zip(texts, parts, strict=True)]


def _sum_up(attributes: str, parts: Sequence[_Judged]) -> Markup:
    """What an attribute string says by what its parts say."""
    if not attributes:
        return _NOTHING
    bits = 1 << HIDDEN_BIT if ("hid" in attributes or "none" in attributes) and _HIDDEN_STYLE.search(attributes) else 0
    low = high = 0
    for part in parts:
        if part is not None:
            groups, least, most = part
            bits |= groups
            low = min(low, least)
            high = max(high, most)
    at = attributes.find(_CLASS) + len(_CLASS)
    return bits, low, high, attributes[at : attributes.index('"', at)] if at >= len(_CLASS) else ""


def _judge_all(parts: Sequence[str], names: Names) -> dict[str, _Judged]:
    """Judge distinct parts. Those without capitals are split into words all at once; `split_name` says into which."""
    joined = "\n".join(parts)
    fragments = joined.encode("ascii", "replace").translate(_FRAGMENTS).decode("ascii").split("\n")
    get = names.get
    judged: dict[str, _Judged] = {}
    for part, fragment in zip(parts, fragments, strict=False):
        if part == fragment:
            entry = get(part)
            judged[part] = (entry[0], min(entry[1], 0), max(entry[1], 0)) if entry is not None else None
        elif part.islower() and part.isascii() and ":" not in part and "[" not in part:
            found = [entry for name in fragment.split() if (entry := get(name)) is not None and len(name) > 1]
            if (entry := get(part)) is not None:
                found.append(entry)
            judged[part] = _join(found) if found else None
        else:
            found = [entry for name in split_name(part) if (entry := get(name)) is not None]
            judged[part] = _join(found) if found else None
    return judged


def _join(found: Sequence[tuple[int, int]]) -> tuple[int, int, int]:
    """The bits of some names, their lowest and their highest score."""
    bits = low = high = 0
    for groups, score in found:
        bits |= groups
        low, high = min(low, score), max(high, score)
    return bits, low, high


def parse_scores(text: str) -> dict[str, int]:
    """Read a table of learned scores: `name TAB score` a line; lines that begin with `#` are comments."""
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {name: int(score) for name, score in rows}


def format_scores(scores: Mapping[str, int], comment: Iterable[str]) -> str:
    """Write such a table, sorted by name."""
    return "".join([*(f"# {line}\n" for line in comment), *(f"{name}\t{scores[name]}\n" for name in sorted(scores))])
