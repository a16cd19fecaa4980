"""Texts as scrapers save them: what leaves from inside a line, from around a release, from a gallery, and what stays."""

import json
import random
from pathlib import Path

import pytest

from pipeline import clean
from pipeline.config import Config
from pipeline.ingest import RawDocument
from pipeline.replay import check
from pipeline.spans import Block
from pipeline.stages import run
from pipeline.strip.page import Draft
from pipeline.strip.parallel_lines import between_prose, parallel_runs, whole_runs

FILES = ("scraped", "scraped_inline")
FOLDER = Path(__file__).parents[1] / "cases" / "strip"
CASES = [case for name in FILES for case in json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))]


def moved(record):
    found = {
        "title": record["title"],
        "description": record["description"],
        "dateline": (record["dateline"] or {}).get("raw"),
        "images": [image["caption"] for image in record["images"]] or None,
        "embeds": [post["text"] for post in record["embeds"]] or None,
    }
    return {field: value for field, value in found.items() if value}


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_cases(case):
    result = run(RawDocument(data=case["text"], media_type="text/plain"), Config())
    record = result.article.to_dict()
    assert result.article.text.split("\n\n") == case["left"]
    assert [[part["kind"], part["text"]] for part in record["removed"]] == case["removed"]
    assert moved(record) == case["moved"]
    check(result.article, result.base)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_what_is_left_stays(case):
    text = clean(case["text"], media_type="text/plain").text
    assert clean(text, media_type="text/plain").text == text


