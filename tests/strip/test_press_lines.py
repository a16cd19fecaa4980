"""What a press office prints under a release: contacts, self-descriptions, notes, and what of it is the story."""

import pytest

from pipeline.rules.rulebook import load
from pipeline.spans import Block
from pipeline.strip import Draft, Known
from pipeline.strip.press_lines import take_press

RULES = load()
STORY = (
    "The ferry office said on Monday that the old bridge over the Orrin will be closed for repairs until the end of the year.",
    "Two lanes will stay open for buses, and the ferry will run every twenty minutes from six in the morning until midnight.",
    "Nobody on the east bank was asked, said the owner of the mill, who fears for his customers and for his garden.",
)


def taken(*lines):
    text = "\n\n".join(lines)
    blocks, at = [], 0
    for line in lines:
        blocks.append(Block(start=at, end=at + len(line)))
        at += len(line) + 2
    draft = Draft(text, blocks)
    take_press(draft, Known(RULES))
    return [(draft.verdict[index], line) for index, line in enumerate(lines) if draft.verdict[index]]


ABOUT = "The Ferry Foundation is the oldest society of its kind on the river. It runs nine boats and looks after four old quays."


def test_contact_lines_go_with_their_label():
    contact = ["Media contact:", "Ann Lee", "+49 301 555 3583", "ann.lee@orrin.example"]
    assert taken(*STORY, *contact) == [("promo", line) for line in contact]


def test_a_label_without_a_way_to_reach_anybody_stays():
    assert taken(*STORY, "Contact", "Ann Lee", "Ben Roe") == []


def test_contact_lines_in_the_middle_of_a_story_stay():
    assert taken(STORY[0], "Contact", "+49 301 555 3583", *STORY, *STORY, *STORY) == []


def test_a_sentence_that_says_whom_to_contact_goes_with_the_label():
    sentence = "Ann Lee answers questions. To arrange a visit, please contact the press office, 301-555-3583, press@orrin.example."
    assert [line for _, line in taken(*STORY, "Contact", sentence)] == ["Contact", sentence]


def test_a_self_description_goes_with_its_heading():
    assert [line for _, line in taken(*STORY, "About the Ferry Foundation", ABOUT)] == ["About the Ferry Foundation", ABOUT]


@pytest.mark.parametrize("heading", ["About the Mill Company", "About time"])
def test_a_heading_whose_name_the_paragraph_does_not_begin_with_stays(heading):
    assert taken(*STORY, heading, STORY[1]) == []


def test_a_self_description_above_the_middle_stays():
    assert taken("About the Ferry Foundation", ABOUT, *STORY, *STORY) == []


def test_a_self_description_on_one_line_or_under_a_name_with_a_colon():
    line = "About the Port Office (PO): PO, the town's own agency for the river, includes nine harbours and runs the ferry."
    assert [found for _, found in taken(*STORY, line)] == [line]
    assert [found for _, found in taken(*STORY, "The Ferry Foundation:", ABOUT)] == ["The Ferry Foundation:", ABOUT]
    assert taken(*STORY, "The mayor:", STORY[0]) == []


def test_notes_go_to_the_references():
    assert [line for _, line in taken(*STORY, "Notes to editors", "The plan is from May.", "References", "Bridges, 1903")] == [
        "Notes to editors",
        "The plan is from May.",
    ]


def test_a_section_of_three_paragraphs_among_the_notes_is_the_storys():
    notes = ["Background information for the media on the bridge", "For more, see the plan."]
    assert [line for _, line in taken(*STORY, *notes, "Why it was built", *STORY, "The partners")] == [*notes, "The partners"]


def test_a_note_in_the_upper_part_stays():
    assert taken("Notes to editors", *STORY, *STORY) == []


def test_below_the_end_mark_notes_need_no_more_than_their_heading():
    assert [line for _, line in taken(*STORY, "The town paid for it.", "ENDS.", "Notes:", "The mill gave the wood.")] == [
        "Notes:",
        "The mill gave the wood.",
    ]
    assert taken(*STORY, "Notes:", "The mill gave the wood.") == []


def test_the_sender_on_the_last_line():
    assert taken(*STORY, "SOURCE Ferry Office") == [("credit", "SOURCE Ferry Office")]
    assert taken("SOURCE Ferry Office", *STORY) == []
