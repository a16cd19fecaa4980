"""What stands around a story leaves whatever the model took it for, and what only looks like it stays."""

from __future__ import annotations

import pytest

from pipeline.extract.corrections import find_title_repeats
from pipeline.extract.decide import decide
from pipeline.extract.figures import find_captions
from pipeline.extract.stories import find_stories
from pipeline.extract.surroundings import find_above_headline, find_controls, find_foot, find_forms, find_unseen
from pipeline.extract.teaser_feeds import find_feeds
from tests.described import described

STORY = (
    "<p>The lake froze on the second night, and by noon the boys of the lower school were out with brooms and two old hockey sticks.</p>"
    "<p>The warden walked the ice with a drill and said that it would hold a horse, although nobody had thought of bringing one along.</p>"
    "<p>In the evening the band played on the landing stage, and the baker sold hot rolls from a sledge until the moon was up.</p>"
)
HEADLINE = "<h1>Lake notes</h1>"
LINE = "Two ducks were seen near the mill, and the miller has counted them twice since then."


def leaving(find: object, body: str) -> list[str]:
    """The texts that a rule takes from a page of which all is kept."""
    page = described(body)
    return [page.texts[block] for block in find(page, [True] * len(page.texts))]  # type: ignore[operator]


class TestAboveTheHeadline:
    CARDS = (
        "<ul>"
        + "".join(f'<li><b><a href="/{mark}">The duck of the week {mark}</a></b><p>{LINE} {mark}</p></li>' for mark in "abc")
        + "</ul>"
    )
    OTHERS = "<ul>" + "".join(f"<li><b>The duck of the week {mark}</b><p>{LINE} {mark}</p></li>" for mark in "abc") + "</ul>"

    def leaving(self, body: str) -> int:
        page = described(body)
        return len(find_above_headline(page, [True] * len(page.texts), None))

    def test_cards_above_the_headline_leave(self) -> None:
        assert self.leaving(f"{self.CARDS}{HEADLINE}{STORY}") == 6

    @pytest.mark.parametrize(
        "body",
        [
            f"{CARDS}{HEADLINE}<p>{LINE}</p>",
            f"{CARDS}<h1>The week in the valley</h1>{STORY}",
            f"{CARDS}<h2>Lake notes</h2>{STORY}",
            f"{HEADLINE}{CARDS}{STORY}",
            f"{OTHERS}{HEADLINE}{STORY}",
            f"{STORY}{HEADLINE}{STORY}",
        ],
        ids=[
            "hardly a story below",
            "not the title",
            "of the second rank",
            "below it",
            "items without links",
            "a story above its headline",
        ],
    )
    def test_what_is_not_surely_a_card_above_the_story_stays(self, body: str) -> None:
        assert self.leaving(body) == 0


class TestFoot:
    def test_the_foot_of_the_page_leaves(self) -> None:
        assert leaving(find_foot, f"{HEADLINE}{STORY}<footer><div><p>{LINE}</p></div></footer>") == [LINE]

    @pytest.mark.parametrize(
        "body",
        [
            f"<article>{HEADLINE}{STORY}<footer><p>{LINE}</p></footer></article>",
            f"<main>{HEADLINE}{STORY}<footer><p>{LINE}</p></footer></main>",
            f"{HEADLINE}<p>{LINE}</p><footer>{STORY}</footer>",
        ],
        ids=["of an article", "of the main part", "which holds the story"],
    )
    def test_another_foot_stays(self, body: str) -> None:
        assert leaving(find_foot, body) == []


class TestForms:
    POLL = f"<form><p>{LINE}</p><label>Yes</label></form>"

    def test_a_poll_leaves(self) -> None:
        assert leaving(find_forms, f"{HEADLINE}{STORY}{self.POLL}") == [LINE, "Yes"]

    def test_a_page_inside_a_form_stays(self) -> None:
        assert leaving(find_forms, f"<form>{HEADLINE}{STORY}</form>") == []


