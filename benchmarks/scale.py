"""What a document costs as builds grow, with Luigi's workers and with Spark: CPU, bytes shuffled, memory; and whether the rows are one.

    python benchmarks/scale.py --corpora DIR --work DIR --sizes 1000,10000,100000 --engines local,spark

Makes N pages from the development corpora as JSON Lines, a thousand in a file. Where N is larger than the corpora, pages come again with
the words of every passage in another order, so that they tell nobody's story; every tenth of those keeps its words but one, so that there
are copies to find. Every build is a process of its own; its CPU time is that of all processes that it started (`processes.py`). Spark's
own Java is measured alone by a build that has nothing to clean. `shuffled` are the bytes that Spark's log says were written between
stages; memory is the largest resident size of a process of Java and of Python.

`--texts` makes short texts instead (those of `duplicates.py`), which take little cleaning, so that the engine's own share shows.

Every run is noted in `WORK/scale.jsonl` at once, and what stands there is not measured again. Delete the file after a change of the code.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import sys
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from build import ROOT, pages
from duplicates import documents
from labelled_stories import stories
from processes import computed

PER_FILE = 1000
_PASSAGE = re.compile(r">([^<>]{40,})<")


class Run(NamedTuple):
    """What a build computed, bytes shuffled, and the digest of all its rows."""

    cpu: float
    wall: float
    java: int
    python: int
    shuffled: int
    digest: str


def page(source: list[bytes], number: int) -> str:
    """Return a page of the corpora, or one of them with other words."""
    body = source[number % len(source)].decode("utf-8", "replace")
    rng = random.Random(number)
    if number < len(source):
        return body
    if number % 10 == 9:
        return _PASSAGE.sub(lambda match: f">{match[1]} {number}<", body, count=1)

    def shuffled(match: re.Match[str]) -> str:
        words = match[1].split()
        rng.shuffle(words)
        return f">{' '.join(words)}<"

    return _PASSAGE.sub(shuffled, body)


def make(work: Path, source: list[bytes], count: int) -> Path:
    """Write `count` pages and return the raw folder."""
    raw = work / f"raw-{count}"
    if (raw / ".done").exists():
        return raw
    shutil.rmtree(raw, ignore_errors=True)
    (raw / "bench").mkdir(parents=True)
    for first in range(0, count, PER_FILE):
        with (raw / "bench" / f"{first // PER_FILE:04d}.jsonl").open("w", encoding="utf-8") as stream:
            for number in range(first, min(first + PER_FILE, count)):
                stream.write(json.dumps({"html": page(source, number), "url": f"https://example.org/{number}"}) + "\n")
    (raw / ".done").touch()
    return raw


def _shuffled(log: Path) -> int:
    """Return the bytes that Spark's log says were written between stages."""
    total = 0
    for path in log.rglob("*") if log.is_dir() else ():
        if path.is_file():
            with path.open(encoding="utf-8") as lines:
                events = (json.loads(line) for line in lines if '"SparkListenerTaskEnd"' in line)
                total += sum(event["Task Metrics"]["Shuffle Write Metrics"]["Shuffle Bytes Written"] for event in events)
    return total


def make_texts(work: Path, corpora: Path, count: int) -> Path:
    """Write `count` short texts and return the raw folder."""
    raw = work / f"raw-texts-{count}"
    if not (raw / "bench").is_dir():
        (raw / "bench").mkdir(parents=True)
        documents([story for fold in stories(corpora).values() for story in fold], count, raw / "bench")
    return raw


def digest_of(clean: Path) -> str:
    """Return one digest of all rows of articles, ledger and duplicates, and of the file that describes the build."""
    total = sha256()
    for path in sorted(path for name in ("articles", "ledger", "attributes") for path in (clean / name).rglob("*.jsonl")):
        total.update(path.relative_to(clean).as_posix().encode() + path.read_bytes())
    total.update((clean / "build.json").read_bytes())
    return total.hexdigest()


def build(engine: str, raw: Path, work: Path, arguments: argparse.Namespace) -> Run:
    """Build from nothing with an engine."""
    clean, log = work / f"clean-{engine}", work / "log"
    for folder in (clean, log):
        shutil.rmtree(folder, ignore_errors=True)
    log.mkdir()
    words = [sys.executable, "-m", "copydesk", "run" if engine == "local" else "spark", "--raw", str(raw), "--clean", str(clean)]
    words += ["--no-config", "--quiet", "--set", "dataset.write=false"]
    if engine == "local":
        words += ["--workers", str(arguments.workers)]
    else:
        conf = {"spark.driver.memory": arguments.memory, "spark.eventLog.enabled": "true", "spark.eventLog.dir": log.as_uri()}
        conf |= {"spark.eventLog.compress": "false"} | dict(each.split("=", 1) for each in arguments.conf)
        words += [
            "--master",
            arguments.master or f"local[{arguments.workers}]",
            *(f"--conf={name}={value}" for name, value in conf.items()),
        ]
    return Run(*computed(words, {"PYTHONPATH": str(ROOT)}), shuffled=_shuffled(log), digest=digest_of(clean))


def main() -> None:
    """Measure every size with every engine."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--sizes", default="1000,10000")
    parser.add_argument("--engines", default="local,spark")
    parser.add_argument("--texts", action="store_true", help="short texts instead of pages")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--master", help="of Spark  [default: local with as many cores as workers]")
    parser.add_argument("--memory", default="2g", help="of Spark's driver")
    parser.add_argument("--conf", action="append", default=[], help="a setting of Spark")
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    notes = arguments.work / "scale.jsonl"
    known = {tuple(key): Run(*run) for key, run in map(json.loads, notes.read_text().splitlines())} if notes.exists() else {}
    source: list[bytes] = []
    print(
        f"{'':6} {'documents':>9} {'CPU s':>8} {'ms each':>8} {'wall s':>8} {'Java MB':>8} {'Python MB':>9} {'shuffled MB':>11}  rows",
        flush=True,
    )
    for size in map(int, arguments.sizes.split(",")):
        for engine in arguments.engines.split(","):
            kind = f"{engine} texts" if arguments.texts else engine
            if (kind, size) not in known:
                source = source or ([] if arguments.texts else pages(arguments.corpora, 1_000_000))
                raw = make_texts(arguments.work, arguments.corpora, size) if arguments.texts else make(arguments.work, source, size)
                known[kind, size] = build(engine, raw, arguments.work, arguments)
                with notes.open("a", encoding="utf-8") as stream:
                    stream.write(json.dumps([[kind, size], known[kind, size]]) + "\n")
            run = known[kind, size]
            figures = f"{run.cpu:8.1f} {1000 * run.cpu / max(size, 1):8.2f} {run.wall:8.1f} {run.java / 1e6:8.0f} {run.python / 1e6:9.0f}"
            print(f"{engine:6} {size:9} {figures} {run.shuffled / 1e6:11.1f}  {run.digest[:12]}", flush=True)


if __name__ == "__main__":
    main()
