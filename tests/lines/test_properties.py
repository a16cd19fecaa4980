"""What holds for every string: offsets, coverage, no invention, and no long wait on hostile input."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.lines.bylines import read_byline
from pipeline.lines.captions import read_caption
from pipeline.lines.credits import read_copyright, read_credit
from pipeline.lines.datelines import read_dateline
from pipeline.lines.dates import read_date, read_iso
from pipeline.lines.name_lists import split_authors
from pipeline.lines.social_posts import read_posts
from pipeline.lines.timestamps import read_stamps
from tests.lines.reading import lines_of

WORDS = [
    "By",
    "Jane",
    "Doe",
    "and",
    "the",
    "river",
    "Updated",
    "Published",
    "3 May 2020",
    "2015-11-22",
    "03/05/2020",
    "(Reuters)",
    "EPA/JANE DOE",
    "© dpa",
    "Photo by:",
    "FILE PHOTO:",
    "MOSCOW",
    ",",
    ".",
    ":",
    " - ",
    "—",
    "/TASS/",
    "(@jane)",
    "https://t.co/abc",
    "pic.twitter.com/xyz",
    "View this post on Instagram",
    "A post shared by",
    "\n",
    "\n\n",
    "  ",
    "Source:",
    "Staff",
    "12:03",
    "GMT",
    "Von",
    "Müller",
    "文/",
    "王小明",
    "기자",
    "(L)",
    "♬",
    "İ",
    "\xa0",
    "١٢",
]
LINE = st.lists(st.sampled_from(WORDS) | st.text(max_size=6), max_size=14).map(" ".join)


@given(LINE)
def test_dates_are_what_is_printed(line: str) -> None:
    reading = read_date(line)
    if reading is not None:
        assert line[reading.start : reading.end] == reading.raw
        assert reading.iso is None or read_iso(reading.iso) is not None
        assert not (reading.ambiguous and reading.iso)


@given(LINE)
def test_stamps_and_bylines_point_into_the_line(line: str) -> None:
    for stamp in read_stamps(line):
        assert line[stamp.start : stamp.end] == stamp.date.raw
    byline = read_byline(line)
    if byline is not None:
        assert byline.names
        assert all(line[name.start : name.end] == name.name and "@" not in name.name for name in byline.names)


@given(LINE, LINE)
def test_captions_are_covered_once(line: str, previous: str) -> None:
    reading = read_caption(line, previous=previous)
    if reading is None:
        return
    spans = sorted([*([reading.caption] if reading.caption else []), *reading.credits, *reading.markers])
    assert all(left[1] <= right[0] for left, right in itertools.pairwise(spans))
    assert not "".join(line[a:b] for a, b in zip([0, *(s[1] for s in spans)], [*(s[0] for s in spans), len(line)], strict=True)).strip()


@given(LINE)
def test_datelines_begin_the_paragraph(line: str) -> None:
    reading = read_dateline(line)
    if reading is not None:
        assert reading.start == 0
        assert 0 < len(reading.raw) <= reading.end <= len(line)
        assert line.startswith(reading.raw)


@given(LINE)
def test_credits_are_in_the_line(line: str) -> None:
    for reading in (read_credit(line), read_copyright(line)):
        if reading is not None:
            assert reading.raw == line.strip()
            assert 0 <= reading.start < reading.end <= len(line)


@given(st.lists(LINE, max_size=8).map("\n".join))
def test_posts_are_covered_once(text: str) -> None:
    end = 0
    for post in read_posts(lines_of(text), text):
        assert end <= post.start < post.end
        end = post.end
        singles = [span for span in (post.author, post.handle, post.date) if span]
        spans = sorted([*post.text, *post.urls, *singles, *post.separators])
        edges = zip([post.start, *(s[1] for s in spans)], [*(s[0] for s in spans), post.end], strict=True)
        assert not "".join(text[a:b] for a, b in edges).strip()
        assert all(left[1] <= right[0] for left, right in itertools.pairwise(spans))


@given(st.text(max_size=200) | LINE)
def test_authors_hold_no_addresses(value: str) -> None:
    for name, _ in split_authors(value):
        assert "@" not in name
        assert "http" not in name
        assert len(name) <= 70


HOSTILE = [
    "a" * 100_000,
    "By " * 33_000,
    "1." * 50_000,
    "A, " * 33_000,
    "(" * 100_000,
    "May 1 " * 16_000,
    "@a " * 33_000,
    "— " * 50_000,
    "/A" * 50_000,
    "年1月" * 33_000,
]


@pytest.mark.parametrize("line", HOSTILE, ids=lambda line: line[:6])
def test_hostile_lines_take_no_time(line: str) -> None:
    for read in (read_date, read_iso, read_stamps, read_byline, read_dateline, read_caption, read_credit, read_copyright, split_authors):
        best = float("inf")
        for _ in range(2):  # the first call may load a list
            start = time.process_time()
            read(line)  # type: ignore[operator]
            best = min(best, time.process_time() - start)
        assert best < 0.1, read
    start = time.process_time()
    read_posts([(0, len(line))], line)
    assert time.process_time() - start < 0.1
