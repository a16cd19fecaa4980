"""The dataset in the hands of others: pyarrow and pandas, DuckDB, Hugging Face datasets, mlcroissant, sha256sum and plain iteration."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from many_scripts import OK, PAGES

from pipeline.ingest import RawDocument
from pipeline.stages import run
from tasks.settings import pipeline_config

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def records(dataset: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (dataset / "articles.jsonl").read_text(encoding="utf-8").splitlines()]


def as_columns(record: dict[str, Any]) -> dict[str, Any]:
    """A record as the columns of Parquet have it: mappings as lists of entries, edits and spans as objects."""
    provenance = record["provenance"]
    names = ("base_start", "base_end", "replacement", "rule", "to")
    edits = [dict(zip(names, edit, strict=True)) for edit in provenance["edits"]]
    fields = [{"key": key, "value": value} for key, value in provenance["fields"].items()]
    removed = [span | {"of": span["of"] and dict(zip(names[:2], span["of"], strict=True))} for span in record["removed"]]
    said = record["published_at"] or ""
    moment = datetime.fromisoformat(said) if "T" in said else None
    days = {
        "published_date": date.fromisoformat(said[:10]) if len(said) >= 10 else None,
        "published_utc": moment if moment is not None and moment.tzinfo is not None else None,
    }
    return record | days | {"provenance": provenance | {"edits": edits, "fields": fields}, "removed": removed}


def check_standoff(text: str, blocks: Any, entities: Any) -> None:
    """Offsets land on the right characters: blocks make up the text, and entities lie on their surface."""
    assert "\n\n".join(text[block["start"] : block["end"]] for block in blocks) == text
    assert all(text[entity["start"] : entity["end"]] == entity["surface"] for entity in entities)


def test_every_record_is_there_and_sorted(records: list[dict[str, Any]]) -> None:
    assert len(records) == OK
    ids = [record["id"] for record in records]
    assert ids == sorted(set(ids))
    assert any(record["entities"] for record in records)
    assert any(record["images"] for record in records)


def test_pyarrow_gives_the_records_of_the_lines(dataset: Path, records: list[dict[str, Any]]) -> None:
    table = pq.read_table(dataset / "articles.parquet")
    assert table.to_pylist() == [as_columns(record) for record in records]


def test_pandas(dataset: Path, records: list[dict[str, Any]]) -> None:
    frame = pd.read_parquet(dataset / "articles.parquet")
    assert list(frame["text"]) == [record["text"] for record in records]
    for row in frame.itertuples():
        check_standoff(row.text, row.blocks, row.entities)
    lines = pd.read_json(dataset / "articles.jsonl", lines=True, dtype=False)
    assert list(lines["id"]) == list(frame["id"])


def test_duckdb_unnests_entities_onto_their_characters(dataset: Path, records: list[dict[str, Any]]) -> None:
    sql = """
        SELECT e.surface, substring(text, e.start + 1, e."end" - e.start)
        FROM (SELECT text, unnest(entities) AS e FROM read_parquet(?))
    """
    import duckdb  # noqa: PLC0415 - held by a module for long, it complains at the end of the process

    with duckdb.connect() as connection:
        rows = connection.execute(sql, [str(dataset / "articles.parquet")]).fetchall()
        count = "SELECT count(*), count(language.code) FROM read_json(?)"
        lines = connection.execute(count, [str(dataset / "articles.jsonl")]).fetchone()
    assert len(rows) == sum(len(record["entities"]) for record in records) > 0
    assert all(surface == found for surface, found in rows)
    assert lines == (OK, sum(record["language"] is not None for record in records))


def test_hugging_face_datasets_reads_the_folder_by_its_card(dataset: Path, tmp_path: Path, records: list[dict[str, Any]]) -> None:
    code = f"""
import datasets
datasets.disable_progress_bars()
loaded = datasets.load_dataset({str(dataset)!r}, "articles", split="train")
assert loaded["id"] == {[record["id"] for record in records]!r}, loaded["id"]
for row in loaded:
    assert "\\n\\n".join(row["text"][b["start"]:b["end"]] for b in row["blocks"]) == row["text"]
    assert all(row["text"][e["start"]:e["end"]] == e["surface"] for e in row["entities"])
"""
    environment = {"HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "PATH": "", "HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=600, check=False, env=environment)
    assert done.returncode == 0, done.stderr


def test_plain_iteration(records: list[dict[str, Any]], raw: Path) -> None:
    for record in records:
        check_standoff(record["text"], record["blocks"], record["entities"])
        if record["provenance"]["base"]["kind"] != "text":
            continue
        base = (raw / record["provenance"]["raw"]["locator"]).read_text(encoding="utf-8")
        for span in record["removed"]:
            assert base[span["base_start"] : span["base_end"]] == span["text"]


def test_images_lie_on_their_captions(raw: Path, records: list[dict[str, Any]]) -> None:
    (record,) = [record for record in records if record["images"]]
    locator = record["provenance"]["raw"]["locator"]
    base = run(RawDocument(data=(raw / locator).read_bytes(), locator=locator, source=record["source"]), pipeline_config()).base
    for image in record["images"]:
        span = base[image["base_start"] : image["base_end"]]
        assert image["caption"] in span
        assert "🚤" in image["caption"]


def test_croissant_is_valid_and_loads(dataset: Path, records: list[dict[str, Any]]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecations inside mlcroissant and rdflib
        import mlcroissant  # noqa: PLC0415 - warns while it is imported

        croissant = mlcroissant.Dataset(jsonld=dataset / "croissant.json")
        issues = croissant.metadata.ctx.issues
        assert not issues.errors
        assert {warning.split('"')[1] for warning in issues.warnings} <= {"https://schema.org/datePublished"}
        loaded = list(croissant.records("articles"))
    assert [row["articles/text"].decode() for row in loaded] == [record["text"] for record in records]
    for row, record in zip(loaded, records, strict=True):
        blocks = [{"start": block["articles/blocks/start"], "end": block["articles/blocks/end"]} for block in row["articles/blocks"]]
        check_standoff(record["text"], blocks, [])


def test_croissant_tells_where_the_data_comes_from(dataset: Path) -> None:
    told = json.loads((dataset / "croissant.json").read_text(encoding="utf-8"))
    manifest = json.loads((dataset / "manifest.json").read_text(encoding="utf-8"))
    assert told["conformsTo"] == "http://mlcommons.org/croissant/1.1"
    assert told["@context"]["prov"] == "http://www.w3.org/ns/prov#"
    assert {source["@id"] for source in told["prov:wasDerivedFrom"]} == {f"urn:copydesk:raw:{name.split('/')[0]}" for name in PAGES}
    assert told["prov:wasGeneratedBy"]["@id"] == f"urn:sha256:{manifest['made_by']['build_sha256']}"
    assert told["prov:wasAttributedTo"]["@id"] == f"urn:sha256:{manifest['made_by']['code_sha256']}"
    assert {entry["@id"]: entry["sha256"] for entry in told["distribution"]} == {
        entry["path"]: entry["sha256"] for entry in manifest["files"]
    }


def test_sha256sum_accepts_the_seal(dataset: Path) -> None:
    done = subprocess.run(["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=dataset, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    listed = {line.split(": ")[0] for line in done.stdout.splitlines()}
    assert listed == {path.relative_to(dataset).as_posix() for path in dataset.rglob("*") if path.is_file()} - {"SHA256SUMS"}


def test_the_example_of_the_card_runs(dataset: Path) -> None:
    card = (dataset / "README.md").read_text(encoding="utf-8")
    code = card.split("```python\n")[1].split("```")[0]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=dataset, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr
