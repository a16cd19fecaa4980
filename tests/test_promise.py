"""The promise: every character accounted for, records that replay, a cleaned text that cleans to itself."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import Config, Rejected, clean
from pipeline.emit.schema import SCHEMA_PATH, render
from pipeline.ingest import RawDocument
from pipeline.replay import check
from pipeline.stages import Result, run

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

SEEDS = sorted((Path(__file__).parents[1] / "raw" / "seeds").glob("*.txt"))
VALIDATOR = jsonschema.Draft202012Validator(json.loads(SCHEMA_PATH.read_text(encoding="utf-8")))

WORDS = [
    "rain",
    "the mayor",
    "on Monday",
    "said",
    "river",
    "its people",
    "school",
    "and",
    "new bridge",
    "was",
    "twelve",
    "Dr. Lee",
    "in May 2015",
]
FURNITURE = [
    "Share this article",
    "ADVERTISEMENT",
    "By Ann Lee",
    "Updated Nov 23, 2015",
    "Home",
    "Read more",
    "You might also like",
    "© Example Press 2015",
    "Photo by: Reuters",
    "Subscribe to our newsletter",
    "The mayor visits the bridge (Reuters)",
    "— City Desk (@citydesk) 22 Novembre 2015",
    "PARIS, May 31 /AFP/. Rain fell.",
]


@st.composite
def articles(draw: DrawFn) -> str:
    """Texts made of sentences and furniture in any order, with any white space between them."""
    lines = []
    for _ in range(draw(st.integers(1, 14))):
        if draw(st.booleans()):
            words = draw(st.lists(st.sampled_from(WORDS), min_size=3, max_size=24))
            lines.append(" ".join(words).capitalize() + draw(st.sampled_from([".", ".", "?", '."', ""])))
        else:
            lines.append(draw(st.sampled_from(FURNITURE)))
    joins = draw(st.lists(st.sampled_from(["\n", "\n\n", "\n \n\n", "\r\n", "\u2028"]), min_size=len(lines), max_size=len(lines)))
    return "".join(line + join for line, join in zip(lines, joins, strict=True))


def cleaned(raw: bytes | str, media_type: str | None = "text/plain") -> Result | None:
    try:
        return run(RawDocument(data=raw, media_type=media_type), Config())
    except Rejected:
        return None


def assert_promise(result: Result) -> None:
    """Check what must hold for every record."""
    article, base = result.article, result.base
    check(article, base)
    VALIDATOR.validate(json.loads(article.to_json()))
    edits = article.provenance.edits
    assert all(left.base_end <= right.base_start for left, right in pairwise(edits))
    assert all(edit.base_start < edit.base_end for edit in edits)
    position = 0
    for edit in [*edits, None]:
        stop = len(base) if edit is None else edit.base_start
        assert base[position:stop] in article.text
        position = stop if edit is None else edit.base_end
    for entry in article.removed:
        assert entry.text
    ends = 0
    for block in article.blocks:
        assert block.start == ends + (2 if ends else 0)
        ends = block.end
    assert ends == len(article.text)


@given(st.one_of(st.text(), articles()))
def test_the_promise_holds_for_any_text(text: str) -> None:
    result = cleaned(text)
    if result is not None:
        assert_promise(result)


@given(st.one_of(st.text(), articles()))
def test_a_cleaned_text_cleans_to_itself(text: str) -> None:
    result = cleaned(text)
    if result is not None and result.article.text:
        assert clean(result.article.text, media_type="text/plain").text == result.article.text


@given(st.one_of(st.binary(max_size=300), articles().map(str.encode)))
def test_any_bytes_are_a_record_or_a_coded_rejection(data: bytes) -> None:
    result = cleaned(data, None)
    if result is not None:
        assert_promise(result)


@pytest.mark.parametrize("path", SEEDS, ids=[path.stem for path in SEEDS])
def test_the_promise_holds_for_the_seeds(path: Path) -> None:
    result = cleaned(path.read_bytes(), None)
    assert result is not None
    assert_promise(result)
    assert clean(result.article.text, media_type="text/plain").text == result.article.text
    assert clean(path.read_bytes()).to_json() == clean(path.read_bytes()).to_json()


def test_the_shipped_schema_is_that_of_the_record_class() -> None:
    assert SCHEMA_PATH.read_text(encoding="utf-8") == render()


def test_the_schema_shows_no_indent_of_the_sources() -> None:
    """Only Python 3.13 strips it from docstrings, and the file is the same whichever Python wrote it."""
    indented = [line for line in render().splitlines() if '"description"' in line and "\\n  " in line]
    assert not indented


def test_removed_words_can_be_left_out() -> None:
    article = clean(SEEDS[2].read_bytes(), config=Config.of({"emit.removed_text": False}))
    assert article.removed
    assert all(entry.text is None for entry in article.removed)
    whole = clean(SEEDS[2].read_bytes())
    assert [(e.base_start, e.base_end, e.rule) for e in article.removed] == [(e.base_start, e.base_end, e.rule) for e in whole.removed]
    assert article.text == whole.text


def test_a_string_counts_as_its_utf8_bytes_and_lone_surrogates_are_replaced() -> None:
    text = "Rain fell on Monday, the mayor said.\n\nIt will fall on \ud800 Tuesday, too."
    article = clean(text, media_type="text/plain")
    assert "\ufffd" in article.text
    assert article.provenance.decode.method == "str"
    assert any(warning.code == "lone_surrogates" for warning in article.quality.warnings)


def test_default_locator_and_id_follow_from_the_bytes() -> None:
    one, two = clean(SEEDS[0].read_bytes()), clean(SEEDS[0].read_text(encoding="utf-8"))
    assert one.provenance.raw.locator == f"sha256:{one.provenance.raw.sha256}"
    assert one.id == two.id
