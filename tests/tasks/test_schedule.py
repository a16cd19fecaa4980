"""Shards that stay as they are, days as Luigi and cron schedule them, and what a rerun reads."""

from __future__ import annotations

import json
import os
import re
import socket
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from build_helpers import codes, records, tree, write_stories
from luigi.configuration import LuigiConfigParser

import tasks.core.plans
import tasks.core.scan
from copydesk.commands.run import RunOptions, run_build
from copydesk.commands.verify import verify_build
from pipeline.code_identity import code_identity, code_sha256
from pipeline.config import Config
from pipeline.ingest.shards import Entry, divide
from pipeline.resources import load_resources
from tasks.core.build_paths import BuildPaths
from tasks.core.plans import planned
from tasks.core.shard_files import read_stamp
from tasks.settings import config_sha256, rule_names

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable


OPTIONS = RunOptions(progress=False, quiet=True)


def shards(count: int) -> dict[str, tuple[Entry, ...]]:
    return divide([Entry(f"s/{number:06d}.html", 100_000, "0" * 64) for number in range(count)], documents=256, size=64 * 1024 * 1024)


def test_one_more_file_of_10_000_changes_at_most_2_percent() -> None:
    before, after = shards(10_000), shards(10_001)
    touched = sum(len(entries) for name, entries in after.items() if before.get(name) != entries)
    assert 0 < touched <= 200


def test_100_000_files_are_at_most_600_tasks() -> None:
    assert len(shards(100_000)) <= 600


def test_luigi_cleans_one_day_and_builddataset_goes_on_from_there(
    tmp_path: Path, start: Callable[..., subprocess.Popen[str]], finished: Callable[..., tuple[Path, Path]]
) -> None:
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    write_stories(raw, ["s/2020-01-02/a.txt", "s/2020-01-03/b.txt", "s/c.txt"])
    where = ("--raw", raw, "--clean", clean)
    day = start("--module", "tasks", "CleanDay", "--local-scheduler", "--source", "s", "--date", "2020-01-02", *where, program="-m luigi")
    _, err = day.communicate(timeout=600)
    assert day.returncode == 0, err
    assert set(codes(clean)) == {"s/2020-01-02/a.txt"}
    made = (clean / "articles" / "s" / "2020-01-02" / "all.jsonl").stat().st_mtime_ns
    assert run_build(raw, clean, OPTIONS) == 0
    assert (clean / "articles" / "s" / "2020-01-02" / "all.jsonl").stat().st_mtime_ns == made
    assert tree(clean) == tree(finished(tmp_path / "undisturbed", ["s/2020-01-02/a.txt", "s/2020-01-03/b.txt", "s/c.txt"])[1])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_luigid_shares_the_shards_among_workers(tmp_path: Path, start: Callable[..., subprocess.Popen[str]]) -> None:
    """One process may sleep through the other's work on a busy machine; there are four chances."""
    assert any(shared_build(tmp_path / str(chance), start) == 2 for chance in range(4))


def shared_build(folder: Path, start: Callable[..., subprocess.Popen[str]]) -> int:
    """Build with two processes and return how many of them cleaned shards."""
    folder.mkdir()
    raw, clean, port = folder / "raw", folder / "clean", free_port()
    write_stories(raw, [f"s{number}/{name}.txt" for number in range(8) for name in "abc"])
    config = folder / "luigi.cfg"
    config.write_text("[build]\nshard_documents = 1\n[worker]\nwait_interval = 0.05\nwait_jitter = 0\n", encoding="utf-8")
    program = "import sys; from luigi.cmdline import luigid; luigid(sys.argv[1:])"
    where = ("--address", "127.0.0.1", "--port", port, "--state-path", folder / "state", "--logdir", folder)
    service = start("-c", program, *where, program="", cwd=folder)
    try:
        wait_for(port)
        ask(port, "pause")
        where = ("--scheduler-host", "127.0.0.1", "--scheduler-port", port, "--raw", raw, "--clean", clean)
        alive = ("--worker-keep-alive", "--worker-count-uniques", "--no-lock")
        both = [
            start("--module", "tasks", task, *where, *alive, program="-m luigi", environment={"LUIGI_CONFIG_PATH": str(config)})
            for task in ("BuildDataset", "CleanShards")
        ]
        wait_for_plans(port, both)
        ask(port, "unpause")
        said = [process.communicate(timeout=600)[1] for process in both]
        assert {process.returncode for process in both} <= {0, 10, 25}, said  # 10, 25: another worker did a part
        done = ask(port, "task_list", status="DONE")
        shards = [task for task in done.values() if task["name"] == "CleanShard"]
        assert len(shards) >= 16
        assert any("1 documents, 0 rejected" in (task["status_message"] or "") for task in shards)
        assert "BuildDataset" in {task["name"] for task in done.values()}
    finally:
        service.terminate()
        service.communicate(timeout=600)
    options = RunOptions(progress=False, quiet=True, config_path=config)
    made = (clean / "build.json").stat().st_mtime_ns
    assert run_build(raw, clean, options) == 0
    assert (clean / "build.json").stat().st_mtime_ns == made
    assert run_build(raw, folder / "alone", options) == 0
    assert tree(clean) == tree(folder / "alone")
    return len({task["worker_running"] for task in shards})


