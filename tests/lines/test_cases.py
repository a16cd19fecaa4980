"""Cases as data: what every reader must read, and what it must leave alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.lines.name_lists import read_names
from tests.lines.reading import READERS, reads

CASES = Path(__file__).parents[1] / "cases" / "lines"


def load(name: str) -> Any:
    return json.loads((CASES / name).read_text("utf-8"))


def name_of(case: dict[str, Any]) -> str:
    return f"{case['reader']}-{case['text'][:30]}"


@pytest.mark.parametrize("case", load("wild.json") + load("synthetic.json"), ids=name_of)
def test_reads(case: dict[str, Any]) -> None:
    got, expected = reads(case)
    assert got == expected


NEGATIVES = [(reader, text) for reader, texts in load("negative.json").items() for text in texts]


@pytest.mark.parametrize(("reader", "text"), NEGATIVES)
def test_leaves_alone(reader: str, text: str) -> None:
    assert READERS[reader](text, {}) is None


@pytest.mark.parametrize("case", load("known_failures.json"), ids=name_of)
@pytest.mark.xfail(strict=True)
def test_known_failures(case: dict[str, Any]) -> None:
    got, expected = reads(case)
    assert got == expected


@pytest.mark.parametrize("case", load("names.json"), ids=lambda case: case["text"][:30])
def test_lists_of_names(case: dict[str, Any]) -> None:
    text = case["text"]
    names = read_names(text).names
    assert all(text[name.start : name.end] == name.name for name in names)
    assert [[name.name, name.type] for name in names] == case["expected"]


def test_there_are_enough_cases() -> None:
    assert len(NEGATIVES) >= 100
    assert {case["reader"] for case in load("synthetic.json")} | {"posts"} == set(READERS)
