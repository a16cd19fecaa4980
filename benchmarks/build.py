"""Whole builds against datatrove's local executor: CPU seconds and wall time a document, peak memory, and what Luigi and bookkeeping cost.

    python benchmarks/build.py --corpora DIR --work DIR --sizes 1000,10000 --workers 1,2

Makes N pages from the development corpora (`*.zip` with `<id>.html`; repeated where N is larger than they are) as
files, WARC and JSON Lines. Every measurement is a process of its own, timed with its children by the system (`wait4`); our runs and the
peer's alternate, and the table shows medians. `clean` is the floor: the same files read and cleaned one after the other in one process,
without Luigi, shards, child processes or output files. The peer needs `pip install datatrove orjson` (`--no-peer` leaves it out).
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
KINDS = ("files", "warc", "jsonl")

CLEAN = """
import sys
from pathlib import Path
from pipeline.batch import clean_one
from pipeline.config import Config
from pipeline.ingest import RawDocument
config = Config()
for path in sorted(Path(sys.argv[1]).rglob("*.html")):
    clean_one(RawDocument(data=path.read_bytes(), locator=path.name), config)
"""
"""The floor: nothing but reading and cleaning."""

NOTHING = """
from pipeline.config import Config
from tasks.isolation import warm_up
warm_up(Config())
"""
"""What starting Python and loading the models takes."""

PEER = """
import sys
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.formatters import FTFYFormatter
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter
source, target, workers = sys.argv[1:]
if __name__ == "__main__":
    LocalPipelineExecutor(
        pipeline=[
            JsonlReader(source, text_key="html", glob_pattern="*.jsonl"),
            Trafilatura(timeout=10),
            FTFYFormatter(),
            JsonlWriter(target),
        ],
        tasks=int(workers), workers=int(workers), logging_dir=target + "-logs", skip_completed=False,
    ).run()
