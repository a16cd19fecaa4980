"""The curated groups of names take what they must and leave what they must; learned tables round-trip."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from pipeline.extract.markup_names import HIDDEN_BIT, combine, keywords, read_markups
from pipeline.forests.model_files import format_scores, parse_scores

GROUPS = tomllib.loads(files("pipeline.extract").joinpath("keywords.toml").read_text("utf-8"))["group"]


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group["id"])
def test_a_group_takes_and_leaves_its_examples(group: dict[str, list[str]]) -> None:
    assert group["match"]
    assert group["keep"]
    names, mask = combine({}), keywords().mask(str(group["id"]))
    for value in group["match"]:
        assert read_markups([f' class="{value}"'], names)[0][0] & mask, value
    for value in group["keep"]:
        assert not read_markups([f' class="{value}"'], names)[0][0] & mask, value


def test_scores_and_hidden_styles_are_read() -> None:
    given = (
        ' id="rail" class="c-story__rail" style="display: none"',
        "",
        ' class="storyRail"',
        ' class="md:story sm:[rail]"',
        ' class="größe"',
    )
    markup, nothing, *others = read_markups(given, combine({"story": 90, "rail": -70, "gr": 5}))
    assert markup[1:] == (-70, 90, "c-story__rail")
    assert markup[0] >> HIDDEN_BIT & 1
    assert nothing[0] == 0
    assert [other[1:3] for other in others] == [(-70, 90), (0, 0), (0, 0)]


def test_tables_of_scores_round_trip() -> None:
    scores = {"b-c": -3, "a": 5}
    assert parse_scores(format_scores(scores, ("a comment",))) == scores
