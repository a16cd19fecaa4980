"""The gate before the line model: shut for an article by itself, open for a page dumped with its menus."""

from pipeline.rules.rulebook import load
from pipeline.segment import PairModel, SegmentConfig, segment
from pipeline.strip import Draft, StripConfig, prepare
from pipeline.strip.gate import labels_in_rows, shows_furniture

RULES, PAIRS = load(), PairModel.read()
PARAGRAPHS = [
    f"The council met on {day} evening and voted, after three hours of talk, for a new bridge over the river."
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
]
MENU = [
    "Skip to content",
    "Politics",
    "Sport",
    "Weather",
    "Culture",
    "Travel",
    "Opinion",
    "Subscribe now",
    "Health",
    "Science",
    "Cars",
    "Letters",
]


def draft_of(text):
    draft = Draft(text, segment(text, model=PAIRS, config=SegmentConfig()).blocks)
    prepare(draft, rules=RULES, config=StripConfig())
    return draft


def test_shut_for_an_article():
    for join in ("\n", "\n\n"):
        assert not shows_furniture(draft_of(join.join(PARAGRAPHS)))


def test_shut_for_an_article_with_short_headings_and_a_label():
    text = "\n\n".join(part for paragraph in PARAGRAPHS for part in ("A heading", paragraph)) + "\n\nShare this article"
    assert not shows_furniture(draft_of(text))


def test_open_for_a_dump_with_its_menu():
    draft = draft_of("\n".join(MENU + PARAGRAPHS + ["All rights reserved.", "Privacy Policy"]))
    assert labels_in_rows(draft)[1] == 1
    assert shows_furniture(draft)


def test_shut_again_once_the_menu_is_gone():
    text = "\n".join(MENU + PARAGRAPHS)
    draft = draft_of(text)
    kept = "\n\n".join(draft.lines[index] for index in draft.open_blocks() if draft.prose[index])
    assert not shows_furniture(draft_of(kept))


def test_shut_for_an_article_of_short_lines_that_opens_with_prose():
    assert not shows_furniture(draft_of("\n".join([PARAGRAPHS[0], *(f"Entry number {name}" for name in MENU * 5), *PARAGRAPHS])))


def test_open_for_a_short_menu_once_rules_take_something():
    text = "\n".join([*MENU[1:5], "A bridge for the river", "Share this article", *PARAGRAPHS, "Leave a comment", "All rights reserved."])
    draft = draft_of(text)
    assert sum(map(bool, draft.verdict)) >= 2
    assert shows_furniture(draft)


def test_shut_for_an_extract_with_a_long_list_after_its_opening_and_a_label():
    entries = [f"{number}. Entry of the {name} list" for number, name in enumerate(MENU * 5)]
    plain = [entry.partition(" ")[2] for entry in entries]
    draft = draft_of("\n".join([*PARAGRAPHS[:2], *plain, "Read more", "Share this article", PARAGRAPHS[4]]))
    assert labels_in_rows(draft)[0] > 40
    assert any(draft.verdict)
    assert not shows_furniture(draft)


def test_labels_with_a_headline_on_the_line_are_no_sign_of_a_page():
    lines = [part for number, paragraph in enumerate(PARAGRAPHS) for part in (paragraph, f"Read more: A bridge of {number + 2} arches")]
    rows = ["Stone piers", "Oak beams", "Iron rails", "Paved ramps", "A toll house"]
    draft = draft_of("\n".join([*lines, "Share this article", PARAGRAPHS[0].replace("Monday", "Saturday"), *rows]))
    assert draft.spoken.count("related") == len(PARAGRAPHS)
    assert any(draft.verdict)
    assert labels_in_rows(draft)[0] >= 4
    assert not shows_furniture(draft)


def test_rows_of_short_lines_are_no_menu_in_a_script_without_ends_of_sentences():
    lines = ["แม่น้ำขึ้นสูงในคืนวันจันทร์", "เรือข้ามฟากหยุดวิ่ง", "ชาวบ้านเดินข้ามสะพาน", "เด็กนักเรียนอยู่บ้าน", "ครูรออยู่ที่โรงเรียน"]
    assert labels_in_rows(draft_of("\n".join([*PARAGRAPHS, *lines]))) == (0, 10)
    assert labels_in_rows(draft_of("\n".join([*PARAGRAPHS, *MENU])))[0] == len(MENU)
