"""What somebody is, beside a name: "Senior Politics Editor", "CEO of Valley Works", "rédactrice en chef".

No list of jobs is whole, so a job is known by its grammar: a noun that names one, and beside it only words that begin jobs ("senior"),
that say what they are about ("politics") or that join them ("of"). The words are those of `data/job_words.tsv`.
"""

from __future__ import annotations

import functools

from pipeline.lines.tables import rows
from pipeline.text.folding import fold_word

_MOST_WORDS = 12
"""Words of the longest job: "Executive Vice President and Chief Marketing Officer of the Valley Works"."""
_OUTER = "()[].,;:*\"'’"
_INNER = frozenset({"noun", "opens", "beat", "link", "join"})
_BEGIN = frozenset({"noun", "opens"})
_BETWEEN = frozenset({"link", "join"})


@functools.cache
def _kinds() -> dict[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for kind, _, phrase, _ in rows("job_words"):
        table.setdefault(fold_word(phrase), set()).add(kind)
    return {word: frozenset(kinds) for word, kinds in table.items()}


_NONE: frozenset[str] = frozenset()
_COMPOUND = frozenset({"noun"})
_SHORTEST_COMPOUND = 11
"""Code points that a job of one word has at least: "Sportreporter" is one, "Leiter" is a name."""


@functools.cache
def _tails() -> tuple[str, ...]:
    """Return the nouns with which jobs of one word end ("Wirtschaftsredakteurin")."""
    return tuple(fold_word(row[2]) for row in rows("job_words") if row[0] == "noun" and row[1] in _COMPOUNDING)


_COMPOUNDING = frozenset({"de", "nl", "sv", "da", "no", "nb", "fi"})


@functools.lru_cache(maxsize=4096)
def _kinds_of(token: str) -> frozenset[str]:
    """Return what a word may be in a job; of "Author/Reviewer" and "Founder-Editor" what all parts may be."""
    bare = fold_word(token.strip(_OUTER))
    known = _kinds().get(bare)
    if known is not None:
        return known
    parts = bare.replace("/", "-").split("-")
    if len(parts) == 1:
        return _COMPOUND if bare.endswith(_tails()) and len(bare) > _SHORTEST_COMPOUND else _NONE
    return frozenset.intersection(*(_kinds().get(part, _NONE) for part in parts))


def is_job(words: str) -> bool:
    """Return whether words are a job, alone or with the place where somebody has it.

    >>> is_job("Senior Politics Editor"), is_job("CEO of Valley Works"), is_job("Founder & President"), is_job("rédactrice en chef")
    (True, True, True, True)
    >>> is_job("Jane Doe"), is_job("Senior"), is_job("The editor left"), is_job("Music")
    (False, False, False, False)
    """
    return is_job_of(words.split()[: _MOST_WORDS + 1])


def is_job_of(tokens: list[str]) -> bool:
    """Return `is_job` of words that are divided already.

    >>> is_job_of(["Head", "of", "Rain"])
    True
    """
    if not tokens or len(tokens) > _MOST_WORDS:
        return False
    kinds = [_kinds_of(token) for token in tokens]
    if not kinds[0] and "noun" not in kinds[-1]:
        return False
    if len(tokens) > 1 and kinds[0] & _BEGIN and "link" in kinds[1]:
        return True
    if ("noun" in kinds[-1] or "noun" in kinds[0]) and all(kind & _INNER for kind in kinds) and not kinds[-1] <= _BETWEEN:
        return True
    return len(tokens) > 1 and "opens" in kinds[0] and any("noun" in kind for kind in kinds[1:])


def is_button(token: str) -> bool:
    """Return whether a word behind a name is a page's button: a network, "Follow", "Email".

    >>> is_button("Twitter"), is_button("Doe")
    (True, False)
    """
    return "button" in _kinds_of(token)
