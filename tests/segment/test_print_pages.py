"""Text that a page of print or a mail program broke: page marks, ragged lines, drop caps, parted words."""

import pytest

from pipeline.segment.print_pages import (
    broken_word,
    drop_cap_glue,
    goes_on_over,
    is_drop_cap,
    is_quoted_printable,
    page_breaks,
    ragged_joins,
    ragged_width,
)
from pipeline.segment.split_lines import split_lines


def marks(text):
    lines = split_lines(text)
    return [text[lines[first].start : lines[last - 1].end] for first, last in page_breaks(text, lines)]


def test_numbers_that_count_on_in_mid_sentence_are_a_pages():
    text = "Ann rowed.\nThe ferry left\n\n12\n\nthe quay.\nAt noon Ben\n\n13\n\ncame back.\nIt was\n\n14\n\nlate."
    assert marks(text) == ["12", "13", "14"]


def test_a_running_head_goes_with_the_number():
    text = "It left the\n\nRiver Towns\n12\n\nquay and then\n\nRiver Towns\n13\n\ncame back to\n\nRiver Towns\n14\n\nthe mill."
    assert marks(text) == ["River Towns\n12", "River Towns\n13", "River Towns\n14"]


def test_a_form_feed_shows_the_running_head_without_a_number():
    text = "It left.\n\x0cRiver Towns\nThe mill.\n\x0cRiver Towns\nThe inn."
    assert marks(text) == ["River Towns", "River Towns"]


def test_numbers_of_a_list_are_no_pages():
    text = "Ann rows.\n\n1\n\nBen swims.\n\n2\n\nCid sleeps.\n\n3\n\nDora waits."
    assert marks(text) == []


@pytest.mark.parametrize("text", ["", "One line.", "The year was\n\n1903\n\nand the mill burnt."])
def test_without_several_pages_there_are_no_marks(text):
    assert marks(text) == []


def test_a_sentence_goes_on_over_a_page_only_with_a_small_letter():
    text = "It left the\nquay.\nAnn came"
    first, second, third = split_lines(text)
    assert goes_on_over(text, first, second)
    assert not goes_on_over(text, second, third)


RAGGED = "\n\n".join(
    f"The ferry number {number} left the quay of the old town at noon and\n"
    "crossed the river to the mill on the other bank, as it had\n"
    "done every day since the bridge was closed in the spring."
    for number in range(4)
)


def test_lines_broken_by_hand_are_ragged():
    lines = split_lines(RAGGED)
    width = ragged_width(RAGGED, lines)
    assert width == max(line.end - line.start for line in lines)
    assert ragged_joins(RAGGED, lines[:3], width) == [True, True]


def test_a_short_line_with_a_stop_ends_a_paragraph_of_ragged_lines():
    text = "A long line of some sixty characters that goes on in the next\nand ends.\nAnother one"
    assert ragged_joins(text, split_lines(text), 62) == [True, False]


def test_short_paragraphs_are_not_ragged():
    text = "\n\n".join(["Quay\nMill\nInn"] * 4)
    assert ragged_width(text, split_lines(text)) == 0


@pytest.mark.parametrize(
    ("text", "cap", "glue"),
    [
        ("T\nhe ferry left.", True, ""),
        ("A\nferry left. The ferry came.", True, " "),
        ("A\nnd then it left.", True, ""),
        ("t\nhe ferry left.", False, ""),
        ("The\nferry left.", False, ""),
    ],
)
def test_a_large_first_letter(text, cap, glue):
    first, second = split_lines(text)
    assert is_drop_cap(text, first, second) is cap
    if cap:
        assert drop_cap_glue(text, first, second) == glue


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("the consider-\nable river", "the considerable river"),
        ("the har-\nbour, a harbour", "the harbour, a harbour"),
        ("a well-\u00ad\nknown mill", "a well-known mill"),
        ("a well-\nknown mill", None),
        ("pages 12-\n14 are lost", None),
        ("the river-\nMill", None),
        ("caf=C3=A9 and har=\nbour", "caf=C3=A9 and harbour"),
        ("x=\ny", None),
        ("the river\nrose", None),
    ],
)
def test_parted_words(text, kept):
    first, second = split_lines(text)
    found = broken_word(text, first, second)
    assert (text[: found[0]] + found[1] + text[second.start :] if found else None) == kept


def test_only_bytes_of_mail_are_quoted_printable():
    assert is_quoted_printable("caf=C3=A9")
    assert not is_quoted_printable("a=B7 and x=20")
