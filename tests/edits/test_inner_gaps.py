"""White space around a part that leaves the middle of a line."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipeline.edits.compose import apply
from pipeline.edits.layout import lay_out
from pipeline.spans import Block, Cut

WORDS = st.lists(st.sampled_from(["ab", "c", "def", " ", "  ", "\n", "gh"]), min_size=1, max_size=14)


def test_one_space_is_left_where_a_part_left():
    text = "Rain fell. Advertisement It was cold."
    layout = lay_out(text, [Block(start=0, end=len(text))], [Cut(start=11, end=24, rule="advert.marker", kind="advert")])
    assert apply(text, layout.ops) == "Rain fell. It was cold."
    assert [(op.start, op.end, op.rule) for op in layout.ops] == [(11, 24, "advert.marker"), (24, 25, "layout.gap")]


def test_what_follows_keeps_its_space_where_none_stood_before():
    text = "Rain fell.Advertisement It was cold."
    layout = lay_out(text, [Block(start=0, end=len(text))], [Cut(start=10, end=23, rule="advert.marker", kind="advert")])
    assert apply(text, layout.ops) == "Rain fell. It was cold."


@given(WORDS, st.data())
def test_ops_never_overlap(words, data):
    text = "x" + "".join(words) + "y"
    places = sorted(data.draw(st.sets(st.integers(1, len(text) - 1), max_size=6)))
    cuts = [Cut(start=a, end=b, rule="r", kind="advert") for a, b in zip(places[::2], places[1::2], strict=False)]
    ops = lay_out(text, [Block(start=0, end=len(text))], cuts).ops
    assert all(left.end <= right.start for left, right in pairwise(ops))
