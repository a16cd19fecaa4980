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
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ATTRIBUTE = re.compile(r' (class|id|role|itemprop|data-testid|data-component|data-qa|aria-label|data-module|data-type|property)="([^"]*)"')
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]{2,}(?![a-z])")
_HIDDEN_STYLE = re.compile(r' (?:style="[^"]*(?:display:\s*none|visibility:\s*hidden)|aria-hidden="true")', re.IGNORECASE)
_MAX_NAMES = 40
"""Names read from one element: pages in utility-class style have hundreds, and the first ones name the component."""

TAG_BITS = {
    name: bit
    for bit, name in enumerate(
        ["nav", "header", "footer", "aside", "form", "figure", "figcaption", "ul", "ol", "table", "blockquote", "article", "main", "section", "button", "li", "dl", "dialog", "details", "label"]
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


def names(attributes: str) -> list[str]:
    """The distinct names in an attribute string as serialised, in order.

    >>> names(' class="post-body relatedPosts" id="x1" style="a"')
    ['post-body', 'post', 'body', 'relatedposts', 'related', 'posts', 'x1']
    """
    found: dict[str, None] = {}
    for _, value in _ATTRIBUTE.findall(attributes):
        for name in value.split():
            found[name.lower()] = None
            if not name.islower() or not name.isalpha():
                for word in _WORDS.findall(name):
                    if len(word) > 1:
                        found[word.lower()] = None
            if len(found) >= _MAX_NAMES:
                return list(found)
    return list(found)


@dataclass(frozen=True, slots=True)
class Markup:
    """What one attribute string says.

    Attributes:
        bits: the curated groups and `HIDDEN_BIT`.
        low: the lowest learned score of its names, 0 if none is known.
        high: the highest.
        style: the class attribute, which repeated parts of a page share.
    """

    bits: int
    low: int
    high: int
    style: str


_NOTHING = Markup(0, 0, 0, "")
_CLASS = re.compile(r' class="([^"]*)"')


def read_markup(attributes: str, scores: Mapping[str, int]) -> Markup:
    """Judge an attribute string by the curated groups and the learned scores of its names."""
    if not attributes:
        return _NOTHING
    table = keywords().bits
    bits = 1 << HIDDEN_BIT if ("hid" in attributes or "none" in attributes) and _HIDDEN_STYLE.search(attributes) else 0
    low = high = 0
    for name in names(attributes):
        bits |= table.get(name, 0)
        score = scores.get(name)
        if score is not None:
            if score < low:
                low = score
            elif score > high:
                high = score
    style = _CLASS.search(attributes)
    return Markup(bits, low, high, style[1] if style else "")


def parse_scores(text: str) -> dict[str, int]:
    """Read a table of learned scores: `name TAB score` a line; lines that begin with `#` are comments."""
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {name: int(score) for name, score in rows}


def format_scores(scores: Mapping[str, int], comment: Iterable[str]) -> str:
    """Write such a table, sorted by name."""
    return "".join([*(f"# {line}\n" for line in comment), *(f"{name}\t{scores[name]}\n" for name in sorted(scores))])
