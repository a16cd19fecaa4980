"""Captions of galleries: what counts up to one number leaves for `images`, what does not, stays."""

import time
from functools import partial

import pytest

from pipeline.segment.line_spans import divide
from pipeline.spans import Block
from pipeline.strip import Draft
from pipeline.strip.gallery_lines import COUNTER, GALLERY, take_galleries


def draft_of(*lines):
    text = "\n".join(lines)
    blocks, at = [], 0
    for line in lines:
        blocks.append(Block(start=at, end=at + len(line)))
        at += len(line) + 1
    return Draft(text, blocks, partial(divide, text, blocks, None))


def captions(draft):
    return [draft.text[cut.start : cut.end] for cut in draft.cuts if cut.target is not None and cut.target.attr == "caption"]


def test_captions_on_lines_of_their_own_leave():
    draft = draft_of("The river rose.", "1/3 The quay", "2/3 The mill", "3/3 The inn", "It fell again.")
    take_galleries(draft)
    assert captions(draft) == ["The quay", "The mill", "The inn"]
    assert [bool(verdict) for verdict in draft.verdict] == [False, True, True, True, False]
    assert {cut.rule for cut in draft.cuts} == {GALLERY}


def test_captions_in_one_line_leave_up_to_the_last_ones_credit():
    draft = draft_of("The river rose on Monday. 1/3 The quay Reuters 2/3 The mill Reuters 3/3 The inn Reuters The mayor came.")
    take_galleries(draft)
    assert captions(draft) == ["The quay Reuters", "The mill Reuters", "The inn Reuters"]
    assert draft.verdict == [""]


@pytest.mark.parametrize("word", ["of", "von", "de", "/", " / "])
def test_counters_alone_are_removed(word):
    between = word if "/" in word else f" {word} "
    draft = draft_of(*(f"{number}{between}4" for number in range(1, 5)))
    take_galleries(draft)
    assert captions(draft) == []
    assert [cut.rule for cut in draft.cuts] == [COUNTER] * 4


@pytest.mark.parametrize(
    "lines",
    [
        ("1/3 The quay", "2/3 The mill"),
        ("1/3 The quay", "1/3 The mill", "1/3 The inn"),
        ("3/4 The quay", "2/4 The mill", "1/4 The inn"),
        ("1/3 of the town", "2/5 of the town", "3/7 of the town"),
        ("01.02/3 The quay", "2,2/3 The mill", "x3/3 The inn"),
        ("1/3% The quay", "2/3% The mill", "3/3% The inn"),
        ("The river rose.",),
    ],
)
def test_fractions_and_short_runs_stay(lines):
    draft = draft_of(*lines)
    take_galleries(draft)
    assert draft.cuts == []


def test_a_paragraph_behind_a_counter_is_no_caption():
    draft = draft_of("1/3 " + "The river rose again. " * 40, "2/3 The mill", "3/3 The inn")
    take_galleries(draft)
    assert captions(draft) == ["The mill", "The inn"]


def test_many_figures_take_time_in_proportion():
    small, large = draft_of("1/2 " * 2_000), draft_of("1/2 " * 20_000)

    def cost(draft):
        start = time.process_time()
        take_galleries(draft)
        return time.process_time() - start

    assert cost(large) < 40 * max(cost(small), 0.001)
