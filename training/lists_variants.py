"""Build `pipeline/lists/variants.tsv`: which spelling stands for which in each English variety.

    python -m training.lists_variants /usr/share/dict/scowl pipeline/lists/variants.tsv

A British, Canadian or Australian form is paired with an American one if one of the spelling patterns below leads from the one to
the other. A pair is strict for a variety if the replacement is that variety's first choice in SCOWL, the source form is neither
first choice nor accepted variant there, and the replacement belongs to some varieties only: where it is a word of all varieties
(tire, story, check), the source is only one of its senses, and the row merely names candidates. Where the variety accepts the source form
and prefers the other (theatre, travelled in American), the pair is preferred. The table of exceptions names pairs that only a reader can
decide, and which of their forms are certain for all that: nobody means by "tyre" anything but a tire.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final

from training.lists_scowl import VARIETIES, levels, words

LEVEL: Final = 60  # the largest level that SCOWL's author is "fairly confident does not contain any misspellings or invalid words"
# Spelling patterns from the other varieties to American, one change each.
PATTERNS: Final = tuple(
    (re.compile(old), new)
    for old, new in (
        ("our", "or"),
        ("is(?=e|i|a)", "iz"),
        ("ys(?=e|i|a)", "yz"),
        ("re(?=s?$|d$|s?man$|piece$|board$|fold$)", "er"),
        ("re(?=d$)", "ere"),
        ("tr(?=ing$)", "ter"),
        ("ll", "l"),
        ("(?<=[^l])l(?=[^l]|$)", "ll"),
        ("tt", "t"),
        ("pp", "p"),
        ("ss", "s"),
        ("ae(?!s?$)|æ", "e"),
        ("oe(?!s?$|d$|r$|y$)|œ", "e"),
        ("gue", "g"),
        ("nc(?=e)", "ns"),
        ("ou", "o"),
        ("que", "ck"),
        ("qu(?=er)", "ck"),
        ("ph", "f"),
        ("sc(?=ept)", "sk"),
        ("mme", "m"),
        ("yja", "aja"),
        ("oeu(?=v)", "eu"),
        ("oeuvr(?=e)", "euver"),
        ("oeuvr(?=i|a)", "euver"),
        ("ough", "ow"),
        ("ewelle", "ewel"),
        ("nium$", "num"),
        ("(?<=[aeiou][gzvk])e(?=able)", ""),
        ("(?<=dg)e(?=ment)", ""),
        ("efact", "ifact"),
        ("y(?=re)", "i"),
        ("osy", "ozy"),
        ("osi(?=e|ly|ness)", "ozi"),
        ("kerb", "curb"),
        ("gaol", "jail"),
        ("ey", "y"),
        ("y", "ey"),
        ("quorice", "corice"),
        ("ctt", "ct"),
        ("ett", "et"),
        ("rett", "ret"),
        ("xion", "ction"),
        ("tyre", "tire"),
        ("practis", "practic"),
        ("eque", "eck"),
        ("augh", "af"),
    )
)


def main() -> None:
    """Write the table."""
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    exceptions = read_exceptions(Path(__file__).with_name("lists_variants_exceptions.tsv"))
    more = read_more(Path(__file__).with_name("lists_variants_more.tsv"))
    rows = sorted([*more, *(row for row in build(folder, exceptions) if row[0] not in {source for source, *_ in more})])
    header = "\t".join(("# source", *VARIETIES))
    out.write_text("\n".join((header, *("\t".join(row) for row in rows))) + "\n", "utf-8")
    print(len(rows), "rows;", sum(not any(cell.startswith("?") for cell in row) for row in rows), "strict")


def read_exceptions(path: Path) -> dict[str, bool]:
    """Read the words that only a reader can decide although the patterns fit: whether each is certain as a source nevertheless."""
    rows = [line.split("\t") for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    certain = {word for _, _, sure in rows for word in sure.split()}
    return {word: word in certain for words_, _, _ in rows for word in words_.split()}


def read_more(path: Path) -> list[tuple[str, ...]]:
    """Read the pairs that the lists do not tell apart, as rows of the table."""
    rows = []
    for line in path.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            sources, targets, varieties = (cell.split() for cell in line.split("\t"))
            for source, target in zip(sources, targets, strict=True):
                rows.append((source, *(f"~{target}" if name in varieties else "-" for name in VARIETIES)))
    return rows


def build(folder: Path, exceptions: dict[str, bool]) -> list[tuple[str, ...]]:
    """Pair the forms and decide for every variety.

    Args:
        folder: SCOWL's lists.
        exceptions: forms that only ever get candidates, and whether they are certain nevertheless.

    Returns:
        Rows of the table, sorted: the source form and for each variety the replacement, `-` where the form stays,
        `~replacement` where the variety accepts the form and prefers the other, or `?replacement` where only a reader can tell.
    """
    shared = words(folder, "english", level=95)
    first = {name: words(folder, category, level=95) for name, (category, _) in VARIETIES.items()}
    accepted = {
        name: shared | first[name] | {word for variant in variants for word in words(folder, variant, level=95)}
        for name, (_, variants) in VARIETIES.items()
    }
    preferred = {name: shared | own for name, own in first.items()}
    rank = levels(folder, ("english", *(category for category, _ in VARIETIES.values())))
    american = first["en-US"] - shared
    others = set().union(*(first[name] for name in VARIETIES if name != "en-US")) - first["en-US"] - shared
    candidates = american | shared
    groups: dict[str, set[str]] = {}
    for word in sorted(others):
        if not word.isalpha() or rank[word] > LEVEL:
            continue
        found = _likely(word, candidates, rank)
        found = (found & american) or found
        if len(found) == 1:
            groups.setdefault(next(iter(found)), set()).add(word)
    rows = []
    for target, sources in sorted(groups.items()):
        members = {target, *sources}
        doubtful = target in shared or bool(members & exceptions.keys())
        for member in sorted(members - shared):
            row = _row(member, members, preferred, accepted, doubtful=doubtful and not exceptions.get(member))
            rows += [row] if row else []
    return sorted(rows)


def _likely(word: str, candidates: set[str], rank: dict[str, int]) -> set[str]:
    """Known words that one pattern makes of a word; where there is none, those that two make of it."""
    once = _apply(word)
    for forms in (once, {two for form in once for two in _apply(form)}):
        if found := {form for form in forms if form in candidates and rank[form] <= LEVEL and form != word}:
            return found
    return set()


def _apply(word: str) -> set[str]:
    forms = set()
    for pattern, new in PATTERNS:
        for found in pattern.finditer(word):
            forms.add(word[: found.start()] + new + word[found.end() :])
    forms.discard(word)
    return forms


def _row(
    source: str, members: set[str], preferred: dict[str, set[str]], accepted: dict[str, set[str]], *, doubtful: bool
) -> tuple[str, ...] | None:
    cells = []
    for name in VARIETIES:
        targets = sorted(member for member in members if member in preferred[name] and member != source)
        if source in preferred[name] or len(targets) != 1:
            cells.append("-")
        else:
            cells.append(("?" if doubtful else "~" if source in accepted[name] else "") + targets[0])
    return (source, *cells) if set(cells) != {"-"} else None


if __name__ == "__main__":
    main()
