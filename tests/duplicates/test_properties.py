"""What holds for every build: order decides nothing, every record has its row, every cluster its representative."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marking import TOKENISER, clusters, mark, record

from pipeline.config import DuplicatesConfig
from pipeline.duplicates.candidate_pairs import common_shingles, pairs_of_bands, pairs_of_samples
from pipeline.duplicates.match_key import match_tokens
from pipeline.duplicates.search import ClashError, find
from pipeline.duplicates.shingles import bands, sample, shingle_set
from pipeline.duplicates.sketch import Held, moment_of, sketch
from pipeline.duplicates.tokens import word_hash

WORDS = [
    f"{first}{second}" for first in ("ka", "lo", "mi", "ne", "pu", "Ra") for second in ("dan", "fel", "gor", "hin", "jus", "kel", "lom")
]


def story(seed: int, words: int = 120) -> list[str]:
    chooser = random.Random(seed)
    return [chooser.choice(WORDS) + str(chooser.randrange(30)) for _ in range(words)]


@st.composite
def builds(draw: Any) -> list[Any]:
    """A few stories, each in some versions: whole, cut, reordered, with furniture, two in one."""
    furniture = " ".join(story(99, 40))
    texts = []
    for seed in draw(st.lists(st.integers(0, 4), max_size=8)):
        words = story(seed)
        turn = draw(st.integers(0, 5))
        cut = words[: draw(st.integers(20, 120))] if turn == 1 else words
        text = " ".join(words[60:] + words[:60] if turn == 2 else cut)
        texts.append(text + (f" {furniture}" if turn == 3 else f" {' '.join(story(seed + 1))}" if turn == 4 else ""))
    texts += draw(st.lists(st.text(max_size=30), max_size=3))
    dates = st.sampled_from([None, "2015-11-22", "2015-11-22T10:00:00+02:00", "2015"])
    kinds = st.sampled_from(["full", "teaser", "paywalled", "empty"])
    return [record(f"{number:04x}", text, draw(kinds), draw(dates)) for number, text in enumerate(texts)]


@settings(max_examples=60, deadline=None)
@given(builds(), st.randoms())
def test_order_decides_nothing(records: list[Any], chooser: random.Random) -> None:
    assert mark(records) == mark(chooser.sample(records, len(records)))


@settings(max_examples=60, deadline=None)
@given(builds())
def test_every_cluster_has_one_representative(records: list[Any]) -> None:
    made = mark(records)
    texts = {each.id: each.text for each in records}
    assert list(made) == sorted(texts)
    for held in clusters(made):
        rows = [made[name] for name in held]
        assert [row.representative for row in rows].count(True) == 1
        assert {row.size for row in rows} == {len(rows)}
        if len(rows) == 1:
            assert (rows[0].relation, rows[0].match, rows[0].cluster) == (None, None, rows[0].id)
        for row in rows:
            if row.relation is None:
                continue
            assert row.match in held - {row.id}
            assert row.similarity is not None
            assert 0 <= row.similarity <= 1
            assert (row.relation == "exact") == any(texts[row.id] == texts[name] for name in held - {row.id})
            for start, end, there, there_end in row.shared:
                assert 0 <= start < end <= len(texts[row.id])
                assert 0 <= there < there_end <= len(texts[row.match or ""])


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_tokens_are_the_match_key_in_place(text: str) -> None:
    tokens = TOKENISER.tokens(text)
    assert tokens.hashes.tolist() == [word_hash(word) for word in match_tokens(text)]
    assert (tokens.starts < tokens.ends).all()
    assert (np.diff(tokens.starts.astype(int)) >= 0).all()
    assert not len(tokens) or tokens.ends[-1] <= len(text)


def test_per_cent_is_one_word_with_one_place() -> None:
    tokens = TOKENISER.tokens("up 5 per cent")
    assert [(int(start), int(end)) for start, end in zip(tokens.starts, tokens.ends, strict=True)] == [(0, 2), (3, 4), (5, 13)]


def test_numbers_that_every_machine_must_give() -> None:
    found = shingle_set(TOKENISER.tokens(" ".join(f"word{number}" for number in range(300))))
    digest = int(np.bitwise_xor.reduce(np.concatenate([found, bands(found), sample(found)])))
    assert digest == 10357563758092304035


def test_common_shingles_are_those_of_different_stories() -> None:
    furniture, report = " ".join(story(99, 60)), " ".join(story(98, 60))
    texts = [" ".join(story(number, 80)) + f" {furniture}" for number in range(6)]
    texts += [" ".join(story(10 + number, 80)) + f" {report}" for number in range(6)]
    held = Held(sketch([record(f"{number:02d}", text) for number, text in enumerate(texts)], TOKENISER))
    told = np.array([*range(6), *[6] * 6])
    common = common_shingles(held, np.arange(12), told, 4)
    assert len(common) > 5
    assert np.isin(common, shingle_set(TOKENISER.tokens(furniture))).all()
    assert common_shingles(held, np.arange(12), told, 4, postings=50).tolist() == common.tolist()
    assert not len(common_shingles(held, np.arange(12), told, 7))


def test_a_part_at_a_time_gives_the_same_pairs() -> None:
    records = [record(f"{number:04d}", " ".join(story(number % 7)[: 60 + number])) for number in range(40)]
    held = Held(sketch(records, TOKENISER))
    chosen = np.arange(len(records))
    whole = pairs_of_samples(held, chosen)
    assert len(whole) > 40
    assert pairs_of_samples(held, chosen, postings=100).tolist() == whole.tolist()
    assert len(pairs_of_bands(held, chosen)) > 20


class TestBuilds:
    def test_nothing(self) -> None:
        assert mark([]) == {}

    def test_one(self) -> None:
        assert [row.relation for row in mark([record("a", "alone")]).values()] == [None]

    def test_all_the_same(self) -> None:
        made = mark(record(f"{number:03d}", " ".join(story(1)), published_at="2015") for number in range(300))
        assert {row.cluster for row in made.values()} == {"000"}
        assert {row.relation for row in made.values()} == {"exact"}
        assert {row.match for row in made.values()} == {"000", "001"}

    def test_all_nearly_the_same(self) -> None:
        """As many pairs as there are records would be 45,000; the chain of neighbours finds the cluster."""
        words = story(1, 300)
        texts = [[*words[:number], "changed", *words[number + 1 :]] for number in range(300)]
        made = mark(record(f"{number:03d}", " ".join(text)) for number, text in enumerate(texts))
        assert {row.size for row in made.values()} == {300}
        assert {row.relation for row in made.values()} == {"near"}

    def test_clashing_ids_are_refused_by_name(self) -> None:
        held = Held(sketch([record("same", "one"), record("same", "two")], TOKENISER))
        with pytest.raises(ClashError, match="same"):
            find(held, DuplicatesConfig())

    def test_furniture_that_a_site_puts_around_short_texts(self) -> None:
        """Each text is one third its own and two thirds what all texts of the site have."""
        furniture = story(99, 90)
        made = mark(record(f"{number:02d}", " ".join([*story(number, 50), *furniture])) for number in range(12))
        assert {row.size for row in made.values()} == {1}


class TestRepresentative:
    TEXT = " ".join(story(5))

    def chosen(self, *records: Any) -> str:
        return next(row.id for row in mark(records).values() if row.representative)

    def test_the_most_complete(self) -> None:
        assert self.chosen(record("a", self.TEXT, "teaser", "2014"), record("b", self.TEXT, "full", "2015")) == "b"
        assert self.chosen(record("a", self.TEXT, "teaser"), record("b", self.TEXT, "paywalled")) == "b"

    def test_then_the_earliest(self) -> None:
        assert self.chosen(record("a", self.TEXT, "full", "2015-11-23"), record("b", self.TEXT, "full", "2015-11-22T23:59:00Z")) == "b"
        assert self.chosen(record("a", self.TEXT), record("b", self.TEXT, "full", "2030")) == "b"

    def test_then_the_smallest_id(self) -> None:
        assert self.chosen(record("b", self.TEXT), record("a", self.TEXT)) == "a"

    @pytest.mark.parametrize("printed", ["", "soon", "2015-13", "99999-01-01", "0001-01-01T00:00:00+14:00"])
    def test_what_is_no_date_counts_as_none(self, printed: str) -> None:
        assert moment_of(printed) == "~"


def test_a_page_of_two_articles_joins_one_story_only() -> None:
    one, two = story(1, 200), story(2, 150)
    made = mark([record("a", " ".join(one)), record("b", " ".join(two)), record("c", " ".join(one + two))])
    assert clusters(made) == {frozenset("ac"), frozenset("b")}


def test_a_cut_copy_joins_all_full_copies() -> None:
    words = story(1, 200)
    texts = [words, [*words, "again"], ["and", *words], words[:80]]
    made = mark(record(str(number), " ".join(text)) for number, text in enumerate(texts))
    assert clusters(made) == {frozenset("0123")}


def test_common_phrases_do_not_hide_a_story_that_many_took_over() -> None:
    """Thirty sites print one story between different paragraphs of their own: its phrases stand in thirty records and still count."""
    words = story(1, 160)
    texts = [[*story(1000 + site, 40), *words, *story(2000 + site, 40)] for site in range(30)]
    made = mark(record(f"{site:02d}", " ".join(text)) for site, text in enumerate(texts))
    assert {row.size for row in made.values()} == {30}


class TestPagesOfTwoArticles:
    ONE, TWO = story(1, 200), story(2, 150)

    def test_stories_do_not_join_over_many_of_them(self) -> None:
        """Three pages hold both articles, whole or cut, in either order: every page goes with the article that it has more of."""
        texts = {
            "one": self.ONE,
            "one again": [*self.ONE, "again"],
            "two": self.TWO,
            "two again": ["and", *self.TWO],
            "page of one": [*self.ONE, *self.TWO],
            "page of one, two cut": [*self.ONE, *self.TWO[:100]],
            "page of two": [*self.TWO, *self.ONE[:90]],
        }
        made = mark(record(name, " ".join(words)) for name, words in texts.items())
        assert clusters(made) == {
            frozenset({"one", "one again", "page of one", "page of one, two cut"}),
            frozenset({"two", "two again", "page of two"}),
        }

    def test_copies_of_a_page_stay_together(self) -> None:
        page = [*self.ONE, *self.TWO]
        texts = {"a": page, "b": [*page, "again"], "c": ["and", *page], "one": self.ONE, "two": self.TWO}
        made = mark(record(name, " ".join(words)) for name, words in texts.items())
        assert clusters(made) == {frozenset({"a", "b", "c", "one"}), frozenset({"two"})}

    def test_the_halves_of_one_article_are_not_two_articles(self) -> None:
        """The names tell: both pages of an article speak of the same people, so both join the copies that have it whole."""
        names = [word.title() for word in story(3, 12)]
        halves = [[word for pair in zip(story(seed, 96), names * 8, strict=True) for word in pair] for seed in (4, 5)]
        whole = [*halves[0], *halves[1]]
        texts = {"a": whole, "b": [*whole, "again"], "c": ["and", *whole], "first": halves[0], "second": halves[1]}
        made = mark(record(name, " ".join(words)) for name, words in texts.items())
        assert clusters(made) == {frozenset(texts)}
