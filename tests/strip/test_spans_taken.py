"""The span model: what it sees, which spans leave, and how a cut inside a line is accounted for."""

import itertools
from functools import partial

import numpy as np
import pytest

from pipeline.edits.compose import apply
from pipeline.edits.layout import lay_out
from pipeline.rules.rulebook import load
from pipeline.segment.line_spans import divide
from pipeline.spans import Block, Cut
from pipeline.strip import Draft, Known, SpanModel
from pipeline.strip.span_choice import LIMIT, LIMIT_CLEAN, LIMIT_ENTRY, leave
from pipeline.strip.span_features import PAGE, PLACE, SPAN_FEATURES, Parts, look, span_features
from pipeline.strip.span_model import MODEL_SPAN, take_spans
from pipeline.strip.span_words import BITS, SAID, hear, said

RULES = load()
TABLE = (np.arange(1 << BITS) % 200 - 100).astype(np.int8)
LINES = (
    "Ann Lee stands on the old bridge over the river. The council met on Monday evening and voted for a new bridge over the river.",
    "Read more: Rain is near",
    "Work is to begin in the spring, the mayor told reporters. The ferry runs until the bridge is open, said Ann Lee.",
)


class Judge:
    """A span model that scores by words it is told."""

    def __init__(self, scores):
        self.scores = scores

    def judge(self, parts, asked):
        return np.array([next((value for word, value in self.scores.items() if word in parts.texts[at]), 3000) for at in asked.tolist()])


def blocks_of(text, kinds=None):
    at, blocks = 0, []
    for number, line in enumerate(text.split("\n")):
        blocks.append(Block(start=at, end=at + len(line), kind=(kinds or {}).get(number, "paragraph")))
        at += len(line) + 1
    return blocks


def parts_of(text, kinds=None, prepare=None):
    blocks = blocks_of(text, kinds)
    draft = Draft(text, blocks, partial(divide, text, blocks, None))
    if prepare:
        prepare(draft)
    return Parts(draft, Known(RULES))


def left_of(text, scores, **options):
    parts = parts_of(text, **options)
    take_spans(parts, Judge(scores))
    cuts = sorted(parts.draft.cuts, key=lambda cut: cut.start)
    layout = lay_out(text, parts.draft.blocks, cuts)
    return apply(text, layout.ops), layout


def rows_of(text):
    parts = parts_of(text)
    return parts, span_features(parts, look(parts), TABLE, TABLE[::-1])


def test_rows_are_integers_and_say_where_a_span_stands():
    parts, rows = rows_of("\n".join(LINES))
    assert rows.dtype == np.int32
    assert rows.shape == (5, len(SPAN_FEATURES))
    column = dict(zip(SPAN_FEATURES, rows.T.tolist(), strict=True))
    assert column["spans_in_block"] == [2, 2, 1, 2, 2]
    assert column["index_in_block"] == [0, 1, 0, 0, 1]
    assert column["break_before"] == [0, 0, 1, 1, 0]
    assert column["chars"] == [len(text) for text in parts.texts]
    assert column["colon_at"][2] == len("Read more")


def test_a_caption_shares_its_names_with_what_stands_near():
    heard = hear(["Old words only here", "Here walks Anna Leander home", "It rained all day", "Nobody came but Anna Leander"])
    columns = said(heard)
    assert columns["names_near_after"].tolist()[1] == 100
    assert columns["names_near_before"].tolist()[3] == 100
    assert columns["again_after"].tolist() == [0, 1, 0, 0]
    assert len(SAID) == len(columns)


@pytest.mark.parametrize("text", ["x", "a b", "。", "1 2 3", "\U0001f600 ok", "Ann\nAnn\nAnn"])
def test_small_texts_have_rows(text):
    parts, rows = rows_of(text)
    assert len(rows) == len(parts.texts)
    assert rows.shape[1] == len(SPAN_FEATURES)


def test_rows_do_not_depend_on_what_follows_far_away_but_for_the_page():
    text = "\n".join(LINES)
    _, rows = rows_of(text)
    _, longer = rows_of(text + "\n" + "\n".join(f"Line {word} of a list" for word in "abcdefgh"))
    own = SPAN_FEATURES.index(PLACE[0])
    taken = [SPAN_FEATURES.index(name) for name in ("chars", "words", "table", "first", "last", "index_in_block")]
    assert (rows[:2][:, taken] == longer[:2][:, taken]).all()
    assert own < len(SPAN_FEATURES) - len(PAGE)


