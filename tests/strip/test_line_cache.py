"""What is kept from pass to pass changes no verdict."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline import Config
from pipeline.resources import load_resources
from pipeline.stages import Desk, judge_text
from pipeline.strip import Known

CASES = Path(__file__).resolve().parents[1] / "cases" / "strip"
CONFIG = Config()
RESOURCES = load_resources(CONFIG)
TEXTS = sorted({text for path in CASES.glob("*.json") for case in json.loads(path.read_text("utf-8")) if (text := case.get("text"))})


def test_there_are_texts() -> None:
    assert len(TEXTS) > 20


@pytest.mark.parametrize("several", [False, True], ids=["one document", "all documents"])
def test_a_pass_says_the_same_with_what_is_known(several: bool) -> None:
    shared = Known(RESOURCES.rules)
    for text in TEXTS:
        known = shared if several else Known(RESOURCES.rules)
        plain = judge_text(text, None, Desk(config=CONFIG, resources=RESOURCES, known=Known(RESOURCES.rules)))
        for _ in range(2):
            assert judge_text(text, None, Desk(config=CONFIG, resources=RESOURCES, known=known)) == plain


def test_a_line_is_asked_about_once() -> None:
    class Counting:
        def __init__(self) -> None:
            self.asked: list[str] = []

        def read(self, lines: list[str]) -> tuple[list[tuple[()]], list[bool]]:
            self.asked += lines
            return [()] * len(lines), [line == "c" for line in lines]

    rules = Counting()
    known = Known(rules)  # type: ignore[arg-type]  # answers as a rule book does
    assert known.marks(["a", "b", "a"]) == [(), (), ()]
    assert known.marks(["b", "c"]) == [(), ()]
    assert known.has_parts(["c", "a"]) == [True, False]
    assert rules.asked == ["a", "b", "c"]
