"""What the removed lines of a dumped page say, line by line."""

from __future__ import annotations

import time

from pipeline.config import DescribeConfig
from pipeline.describe import collect_removed_lines
from pipeline.spans import Block, Candidate

BODY = "蔡雅出生于新加坡，祖籍中国江苏省，现定居于台湾。她在一九九七年发行第一张专辑，并在次年获得金曲奖提名。" * 3


def told(lines: list[str]) -> tuple[Candidate, ...]:
    """Collect from removed lines above a body that stays."""
    base = "\n".join((*lines, BODY))
    blocks, start = [], 0
    for line in (*lines, BODY):
        blocks.append(Block(start=start, end=start + len(line)))
        start += len(line) + 1
    removed = [(block.start, block.end) for block in blocks[:-1]]
    return collect_removed_lines(base, blocks, removed, moved=(), order=None, now=None, config=DescribeConfig())


def authors(lines: list[str]) -> list[str]:
    return [candidate.value for candidate in told(lines) if candidate.field == "author"]


def test_a_line_under_an_edit_link_is_no_name() -> None:
    """On encyclopedias the link that edits a section reads like the label of an editor's byline."""
    assert authors(["蔡雅_百科", "早年经历", "编辑", "1975年出生于"]) == []
    assert authors(["蔡雅_百科", "早年经历", "编辑", "王小明"]) == ["王小明"]


def test_every_candidate_points_at_its_own_words() -> None:
    lines = ["Rain wins again | Valley Times", "Rain wins again", "By Ann Lee", "Published May 3, 2020"]
    base = "\n".join((*lines, BODY))
    found = told(lines)
    assert {candidate.field for candidate in found} == {"title", "author", "published"}
    assert all(base[candidate.start : candidate.end] == candidate.value for candidate in found)


def seconds(stamps: int) -> float:
    lines = ["Rain wins again | Valley Times", "Rain wins again", *["Share this"] * 30]
    lines += ["Mark Hill", "Published May 3, 2020"] * stamps + ["Share this"] * (20_000 - 2 * stamps) + ["mark hill"]
    start = time.process_time()
    told(lines)
    return time.process_time() - start


def test_many_stamps_cost_little_more_than_few() -> None:
    """Beside each stamp a name is looked for, and each name in the whole text: without a bound 700 took thirty times as long as 20."""
    assert seconds(700) < 5 * seconds(20) + 0.5
