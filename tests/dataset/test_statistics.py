"""Counts, charts, card, columns and comparisons as pure functions."""

from __future__ import annotations

import io
import json
import xml.etree.ElementTree as ET
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from many_scripts import OK

import pipeline.dataset.parquet
from pipeline import clean
from pipeline.dataset.card import plain
from pipeline.dataset.charts import BARS, REST, UNKNOWN, Chart, charts, shown, svg
from pipeline.dataset.columns import article_schema, record_schema, schema_of, subset, to_table
from pipeline.dataset.differences import compare
from pipeline.dataset.duplicates import DuplicateRow, DuplicateTally
from pipeline.dataset.manifest import DatasetError, decode, read_seal, seal
from pipeline.dataset.parquet import ParquetRows
from pipeline.dataset.statistics import LISTED, Tally
from pipeline.replay import resolve

if TYPE_CHECKING:
    from pathlib import Path

RECORD = clean("Rain in the valley\n\nBy Ann Lee\n\nHeavy rain fell on Monday, the mayor said.\n\nShare this article\n").to_dict()
RECORD = json.loads(json.dumps(RECORD))
WORDS = RECORD["quality"]["words"]


def changed(**fields: Any) -> dict[str, Any]:
    """The record with other values; a double underscore leads into an object."""
    record: dict[str, Any] = json.loads(json.dumps(RECORD))
    for path, value in fields.items():
        *way, last = path.split("__")
        target = record
        for name in way:
            target = target[name]
        target[last] = value
    return record


def test_a_record_is_counted_everywhere() -> None:
    tally = Tally()
    tally.add_record(changed(published_at="2015-11-22", url="https://www.example.org/a"))
    tally.add_record(changed(published_at="2015", publisher={"name": None, "domain": "b.example"}))
    tally.add_record(RECORD)
    found = tally.result()
    assert (found.documents, found.words, found.undated) == (3, 3 * WORDS, 1)
    assert (found.first_published, found.last_published) == ("2015", "2015-11-22")
    assert [(group.name, group.documents) for group in found.months.listed] == [("2015", 1), ("2015-11", 1), (None, 1)]
    assert {group.name: group.documents for group in found.sites.listed} == {"example.org": 1, "b.example": 1, None: 1}
    shares = next(taken for taken in found.removed_by_rule if taken.name == "share.labels")
    assert (shares.documents, shares.spans, shares.words) == (3, 3, 9)
    assert sum(taken.words for taken in found.removed_by_site) == sum(taken.words for taken in found.removed_by_kind) == 9
    assert [(b.at_least <= WORDS < b.below, b.documents) for b in found.lengths] == [(True, 3)]


def test_lengths_follow_on_one_another() -> None:
    tally = Tally()
    for words in (0, 1, 7, 8, 1000):
        tally.add_record(changed(quality__words=words))
    bins = tally.result().lengths
    assert [(b.at_least, b.below) for b in bins][:4] == [(0, 1), (1, 2), (2, 4), (4, 8)]
    assert all(one.below == other.at_least for one, other in pairwise(bins))
    assert sum(b.documents for b in bins) == 5


def test_rejections_are_counted_by_code_and_source() -> None:
    tally = Tally()
    for source, status, code in (("a", "ok", None), ("a", "rejected", "empty"), ("b", "rejected", "empty"), ("b", "skipped", None)):
        tally.add_row(source, status, code)
    found = tally.result()
    assert found.codes == {"empty": 2}
    assert [(o.source, o.inputs, o.ok, o.rejected, o.skipped) for o in found.outcomes] == [("a", 2, 1, 1, 0), ("b", 2, 0, 1, 1)]


def test_many_sites_are_summed_up() -> None:
    tally = Tally()
    for number in range(LISTED + 7):
        tally.add_record(changed(url=f"https://site{number}.example/"))
    sites = tally.result().sites
    assert (len(sites.listed), sites.more, sites.rest.documents) == (LISTED, 7, 7)
    rows = charts(tally.result())["sites"].rows
    assert len(rows) == BARS
    assert rows[-1] == (REST, LISTED + 7 - BARS + 1)


def test_the_order_of_records_changes_nothing() -> None:
    records = [changed(published_at=f"2015-{month:02d}", url=f"https://s{month % 5}.example/") for month in range(1, 13)]
    results = []
    for ordered in (records, records[::-1]):
        tally = Tally()
        for record in ordered:
            tally.add_record(record)
        results.append(tally.result())
    assert results[0] == results[1]


def test_months_become_years_where_there_are_many() -> None:
    tally = Tally()
    for number in range(36):
        tally.add_record(changed(published_at=f"{2010 + number // 12}-{number % 12 + 1:02d}-01"))
    tally.add_record(RECORD)
    assert charts(tally.result())["months"].rows == (("2010", 12), ("2011", 12), ("2012", 12), (UNKNOWN, 1))


@given(st.lists(st.tuples(st.text(), st.integers(0, 10**12)), min_size=1, max_size=BARS), st.text())
def test_a_chart_is_well_formed_whatever_its_names(rows: list[tuple[str, int]], title: str) -> None:
    made = svg(Chart(shown(title), "documents", tuple(rows)))
    root = ET.fromstring(made)
    assert len(root.findall("{http://www.w3.org/2000/svg}rect")) == len(rows) + 1
    assert b"<script" not in made


@given(st.text())
def test_words_of_others_are_one_cell(words: str) -> None:
    line = plain(words)
    assert "\n" not in line
    assert "|" not in line.replace("\\\\", "").replace("\\|", "")


