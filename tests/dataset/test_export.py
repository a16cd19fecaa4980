"""`copydesk export`: conditions, fields and formats; and what it refuses."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import click
import msgspec
import pyarrow.parquet as pq
import pytest
from many_scripts import OK

from copydesk.commands.export import Selection, export
from copydesk.where import WhereError, literal_quotes, selected
from pipeline.dataset.manifest import decode, digest, encode, read_seal, seal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def records(dataset: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (dataset / "articles.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def out(dataset: Path, tmp_path: Path) -> Callable[..., bytes]:
    def run(**selection: Any) -> bytes:
        path = tmp_path / "out"
        assert export(dataset, Selection(**selection), path) == 0
        return path.read_bytes()

    return run


CONDITIONS: dict[str, Callable[[dict[str, Any]], bool]] = {
    'language = "en"': lambda r: r["language"] is not None and r["language"]["code"] == "en",
    "language.code = 'ar'": lambda r: r["language"] is not None and r["language"]["code"] == "ar",
    'language = "en" and published_at >= "2015-11-01" and completeness = "full"': lambda r: (
        r["language"] == {"code": "en", "score": (r["language"] or {}).get("score")}
        and (r["published_at"] or "") >= "2015-11-01"
        and r["completeness"] == "full"
    ),
    "words > 30": lambda r: r["quality"]["words"] > 30,
    "Words BETWEEN 10 AND 40": lambda r: 10 <= r["quality"]["words"] <= 40,
    'source = "coast" or title is null': lambda r: r["source"] == "coast" or r["title"] is None,
    "title like '%harbour%'": lambda r: "harbour" in (r["title"] or ""),
    'text like "%дождь%"': lambda r: "дождь" in r["text"],
    "len(images) > 0": lambda r: len(r["images"]) > 0,
    'locator like "scripts/%"': lambda r: r["provenance"]["raw"]["locator"].startswith("scripts/"),
    'site = "www.coastpress.example" or domain = "coastpress.example"': lambda r: (
        r["publisher"] is not None and r["publisher"]["domain"] in ("www.coastpress.example", "coastpress.example")
    ),
    "false": lambda _: False,
    "true -- a remark": lambda _: True,
}


@pytest.mark.parametrize("where", CONDITIONS, ids=str)
def test_a_condition_selects_what_it_says(out: Callable[..., bytes], records: list[dict[str, Any]], where: str) -> None:
    found = [json.loads(line) for line in out(where=where).splitlines()]
    assert found == [record for record in records if CONDITIONS[where](record)]


def test_without_a_condition_the_lines_are_those_of_the_dataset(out: Callable[..., bytes], dataset: Path) -> None:
    assert out() == (dataset / "articles.jsonl").read_bytes()


REFUSED = {
    "1=1) union select text from read_text('/etc/passwd') where (1=1": "one condition on a record",
    "true; drop view records": "syntax error",
    "true) order by (id": "one condition on a record",
    "true) limit (1": "one condition on a record",
    "id in (select id from records)": "no subquery",
    "exists (select * from read_csv('/etc/passwd'))": "no subquery",
    "read_text('/etc/passwd') is not null": "read_text",
    "title = $1": "one condition",
    "title = ?": "one condition",
    "nosuch = 1": "nosuch",
    "published_at >=": "syntax error",
    "count(*) > 1": "aggregates",
    "(true": "syntax error",
    "text ~ '('": "missing",
    'title = "open': "unterminated",
    "copy records to '/tmp/x'": "syntax error",
    "text::int > 1": "Conversion",
    "-- nothing": "",
    "random() < 0.5": "repeatable",
    "len(list_filter(tags, lambda x: uuid() > 'a')) > 0": "repeatable",
    "published_at::timestamp < now()": "repeatable",
    "published_at::date < current_date": "repeatable",
    "age(published_at::timestamp) > interval 1 day": "repeatable",
    "title = current_user": "repeatable",
    "version() = title": "repeatable",
}


@pytest.mark.parametrize("where", REFUSED, ids=str)
def test_anything_else_is_refused_in_one_line(dataset: Path, where: str) -> None:
    with pytest.raises(WhereError) as refused:
        list(selected(dataset / "articles.parquet", where))
    assert REFUSED[where] in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_a_refused_condition_leaves_no_file(dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("as it was", encoding="utf-8")
    with pytest.raises(click.UsageError, match="nosuch"):
        export(dataset, Selection(where="nosuch = 1"), tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out").read_text(encoding="utf-8") == "as it was"


@pytest.mark.parametrize(
    ("typed", "sql"),
    [
        ('a = "b"', "a = 'b'"),
        ("a = 'x \"y\" z'", "a = 'x \"y\" z'"),
        ('a = "it\'s"', "a = 'it''s'"),
        ('a = "say ""hi"""', "a = 'say \"hi\"'"),
        ("a = ''", "a = ''"),
        ('a = ""', "a = ''"),
    ],
)
def test_double_quotes_are_literals(typed: str, sql: str) -> None:
    assert literal_quotes(typed) == sql


