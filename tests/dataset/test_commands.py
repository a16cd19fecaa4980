"""`copydesk stats`, `diff`, `rebuild` and `verify` on datasets."""

from __future__ import annotations

import json
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from many_scripts import OK, STORY

import copydesk.commands.rebuild
from copydesk.commands.diff import diff, report_of
from copydesk.commands.rebuild import RebuildOptions, rebuild
from copydesk.commands.run import RunOptions, run_build
from copydesk.commands.stats import show_stats
from copydesk.commands.verify import verify_build
from copydesk.commands.verify_dataset import verify_dataset
from copydesk.datasets import open_dataset
from pipeline.code_identity import code_identity
from pipeline.dataset.manifest import decode, digest, encode, read_seal, seal
from tasks.settings import pipeline_config, use_settings
from tests import warm_copydesk
from tests.luigi_settings import settings_kept

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def settings() -> Any:
    """Forget the settings that a test gave to Luigi."""
    with settings_kept():
        yield


@pytest.fixture
def copied(dataset: Path, tmp_path: Path) -> Path:
    return shutil.copytree(dataset, tmp_path / "copied")


def reseal(folder: Path, name: str, data: bytes) -> None:
    """Replace a file of a dataset so that its digests agree: what only somebody who means it can do."""
    (folder / name).write_bytes(data)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    for entry in manifest["files"]:
        if entry["path"] == name:
            entry |= {"sha256": digest(data), "bytes": len(data)}
    sums = read_seal((folder / "SHA256SUMS").read_bytes()) | {name: digest(data)}
    if name != "manifest.json":
        told = encode(decode(json.dumps(manifest).encode()))
        (folder / "manifest.json").write_bytes(told)
        sums["manifest.json"] = digest(told)
    (folder / "SHA256SUMS").write_bytes(seal(sums))


def test_stats_in_the_terminal(clean: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert show_stats(clean, as_json=False) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"{OK} documents, ")
    for title in ("by site", "by language", "by month", "by kind of page", "by number of words", "Words removed, by rule", "by code"):
        assert title in said
    assert "█" in said
    assert max(map(len, said.splitlines())) <= 120


