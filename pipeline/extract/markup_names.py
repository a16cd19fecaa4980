"""What the names in a page's markup say: curated groups of words, and learned scores.

Names come from the attributes that authors of pages choose freely (class, id, role, …). A name is a whole class name in lower case, or
a run of letters in it, split at capitals: `relatedPosts` is `relatedposts`, `related` and `posts`.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_CLASS = ' class="'
_CLASS_KEY = _CLASS[:-1]
_KEYS = frozenset(f" {name}=" for name in ("id", "role", "itemprop", "data-testid", "data-component", "aria-label"))
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
        for word in itertools.chain.from_iterable(group["words"].values()):
            bits[word] = bits.get(word, 0) | 1 << number
    return Keywords(bits, groups)


def values(attributes: str) -> list[str]:
    """The parts, between spaces, of the attributes that name an element.

    >>> values(' class="post-body relatedPosts" id="x1" style="a"')
    ['post-body', 'relatedPosts', 'x1']
    """
    return _naming(attributes)[0]


def _naming(attributes: str) -> tuple[list[str], str]:
    """The parts of the attributes that name an element, and the class attribute as it stands.

    No value holds a quote: cut at quotes, names and values take turns.
    """
    if attributes.startswith(_CLASS) and attributes.find('"', len(_CLASS)) == len(attributes) - 1:
        own = attributes[len(_CLASS) : -1]
        return own.split(None, _MAX_NAMES)[:_MAX_NAMES], own
    pieces = attributes.split('"')
    own = pieces[pieces.index(_CLASS_KEY) + 1] if _CLASS_KEY in pieces else ""
    found = own.split()
    for key, value in zip(pieces[::2], pieces[1::2], strict=False):
        if key in _KEYS:
            found += value.split()
    return found[:_MAX_NAMES], own


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


Names = dict[str, tuple[int, int]]
"""From a name to the bits of its curated groups and its learned score."""


def combine(scores: Mapping[str, int]) -> Names:
    """Join the curated groups and learned scores of names into one table."""
    bits = keywords().bits
    return {name: (bits.get(name, 0), scores.get(name, 0)) for name in sorted({*bits, *scores})}


_Judged = tuple[int, int, int]
"""What one part of an attribute says: bits, lowest and highest score."""


def read_markups(texts: Sequence[str], names: Names) -> list[Markup]:
    """Judge attribute strings.

    Args:
        texts: the attribute strings of one page; a part that several of them have is judged once.
        names: what names say.

    Returns:
        What each says.
    """
    given = [_naming(text) for text in texts]
    judged = _judge_all(list({part for parts, _ in given for part in parts}), names).get
    markups: list[Markup] = []
    for text, (parts, own) in zip(texts, given, strict=True):
        bits = 1 << HIDDEN_BIT if ("hid" in text or "none" in text) and _HIDDEN_STYLE.search(text) else 0
        low = high = 0
        for groups, least, most in filter(None, map(judged, parts)):
            bits |= groups
            if least < low:  # noqa: PLR1730 - a call costs more than all the rest of the loop
                low = least
            if most > high:  # noqa: PLR1730
                high = most
        markups.append((bits, low, high, own))
    return markups


def _judge_all(parts: Sequence[str], names: Names) -> dict[str, _Judged]:
    """Judge distinct parts; those that say nothing are left out.

    Those without capitals are split into words all at once; `split_name` says into which.
    """
    joined = "\n".join(parts)
    fragments = joined.encode("ascii", "replace").translate(_FRAGMENTS).decode("ascii").split("\n")
    known = names.get
    judged: dict[str, _Judged] = {}
    for part, fragment in zip(parts, fragments, strict=False):
        if part == fragment:
            found = [known(part)]
        elif part.islower() and part.isascii() and ":" not in part and "[" not in part:
            found = [known(part), *[known(word) for word in fragment.split() if len(word) > 1]]
        else:
            found = list(map(known, split_name(part)))
        if any(found):
            bits = low = high = 0
            for groups, score in filter(None, found):
                bits |= groups
                if score < low:
                    low = score
                elif score > high:
                    high = score
            judged[part] = bits, low, high
    return judged
