"""The word score that models are tuned on."""

from __future__ import annotations

import re
from collections import Counter

_WORD = re.compile(r"\w+")


def word_f1(text: str, gold: str) -> float:
    """F1 of the bags of words of two texts, in lower case.

    >>> round(word_f1("a b c d", "a b"), 3)
    0.667
    """
    have, want = Counter(_WORD.findall(text.lower())), Counter(_WORD.findall(gold.lower()))
    shared = sum((have & want).values())
    return 2 * shared / (sum(have.values()) + sum(want.values())) if shared else float(not have and not want)
