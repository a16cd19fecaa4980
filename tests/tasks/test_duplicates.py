"""Sidecars of duplicates beside the records of a build: complete, current, the same bytes however the build is cut."""

from __future__ import annotations

import json
import shutil
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from build_helpers import records, tree, write_stories

from copydesk.commands.run import RunOptions, run_build
from copydesk.commands.verify import verify_build
from tasks.core.build_paths import BuildPaths
from tasks.core.sealed import unsealed, write_sealed
from tasks.settings import pipeline_config
from tasks.sketching import write_sketch
from tasks.summary import read_summary

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OPTIONS = RunOptions(progress=False, quiet=True)
OTHER = "\n\n".join(
    f"The {place} museum opens its doors again on Friday, and {number} visitors a day will see the {thing} that were found in its cellar."
    for number, (place, thing) in enumerate([("harbour", "bells"), ("railway", "maps"), ("toy", "letters"), ("glass", "moulds")], 40)
)


@pytest.fixture
def raw(tmp_path: Path, finished: Callable[..., tuple[Path, Path]]) -> Path:
    """Raw files with a finished build of them in `clean` beside them."""
    names = ["valley/1.txt", "valley/2.txt", "coast/2020-01-02/3.txt"]
    return finished(tmp_path, names, {"coast/other.txt": f"The museum opens\n\n{OTHER}\n"})[0]


def rows(clean: Path) -> dict[str, dict[str, Any]]:
    files = sorted((clean / "attributes" / "duplicates").rglob("*.jsonl"))
    return {row["id"]: row for path in files for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())}


def build(raw: Path, clean: Path, **options: Any) -> int:
    return run_build(raw, clean, RunOptions(progress=False, quiet=True, **options))


def test_every_record_has_a_row_in_its_place(raw: Path, tmp_path: Path) -> None:
    assert build(raw, tmp_path / "clean") == 0
    for articles in (tmp_path / "clean" / "articles").rglob("*.jsonl"):
        sidecar = tmp_path / "clean" / "attributes" / "duplicates" / articles.relative_to(tmp_path / "clean" / "articles")
        ids = [[json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()] for path in (articles, sidecar)]
        assert ids[0] == ids[1]
        assert ids[0]
    found = rows(tmp_path / "clean")
    assert sorted(row["size"] for row in found.values()) == [1, 3, 3, 3]
    summary = read_summary(BuildPaths(tmp_path / "clean"))
    assert summary is not None
    assert (summary.duplicates.clusters, summary.duplicates.redundant) == (1, 2)


def test_sketches_made_with_the_records_are_those_made_of_their_file(raw: Path, tmp_path: Path) -> None:
    paths = BuildPaths(raw.parent / "clean")
    summary = read_summary(paths)
    assert summary is not None
    for number, shard in enumerate(summary.shards):
        write_sketch(paths.articles(shard.shard), tmp_path / f"{number}", shard.articles_sha256, pipeline_config())
        assert paths.sketch(shard.shard).read_bytes() == (tmp_path / f"{number}").read_bytes()
    assert summary.shards


def test_a_deleted_file_takes_its_rows_with_it(raw: Path, tmp_path: Path) -> None:
    (raw / "coast" / "2020-01-02" / "3.txt").unlink()
    assert build(raw, tmp_path / "clean") == 0
    build(raw, tmp_path / "anew")
    assert tree(tmp_path / "clean") == tree(tmp_path / "anew")
    assert sorted(row["size"] for row in rows(tmp_path / "clean").values()) == [1, 2, 2]
    assert rows(tmp_path / "clean").keys() == {record["id"] for record in records(tmp_path / "clean")}


def test_a_new_file_changes_the_rows_of_others(raw: Path, tmp_path: Path) -> None:
    write_stories(raw, ["late/4.txt"])
    assert build(raw, tmp_path / "clean") == 0
    assert sorted(row["size"] for row in rows(tmp_path / "clean").values()) == [1, 4, 4, 4, 4]


def test_how_shards_are_cut_decides_nothing(raw: Path, tmp_path: Path) -> None:
    config = tmp_path / "luigi.cfg"
    config.write_text("[build]\nshard_documents = 1\n", encoding="utf-8")
    write_stories(raw, [f"valley/{number}.txt" for number in range(10, 16)])
    build(raw, tmp_path / "one")
    build(raw, tmp_path / "many", config_path=config, workers=3)
    assert rows(tmp_path / "one") == rows(tmp_path / "many")
    assert len(list((tmp_path / "many" / "attributes").rglob("*.jsonl"))) > len(list((tmp_path / "one" / "attributes").rglob("*.jsonl")))


