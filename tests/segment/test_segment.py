"""Lines to blocks: styles, shapes, joins, and hostile input."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.segment import PairModel, SegmentConfig, segment
from pipeline.segment.split_lines import split_lines

MODEL = PairModel.read()
CONFIG = SegmentConfig()
CASES = Path(__file__).parents[1] / "cases" / "segment"


def blocks_of(text):
    found = segment(text, model=MODEL, config=CONFIG)
    joins = {join.start: join for join in found.joins}
    out = []
    for block in found.blocks:
        body, at = "", block.start
        for start in sorted(start for start in joins if block.start <= start < block.end):
            body += text[at:start] + joins[start].replacement
            at = joins[start].end
        out.append(body + text[at : block.end])
    return out


def cases(name):
    return [pytest.param(case, id=case["name"]) for case in json.loads((CASES / name).read_text(encoding="utf-8"))]


@pytest.mark.parametrize("case", cases("synthetic.json"))
def test_case(case):
    found = segment(case["text"], model=MODEL, config=CONFIG)
    assert blocks_of(case["text"]) == case["blocks"]
    if "kinds" in case:
        assert [block.kind for block in found.blocks] == case["kinds"]


@pytest.mark.xfail(strict=True, reason="the model has seen too few pages of scripts without spaces")
@pytest.mark.parametrize("case", cases("known_failures.json"))
def test_known_failure(case):
    assert blocks_of(case["text"]) == case["blocks"]


LINES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=60) | st.sampled_from(
    [
        "",
        " ",
        "\u2028",
        "\f",
        "\u200b",
        "- item one",
        "1. first",
        "x = f(y);",
        "a\tb",
        "The council met.",
        "said",
        ", and left",
        "#",
        "(",
        "\r",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES, max_size=12), st.sampled_from(["\n", "\n\n", "\r\n", "\u2029"]))
def test_blocks_hold_every_visible_character(lines, end):
    text = end.join(lines)
    found = segment(text, model=MODEL, config=CONFIG)
    at = 0
    outside = ""
    for block in found.blocks:
        assert at <= block.start < block.end <= len(text)
        outside += text[at : block.start]
        assert not text[block.start].isspace()
        assert not text[block.end - 1].isspace()
        at = block.end
    outside += text[at:]
    assert not outside.strip(
        "\u200b\u200c\u200d\u200e\u200f\u2060\u00ad\ufeff \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000"
        + "".join(map(chr, range(0x2000, 0x200B)))
    )
    for join in found.joins:
        assert text[join.start : join.end].isspace()
        assert any(block.start < join.start and join.end < block.end for block in found.blocks)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(LINES, min_size=1, max_size=4), max_size=6))
def test_blocks_joined_by_blank_lines_come_back(groups):
    text = "\n\n".join("\n".join(group) for group in groups)
    seen = [text]
    for _ in range(6):
        seen.append("\n\n".join(blocks_of(seen[-1])))
        if seen[-1] == seen[-2]:
            break
    assert seen[-1] == seen[-2]


@pytest.mark.parametrize(
    "text",
    [
        "x" * 10_000_000,
        "\n" * 1_000_000,
        " \n" * 1_000_000,
        "a\n" * 100_000,
        "\u200b\n" * 200_000,
        "\t" * 1_000_000 + "a",
        "- a\n" * 50_000,
    ],
    ids=["one line", "empty lines", "blank lines", "short lines", "invisible lines", "tabs", "bullets"],
)
def test_large_input_takes_linear_time(text):
    start = time.process_time()
    segment(text, model=MODEL, config=CONFIG)
    assert time.process_time() - start < 6


def test_nothing_gives_nothing():
    for text in ("", " ", "\n\n\n", "\ufeff", "\u200b\n\u200b"):
        found = segment(text, model=MODEL, config=CONFIG)
        assert (found.blocks, found.joins, found.style) == ((), (), "empty")


def test_line_ends_of_every_kind_part_lines():
    for end in ("\n", "\r\n", "\r", "\u2028", "\u2029", "\x0b", "\x0c", "\x85"):
        assert [line.run for line in split_lines(f"a{end}b{end}{end}c")] == [0, 0, 1], repr(end)


def test_a_damaged_model_is_refused():
    with pytest.raises(ValueError, match="not a pair model"):
        PairModel.read(b"{}")


class _Joiner:
    """A pair model that would join all lines."""

    def scores(self, _text, _classes, lines):
        return [1000] * (len(lines) - 1)


def test_a_label_on_many_lines_is_no_part_of_the_quotation_after_it():
    text = "\n".join(part for _ in range(4) for part in ("It was late.", "Advertisement", "“We shall see,” she said."))
    blocks = [text[block.start : block.end] for block in segment(text, model=_Joiner(), config=SegmentConfig()).blocks]
    assert len(blocks) == 5
    assert all(block.endswith("Advertisement") for block in blocks[:-1])
    few = text.replace("Advertisement", "She", 3)
    assert len(segment(few, model=_Joiner(), config=SegmentConfig()).blocks) == 1
