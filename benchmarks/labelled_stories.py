"""A labelled set for `pipeline.duplicates`: stories of the development corpora, their edited copies and lookalikes, by kind of edit."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from duplicate_edits import COPIES, NEGATIVES, REWRITES, Story, quoted_share, sentences, words_of

from training.corpora import FULL_TEXT, gold_rows, read_folds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LEAST_WORDS = 120
"""A text with fewer words gives no room for edits that leave a story recognisable."""
MOST_WORDS = 1500
"""A longer text is cut at the end of the paragraph, so that a story is as long as those of news sites."""


QUOTED = 0.15
"""Share of words in quotations without which a text cannot be retold around what people said."""


class Pair(NamedTuple):
    """Two texts, each with the id of its story, and what they are to each other.

    `kind` is the edit that made the second or both, `relation` near, wire or None.
    """

    kind: str
    relation: str | None
    one: str
    one_story: str
    two: str
    two_story: str


def stories(corpora: Path) -> dict[int, list[Story]]:
    """Return the articles of the corpora by fold; the folds part sites. An article that two pages of a site have is taken once."""
    fold_of = read_folds(corpora)
    found: dict[int, list[Story]] = {}
    known: set[tuple[str, str]] = set()
    for corpus in FULL_TEXT:
        for gold in gold_rows(corpora, corpus):
            site, fold = fold_of[corpus, gold["id"]]
            if gold.get("kind", "article") == "article" and (story := _story(gold, site)) is not None:
                long = {(site, text) for text in story.paragraphs if len(text.split()) >= 20}
                if not long & known:
                    found.setdefault(fold, []).append(story)
                known |= long
    return found


def _story(gold: dict[str, str], site: str) -> Story | None:
    paragraphs: list[str] = []
    for line in (gold.get("text") or "").split("\n"):
        if line.strip() and words_of(paragraphs) < MOST_WORDS:
            paragraphs.append(" ".join(line.split()))
    return Story(gold["id"], site, paragraphs) if words_of(paragraphs) >= LEAST_WORDS and len(paragraphs) >= 4 else None


def pairs(found: Sequence[Story], lenders: Sequence[Story], seed: int = 8) -> Iterator[Pair]:
    """Yield for every story and every kind of edit the pair that it gives; an edit that changed nothing gives none.

    What an edit borrows is foreign to the build and borrowed once: sentences of the `lenders` with their words in another order. A page of
    two articles is the exception: it takes a story of the build as it is, and must not make one story of both.
    """
    for number, story in enumerate(found):
        others = [other for other in found if other.site != story.site]
        for kind, edit in {**COPIES, **REWRITES}.items():
            if kind == "quotations_kept" and quoted_share(story.paragraphs) < QUOTED:
                continue
            rng = random.Random(f"{seed} {kind} {story.id}")
            edited = edit(rng, story, others if kind == "merged" else _lent(rng, lenders))
            text = "\n\n".join(edited)
            if text != story.text and words_of(edited) >= LEAST_WORDS // 3:
                yield Pair(kind, "near" if kind in COPIES else "wire", story.text, story.id, text, story.id)
        for kind, make in NEGATIVES.items():
            rng = random.Random(f"{seed} {kind} {story.id}")
            other = rng.choice(others)
            one, two = make(rng, story, other, _lent(rng, lenders))
            yield Pair(kind, None, "\n\n".join(one), story.id, "\n\n".join(two), other.id)
        other = others[number % len(others)]
        yield Pair("another", None, story.text, story.id, other.text, other.id)


def _lent(rng: random.Random, lenders: Sequence[Story]) -> list[Story]:
    """Return a few stories whose sentences nobody else has."""

    def scrambled(text: str) -> str:
        words = text.split()
        return " ".join(rng.sample(words, len(words)))

    chosen = rng.sample(lenders, min(4, len(lenders)))
    return [story._replace(paragraphs=[" ".join(map(scrambled, sentences(text))) or text for text in story.paragraphs]) for story in chosen]
