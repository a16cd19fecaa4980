"""Rows of Arrow become what a build makes of them, whatever else is in their batch."""

from __future__ import annotations

import json
import os
import socket
import time
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pytest
from build_helpers import ledger, write_stories
from datasets import Dataset
from hypothesis import given, settings
from hypothesis import strategies as st
from test_containers import make_containers

import tasks.core.one_document
from copydesk import Config, clean_batch, clean_batches, clean_plans, plans_of
from copydesk.batches import SCHEMA
from copydesk.commands.run import RunOptions, run_build
from tasks.core.build_paths import BuildPaths
from tasks.core.limits import Limits
from tasks.core.plans import planned

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.ingest.found import Found
    from pipeline.ledger import Outcome

STORY = "Snow closed pass {0} on Tuesday, the police said, and drivers have to take the tunnel until the weekend.\n\nShare this article\n"
PAGE = "<html><body><nav><a href=/>Home</a></nav><article><h1>Snow on pass {0}</h1><p>{1}</p></article></body></html>"


def rows(count: int) -> list[dict[str, Any]]:
    """Texts and pages in turn, and among them what is no document."""
    made: list[dict[str, Any]] = []
    for number in range(count):
        column, data = ("html", PAGE.format(number, STORY.format(number))) if number % 3 == 1 else ("text", STORY.format(number))
        made.append({"html": None, "text": None, column: data, "url": f"https://example.org/{number}"})
    made[2]["text"] = ""
    made[4]["html"] = None
    return made


def test_the_same_bytes_as_a_build(tmp_path: Path) -> None:
    (tmp_path / "raw" / "coast").mkdir(parents=True)
    lines = [json.dumps(row) + "\n" for row in rows(8)]
    (tmp_path / "raw" / "coast" / "rows.jsonl").write_text("".join(lines), encoding="utf-8")
    assert run_build(tmp_path / "raw", tmp_path / "clean", RunOptions(progress=False, quiet=True)) == 3
    offsets = [sum(map(len, lines[:number])) for number in range(8)]
    named = [row | {"locator": f"coast/rows.jsonl#{offset}", "source": "coast"} for row, offset in zip(rows(8), offsets, strict=True)]
    out = clean_batch(pa.RecordBatch.from_pylist(named)).to_pylist()
    records = [line for path in (tmp_path / "clean" / "articles").rglob("*.jsonl") for line in path.read_text("utf-8").splitlines()]
    assert sorted(row["record"] for row in out if row["record"]) == sorted(records)
    ledger = [
        json.loads(line) for path in (tmp_path / "clean" / "ledger").rglob("*.jsonl") for line in path.read_text("utf-8").splitlines()
    ]
    told = [{name: value for name, value in row.items() if name != "record"} for row in out]
    assert {row["locator"]: (row["status"], row["code"], row["id"]) for row in told} == {
        row["locator"]: (row["status"], row["code"], row["id"]) for row in ledger
    }


@settings(max_examples=8)
@given(st.integers(min_value=1, max_value=9))
def test_how_rows_are_cut_into_batches_changes_nothing(size: int) -> None:
    table = pa.Table.from_pylist(rows(9))
    whole = clean_batch(table)
    assert isinstance(whole, pa.Table)
    parts = pa.Table.from_batches(clean_batches(table.to_batches(max_chunksize=size)))
    assert parts.to_pylist() == whole.to_pylist()
    assert whole.schema == parts.schema == SCHEMA
    assert whole["code"].to_pylist()[2:5:2] == ["empty", "bad_record"]


def test_settings_and_columns_are_the_callers() -> None:
    batch = pa.RecordBatch.from_pylist([{"page": b"<p>" + STORY.format(1).encode() + b"</p>", "other": object.__doc__}])
    config = Config.of({"ingest.content": "page", "emit.removed_text": "false"})
    (row,) = clean_batch(batch, config=config, source="pass").to_pylist()
    record = json.loads(row["record"])
    assert (row["status"], record["source"], record["provenance"]["config_sha256"]) == ("ok", "pass", config.sha256(()))
    assert row["locator"] == f"sha256:{row['sha256']}"