def ask(port: int, question: str, **arguments: str) -> Any:
    data = urllib.parse.urlencode({"data": json.dumps(arguments)})
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/{question}?{data}", timeout=600) as answer:
        return json.load(answer)["response"]


def wait_for_plans(port: int, processes: list[subprocess.Popen[str]]) -> None:
    """Wait until every process has told the paused scheduler of its tasks, so that none can do the whole work before another is there."""
    for _ in range(1200):
        plans = [worker["num_pending"] for worker in ask(port, "worker_list")]
        if len(plans) == len(processes) and min(plans) > 0:
            return
        ended = [process for process in processes if process.poll() is not None]
        assert not ended, [process.communicate() for process in ended]
        time.sleep(0.05)
    pytest.fail("the processes do not tell of their tasks")


def wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("luigid does not answer")


def test_rangedaily_cleans_the_days_that_are_there(tmp_path: Path, start: Callable[..., subprocess.Popen[str]]) -> None:
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    write_stories(raw, [f"s/2020-01-{day:02d}/a.txt" for day in (2, 3, 5)])
    parameters = json.dumps({"source": "s", "raw": str(raw), "clean": str(clean)})
    command = (
        "RangeDaily",
        "--of",
        "CleanDay",
        "--of-params",
        parameters,
        "--param-name",
        "date",
        "--start",
        "2020-01-02",
        "--stop",
        "2020-01-06",
    )
    run = start("--module", "tasks", *command, "--days-back", "100000", "--local-scheduler", program="-m luigi")
    _, err = run.communicate(timeout=600)
    assert set(codes(clean)) == {f"s/2020-01-{day:02d}/a.txt" for day in (2, 3, 5)}, err
    (raw / "s" / "2020-01-04").mkdir()
    run = start("--module", "tasks", *command, "--days-back", "100000", "--local-scheduler", program="-m luigi")
    _, err = run.communicate(timeout=600)
    assert run.returncode == 0, err


def test_the_cron_line_of_the_docs_runs(tmp_path: Path, start: Callable[..., subprocess.Popen[str]]) -> None:
    """The line is taken from docs/operations.md, its folders are replaced, and a shell runs what cron would run."""
    text = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    line = next(line.strip() for line in text.splitlines() if line.strip().startswith("15 3 * * *"))
    command = line.removeprefix("15 3 * * *").strip()
    assert "/srv/news" in command
    write_stories(tmp_path / "raw", ["s/a.txt"])
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "copydesk").write_text(f'#!/bin/sh\nexec {sys.executable} -m copydesk "$@"\n')
    (tmp_path / ".venv" / "bin" / "copydesk").chmod(0o755)
    (tmp_path / "luigi.cfg").write_text("[build]\n")
    script = tmp_path / "cron.sh"
    script.write_text(command.replace("/srv/news", str(tmp_path)) + "\n")
    run = start("-c", f"import subprocess, sys; sys.exit(subprocess.call(['/bin/sh', {str(script)!r}]))", program="", cwd=tmp_path)
    out, err = run.communicate(timeout=600)
    assert run.returncode == 0, out + err
    assert len(records(tmp_path / "clean")) == 1
    assert (tmp_path / "clean.log").read_text()


