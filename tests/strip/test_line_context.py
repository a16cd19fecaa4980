"""What the line model sees beyond a block's neighbours."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.rulebook import load
from pipeline.segment import PairModel, SegmentConfig, segment
from pipeline.strip import Draft, StripConfig, prepare
from pipeline.strip.line_context import CONTEXT, VERDICTS
from pipeline.strip.line_features import LINE_FEATURES, line_features

RULES, PAIRS = load(), PairModel.read()
PROSE = "The council met on Monday evening and voted, after three hours of talk, for a new bridge over the river."
MENU = ["Politics", "Sport", "Weather", "Culture"]


def columns_of(parts, rules=True):
    text = "\n\n".join(parts)
    draft = Draft(text, segment(text, model=PAIRS, config=SegmentConfig()).blocks)
    title = prepare(draft, rules=RULES, config=StripConfig()) if rules else None
    rows = line_features(draft, title, {})
    assert rows.shape == (len(draft.blocks), len(LINE_FEATURES))
    return draft, {name: rows[:, LINE_FEATURES.index(name)].tolist() for name in CONTEXT}


def test_runs_of_short_lines_know_their_length_and_the_prose_at_their_ends():
    draft, columns = columns_of([*MENU, PROSE, *MENU[:2], PROSE + " " + PROSE], rules=False)
    assert draft.lines[4] == PROSE
    assert columns["run_lines"] == [4, 4, 4, 4, 1, 2, 2, 1]
    assert columns["run_index"] == [0, 1, 2, 3, 0, 0, 1, 0]
    assert columns["run_from_end"] == [3, 2, 1, 0, 0, 1, 0, 0]
    assert columns["run_prose_before"][:4] == [0] * 4
    assert columns["run_prose_after"][:4] == [len(PROSE)] * 4
    assert columns["run_prose_before"][5] == len(PROSE)
    assert columns["run_prose_after"][5] == 2 * len(PROSE) + 1


def test_marks_count_what_follows_the_core():
    draft, columns = columns_of(
        [PROSE, PROSE[:-1] + " in May.", "Leave a comment", "I was there too, and it was cold.", "Related articles"]
    )
    assert draft.spoken[2] == "comments"
    assert columns["comments_before"] == [0, 0, 0, 1, 1]
    assert columns["comments_after"] == [1, 1, 0, 0, 0]
    assert columns["related_after"] == [1, 1, 1, 1, 0]
    assert columns["mark_before"] == [-1, -1, -1, VERDICTS.index("comments"), VERDICTS.index("comments")]
    assert columns["mark_before_far"][3:] == [1, 2]
    assert columns["mark_after"][:2] == [VERDICTS.index("comments")] * 2
    assert columns["mark_after_far"][:2] == [2, 1]


def test_usual_lengths_and_language():
    _, columns = columns_of([PROSE, PROSE[:-1] + " in May.", "Short."], rules=False)
    assert columns["usual_chars"] == [len(PROSE) + 7] * 3
    assert columns["least_chars"] == [len(PROSE)] * 3
    assert columns["chars_to_usual"][1] == 100
    assert columns["core_prose"] == [2] * 3
    assert columns["english"][0] > 0
    _, german = columns_of(["Der Stadtrat tagte am Montagabend und stimmte nach drei Stunden für eine neue Brücke über den Fluss."])
    assert german["english"] == [0]


@given(st.lists(st.sampled_from([PROSE, "Share", "Home", "- a", "…", "A\tb\nc\td"]), min_size=1, max_size=12))
def test_every_page_has_finite_integers(parts):
    _, columns = columns_of(parts)
    for name, column in columns.items():
        values = np.array(column)
        assert (np.abs(values) <= 200_000).all(), name
