"""The views of a record show the words of its text and no others, in the structure of its blocks."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pipeline import clean
from pipeline.records import Article, Link, TextBlock

if TYPE_CHECKING:
    from collections.abc import Sequence

RECORD = clean("Rain fell on Monday, the mayor said, and it will fall again on Tuesday.\n", media_type="text/plain")
KINDS = ("paragraph", "heading", "quote", "list_item", "table", "code", "preformatted")


def article(blocks: Sequence[tuple[str, str, int | None]], links: Sequence[tuple[str, str]] = (), title: str | None = None) -> Article:
    """Return a record whose text consists of blocks: (kind, words, level). Links are (words, address)."""
    text, made = "", []
    for kind, words, level in blocks:
        start = len(text) + 2 if text else 0
        text = f"{text}\n\n{words}" if text else words
        block = TextBlock(kind=kind, start=start, end=len(text), base_start=0, base_end=0, level=level, language=None)  # type: ignore[arg-type]
        made.append(block)
    spans = [Link(text=words, url=url, start=text.index(words), end=text.index(words) + len(words)) for words, url in links]
    return msgspec.structs.replace(RECORD, title=title, text=text, blocks=tuple(made), links=tuple(spans))


def rendered(record: Article) -> str:
    return str(MarkdownIt("commonmark").enable("table").render(record.to_markdown()))


def words(page: str) -> list[str]:
    return unescape(re.sub(r"<[^>]*>", " ", page)).split()


WORDS = st.text(
    st.one_of(st.sampled_from("ab1 *_`[]()<>&#+-=~|!\\.:\"'雨{}$^@"), st.characters(codec="utf-8", categories=("L", "N", "P"))), min_size=1
)
LINES = WORDS.map(lambda text: "x" + " ".join(text.split()))


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.lists(LINES, min_size=1, max_size=3), st.integers(1, 3)), min_size=1, max_size=5))
def test_both_views_show_the_words_of_the_text(blocks: list[tuple[str, list[str], int]]) -> None:
    record = article([(kind, " ".join(lines) if kind == "heading" else "\n".join(lines), level) for kind, lines, level in blocks])
    assert words(rendered(record)) == record.text.split()
    assert words(record.to_html()) == record.text.split()


STARTS = [
    "# a",
    "1. a",
    "12) a",
    "- a",
    "+ a",
    "* a",
    "> a",
    "=== a",
    "--- a",
    "``` a",
    "~~~ a",
    "| a | b |",
    "    a",
    "[a]: b",
    "<b>a</b>",
    "&amp; a",
]


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("kind", ["paragraph", "list_item", "quote", "heading"])
def test_no_line_becomes_markup_by_how_it_begins(start: str, kind: str) -> None:
    record = article([(kind, f"{start}\nrain" if kind != "heading" else start, 2), ("paragraph", start, None)])
    assert words(rendered(record)) == record.text.split()
    assert "<pre>" not in rendered(record)
    assert "<hr" not in rendered(record)


def test_the_structure_in_markdown() -> None:
    record = article(
        [
            ("heading", "What next", 2),
            ("paragraph", "Rain fell\non Monday.", None),
            ("list_item", "by bus", 1),
            ("list_item", "or car", 2),
            ("quote", "We wait.", 1),
            ("quote", "Still.", 2),
            ("table", "day\train\nMonday\t9 | 10\nTuesday", None),
            ("code", "a = `b`\n\n```\nc", None),
        ],
        [("Rain", "https://example.org/(a)"), ("Monday", "javascript:alert(1)"), ("bus", "/bus")],
        "Rain *again*",
    )
    assert record.to_markdown() == (
        "# Rain \\*again\\*\n\n## What next\n\n[Rain](<https://example.org/(a)>) fell\\\non Monday.\n\n- by [bus](/bus)\n  - or car\n\n"
        "> We wait.\n>\n> > Still.\n\n"
        "| day | rain |\n| --- | --- |\n| Monday | 9 \\| 10 |\n| Tuesday |  |\n\n````\na = `b`\n\n```\nc\n````\n"
    )


def test_the_structure_in_html() -> None:
    record = article(
        [
            ("heading", "A & B", 3),
            ("list_item", "one", 1),
            ("list_item", "two", 2),
            ("list_item", "three", 1),
            ("quote", "We <wait>.", 1),
            ("table", "day\train\nMonday", None),
            ("preformatted", "\n a", None),
            ("paragraph", "Rain\nfell", None),
        ],
        [("Rain", 'https://example.org/"a"'), ("We", "data:text/html,x")],
        "T",
    )
    assert record.to_html() == (
        '<article lang="en">\n<h1>T</h1>\n<h3>A &amp; B</h3>\n<ul><li>one<ul><li>two</li></ul></li><li>three</li></ul>\n'
        "<blockquote><p>We &lt;wait&gt;.</p></blockquote>\n"
        "<table><tr><td>day</td><td>rain</td></tr><tr><td>Monday</td><td></td></tr></table>\n"
        '<pre>\n\n a</pre>\n<p><a href="https://example.org/&quot;a&quot;">Rain</a><br>\nfell</p>\n</article>\n'
    )


def test_a_record_without_words_has_an_empty_view() -> None:
    assert article([]).to_markdown() == ""
    assert article([]).to_html() == '<article lang="en">\n</article>\n'