def test_an_unchanged_rerun_reads_no_raw_file_and_rehash_reads_all(
    tmp_path: Path, finished: Callable[..., tuple[Path, Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    raw, clean = finished(tmp_path, ["s/a.txt", "s/b.txt", "t/2020-01-02/c.txt"])
    notes = tmp_path / "read"
    real = tasks.core.plans.digest_of

    def digest(path: Path) -> str:
        with notes.open("a") as stream:  # the inventory is a process of its own
            stream.write(f"{path.name}\n")
        return real(path)

    def read() -> list[str]:
        names = notes.read_text().split() if notes.exists() else []
        notes.unlink(missing_ok=True)
        return sorted(names)

    monkeypatch.setattr(tasks.core.plans, "digest_of", digest)
    assert run_build(raw, clean, OPTIONS) == 0
    assert read() == []
    (raw / "s" / "a.txt").touch()
    assert run_build(raw, clean, OPTIONS) == 0
    assert read() == ["a.txt"]
    assert run_build(raw, clean, RunOptions(progress=False, quiet=True, rehash=True)) == 0
    assert read() == ["a.txt", "b.txt", "c.txt"]


def test_rehash_finds_a_file_that_changed_in_secret(tmp_path: Path, finished: Callable[..., tuple[Path, Path]]) -> None:
    raw, clean = finished(tmp_path, ["s/a.txt"])
    path = raw / "s" / "a.txt"
    stamp = path.stat()
    path.write_text(path.read_text().replace("Heavy rain", "Heavy hail"))
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert run_build(raw, clean, OPTIONS) == 0
    assert "hail" not in records(clean)[0]["text"]
    assert run_build(raw, clean, RunOptions(progress=False, quiet=True, rehash=True)) == 0
    assert "hail" in records(clean)[0]["text"]


def test_what_is_no_file_is_a_row(tmp_path: Path) -> None:
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    write_stories(raw, ["s/a.txt"])
    os.mkfifo(raw / "s" / "pipe.html")
    (raw / "s" / "nowhere.html").symlink_to(tmp_path / "nowhere")
    config = tmp_path / "luigi.cfg"
    config.write_text("[build]\nfollow_symlinks = true\n", encoding="utf-8")
    assert run_build(raw, clean, RunOptions(progress=False, quiet=True, config_path=config)) == 3
    assert codes(clean) == {"s/a.txt": None, "s/pipe.html": "bad_record", "s/nowhere.html": "bad_record"}


def test_rehash_finds_an_output_that_changed_in_secret(tmp_path: Path, finished: Callable[..., tuple[Path, Path]]) -> None:
    raw, clean = finished(tmp_path, ["s/a.txt", "t/b.txt"])
    whole = tree(clean)
    path = clean / "articles" / "s" / "all.jsonl"
    path.write_bytes(path.read_bytes().replace(b"Heavy rain", b"Heavy hail"))
    other = (clean / "articles" / "t" / "all.jsonl").stat().st_mtime_ns
    assert run_build(raw, clean, RunOptions(progress=False, quiet=True, rehash=True)) == 0
    assert tree(clean) == whole
    assert (clean / "articles" / "t" / "all.jsonl").stat().st_mtime_ns == other


def test_symlinks_are_followed_when_told_to_and_loops_end(tmp_path: Path) -> None:
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    write_stories(tmp_path / "outside", ["a.txt"])
    write_stories(raw, ["s/b.txt"])
    (raw / "s" / "out").symlink_to(tmp_path / "outside")
    (raw / "s" / "loop").symlink_to(raw / "s")
    assert run_build(raw, clean, OPTIONS) == 3
    assert codes(clean) == {"s/b.txt": None, "s/out": "symlink", "s/loop": "symlink"}
    config = tmp_path / "luigi.cfg"
    config.write_text("[build]\nfollow_symlinks = true\n", encoding="utf-8")
    assert run_build(raw, clean, RunOptions(progress=False, quiet=True, config_path=config)) == 0
    assert codes(clean) == {"s/b.txt": None, "s/out/a.txt": None}


def test_other_settings_of_duplicates_clean_nothing_again(tmp_path: Path, finished: Callable[..., tuple[Path, Path]]) -> None:
    raw, clean = finished(tmp_path, ["s/a.txt", "s/b.txt"])
    before = {name: (clean / name / "s" / "all.jsonl").stat().st_mtime_ns for name in ("articles", "ledger", "attributes/duplicates")}
    stored = records(clean)[0]["provenance"]["config_sha256"]
    config = tmp_path / "luigi.cfg"
    config.write_text("[duplicates]\nleast_words = 1000\nnear_similarity = 99\n", encoding="utf-8")
    options = RunOptions(progress=False, quiet=True, config_path=config)
    assert run_build(raw, clean, options) == 0
    after = {name: (clean / name / "s" / "all.jsonl").stat().st_mtime_ns for name in before}
    assert {name for name in before if after[name] != before[name]} == {"attributes/duplicates"}
    build = json.loads((clean / "build.json").read_text())
    assert (build["config"]["duplicates"]["least_words"], build["config_sha256"]) == (1000, stored)
    assert run_build(raw, tmp_path / "alone", options) == 0
    assert tree(clean) == tree(tmp_path / "alone")


def test_where_a_rule_file_lies_changes_no_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = tmp_path / "raw"
    write_stories(raw, ["s/a.txt"])
    trees = []
    for name, absolute in (("one", True), ("other", False)):
        folder = tmp_path / name
        (folder / "rules").mkdir(parents=True)
        (folder / "rules" / "own.toml").write_text("# a remark\n", encoding="utf-8")
        config = folder / "luigi.cfg"
        config.write_text(f"[rules]\nfiles = {folder / 'rules' / 'own.toml' if absolute else 'rules/own.toml'}\n", encoding="utf-8")
        monkeypatch.chdir(folder)
        LuigiConfigParser._instance = None
        LuigiConfigParser._config_paths[:] = []
        assert run_build(raw, folder / "clean", RunOptions(progress=False, quiet=True, config_path=config)) == 0
        trees.append(tree(folder / "clean"))
        assert verify_build(folder / "clean", raw, progress=False) == 0
    assert trees[0] == trees[1]
    assert not any(str(tmp_path).encode() in data for data in trees[0].values())
    monkeypatch.chdir(tmp_path)
    assert verify_build(tmp_path / "one" / "clean", raw, progress=False) == 0


def test_rule_files_of_one_name_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert list(rule_names(["/a/own.toml", "/b/own.toml", str(tmp_path / "rules" / "own.toml"), "x.toml"])) == [
        "own.toml",
        "2-own.toml",
        "rules/own.toml",
        "x.toml",
    ]


def test_changed_rule_files_reclean(tmp_path: Path) -> None:
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    write_stories(raw, ["s/a.txt"])
    rules = tmp_path / "own.toml"
    rules.write_text("", encoding="utf-8")
    config = tmp_path / "luigi.cfg"
    config.write_text(f"[rules]\nfiles = {rules}\n", encoding="utf-8")
    options = RunOptions(progress=False, quiet=True, config_path=config)
    assert run_build(raw, clean, options) == 0
    path = clean / "articles" / "s" / "all.jsonl"
    made = path.stat().st_mtime_ns
    assert run_build(raw, clean, options) == 0
    assert path.stat().st_mtime_ns == made
    rules.write_text("# a remark\n", encoding="utf-8")
    assert run_build(raw, clean, options) == 0
    assert path.stat().st_mtime_ns > made
    summary = json.loads((clean / "build.json").read_bytes())
    stamp = read_stamp(BuildPaths(clean), "s/all")
    manifest = json.loads((clean / "dataset" / "manifest.json").read_bytes())
    digests = {
        summary["config_sha256"],
        records(clean)[0]["provenance"]["config_sha256"],
        stamp.config_sha256 if stamp else None,
        manifest["made_by"]["config_sha256"],
        config_sha256(Config.of({"rules.files": str(rules)})),
        load_resources(Config.of({"rules.files": str(rules)})).config_sha256,
    }
    assert len(digests) == 1, "one identity of the settings everywhere"
    assert digests != {Config().sha256()}, "the content of the rule file counts"
    assert list(summary["rule_files"].values()) == list(manifest["made_by"]["rule_files"].values())
    assert verify_build(clean, raw, progress=False) == 0


def test_a_library_counts_only_where_the_build_calls_it() -> None:
    assert "library:trafilatura" not in code_identity(Config())
    assert "library:trafilatura" in code_identity(Config.of({"extract.engine": "trafilatura"}))
    assert code_sha256(Config()) != code_sha256(Config.of({"extract.engine": "trafilatura"}))
    assert code_sha256(Config()) == code_sha256(Config.of({"normalise.variety": "keep"}))


def test_a_takedown_takes_everything(tmp_path: Path, finished: Callable[..., tuple[Path, Path]]) -> None:
    raw, clean = finished(tmp_path, ["s/a.txt", "s/b.txt", "t/c.txt"])
    (raw / "s" / "a.txt").unlink()
    (raw / "t" / "c.txt").unlink()
    assert run_build(raw, clean, OPTIONS) == 0
    assert set(codes(clean)) == {"s/b.txt"}
    assert set(planned(BuildPaths(clean))) == {"s/all"}
    assert not (clean / "articles" / "t").exists()
    left = [path for path in clean.rglob("*") if path.is_file() and re.search(rb"[^l]a\.txt|c\.txt", path.read_bytes())]
    assert left == []
