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
from pipeline.records import Article, InlineMark, Link, TextBlock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.records import MarkKind

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


@given(
    st.lists(st.tuples(st.sampled_from(KINDS), LINES, st.integers(1, 3)), min_size=1, max_size=3),
    st.lists(st.tuples(st.sampled_from(["strong", "em", "code", "sup", "sub"]), st.integers(0, 60), st.integers(1, 30)), max_size=6),
    st.booleans(),
)
def test_marks_add_no_words_and_take_none(blocks: list[tuple[str, str, int]], spans: list[tuple[MarkKind, int, int]], linked: bool) -> None:
    record = article(blocks)
    size = len(record.text)
    marks = tuple(InlineMark(kind=kind, start=start, end=min(start + length, size)) for kind, start, length in spans if start < size)
    links = (Link(text=record.text[: size // 2], url="https://example.org/", start=0, end=size // 2),) if linked and size > 1 else ()
    record = msgspec.structs.replace(record, marks=marks, links=links)
    plain = "".join(record.text.split())
    assert "".join(unescape(re.sub(r"<[^>]*>", "", rendered(record))).split()) == plain
    assert "".join(unescape(re.sub(r"<[^>]*>", "", record.to_html())).split()) == plain


def marked(body: str) -> Article:
    more = "<p>Rain fell on the valley all day, and nobody had seen such weather in the spring before, the mayor said.</p>"
    return clean(f"<html><body><article><h1>Rain in the valley</h1>{body}{more}</article></body></html>")


class TestMarks:
    def test_words_set_apart_in_their_line_are_spans_of_the_record(self) -> None:
        record = marked(
            "<p>It fell <b>on\n Monday</b>, the <i>mayor</i> of <a href='/a'>the <strong>old</strong> town</a> said: "
            "<code>make all</code>, on the 1<sup>st</sup> of May, of H<sub>2</sub>O and 10<sup>6</sup> drops.</p>"
        )
        said = [(mark.kind, record.text[mark.start : mark.end]) for mark in record.marks]
        assert said == [("strong", "on Monday"), ("em", "mayor"), ("strong", "old"), ("code", "make all"), ("sup", "st"), ("sub", "2")]
        shown = "It fell **on Monday**, the *mayor* of the **old** town said: `make all`, on the 1st of May, of H2O and 10⁶ drops."
        assert shown in record.to_markdown()
        assert "<strong>on Monday</strong>, the <em>mayor</em>" in record.to_html()
        assert "1<sup>st</sup>" in record.to_html()

    def test_a_mark_over_several_paragraphs_is_one_in_each(self) -> None:
        record = marked("<b><p>It fell on Monday, and again on Tuesday.</p><p>Then it was over, they said, in the<br>valley.</p></b>")
        said = [record.text[mark.start : mark.end] for mark in record.marks]
        assert said == ["It fell on Monday, and again on Tuesday.", "Then it was over, they said, in the valley."]

    def test_marks_of_one_kind_inside_each_other_are_one(self) -> None:
        record = marked("<p><b>It fell <strong>all</strong> day</b> long, they said, <em><b>and more</b></em>.</p>")
        assert [(mark.kind, record.text[mark.start : mark.end]) for mark in record.marks] == [
            ("strong", "It fell all day"),
            ("em", "and more"),
            ("strong", "and more"),
        ]
        assert "**It fell all day** long, they said, ***and more***." in record.to_markdown()

    def test_words_that_leave_take_their_marks_along(self) -> None:
        record = marked("<p><b>Share this article</b></p><p>It <i>rained</i> all day in the valley, and the <b>river</b> rose.</p>")
        assert [record.text[mark.start : mark.end] for mark in record.marks] == ["rained", "river"]

    def test_code_keeps_its_characters_and_has_no_marks(self) -> None:
        code = "<b>def</b> gate(rain):\n    <b>if</b> rain &gt; 4:\n        <i>stay</i>()\n    return rain * 2"
        record = marked(f"<p>The mayor showed us how the gate of the mill decides, in four lines:</p><pre><code>{code}</code></pre>")
        assert "def gate(rain):\n    if rain > 4:\n        stay()\n    return rain * 2" in record.text
        assert record.marks == ()

    def test_a_text_has_none(self) -> None:
        assert RECORD.marks == ()


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