def test_other_settings_make_other_rows(raw: Path, tmp_path: Path) -> None:
    config = tmp_path / "luigi.cfg"
    config.write_text("[duplicates]\nleast_words = 500\n", encoding="utf-8")
    build(raw, tmp_path / "clean", config_path=config)
    assert {row["relation"] for row in rows(tmp_path / "clean").values()} <= {"exact", None}


@pytest.mark.parametrize("lost", ["attributes", "run/sketches", "run/duplicates.json"])
def test_what_is_lost_is_made_again(raw: Path, tmp_path: Path, lost: str) -> None:
    before = tree(tmp_path / "clean")
    path = tmp_path / "clean" / lost
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert build(raw, tmp_path / "clean") == 0
    assert tree(tmp_path / "clean") == before


def test_a_cut_sketch_is_made_again(raw: Path, tmp_path: Path) -> None:
    for path in (tmp_path / "clean" / "run" / "sketches").rglob("*.sketch"):
        path.write_bytes(path.read_bytes()[:-70])
    (tmp_path / "clean" / "run" / "duplicates.json").unlink()
    before = tree(tmp_path / "clean")
    assert build(raw, tmp_path / "clean") == 0
    assert tree(tmp_path / "clean") == before


def test_damaged_records_are_named_and_made_again(raw: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = tree(tmp_path / "clean")
    articles = min((tmp_path / "clean" / "articles" / "valley").rglob("*.jsonl"))
    articles.write_bytes(articles.read_bytes().replace(b"valley", b"volley"))
    shutil.rmtree(tmp_path / "clean" / "run" / "sketches")
    (tmp_path / "clean" / "run" / "duplicates.json").unlink()
    assert build(raw, tmp_path / "clean") == 4
    assert articles.name in capsys.readouterr().err
    assert build(raw, tmp_path / "clean") == 0
    assert tree(tmp_path / "clean") == before


def test_a_clash_of_ids_is_named_and_its_shards_are_made_again(raw: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build(raw, tmp_path / "clean")
    before, paths = tree(tmp_path / "clean"), BuildPaths(tmp_path / "clean")
    one, other = paths.articles("valley/all"), paths.articles("coast/2020-01-02/all")
    identity = json.loads(one.read_text(encoding="utf-8").splitlines()[0])["id"]
    other.write_bytes(msgspec.json.encode(json.loads(other.read_text(encoding="utf-8")) | {"id": identity}) + b"\n")
    stamp = paths.stamp("coast/2020-01-02/all")
    note = {"bytes": other.stat().st_size, "sha256": sha256(other.read_bytes()).hexdigest()}
    write_sealed(stamp, json.loads(unsealed(stamp.read_bytes()) or b"") | {"articles": note})
    assert build(raw, tmp_path / "clean") == 4
    (line,) = capsys.readouterr().err.splitlines()
    assert f"the id {identity} stands in " in line
    assert "valley/all" in line
    assert "coast/2020-01-02/all" in line
    assert build(raw, tmp_path / "clean") == 0
    assert tree(tmp_path / "clean") == before


def test_a_build_without_records(tmp_path: Path) -> None:
    (tmp_path / "raw" / "valley").mkdir(parents=True)
    assert build(tmp_path / "raw", tmp_path / "clean") == 0
    (tmp_path / "raw" / "valley" / "nothing.txt").write_text("", encoding="utf-8")
    assert build(tmp_path / "raw", tmp_path / "clean") == 3
    assert rows(tmp_path / "clean") == {}


def test_a_sidecar_that_somebody_changed_is_found(raw: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build(raw, tmp_path / "clean")
    assert verify_build(tmp_path / "clean", raw, progress=False) == 0
    sidecar = min((tmp_path / "clean" / "attributes").rglob("*.jsonl"))
    sidecar.write_bytes(sidecar.read_bytes().replace(b'"size":3', b'"size":2'))
    assert verify_build(tmp_path / "clean", raw, progress=False) == 1
    assert "duplicates" in capsys.readouterr().out
