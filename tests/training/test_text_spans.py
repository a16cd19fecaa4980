"""What the span model learns from: renderings, labels by the annotated body, tables of words."""

import importlib

import numpy as np
import pytest

from pipeline.rules.rulebook import load
from pipeline.segment import PairModel
from pipeline.strip import LineModel
from pipeline.strip.span_words import span_totals
from training import renderings
from training.renderings import BODY, SCRAPERS, chosen, render
from training.text_spans import Lexicon, Maker, Text, fold_of

PAGE = b"""<html><head><title>Bridge</title><script>var x = 1;</script></head><body>
<nav><ul><li>Home</li><li>Weather</li></ul></nav>
<article><h1>A new bridge</h1>
<figure><img src="a.jpg"><figcaption>Ann Lee stands on the old bridge. Photo: A. Smith</figcaption></figure>
<p>The council met on Monday evening and voted, after three hours of talk, for a new bridge over the river.</p>
<p>Work is to begin in the spring, the mayor told reporters, and the ferry will run until the bridge is open.</p>
<table><tr><td>Length</td><td>300 metres</td></tr></table>
<p>Ann Lee, who has run the ferry for twenty years, said that she would miss the water and the early mornings.</p></article>
<footer>All rights reserved</footer></body></html>"""
BODY_TEXT = """The council met on Monday evening and voted, after three hours of talk, for a new bridge over the river.
Work is to begin in the spring, the mayor told reporters, and the ferry will run until the bridge is open.
Ann Lee, who has run the ferry for twenty years, said that she would miss the water and the early mornings."""


@pytest.mark.parametrize(
    ("scraper", "lines", "has", "lacks"),
    [
        ("soup_lines", 11, "Home\nWeather", "var x"),
        ("soup_one_line", 1, "Home Weather A new bridge", "var x"),
        ("paragraphs_one_line", 1, "over the river. Work is", "Home"),
        ("paragraphs_lines", 3, "over the river.\nWork is", "Photo"),
        ("story_one_line", 1, "A new bridge Ann Lee", "Home"),
        ("resiliparse_whole", 1, "Photo: A. Smith", "var x"),
        ("trafilatura_recall", 3, "over the river.\nWork is", "var x"),
    ],
)
def test_a_page_is_rendered_as_scrapers_do(scraper, lines, has, lacks):
    text = render(scraper, PAGE)
    assert has in text
    assert lacks not in text
    assert len(text.split("\n")) >= lines
    assert lines > 1 or scraper == "resiliparse_whole" or "\n" not in text


def test_every_page_draws_its_own_scrapers():
    drawn = [tuple(chosen(f"page {number}", 3)) for number in range(300)]
    assert drawn == [tuple(chosen(f"page {number}", 3)) for number in range(300)]
    assert {name for names in drawn for name in names} == set(SCRAPERS)
    assert len(SCRAPERS) >= 10


@pytest.mark.parametrize("error", [RuntimeError("the peer failed"), ImportError("install a tokenizer for this language")])
def test_a_scraper_that_fails_gives_no_text(monkeypatch, error):
    def fail(_raw):
        raise error

    monkeypatch.setitem(renderings.SCRAPERS, "soup_lines", (fail, 1))
    assert render("soup_lines", PAGE) == ""
    assert render("soup_one_line", b"<p>short</p>") == ""


def test_a_scraper_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setitem(renderings.SCRAPERS, "soup_lines", (lambda _raw: importlib.import_module("no_such_scraper"), 1))
    with pytest.raises(ModuleNotFoundError, match="no_such_scraper"):
        render("soup_lines", PAGE)


def test_outlets_have_one_fold_for_ever():
    assert [fold_of(name) for name in ("Example Times", "The Daily Example", "x")] == [2, 3, 0]


@pytest.fixture(scope="module")
def maker():
    made = Maker.__new__(Maker)
    made.rules, made.pairs, made.lines = load(), [PairModel.read()] * 5, [LineModel.read()] * 5
    return made


def test_spans_are_labelled_by_the_body(maker):
    text = "Ann Lee stands on the old bridge.\n" + BODY_TEXT.replace("\n", " ") + "\nAll rights reserved"
    sample = maker.sample(Text("page", "story_lines", frozenset({1}), text, BODY_TEXT, None))
    by_text = dict(zip(sample.parts.texts, sample.labels.tolist(), strict=True))
    assert by_text["Ann Lee stands on the old bridge."] < 0.5
    assert all(label > 0.9 for part, label in by_text.items() if part in BODY_TEXT)
    assert maker.sample(Text("page", "story_lines", frozenset({1}), "Another story. " * 30, BODY_TEXT, None)) is None


def test_spans_are_labelled_by_marks(maker):
    text = BODY_TEXT + "\nRead more: Rain is near"
    mask = np.ones(len(text), np.int8)
    mask[len(BODY_TEXT) :] = 0
    sample = maker.sample(Text("text", "dev", frozenset({1}), text, None, mask, weight=8.0))
    assert dict(zip(sample.parts.texts, sample.labels.tolist(), strict=True))["Read more: Rain is near"] == 0
    assert sample.labels[0] == 1
    assert (sample.weights > 0).all()


def test_a_body_is_article_throughout(maker):
    sample = maker.sample(Text("page", BODY, frozenset({1}), BODY_TEXT, BODY_TEXT, np.ones(len(BODY_TEXT), np.int8)))
    assert (sample.labels == 1).all()


def test_a_table_learns_what_labels_say(maker):
    samples = []
    for number in range(12):
        text = BODY_TEXT.replace("Ann", f"Ann{number}") + f"\nSubscribe now to letter {number}\nSubscribe now for more"
        mask = np.ones(len(text), np.int8)
        mask[text.index("Subscribe") :] = 0
        samples.append(maker.sample(Text(f"text {number}", "dev", frozenset({number % 5}), text, None, mask)))
    table = Lexicon(samples).learn(frozenset({0}))
    assert table.dtype == np.int8
    sample = samples[0]
    scores = span_totals(sample.seen.found, table, len(sample.labels))
    assert scores[sample.labels == 0].max() < scores[sample.labels == 1].min()
