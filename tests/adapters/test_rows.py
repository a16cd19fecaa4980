"""Frames of polars, batches as Ray Data passes them, and what an adapter says whose library is missing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import polars as pl
import pyarrow as pa
import pytest

from copydesk import clean, clean_batch
from copydesk.adapters import clean_rows
from copydesk.batches import SCHEMA

# Libraries of others have threads of their own when a document is cleaned in a child; Python 3.12 and later warn of that.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")

ROOT = Path(__file__).parents[2]
SNOW = "Snow closed pass {} on Tuesday, the police said, and drivers have to take the tunnel until the weekend."


def test_a_frame_of_polars_goes_through_arrow() -> None:
    frame = pl.DataFrame({"text": [SNOW.format(1), "", None], "locator": ["a", "b", "c"], "other": [1, 2, 3]})
    cleaned = pl.DataFrame(clean_batch(frame.to_arrow()))
    assert cleaned["status"].to_list() == ["ok", "rejected", "rejected"]
    assert cleaned["record"][0].encode() == msgspec.json.encode(clean(SNOW.format(1), locator="a"))
    joined = frame.join(cleaned, on="locator")
    assert joined["other"].to_list() == [1, 2, 3]


def test_the_function_that_ray_maps_takes_tables_of_any_chunks_and_gives_tables() -> None:
    table = pa.concat_tables([pa.table({"text": [SNOW.format(number)]}) for number in range(3)])
    made = clean_batch(table)
    assert isinstance(made, pa.Table)
    assert made.schema == SCHEMA
    assert made["status"].to_pylist() == ["ok"] * 3


def test_rows_may_differ_in_their_keys() -> None:
    rows = [
        {"text": SNOW.format(1)},
        {"html": b"<p>" + SNOW.format(2).encode() + b"</p>", "url": "https://example.org/2"},
        {"text": "\ud800" + SNOW},
    ]
    made = clean_rows(rows, source="desk")
    assert [json.loads(row["record"])["source"] for row in made] == ["desk"] * 3
    assert json.loads(made[1]["record"])["url"] == "https://example.org/2"
    assert clean_rows([]) == []


@pytest.mark.parametrize(("module", "package"), [("datatrove", "datatrove"), ("scrapy", "scrapy"), ("spacy", "spacy")])
def test_an_adapter_without_its_library_says_what_to_install(module: str, package: str) -> None:
    code = (
        f"import sys\nfor name in [{package!r}]: sys.modules[name] = None\n"
        f"try:\n    from copydesk.adapters import {module}\n    {module}.register()\nexcept ImportError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == f"copydesk.adapters.{module} needs {package}, which is not installed: pip install {package}\n"
