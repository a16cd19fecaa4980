"""Builds on disk: what a run makes, what it leaves alone, and what becomes of bad input."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from build_helpers import STORY, tree, write_stories

import tasks.build
import tasks.clean_shard
import tasks.core.scan
from copydesk.commands.run import RunOptions, run_build
from copydesk.commands.verify import verify_build
from tasks.core.scan import group_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAMES = ("valley/a.txt", "valley/b.txt", "coast/2020-01-02/c.txt")


def add_what_is_no_input(folder: Path) -> None:
    (folder / "README.md").write_text("no input", encoding="utf-8")
    (folder / "valley" / ".hidden").write_text("no input", encoding="utf-8")


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    write_stories(folder, list(NAMES))
    add_what_is_no_input(folder)
    return folder


@pytest.fixture
def built(tmp_path: Path, finished: Callable[..., tuple[Path, Path]]) -> Path:
    """A finished build of `raw`, made elsewhere: for tests of what happens to one."""
    folder, clean = finished(tmp_path, NAMES)
    add_what_is_no_input(folder)
    return clean


@pytest.fixture
def build(tmp_path: Path) -> Callable[..., int]:
    def run(clean: str = "clean", *, workers: int = 1, config: Path | None = None) -> int:
        return run_build(tmp_path / "raw", tmp_path / clean, RunOptions(workers=workers, config_path=config, progress=False, quiet=True))

    return run


def rows(clean: Path) -> dict[str, dict[str, object]]:
    found = [json.loads(line) for path in sorted((clean / "ledger").rglob("*.jsonl")) for line in path.read_text().splitlines()]
    return {row["locator"]: row for row in found}


def stamps(clean: Path) -> dict[str, int]:
    return {str(path.relative_to(clean)): path.stat().st_mtime_ns for path in (clean / "articles").rglob("*.jsonl")}


def test_every_input_has_a_row_and_every_ok_row_a_record(build: Callable[..., int], raw: Path, tmp_path: Path) -> None:
    assert raw.is_dir()
    assert build() == 0
    found = rows(tmp_path / "clean")
    assert set(found) == {"valley/a.txt", "valley/b.txt", "coast/2020-01-02/c.txt"}
    records = [json.loads(line) for path in (tmp_path / "clean" / "articles").rglob("*.jsonl") for line in path.read_text().splitlines()]
    assert {record["id"] for record in records} == {row["id"] for row in found.values()}
    assert {record["source"] for record in records} == {"valley", "coast"}
    assert (tmp_path / "clean" / "articles" / "coast" / "2020-01-02" / "all.jsonl").is_file()


def test_a_second_run_writes_nothing(build: Callable[..., int], built: Path) -> None:
    before = stamps(built)
    assert build() == 0
    assert stamps(built) == before


def test_two_folders_and_two_workers_give_the_same_bytes(build: Callable[..., int], built: Path, tmp_path: Path) -> None:
    assert build("two", workers=2) == 0
    assert tree(built) == tree(tmp_path / "two")


def test_a_new_file_recleans_its_shard_alone(build: Callable[..., int], built: Path, tmp_path: Path) -> None:
    before = stamps(built)
    write_stories(tmp_path / "raw", ["valley/d.txt"])
    build()
    after = stamps(built)
    assert {name for name in after if after[name] != before.get(name)} == {"articles/valley/all.jsonl"}
    assert "valley/d.txt" in rows(built)


def test_a_deleted_file_loses_its_record(build: Callable[..., int], built: Path, tmp_path: Path) -> None:
    assert b"Rain in a" in b"".join(tree(built).values())
    (tmp_path / "raw" / "valley" / "a.txt").unlink()
    (tmp_path / "raw" / "coast" / "2020-01-02" / "c.txt").unlink()
    build()
    assert set(rows(tmp_path / "clean")) == {"valley/b.txt"}
    assert not (tmp_path / "clean" / "articles" / "coast").exists()
    assert b"Rain in a" not in b"".join(tree(tmp_path / "clean").values())


def test_changed_settings_reclean(build: Callable[..., int], built: Path, tmp_path: Path) -> None:
    before = stamps(built)
    assert before
    config = tmp_path / "other.cfg"
    config.write_text("[emit]\nremoved_text = false\n", encoding="utf-8")
    build(config=config)
    after = stamps(tmp_path / "clean")
    assert all(after[name] != before[name] for name in before)


def test_changed_code_recleans(build: Callable[..., int], built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = stamps(built)
    assert before
    for module in (tasks.build, tasks.clean_shard):
        monkeypatch.setattr(module, "code_sha256", lambda _config: "0" * 64)
    build()
    after = stamps(tmp_path / "clean")
    assert all(after[name] != before[name] for name in before)


@pytest.mark.parametrize("kind", ["articles", "ledger"])
def test_a_truncated_or_missing_output_is_made_again(build: Callable[..., int], built: Path, tmp_path: Path, kind: str) -> None:
    assert built.is_dir()
    whole = tree(tmp_path / "clean")
    path = tmp_path / "clean" / kind / "valley" / "all.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    build()
    assert tree(tmp_path / "clean") == whole
    path.unlink()
    build()
    assert tree(tmp_path / "clean") == whole


def test_bad_inputs_are_rows_with_codes_and_raw_is_untouched(build: Callable[..., int], raw: Path, tmp_path: Path) -> None:
    bad = raw / "bad"
    bad.mkdir()
    (bad / "empty.html").write_bytes(b"")
    (bad / "binary.html").write_bytes(bytes(range(256)) * 20)
    (bad / "bytes.txt").write_bytes(STORY.format(title="Rain").encode() + b"\nThe caf\xe9 is closed, the owner said.\n")
    (bad / "nul.txt").write_bytes(STORY.format(title="Rain").encode().replace(b"third day", b"third\0 day"))
    (bad / "link.txt").symlink_to(raw / "valley" / "a.txt")
    before = {path: path.read_bytes() for path in raw.rglob("*") if path.is_file()}
    assert build() == 3
    found = {locator: row["code"] for locator, row in rows(tmp_path / "clean").items() if locator.startswith("bad/")}
    assert found == {
        "bad/empty.html": "empty",
        "bad/binary.html": "binary",
        "bad/bytes.txt": None,
        "bad/nul.txt": None,
        "bad/link.txt": "symlink",
    }
    assert {path: path.read_bytes() for path in raw.rglob("*") if path.is_file()} == before
    text = "".join((tmp_path / "clean" / "articles" / "bad" / "all.jsonl").read_text(encoding="utf-8"))
    assert "café is closed" in text
    assert "third day" in text
    assert verify_build(tmp_path / "clean", raw, progress=False) == 0


@pytest.mark.usefixtures("raw")
def test_an_unreadable_file_is_a_row(build: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test may run as root, whom no mode stops: the refusal is injected where the scan asks."""
    real = os.access
    monkeypatch.setattr(tasks.core.scan.os, "access", lambda path, mode: real(path, mode) and not str(path).endswith("a.txt"))
    assert build() == 3
    assert rows(tmp_path / "clean")["valley/a.txt"]["code"] == "permission"
    monkeypatch.undo()
    assert build() == 0


