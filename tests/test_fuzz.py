"""What `benchmarks/fuzz.py` looks for, on a few inputs that it makes, on all that it has found, and on large ones of one kind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.fuzz import minimised, violations
from benchmarks.fuzz_inputs import made
from pipeline import clean

FOUND = [case for path in sorted((Path(__file__).parent / "cases" / "fuzz").glob("*.json")) for case in json.loads(path.read_bytes())]
PAGE = "<title>Rain</title><article><p>" + "Rain fell on Monday, the mayor said. " * 9 + "</p>{}</article>"
LARGE = {
    "nested elements": PAGE.format("<time>" * 100_000),
    "few elements deep": PAGE.format("<time>" * 2_000),
    "authors inside each other": PAGE.format("<span class=author>Ann " * 2_000),
    "elements": PAGE.format("<time datetime='2015-11-22'>Nov 22</time>" * 10_000),
    "backslashes in a script": PAGE.format('<script type="application/ld+json">{"articleBody":"' + "\\" * 500_000 + "</script>"),
    "backslashes": "Rain fell on Monday.\n\n" + "\\" * 500_000,
    "a cut body": PAGE.format('<script type="application/ld+json">{"articleBody":"' + "Rain fell on Monday. " * 5_000),
    "spaces": "Rain fell." + " " * 40_000 + "x",
    "hard spaces": PAGE.format("&nbsp;" * 40_000),
    "comments": PAGE.format("<!-- a " * 20_000),
    "scripts": PAGE.format("<script>" * 20_000),
    "items": PAGE.format("<li>Rain" * 10_000),
    "dialogues inside each other": PAGE.format("<div role=dialog class=cookie-banner>A line of words, which ends here. <aside>" * 900),
    "hidden elements inside each other": PAGE.format("<p>Rain fell.<div hidden>" * 1_000),
    "headings inside each other": "<h1>Rain<span>" * 1_500,
    "names inside each other": "<h1>Rain</h1>" + "<em><video itemprop=author>Ann" * 90,
    "signatures glued by words": "Ann Lee (@annlee) November 22, 2015<b>- - -" * 800,
    "code beside code": PAGE.format("<hr>Related<code><iframe>a</iframe></code></hr>" * 400),
    "lists in lists": "<dl>" * 2_200 + "Rain fell on Monday, the mayor of the valley said. " * 20 + "<dt></dt>" * 5_000,
    "posts without space between": "Rain fell.\n\n"
    + "Ann Lee (@annlee) November 22, 2015" * 300
    + "\n\nnn Lee (@annlee) November 22, 2015",
    "labels": "Share this article\n" * 10_000,
    "bylines": "By Ann Lee\n" * 5_000,
    "entities": "&amp;" * 20_000,
    "short lines": "a\n" * 50_000,
    "tables": PAGE.format("<table>" + "<tr><td>a<td>b" * 5_000),
    "one word": "a" * 300_000,
}


@pytest.mark.parametrize("number", range(120))
def test_made_up_inputs_keep_every_promise(number: int) -> None:
    data, media_type = made(number)
    assert made(number) == (data, media_type)
    assert violations(data, media_type) == []


@pytest.mark.parametrize("case", FOUND, ids=lambda case: case["name"])
def test_what_was_found_keeps_every_promise(case: dict[str, Any]) -> None:
    data = case["data"] if case["form"] == "text" else case["data"].encode("latin-1")
    assert violations(data, case["media_type"]) == []


@pytest.mark.parametrize("name", LARGE)
def test_time_grows_with_the_size(name: str) -> None:
    assert violations(LARGE[name]) == []


def test_fields_hold_nothing_that_commands() -> None:
    evil = "\x1b]0;owned\x07\u202e"
    page = (
        f"<html><head><title>Rain {evil}falls on the valley</title><meta name=author content='Ann {evil}Lee'>"
        f"<meta property='article:tag' content='{evil}'><meta property='article:tag' content='wind{evil}'>"
        f"<meta property='article:section' content='{evil}News'></head><body><article><h1>Rain {evil}falls on the valley</h1>"
        + f"<p>Rain fell on Monday, <a href='/a{evil}'>the mayor</a> said, and the bridges of the lower town are closed.</p>" * 3
        + f"<figure><img src='a{evil}.jpg' alt='{evil}'><figcaption>The bridge{evil}. Photo: Ann Lee</figcaption></figure></article>"
    )
    article = clean(page)
    assert article.title == "Rain ]0;ownedfalls on the valley"
    assert article.section == "]0;ownedNews"
    assert "controls_in_fields" in {warning.code for warning in article.quality.warnings}
    assert violations(page) == []


def test_a_finding_is_cut_down() -> None:
    assert minimised("abcdefXghiYjkl", lambda part: "X" in str(part) and "Y" in str(part)) == "XY"
    assert minimised(b"abcXdef", lambda part: b"X" in bytes(part)) == b"X"  # type: ignore[arg-type]  # bytes stay bytes