def test_a_dataset_without_records_has_a_card(dataset: Path) -> None:
    from tasks.dataset_files import described  # noqa: PLC0415 - the tasks load Luigi

    manifest = decode((dataset / "manifest.json").read_bytes())
    empty = msgspec.structs.replace(manifest, records=0, statistics=Tally().result())
    card = described(empty)["README.md"].decode()
    assert "- n<1K" in card
    assert "no document has a date" in card
    assert manifest.records == OK


@given(st.text(max_size=50), st.text(max_size=50))
def test_a_difference_is_found_and_shown(one: str, other: str) -> None:
    left, right = changed(title=one), changed(title=other)
    found = compare(left, right)
    if one == other:
        assert found is None
    else:
        assert found is not None
        (field,) = found.fields
        assert field.pointer == "/title"
        assert resolve(left, field.pointer) == one
        assert field.left != field.right or one[:80] == other[:80]


def test_digests_of_code_and_settings_are_no_difference() -> None:
    assert compare(RECORD, changed(provenance__code_sha256="0", provenance__config_sha256="0")) is None


def test_edits_are_compared_by_rule() -> None:
    edits = [*RECORD["provenance"]["edits"]]
    edits[0] = [*edits[0][:3], "other.rule", edits[0][4]]
    found = compare(RECORD, changed(provenance__edits=edits))
    assert found is not None
    assert found.right_rules == {"other.rule": 1}
    assert sum(found.left_rules.values()) == 1


def test_lists_of_different_length_are_one_difference() -> None:
    found = compare(RECORD, changed(tags=["rain"], blocks=[]))
    assert found is not None
    assert {field.pointer for field in found.fields} == {"/tags", "/blocks"}


def test_a_record_survives_the_way_through_arrow() -> None:
    table = to_table([RECORD], article_schema())
    (row,) = table.to_pylist()
    assert row["text"] == RECORD["text"]
    assert [list(edit.values()) for edit in row["provenance"]["edits"]] == RECORD["provenance"]["edits"]
    assert {entry["key"]: entry["value"] for entry in row["provenance"]["fields"]} == RECORD["provenance"]["fields"]


@pytest.mark.parametrize(
    ("published", "day", "moment"),
    [
        ("2020-05-03", "2020-05-03", None),
        ("2020-05-03T01:30", "2020-05-03", None),
        ("2020-05-03T01:30:00+02:00", "2020-05-03", "2020-05-02T23:30:00+00:00"),
        ("2020-05-03T01:30:00.123Z", "2020-05-03", "2020-05-03T01:30:00.123000+00:00"),
        ("2020-05", None, None),
        (None, None, None),
    ],
)
def test_days_of_publication_for_machines(published: str | None, day: str | None, moment: str | None) -> None:
    table = to_table([changed(published_at=published)], article_schema())
    (row,) = table.select(["published_at", "published_date", "published_utc"]).to_pylist()
    assert row["published_at"] == published
    assert (row["published_date"] and row["published_date"].isoformat()) == day
    assert (row["published_utc"] and row["published_utc"].isoformat()) == moment
    assert "published_date" not in record_schema().names


@pytest.mark.parametrize(("rows", "size"), [(2, 10**9), (10**9, 250)], ids=["by rows", "by bytes"])
def test_row_groups_are_bounded(monkeypatch: pytest.MonkeyPatch, rows: int, size: int) -> None:
    monkeypatch.setattr(pipeline.dataset.parquet, "GROUP_ROWS", rows)
    monkeypatch.setattr(pipeline.dataset.parquet, "GROUP_BYTES", size)
    stream = io.BytesIO()
    with ParquetRows(stream, article_schema()) as table:
        for _ in range(5):
            table.add(RECORD, 100)
    made = pq.ParquetFile(stream)
    assert [made.metadata.row_group(number).num_rows for number in range(made.num_row_groups)] == [2, 2, 1]
    assert made.read().num_rows == 5


def test_a_type_without_a_column_is_refused() -> None:
    class Odd(msgspec.Struct):
        value: set[int]

    with pytest.raises(TypeError, match="no column type is known"):
        schema_of(Odd)


def test_a_path_leads_through_objects_only() -> None:
    assert subset(article_schema(), ["publisher.domain"]).field(0).nullable
    for path in ("nosuch", "text.start", "blocks.start", "publisher.nosuch"):
        with pytest.raises(KeyError):
            subset(article_schema(), [path])


@pytest.mark.parametrize("line", ["nothing", "0" * 64 + "  ../up", "0" * 64 + "  /etc/passwd", "0" * 63 + "  a"])
def test_a_seal_names_files_of_its_folder_only(line: str) -> None:
    with pytest.raises(DatasetError, match="line 1 is no digest and path"):
        read_seal(line.encode())
    assert read_seal(seal({"a b": "0" * 64})) == {"a b": "0" * 64}


def test_duplicates_are_counted() -> None:
    tally = DuplicateTally()
    rows = [("a", "near", "a", 2), ("b", "near", "a", 2), ("c", None, "c", 1)]
    for identity, relation, cluster, size in rows:
        tally.add(
            DuplicateRow(
                id=identity,
                relation=relation,
                cluster=cluster,
                representative=identity == cluster,
                size=size,
                match=None,
                similarity=None,
                shared=(),
            )
        )
    found = tally.result()
    assert (found.documents, found.clusters, found.redundant, found.by_relation) == (2, 1, 1, {"near": 2})
