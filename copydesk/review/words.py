"""Words of documents as lists show them."""

from __future__ import annotations


def short(words: str, most: int = 160) -> str:
    r"""Return words in one line of at most so many characters.

    >>> short("Rain fell on\\n Monday", 12)
    'Rain fell o…'
    """
    words = " ".join(words[: 4 * most].split())
    return words if len(words) <= most else words[: most - 1] + "…"
