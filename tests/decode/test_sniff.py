"""Kinds of documents, as data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.decode import sniff

CASES = json.loads((Path(__file__).parents[1] / "cases" / "decode" / "sniff.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_sniff(case: dict[str, Any]) -> None:
    assert sniff(bytes.fromhex(case["hex"])) == case["expected"]
