"""Reading SCOWL's word lists (Debian package `scowl`, or the upstream release's `final/`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

VARIETIES: Final = {
    "en-US": ("american", ("variant_1", "variant_2")),
    "en-GB": ("british", ("british_variant_1", "british_variant_2")),
    "en-GB-oxendict": ("british_z", ("british_variant_1", "british_variant_2")),
    "en-CA": ("canadian", ("canadian_variant_1", "canadian_variant_2")),
    "en-AU": ("australian", ("australian_variant_1", "australian_variant_2")),
}
NAME_KINDS: Final = ("upper", "proper-names", "abbreviations")


def words(folder: Path, category: str, *, level: int, kinds: tuple[str, ...] = ("words",)) -> set[str]:
    """Read all words of a spelling category.

    Args:
        folder: where the lists are.
        category: SCOWL's spelling category, such as `british_z`.
        level: the rarest frequency level to take, 10 to 95.
        kinds: SCOWL's sub-categories.

    Returns:
        The words as written; the files are ISO-8859-1.
    """
    found: set[str] = set()
    for path in sorted(folder.glob(f"{category}-*")):
        kind, _, size = path.name.removeprefix(f"{category}-").rpartition(".")
        if kind in kinds and int(size) <= level:
            found |= set(path.read_text("iso-8859-1").split())
    return found


def levels(folder: Path, categories: tuple[str, ...]) -> dict[str, int]:
    """Give every word of some categories the frequency level at which it first appears."""
    found: dict[str, int] = {}
    for level in (10, 20, 35, 40, 50, 55, 60, 70, 80, 95):
        for category in categories:
            for word in words(folder, category, level=level):
                found.setdefault(word, level)
    return found


def everything(folder: Path, *, level: int = 95) -> set[str]:
    """All words up to a level and all names of all lists, in lower case: what no rule may take for a mistake.

    SCOWL's level 95 was gathered from texts and holds some of their misspellings ("occurence", "wierd") among its rare words.
    """
    found: set[str] = set()
    for path in sorted(folder.glob("*.[0-9][0-9]")):
        is_name = any(kind in path.name for kind in NAME_KINDS)
        if is_name or int(path.name[-2:]) <= level:
            found |= {word.lower() for word in path.read_text("iso-8859-1").split()}
    return found
