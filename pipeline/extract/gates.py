"""Pages that are a gate and no article: they ask for consent, check the reader, report an error or want scripts switched on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.extract.outside import gate_phrases, names_consent, speaks_of_consent
from pipeline.extract.stories import ARTICLE_TYPES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.extract.block_features import Page

_GATE_WORDS = 150
"""A gate says no more."""
_BARE_WORDS = 60
"""A text of so few words is a gate if any line of it says so; a longer one only by its headline or first line."""
_CONSENT_WORDS = 600
_OTHER_WORDS = 60
_LINE_WORDS = 6
_NUMBERS = re.compile(r"(?:error\s*)?(?:40[0-9]|41\d|50[0-4])\b")


def says_gate(text: str) -> bool:
    """Whether a text has words of a gate, or begins with the number of an error.

    >>> says_gate("Please enable JavaScript to continue."), says_gate("404"), says_gate("Town finds 404 old letters in the attic")
    (True, True, False)
    """
    lower = text.lower().replace("\u2019", "'").strip()
    return any(map(lower.__contains__, gate_phrases())) or _NUMBERS.match(lower) is not None


def is_gate(page: Page, kept: Sequence[bool]) -> bool:
    """Whether what would be kept of a page is a gate.

    Args:
        page: the page.
        kept: of every block, whether it is taken for the article.
    """
    inside = [block for block, keep in enumerate(kept) if keep]
    words = int(page.words[inside].sum()) if inside else 0
    lines = [page.texts[block] for block in inside]
    headline = page.texts[page.headline] if page.headline >= 0 else ""
    if words <= _BARE_WORDS and any(map(says_gate, lines)):
        return True
    if words <= _GATE_WORDS and (says_gate(headline) or any(map(says_gate, lines[:1] or page.texts[:3]))):
        return True
    return words <= _CONSENT_WORDS and _asks_consent(page, inside, words)


def _asks_consent(page: Page, inside: Sequence[int], words: int) -> bool:
    """Whether the text asks for consent: most lines mention it, on a page that has little else and does not call itself an article."""
    lines = [page.texts[block] for block in inside if page.words[block] >= _LINE_WORDS]
    if not lines or sum(map(speaks_of_consent, lines)) * 2 < len(lines) or not speaks_of_consent(" ".join(lines[:2])):
        return False
    layout = page.layout
    holders = [layout.elements[block] for block in inside]
    named = {number for number, text in enumerate(layout.attributes) if names_consent(text)}
    if named and all(_within(page, element, named) for element in holders):
        return True
    little = int(page.words.sum()) - words <= _OTHER_WORDS
    return little and ARTICLE_TYPES.isdisjoint(page.evidence.types)


def _within(page: Page, element: int, named: set[int]) -> bool:
    """Whether an element or one around it has attributes of some numbers."""
    layout = page.layout
    while element >= 0:
        if layout.element_attributes[element] in named:
            return True
        element = layout.element_parents[element]
    return False