def test_fields(out: Callable[..., bytes], records: list[dict[str, Any]], tmp_path: Path) -> None:
    fields = ("id", "language.code", "provenance.raw.sha256", "blocks", "provenance.edits")
    expected = [
        {
            "id": r["id"],
            "language.code": r["language"] and r["language"]["code"],
            "provenance.raw.sha256": r["provenance"]["raw"]["sha256"],
            "blocks": r["blocks"],
            "provenance.edits": r["provenance"]["edits"],
        }
        for r in records
    ]
    assert [json.loads(line) for line in out(fields=fields).splitlines()] == expected
    (tmp_path / "table").write_bytes(out(fields=fields, format="parquet"))
    table = pq.read_table(tmp_path / "table")
    assert table.column_names == list(fields)
    assert table.column("language.code").to_pylist() == [row["language.code"] for row in expected]
    assert table.column("blocks").to_pylist() == [row["blocks"] for row in expected]


def test_parquet_of_everything_is_the_datasets_own(out: Callable[..., bytes], dataset: Path) -> None:
    assert out(format="parquet") == (dataset / "articles.parquet").read_bytes()


def test_dolma(out: Callable[..., bytes], records: list[dict[str, Any]]) -> None:
    rows = [json.loads(line) for line in out(format="dolma").splitlines()]
    assert [(row["id"], row["text"], row["source"]) for row in rows] == [(r["id"], r["text"], r["source"]) for r in records]
    dated = [row for row in rows if "created" in row]
    assert [row["created"] for row in dated] == [r["published_at"] for r in records if r["published_at"]]
    rows = [json.loads(line) for line in out(format="dolma", fields=("title",)).splitlines()]
    assert [row["metadata"] for row in rows] == [{"title": r["title"]} for r in records]


def test_schema_org(out: Callable[..., bytes], records: list[dict[str, Any]]) -> None:
    articles = [json.loads(line) for line in out(format="schema.org").splitlines()]
    assert [article["articleBody"] for article in articles] == [r["text"] for r in records]
    (story,) = [article for article in articles if article.get("author")]
    assert story["author"] == [{"@type": "Person", "name": "Ann Lee"}]
    (pictured,) = [article for article in articles if article.get("image")]
    assert pictured["image"][0]["@type"] == "ImageObject"
    assert pictured["datePublished"] == "2015-11-22T08:30:00Z"
    assert all(value not in (None, "", []) for article in articles for value in article.values())


def test_text(out: Callable[..., bytes], records: list[dict[str, Any]]) -> None:
    assert out(format="text").decode().split("\n\f\n")[:-1] == [r["text"] for r in records]


@pytest.mark.parametrize(
    ("selection", "says"),
    [
        ({"fields": ("nosuch",)}, "no field is named nosuch; a record has: schema_version, id"),
        ({"fields": ("blocks.kind",)}, "no field is named blocks.kind"),
        ({"fields": ("id", "id")}, "twice"),
        ({"fields": ("id",), "format": "text"}, "--fields chooses nothing in the format text"),
        ({"fields": ("id",), "format": "schema.org"}, "--fields chooses nothing"),
    ],
)
def test_wrong_choices(dataset: Path, tmp_path: Path, selection: dict[str, Any], says: str) -> None:
    with pytest.raises(click.UsageError, match=says):
        export(dataset, Selection(**selection), tmp_path / "out")


def test_parquet_needs_a_file(dataset: Path) -> None:
    with pytest.raises(click.UsageError, match="needs --output"):
        export(dataset, Selection(format="parquet"), None)


@pytest.fixture
def copied(dataset: Path, tmp_path: Path) -> Path:
    return shutil.copytree(dataset, tmp_path / "copied")


