"""The tables of this stage are well formed and used."""

from __future__ import annotations

import pytest

from pipeline.describe.choose_title import weights, without_label
from pipeline.describe.field_tables import card_labels, meta_names, rows
from pipeline.jsonld import types


@pytest.mark.parametrize("name", ["meta", "title_sources", "title_prefixes", "date_sources", "author_sources", "card_labels"])
def test_no_row_stands_twice(name: str) -> None:
    table = rows(name)
    assert table
    assert len({row[:3] for row in table}) == len(table)


def test_every_source_of_a_title_is_weighed() -> None:
    sources = {source for field, source in meta_names().values() if field == "title"}
    assert sources <= set(weights())
    assert all(weight > 0 for weight in weights().values())


@pytest.mark.parametrize("label", [row[0] for row in rows("title_prefixes")])
def test_labels_are_cut(label: str) -> None:
    assert without_label(f"{label.title()} | Rain floods the town") == "Rain floods the town"


def test_every_date_source_has_a_reason() -> None:
    assert {row[0] for row in rows("date_sources")} == {"published", "modified", "page"}
    assert all(row[4] for row in rows("date_sources"))


def test_small_tables() -> None:
    assert "written by" in card_labels()
    assert not types("article") & types("page")
