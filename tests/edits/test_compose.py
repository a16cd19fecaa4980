"""Composition, layout and replay of edits, on arbitrary texts."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.edits.compose import OffsetMap, Op, apply, compose, tidy
from pipeline.edits.layout import BLOCK_JOIN, lay_out
from pipeline.records import Edit
from pipeline.replay import ReplayError, replay
from pipeline.spans import Block, Cut, Target

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn


@st.composite
def ops_on(draw: DrawFn, text: str) -> tuple[Op, ...]:
    """Sorted, disjoint ops, some of which move their span away."""
    bounds = sorted(draw(st.lists(st.integers(0, len(text)), max_size=12)))
    out: list[Op] = []
    for start, end in zip(bounds[::2], bounds[1::2], strict=False):
        if start < end and (not out or start >= out[-1].end):
            target = draw(st.sampled_from([None, None, Target("removed", start), Target("title")]))
            replacement = draw(st.text("xyz", max_size=2)) if target is None else text[start:end]
            out.append(Op(start, end, replacement, draw(st.sampled_from("pqr")), target))
    return tidy(text, out)


@st.composite
def two_rounds(draw: DrawFn) -> tuple[str, tuple[Op, ...], tuple[Op, ...]]:
    base = draw(st.text("abc \n", max_size=24))
    first = draw(ops_on(base))
    return base, first, draw(ops_on(apply(base, first)))


@given(two_rounds())
def test_composed_ops_do_what_both_rounds_do(case: tuple[str, tuple[Op, ...], tuple[Op, ...]]) -> None:
    base, first, second = case
    composed = compose(base, first, second)
    assert apply(base, composed) == apply(apply(base, first), second)
    assert all(left.end <= right.start for left, right in pairwise(composed))
    moved = sorted("".join(op.replacement for op in (*first, *second) if op.target))
    assert sorted("".join(op.replacement for op in composed if op.target)) == moved


@given(two_rounds())
def test_offsets_map_there_and_back(case: tuple[str, tuple[Op, ...], tuple[Op, ...]]) -> None:
    base, ops, _ = case
    text, places = apply(base, ops), OffsetMap(len(base), ops)
    covered = {offset for op in ops for offset in range(op.start, op.end)}
    for offset, char in enumerate(base):
        if offset not in covered:
            assert text[places.to_text(offset)] == char
            assert places.to_base(places.to_text(offset)) == offset
            assert places.to_base_end(places.to_text(offset) + 1) == offset + 1


@st.composite
def laid_out(draw: DrawFn) -> tuple[str, list[Block], list[Cut]]:
    """Blocks with white space between them, some of them cut whole or in part."""
    text, blocks, cuts = draw(st.sampled_from(["", "\n", " \n\n"])), [], []
    for _ in range(draw(st.integers(0, 7))):
        words = draw(st.text("ab c", min_size=1, max_size=6)).strip() or "w"
        start = len(text)
        blocks.append(Block(start=start, end=start + len(words)))
        fate = draw(st.sampled_from(["keep", "keep", "remove", "move", "part", "tail"]))
        middle = start + len(words) // 2
        if fate == "remove":
            cuts.append(Cut(start=start, end=start + len(words), rule="r", kind="share"))
        elif fate == "move":
            cuts.append(Cut(start=start, end=start + len(words), rule="m", target=Target("images", start, "caption")))
        elif fate == "part" and middle > start:
            cuts.append(Cut(start=start, end=middle, rule="p", target=Target("dateline", attr="raw")))
        elif fate == "tail" and middle > start:
            cuts.append(Cut(start=middle, end=start + len(words), rule="t", kind="credit"))
        text += words + draw(st.sampled_from(["\n", "\n\n", " \n\n\n", "\t"]))
    return text, blocks, cuts


@given(laid_out())
def test_layout_leaves_blocks_parted_by_blank_lines_and_accounts_for_every_character(case: tuple[str, list[Block], list[Cut]]) -> None:
    text, blocks, cuts = case
    layout = lay_out(text, blocks, cuts)
    assert all(left.end <= right.start for left, right in pairwise(layout.ops))
    assert all(op.start < op.end for op in layout.ops)
    kept = apply(text, layout.ops)
    assert kept == kept.strip()
    assert kept.count(BLOCK_JOIN) == max(0, len(layout.kept) - 1)
    moved = "".join(op.replacement for op in layout.ops if op.target)
    assert sorted((kept + moved).replace("\n", "").replace(" ", "").replace("\t", "")) == sorted("".join(text.split()))


def test_adjacent_removals_of_one_rule_become_one() -> None:
    text = "Home\nNews\nRain fell."
    cuts = [Cut(start=0, end=4, rule="nav", kind="navigation"), Cut(start=5, end=9, rule="nav", kind="navigation")]
    layout = lay_out(text, [Block(start=0, end=4), Block(start=5, end=9), Block(start=10, end=20)], cuts)
    assert [removal.end for removal in layout.removals] == [9]
    assert apply(text, layout.ops) == "Rain fell."


@pytest.mark.parametrize(
    "edits",
    [
        [Edit(2, 4, "", "a", None), Edit(0, 1, "", "b", None)],
        [Edit(0, 3, "", "a", None), Edit(2, 4, "", "b", None)],
        [Edit(0, 99, "", "a", None)],
        [Edit(1, 1, "x", "a", None), Edit(1, 1, "y", "b", None)],
    ],
    ids=["unsorted", "overlapping", "outside", "two insertions"],
)
def test_replay_refuses_edits_that_cannot_be(edits: list[Edit]) -> None:
    with pytest.raises(ReplayError):
        replay("abcdef", edits)
