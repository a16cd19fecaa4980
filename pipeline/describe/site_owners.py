"""Whose own site a page is: an author of the site's name is a house, but for people whose blogs bear their names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.describe.choose_title import is_site
from pipeline.text.expressions import expression
from pipeline.text.folding import fold_letters, fold_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_OWN = expression(r"['’]s?\s|\s(?:blog|weblog|photography|photo|photos|fotografie|photographe|fotografía)\b", re.IGNORECASE)
"""What follows a person's name in the name of a site: "Ann Lee's notes", "Ann Lee Photography"."""


def owners(names: Iterable[str], houses: Sequence[str], host: str) -> frozenset[str]:
    """Return the folded names of those who own the site, among the authors that a page gives.

    Somebody owns it whose name the host is, while the site calls itself otherwise and nobody else is named, or whose name the site's
    begins with before "'s", "Blog" or the like. Where site and author have one name, nothing tells a person from a house.

    Args:
        names: authors as given.
        houses: names that the site gives itself and its publisher.
        host: the word of the host's name.

    >>> sorted(owners(["Ann Lee"], ["Notes on rain"], "annlee")), owners(["Ann Lee"], ["Ann Lee"], "annlee")
    (['ann lee'], frozenset())
    >>> sorted(owners(["Ann Lee"], ["Ann Lee’s Weblog"], "rain"))
    ['ann lee']
    """
    found = set()
    squeezed = [fold_letters(house) for house in houses]
    full = {fold_letters(name): name for name in names if " " in name}
    nobody_else = all(host in letters for letters in full)
    for letters, name in full.items():
        named = any(house.lower().startswith(name.lower()) and _OWN.match(house, len(name)) for house in houses)
        if named or (
            houses and nobody_else and letters == host and not is_site(name, squeezed) and not any(letters in house for house in squeezed)
        ):
            found.add(fold_word(name))
    return frozenset(found)
