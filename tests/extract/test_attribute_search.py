"""One look at all attribute strings finds what a pattern finds string by string."""

from __future__ import annotations

import random
import re

import numpy as np
import pytest

from pipeline.extract.attribute_search import _PORTION, AttributeSearch
from pipeline.extract.corrections import _PAGE_NAME, _PAGE_PARTS
from pipeline.extract.doubles import _PULLED
from pipeline.extract.parse import _FORMATTING, _most_open
from pipeline.extract.wholes import _NOTES, _NOTES_PARTS, _NOTICE, _NOTICE_PARTS, _QUESTIONS

TEXTS = (
    "",
    ' class="Footnotes wide"',
    ' class="fu\u00dfnoten" title="\u00c9t\u00e9"',
    ' class="FU\u1e9eNOTEN"',
    ' id="x" class="admoni\u0130tion note"',
    ' class="t\u0130p"',
    ' class="notice-\u212aeep tip"',
    ' class="page-_number" data-x="\n"',
    ' class="PAGENO"',
    ' class="homepage number"',
    ' class="pull-quote"',
    ' class="hint" aria-label="\u201cFAQ\u201d"',
    ' class="a\u017fk que\u017ftion"',
)
RULES = (
    (_PAGE_NAME, _PAGE_PARTS),
    (_NOTES, _NOTES_PARTS),
    (_NOTICE, _NOTICE_PARTS),
    (_QUESTIONS, ("faq", "accordion", "question")),
    (_PULLED, ("pulled", "quote", "zitat", "citation")),
)


def test_it_finds_what_the_patterns_find() -> None:
    search = AttributeSearch(TEXTS)
    for pattern, parts in RULES:
        found = {number for number, text in enumerate(TEXTS) if pattern.search(text)}
        assert search.matching(pattern, parts) == found, pattern.pattern
        assert found, "every rule is tried on a string that it takes"


def test_strings_of_any_length_and_order() -> None:
    letters = random.Random(5)
    for _ in range(200):
        texts = ["".join(letters.choices("abcAB\n \u00e9", k=letters.randrange(9))) for _ in range(letters.randrange(7))]
        parts = tuple("".join(letters.choices("abc", k=letters.randrange(3, 5))) for _ in range(3))
        expected = {number for number, text in enumerate(texts) if any(re.search(part, text, re.IGNORECASE) for part in parts)}
        assert AttributeSearch(texts).holding(parts) == expected


def test_no_page_has_more_formatting_elements_open_than_the_quick_count_says() -> None:
    names = random.Random(7)
    for _ in range(300):
        html = "".join(
            names.choice(("<", "</"))
            + names.choice(["a", "B", "i", "big", "img", "ſ", "noſcript", "strong", "p", "Tt"])
            + names.choice((">", " x>", "\xa0>", "/>"))
            for _ in range(names.randrange(40))
        )
        opened = most = 0
        for slash in _FORMATTING.findall(html):
            opened = max(0, opened - 1) if slash else opened + 1
            most = max(most, opened)
        characters = np.frombuffer(html.encode(), dtype=np.uint8)
        assert _most_open(characters, np.flatnonzero(characters == ord("<"))) >= most


def test_words_on_the_edge_of_a_portion_are_found() -> None:
    texts = ["x" * (_PORTION - 5) + "footer", "y" * _PORTION + "nav"]
    for at in range(8):
        assert AttributeSearch(["x" * (_PORTION - at) + "footer", "side"]).holding(("footer", "sid")) == {0, 1}
    assert AttributeSearch(texts).holding(("footer", "nav", "header")) == {0, 1}


def test_a_part_of_two_letters_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter than 3"):
        AttributeSearch(["nav"]).holding(("nav", "na"))
