"""What differs between two texts is shown as words, and what only shifted is not shown."""

from __future__ import annotations

import copy

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pipeline import clean
from pipeline.dataset.differences import compare
from pipeline.dataset.stretches import Stretch, stretches, tokens

PAGE = "Rain in the valley\n\nHeavy rain fell on Monday, the mayor said, and schools stay closed.\n\nThe water will rise until Wednesday.\n"
PIECES = st.lists(st.sampled_from(["rain", "hail", "fell", ",", " ", "\n", "雨", "天", "on", "."]), max_size=30).map("".join)


@given(PIECES, PIECES)
def test_the_stretches_are_all_that_differs(left: str, right: str) -> None:
    found = stretches(left, right)
    assert bool(found) == (left != right)
    place = 0
    for each in found:
        place = left.index(each.left, place) + len(each.left)
    gone, new = "".join(each.left for each in found), "".join(each.right for each in found)
    assert len(left) - len(gone) == len(right) - len(new), "what is not in a stretch stands on both sides"


def test_a_stretch_has_words_around_it_and_chinese_is_counted_by_character() -> None:
    left, right = "One two three four five six seven eight nine.\nNext line.", "One two three four five six VII eight nine.\nNext line."
    assert stretches(left, right) == (Stretch("… two three four five six", "seven", "VII", "eight nine. Next line."),)
    (found,) = stretches("城里下了大雨。", "城里下了小雪。")
    assert (found.left, found.right, found.gone, found.new) == ("大雨", "小雪", 2, 2)
    assert tokens("雨2 mm") == ["雨", "2", " ", "mm"]


def test_long_paragraphs_differ_as_wholes() -> None:
    left, right = "a " * 3000, "b " * 3000
    assert [(each.gone, each.new) for each in stretches(left, right)] == [(3000, 3000)]


def test_what_only_shifts_is_marked() -> None:
    one, other = (
        msgspec.json.decode(clean(page, media_type="text/plain", locator="a.txt").to_json())
        for page in (PAGE, PAGE.replace("Heavy", "Very heavy"))
    )
    found = compare(one, other)
    assert found is not None
    shown = {difference.pointer for difference in found.fields if not difference.shift}
    assert shown == {"/text"}, found.fields
    assert [(each.left, each.right) for each in found.stretches] == [("Heavy", "Very heavy")]
    assert any(difference.pointer == "/blocks" and difference.shift for difference in found.fields)
    changed = copy.deepcopy(one)
    changed["blocks"][0]["kind"] = "quote"
    changed["blocks"][1]["start"] += 1
    changed["removed"] = [{"text": "a", "of": [1, 2]}]
    one["removed"] = [{"text": "a", "of": [3, 2]}]
    told = compare(one, changed)
    assert told is not None
    assert {(difference.pointer, difference.shift) for difference in told.fields} == {
        ("/blocks/0/kind", False),
        ("/blocks/1/start", True),
        ("/removed", True),
    }
    assert (told.left_rules, told.right_rules) == ({}, {})
    assert compare(one, msgspec.json.decode(msgspec.json.encode(one))) is None