def test_a_cut_inside_a_line_takes_the_space_after_it():
    text = "\n".join((LINES[0], LINES[2]))
    left, layout = left_of(text, {"stands": -5000, "ferry": -5000})
    assert left == LINES[0].partition(". ")[2] + "\n\n" + LINES[2].partition(". ")[0] + "."
    assert {op.rule for op in layout.ops} == {MODEL_SPAN, "layout.edge", "layout.join"}
    one = "The river rose. Photo: A. Smith/AFP The ferry ran on."
    left, layout = left_of(one, {"Photo": -9000})
    assert left == "The river rose. The ferry ran on."
    assert [(op.rule, one[op.start : op.end]) for op in layout.ops] == [(MODEL_SPAN, "Photo: A. Smith/AFP"), ("layout.gap", " ")]


def test_neighbours_leave_in_one_cut():
    text = "\n".join([*LINES, *LINES[2:] * 6])
    left, layout = left_of(text, {"council": -9000, "stands": -9000, "Read": -9000})
    assert left == "\n\n".join(LINES[2:] * 7)
    assert len(layout.removals) == 1


def test_what_a_rule_took_is_not_asked():
    def prepare(draft):
        draft.remove(1, "related", "test.rule")

    parts = parts_of("\n".join(LINES), prepare=prepare)
    assert parts.open().tolist() == [True, True, False, True, True]
    take_spans(parts, Judge({"": -9000}))
    assert [cut.rule for cut in parts.draft.cuts].count(MODEL_SPAN) <= 2


@pytest.mark.parametrize("kind", ["table", "code", "preformatted"])
def test_tables_and_code_are_not_asked(kind):
    assert not parts_of("\n".join(LINES), kinds={1: kind}).open()[2]


def test_a_front_that_moved_away_is_no_part_of_a_span():
    def prepare(draft):
        draft.starts[0] = len("Ann Lee ")

    assert parts_of("\n".join(LINES), prepare=prepare).texts[0].startswith("stands on")


def test_a_part_that_a_rule_cut_out_divides_a_span():
    def prepare(draft):
        start = draft.text.index("evening")
        draft.cut_part(Cut(start=start, end=start + len("evening"), rule="test.rule", kind="chrome"), 0)

    parts = parts_of("\n".join(LINES), prepare=prepare)
    assert parts.texts[1].endswith("on Monday")
    assert parts.texts[2].startswith("and voted")
    take_spans(parts, Judge({"council": -9000}))
    cuts = sorted(parts.draft.cuts, key=lambda cut: cut.start)
    assert all(before.end <= after.start for before, after in itertools.pairwise(cuts))


def test_a_clean_text_needs_a_clearer_score():
    text = "\n".join(LINES * 4)
    between = -(LIMIT + LIMIT_CLEAN) // 2
    clean = parts_of(text)
    scores = np.where(np.arange(len(clean.texts)) == 2, between, 6000)
    asked = np.arange(len(scores))
    assert not leave(clean, asked, scores).any()

    def spoken(draft):
        for place in (1, 4, 7):
            draft.spoken[place] = "related"

    assert leave(parts_of(text, prepare=spoken), asked, scores).tolist() == (np.arange(len(scores)) == 2).tolist()


def test_an_entry_between_entries_that_stay_stays():
    entries = ["Monday, Leeds", "Tuesday, York", "Friday, Hull", "Sunday, Ripon"]
    text = "\n".join([*LINES, *LINES, *LINES, *entries])
    parts = parts_of(text)
    scores = np.array([-LIMIT_ENTRY + 100 if "York" in part else 6000 for part in parts.texts])
    assert not leave(parts, np.arange(len(scores)), scores).any()
    scores = np.where(scores < 0, -LIMIT_ENTRY - 500, scores)
    assert leave(parts, np.arange(len(scores)), scores).sum() == 1


def test_the_article_that_may_be_lost_is_limited():
    text = "\n".join([*LINES, *LINES])
    parts = parts_of(text)
    scores = np.full(len(parts.texts), -LIMIT_CLEAN - 100)
    assert leave(parts, np.arange(len(scores)), scores).sum() <= 1


@pytest.mark.parametrize("data", [b"{}", b"not json", b'{"format":"other"}'])
def test_a_damaged_model_is_refused(data):
    with pytest.raises(ValueError, match="not a span model"):
        SpanModel.read(data)
