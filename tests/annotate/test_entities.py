"""Names: which are found, which are not, and how users add theirs."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.annotate import entities
from pipeline.lists import load_lists

LISTS = load_lists()
CASES = json.loads((Path(__file__).parents[1] / "cases" / "annotate" / "synthetic.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:50])
def test_cases(case: dict[str, Any]) -> None:
    found = entities(case["text"], language=case.get("language", "en"), lists=LISTS)
    assert [[entity.surface, entity.id] for entity in found] == case["found"]


@given(st.text(alphabet="ISUNEB. ,'’-anki\nstom", max_size=60))
def test_entities_are_sorted_disjoint_and_as_written(text: str) -> None:
    at = 0
    for entity in entities(text, language="en", lists=LISTS):
        assert at <= entity.start < entity.end
        assert text[entity.start : entity.end] == entity.surface
        at = entity.end


def test_users_own_names() -> None:
    lists = LISTS.with_names(["org:acme\tAcme Tool Works\t~acme|AT?"])
    found = entities("ACME, Acme Tool Works or AT.", language="en", lists=lists)
    assert [(entity.surface, entity.id) for entity in found] == [("ACME", "org:acme"), ("Acme Tool Works", "org:acme"), ("AT", "org:acme")]
    assert entities("ACME", language="en", lists=LISTS) == ()


def test_hostile_text_takes_bounded_time() -> None:
    text = "Islamic State or IS " * 6_000
    started = time.process_time()
    assert len(entities(text, language="en", lists=LISTS)) == 12_000
    assert time.process_time() - started < 5
