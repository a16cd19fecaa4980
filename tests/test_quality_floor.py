"""A floor under the quality of bodies, on pages written for the purpose. A number here only ever goes up."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from pipeline import Config, clean

PAGES = Path(__file__).with_name("quality")
FLOORS: dict[str, float] = json.loads((PAGES / "floors.json").read_text(encoding="utf-8"))


def word_f1(text: str, gold: str) -> float:
    """F1 of the two bags of words."""
    got, want = (Counter(re.findall(r"\w+", value.lower())) for value in (text, gold))
    shared = sum((got & want).values())
    return 2 * shared / (sum(got.values()) + sum(want.values()))


def test_every_page_has_a_floor() -> None:
    assert {path.stem for path in PAGES.glob("*.html")} == set(FLOORS)


@pytest.mark.parametrize("name", sorted(FLOORS))
def test_body(name: str) -> None:
    article = clean((PAGES / f"{name}.html").read_bytes(), config=Config.of({"normalise.variety": "keep"}))
    gold = (PAGES / f"{name}.txt").read_text(encoding="utf-8")
    assert word_f1(article.text, gold) >= FLOORS[name]
    assert article.page_kind == "article"
    assert article.title
