"""`copydesk run`, `status`, `retry`: what they say, and how they end."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from tasks.core.sealed import read_sealed, write_sealed
from tasks.core.shard_files import Stamp
from tests.warm_copydesk import said as copydesk

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
STORY = """Rain in the valley

Heavy rain fell on the valley for a third day on Monday, and the mayor asked people who live near the river to leave their homes.

The water is expected to rise until Wednesday, the weather service said. Schools will stay closed, and trains run every two hours.
"""


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("s/a.txt", "s/b.txt", "t/2020-01-02/c.txt"):
        path = tmp_path / "raw" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(STORY, encoding="utf-8")
    return tmp_path / "raw", tmp_path / "clean"


def test_every_shard_is_a_line_of_json(folders: tuple[Path, Path]) -> None:
    raw, clean = folders
    _, err = copydesk("run", "--raw", raw, "--clean", clean, "--log-format", "json", "--workers", 2, "--quiet")
    lines = {line["shard"]: line for line in map(json.loads, err.splitlines())}
    assert set(lines) == {"s/all", "t/2020-01-02/all"}
    assert lines["s/all"] | {"time": 0, "seconds": 0, "message": 0} == {
        "time": 0,
        "level": "info",
        "message": 0,
        "event": "shard",
        "shard": "s/all",
        "inputs": 2,
        "ok": 2,
        "rejected": 0,
        "skipped": 0,
        "codes": {},
        "seconds": 0,
        "bytes": 2 * len(STORY),
    }


def test_logs_are_text_where_nobody_watches_and_a_bar_on_request(folders: tuple[Path, Path]) -> None:
    raw, clean = folders
    out, err = copydesk("run", "--raw", raw, "--clean", clean)
    assert len(re.findall(r"shard \S+: \d documents, \d ok, 0 rejected, 0 skipped", err)) == 2
    assert "total" in out
    _, err = copydesk("run", "--raw", raw, "--clean", f"{clean}-2", "--progress")
    assert "3/3" in err
    assert "MB/s, 0 rejected" in err
    assert "shard" not in err


def test_why_a_shard_is_cleaned_again(folders: tuple[Path, Path], tmp_path: Path) -> None:
    raw, clean = folders
    run = ("run", "--raw", raw, "--clean", clean, "--why-rerun", "--quiet")
    _, err = copydesk(*run)
    assert err.splitlines() == ["s/all: new, 2 files", "t/2020-01-02/all: new, 1 files"]
    _, err = copydesk(*run)
    assert err == ""
    (raw / "s" / "d.txt").write_text(STORY)
    (raw / "s" / "a.txt").write_text(STORY.replace("rain", "hail"))
    (raw / "s" / "b.txt").unlink()
    _, err = copydesk(*run)
    assert err.splitlines() == ["s/all: inputs: added s/d.txt, changed s/a.txt, removed s/b.txt"]
    config = tmp_path / "other.cfg"
    config.write_text("[emit]\nremoved_text = false\n")
    _, err = copydesk(*run, "--config", config, "--yes")
    assert err.splitlines() == [f"{shard}: config: emit.removed_text True -> False" for shard in ("s/all", "t/2020-01-02/all")]
    (clean / "articles" / "s" / "all.jsonl").write_bytes(b"")
    _, err = copydesk(*run, "--config", config)
    assert err.splitlines() == ["s/all: outputs: missing or cut short"]
    build = json.loads((clean / "build.json").read_text())
    build["code"]["library:ftfy"], build["code_sha256"] = "0", "0" * 64
    (clean / "build.json").write_text(json.dumps(build))
    for path in (clean / "run" / "stamps").rglob("*.json"):
        stamp = read_sealed(path, Stamp)
        assert stamp is not None
        write_sealed(path, msgspec.structs.replace(stamp, code_sha256="0" * 64))
    _, err = copydesk(*run, "--config", config)
    assert err.splitlines() == [f"{shard}: code: library:ftfy" for shard in ("s/all", "t/2020-01-02/all")]


def test_status_tells_what_is_and_what_would_be(folders: tuple[Path, Path]) -> None:
    raw, clean = folders
    clean.mkdir()
    out, _ = copydesk("status", clean, code=4)
    assert "no finished build" in out
    (raw / "s" / "empty.txt").write_bytes(b"")
    copydesk("run", "--raw", raw, "--clean", clean, "--quiet", code=3)
    out, _ = copydesk("status", clean, "--raw", raw, code=3)
    assert re.search(r"total +4 +3 +1 +0", out)
    assert "rejected: 1 empty" in out
    assert "s/empty.txt  empty" in out
    (raw / "s" / "d.txt").write_text(STORY)
    told = json.loads(copydesk("status", clean, "--raw", raw, "--json", code=3)[0])
    assert (told["inputs"], told["ok"], told["codes"], told["pending"], told["running"]) == (4, 3, {"empty": 1}, 0, None)
    assert told["raw_changed"] == ["s"]
    assert told["reproducible"] is True


UNFIT = {
    "[build]\nshard_documents = many\n": "build.shard_documents has an unfit value, 'many'",
    "[build]\nshard_documents = 0\n": "build.shard_documents is 0; it has to be at least 1",
    "[build]\nrecycle_documents = 0\n": "build.recycle_documents is 0",
    "[build]\ntime_limit = -1\n": "build.time_limit is -1.0",
    "[build]\nfollow_symlinks = perhaps\n": "cannot interpret 'perhaps'",
    "[dataset]\nwrite = perhaps\n": "dataset.write has an unfit value",
    "[limits]\nmax_bytes = -1\n": "limits.max_bytes",
    "[rules]\nfiles = {}/nowhere.toml\n": "nowhere.toml",
    "[rules]\nfiles = {}/broken.toml\n": "broken.toml",
}


@pytest.mark.parametrize("setting", UNFIT, ids=str)
def test_an_unfit_setting_is_one_line(folders: tuple[Path, Path], tmp_path: Path, setting: str) -> None:
    raw, clean = folders
    (tmp_path / "broken.toml").write_text("nonsense")
    config = tmp_path / "unfit.cfg"
    config.write_text(setting.format(tmp_path))
    _, err = copydesk("run", "--raw", raw, "--clean", clean, "--config", config, code=2)
    assert UNFIT[setting] in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("where", ["raw", "raw/s", "raw/s/clean"])
def test_a_build_does_not_write_among_its_inputs(folders: tuple[Path, Path], tmp_path: Path, where: str) -> None:
    raw, _ = folders
    before = sorted(raw.rglob("*"))
    _, err = copydesk("run", "--raw", raw, "--clean", tmp_path / where, code=2)
    assert err.endswith("a build would read its own outputs: name another folder with --clean\n")
    assert sorted(raw.rglob("*")) == before


def test_file_names_are_utf8_in_every_locale(folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    raw, clean = folders
    (raw / "s" / "é.txt").write_text(STORY, encoding="utf-8")
    for name, value in {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}.items():
        monkeypatch.setenv(name, value)
    command = [sys.executable, "-m", "copydesk", "run", "--raw", raw, "--clean", clean, "--quiet"]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=ROOT, timeout=600, check=True)
    assert "s/é.txt" in (clean / "ledger" / "s" / "all.jsonl").read_text(encoding="utf-8")


def test_a_name_that_is_no_text_is_cleaned_and_shown_with_escapes(tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/b\xff.txt")
    Path(path).write_text(STORY, encoding="utf-8")
    out, _ = copydesk("clean", path)
    assert json.loads(out)["provenance"]["raw"]["locator"] == f"{tmp_path}/b\\xff.txt"
    for format_ in ("text", "html", "json"):
        copydesk("explain", path, "--format", format_)
    Path(path).write_bytes(b"")
    _, err = copydesk("clean", path, code=3)
    assert err.startswith(f"copydesk: {tmp_path}/b\\xff.txt: empty")


def test_closed_streams_stop_nothing(folders: tuple[Path, Path]) -> None:
    raw, clean = folders
    command = f"exec {sys.executable} -m copydesk run --raw {raw} --clean {clean} <&- >&- 2>&-"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert subprocess.run(["/bin/sh", "-c", command], check=False, timeout=600, env=environment, cwd=ROOT).returncode == 0
    assert (clean / "build.json").is_file()


def test_no_command_is_the_help_and_an_unknown_kind_is_named() -> None:
    _, err = copydesk(code=2)
    assert "Commands:\n" in err
    _, err = copydesk("rules", "--kind", "nosuch", code=2)
    assert "no rule is of the kind nosuch; there are: advert" in err


def test_retry_asks_for_codes_that_exist(tmp_path: Path, finished: Callable[..., tuple[Path, Path]]) -> None:
    raw, clean = finished(tmp_path, ["s/a.txt", "s/b.txt", "t/2020-01-02/c.txt"])
    out, _ = copydesk("retry", "--raw", raw, "--clean", clean)
    assert "nothing to retry" in out
    _, err = copydesk("retry", "--raw", raw, "--clean", clean, "--code", "tired", code=2)
    assert "no code is named tired; there are: bad_container" in err


def test_retry_cleans_again_what_has_a_code(tmp_path: Path, finished: Callable[..., tuple[Path, Path]]) -> None:
    raw, clean = finished(tmp_path, ["s/a.txt", "s/b.txt", "t/2020-01-02/c.txt"])
    (raw / "s" / "empty.txt").write_bytes(b"")
    copydesk("run", "--raw", raw, "--clean", clean, "--quiet", code=3)
    articles = clean / "articles"
    before = {path: path.stat().st_mtime_ns for path in articles.rglob("*.jsonl")}
    out, _ = copydesk("retry", "--raw", raw, "--clean", clean, "--code", "empty", code=3)
    assert "1 inputs to retry (empty)" in out
    assert {path.parent.name for path, stamp in before.items() if path.stat().st_mtime_ns != stamp} == {"s"}
