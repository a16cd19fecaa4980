"""Another engine's opinion: which of our blocks does trafilatura keep?

Its output decides, and is never text: a block stays if most of its four-word sequences (or all of a shorter block) occur in it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORD = re.compile(r"\w+")
_GRAM = 4


def vote(html: str, texts: Sequence[str], url: str | None) -> list[bool]:
    """Ask trafilatura for its text and look our blocks up in it.

    No state is shared between calls: deduplication, which trafilatura keeps in a global cache, is off, and no date is asked for,
    which would depend on the day.

    Args:
        html: the page as decoded.
        texts: our blocks.
        url: the page's address.

    Returns:
        Whether each block stays.
    """
    from trafilatura import extract  # noqa: PLC0415 - takes a second to load, and few runs need it

    text = extract(html, url=url, include_comments=False, deduplicate=False, with_metadata=False, favor_recall=False) or ""
    return look_up(texts, text)


def look_up(texts: Sequence[str], output: str) -> list[bool]:
    r"""Say of every block whether an engine's output holds it.

    >>> look_up(["Menu", "It rained all day in town.", "No"], "It rained all day in town.\nNo")
    [False, True, True]
    """
    words = _WORD.findall(output.lower())
    grams = set(zip(*(words[start:] for start in range(_GRAM)), strict=False))
    lines = {" ".join(_WORD.findall(line.lower())) for line in output.splitlines()}
    verdicts = []
    for text in texts:
        block = _WORD.findall(text.lower())
        own = list(zip(*(block[start:] for start in range(_GRAM)), strict=False))
        verdicts.append(2 * sum(gram in grams for gram in own) > len(own) if own else bool(block) and " ".join(block) in lines)
    return verdicts
