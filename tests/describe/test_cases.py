"""Cases as data: small pages and the fields that they have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline import clean
from pipeline.text.language import foreign_language, language
from tests.describe.pages import fields_of, plain

CASES = Path(__file__).parents[1] / "cases" / "describe"


def load(name: str) -> Any:
    return json.loads((CASES / name).read_text("utf-8"))


def check(case: dict[str, Any]) -> None:
    got = plain(fields_of(case["html"], case["url"], case.get("fetched_at")))
    assert {name: got.get(name) for name in case["expected"]} == case["expected"]


@pytest.mark.parametrize("case", load("synthetic.json"), ids=lambda case: case["name"])
def test_synthetic(case: dict[str, Any]) -> None:
    check(case)


@pytest.mark.parametrize("case", load("dumps.json"), ids=lambda case: case["name"])
def test_dumps(case: dict[str, Any]) -> None:
    """Texts that somebody ripped out of pages: the lines that leave the text still say whose it is and of which day."""
    got = json.loads(json.dumps(clean(case["text"], url=case.get("url"), media_type="text/plain").to_dict()))
    assert {name: got[name] for name in case["expected"]} == case["expected"]


@pytest.mark.parametrize("case", load("known_failures.json"), ids=lambda case: case["name"])
@pytest.mark.xfail(strict=True)
def test_known_failures(case: dict[str, Any]) -> None:
    check(case)


@pytest.mark.parametrize(("code", "text"), load("languages.json"))
def test_languages(code: str, text: str) -> None:
    for declared in (None, code, "xx"):
        found = language(text, declared)
        assert found is not None
        assert found.code == code
        assert 0.0 <= found.score <= 1.0
        assert found.score == round(found.score, 4)


@pytest.mark.parametrize(("code", "text"), load("languages.json"))
def test_foreign_blocks(code: str, text: str) -> None:
    block = f"{text} {text}" if len(text) < 120 else text
    assert foreign_language(block, code) is None
    if len(block) >= 120:
        assert foreign_language(block, "ka") == (code if code != "ka" else None)
    assert foreign_language(text[:40], "ka") is None
