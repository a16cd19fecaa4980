"""Bad metadata are normal: none of it may raise, take long, or become a field."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from resiliparse.parse.html import HTMLTree

from pipeline.config import DescribeConfig
from pipeline.describe import choose_fields, collect_markup
from pipeline.jsonld import graph_of, parse, read_graph
from pipeline.spans import Candidate
from tests.describe.pages import fields_of

SCRIPT = '<script type="application/ld+json">{}</script>'
LARGE = json.dumps({"@type": "NewsArticle", "headline": "Rain", "datePublished": "2020-05-03", "articleBody": "x" * 5_000_000})
DEEP = '{"@type":"Article","headline":"Rain","a":' + '{"a":' * 20_000 + "1" + "}" * 20_001
WIDE = json.dumps([{"@type": "Article", "headline": f"Rain {n}", "url": f"https://valley.example/{n}"} for n in range(20_000)])
CYCLE = '{"@graph":[{"@id":"#a","@type":"Article","author":{"@id":"#b"}},{"@id":"#b","name":{"@id":"#a"},"@type":{"@id":"#b"}}]}'
SCRIPTS = [
    LARGE,
    DEEP,
    WIDE,
    CYCLE,
    "{" * 100_000,
    '{"@type":"Article",' * 5_000,
    '"\\' * 50_000,
    "/*" * 50_000,
    "[" * 100_000,
    '{"a":"' + "&quot;" * 50_000,
    "{" + '"\\' * 200_000,
    "{" + "//" * 200_000,
    "{" + "/*x" * 200_000,
    "{-->" + " " * 400_000 + "x",
    "{," + " " * 400_000 + "x",
    '{"@type":"Article",} ' + "-->" * 200_000,
]
METAS = "".join(f'<meta property="article:tag" content="tag {n}"><meta name="author" content="Jane Doe {n}">' for n in range(10_000))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script[:12])
def test_bad_scripts(script: str) -> None:
    html, url = "<h1>Rain floods the lower town</h1>" + SCRIPT.format(script), "https://valley.example/rain"
    tree = HTMLTree.parse(html)
    start = time.process_time()
    fields = choose_fields(collect_markup(tree, read_graph(tree, html), url=url, http=None), url=url)
    assert time.process_time() - start < 1.0
    assert fields.title == "Rain floods the lower town"


def test_ten_thousand_meta_tags() -> None:
    tree = HTMLTree.parse(METAS + "<h1>Rain floods the lower town</h1>")
    start = time.process_time()
    fields = choose_fields(collect_markup(tree, read_graph(tree, METAS), url=None, http=None), url=None)
    assert time.process_time() - start < 1.0
    assert len(fields.tags) <= DescribeConfig().most_tags
    assert len(fields.authors) < 2_000


def test_nested_headings_do_not_climb_anew() -> None:
    html = "<div>" * 40 + "<h1>Rain<span>" * 1_500
    tree = HTMLTree.parse(html)
    start = time.process_time()
    collect_markup(tree, read_graph(tree, html), url=None, http=None)
    assert time.process_time() - start < 1.5  # 5 s when each asked for all that it holds and all that holds it


TIMES = "<a href='/rain'>Rain " + "<time datetime='2020-05-03'>3 May</time> " * 3_000 + "</a>"
BOXES = "<div class='sidebar'><span class='date'>3 May 2020</span>" * 1_500
BODIES = "<div itemprop='articleBody'>" * 200 + BOXES


@pytest.mark.parametrize("html", [TIMES, BOXES, BODIES, "<h1><span>Rain</span> " * 1_500], ids=["times", "boxes", "bodies", "kickers"])
def test_days_and_boxes_take_time_in_proportion(html: str) -> None:
    tree = HTMLTree.parse("<h1>Rain floods the lower town</h1>" + html)
    start = time.process_time()
    collect_markup(tree, read_graph(tree, html), url=None, http=None)
    assert time.process_time() - start < 1.5


def test_a_heading_of_very_many_nodes_is_asked_once() -> None:
    html = "<h1>Rain<b>a</b>" + "<u></u>" * 900
    tree = HTMLTree.parse(html)
    start = time.process_time()
    collect_markup(tree, read_graph(tree, html), url=None, http=None)
    assert time.process_time() - start < 1.0  # 5 s when the list of nodes was asked anew at each step


def test_a_long_broken_script_is_repaired() -> None:
    body = "rain " * 150_000
    (node,) = graph_of([f'{{"@type":"NewsArticle","headline":"Rain","articleBody":"{body}",}}'], DescribeConfig()).nodes
    assert node["headline"] == "Rain"


def test_a_large_script_is_left_alone() -> None:
    assert graph_of([LARGE], DescribeConfig(jsonld_chars=2_000_000)).nodes == ()
    assert graph_of([LARGE], DescribeConfig()).nodes


def test_nodes_are_counted() -> None:
    assert len(graph_of([WIDE, WIDE], DescribeConfig(jsonld_nodes=100)).nodes) in range(90, 101)


KEYS = ["@id", "@type", "@graph", "headline", "name", "author", "publisher", "datePublished", "keywords", "url", "mainEntityOfPage"]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["2020-05-03", "Jane Doe", "Article", "#a"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner),
    max_leaves=20,
)


@given(JSON)
def test_any_json_is_survived(value: object) -> None:
    script = json.dumps(value).replace("</", "<\\/")
    fields = fields_of("<h1>Rain floods the lower town</h1>" + SCRIPT.format(script), "https://valley.example/rain")
    assert isinstance(fields.title, str)
    assert all(author.name and "@" not in author.name for author in fields.authors)


@given(st.text(max_size=80))
def test_parse_never_raises(text: str) -> None:
    parse(text)


FIELDS = [
    "title",
    "description",
    "author",
    "published",
    "modified",
    "date",
    "section",
    "tag",
    "keywords",
    "site",
    "publisher",
    "canonical_url",
    "copyright",
    "language",
]
SOURCES = [
    "json-ld",
    "og",
    "meta",
    "h1",
    "title",
    "line",
    "time",
    "date-class",
    "microdata",
    "byline-class",
    "dublin-core",
    "citation",
    "url",
    "twitter",
]


@given(
    st.lists(st.tuples(st.sampled_from(FIELDS), st.text(max_size=40), st.sampled_from(SOURCES)), max_size=12),
    st.none() | st.just("2020-05-03T00:00:00Z"),
)
def test_judge_takes_anything(triples: list[tuple[str, str, str]], fetched_at: str | None) -> None:
    pool = [Candidate(field=field, value=value, source=source) for field, value, source in triples]
    fields = choose_fields(pool, url="https://valley.example/", fetched_at=fetched_at)
    assert fields == choose_fields(tuple(pool), url="https://valley.example/", fetched_at=fetched_at)
    if fields.published_at and fetched_at:
        assert fields.published_at[:10] <= fetched_at[:10]
    assert set(fields.sources) <= set(fields.__struct_fields__)
