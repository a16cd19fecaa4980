"""What tells where a headline's line ends, the same for pages and for texts."""

from __future__ import annotations

_BAR = " | "
_LEAST_SPACES = 2
"""Spaces of a headline before a bar: on the development pages bars stand before offices, rubrics and slogans five times of six."""
_SMALL = 4
"""Letters of a small word that may end a headline: shorter ones are articles and prepositions, behind which a sentence goes on."""


def before_bar(line: str) -> str:
    """Return what stands before a bar where that is a headline: behind it stands the site's name or its rubric.

    >>> before_bar("Babies sleep through the night | Patient Education"), before_bar("Rain | A history")
    ('Babies sleep through the night', 'Rain | A history')
    """
    head = line.partition(_BAR)[0].rstrip()
    return head if head.count(" ") >= _LEAST_SPACES else line


def goes_on(line: str) -> bool:
    """Return whether a line ends in a small word, behind which its sentence goes on.

    >>> goes_on("The ferry office and the"), goes_on("Rain in the valley")
    (True, False)
    """
    last = line.rsplit(maxsplit=1)[-1]
    return last.islower() and len(last) < _SMALL
