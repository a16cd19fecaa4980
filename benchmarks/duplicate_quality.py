"""Precision and recall of `pipeline.duplicates` by kind of edit, on the folds of the development corpora.

    python benchmarks/duplicate_quality.py --corpora ../shared/corpora --folds 3,4

For every fold and every kind of edit, one build holds the stories and their edited copies together. A copy is found when it and its
story are in one cluster; a near copy must also have the relation near or exact. Precision counts all pairs of all clusters. The
lookalikes (two different stories that share furniture, a quotation ...) are judged in one build of a kind, and each pair in a build of
its own as well, where nothing shows that a phrase is common.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from labelled_stories import Pair, pairs, stories

from pipeline.config import DuplicatesConfig
from pipeline.duplicates.search import find, rows
from pipeline.duplicates.sketch import Held, Source, sketch
from pipeline.duplicates.tokens import Tokeniser

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.duplicates.search import Row


class Tally:
    """Counts of one kind of edit."""

    def __init__(self) -> None:
        self.pairs = self.found = self.right = self.wrong = self.alone = 0


def build_rows(texts: dict[str, str], tokeniser: Tokeniser) -> dict[str, Row]:
    """Return the sidecar rows of a build of texts by id; without texts there are none."""
    held = Held(sketch([Source(name, texts[name], "full", None) for name in sorted(texts)], tokeniser))
    found = find(held, DuplicatesConfig())
    return {row.id: row for row in rows(held, found, range(len(texts)))}


def clustered(made: dict[str, Row]) -> set[tuple[str, str]]:
    """Return all pairs of records that are in one cluster."""
    clusters: dict[str, list[str]] = defaultdict(list)
    for row in made.values():
        clusters[row.cluster].append(row.id)
    return {pair for held in clusters.values() for pair in combinations(sorted(held), 2)}


def judge_kind(kind: Sequence[Pair], tokeniser: Tokeniser, tally: Tally) -> None:
    """Build all pairs of one kind together and count what was found; the same text of the same story is one record."""
    texts: dict[str, str] = {}
    story_of: dict[str, str] = {}

    def named(text: str, story: str) -> str:
        name = sha256(f"{story} {text}".encode()).hexdigest()[:32]
        texts[name], story_of[name] = text, story
        return name

    wanted = [(named(pair.one, pair.one_story), named(pair.two, pair.two_story)) for pair in kind]
    made = build_rows(texts, tokeniser)
    together = clustered(made)
    right = sum(story_of[one] == story_of[two] for one, two in together)
    tally.right += right
    tally.wrong += len(together) - right
    tally.pairs += len(wanted)
    for pair, names in zip(kind, wanted, strict=True):
        if pair.relation is None:
            tally.alone += len(clustered(build_rows({"0": pair.one, "1": pair.two}, tokeniser)))
        else:
            close = pair.relation != "near" or made[names[1]].relation in ("near", "exact")
            tally.found += close and tuple(sorted(names)) in together


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--folds", default="0,1,2,3,4")
    arguments = parser.parse_args()
    tokeniser, tallies = Tokeniser(), defaultdict(Tally)
    relations: dict[str, str | None] = {}
    found = stories(arguments.corpora)
    for fold in map(int, arguments.folds.split(",")):
        kinds: dict[str, list[Pair]] = defaultdict(list)
        for pair in pairs(found[fold], found[(fold + 1) % len(found)]):
            kinds[pair.kind].append(pair)
            relations[pair.kind] = pair.relation
        for name, kind in kinds.items():
            judge_kind(kind, tokeniser, tallies[name])
    print(f"{'kind':22} {'relation':8} {'pairs':>6} {'recall':>7} {'precision':>9} {'joined alone':>12}")
    for name, relation in relations.items():
        tally = tallies[name]
        shown = f"{tally.found / tally.pairs:7.3f}" if relation else " " * 7
        right = f"{tally.right / max(1, tally.right + tally.wrong):9.4f}" if relation else f"{tally.wrong:6} bad"
        print(f"{name:22} {relation or '-':8} {tally.pairs:6} {shown} {right:>9} {'' if relation else tally.alone:>12}")
    negative = [tallies[name] for name, each in relations.items() if each is None]
    for relation in ("near", "wire"):
        chosen = [tallies[name] for name, each in relations.items() if each == relation]
        hits, every = sum(each.found for each in chosen), sum(each.pairs for each in chosen)
        right, wrong = sum(each.right for each in chosen), sum(each.wrong for each in [*chosen, *negative])
        print(f"{relation}: recall {hits / every:.4f} of {every}, precision {right / max(1, right + wrong):.4f} with the lookalikes")


if __name__ == "__main__":
    main()
