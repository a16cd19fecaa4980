"""Texts as scrapers save them: what leaves from inside a line, from around a release, from a gallery, and what stays."""

import json
from pathlib import Path

import pytest

from pipeline import clean
from pipeline.config import Config
from pipeline.ingest import RawDocument
from pipeline.replay import check
from pipeline.spans import Block
from pipeline.stages import run
from pipeline.strip.page import Draft
from pipeline.strip.parallel_lines import between_prose, parallel_runs, whole_runs

CASES = json.loads((Path(__file__).parents[1] / "cases" / "strip" / "scraped.json").read_text(encoding="utf-8"))


def moved(record):
    found = {
        "title": record["title"],
        "description": record["description"],
        "dateline": (record["dateline"] or {}).get("raw"),
        "images": [image["caption"] for image in record["images"]] or None,
        "embeds": [post["text"] for post in record["embeds"]] or None,
    }
    return {field: value for field, value in found.items() if value}


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_cases(case):
    result = run(RawDocument(data=case["text"], media_type="text/plain"), Config())
    record = result.article.to_dict()
    assert result.article.text.split("\n\n") == case["left"]
    assert [[part["kind"], part["text"]] for part in record["removed"]] == case["removed"]
    assert moved(record) == case["moved"]
    check(result.article, result.base)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_what_is_left_stays(case):
    text = clean(case["text"], media_type="text/plain").text
    assert clean(text, media_type="text/plain").text == text


def lines(*words):
    text = "\n".join(words)
    blocks, at = [], 0
    for word in words:
        blocks.append(Block(start=at, end=at + len(word)))
        at += len(word) + 1
    return Draft(text, blocks)


PROSE = "The ferry office said on Monday that the old bridge will be closed for repairs until the end of the year."


def test_a_list_inside_the_story_stays_whole():
    draft = lines(PROSE, "Quay - 12", "Mill - 9", "Town - 7", "Bank - 31", PROSE)
    assert parallel_runs(draft) == [(1, 5)]
    assert sorted(whole_runs(draft, {1, 2, 4})) == [1, 2, 4]


def test_a_row_of_labels_is_no_list():
    draft = lines("Home", "News", "Sport", "Weather", "Culture", PROSE)
    assert parallel_runs(draft) == []


def test_a_list_below_everything_may_go():
    draft = lines(PROSE, "Share", "Quay - 12", "Mill - 9", "Town - 7", "Bank - 31")
    assert list(whole_runs(draft, {2, 3, 4, 5})) == []


def test_of_a_list_that_mostly_stays_nothing_leaves():
    draft = lines("Share", "Quay - 12", "Mill - 9", "Town - 7", "Bank - 31")
    assert list(whole_runs(draft, {2})) == [2]


def test_between_paragraphs_that_stay_only_clear_furniture_leaves():
    draft = lines(PROSE, "What comes next", PROSE, "Ferry fares", "A longer way", PROSE, "Our newsletter", PROSE)
    scores = {1: -500, 3: -500, 4: -500, 6: -3000}
    assert list(between_prose(draft, set(scores), scores)) == [1]


def test_a_heading_beside_a_paragraph_that_leaves_may_go():
    draft = lines(PROSE, "What comes next", PROSE)
    assert list(between_prose(draft, {1, 2}, {0: 900, 1: -500, 2: -500})) == []