def test_verify_names_a_changed_record_and_a_changed_raw_file(built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw = tmp_path / "raw"
    path = built / "articles" / "valley" / "all.jsonl"
    path.write_bytes(path.read_bytes().replace(b"trains run", b"trains ran"))
    (raw / "coast" / "2020-01-02" / "c.txt").write_text("something else altogether", encoding="utf-8")
    assert verify_build(tmp_path / "clean", raw, progress=False) == 1
    said = capsys.readouterr().out
    assert "/text differs" in said
    assert "coast/2020-01-02/c.txt: the raw file has changed" in said


def test_a_full_disk_is_a_resumable_failure(
    build: Callable[..., int], finished: Callable[..., tuple[Path, Path]], raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert raw.is_dir()
    real = tasks.core.sealed.write_atomic

    def full(path: Path, chunks: list[bytes]) -> None:
        if "stamps" in path.parts:
            raise OSError(28, "No space left on device", str(path))
        real(path, chunks)

    with monkeypatch.context() as patch:
        patch.setattr(tasks.core.sealed, "write_atomic", full)
        assert build() == 4
    assert build() == 0
    _, undisturbed = finished(tmp_path / "undisturbed", NAMES)
    assert tree(tmp_path / "clean") == tree(undisturbed)


def test_groups_follow_source_and_day() -> None:
    locators = ("a/2020-01-02/x.txt", "a/y.txt", "z.txt", "a/2020-01-02")
    assert [group_of(locator) for locator in locators] == ["a/2020-01-02", "a", "raw", "a"]
