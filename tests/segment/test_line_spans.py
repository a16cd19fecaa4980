"""Where blocks are divided into spans."""

import json
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.lines.tables import rows
from pipeline.segment import PairModel, SegmentConfig, segment
from pipeline.segment.line_spans import divide
from pipeline.spans import Block

MODEL = PairModel.read()
CONFIG = SegmentConfig()
CASES = json.loads((Path(__file__).parents[1] / "cases" / "segment" / "spans.json").read_text(encoding="utf-8"))
PIECES = [
    "Dr. Lee said no.",
    "पुल बंद है।",
    "橋。川！",
    "Photo: A/AFP",
    "Advertisement",
    "(Reuters)",
    "https://a.org/b",
    "pic.twitter.com/a — B (@b) May 1, 2019",
    "1/3",
    "| ",
    "The",
    "word",
    " ",
    "\n",
    "\u00a0",
    "\u3000",
    "#tag",
    "“Yes?”",
    "Read more: X",
]


def texts():
    pieces = st.lists(st.sampled_from(PIECES), max_size=30)
    return st.one_of(st.text(), pieces.map("".join), pieces.map(" ".join))


def spans_of(text):
    blocks = segment(text, model=MODEL, config=CONFIG).blocks
    return blocks, divide(text, blocks)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_cases(case):
    _, spans = spans_of(case["text"])
    assert [case["text"][span.start : span.end] for span in spans] == case["spans"]


@given(texts())
def test_spans_cover_their_blocks_and_nothing_else(text):
    blocks, spans = spans_of(text)
    assert all(left.end <= right.start for left, right in pairwise(spans))
    for span in spans:
        block = blocks[span.block]
        part = text[span.start : span.end]
        assert block.start <= span.start < span.end <= block.end
        assert part == part.strip()
    covered = {place for span in spans for place in range(span.start, span.end)}
    inside = {place for block in blocks for place in range(block.start, block.end)}
    assert {place for place in inside - covered if not text[place].isspace()} == set()


@pytest.mark.parametrize(
    "line", ["Chanzo cha picha, Getty Images", "A boat on the bank. Photograph: Jane Doe/Getty Images", "Ukurasa mtupu.Ces"]
)
def test_a_line_ends_where_it_ends(line):
    text = f"{line}\n\nIt rained on the second day."
    spans = divide(text, [Block(start=0, end=len(line)), Block(start=len(line) + 2, end=len(text))])
    assert [(span.start, span.end) for span in spans if span.block == 0] == [
        (span.start, span.end) for span in divide(line, [Block(start=0, end=len(line))])
    ]


EDGES = [
    *PIECES,
    "7.",
    "12",
    "a.",
    "mtupu.Ces",
    "yes…Le",
    "(Photo",
    "/Getty Images",
    "Photo: Getty Images",
    "(@b) May",
    "Dr.",
    "ICYMI:",
    "—",
    ")",
    "...https://a.org/b",
]


@given(st.lists(st.lists(st.sampled_from(EDGES), min_size=1, max_size=8).map("".join), min_size=2, max_size=4, unique=True))
def test_no_line_sees_another_one(lines):
    wanted = [line.strip() for line in lines if len(line.strip()) >= 24]
    text = "".join(f"{line}\n\n" for line in wanted)
    starts = [sum(len(line) + 2 for line in wanted[:number]) for number in range(len(wanted))]
    together = divide(text, [Block(start=start, end=start + len(line)) for start, line in zip(starts, wanted, strict=True)])
    alone = [
        (start + span.start, start + span.end)
        for start, line in zip(starts, wanted, strict=True)
        for span in divide(line, [Block(start=0, end=len(line))])
    ]
    assert [(span.start, span.end) for span in together] == alone


@given(texts())
def test_shaped_blocks_are_whole(text):
    if text.strip():
        start = len(text) - len(text.lstrip())
        block = Block(start=start, end=len(text.rstrip()), kind="table")
        assert [(span.start, span.end) for span in divide(text, [block])] == [(block.start, block.end)]


@pytest.mark.parametrize("kind", ["opens", "whole"])
def test_every_label_is_found(kind):
    for _, _, phrase in (row for row in rows("span_words") if row[0] == kind):
        text = f"The quay was empty at noon. {phrase} An old boat lay there all day long."
        block = Block(start=0, end=len(text))
        assert text.index(phrase) in {span.start for span in divide(text, [block])}


def test_the_table_holds_each_phrase_once():
    table = [(row[0], row[2]) for row in rows("span_words")]
    assert len(table) == len(set(table))
    assert {row[0] for row in table} == {"inner", "numbered", "final", "ordinal", "opener", "behind", "opens", "whole"}


@pytest.mark.parametrize("piece", [*PIECES, "A. ", "a.", "(", "(a", "“", "1/", "https://a", "@a (@a) ", "#a ", "The a ", "/AFP ", " via "])
def test_long_text_takes_linear_time(piece):
    text = piece * (400_000 // len(piece)) + "x"
    block = Block(start=len(text) - len(text.lstrip()), end=len(text))
    start = time.process_time()
    divide(text, [block])
    assert time.process_time() - start < 4