class TestControls:
    def test_labels_of_buttons_leave(self) -> None:
        cards = "".join(f"<button><h3>Duck number {number}</h3></button>" for number in "123")
        assert leaving(find_controls, f"{STORY}<div>{cards}</div>") == ["Duck number 1", "Duck number 2", "Duck number 3"]

    def test_a_question_above_its_answer_stays(self) -> None:
        assert leaving(find_controls, f"{STORY}<div><button>Will the ice hold?</button><p>{LINE}</p></div>") == []


class TestUnseen:
    @pytest.mark.parametrize("name", ["hidden", "note d-none", "is-hidden big"])
    def test_what_a_class_hides_leaves(self, name: str) -> None:
        assert leaving(find_unseen, f"{HEADLINE}{STORY}<div class='{name}'><p>{LINE}</p></div>") == [LINE]

    @pytest.mark.parametrize("name", ["hidden md:block", "d-none d-md-flex", "accordion hidden", "hiddenlake", "story-rest hidden"])
    def test_what_is_shown_somewhere_stays(self, name: str) -> None:
        assert leaving(find_unseen, f"{HEADLINE}{STORY}<div class='{name}'><p>{LINE}</p></div>") == []

    def test_an_answer_in_a_box_that_unfolds_stays(self) -> None:
        assert leaving(find_unseen, f"{HEADLINE}{STORY}<div class='faq'><div class='hidden'><p>{LINE}</p></div></div>") == []

    def test_a_hidden_story_stays(self) -> None:
        assert leaving(find_unseen, f"{HEADLINE}<p>{LINE}</p><div class='hidden'>{STORY}</div>") == []


class TestFeeds:
    CARD = '<li><a href="/news/{0}">The duck of the week, part {0}</a><p>A duck was seen, and the miller wrote down the hour, {0}.</p></li>'

    def feed(self, cards: int, *, card: str = CARD, name: str = "stream") -> str:
        return f"<ul class='{name}'>" + "".join(card.format(number) for number in range(cards)) + "</ul>"

    def found(self, body: str) -> int:
        return len(find_feeds(described(body), None))

    def test_a_feed_below_the_story_stands_outside(self) -> None:
        assert self.found(f"<article>{HEADLINE}{STORY}</article><div>{self.feed(8)}</div>") == 16

    def test_a_feed_above_the_headline_stands_outside(self) -> None:
        assert self.found(f"<div>{self.feed(8)}</div><article>{HEADLINE}{STORY}</article>") == 16

    def test_a_list_of_long_parts_below_its_lead_is_none(self) -> None:
        long = self.CARD.replace("</li>", f"<p>{LINE}</p><p>{LINE}</p><p>{LINE}</p><p>{LINE}</p><p>{LINE}</p></li>")
        assert self.found(f"<div>{HEADLINE}{STORY}</div><div>{self.feed(9, card=long)}</div>") == 0

    def test_links_to_other_sites_are_no_cards(self) -> None:
        away = self.CARD.replace('"/news', '"https://shop.example/news')
        assert self.found(f"<article>{HEADLINE}{STORY}</article><div>{self.feed(9, card=away)}</div>") == 0

    def test_few_cards_are_none(self) -> None:
        assert self.found(f"<article>{HEADLINE}{STORY}</article><div>{self.feed(7)}</div>") == 0

    def test_a_list_in_the_body_is_none(self) -> None:
        assert self.found(f"<article>{HEADLINE}{STORY}{self.feed(9)}</article>") == 0

    def test_items_without_a_linked_title_are_none(self) -> None:
        plain = self.CARD.replace("<a ", "<b ").replace("</a>", "</b>")
        assert self.found(f"<article>{HEADLINE}{STORY}</article>{self.feed(9, card=plain)}") == 0

    def test_comments_are_none(self) -> None:
        assert self.found(f"<article>{HEADLINE}{STORY}</article>{self.feed(9, name='comment-list')}") == 0

    def test_a_page_of_cards_keeps_them(self) -> None:
        assert self.found(f"{HEADLINE}<p>{LINE}</p><div>{self.feed(9)}</div>") == 0

    def test_a_page_of_another_title_keeps_them(self) -> None:
        assert self.found(f"<article><h1>The week in the valley</h1>{STORY}</article>{self.feed(9)}") == 0


