"""A page that holds several stories in full says so, and a table says its size."""

from __future__ import annotations

import pytest

from pipeline import clean

PROSE = (
    "The ferry came back after a long winter, and the people of the town had waited for it on the old landing stage since the morning. "
    "Nobody minded the rain that fell all day, and the band of the fire brigade played until the last passengers had gone home."
)


def story(number: int, *, signed: bool = True) -> str:
    byline = f'<p class="byline">By Ann Lee, <time datetime="2020-03-0{number}">{number} March 2020</time></p>' if signed else ""
    return (
        f'<article class="post"><header><h2><a href="/p{number}">{number} boats were seen on the lake again</a></h2>{byline}</header>'
        f"<p>{PROSE}</p><p>The board closed quay number {number} after a crane had slipped from its rails, and the pilots took the ferries "
        f"to the old landing stage for the rest of the week, which cost {number} million crowns.</p></article>"
    )


def page(body: str, title: str = "Lake notes") -> str:
    return f"<html><head><title>{title}</title></head><body><nav><a href=/>Home</a></nav><main>{body}</main></body></html>"


def stories(*numbers: int, signed: bool = True) -> str:
    return "".join(story(number, signed=signed) for number in numbers)


def test_three_stories_in_full_are_several() -> None:
    made = clean(page(stories(1, 2, 3)), url="https://example.org/notes/")
    assert made.page_kind == "multiple"
    assert [(warning.code, warning.base_start) for warning in made.quality.warnings] == [("several_articles", 0)]
    assert all(f"quay number {number}" in made.text for number in (1, 2, 3))


@pytest.mark.parametrize(
    "html",
    [
        page(stories(1)),
        page(stories(1, 2)),
        page(stories(1, 2, 3, signed=False)),
        page(f"<h1>Lake opens</h1><p>{PROSE}</p><p>{PROSE.replace('ferry', 'mayor')}</p>" + stories(1, 2, 3), "Lake opens"),
        page(f'<div class="live-blog">{stories(1, 2, 3)}</div>'),
    ],
    ids=["one", "two", "unsigned", "the page's own first", "live"],
)
def test_other_pages_are_not(html: str) -> None:
    made = clean(html, url="https://example.org/notes/")
    assert made.page_kind == "article"
    assert not made.quality.warnings


def test_a_text_of_several_articles_has_the_warning() -> None:
    places = ["LONDON, May 3 (Reuters) - ", "PARIS, May 3 (AFP) - ", "BERLIN, May 4 (dpa) - "]
    text = "\n\n".join(f"Bridge {number} approved\n\n{place}{PROSE}\n\nIt was {number} again." for number, place in enumerate(places))
    made = clean(text, media_type="text/plain")
    assert made.page_kind == "multiple"
    assert [warning.code for warning in made.quality.warnings] == ["several_articles"]


def test_a_table_says_its_rows_and_columns() -> None:
    table = (
        "<table><tr><th>Day</th><th>Rain</th></tr><tr><td>Monday</td><td>4<br>mm</td></tr><tr><td>Tuesday</td><td>5 mm</td></tr></table>"
    )
    made = clean(page(f"<article><h1>Rain</h1><p>{PROSE}</p>{table}<p>{PROSE.replace('ferry', 'tram')}</p></article>", "Rain"))
    assert [(block.kind, block.rows, block.columns) for block in made.blocks] == [
        ("paragraph", None, None),
        ("table", 3, 2),
        ("paragraph", None, None),
    ]
