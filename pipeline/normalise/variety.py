"""Which English a document is written in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.lists import VARIETIES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.lists import Lists

# Which of several varieties that agree with all evidence is named. Canadian before Oxford spelling: both write "colour" beside
# "organize", and Canadian papers are far more common than publications in Oxford spelling.
_PREFERENCE: Final = ("en-US", "en-GB", "en-CA", "en-AU", "en-GB-oxendict")
_MIN_SHARE_PERCENT: Final = 70


def detect_variety(words: Iterable[str], lists: Lists, declared: str | None) -> str | None:
    """Name the variety that most of a document's telling words agree with.

    Words that some variety rules out ("colour") count; words that all accept and some prefer ("theatre") only where there are none.

    Args:
        words: distinct words of the document, lower case.
        lists: the word lists.
        declared: the variety that the page declares, which decides between equals.

    Returns:
        The variety; `declared` where no word tells; None where neither does or the words disagree.

    >>> from pipeline.lists import load_lists
    >>> detect_variety(["colour", "organise", "the"], load_lists(), None)
    'en-GB'
    >>> detect_variety(["colour", "organize"], load_lists(), "en-GB-oxendict")
    'en-GB-oxendict'
    """
    known = declared if declared in VARIETIES else None
    words = list(words)
    masks = [lists.evidence[word] for word in words if word in lists.evidence] or [
        lists.hints[word] for word in words if word in lists.hints
    ]
    votes = dict.fromkeys(VARIETIES, 0)
    for mask in masks:
        for bit, name in enumerate(VARIETIES):
            votes[name] += mask >> bit & 1
    best = max(votes.values())
    if not masks:
        return known
    if 100 * best < _MIN_SHARE_PERCENT * len(masks):
        return None
    equal = [name for name in _PREFERENCE if votes[name] == best]
    return known if known in equal else equal[0]
