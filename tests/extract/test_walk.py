"""From tags to base text: nothing visible is lost, and structure is what a reader would see."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from resiliparse.parse.html import HTMLTree

from pipeline.extract.parse import visible_html
from pipeline.extract.walk import walk


def lay_out(html: str):
    return walk(visible_html(HTMLTree.parse(html)), 5000)


CASES = json.loads((Path(__file__).parents[1] / "cases" / "extract" / "synthetic.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["html"][:40])
def test_base_text(case: dict[str, str]) -> None:
    assert lay_out(case["html"]).base == case["base"]


def test_kinds_and_levels() -> None:
    page = lay_out("<h2>a</h2><ul><li>b<ol><li>c</ol></ul><blockquote><p>d</p></blockquote><pre>e</pre><p>f</p>")
    assert list(zip(page.kinds, page.levels, strict=True)) == [
        ("heading", 2), ("list_item", 1), ("list_item", 2), ("quote", 1), ("code", 0), ("paragraph", 0),
    ]  # fmt: skip


def test_links_and_unseen_words_have_spans() -> None:
    page = lay_out(
        '<p>one <a href="u">two three</a> four <span class="sr-only">(opens a tab)</span>.</p><a href="v"><div>five</div><div>six</div></a>'
    )
    assert [(page.base[a:b], attributes) for a, b, attributes in page.links] == [
        ("two three", ' href="u"'), ("five", ' href="v"'), ("six", ' href="v"'),
    ]  # fmt: skip
    assert [page.base[a:b] for a, b in page.drops] == ["(opens a tab)"]


def test_links_in_a_joined_table_move_along() -> None:
    page = lay_out('<table><tr><td>a<td><a href="u">bb</a><tr><td>c<td><a href="v">d</a></table><p>e <a href="w">f</a></p>')
    assert page.base == "a\tbb\nc\td\n\ne f"
    assert [page.base[a:b] for a, b, _ in page.links] == ["bb", "d", "f"]
    assert list(page.kinds) == ["table", "paragraph"]


def test_streamed_parts_stand_where_they_will_be_shown() -> None:
    html = '<header>h</header><!--$?--><template id="B:0"></template>wait<!--/$--><footer>f</footer><div hidden id="S:0"><p>story</p></div>'
    assert lay_out(html).base == "h\n\nstory\n\nwait\n\nf"


def test_a_hidden_story_is_shown_and_a_hidden_menu_is_not() -> None:
    story = "<p>" + "The story goes on and on. " * 30 + "</p>"
    assert "goes on" in lay_out(f"<p>Teaser.</p><div class=wall hidden>{story}</div>").base
    assert lay_out("<div hidden><p>Menu</p></div><p>Text.</p>").base == "Text."


_TEXT = st.text(st.sampled_from("ab <>&\"'\n\u00a0é字\u0000"), max_size=8)
_TAG = st.sampled_from(
    [
        "p",
        "div",
        "b",
        "a",
        "ul",
        "li",
        "table",
        "tr",
        "td",
        "h2",
        "br",
        "span",
        "pre",
        "svg",
        "title",
        "x-y",
        "blockquote",
        "script",
        "button",
        "form",
    ]
)


@st.composite
def soup(draw: st.DrawFn) -> str:
    parts = []
    for _ in range(draw(st.integers(0, 25))):
        kind = draw(st.integers(0, 3))
        parts.append(f"<{draw(_TAG)}>" if kind == 0 else f"</{draw(_TAG)}>" if kind == 1 else draw(_TEXT))
    return "".join(parts)


@settings(max_examples=300, deadline=None)
@given(soup())
def test_no_visible_character_is_lost_or_made(html: str) -> None:
    tree = HTMLTree.parse(html)
    body = tree.body
    for node in tree.document.query_selector_all("script, style, noscript, template")[:]:
        node.parent.remove_child(node)
    want = Counter(re.sub(r"\s", "", body.text if body else ""))
    page = lay_out(html)
    got = Counter(re.sub(r"\s", "", page.base))
    assert got == want
    for text, kind in zip(page.texts(), page.kinds, strict=True):
        assert text.strip()
        assert text == text.strip() or kind in ("code", "preformatted")  # code keeps the indentation of its first line
    assert page.base == "\n\n".join(page.texts())


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 4000 + "x",
        "<b>" * 100_000 + "x",
        "<p>" + "x" * 5_000_000,
        "<table>" + "<tr><td>a<td><a href=b>c</a>" * 20_000,
        "<a href=x><div>y" * 2_000,
        "<ul><li>" * 2_000 + "x",
        "&amp;" * 300_000,
        "<!--" * 100_000 + "x",
        "<p " + "a=b " * 200_000 + ">x",
        "<p a='" + '"' * 300_000 + "'>x",
        "<br>" * 200_000 + "x",
        "<svg><title>a" * 20_000,
        '<span class="sr-only">' * 20_000 + "x",
    ],
)
def test_hostile_pages_take_linear_time(html: str) -> None:
    start = time.process_time()
    lay_out(html)
    assert time.process_time() - start < 8
