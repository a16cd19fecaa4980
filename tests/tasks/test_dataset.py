"""The dataset folder of a build: always whole, always current, the same bytes anywhere, and never made from damaged files."""

from __future__ import annotations

import json
import os
import sys
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow.parquet as pq
import pytest
from build_helpers import STORY, ledger, records, temporaries, tree, write_stories

import tasks.core.merging
import tasks.dataset_files
from copydesk.commands.export import Selection, export
from copydesk.commands.run import RunOptions, run_build
from copydesk.commands.verify_dataset import verify_dataset
from pipeline.dataset.manifest import About, read_seal
from tasks.core.build_paths import BuildPaths
from tasks.core.merging import DamagedError, merged
from tasks.core.sealed import unsealed, write_sealed
from tasks.dataset_files import write_dataset
from tasks.settings import about
from tasks.summary import read_summary

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAMES = ["valley/a.txt", "valley/b.txt", "coast/2020-01-02/c.txt", "coast/2020-01-02/d.txt", "loose.txt"]


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    write_stories(tmp_path / "raw", NAMES)
    return tmp_path / "raw"


@pytest.fixture
def built(tmp_path: Path, finished: Callable[..., tuple[Path, Path]]) -> Path:
    """A finished build of `raw`, made elsewhere: for tests of what happens to one. Returns the folder of raw files."""
    return finished(tmp_path, NAMES)[0]


