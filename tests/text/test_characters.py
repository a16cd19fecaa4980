"""Whole-array counts of characters and words say what plain Python says."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.segment.split_lines import LINE_ENDS, split_lines
from pipeline.text.characters import PLAIN, STOP, UPPER, classify, count_words, letter_words, uneven_spaces
from pipeline.text.scripts import EAST_ASIAN, UNSPACED, in_class

SENTENCE_END = re.compile(
    r"[.!?\u2026\u203d\u061f\u06d4\u0964\u3002\uff01\uff1f]+(?=[\s\"'\u201d\u2019\u00bb)\]\u300d\u300f]|$|[\u3040-\u9fff])"
)
HAN_AND_KANA = in_class((*EAST_ASIAN, (0x20000, 0x3FFFD)))
SYLLABLES = in_class(tuple(ranges for ranges in UNSPACED if ranges not in EAST_ASIAN))
TEXTS = st.text(st.one_of(st.sampled_from("aZ09_ .,!?-)日カ𠀀ฝนက。\n\t\xa0’“éßİ你ع😀𝐀𝟙²Ⅷ\u2028\x1f\u200b\r"), st.characters()), max_size=80)


@given(TEXTS)
def test_words_are_those_of_the_expression(text: str) -> None:
    words, counts = letter_words(text)
    lines = text.split("\n")
    assert words == re.findall(r"[^\W\d_]+", text)
    assert counts.tolist() == [len(re.findall(r"[^\W\d_]+", line)) for line in lines]
    alone = rf"[{HAN_AND_KANA}]"
    fifths = [char for char in re.findall(rf"[{SYLLABLES}]", text) if char.isalpha()]
    runs = re.findall(r"\w+", re.sub(alone, " ", "".join(" " if char in fifths else char for char in text)))
    singles = [char for char in re.findall(alone, text) if char.isalnum()]
    assert count_words(text) == (len(runs) + len(singles) + -(-len(fifths) // 5), len(SENTENCE_END.findall(text)))


@given(TEXTS)
def test_uneven_spaces_are_noticed(text: str) -> None:
    line = text.strip().replace("\n", " ")
    if not uneven_spaces(line):
        assert " ".join(line.split()) == line


@given(TEXTS)
def test_spans_are_counted(text: str) -> None:
    lines = split_lines(text)
    starts = np.array([line.start for line in lines], dtype=np.int32)
    ends = np.array([line.end for line in lines], dtype=np.int32)
    classes = classify(text)
    tally = classes.tally(starts, ends)
    for line, row, words in zip(lines, tally, classes.words(starts, ends), strict=True):
        part = text[line.start : line.end]
        assert row.sum() == sum(number not in PLAIN for number in classify(part).classes.tolist())
        assert row[STOP] == sum(char in ".!?…。！？।۔؟" for char in part)
        assert row[UPPER] <= sum(char.isupper() or char.istitle() for char in part)
        assert words == len(part.split())


@given(TEXTS)
def test_edges_of_words_are_found(text: str) -> None:
    lines = split_lines(text)
    classes = classify(text)
    starts = np.array([line.start for line in lines], dtype=np.int32)
    ends = np.array([line.end for line in lines], dtype=np.int32)
    for line, after, before in zip(lines, classes.next_space(starts), classes.last_space(ends), strict=True):
        words = text[line.start : line.end].split()
        assert text[line.start : min(after, line.end)] == words[0]
        assert text[max(before + 1, line.start) : line.end] == words[-1]


@given(st.text(st.sampled_from("ab \n\t\u200b"), max_size=60))
def test_one_line_end_is_as_good_as_another(text: str) -> None:
    plain = split_lines(text)
    for end in LINE_ENDS[2:]:
        assert split_lines(text.replace("\n", end)) == plain
