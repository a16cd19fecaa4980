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
    from collections.abc import Iterable, Mapping, Sequence

_CLASS = ' class="'
_ATTRIBUTES = (_CLASS, *(f' {name}="' for name in ("id", "role", "itemprop", "data-testid", "data-component", "aria-label")))
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]{2,}(?![a-z])")
_LOWER_WORDS = re.compile(r"[a-z]{2,}")
_FRAGMENTS = bytes(code if chr(code) in "abcdefghijklmnopqrstuvwxyz\0" else ord(" ") for code in range(256))
"""All but small letters and NUL to spaces."""
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
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
    """The parts, between spaces, of the attributes that name an element.

    >>> values(' class="post-body relatedPosts" id="x1" style="a"')
    ['post-body', 'relatedPosts', 'x1']
    """
    return _naming(attributes)[0].split()


def _naming(attributes: str) -> tuple[str, str]:
    """The values of the attributes that name an element, at most `_MAX_NAMES` parts of them; and the class attribute."""
    if attributes.startswith(_CLASS) and attributes.count('="') == 1:
        given = own = attributes[len(_CLASS) : -1]
    else:
        found: list[str] = []
        own = ""
        for key in _ATTRIBUTES:
            at = attributes.find(key)
            if at >= 0:
                at += len(key)
                found.append(attributes[at : attributes.index('"', at)])
                own = found[0] if key is _CLASS else own
        given = " ".join(found)
    if len(given) >= 2 * _MAX_NAMES - 1:
        given = " ".join(given.split(None, _MAX_NAMES)[:_MAX_NAMES])
    return given, own


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


def read_markups(texts: Sequence[str], names: Names) -> list[Markup]:
    """Judge attribute strings.

    Strings in which all names are lower-case ASCII are split into words all at once; `split_name` says into which.

    Args:
        texts: the attribute strings of one page.
        names: what names say.

    Returns:
        What each says.
    """
    if not texts:
        return []
    given = [_naming(text) for text in texts]
    lines = [line.replace("\0", " ") for line, _ in given]
    words = "\0".join(lines).encode("ascii", "replace").translate(_FRAGMENTS).decode("ascii").split("\0")
    known = names.keys()
    parts: dict[str, set[str]] = {}
    markups: list[Markup] = []
    for text, line, fragments, (_, own) in zip(texts, lines, words, given, strict=True):
        if fragments == line:
            found = known & line.split()
        elif line.islower() and line.isascii() and ":" not in line and "[" not in line:
            whole = line.split()
            found = known & (whole + fragments.split())
            if not _LETTERS.isdisjoint(found):
                found -= _LETTERS.difference(whole)
        else:
            found = set()
            for part in line.split():
                if part not in parts:
                    parts[part] = known & split_name(part)
                found |= parts[part]
        markups.append(_sum_up(text, found, names, own))
    return markups


def _sum_up(attributes: str, found: set[str], names: Names, own: str) -> Markup:
    """What an attribute string says by what the known names in it say; `own` is its class attribute."""
    bits = 1 << HIDDEN_BIT if ("hid" in attributes or "none" in attributes) and _HIDDEN_STYLE.search(attributes) else 0
    low = high = 0
    for name in found:
        groups, score = names[name]
        bits |= groups
        if score < low:
            low = score
        elif score > high:
            high = score
    return bits, low, high, own


def parse_scores(text: str) -> dict[str, int]:
    """Read a table of learned scores: `name TAB score` a line; lines that begin with `#` are comments."""
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {name: int(score) for name, score in rows}


def format_scores(scores: Mapping[str, int], comment: Iterable[str]) -> str:
    """Write such a table, sorted by name."""
    return "".join([*(f"# {line}\n" for line in comment), *(f"{name}\t{scores[name]}\n" for name in sorted(scores))])
