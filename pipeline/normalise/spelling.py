"""Spelling variants and misspellings: changed from a strict table where nothing protects the word, else annotated or left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.edits.compose import Op
from pipeline.normalise import word_context as context
from pipeline.records import Annotation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.config import NormaliseConfig
    from pipeline.lists import Lists

VARIANT: Final = "spelling.variant"
MISSPELLING: Final = "spelling.misspelling"
# Verbs may open a sentence with a capital whatever the document calls by the name.
_VERB_ENDINGS: Final = tuple(stem + ending for stem in ("is", "ys", "iz", "yz") for ending in ("e", "ed", "es", "ing"))
# Words that are the names of parties, families, cities, firms and museums: with a capital they may be one at a sentence's start too.
_ALSO_NAMES: Final = frozenset(
    (
        "labour", "labor", "grey", "greys", "gray", "grays", "tyre", "armour", "armor", "honour", "honor", "favour", "favor",
        "harbour", "harbor", "louvre", "sabre", "sabres", "saber", "sabers", "saviour", "neighbours", "neighbors", "rumours",
        "rumors",
    )
)  # fmt: skip


class Speller(msgspec.Struct, frozen=True):
    """What may be done to which word, for one configuration.

    Attributes:
        strict: source form to replacement.
        candidates: source form to a form that only a reader can prefer.
        misspellings: misspelt form to the correct form, in the wanted variety.
        any_case: misspelt forms that are certain even as a capitalised word in mid-sentence.
    """

    strict: dict[str, str]
    candidates: dict[str, str]
    misspellings: Mapping[str, str]
    any_case: frozenset[str]

    @classmethod
    def of(cls, lists: Lists, config: NormaliseConfig) -> Speller:
        """Choose the tables that a configuration asks for."""
        keep = config.variety == "keep"
        strict = {} if keep else lists.strict[config.variety]
        return cls(
            strict=strict,
            candidates={} if keep else lists.candidates[config.variety],
            misspellings=lists.misspellings if config.misspellings else {},
            any_case=lists.misspellings_any_case,
        )

    def actionable(self, words: frozenset[str]) -> list[str]:
        """Those words of a document that something may have to be done about, in alphabetical order."""
        return sorted(word for word in words if word in self.strict or word in self.candidates or word in self.misspellings)


class Spelt(msgspec.Struct, frozen=True):
    """Changes and annotations of one span, in its own offsets."""

    changes: list[Op]
    annotations: list[Annotation]


def named_in(text: str, words: list[str]) -> frozenset[str]:
    """The words that a document writes with a capital inside a sentence: they may be names where a sentence begins with one as well.

    >>> sorted(named_in("Theatre is dear. The Theatre said so. Colour is cheap.", ["theatre", "colour"]))
    ['theatre']
    """
    return frozenset(word for word in words if word in _ALSO_NAMES or _is_named(text, word.capitalize()))


def _is_named(text: str, form: str) -> bool:
    at = text.find(form)
    while at >= 0:
        if not context.starts_sentence(text, at) and not text[at - 1 : at].isalpha():
            return True
        at = text.find(form, at + len(form))
    return False


def spell(text: str, words: list[str], speller: Speller, named: frozenset[str] = _ALSO_NAMES) -> Spelt:
    """Spell a span anew where that is certain.

    Args:
        text: one span of English body text.
        words: actionable words that occur in the document.
        speller: the tables.
        named: those that may be names wherever they have a capital.

    Returns:
        Whole-word changes; annotations `variant` (a candidate, the word stays) and `in_quote` (a change within a quotation).

    >>> from pipeline.lists import load_lists
    >>> from pipeline.config import NormaliseConfig
    >>> speller = Speller.of(load_lists(), NormaliseConfig())
    >>> spell("The colour of Labour.", ["colour", "labour"], speller).changes
    [Op(start=4, end=10, replacement='color', rule='spelling.variant', target=None)]
    """
    found = sorted(place for word in words for place in _occurrences(text, word))
    spelt = Spelt([], [])
    if not found or context.is_protected_span(text):
        return spelt
    for start, end, word in found:
        replacement, rule = _verdict(text, start, end, word, speller, named)
        if not rule:
            continue
        quoted = context.quotation(text, start, end)
        if quoted and context.is_mention_or_title(text, quoted, text[start:end]):
            continue
        if not replacement:
            spelt.annotations.append(Annotation(start=start, end=end, type="variant", value=speller.candidates[word], rule=rule))
            continue
        spelt.changes.append(Op(start, end, replacement, rule))
        if quoted:
            spelt.annotations.append(Annotation(start=start, end=end, type="in_quote", value=text[start:end], rule=rule))
    return spelt


def _occurrences(text: str, word: str) -> Iterator[tuple[int, int, str]]:
    """All places of a word, written small or with a capital, that are words in prose."""
    for form in (word, word.capitalize()):
        at = text.find(form)
        while at >= 0:
            end = at + len(form)
            if context.is_word(text, at, end):
                yield at, end, word
            at = text.find(form, end)


def _verdict(text: str, start: int, end: int, word: str, speller: Speller, named: frozenset[str]) -> tuple[str, str]:
    """The replacement, empty for a mere candidate, and the rule, empty where the word is protected."""
    capital = text[start].isupper()
    if word in speller.misspellings:
        if (capital and not _is_no_name(text, start, end, word, speller)) or context.in_foreign_phrase(text, start, end):
            return "", ""
        right = speller.misspellings[word]
        rule = f"{MISSPELLING}+{VARIANT}" if right in speller.strict else MISSPELLING
        right = speller.strict.get(right, right)
        return (right[0].upper() + right[1:] if capital else right), rule
    if capital and (
        (word in named and not word.endswith(_VERB_ENDINGS))
        or not (context.starts_sentence(text, start) and context.next_is_lower(text, end))
        or context.heads_name(text, end)
    ):
        return "", ""
    if context.in_name(text, start, end) or context.in_foreign_phrase(text, start, end):
        return "", ""
    right = speller.strict.get(word, "")
    return (right.capitalize() if capital else right), VARIANT


def _is_no_name(text: str, start: int, end: int, word: str, speller: Speller) -> bool:
    """Whether a capitalised misspelt form owes its capital to the sentence, or is a common part of names: Sinai Penninsula."""
    if context.starts_sentence(text, start):
        return context.next_is_lower(text, end)
    return word in speller.any_case