def test_stats_as_json(clean: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert show_stats(clean, as_json=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["documents"] == OK
    assert told["codes"] == {"binary": 1, "empty": 1}
    assert sum(group["documents"] for group in told["languages"]["listed"]) == OK


def test_a_dataset_is_what_it_says(dataset: Path, clean: Path, raw: Path) -> None:
    assert verify_dataset(dataset) == 0
    assert verify_build(clean, raw, progress=False) == 0


def test_verify_names_damaged_missing_and_strange_files(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copied / "README.md").write_text("another card", encoding="utf-8")
    (copied / "croissant.json").unlink()
    (copied / "extra.txt").write_text("not listed", encoding="utf-8")
    assert verify_dataset(copied) == 1
    out, err = capsys.readouterr()
    assert "README.md is damaged" in out
    assert "croissant.json is missing" in out
    assert "extra.txt: SHA256SUMS does not list it" in out
    assert "3 problems" in err


FORGED = {
    "a text": ("articles.jsonl", "hospital", "hospitals", "text_sha256 is not the digest of its text"),
    "a row group": ("articles.jsonl", "Ann Lee", "Ann Bee", "row group 0 does not hold the records"),
    "an id": ("articles.jsonl", '"id":"', '"id":"f', "not the id of its locator and raw bytes"),
    "an entity": ("articles.jsonl", '"surface":"United Nations"', '"surface":"united Nations"', "does not lie on its surface"),
    "a block": (
        "articles.jsonl",
        '"blocks":[{"kind":"paragraph","start":0,"end":',
        '"blocks":[{"kind":"paragraph","start":0,"end":9',
        "outside",
    ),
    "a ledger row": ("ledger.jsonl", '"status":"rejected","code":"empty"', '"status":"skipped","code":"empty"', "inputs are not those"),
    "a card": ("README.md", "articles", "stories", "README.md is not what manifest.json gives"),
    "a number": ("manifest.json", '"undated": 1', '"undated": 2', "is not what"),
    "a build": ("build.json", '"files": 1', '"files": 2', "build.json is not the one"),
}


@pytest.mark.parametrize("what", FORGED)
def test_verify_sees_through_forged_digests(copied: Path, capsys: pytest.CaptureFixture[str], what: str) -> None:
    name, old, new, says = FORGED[what]
    data = (copied / name).read_text(encoding="utf-8")
    old = old if what != "a text" else "mayor"
    assert old in data
    reseal(copied, name, data.replace(old, new, 1).encode())
    assert verify_dataset(copied) == 1
    assert says in capsys.readouterr().out


def test_verify_of_a_build_looks_at_its_dataset(clean: Path, raw: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = shutil.copytree(clean, tmp_path / "clean")
    (other / "dataset" / "articles.parquet").write_bytes(b"PAR1")
    assert verify_build(other, raw, progress=False) == 1
    assert "articles.parquet is damaged" in capsys.readouterr().out


def test_nothing_differs_from_itself(dataset: Path, copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert diff(dataset, copied, "text", 100) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "nothing differs"


@pytest.fixture(scope="module")
def other(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of other raw files by other settings."""
    folder = tmp_path_factory.mktemp("other")
    changed = shutil.copytree(raw, folder / "raw")
    (changed / "valley" / "story.txt").write_text(STORY.replace("Heavy rain", "Heavy hail"), encoding="utf-8")
    (changed / "scripts" / "zh.txt").unlink()
    (changed / "scripts" / "ko.txt").write_bytes(b"")
    (changed / "scripts" / "new.txt").write_text(STORY, encoding="utf-8")
    config = folder / "other.cfg"
    config.write_text("[emit]\nremoved_text = false\n", encoding="utf-8")
    with settings_kept():
        assert run_build(changed, folder / "clean", RunOptions(config_path=config, progress=False, quiet=True)) == 3
    return folder / "clean"


def test_diff_explains_by_record_field_rule_and_setting(clean: Path, other: Path) -> None:
    report = report_of(open_dataset(clean), open_dataset(other), 100)
    assert [(change.name, change.left, change.right) for change in report.settings] == [("emit.removed_text", "true", "false")]
    assert (report.raw_changed, report.only_left, report.only_right) == (1, 2, 1)
    assert report.differing >= 1, "the page with a menu has no words in removed any more"
    assert report.same + report.differing == OK - 3
    by_locator = {record.locator: record for record in report.records}
    story = by_locator["valley/story.txt"]
    assert story.reason == "raw"
    (text,) = [field for field in story.fields if field.pointer == "/text"]
    assert "Heavy rain" in (text.left or "")
    assert "Heavy hail" in (text.right or "")
    assert story.left_rules["share.labels"] == story.right_rules["share.labels"] == 1
    assert by_locator["scripts/zh.txt"].detail == "the raw file is not there"
    assert by_locator["scripts/ko.txt"].detail.startswith("rejected empty")
    assert by_locator["scripts/new.txt"].reason == "right"
    assert report.outcomes == {"ok -> rejected empty": 1, "ok -> no input": 1, "no input -> ok": 1, "ok, from other raw bytes": 1}
    assert (report.code, report.libraries) == ((), ())


@pytest.mark.parametrize("format_", ["text", "json", "html"])
def test_diff_as(clean: Path, other: Path, capsys: pytest.CaptureFixture[str], format_: Any) -> None:
    assert diff(clean, other, format_, 2) == 1
    said = capsys.readouterr().out
    for words in ("emit.removed_text", "removed"):
        assert words in said
    if format_ == "json":
        assert len(json.loads(said)["records"]) == 2
    elif format_ == "text":
        assert "more documents (--limit shows more)" in said
    else:
        assert "<script" not in said
        HTMLParser().feed(said)


def test_diff_names_versions(dataset: Path, copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build = json.loads((copied / "build.json").read_text(encoding="utf-8"))
    build["code"]["library:ftfy"] = "0.1"
    build["code"]["file:edits.py"] = "0" * 64
    reseal(copied, "build.json", json.dumps(build).encode())
    manifest = json.loads((copied / "manifest.json").read_text(encoding="utf-8"))
    manifest["made_by"]["libraries"]["ftfy"] = "0.1"
    reseal(copied, "manifest.json", json.dumps(manifest).encode())
    assert diff(dataset, copied, "text", 100) == 1
    said = capsys.readouterr().out
    assert "ftfy: " in said
    assert "-> 0.1" in said
    assert "file:edits.py" in said


def test_a_rebuild_gives_the_same_bytes(dataset: Path, raw: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert rebuild(dataset, raw, RebuildOptions(workers=2, clean=tmp_path / "again", progress=False)) == 0
    said = capsys.readouterr().out
    assert "code, libraries, settings and 14 raw files are those" in said
    assert "came out the same, byte for byte" in said
    assert (tmp_path / "again" / "dataset" / "SHA256SUMS").read_bytes() == (dataset / "SHA256SUMS").read_bytes()


def test_a_rebuild_uses_the_datasets_own_settings(other: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert rebuild(other, other.parent / "raw", RebuildOptions(progress=False)) == 0
    assert "came out the same" in capsys.readouterr().out
    assert pipeline_config().emit.removed_text is False


def test_a_rebuild_says_first_what_differs(dataset: Path, other: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert rebuild(dataset, other.parent / "raw", RebuildOptions(clean=tmp_path / "again")) == 1
    out, err = capsys.readouterr()
    assert set(out.splitlines()) == {
        f"raw: scripts/zh.txt is missing in {other.parent / 'raw'}",
        "raw: scripts/new.txt was not there when the dataset was made",
        "raw: scripts/ko.txt has other bytes, or another sidecar",
        "raw: valley/story.txt has other bytes, or another sidecar",
    }
    assert "nothing was built" in err
    assert not (tmp_path / "again").exists()
    assert rebuild(dataset, other.parent / "raw", RebuildOptions(anyway=True, progress=False)) == 1
    assert "came out different: README.md, articles.jsonl" in capsys.readouterr().err


def test_a_rebuild_names_code_and_lock(
    dataset: Path, raw: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copydesk.commands.rebuild, "libraries", lambda _: {"pyarrow": "0.1"})
    monkeypatch.setattr(copydesk.commands.rebuild, "code_identity", lambda config: code_identity(config) | {"file:new.py": "0"})
    assert rebuild(dataset, raw, RebuildOptions(check=True)) == 1
    said = capsys.readouterr().out
    assert "lock: pyarrow 0.1 is installed, the dataset was made with " in said
    assert "code: new.py is not the version that made the dataset" in said


def test_a_damaged_dataset_is_not_rebuilt(copied: Path, raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copied / "raw.jsonl").write_bytes(b"")
    assert rebuild(copied, raw, RebuildOptions()) == 4
    assert "raw.jsonl is damaged" in capsys.readouterr().err


def test_settings_survive_the_way_through_luigi() -> None:
    config = pipeline_config().of({"ingest.content": "a.b, c%d", "limits.max_bytes": 5, "emit.removed_text": "false"})
    use_settings(config, (7, 8), open_about())
    assert pipeline_config() == config


def open_about() -> Any:
    from pipeline.dataset.manifest import About  # noqa: PLC0415

    return About(name="100 % rain", licence="CC BY 4.0")


def test_the_commands_from_the_shell(clean: Path, raw: Path) -> None:
    def said(*words: object) -> str:
        out, err = warm_copydesk.said(*words)
        assert err == ""
        return out

    where = 'language = "en" and published_at >= "2015-11-01" and completeness = "full"'
    (row,) = map(json.loads, said("export", clean, "--where", where, "--fields", "title, source").splitlines())
    assert row == {"title": "Floods close the harbour", "source": "coast"}
    assert "verified" in said("verify", clean / "dataset")
    assert "byte for byte" in said("rebuild", clean / "dataset", "--raw", raw, "--no-progress")
    assert "documents" in said("stats", clean)
    assert "nothing differs" in said("diff", clean, clean)
