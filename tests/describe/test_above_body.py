"""Of a headline's block the words of the chosen title move, and nothing else."""

from __future__ import annotations

import pytest

from pipeline.describe.above_body import OTHER_WORDING, cut_headline
from pipeline.spans import Cut, Target

TITLE = Target("title")


def cuts(line: str, title: str | None) -> list[tuple[str, str]]:
    found = cut_headline(line, Cut(start=0, end=len(line), rule="html.headline", target=TITLE), title)
    assert [cut.start for cut in found] == sorted(cut.start for cut in found)
    return [(line[cut.start : cut.end], "title" if cut.target == TITLE else f"{cut.kind} {cut.rule}") for cut in found]


@pytest.mark.parametrize(
    ("line", "title", "expected"),
    [
        ("Rain wins", "Rain wins", [("Rain wins", "title")]),
        ("Rain wins", None, [("Rain wins", "title")]),
        ("RAIN WINS!", "Rain wins", [("RAIN WINS!", "title")]),
        ("Sport: “Rain wins”", "Rain wins", [("Sport: ", f"chrome {OTHER_WORDING}"), ("“Rain wins”", "title")]),
        ("Rain wins again | The Valley", "Rain wins again", [("Rain wins again", "title"), (" | The Valley", f"chrome {OTHER_WORDING}")]),
        ("Place: Springfield", "Rain floods the lower town", [("Place: Springfield", f"chrome {OTHER_WORDING}")]),
        ("Rain wins", "…", [("Rain wins", f"chrome {OTHER_WORDING}")]),
    ],
)
def test_the_words_of_the_title_move(line: str, title: str | None, expected: list[tuple[str, str]]) -> None:
    assert cuts(line, title) == expected
