"""What a page says about its article elsewhere: in titles, descriptions, and the article body that some pages repeat as metadata.

All of this is evidence for the choice of blocks. None of it is ever text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.jsonld import Graph, strings_of, types_of
from pipeline.text.folding import fold_ends, fold_letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_TAGS = re.compile(r"<[^<>]{0,500}>")
_DESCRIPTION = re.compile(
    r'<(?i:meta\b(?=[^<>]{0,200}?(?:name|property)=["\']?(?:og:|twitter:)?description\b)[^<>]{0,200}?content="([^"<>]{20,3000})")'
)
_TITLE = re.compile(r"<(?i:title[^<>]{0,300}>([^<]{1,600})</title)")
_BASE = re.compile(r"<base\s[^<>]{0,200}?\bhref\s{0,4}=\s{0,4}[\"']?([^\"'\s<>]{1,500})", re.IGNORECASE)
_OG_TITLE = re.compile(r'<(?i:meta\b(?=[^<>]{0,200}?(?:name|property)=["\']?og:title\b)[^<>]{0,200}?content="([^"<>]{1,600})")')
_OG_TYPE = re.compile(r'<(?i:meta\b(?=[^<>]{0,200}?property=["\']?og:type\b)[^<>]{0,200}?content=["\']?([\w.:]{1,40}))')
_MEDIA = frozenset({"videoobject", "imageobject"})
_MOST_MEDIA = 40
"""Pictures and players that are asked for their captions."""
_TOLD_KEYS = ("caption", "description", "name")
_LEAST_TOLD, _MOST_TOLD = 25, 1_000
"""Code points of a caption that can be told from a label and from a text."""
_LONGEST_HEAD = 200_000
_MIN_BODY = 200
_PROBE = 40
_TITLE_CHARS, _TOLD_CHARS = 4, 20
"""Letters that a block must have to be compared with a title, or with a description."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Folded strings: lower case, letters and digits only.

    Attributes:
        titles: the page's titles.
        named: those of them that stand in the head of the page.
        base: what relative addresses are relative to, where the page says so.
        descriptions: its descriptions.
        body: its article body as metadata, empty if there is none.
        raw_body: the same as written.
        captions: what JSON-LD says of pictures and players.
        types: what the page says it is: `og:type` and the types in its JSON-LD, lower case, sorted.
    """

    titles: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    base: str = ""
    descriptions: tuple[str, ...] = ()
    body: str = ""
    raw_body: str = ""
    types: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()


def gather(html: str, graph: Graph, hints: Sequence[str]) -> Evidence:
    """Look for evidence.

    Args:
        html: the page as decoded.
        graph: its JSON-LD.
        hints: titles found by others.

    Returns:
        The evidence.
    """
    end = html.find("</head", 0, _LONGEST_HEAD)
    head = html[: end if end > 0 else _LONGEST_HEAD]
    titles = [*hints]
    named = [_entities(found[1]) for pattern in (_OG_TITLE, _TITLE) if (found := pattern.search(head))]
    titles += named
    descriptions = [_entities(text) for text in _DESCRIPTION.findall(head)[:4]]
    raw_body = article_body(graph)
    folded = [fold_letters(title) for title in titles]
    told = tuple(dict.fromkeys(text for description in descriptions if (text := fold_letters(description))))
    return Evidence(
        titles=tuple(dict.fromkeys(title for title in folded if title)),
        named=tuple(dict.fromkeys(title for title in folded[len(titles) - len(named) :] if title)),
        descriptions=told,
        body=fold_letters(_TAGS.sub(" ", _entities(raw_body))) if raw_body else "",
        raw_body=raw_body,
        types=_types(graph, head),
        base=_entities(found[1]) if (found := _BASE.search(head)) else "",
        captions=tuple(sorted(_captions(graph) - set(fold_ends([*titles, *descriptions])))),
    )


def _captions(graph: Graph) -> set[str]:
    """What JSON-LD says of a picture or player as its name, caption or description, folded like a block.

    >>> film = {"@type": "VideoObject", "name": "A film about the long rain in the old town"}
    >>> sorted(_captions(Graph((film,), {})))
    ['afilmaboutthelongrainintheoldtown']
    """
    media = [node for node in graph.nodes if not _MEDIA.isdisjoint(types_of(node))][:_MOST_MEDIA]
    told = [text for key in _TOLD_KEYS for text in strings_of(media, key) if _LEAST_TOLD <= len(text) <= _MOST_TOLD]
    return set(fold_ends([_TAGS.sub(" ", _entities(text)) for text in told]))


def _types(graph: Graph, head: str) -> tuple[str, ...]:
    """All types that a page declares.

    >>> _types(Graph(({"@type": ["NewsArticle", "Article"]},), {}), '<meta property="og:type" content="article">')
    ('article', 'newsarticle', 'og:article')
    """
    found = {kind for node in graph.nodes for kind in types_of(node)}
    if (told := _OG_TYPE.search(head)) is not None:
        found.add("og:" + told[1].lower())
    return tuple(sorted(found))


def _entities(text: str) -> str:
    if "&" not in text:
        return text
    from html import unescape  # noqa: PLC0415 - a table of 2,000 names that few pages need

    return unescape(text)


def article_body(graph: Graph) -> str:
    r"""The longest `articleBody` of a page's JSON-LD, as written there; empty if there is none of 200 characters or more.

    >>> article_body(Graph(({"articleBody": "word \u00e9 " * 40},), {}))[:9]
    'word é wo'
    """
    best = max(strings_of(graph.nodes, "articleBody"), key=len, default="")
    return best if len(best) >= _MIN_BODY else ""


def agreements(folded: Sequence[str], evidence: Evidence) -> NDArray[np.int64]:
    """Compare all blocks with the evidence.

    Few blocks agree with anything: a look at all titles and descriptions at once tells which of them are worth a closer one.

    Args:
        folded: the blocks, folded.
        evidence: the page's evidence.

    Returns:
        One row a block: title and description as `_agreement` says; body: -1 there is none, 0 not in it, 1 its beginning or its end is,
        2 both are.
    """
    found = np.zeros((len(folded), 3), dtype=np.int64)
    titles, descriptions = "\0".join(evidence.titles), "\0".join(evidence.descriptions)
    heads = (*evidence.titles, *(other[:_PROBE] for other in evidence.descriptions))
    longest = max(map(len, evidence.titles), default=0)
    near = [
        number
        for number, one in enumerate(folded)
        if len(one) >= _TITLE_CHARS
        and ((len(one) <= longest and one in titles) or one.startswith(heads) or (len(one) >= _TOLD_CHARS and one[:_PROBE] in descriptions))
    ]
    for number in near:
        found[number, :2] = _agreement(folded[number], evidence)
    found[:, 2] = [_in_body(one, evidence.body) for one in folded] if evidence.body else -1
    return found


def _in_body(folded: str, body: str) -> int:
    """Of a block's beginning and its end, how many stand in the page's article body; they are one and the same in a short block."""
    if len(folded) <= _PROBE:
        return 2 * (folded in body) if folded else 0
    return (folded[:_PROBE] in body) + (folded[-_PROBE:] in body)


def _agreement(folded: str, evidence: Evidence) -> tuple[int, int]:
    """Compare a block with titles and descriptions.

    Args:
        folded: the block, folded.
        evidence: the page's evidence.

    Returns:
        Title: 3 equal, 2 one begins or ends with the other, 1 contained in it, else 0. Description: 2 one begins with the other,
        1 contained, else 0.
    """
    title = description = 0
    size = len(folded)
    for other in evidence.titles if size >= _TITLE_CHARS else ():
        if size > 2 * len(other):
            continue
        if folded == other:
            title = 3
            break
        if size >= 8 and (other.startswith(folded) or folded.startswith(other) or other.endswith(folded)):
            title = 2
        elif not title and folded in other:
            title = 1
    for other in evidence.descriptions if size >= _TOLD_CHARS else ():
        if folded.startswith(other[:_PROBE]) or other.startswith(folded[:_PROBE]):
            description = 2
            break
        if folded in other:
            description = 1
    return title, description
