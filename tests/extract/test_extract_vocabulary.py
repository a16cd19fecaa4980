"""The curated groups of names take what they must and leave what they must; learned tables round-trip."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from pipeline.extract.vocabulary import HIDDEN_BIT, MarkupReader, combine, format_scores, keywords, parse_scores

GROUPS = tomllib.loads(files("pipeline.extract").joinpath("keywords.toml").read_text("utf-8"))["group"]


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group["id"])
def test_a_group_takes_and_leaves_its_examples(group: dict[str, list[str]]) -> None:
    assert group["match"]
    assert group["keep"]
    reader, mask = MarkupReader(combine({})), keywords().mask(str(group["id"]))
    for value in group["match"]:
        assert reader.read(f' class="{value}"').bits & mask, value
    for value in group["keep"]:
        assert not reader.read(f' class="{value}"').bits & mask, value


def test_scores_and_hidden_styles_are_read() -> None:
    reader = MarkupReader(combine({"story": 90, "rail": -70}))
    markup = reader.read(' id="rail" class="c-story__rail" style="display: none"')
    assert (markup.low, markup.high, markup.style) == (-70, 90, "c-story__rail")
    assert markup.bits >> HIDDEN_BIT & 1
    assert reader.read("").bits == 0


def test_tables_of_scores_round_trip() -> None:
    scores = {"b-c": -3, "a": 5}
    assert parse_scores(format_scores(scores, ("a comment",))) == scores
