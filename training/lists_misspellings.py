"""Build `pipeline/lists/misspellings.tsv`: misspelt forms with one possible reading.

    python -m training.lists_misspellings /usr/share/dict/scowl pipeline/lists/misspellings.tsv

Forms come from error patterns (the classes of slips that Mitton, "English Spelling and the Computer", 1996, and Pollock and Zamora,
"Automatic spelling correction in scientific and scholarly text", CACM 27(4), 1984, found to be the commonest: omission, doubling,
transposition, and confusion of endings) applied to common words, and from `lists_misspellings_known.tsv`, which has slips that take
more than one step. A form from a pattern stays only if no English word or name, however rare, is written so, and if no other dictionary
word is one slip away from it.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from training.lists_scowl import VARIETIES, everything, levels, words

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMON: Final = 35  # patterns that mistake sounds: words up to this level
VERY_COMMON: Final = 20  # slips of the finger: words up to this level
DICTIONARY: Final = 70
KNOWN_TO_DICTIONARIES: Final = 80  # forms of the list made by hand may stand in SCOWL's level 95, which holds misspellings
MIN_LENGTH: Final = 7  # of the misspelt form; shorter forms are too often names or foreign words
MIN_SLIP_LENGTH: Final = 9
_ENDINGS: Final = (
    ("ance", "ence"),
    ("ence", "ance"),
    ("ances", "ences"),
    ("ences", "ances"),
    ("ant", "ent"),
    ("ent", "ant"),
    ("ently", "antly"),
    ("antly", "ently"),
    ("able", "ible"),
    ("ible", "able"),
    ("ably", "ibly"),
    ("ibly", "ably"),
    ("ely", "ly"),
    ("ally", "aly"),
    ("ful", "full"),
    ("ically", "icly"),
    ("eable", "able"),
)
_CLUSTERS: Final = (
    ("nm", "m"),
    ("mn", "m"),
    ("sc", "s"),
    ("xc", "x"),
    ("xh", "x"),
    ("cq", "q"),
    ("dg", "g"),
    ("rh", "r"),
    ("lth", "th"),
    ("rpr", "pr"),
    ("ngth", "nth"),
    ("bt", "t"),
    ("ea", "e"),
    ("ua", "a"),
    ("ui", "i"),
    ("aint", "ant"),
    ("uous", "ous"),
    ("ious", "ous"),
    ("teen", "ten"),
)


def main() -> None:
    """Write the table."""
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    here = Path(__file__).parent
    table = build(folder, here / "lists_misspellings_known.tsv", here / "lists_misspellings_exceptions.tsv")
    rows = sorted(f"{wrong}\t{right}\t{case}" for wrong, (right, case) in table.items())
    out.write_text("\n".join(("# misspelt\tmeant\tcase", *rows)) + "\n", "utf-8")
    print(len(rows), "forms")


def build(folder: Path, known: Path, exceptions: Path) -> dict[str, tuple[str, str]]:
    """Make the table.

    Args:
        folder: SCOWL's lists.
        known: slips written down by hand, `meant<TAB>misspelt misspelt …`; a `+` marks those that are never names.
        exceptions: forms that are words elsewhere: in other languages, as names, as jargon.

    Returns:
        Misspelt form to what was meant, and `any` where a capital in mid-sentence is no sign of a name, else `lower`.
    """
    real = everything(folder)
    categories = ("english", *(category for category, _ in VARIETIES.values()))
    rank = {word: level for word, level in levels(folder, categories).items() if word.isascii() and word.isalpha() and word.islower()}
    dictionary = Neighbours({word for word, level in rank.items() if level <= DICTIONARY})
    banned = {word for line in _lines(exceptions) for word in line.split("\t")[0].split()}
    possible: dict[str, set[str]] = {}
    for word, level in rank.items():
        for wrong in slips(word, level):
            if wrong not in real and wrong not in banned:
                possible.setdefault(wrong, set()).add(word)
    table = {
        wrong: (next(iter(meant)), "lower")
        for wrong, meant in possible.items()
        if len(meant) == 1 and dictionary.only_one_near(wrong, meant)
    }
    established = everything(folder, level=KNOWN_TO_DICTIONARIES)
    names = words(folder, "english", level=70, kinds=("upper", "proper-names")) | words(folder, "american", level=70, kinds=("upper",))
    for line in _lines(known):
        meant_word, forms = line.split("\t")
        if meant_word not in rank and meant_word not in names:
            raise ValueError(f"{meant_word} is in no list")
        for form in forms.split():
            wrong = form.removesuffix("+")
            if wrong.lower() in established:
                raise ValueError(f"{wrong} is a word or a name")
            table[wrong.lower()] = (meant_word, "any" if form.endswith("+") else "lower")
    return table


def slips(word: str, level: int) -> Iterator[str]:
    """Yield what the patterns make of a word, if it is common and long enough."""
    if level <= COMMON:
        yield from (wrong for wrong in _confusions(word) if len(wrong) >= MIN_LENGTH)
    if level <= VERY_COMMON:
        yield from (wrong for wrong in _finger_slips(word) if len(wrong) >= MIN_SLIP_LENGTH)


def _confusions(word: str) -> Iterator[str]:
    """Errors of those who do not know how the word is spelt."""
    for found in re.finditer("ie|ei", word):
        yield word[: found.start()] + found.group()[::-1] + word[found.end() :]
    for found in re.finditer(r"([bcdfgklmnprstz])\1", word):
        yield word[: found.start()] + word[found.start() + 1 :]
    for found in re.finditer(r"(?<=[aeiou])([bcdfglmnprst])(?=[aeiou])", word):
        yield word[: found.end()] + word[found.start() :]
    for right, wrong in _ENDINGS:
        if word.endswith(right):
            yield word[: -len(right)] + wrong
    for right, wrong in _CLUSTERS:
        for found in re.finditer(right, word):
            yield word[: found.start()] + wrong + word[found.end() :]


def _finger_slips(word: str) -> Iterator[str]:
    """Two letters in the wrong order, or one left out, never the first or the last two."""
    for at in range(1, len(word) - 2):
        if word[at] != word[at + 1]:
            yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        if at > 1:
            yield word[:at] + word[at + 1 :]


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]


class Neighbours:
    """A dictionary that can be asked which words are one slip away: by the words that both become when one letter is left out."""

    def __init__(self, dictionary: set[str]) -> None:
        self._by_part: dict[str, list[str]] = {}
        for word in dictionary:
            for part in _parts(word):
                self._by_part.setdefault(part, []).append(word)

    def only_one_near(self, wrong: str, meant: set[str]) -> bool:
        """Whether no dictionary word but those of `meant` is one omission, addition, substitution or transposition away."""
        near = {word for part in _parts(wrong) for word in self._by_part.get(part, ())}
        return all(word in meant or not _one_slip(wrong, word) for word in near)


def _parts(word: str) -> set[str]:
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def _one_slip(one: str, other: str) -> bool:
    """Damerau-Levenshtein distance of at most 1."""
    if one == other:
        return True
    left = 0
    while left < min(len(one), len(other)) and one[left] == other[left]:
        left += 1
    one, other = one[left:], other[left:]
    return one[1:] == other[1:] or one == other[1:] or one[1:] == other or (one[:2] == other[:2][::-1] and one[2:] == other[2:])


if __name__ == "__main__":
    main()