@pytest.fixture
def build(tmp_path: Path) -> Callable[..., int]:
    def run(clean: str = "clean", *, settings: str = "", workers: int = 1) -> int:
        config = None
        if settings:
            config = tmp_path / f"{sha256(settings.encode()).hexdigest()[:8]}.cfg"
            config.write_text(settings, encoding="utf-8")
        return run_build(tmp_path / "raw", tmp_path / clean, RunOptions(workers=workers, config_path=config, progress=False, quiet=True))

    return run


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return tmp_path / "clean" / "dataset"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def manifest_of(dataset: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((dataset / "manifest.json").read_text(encoding="utf-8"))
    return found


def test_it_holds_every_record_input_and_raw_file(build: Callable[..., int], raw: Path, tmp_path: Path, dataset: Path) -> None:
    (raw / "valley" / "empty.txt").write_bytes(b"")
    assert build() == 3
    assert lines(dataset / "articles.jsonl") == sorted(records(tmp_path / "clean"), key=lambda record: str(record["id"]))
    assert lines(dataset / "ledger.jsonl") == sorted(ledger(tmp_path / "clean"), key=lambda row: str(row["locator"]))
    files = sorted(path.relative_to(raw).as_posix() for path in raw.rglob("*") if path.is_file())
    assert [(row["path"], row["sha256"]) for row in lines(dataset / "raw.jsonl")] == [
        (name, sha256((raw / name).read_bytes()).hexdigest()) for name in files
    ]
    assert (dataset / "build.json").read_bytes() == (tmp_path / "clean" / "build.json").read_bytes()
    manifest = manifest_of(dataset)
    assert (manifest["records"], manifest["inputs"], manifest["rejected"], manifest["raw_files"]) == (5, 6, 1, 6)
    assert manifest["statistics"]["codes"] == {"empty": 1}
    assert {entry["source"]: entry["inputs"] for entry in manifest["statistics"]["outcomes"]} == {"coast": 2, "raw": 1, "valley": 3}
    assert verify_dataset(dataset) == 0


@pytest.mark.usefixtures("built")
def test_how_shards_are_cut_and_who_cuts_them_changes_no_data(build: Callable[..., int], tmp_path: Path) -> None:
    build("two", workers=3)
    assert tree(tmp_path / "clean") == tree(tmp_path / "two")
    build("three", settings="[build]\nshard_documents = 1\n")
    data = ("articles.jsonl", "articles.parquet", "ledger.jsonl", "raw.jsonl")
    for name in data:
        assert (tmp_path / "clean" / "dataset" / name).read_bytes() == (tmp_path / "three" / "dataset" / name).read_bytes(), name


@pytest.mark.usefixtures("built")
def test_a_second_run_writes_nothing(build: Callable[..., int], dataset: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in dataset.rglob("*")}
    assert build() == 0
    assert {path: path.stat().st_mtime_ns for path in dataset.rglob("*")} == before


def test_it_follows_the_raw_files(build: Callable[..., int], built: Path, dataset: Path) -> None:
    raw = built
    (raw / "valley" / "a.txt").unlink()
    write_stories(raw, ["valley/new.txt"])
    build()
    locators = {record["provenance"]["raw"]["locator"] for record in lines(dataset / "articles.jsonl")}
    assert locators == {*NAMES, "valley/new.txt"} - {"valley/a.txt"}
    assert b"Rain in a" not in b"".join(path.read_bytes() for path in dataset.iterdir() if path.is_file())


@pytest.mark.parametrize("name", ["articles.parquet", "README.md", "SHA256SUMS", "charts/sources.svg"])
@pytest.mark.usefixtures("built")
def test_a_missing_or_shortened_file_is_made_again(build: Callable[..., int], tmp_path: Path, dataset: Path, name: str) -> None:
    whole = tree(tmp_path / "clean")
    (dataset / name).write_bytes((dataset / name).read_bytes()[:-1])
    build()
    assert tree(tmp_path / "clean") == whole
    (dataset / name).unlink()
    build()
    assert tree(tmp_path / "clean") == whole


def test_rehash_finds_damage_that_leaves_the_size(built: Path, tmp_path: Path, dataset: Path) -> None:
    raw = built
    whole = tree(tmp_path / "clean")
    path = dataset / "articles.jsonl"
    path.write_bytes(path.read_bytes().replace(b"trains run", b"trains ran"))
    run_build(raw, tmp_path / "clean", RunOptions(progress=False, quiet=True, rehash=True))
    assert tree(tmp_path / "clean") == whole


@pytest.mark.usefixtures("raw")
def test_what_the_publisher_says_is_in_card_and_croissant(build: Callable[..., int], dataset: Path) -> None:
    settings = "[dataset]\nname = Valley news\nlicence = https://example.org/licence\ncreator = Valley Press\npublished = 2026-01-02\n"
    build(settings=settings)
    assert about() == About(name="Valley news", licence="https://example.org/licence", creator="Valley Press", published="2026-01-02")
    card = (dataset / "README.md").read_text(encoding="utf-8")
    assert "# Valley news" in card
    told = json.loads((dataset / "croissant.json").read_text(encoding="utf-8"))
    found = (told["name"], told["license"], told["creator"]["name"], told["datePublished"])
    assert found == ("Valley news", "https://example.org/licence", "Valley Press", "2026-01-02")


@pytest.mark.usefixtures("built")
def test_it_can_be_switched_off(build: Callable[..., int], dataset: Path) -> None:
    (dataset / "mine.txt").write_text("not of the build", encoding="utf-8")
    assert build(settings="[dataset]\nwrite = false\n") == 0
    assert [path.name for path in dataset.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("names", [[], ["valley/a.txt"]], ids=["no document", "one document"])
def test_hardly_any_documents(tmp_path: Path, dataset: Path, names: list[str]) -> None:
    (tmp_path / "raw" / "valley").mkdir(parents=True)
    write_stories(tmp_path / "raw", names)
    assert run_build(tmp_path / "raw", tmp_path / "clean", RunOptions(progress=False, quiet=True)) == 0
    assert pq.read_table(dataset / "articles.parquet").num_rows == len(names)
    assert manifest_of(dataset)["records"] == len(names)
    assert verify_dataset(dataset) == 0
    assert export(dataset, Selection(format="parquet"), tmp_path / "out") == 0
    assert (tmp_path / "out").read_bytes() == (dataset / "articles.parquet").read_bytes()


def test_a_damaged_shard_is_named_refused_and_made_anew(
    build: Callable[..., int], built: Path, tmp_path: Path, dataset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw, whole = built, tree(dataset)
    shard = tmp_path / "clean" / "articles" / "valley" / "all.jsonl"
    shard.write_bytes(shard.read_bytes().replace(b"trains run", b"trains ran"))
    write_stories(raw, ["coast/2020-01-02/e.txt"])
    assert build() == 4
    assert f"{shard}: its sha256 is not the one that was noted when it was written" in capsys.readouterr().err
    assert tree(dataset) == whole
    assert not temporaries(tmp_path / "clean")
    assert build() == 0
    assert len(lines(dataset / "articles.jsonl")) == 6
    assert b"trains ran" not in (dataset / "articles.jsonl").read_bytes()
    assert verify_dataset(dataset) == 0


@pytest.mark.usefixtures("built")
def test_a_clash_of_ids_is_named_and_refused(tmp_path: Path, dataset: Path) -> None:
    whole, paths = tree(dataset), BuildPaths(tmp_path / "clean")
    summary = read_summary(paths)
    assert summary is not None
    one, other = paths.articles("valley/all"), paths.articles("raw/all")
    identity = json.loads(one.read_text().splitlines()[0])["id"]
    other.write_bytes(msgspec.json.encode(json.loads(other.read_text()) | {"id": identity}) + b"\n")
    digest = sha256(other.read_bytes()).hexdigest()
    shards = tuple(
        msgspec.structs.replace(shard, articles_sha256=digest) if shard.shard == "raw/all" else shard for shard in summary.shards
    )
    says = rf"the id {identity} is there twice, for loose.txt and valley/\w.txt \(in articles/raw/all.jsonl, articles/valley/all.jsonl\)"
    with pytest.raises(DamagedError, match=says) as refused:
        write_dataset(paths, msgspec.structs.replace(summary, shards=shards), lambda _done, _total: None)
    assert set(refused.value.paths) == {one, other}
    assert tree(dataset) == whole


def test_a_record_of_fifty_megabytes(tmp_path: Path, dataset: Path) -> None:
    paragraph = (
        "Heavy rain fell on the valley for another day, the mayor said, and number {} of the schools stayed closed until Wednesday.\n\n"
    )
    path = tmp_path / "raw" / "valley" / "long.txt"
    path.parent.mkdir(parents=True)
    path.write_text("".join(paragraph.format(number) for number in range(2000)), encoding="utf-8")
    write_stories(tmp_path / "raw", ["valley/a.txt"])
    assert run_build(tmp_path / "raw", tmp_path / "clean", RunOptions(progress=False, quiet=True)) == 0
    shard = tmp_path / "clean" / "articles" / "valley" / "all.jsonl"
    grown = [
        msgspec.json.encode(record | {"description": "é" * 26_000_000} if "long" in record["provenance"]["raw"]["locator"] else record)
        for record in records(tmp_path / "clean")
    ]
    shard.write_bytes(b"".join(line + b"\n" for line in grown))
    note = {"bytes": shard.stat().st_size, "sha256": sha256(shard.read_bytes()).hexdigest()}
    assert note["bytes"] > 50_000_000
    stamp = tmp_path / "clean" / "run" / "stamps" / "valley" / "all.json"
    write_sealed(stamp, json.loads(unsealed(stamp.read_bytes()) or b"") | {"articles": note})
    assert run_build(tmp_path / "raw", tmp_path / "clean", RunOptions(progress=False, quiet=True)) == 0
    table = pq.ParquetFile(dataset / "articles.parquet")
    assert [table.metadata.row_group(number).num_rows for number in range(table.num_row_groups)] == [1, 1]
    assert max(len(text or "") for text in table.read(["description"]).column(0).to_pylist()) == 26_000_000
    assert verify_dataset(dataset) == 0


def test_duplicates_are_carried_along(build: Callable[..., int], raw: Path, dataset: Path) -> None:
    for name in ("valley/b.txt", "coast/2020-01-02/c.txt"):
        (raw / name).write_bytes((raw / "valley/a.txt").read_bytes())
    build()
    rows = lines(dataset / "duplicates.jsonl")
    assert [row["id"] for row in rows] == [record["id"] for record in lines(dataset / "articles.jsonl")]
    found = manifest_of(dataset)["duplicates"]
    stated = json.loads((dataset / "build.json").read_text(encoding="utf-8"))["duplicates"]
    assert found["by_relation"]["exact"] == stated["exact"] >= 3
    assert (found["clusters"], found["redundant"]) == (stated["clusters"], stated["redundant"])
    assert pq.read_table(dataset / "duplicates.parquet").column("id").to_pylist() == [row["id"] for row in rows]


def test_a_seal_never_stands_over_half_written_files(
    build: Callable[..., int], built: Path, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_stories(built, ["valley/new.txt"])
    with monkeypatch.context() as patch:
        patch.setattr(tasks.dataset_files, "described", lambda _manifest: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        assert build() == 4
    assert len(lines(dataset / "articles.jsonl")) == 5, "the old dataset stays until the new one is whole"
    assert verify_dataset(dataset) == 0
    assert build() == 0
    assert len(lines(dataset / "articles.jsonl")) == 6


@pytest.mark.usefixtures("raw")
def test_clock_and_machine_stand_nowhere_in_it(build: Callable[..., int], tmp_path: Path, dataset: Path) -> None:
    build()
    text = b"".join(path.read_bytes() for path in dataset.rglob("*") if path.is_file())
    for word in (str(tmp_path), os.uname().nodename, sys.version.split()[0]):
        assert word.encode() not in text


def test_more_shards_than_files_may_be_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.core.merging, "FAN_IN", 3)
    files = []
    for number in range(20):
        path = tmp_path / f"{number}.jsonl"
        path.write_bytes(b"".join(b"%03d\n" % value for value in range(number, 200, 20)))
        files.append((path, sha256(path.read_bytes()).hexdigest()))
    with merged(files, lambda line: line, tmp_path / "run") as found:
        assert [int(line) for _, line in found] == list(range(200))
    assert not list((tmp_path / "run").iterdir())


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"002\n001\n", "line 2 is out of order"),
        (b"001\n002", "line 2 is out of order or cut short"),
        (b"001\n", "its sha256 is not the one"),
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(content)
    with pytest.raises(DamagedError, match=says), merged([(path, "0" * 64)], lambda line: line, tmp_path) as found:
        list(found)


@pytest.mark.usefixtures("built")
def test_the_seal_lists_every_file(dataset: Path) -> None:
    listed = read_seal((dataset / "SHA256SUMS").read_bytes())
    assert set(listed) == {path.relative_to(dataset).as_posix() for path in dataset.rglob("*") if path.is_file()} - {"SHA256SUMS"}
    assert STORY.split("\n")[2][:20].encode() in (dataset / "articles.jsonl").read_bytes()
