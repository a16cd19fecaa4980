"""Code in texts stays code, in every form in which a scrape holds it; lists of facts are none."""

import time

import pytest

from pipeline import clean
from pipeline.segment.code_regions import regions
from pipeline.segment.split_lines import split_lines

BEFORE = "The ferry office wrote a small program that counts the boats, and it put the source on its page for everybody to read."
AFTER = "After that, the office went on to write a second program, which prints the timetable for the whole week and for both towns."
CODE = {
    "python": [
        "def count(boats):",
        "    total = 0",
        "",
        "    for boat in boats:",
        "        if boat.large:",
        "            total += 2",
        "    return total",
    ],
    "c": [
        "#include <stdio.h>",
        "",
        "int main(void) {",
        "    int n = 0;",
        "    while (n < 9) {",
        "        n++;",
        "    }",
        "    return 0;",
        "}",
    ],
    "shell": ["#!/bin/sh", "set -e", "for f in *.txt; do", '  wc -l "$f"', "done", "", "sudo apt-get install -y boat"],
    "sql": ["SELECT name, count(*) AS n", "FROM boats b", "WHERE b.year >= 1994", "", "GROUP BY name", "ORDER BY n DESC;"],
    "yaml": ["boats:", "  - name: Orrin", "    year: 1931", "    crew:", "      - Marta", "", "towns:", "  east: 12"],
    "html": ['<div class="boat">', "  <h1>Orrin</h1>", "  <p>", "    A <b>ferry</b> &amp; more.", "  </p>", "", "</div>"],
}


def indented(code):
    return "\n".join("    " + line if line else line for line in code.split("\n"))


@pytest.mark.parametrize("language", CODE)
@pytest.mark.parametrize("form", ["fenced", "indented", "bare", "fenced, glued", "indented, glued"])
def test_code_keeps_every_character(language, form):
    code = "\n".join(CODE[language])
    code = indented(code) if "indented" in form else code
    printed = f"```{language}\n{code}\n```" if "fenced" in form else code
    gap = "\n" if "glued" in form else "\n\n"
    article = clean(f"{BEFORE}{gap}{printed}{gap}{AFTER}", media_type="text/plain")
    assert code in article.text
    assert [block.kind for block in article.blocks] == ["paragraph", "code", "paragraph"]
    assert clean(article.text, media_type="text/plain").text == article.text


@pytest.mark.parametrize(
    "text",
    [
        "Price: 4 crowns\nPlace: the quay\nTime: nine\nHost: Ann Lee",
        "For the record\nImport duties fall\nFrom the port\nReturn to sender",
        "Select a boat, she said.\nWhere is it?\nFrom here you see it.",
        "- one egg\n- two spoons of flour\n- salt",
    ],
)
def test_no_code(text):
    assert regions(text, split_lines(text)) == []


def test_rows_between_bars_are_a_table():
    text = "The towns\n| town | boats |\n| east | 12 |\n| west | 4 |\nThat is all."
    assert regions(text, split_lines(text)) == [(1, 4, "table")]


@pytest.mark.parametrize("piece", ["    x = 1\n", "```\n", "| a | b |\n", "a: \n", "SELECT \n\n", "{\n", "x\n"])
def test_long_text_takes_linear_time(piece):
    text = piece * (200_000 // len(piece))
    lines = split_lines(text)
    start = time.process_time()
    regions(text, lines)
    assert time.process_time() - start < 4