"""


class Measure(NamedTuple):
    """One run: CPU and wall seconds of the whole tree of processes, peak resident bytes of the first and of the largest of the others."""

    cpu: float
    wall: float
    parent: int
    worker: int
    code: int


def pages(corpora: Path, largest: int) -> list[bytes]:
    """Return the corpora's pages of at most `largest` bytes in an order that has nothing to do with where they are from."""
    found = []
    for path in sorted(corpora.glob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            names = [info.filename for info in archive.infolist() if info.filename.endswith(".html") and info.file_size <= largest]
            found += [(sha256(name.encode()).digest(), archive.read(name)) for name in names]
    return [data for _, data in sorted(found)]


def make(folder: Path, kind: str, count: int, source: list[bytes]) -> Path:
    """Write `count` pages as one kind of input and return the raw folder."""
    raw = folder / f"{kind}-{count}"
    target = raw / "bench"
    if (raw / "done").exists():
        return raw
    shutil.rmtree(raw, ignore_errors=True)
    target.mkdir(parents=True)
    if kind == "files":
        _files(target, count, source)
    elif kind == "jsonl":
        half = (count + 1) // 2
        for part, numbers in enumerate((range(half), range(half, count))):
            with (target / f"{part}.jsonl").open("w", encoding="utf-8") as stream:
                for number in numbers:
                    html = source[number % len(source)].decode("utf-8", "replace")
                    stream.write(json.dumps({"id": str(number), "html": html, "url": f"https://example.org/{number}"}) + "\n")
    else:
        with (target / "bench.warc.gz").open("wb") as stream:
            for number in range(count):
                stream.write(_record(number, source[number % len(source)]))
    (raw / "done").touch()
    return raw


def _files(target: Path, count: int, source: list[bytes]) -> None:
    """Write files; the same page again is a hard link, so that 50,000 pages fit on any disk."""
    for number in range(count):
        folder = target / f"{number // 1000:03d}"
        folder.mkdir(exist_ok=True)
        path, first = folder / f"{number:06d}.html", number % len(source)
        if number >= len(source):
            path.hardlink_to(target / f"{first // 1000:03d}" / f"{first:06d}.html")
        else:
            path.write_bytes(source[first])


def _record(number: int, body: bytes) -> bytes:
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{number:032d}>\r\nWARC-Date: 2020-01-02T03:04:05Z\r\n"
        f"WARC-Target-URI: https://example.org/{number}\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(http) + len(body)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + http + body + b"\r\n\r\n", compresslevel=1, mtime=0)


def measure(command: list[str]) -> Measure:
    """Run a command and return what it and its children took."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1"}
    began = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    peaks = Peaks(process.pid)
    watcher = threading.Thread(target=peaks.watch, daemon=True)
    watcher.start()
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    peaks.stop.set()
    watcher.join()
    cpu = max(usage.ru_utime + usage.ru_stime, peaks.cpu())
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 3):
        print(said.decode()[-2000:], file=sys.stderr)
        sys.exit(f"{command} ended with {code}")
    return Measure(cpu, wall, peaks.parent, peaks.worker, code)


class Peaks:
    """Looks at the memory and CPU time of a process and of its descendants every now and then.

    The CPU time is for programs whose children nobody waits for, so that the system does not add them up: the peer's, with two workers.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self.parent = self.worker = 0
        self._ticks: dict[int, int] = {}
        self.stop = threading.Event()

    def watch(self) -> None:
        """Look until told to stop."""
        while not self.stop.wait(0.25):
            below = list(_below(self._pid))
            self.parent = max(self.parent, _resident(self._pid))
            self.worker = max([self.worker, *map(_resident, below)])
            for pid in (self._pid, *below):
                self._ticks[pid] = max(self._ticks.get(pid, 0), _ticks(pid))

    def cpu(self) -> float:
        """Return the CPU seconds that were seen, a little less than there were."""
        return sum(self._ticks.values()) / os.sysconf("SC_CLK_TCK")


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def _below(pid: int) -> Iterator[int]:
    try:
        children = [int(word) for path in Path(f"/proc/{pid}/task").glob("*/children") for word in path.read_text().split()]
    except OSError:
        return
    for child in children:
        yield child
        yield from _below(child)


def ours(raw: Path, clean: Path, workers: int) -> Measure:
    """Build from nothing."""
    shutil.rmtree(clean, ignore_errors=True)
    command = ["-m", "copydesk", "run", "--raw", str(raw), "--clean", str(clean), "--workers", str(workers), "--quiet"]
    return measure([sys.executable, *command])


def again(raw: Path, clean: Path) -> Measure:
    """Run once more, with nothing to do."""
    return measure([sys.executable, "-m", "copydesk", "run", "--raw", str(raw), "--clean", str(clean), "--quiet"])


def peer(raw: Path, target: Path, workers: int) -> Measure:
    """Run datatrove on the same pages."""
    for folder in (target, Path(f"{target}-logs")):
        shutil.rmtree(folder, ignore_errors=True)
    return measure([sys.executable, "-c", PEER, str(raw / "bench"), str(target), str(workers)])


def median(runs: list[Measure]) -> Measure:
    """Return the median of every figure."""
    return Measure(*(statistics.median(values) for values in zip(*runs, strict=True)))


def row(name: str, count: int, workers: int | str, run: Measure) -> str:
    """Return a line of the table."""
    cpu, wall = 1000 * run.cpu / count, 1000 * run.wall / count
    return f"| {name} | {count} | {workers} | {cpu:.2f} | {wall:.2f} | {run.parent / 1e6:.0f} | {run.worker / 1e6:.0f} |"


def interleaved(arguments: argparse.Namespace, source: list[bytes]) -> Iterator[str]:
    """Measure the smallest size with the floor and the peer in turns, and yield the table's lines."""
    count, work = arguments.sizes[0], arguments.work
    raws = {kind: make(work, kind, count, source) for kind in KINDS}
    runs: dict[tuple[str, int | str], list[Measure]] = {}
    for number in range(arguments.rounds):
        print(f"round {number + 1} of {arguments.rounds}", file=sys.stderr)
        runs.setdefault(("start", "–"), []).append(measure([sys.executable, "-c", NOTHING]))
        runs.setdefault(("clean", "–"), []).append(measure([sys.executable, "-c", CLEAN, str(raws["files"])]))
        for workers in arguments.workers:
            for kind in arguments.kinds:
                runs.setdefault((f"copydesk {kind}", workers), []).append(ours(raws[kind], work / "clean", workers))
            if arguments.peer:
                runs.setdefault(("datatrove jsonl", workers), []).append(peer(raws["jsonl"], work / "peer", workers))
        runs.setdefault(("copydesk, nothing to do", 1), []).append(again(raws[arguments.kinds[-1]], work / "clean"))
    medians = {key: median(values) for key, values in runs.items()}
    for (name, workers), run in medians.items():
        yield row(name, count, workers, run)
    floor = medians["clean", "–"].cpu
    whole = medians[f"copydesk {arguments.kinds[0]}", arguments.workers[0]].cpu
    yield f"\nLuigi and bookkeeping: {100 * (whole - floor) / whole:.1f}% of the CPU time of copydesk {arguments.kinds[0]}"
    if arguments.peer:
        theirs = medians["datatrove jsonl", arguments.workers[0]].cpu
        jsonl = medians.get(("copydesk jsonl", arguments.workers[0]))
        if jsonl:
            yield f"CPU a document: {jsonl.cpu / theirs:.2f} of datatrove's on the same JSON Lines"


def growing(arguments: argparse.Namespace, source: list[bytes]) -> Iterator[str]:
    """Measure the larger sizes, once each."""
    for count in arguments.sizes[1:]:
        for kind in arguments.grow_kinds:
            raw = make(arguments.work, kind, count, source)
            for workers in arguments.grow_workers:
                print(f"{kind} {count}, {workers} workers", file=sys.stderr)
                yield row(f"copydesk {kind}", count, workers, ours(raw, arguments.work / "clean", workers))


def numbers(text: str) -> list[int]:
    """Read a list of numbers with commas."""
    return [int(word) for word in text.split(",")]


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True, help="a folder for inputs and outputs; it can get large")
    parser.add_argument("--sizes", type=numbers, default=[1000, 10_000, 50_000])
    parser.add_argument("--workers", type=numbers, default=[1, 2])
    parser.add_argument("--kinds", type=lambda text: text.split(","), default=list(KINDS))
    parser.add_argument("--grow-workers", type=numbers, default=[1, 2], help="workers for the sizes after the first")
    parser.add_argument("--grow-kinds", type=lambda text: text.split(","), default=list(KINDS), help="kinds for the sizes after the first")
    parser.add_argument("--largest", type=int, default=1 << 40, help="leave out pages with more bytes")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-peer", dest="peer", action="store_false")
    arguments = parser.parse_args()
    source = pages(arguments.corpora, arguments.largest)[: arguments.sizes[0]]
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, {len(source)} different pages, {sum(map(len, source)) / 1e6:.0f} MB\n")
    print("| what | documents | workers | CPU ms a document | wall ms a document | peak MB, first process | peak MB, largest other |")
    print("|---|---|---|---|---|---|---|")
    for line in interleaved(arguments, source):
        print(line, flush=True)
    for line in growing(arguments, source):
        print(line, flush=True)


if __name__ == "__main__":
    main()
