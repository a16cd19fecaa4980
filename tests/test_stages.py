"""What one pass makes of a text, where no stage of its own has the word."""

from __future__ import annotations

import pytest

from pipeline import clean

PROSE = "<p>The council met on Monday evening and voted, after three hours of talk, for the new bridge over the river.</p>"


@pytest.mark.parametrize(
    ("headline", "title"),
    [
        ("Rain wins<br>again in the valley", "Rain wins again in the valley"),
        ("Rain wins <br>\n again", "Rain wins again"),
        ("Rain wins again", "Rain wins again"),
    ],
)
def test_a_moved_headline_stands_on_one_line(headline: str, title: str) -> None:
    article = clean(f"<html><body><article><h1>{headline}</h1>{PROSE * 3}</article></body></html>", media_type="text/html")
    assert article.title == title
    moved = next(edit for edit in article.provenance.edits if edit.to == "/title")
    assert moved.replacement == title


def test_a_moved_post_keeps_its_paragraphs() -> None:
    post = '<blockquote class="twitter-tweet"><p>First line<br>Second line</p>&mdash; Ann Lee (@annlee) May 3, 2020</blockquote>'
    article = clean(f"<html><body><article><h1>Rain wins again</h1>{PROSE * 3}{post}</article></body></html>", media_type="text/html")
    assert [embed.text for embed in article.embeds] == ["First line\nSecond line"]
