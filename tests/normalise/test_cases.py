"""Cases as data: what must change, what must not, what is known to fall short."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.lists import load_lists
from pipeline.normalise import NormaliseConfig, NormSpan, apply, normalise

CASES = Path(__file__).parents[1] / "cases" / "normalise"
LISTS = load_lists()


def load(name: str) -> Any:
    return json.loads((CASES / name).read_text("utf-8"))


def run(text: str, config: NormaliseConfig | None = None, language: str | None = "en") -> tuple[str, list[str]]:
    done = normalise(text, [NormSpan(0, len(text), "body", language)], config=config or NormaliseConfig(), lists=LISTS)
    return apply(text, done.changes), [change.rule for change in done.changes]


@pytest.mark.parametrize("case", load("synthetic.json") + load("wild.json"), ids=lambda case: case["name"])
def test_changes(case: dict[str, Any]) -> None:
    text, rules = run(case["text"])
    assert text == case["expected"]
    if case["rules"] is not None:
        assert rules == case["rules"]


TRAPS = [line for group in load("traps.json")["groups"].values() for line in group]


def test_there_are_enough_traps() -> None:
    assert len(set(TRAPS)) >= 150


@pytest.mark.parametrize("line", TRAPS)
def test_traps(line: str) -> None:
    assert run(line) == (line, [])


VARIETIES = load("varieties.json")


@pytest.mark.parametrize(("variety", "given", "wanted"), [(name, *case) for name, cases in VARIETIES["cases"].items() for case in cases])
def test_one_variety_really_one(variety: str, given: str, wanted: str) -> None:
    assert run(given, NormaliseConfig(variety=variety))[0] == wanted


@pytest.mark.parametrize(("variety", "line"), [(name, line) for name, lines in VARIETIES["traps"].items() for line in lines])
def test_traps_of_a_variety(variety: str, line: str) -> None:
    assert run(line, NormaliseConfig(variety=variety))[0] == line


NEGATIVES = load("negative.json")["cases"]


def test_there_are_enough_negatives() -> None:
    assert len(set(NEGATIVES)) >= 60


@pytest.mark.parametrize("language", ["en", None])
@pytest.mark.parametrize("line", NEGATIVES)
def test_sound_text_stays(line: str, language: str | None) -> None:
    assert run(line, language=language) == (line, [])


@pytest.mark.parametrize("case", load("options.json"), ids=lambda case: f"{case['config']}-{case['text'][:12]}")
def test_options(case: dict[str, Any]) -> None:
    assert run(case["text"], NormaliseConfig(**case["config"]))[0] == case["expected"]


@pytest.mark.xfail(strict=True, reason="known failures; each case says why")
@pytest.mark.parametrize("case", load("known_failures.json"), ids=lambda case: case["name"])
def test_known_failures(case: dict[str, str]) -> None:
    assert run(case["text"])[0] == case["expected"]