class TestComments:
    RULES = f"<div class='comment-rules'>{STORY}{STORY.replace('lake', 'pond')}</div>"

    def kept(self, body: str) -> int:
        page = described(body)
        return sum(decide(page, [True] * len(page.texts), None).kept)

    def test_long_comments_behind_a_story_leave(self) -> None:
        assert self.kept(f"{HEADLINE}{STORY}{STORY.replace('lake', 'river')}{self.RULES}") == 6

    def test_a_story_in_a_box_of_that_name_stays(self) -> None:
        assert self.kept(f"{HEADLINE}<p>{LINE}</p>{self.RULES}") >= 4


class TestHeadings:
    def test_sections_of_the_first_rank_are_no_repeats(self) -> None:
        sections = f"<h1>The ice</h1>{STORY}<h1>The band</h1><p>{LINE}</p>"
        assert leaving(find_title_repeats, f"{HEADLINE}{sections}") == []

    def test_the_headline_once_more_is_one(self) -> None:
        assert leaving(find_title_repeats, f"{HEADLINE}{STORY}<div>{HEADLINE}</div><p>{LINE}</p>") == ["Lake notes"]

    @pytest.mark.parametrize(("name", "captions"), [("article-caption", 0), ("photo-caption", 1), ("gallery-caption", 1)])
    def test_a_heading_named_caption_is_one_only_of_pictures(self, name: str, captions: int) -> None:
        page = described(f"{HEADLINE}<div class='{name}'><h2>{LINE}</h2></div>{STORY}")
        assert len(find_captions(page.layout, page.containers)) == captions


class TestStoriesWithAddresses:
    OTHER = "".join(
        f"<p>{text}</p>"
        for text in (
            "An otter has been seen three times this week in the mill race, the first one since the mill closed in the year of the flood.",
            "It was filmed by a camera that the club had set for badgers, and it seems to look for a bank of its own below the weir.",
        )
    )

    def left(self, first: str, second: str, rank: str = "h2") -> bool:
        page = described(
            f"<main><div class='part' {first}>{HEADLINE}{STORY}</div>"
            f"<div class='part' {second}><{rank}>An otter returns to the mill</{rank}>{self.OTHER}</div></main>"
        )
        return len(find_stories(page)) == 3

    @pytest.mark.parametrize("name", ["data-url", "data-article-url", "data-permalink", "data-post-id"])
    def test_the_next_story_has_another_address(self, name: str) -> None:
        assert self.left(f"{name}='/lake'", f"{name}='/otter'")
        assert self.left(f"{name}='/lake'", f"{name}='/otter'", "h3")

    @pytest.mark.parametrize(
        ("first", "second"),
        [("", ""), ("data-url='/lake'", "data-url='/lake'"), ("", "data-url='/otter'"), ("data-url='#a'", "data-url='#b'")],
        ids=["sections", "parts of one address", "only the second has one", "places on the page"],
    )
    def test_parts_of_a_story_stay(self, first: str, second: str) -> None:
        assert not self.left(first, second)


class TestArticlesBeside:
    OTHER = TestStoriesWithAddresses.OTHER

    def taken(self, html: str) -> int:
        return len(find_stories(described(html)))

    def test_an_article_beside_the_own_one_is_another_story(self) -> None:
        other = f"<article><h2>An otter returns to the mill</h2>{self.OTHER}</article>"
        assert self.taken(f"<article>{HEADLINE}{STORY}</article><div class='later'>{other}</div>") == 3

    def test_parts_of_an_article_and_long_parts_of_a_round_up_stay(self) -> None:
        other = f"<article><h2>An otter returns to the mill</h2>{self.OTHER}</article>"
        assert self.taken(f"<article>{HEADLINE}{STORY}<section><h2>An otter returns to the mill</h2>{self.OTHER}</section></article>") == 0
        assert self.taken(f"<main>{HEADLINE}{STORY}{other}</main>") == 0
        assert (
            self.taken(f"<article>{HEADLINE}{STORY}</article>" + other + other.replace("mill", "weir") + other.replace("mill", "dam")) == 0
        )
