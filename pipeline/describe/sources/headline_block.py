"""Finds the block that shows the page's headline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.text.expressions import expression
from pipeline.text.folding import fold_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.spans import Block

_LONGEST = 300
_LEAST_LIKE = 0.49
_TITLE_WORDS = 3
"""Shorter blocks count half: they are as often a rubric or the site's name, which other titles hold too."""
_MOST_BLOCKS = 1500
"""Blocks that are looked at; menus of 400 entries before a headline are common."""
_HEAD = 48
"""Code points of a block in which its first word stands."""


def headline_block(base: str, blocks: Sequence[Block], titles: Iterable[str]) -> int:
    """Return the index of the block that shows the page's headline, or -1.

    Args:
        base: the base text.
        blocks: its blocks.
        titles: titles that metadata give, as printed.
    """
    given = [folded for folded in dict.fromkeys(map(fold_title, titles)) if folded]
    words = [set(title.split()) for title in given]
    known = frozenset().union(*words)
    initials = {form for word in known for form in (word[0], word[0].upper())}
    longest = min(2 * max((len(title) for title in given), default=0) + 20, _LONGEST)
    best: tuple[float, int] = (_LEAST_LIKE, -1)
    for index, block in enumerate(blocks[:_MOST_BLOCKS]):
        start, end = block.start, block.end
        if end - start > longest or (base[start : start + 1] not in initials and base[start : start + 1].isalnum()):
            continue
        word = _WORD.search(base, start, min(end, start + _HEAD))
        if word is None or (word[0].casefold() not in known and not _divided(base[start : min(end, start + _HEAD)], known)):
            continue
        folded = fold_title(base[block.start : block.end])
        score = _likeness(folded, given, words) * (1.0 if folded.count(" ") >= _TITLE_WORDS - 1 else 0.5)
        if score and block.kind == "heading":
            score += 0.5
        if score > best[0]:
            best = (score, index)
            if block.kind == "heading" and folded in given and folded.count(" ") >= _TITLE_WORDS:
                break
    if best[1] >= 0:
        return _nearest_body(base, blocks, best[1])
    return next((i for i, b in enumerate(blocks) if b.kind == "heading" and b.level == 1), -1)


def _nearest_body(base: str, blocks: Sequence[Block], found: int) -> int:
    """Return the block that shows a found headline above the body: a bar at the top of some pages repeats it over a long menu."""
    if found + 1 >= len(blocks) or blocks[found + 1].kind != "list_item":
        return found
    shown = base[blocks[found].start : blocks[found].end]
    best = found
    for index in range(found + 1, min(len(blocks), _MOST_BLOCKS)):
        block = blocks[index]
        if block.end - block.start == len(shown) and block.kind == "heading" and base[block.start : block.end] == shown:
            best = index
        elif block.end - block.start >= _BODY:
            return best if index - found > _MENU else found
    return found


_BODY, _MENU = 200, 40
"""Code points of a block that is body, and blocks that no headline has between itself and the body."""
_WORD = expression(r"\w+")


def _divided(head: str, known: frozenset[str]) -> bool:
    """Return, cheaply, whether a block's first word is one of the titles' when soft hyphens in it do not count."""
    return not head.isascii() and fold_title(head).partition(" ")[0] in known


def _likeness(folded: str, titles: Sequence[str], words: Sequence[set[str]]) -> float:
    """Return how much a block reads like the titles: the sum of the shares of each that it covers.

    A site's name covers little of every title, the headline nearly all. Words in another order count where nearly all are the title's.
    """
    score = 0.0
    unique = set(folded.split())
    for title, known in zip(titles, words, strict=True):
        if folded and folded in title:
            score += len(folded) / len(title)
        elif len(unique) > 2 and (shared := len(unique & known)) > 2 and shared >= 0.75 * len(unique) and shared >= 0.55 * len(known):
            score += 0.9 * shared / max(len(unique), len(known))
    return score
