"""Where edge words stand elsewhere."""

import time

import numpy as np

from pipeline.segment.edge_words import EDGE, INSIDE_FEATURES, edges, inside_features
from pipeline.segment.split_lines import split_lines
from pipeline.text.characters import classify


def inside(text):
    lines = split_lines(text)
    starts, ends = (np.array([line[at] for line in lines], dtype=np.int32) for at in (0, 1))
    firsts, lasts = edges(text, classify(text), starts, ends)
    bodies = [text[line.start : line.end].split() for line in lines]
    assert firsts == [words[0][:EDGE] for words in bodies]
    assert lasts == [words[-1][-EDGE:] for words in bodies]
    return inside_features(text, firsts, lasts)


def test_a_name_inside_lines_is_no_sign_of_a_paragraph():
    text = "Critics of the Rhine plan met in the\nRhine valley.\nHowever, they left; the Rhine, however, stayed."
    b_inside, b_inside_small, a_inside = (column.tolist() for column in inside(text))
    assert len(INSIDE_FEATURES) == 3
    assert b_inside == [1, 0]
    assert b_inside_small == [0, 1]
    assert a_inside[0] == 2


def test_small_letters_have_no_smaller_form():
    text = "one\ntwo\nThree"
    assert inside(text)[1].tolist() == [-1, 0]


def test_long_text_takes_linear_time():
    for text in ("word other\n" * 100_000, "x" * 5_000_000 + "\ny", ("y" * 300 + "\n") * 10_000):
        lines = split_lines(text)
        start = time.process_time()
        assert all(len(column) == len(lines) - 1 for column in inside(text))
        assert time.process_time() - start < 3
