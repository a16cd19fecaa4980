"""Verdicts on blocks: what leaves by which rule, what must stay, and that a cleaned text is left alone."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.rules.rulebook import load
from pipeline.segment import PairModel, SegmentConfig, segment
from pipeline.strip import Draft, Judges, LineModel, SpanModel, StripConfig, strip
from pipeline.strip.completeness import losses
from training.text_oof import clean_text_oof, render

RULES, PAIRS = load(), PairModel.read()
JUDGES = Judges(rules=RULES, lines=LineModel.read(), spans=SpanModel.read())
CASES = Path(__file__).parents[1] / "cases" / "strip"
BEFORE = "The council met on Monday evening and voted, after three hours of talk, for a new bridge over the river."
AFTER = "Work is to begin in the spring, the mayor told reporters, and the ferry will run until the bridge is open."


def read(name):
    return json.loads((CASES / name).read_text(encoding="utf-8"))


def stripped(text, **options):
    segmented = segment(text, model=PAIRS, config=SegmentConfig())
    return segmented, strip(Draft(text, segmented.blocks), judges=JUDGES, config=StripConfig(), **options)


def left_of(text, **options):
    segmented, found = stripped(text, **options)
    return render(text, segmented, found.cuts)


def moved(text, found):
    out = {}
    for cut in found.cuts:
        if cut.target is not None:
            name = cut.target.field + (f".{cut.target.attr}" if cut.target.attr else "")
            out.setdefault(name, []).append(text[cut.start : cut.end])
    return out


@pytest.mark.parametrize("case", read("synthetic.json"), ids=lambda case: case["name"])
def test_case(case):
    text = case["text"]
    segmented, found = stripped(text)
    assert render(text, segmented, found.cuts).split("\n\n") == case["text_left"]
    assert {cut.kind for cut in found.cuts if cut.kind} == set(case.get("removed", []))
    assert moved(text, found) == case.get("moved", {})


@pytest.mark.parametrize("case", read("negative.json"), ids=lambda case: case["text"][:40])
def test_a_true_sentence_stays(case):
    line = case["text"]
    for text in (
        f"{BEFORE}\n\n{line}\n\n{AFTER}",
        f"{line}\n\n{BEFORE}\n\n{AFTER}",
        f"{BEFORE}\n\n{AFTER}\n\n{line}",
        f"{BEFORE}\n{line}\n{AFTER}",
    ):
        assert line in left_of(text)


def test_negatives_are_many_and_in_many_languages():
    rows = read("negative.json")
    assert len(rows) >= 300
    assert len({row["language"] for row in rows}) >= 8


def test_repeats_name_their_originals():
    paragraphs = [f"{BEFORE} ({n})" for n in range(4)]
    text = "\n\n".join(paragraphs + paragraphs[1:])
    _, found = stripped(text)
    assert [(text[cut.start : cut.end], text[slice(*cut.of)]) for cut in found.cuts] == [(p, p) for p in paragraphs[1:]]


def test_a_refrain_stays():
    refrain = "And the river keeps on rising, rising, said the song that night."
    text = f"{BEFORE}\n\n{refrain}\n\n{AFTER}\n\n{refrain}"
    assert left_of(text) == text


def test_a_hint_makes_a_title_without_furniture():
    text = f"A long evening at the town hall\n\n{BEFORE}\n\n{AFTER}"
    assert left_of(text) == text
    assert moved(text, stripped(text, headline="A long evening at the town hall")[1]) == {"title": ["A long evening at the town hall"]}


def test_a_first_line_that_the_story_repeats_is_the_title():
    text = f"Council votes for new bridge over river\n\n{BEFORE}\n\n{AFTER}"
    assert moved(text, stripped(text)[1]) == {"title": ["Council votes for new bridge over river"]}


def test_a_newspaper_in_one_file_is_marked_and_kept():
    places = ["LONDON, May 3 (Reuters) - ", "PARIS, May 3 (AFP) - ", "BERLIN, May 4 (dpa) - ", "OSLO, May 4 (AP) - "]
    text = "\n\n".join(f"Bridge number {n} approved\n\n{place}{BEFORE}\n\n{AFTER} ({n})" for n, place in enumerate(places))
    _, found = stripped(text)
    assert found.page_kind == "multiple"
    assert found.cuts == ()


def test_a_large_loss_and_a_lost_middle_are_told():
    text = "\n\n".join(f"{BEFORE} ({n})." for n in range(5))
    draft = Draft(text, segment(text, model=PAIRS, config=SegmentConfig()).blocks)
    assert losses(draft, StripConfig()) == ()
    draft.remove(2, "unscored", "model.line")
    block = draft.blocks[2]
    assert [(w.code, w.base_start, w.base_end) for w in losses(draft, StripConfig())] == [("middle_loss", block.start, block.end)]
    draft.remove(0, "unscored", "model.line")
    draft.remove(1, "unscored", "model.line")
    assert [w.code for w in losses(draft, StripConfig())] == ["large_loss"]


LINES = st.sampled_from(
    [
        BEFORE,
        AFTER,
        f"{AFTER} Again.",
        "Share this article",
        "Advertisement",
        "Read more",
        "Council votes for new bridge",
        "Photo by: Reuters",
        "A bridge in the fog",
        "By Jane Doe",
        "Updated Nov 23, 2015",
        "© Example Media 2015",
        "OSLO, May 3 (AP) - The bridge opened.",
        "Long live spring https://t.co/abc",
        "— Jane Doe (@jane) 22 Novembre 2015",
        "Facebook",
        "Home",
        "News",
        "Comments (3)",
        "said",
        "The council",
        "",
        "",
        "- item",
        "TRTWorld and agencies",
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(LINES | st.text(max_size=30), max_size=25))
def test_cuts_are_sound_and_cleaning_settles(lines):
    text = "\n".join(lines)
    segmented, found = stripped(text)
    at = 0
    for cut in found.cuts:
        assert at <= cut.start < cut.end
        assert cut.kind is None or cut.target is None
        assert any(block.start <= cut.start and cut.end <= block.end for block in segmented.blocks)
        at = cut.end
    for cut in found.cuts:
        if cut.of is not None:
            assert cut.of[0] < cut.of[1] <= len(text)
    cleaned = clean_text_oof(text, None)
    assert cleaned.passes <= 8
    assert clean_text_oof(cleaned.text, None).text == cleaned.text


@pytest.mark.parametrize(
    "text",
    [
        "x" * 10_000_000,
        "\n" * 1_000_000,
        "Share this article\n" * 50_000,
        f"{BEFORE}\n\n" * 20_000,
        "By Jane Doe\n" * 30_000,
        "a b @c\n" * 30_000,
        "(" * 200_000,
        "— " * 100_000,
        ("“rain” " * 5 + "\n\n") * 20_000,
    ],
    ids=["one line", "empty lines", "buttons", "repeats", "bylines", "handles", "brackets", "dashes", "doubles"],
)
def test_hostile_input_takes_linear_time(text):
    start = time.process_time()
    stripped(text)
    assert time.process_time() - start < 20


def test_nothing_gives_nothing():
    assert stripped("")[1].cuts == ()
    assert stripped(" \n \n")[1].completeness == "empty"