LANGUAGES = json.loads((Path(__file__).parents[1] / "cases" / "texts" / "languages.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_a_short_story_in_any_language_the_story_is_left(language):
    given = LANGUAGES[language]
    text = "\n\n".join([given["title"], given["byline"], given["stamp"], given["share"], *given["story"], *given["below"]])
    found = clean(text, media_type="text/plain", config=Config.of({"normalise.variety": "keep"}))
    assert found.text.split("\n\n") == given["story"]
    assert (found.title, [author.name for author in found.authors]) == (given["title"], [given["author"]])
    assert (found.published_at or "")[:16] == "2024-05-13T08:30"


CHINESE = LANGUAGES["zh"]["story"]


@pytest.mark.parametrize(
    ("head", "tail", "authors", "day"),
    [
        ("作者 王之言 高孜然", "", ["王之言", "高孜然"], None),
        ("2024年5月13日 08:30 来源: 河谷日报 作者：王小明", "", ["王小明"], "2024-05-13T08:30"),
        ("来源：河谷日报 2024-05-13 08:30", "（记者 王小明 通讯员 李四）", ["王小明", "李四"], "2024-05-13T08:30"),
        ("河谷日报记者 王小明", "", ["王小明"], None),
    ],
)
def test_how_chinese_papers_sign(head, tail, authors, day):
    found = clean("\n\n".join(["暴雨淹没下城区", head, *CHINESE[:-1], CHINESE[-1] + tail]), media_type="text/plain")
    assert found.text.split("\n\n") == CHINESE
    assert (found.title, [author.name for author in found.authors], found.published_at) == ("暴雨淹没下城区", authors, day)


RAIN = LANGUAGES["en"]


@pytest.mark.parametrize(
    "stamp", ["May 13, 2024 8:30 am | Valley Times | 12 comments", "Valley Times • 13 May 2024", "2024年5月13日 8時30分\u3000新城新聞"]
)
def test_a_day_between_other_furniture_is_the_storys(stamp):
    found = clean("\n\n".join([RAIN["title"] + " as the river rises", stamp, *RAIN["story"]]), media_type="text/plain")
    assert found.text.split("\n\n") == RAIN["story"]
    assert (found.published_at or "")[:10] == "2024-05-13"


def test_two_such_lines_are_a_list():
    days = ["3 May 2024 | lower hall | songs of the ferrymen", "4 May 2024 | lower hall | dances of the bakers"]
    text = "\n\n".join([*days, *RAIN["story"]])
    assert clean(text, media_type="text/plain").text == text


def test_a_byline_that_stands_twice_is_no_headline():
    sign = "김철수 기자 chulsoo@valley.example"
    given = LANGUAGES["ko"]
    legal = "<저작권자 ⓒ 신성일보, 무단 전재 및 재배포 금지>"
    found = clean("\n\n".join([given["title"], sign, given["stamp"], *given["story"], sign, legal]), media_type="text/plain")
    assert found.text.split("\n\n") == given["story"]
    assert (found.title, [author.name for author in found.authors], found.copyright) == (given["title"], ["김철수"], legal)


def test_brackets_that_name_nobody_stay_at_the_end():
    story = [*CHINESE[:-1], CHINESE[-1] + "（记者手记见第二版）"]
    assert clean("\n\n".join(story), media_type="text/plain").text.split("\n\n") == story


def lines(*words):
    text = "\n".join(words)
    blocks, at = [], 0
    for word in words:
        blocks.append(Block(start=at, end=at + len(word)))
        at += len(word) + 1
    return Draft(text, blocks)


PROSE = "The ferry office said on Monday that the old bridge will be closed for repairs until the end of the year."


def test_a_list_inside_the_story_stays_whole():
    draft = lines(PROSE, "Quay - 12", "Mill - 9", "Town - 7", "Bank - 31", PROSE)
    assert parallel_runs(draft) == [(1, 5)]
    assert sorted(whole_runs(draft, {1, 2, 4})) == [1, 2, 4]


def test_a_row_of_labels_is_no_list():
    draft = lines("Home", "News", "Sport", "Weather", "Culture", PROSE)
    assert parallel_runs(draft) == []


def test_a_list_below_everything_may_go():
    draft = lines(PROSE, "Share", "Quay - 12", "Mill - 9", "Town - 7", "Bank - 31")
    assert list(whole_runs(draft, {2, 3, 4, 5})) == []


def test_of_a_list_that_mostly_stays_nothing_leaves():
    draft = lines("Share", "Quay - 12", "Mill - 9", "Town - 7", "Bank - 31")
    assert list(whole_runs(draft, {2})) == [2]


def test_between_paragraphs_that_stay_only_clear_furniture_leaves():
    draft = lines(PROSE, "What comes next", PROSE, "Ferry fares", "A longer way", PROSE, "Our newsletter", PROSE)
    scores = {1: -500, 3: -500, 4: -500, 6: -3000}
    assert list(between_prose(draft, set(scores), scores)) == [1]


def test_a_heading_beside_a_paragraph_that_leaves_may_go():
    draft = lines(PROSE, "What comes next", PROSE)
    assert list(between_prose(draft, {1, 2}, {0: 900, 1: -500, 2: -500})) == []


SENTENCES = (
    "The old bridge will be closed for repairs from Monday, the town council said on Thursday, and the ferry will run every ten minutes.",
    "The council said the work would cost 12 million pounds and take until spring.",
    '"We could not wait any longer," said the mayor, Ann Lee.',
    "Engineers found cracks in two of the six pillars during an inspection in March.",
    "Buses on routes 4 and 12 will be diverted through the tunnel.",
    "Shops on the east side fear for their trade, and have asked for lower rents.",
    "The bridge, which opened in 1931, carries 20,000 cars a day.",
)
FURNITURE = (
    "Share this story: Facebook Twitter WhatsApp",
    "READ MORE: Ferry fares to rise in June",
    "Sign up for our daily newsletter here.",
    "Advertisement",
    "Photo: Max Roe/AP",
)
END = ("You might also like\nFive walks along the river\nHow the ferry got its name", "© 2024 Valley Times. All rights reserved.")


@pytest.mark.parametrize("seed", range(24))
def test_a_short_story_keeps_its_sentences_beside_any_furniture(seed: int) -> None:
    chance = random.Random(seed)
    body = SENTENCES[: chance.randint(3, 7)]
    lines = list(body)
    for line in chance.sample(FURNITURE, chance.randint(1, 5)):
        lines.insert(chance.randint(1, len(lines)), line)
    head = ["Old bridge to close for nine months", "By Jane Doe", "Published 3 May 2024, 10:15"][: chance.randint(1, 3)]
    article = clean(chance.choice(("\n", "\n\n")).join((*head, *lines, *(END if chance.random() < 0.6 else ()))))
    assert [line for line in article.text.split("\n") if line in SENTENCES] == list(body)


def test_a_sentence_stays_where_something_is_glued_to_it() -> None:
    text = "\n\n".join((*SENTENCES[:1], f"{SENTENCES[1]} READ MORE: Ferry fares to rise in June", SENTENCES[2], *FURNITURE[2:], *END))
    assert SENTENCES[1] in clean(f"Old bridge to close\n\nBy Jane Doe\n\n{text}").text


def test_a_long_story_in_short_paragraphs_keeps_its_sentences() -> None:
    places = ("quay", "mill", "school", "market", "tunnel", "library", "castle", "island", "orchard", "bakery")
    told = ("will be closed until the spring", "asked the council for lower rents", "lost its roof in the storm on Monday")
    body = [f"The {one} beside the {other} {said}." for one in places for other in places[:3] if one != other for said in told]
    lines = [*body[:30], *FURNITURE[:1], *body[30:50], *FURNITURE[1:], *body[50:]]
    text = clean("\n".join(("Storm shuts half of the harbour", "By Jane Doe", "Published 3 May 2024, 10:15", *lines, *END))).text
    assert [line for line in text.split("\n") if line in set(body)] == body
