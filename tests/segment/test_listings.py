"""Runs of short lines that look a little like a program and are none: a page's text has many."""

from __future__ import annotations

import pytest

from pipeline.segment.code_regions import is_listing, regions
from pipeline.segment.split_lines import split_lines

LINES = [
    "Contact:\nInes Falk\nTel: 0123 456\nE-mail: ines@example.org",
    "The tide goes out,\nthe tide comes in,\nand nobody\nhas seen the boat;",
    "Ingredients:\n2 eggs\n200 g flour (sifted)\nsalt",
    "Home > News > Sport\nShare\nPrint",
    "Let us go\nthen you and I",
    "1. Anna (1961)\n2. Berta (1978)\n3. Clara (sold)",
    "#ferry #boat\n#harbour",
    "My guess: $23,000,000\nHer guess: $28,000,000",
    "$12 for adults, and a seat\n$6 for children",
    "https://example.org/a.html\nhttps://example.org/b.html",
    "Tel: (0)123/456.78\nFax: (0)123/456.79",
    "red wine,\nwhite wine,\nbeer,",
    "- oars\n- ropes\n- bread",
    "Cast: Ann Lee (Mary), Bo Lind (Joseph)\nDirector: Cy Holm",
]


@pytest.mark.parametrize("text", LINES)
def test_lines_of_words_are_no_listing(text: str) -> None:
    assert not is_listing(text, split_lines(text))


@pytest.mark.parametrize("line", ["f(a) {", "(" * 40, "x = [", "$ boat"])
def test_many_lines_cost_time_in_proportion(line: str) -> None:
    text = "\n".join([line] * 20_000)
    assert len(regions(text, split_lines(text))) <= 20_000