@pytest.mark.parametrize(
    ("fault", "code"),
    [(lambda: time.sleep(60), "timeout"), (lambda: os.abort(), "crashed"), (lambda: bytearray(1 << 40), "out_of_memory")],  # noqa: PLW0108
    ids=["hang", "abort", "memory"],
)
def test_a_bad_document_costs_itself_alone(monkeypatch: pytest.MonkeyPatch, fault: Any, code: str) -> None:
    real = tasks.core.one_document.clean_found

    def poisoned(found: Found, config: Config) -> Outcome:
        if "pass 3 " in str(found):
            fault()
        return real(found, config)

    monkeypatch.setattr(tasks.core.one_document, "clean_found", poisoned)
    out = clean_batch(pa.RecordBatch.from_pylist(rows(6)), limits=Limits(seconds=0.3)).to_pylist()
    assert [row["code"] for row in out] == [None, None, "empty", code, "bad_record", None]
    assert out[5]["status"] == "ok"


def test_the_child_holds_nothing_of_the_engine_open(monkeypatch: pytest.MonkeyPatch) -> None:
    real = tasks.core.one_document.clean_found
    ours, theirs = socket.socketpair()
    numbers = (ours.fileno(), theirs.fileno())

    def looking(found: Found, config: Config) -> Outcome:
        if any(os.path.exists(f"/proc/self/fd/{number}") for number in numbers):  # noqa: PTH110 - no file but a name of one
            os.abort()
        return real(found, config)

    monkeypatch.setattr(tasks.core.one_document, "clean_found", looking)
    with ours, theirs:
        assert clean_batch(pa.RecordBatch.from_pylist(rows(5)))["code"].to_pylist() == [None, None, "empty", None, "bad_record"]
        ours.send(b"?")
        assert theirs.recv(1) == b"?"


def test_pandas_and_datasets() -> None:
    frame = pd.DataFrame({"text": [STORY.format(number) for number in range(3)], "url": [None, "https://example.org/a", None]})
    cleaned = clean_batch(pa.Table.from_pandas(frame, preserve_index=False)).to_pandas()
    assert cleaned["status"].tolist() == ["ok"] * 3
    assert json.loads(cleaned["record"][1])["url"] == "https://example.org/a"
    mapped = Dataset.from_pandas(frame).with_format("arrow").map(clean_batch, batched=True, batch_size=2, remove_columns=["text", "url"])
    assert mapped.with_format(None)["record"] == cleaned["record"].tolist()


def test_plans_become_the_rows_and_records_of_a_build(tmp_path: Path) -> None:
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    write_stories(raw, [f"coast/{number}.txt" for number in range(5)])
    make_containers(raw / "packed", 6)
    (raw / "coast" / "urls.tsv").write_text("0.txt\thttps://example.org/0\n", encoding="utf-8")
    assert run_build(raw, clean, RunOptions(progress=False, quiet=True)) == 3
    plans = plans_of(raw)
    assert [plan.shard for plan in plans] == list(planned(BuildPaths(clean)))
    cleaned = [row for batch in clean_plans(plans, raw) for row in batch.to_pylist()]
    written = sorted(line for path in (clean / "articles").rglob("*.jsonl") for line in path.read_text("utf-8").splitlines())
    assert sorted(row.pop("record") or "" for row in cleaned)[-len(written) :] == written
    assert sorted(cleaned, key=lambda row: str(row["locator"])) == sorted(ledger(clean), key=lambda row: str(row["locator"]))


def test_a_file_that_changed_since_it_was_planned_is_an_error(tmp_path: Path) -> None:
    write_stories(tmp_path, ["coast/0.txt"])
    plans = plans_of(tmp_path)
    (tmp_path / "coast" / "0.txt").write_text("Rain fell.", encoding="utf-8")
    with pytest.raises(OSError, match="changed during the build"):
        list(clean_plans(plans, tmp_path))
