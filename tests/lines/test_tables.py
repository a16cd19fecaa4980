"""The word lists: well formed, and every row's own example is read as the row says."""

from __future__ import annotations

import pytest

from pipeline.lines.agencies import find_agency
from pipeline.lines.author_names import heads_author
from pipeline.lines.bylines import read_byline
from pipeline.lines.calendars import month_of
from pipeline.lines.captions import read_caption
from pipeline.lines.credits import read_credit
from pipeline.lines.name_lists import read_names, split_authors
from pipeline.lines.names import looks_like_name, type_of
from pipeline.lines.relative_dates import relative_span
from pipeline.lines.social_posts import read_posts
from pipeline.lines.summary_labels import summary_label
from pipeline.lines.tables import rows
from pipeline.lines.timestamps import read_stamps
from pipeline.text.folding import fold_word
from tests.lines.reading import lines_of

LISTS = [
    "agencies",
    "author_headings",
    "bylines",
    "credits",
    "job_words",
    "months",
    "name_words",
    "not_names",
    "not_places",
    "organizations",
    "pictures",
    "places",
    "posts",
    "relative",
    "stamps",
    "summaries",
    "weekdays",
    "writer_words",
    "zones",
]


@pytest.mark.parametrize("name", LISTS)
def test_no_row_stands_twice(name: str) -> None:
    table = rows(name)
    assert table
    assert len(set(table)) == len(table)


def test_months_of_many_languages() -> None:
    table = rows("months")
    whole = [
        language
        for language in {row[0] for row in table}
        if {row[1] for row in table if row[0] == language} == {str(n) for n in range(1, 13)}
    ]
    assert len(whole) >= 60
    assert all(month_of(form, language) == int(month) for language, month, form in table)


@pytest.mark.parametrize(("kind", "language", "phrase", "example"), rows("stamps"))
def test_stamps(kind: str, language: str, phrase: str, example: str) -> None:
    stamps = read_stamps(example, language=language)
    assert stamps, phrase
    assert stamps[0].role == kind


@pytest.mark.parametrize(("kind", "language", "phrase", "mark", "example"), rows("bylines"))
def test_bylines(kind: str, language: str, phrase: str, mark: str, example: str) -> None:
    assert kind in ("before", "after")
    assert mark in ("yes", "no")
    assert fold_word(phrase) in fold_word(example)
    assert read_byline(example, language=language) is not None


@pytest.mark.parametrize(("kind", "language", "phrase", "example"), rows("credits"))
def test_credits(kind: str, language: str, phrase: str, example: str) -> None:
    assert kind in ("before", "alone")
    assert language
    assert fold_word(example).startswith(fold_word(phrase))
    assert read_credit(example) is not None


@pytest.mark.parametrize(("kind", "language", "phrase", "example"), rows("pictures"))
def test_pictures(kind: str, language: str, phrase: str, example: str) -> None:
    assert language
    last = kind in ("bare", "house")
    assert fold_word(example).endswith(fold_word(phrase)) if last else fold_word(example).startswith(fold_word(phrase))
    reading = read_caption(example)
    assert reading is not None
    assert (kind in ("credit", "before", "house")) == (reading.kind == "credit_line")


@pytest.mark.parametrize(("kind", "language", "phrase", "example"), rows("author_headings"))
def test_author_headings(kind: str, language: str, phrase: str, example: str) -> None:
    assert kind == "heading"
    assert language
    assert fold_word(example).startswith(fold_word(phrase))
    assert heads_author(example)
    assert not heads_author(f"{example} x")


@pytest.mark.parametrize(("kind", "language", "phrase", "example"), rows("summaries"))
def test_summaries(kind: str, language: str, phrase: str, example: str) -> None:
    assert language
    assert fold_word(example).startswith(fold_word(phrase))
    assert summary_label(example) == kind


@pytest.mark.parametrize(("language", "unit", "phrase", "example"), rows("relative"))
def test_relative(language: str, unit: str, phrase: str, example: str) -> None:
    assert language
    assert phrase
    found = relative_span(example)
    assert found is not None
    assert found[2] == unit


@pytest.mark.parametrize(("kind", "language", "phrase", "example"), [row for row in rows("not_names") if row[0] in ("void", "role")])
def test_no_names(kind: str, language: str, phrase: str, example: str) -> None:
    assert language
    assert not looks_like_name(phrase)
    if kind == "role":
        assert [name for name, _ in split_authors(example)] == [example.split(",", maxsplit=1)[0]]


@pytest.mark.parametrize(("kind", "language", "phrase", "example"), rows("job_words"))
def test_jobs(kind: str, language: str, phrase: str, example: str) -> None:
    assert kind in ("noun", "opens", "beat", "link", "join", "button")
    assert language
    assert fold_word(phrase) in fold_word(example)
    name = example.split(",", maxsplit=1)[0] if "," in example else " ".join(example.split()[:2])
    assert [read.name for read in read_names(example).names] == [name]


@pytest.mark.parametrize(("kind", "language", "phrase", "example"), rows("organizations"))
def test_organizations(kind: str, language: str, phrase: str, example: str) -> None:
    assert kind in ("word", "tail")
    assert language
    assert fold_word(phrase) in fold_word(example)
    assert type_of(example) == "organization"


@pytest.mark.parametrize(("kind", "name", "phrase", "acronym"), rows("agencies"))
def test_agencies(kind: str, name: str, phrase: str, acronym: str) -> None:
    assert acronym in ("yes", "no")
    assert find_agency(phrase) is not None
    assert find_agency(name) is not None or kind == "agency"


@pytest.mark.parametrize(("kind", "language", "phrase", "platform", "example"), rows("posts"))
def test_posts(kind: str, language: str, phrase: str, platform: str, example: str) -> None:
    assert language
    assert fold_word(example).startswith(fold_word(phrase))
    text = f"{example}\n\nSpring is here\n\nA post shared by Jane (@jane)" if kind == "open" else f"Spring is here\n\n{example}"
    posts = read_posts(lines_of(text), text)
    assert [post.platform for post in posts] == [platform]
    assert (posts[0].start, posts[0].end) == (0, len(text))
