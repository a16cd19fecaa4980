"""What must hold for the word lists, whoever builds them."""

from __future__ import annotations

import re

import pytest

from pipeline.lists import VARIETIES, load_lists, parse_aliases
from pipeline.tsv import read_shipped

LISTS = load_lists()


@pytest.mark.parametrize("variety", VARIETIES)
def test_no_replacement_is_replaced_again(variety: str) -> None:
    strict = LISTS.strict[variety]
    assert len(strict) > 1_000
    assert not {right for right in strict.values() if right in strict or right in LISTS.misspellings}


def test_no_misspelling_is_a_word_of_the_tables() -> None:
    words = {word for table in (*LISTS.strict.values(), *LISTS.candidates.values()) for pair in table.items() for word in pair}
    assert not words & LISTS.misspellings.keys()


def test_no_correction_is_a_misspelling() -> None:
    assert not set(LISTS.misspellings.values()) & LISTS.misspellings.keys()
    assert all(wrong != right for wrong, right in LISTS.misspellings.items())


def test_forms_are_small_ascii_letters() -> None:
    assert all(re.fullmatch("[a-z]{4,}", wrong) for wrong in LISTS.misspellings)
    assert all(re.fullmatch("[a-z]+", word) for table in LISTS.strict.values() for word in table)


def test_misspellings_are_sorted_rows_of_three_cells() -> None:
    """They are looked up by halving, and nothing takes the rows apart before."""
    rows = [row for row in read_shipped("pipeline.lists", "misspellings.tsv").split("\n") if row and row[0] != "#"]
    assert rows == sorted(rows)
    assert all(row.count("\t") == 2 and row.rpartition("\t")[2] in ("lower", "any", "case") for row in rows)
    assert LISTS.misspellings_any_case == {row.partition("\t")[0] for row in rows if row.endswith("\tany")}
    assert {word.encode() for word in LISTS.misspellings} < LISTS.keys


@pytest.mark.parametrize("word", ["prise", "whisky", "mitre", "draughts", "draughtsman", "chilli"])
def test_words_that_need_a_reader_are_candidates_only(word: str) -> None:
    assert word not in LISTS.strict["en-US"]
    assert word in LISTS.candidates["en-US"]


@pytest.mark.parametrize("word", ["program", "check", "story", "tire", "curb", "draft", "practice", "license", "meter", "artifact"])
def test_words_with_more_senses_than_the_other_form_stay(word: str) -> None:
    assert word not in LISTS.strict["en-GB"]


def test_ids_and_aliases() -> None:
    aliases = LISTS.names.aliases
    assert all(re.fullmatch(r"(?:org|person|role|country):[a-z0-9-]+", alias.id) for alias in aliases)
    names = {alias.id: alias.name for alias in aliases}
    assert all(names[alias.id] == alias.name for alias in aliases)
    certain = [alias.surface for alias in aliases if not alias.ambiguous]
    by_surface = {(alias.surface, alias.id) for alias in aliases if not alias.ambiguous}
    assert len({surface for surface, _ in by_surface}) == len(by_surface), [s for s in certain if certain.count(s) > 1]
    for key in names:
        assert any(alias.id == key and not alias.ambiguous for alias in aliases)


def test_a_broken_table_of_names_is_refused() -> None:
    with pytest.raises(ValueError, match="between tabs"):
        list(parse_aliases(["org:x just words"]))
