"""A raised dot where a hyphen was meant: `Counter·Terrorism`.

Some typesetting loses hyphens this way. Catalan `col·lecció`, syllables set apart, and units are written with the dot on purpose, so
the dot becomes a hyphen only if the document itself writes the same compound with one; else there is a warning.
"""

from __future__ import annotations

from typing import Final

from pipeline.edits.compose import Op
from pipeline.records import Annotation
from pipeline.text.expressions import expression

RULE: Final = "interpunct.hyphen"
DOUBTFUL: Final = "interpunct"
_COMPOUND: Final = expression(r"(?<![\w·‧-])([A-Za-z]{3,30})[·‧]([A-Za-z]{3,30})(?![\w·‧-])")
_HYPHENATED: Final = expression(r"(?<![\w\-\u2010\u2011])([A-Za-z]{3,30})[-\u2010\u2011]([A-Za-z]{3,30})(?![\w\-\u2010\u2011])")


def compounds(text: str) -> list[tuple[int, int, str]]:
    """Find words joined by a raised dot.

    Returns:
        Start and end of the compound, and how it would be written with a hyphen, in lower case.

    >>> compounds("Counter·Terrorism and col·lecció")
    [(0, 17, 'counter-terrorism')]
    """
    found = []
    for match in _COMPOUND.finditer(text):
        left, right = match.group(1).lower(), match.group(2).lower()
        if not (left.endswith("l") and right.startswith("l")):
            found.append((match.start(), match.end(), f"{left}-{right}"))
    return found


def attested_compounds(text: str) -> frozenset[str]:
    """All words of a document that it writes with one hyphen, in lower case and with a plain hyphen.

    >>> sorted(attested_compounds("Counter-terrorism, well\u2010known; step-by-step"))
    ['counter-terrorism', 'well-known']
    """
    return frozenset(f"{left.lower()}-{right.lower()}" for left, right in _HYPHENATED.findall(text))


def hyphenate(text: str, attested: frozenset[str]) -> tuple[list[Op], list[Annotation]]:
    """Turn the dots of a span into hyphens where that is attested.

    Args:
        text: one span.
        attested: what `attested_compounds` gives for the whole document.

    Returns:
        The changes, and an annotation `interpunct` for each compound that is nowhere written with a hyphen.

    >>> hyphenate("the Counter·Terrorism plan", attested_compounds("on counter-terrorism"))[0]
    [Op(start=11, end=12, replacement='-', rule='interpunct.hyphen', target=None)]
    """
    changes, notes = [], []
    for start, end, hyphenated in compounds(text):
        if hyphenated in attested:
            dot = start + hyphenated.index("-")
            changes.append(Op(dot, dot + 1, "-", RULE))
        else:
            notes.append(Annotation(start=start, end=end, type=DOUBTFUL, value=hyphenated, rule=RULE))
    return changes, notes
