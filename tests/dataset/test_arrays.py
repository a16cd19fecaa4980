"""Columns made from their buffers are what Arrow makes of the same values, and need no pandas."""

from __future__ import annotations

import datetime
import subprocess
import sys
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dataset.arrays import to_array

SPAN = pa.struct([pa.field("start", pa.int64(), nullable=False), pa.field("end", pa.int64(), nullable=False)])
ENTRIES = pa.list_(
    pa.field("element", pa.struct([pa.field("key", pa.string(), nullable=False), pa.field("value", pa.string())]), nullable=False)
)
WORDS = st.text("aé雨🌧 \n", max_size=5)
PLAIN: list[tuple[pa.DataType, st.SearchStrategy[Any]]] = [
    (pa.string(), WORDS),
    (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    (pa.float64(), st.floats(allow_nan=False)),
    (pa.bool_(), st.booleans()),
    (pa.date32(), st.dates()),
    (pa.timestamp("us", tz="UTC"), st.datetimes(timezones=st.just(datetime.UTC))),
    (SPAN, st.fixed_dictionaries({"start": st.integers(0, 9), "end": st.integers(0, 9)})),
    (pa.struct([pa.field("a", pa.string()), pa.field("b", SPAN)]), st.fixed_dictionaries({"a": st.none() | WORDS, "b": st.none()})),
    (pa.list_(pa.string()), st.lists(st.none() | WORDS, max_size=3)),
    (pa.list_(SPAN), st.lists(st.none() | st.fixed_dictionaries({"start": st.just(1), "end": st.just(2)}), max_size=3)),
]


@pytest.mark.parametrize(("kind", "value"), PLAIN, ids=lambda value: str(value)[:20])
def test_they_are_what_arrow_makes_of_them(kind: pa.DataType, value: st.SearchStrategy[Any]) -> None:
    @settings(max_examples=25)
    @given(st.lists(st.none() | value, max_size=20))
    def check(values: list[Any]) -> None:
        made = to_array(values, kind)
        made.validate(full=True)
        assert made.equals(pa.array(values, type=kind))
        assert made.null_count == values.count(None)

    check()


def test_lists_are_structs_and_objects_are_entries() -> None:
    assert to_array([[1, 2], None, [3, 4]], SPAN).equals(pa.array([(1, 2), None, (3, 4)], type=SPAN))
    mappings = [{"b": "2", "a": None}, None, {}, {"c": "雨"}]
    entries = [None if each is None else [{"key": key, "value": value} for key, value in each.items()] for each in mappings]
    assert to_array(mappings, ENTRIES).equals(pa.array(entries, type=ENTRIES))


@pytest.mark.parametrize(
    ("values", "kind"), [([[1, 2, 3]], SPAN), ([[1, 2], [3]], SPAN), ([{"start": 1}], SPAN), ([1.5], pa.int64()), ([1], pa.string())]
)
def test_what_does_not_fit_is_refused(values: list[Any], kind: pa.DataType) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        to_array(values, kind)


def test_a_dataset_is_written_without_pandas() -> None:
    code = """
import io, sys
from pipeline.dataset.columns import schema_of
from pipeline.dataset.parquet import ParquetRows
from pipeline.records import Author
with ParquetRows(io.BytesIO(), schema_of(Author)) as rows:
    rows.add({"name": "Ann Example", "type": "person"}, 9)
print("pandas" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=600, check=True)
    assert done.stdout == "False\n"