@pytest.mark.parametrize("name", ["articles.jsonl", "articles.parquet", "manifest.json"])
def test_a_damaged_file_is_named_and_never_exported(copied: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    data = bytearray((copied / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copied / name).write_bytes(data)
    assert export(copied, Selection(), tmp_path / "out") == 4
    (line,) = capsys.readouterr().err.splitlines()
    assert f"{copied / name} is damaged" in line
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["articles.jsonl", "manifest.json", "SHA256SUMS"])
def test_a_missing_file_is_named(copied: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    (copied / name).unlink()
    assert export(copied, Selection(), tmp_path / "out") == 4
    assert f"{copied / name} is missing" in capsys.readouterr().err


def test_a_manifest_that_contradicts_the_seal_is_refused(copied: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = decode((copied / "manifest.json").read_bytes())
    files = tuple(msgspec.structs.replace(entry, sha256="0" * 64) for entry in manifest.files)
    data = encode(msgspec.structs.replace(manifest, files=files))
    (copied / "manifest.json").write_bytes(data)
    sums = read_seal((copied / "SHA256SUMS").read_bytes()) | {"manifest.json": digest(data)}
    (copied / "SHA256SUMS").write_bytes(seal(sums))
    assert export(copied, Selection(), tmp_path / "out") == 4
    assert "do not agree on articles.parquet" in capsys.readouterr().err


def test_a_folder_without_a_dataset(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert export(tmp_path, Selection(), None) == 4
    assert "holds no dataset; make one with copydesk run" in capsys.readouterr().err


def mark(folder: Path, rows: list[dict[str, Any]]) -> None:
    """Give a dataset rows on duplicates, and seal it again."""
    data = b"".join(msgspec.json.encode(row) + b"\n" for row in sorted(rows, key=lambda row: str(row["id"])))
    (folder / "duplicates.jsonl").write_bytes(data)
    manifest = decode((folder / "manifest.json").read_bytes())
    entry = msgspec.structs.replace(manifest.file("articles.jsonl"), path="duplicates.jsonl", bytes=len(data), sha256=digest(data))
    others = tuple(file for file in manifest.files if file.path != "duplicates.jsonl")
    told = encode(msgspec.structs.replace(manifest, files=(*others, entry)))
    (folder / "manifest.json").write_bytes(told)
    sums = read_seal((folder / "SHA256SUMS").read_bytes()) | {"manifest.json": digest(told), "duplicates.jsonl": digest(data)}
    (folder / "SHA256SUMS").write_bytes(seal(sums))


def row(identity: str, cluster: str) -> dict[str, Any]:
    alone = {"relation": None, "size": 1, "match": None, "similarity": None, "shared": []}
    return {"id": identity, "cluster": cluster, "representative": identity == cluster, **alone}


@pytest.mark.parametrize("all_in_one", [False, True], ids=["a pair", "all duplicates"])
def test_representatives(copied: Path, records: list[dict[str, Any]], tmp_path: Path, *, all_in_one: bool) -> None:
    ids = [record["id"] for record in records]
    cluster = ids if all_in_one else ids[3:5]
    mark(copied, [row(identity, cluster[0] if identity in cluster else identity) for identity in ids])
    assert export(copied, Selection(representatives=True, fields=("id",)), tmp_path / "out") == 0
    found = [json.loads(line)["id"] for line in (tmp_path / "out").read_text(encoding="utf-8").splitlines()]
    assert found == [identity for identity in ids if identity not in cluster[1:]]
    assert len(found) == (1 if all_in_one else OK - 1)


def test_output_to_a_pipe_leaves_the_pipe_in_its_place(dataset: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as reader:
        read = reader.submit(pipe.read_bytes)
        assert export(dataset, Selection(), pipe) == 0
        assert read.result(timeout=600) == (dataset / "articles.jsonl").read_bytes()
    assert pipe.is_fifo()


def test_output_to_a_link_writes_what_it_means(dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert export(dataset, Selection(), tmp_path / "link") == 0
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == (dataset / "articles.jsonl").read_bytes()


def test_output_into_a_folder_that_is_not_there(dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(click.UsageError, match="gone is no folder; make it first"):
        export(dataset, Selection(), tmp_path / "gone" / "out")


@pytest.mark.parametrize("where", ["", "  ", "\n"])
def test_an_empty_condition_is_no_condition_for_all(dataset: Path, tmp_path: Path, where: str) -> None:
    with pytest.raises(click.UsageError, match="the condition is empty; leave --where out to take every record"):
        export(dataset, Selection(where=where), tmp_path / "out")


@pytest.mark.parametrize("command", ["export", "stats"])
def test_a_reader_that_has_seen_enough_is_no_failure(dataset: Path, command: str) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        words = [sys.executable, "-m", "copydesk", command, str(dataset)]
        done = subprocess.run(words, stdout=write, stderr=subprocess.PIPE, timeout=600, check=False)
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ("len(range(words * 0 + 600000000)) > 5", "memory|Out of Memory"),
        ("length(repeat(text, 9000000)) + length(repeat(text, 9000001)) > 5", "memory|Out of Memory"),
        ("levenshtein(repeat(text, 900), repeat('ab', 300000)) > 5", "it takes more than 2 seconds of computing"),
    ],
)
def test_a_condition_has_its_limits(dataset: Path, monkeypatch: pytest.MonkeyPatch, where: str, says: str) -> None:
    """Whatever it asks for, the process that searches ends at the limit, and this one has grown by nothing."""
    monkeypatch.setattr("copydesk.where._SECONDS", 2)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(WhereError, match=says):
        list(selected(dataset / "articles.parquet", where))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 3 * 1024 * 1024
