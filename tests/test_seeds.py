"""The five scraped articles that the project was born from: what a reader expects of their records."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from pipeline import Article, clean

SEEDS = sorted((Path(__file__).parents[1] / "raw" / "seeds").glob("*.txt"))
TRT, NDTV, EURONEWS, TASS_KERRY, TASS_FRONT = range(5)


@cache
def seed(number: int) -> Article:
    return clean(SEEDS[number].read_bytes(), source="seeds")


def kinds(article: Article) -> Counter[str]:
    return Counter(block.kind for block in article.blocks)


def removed(article: Article, kind: str) -> list[str]:
    return [entry.text or "" for entry in article.removed if entry.kind == kind]


def test_there_are_five() -> None:
    assert len(SEEDS) == 5


class TestTRT:
    def test_title_and_description_are_fields(self) -> None:
        assert seed(TRT).title == "UN chief urges Russia, US to cooperate against terrorism"
        assert seed(TRT).description == "UN chief Ban Ki-moon urges global solidarity against terrorism, urging Russia, US to cooperate"
        assert seed(TRT).title not in seed(TRT).text

    def test_three_captions_with_their_credit(self) -> None:
        images = seed(TRT).images
        assert [image.credit for image in images] == ["Reuters"] * 3
        assert [(image.caption or "").split()[-1] for image in images] == ["2015"] * 3
        assert all("Reuters" not in (image.caption or "") for image in images)

    def test_modified_and_not_published(self) -> None:
        assert seed(TRT).modified_at == "2015-11-23"
        assert seed(TRT).published_at is None

    def test_credit_line(self) -> None:
        assert [credit.raw for credit in seed(TRT).credits] == ["TRTWorld and agencies"]

    def test_body(self) -> None:
        assert kinds(seed(TRT)) == {"paragraph": 19}
        assert seed(TRT).text.startswith("The United Nations Secretary General Ban Ki-moon urged")
        assert seed(TRT).text.endswith('that are undertaken by those countries that have suffered from terrorism," he said.')


class TestNDTV:
    def test_no_title_is_invented(self) -> None:
        assert seed(NDTV).title is None

    def test_caption_and_dateline(self) -> None:
        assert [image.caption for image in seed(NDTV).images] == ["File photo of United Nations Secretary-General Ban Ki-moon."]
        dateline = seed(NDTV).dateline
        assert dateline is not None
        assert (dateline.raw, dateline.place) == ("KUALA LUMPUR:", "KUALA LUMPUR")

    def test_repeats_are_kept_once_and_say_of_what(self) -> None:
        repeats = [entry for entry in seed(NDTV).removed if entry.kind == "repeat"]
        assert len(repeats) == 16
        base = SEEDS[NDTV].read_text(encoding="utf-8")
        for entry in repeats:
            assert entry.of is not None
            assert base[entry.of[0] : entry.of[1]] == entry.text
            assert entry.of[1] <= entry.base_start

    def test_copyright_moves_and_promotion_goes(self) -> None:
        assert seed(NDTV).copyright == "© Thomson Reuters 2015"
        assert removed(seed(NDTV), "promo") == ["Track Latest News Live on NDTV.com and get news updates from India and around the world"]

    def test_body(self) -> None:
        assert kinds(seed(NDTV)) == {"paragraph": 17}


class TestEuronews:
    def test_doubled_title(self) -> None:
        assert seed(EURONEWS).title == "UN tells world leaders to cooperate over ISIL"
        assert removed(seed(EURONEWS), "repeat") == ["UN tells world leaders to cooperate over ISIL"]

    def test_author_is_an_organization(self) -> None:
        assert [(author.name, author.type) for author in seed(EURONEWS).authors] == [("Euronews", "organization")]

    def test_furniture_has_its_kinds(self) -> None:
        article = seed(EURONEWS)
        assert "Share this articleComments" in " ".join(removed(article, "share"))
        assert any("embed link below" in text for text in removed(article, "embed_code"))
        assert removed(article, "advert") == ["ADVERTISEMENT"]
        assert any(text.endswith("Days after the Security") for text in removed(article, "teaser"))
        related = "\n".join(removed(article, "related"))
        for words in ("You might also like", "ASEAN and East Asia summit", "UK leader Rishi Sunak", "US and EU show united front"):
            assert words in related

    def test_three_posts(self) -> None:
        posts = seed(EURONEWS).embeds
        assert [(post.author, post.handle, post.date, post.date_raw) for post in posts] == [
            ("Reuters World", "@ReutersWorld", "2015-11-22", "22 Novembre 2015"),
            ("Reuters China", "@ReutersChina", "2015-11-20", "20 Novembre 2015"),
            ("Vladimir Putin", "@PutinRF_Eng", "2015-11-21", "21 Novembre 2015"),
        ]
        assert posts[0].text == "U.N. Sec. Gen. Ban urges Russia, U.S. to cooperate on terrorism"
        assert [post.urls for post in posts] == [
            ("https://t.co/bLMbJ3U38U",),
            ("https://t.co/4sDq8zuBKC", "pic.twitter.com/nV0tssbg6N"),
            ("https://t.co/CbLMOBw5lj",),
        ]

    def test_body(self) -> None:
        assert kinds(seed(EURONEWS)) == {"paragraph": 7, "heading": 1}
        heading = next(block for block in seed(EURONEWS).blocks if block.kind == "heading")
        assert seed(EURONEWS).text[heading.start : heading.end] == "Russia intensifies action"


class TestTASS:
    @pytest.mark.parametrize("number", [TASS_KERRY, TASS_FRONT])
    def test_navigation_title_and_description(self, number: int) -> None:
        assert removed(seed(number), "navigation") == ["All news"]
        assert (seed(number).title or "").startswith(("UN chief says Lavrov", "Russia calls on foreign partners"))
        assert (seed(number).description or "").startswith(("When speaking about", "The only way to conquer"))

    def test_caption_credit_and_alt(self) -> None:
        (image,) = seed(TASS_KERRY).images
        words = "United Nations Secretary-General Ban Ki-moon"
        assert (image.caption, image.credit, image.alt) == (words, "EPA/JUSTIN LANE", words)

    @pytest.mark.parametrize(
        ("number", "place", "date", "raw"),
        [
            (TASS_KERRY, "UNITED NATIONS", "December 21", "UNITED NATIONS, December 21. /TASS/."),
            (TASS_FRONT, "MOSCOW", "May 31", "MOSCOW, May 31 /TASS/."),
        ],
    )
    def test_dateline_leaves_the_text_and_no_year_is_guessed(self, number: int, place: str, date: str, raw: str) -> None:
        article = seed(number)
        assert article.dateline is not None
        assert (article.dateline.raw, article.dateline.place, article.dateline.date_raw, article.dateline.agency) == (
            raw,
            place,
            date,
            "TASS",
        )
        assert raw not in article.text
        assert (article.published_raw, article.published_at) == (date, None)

    def test_bodies(self) -> None:
        assert kinds(seed(TASS_KERRY)) == {"paragraph": 8, "heading": 1}
        heading = next(block for block in seed(TASS_KERRY).blocks if block.kind == "heading")
        assert seed(TASS_KERRY).text[heading.start : heading.end] == '"Collective failure" in Syria and the fight against IS'
        assert kinds(seed(TASS_FRONT)) == {"paragraph": 8}
