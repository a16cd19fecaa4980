"""Whole builds against datatrove's local executor: CPU seconds and wall time a document, peak memory, and what Luigi and bookkeeping cost.

    python benchmarks/build.py --corpora DIR --work DIR --sizes 1000,10000 --workers 1,2

Makes N pages from the development corpora (`*.zip` with `<id>.html`; repeated where N is larger than they are) as
files, WARC and JSON Lines. Every measurement is a process of its own, timed with its children by the system (`wait4`); our runs and the
peer's alternate, and the table shows medians. `clean` is the floor: the same files read and cleaned one after the other in one process,
without Luigi, shards, child processes or output files. `bookkeeping` is a whole build in which cleaning is replaced by a ready record, so
that it shows what all else costs, also where the machine is too busy to tell a few hundredths of a long run. Of every build of ours it is
told how its CPU time divides among the processes that clean, the search for duplicates, the dataset folder, and all else: starting Python,
Luigi, listing and hashing the inputs, sorting, sketching and writing the records.

The peer needs `pip install datatrove orjson`, in another environment where versions clash (`--peer-python`; `--no-peer` leaves it out).
Every run is noted in `WORK/runs.jsonl` at once, and what stands there is not measured again: a measurement that was broken off goes on, and
one form can be measured alone: `--kinds jsonl --sizes 1000,10000,50000 --workers 1`. The sizes after the first are measured once,
and without the peer. Delete the file after a change of the code.
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
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from training.corpora import present, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[1]
KINDS = ("files", "warc", "jsonl")

CLEAN = """
import sys
from pathlib import Path
from pipeline.ledger import clean_one
from pipeline.config import Config
from pipeline.ingest import RawDocument
config = Config()
for path in sorted(Path(sys.argv[1]).rglob("*.html")):
    clean_one(RawDocument(data=path.read_bytes(), locator=path.name), config)
"""
"""The floor: nothing but reading and cleaning."""

NOTHING = """
from pipeline.config import Config
from tasks.core.isolation import warm_up
warm_up(Config())
"""
"""What starting Python and loading the models takes."""

BOOKKEEPING = """
import sys
from hashlib import sha256
from pathlib import Path
import tasks.core.isolation
from copydesk.commands.run import RunOptions, run_build
from pipeline.ledger import LedgerRow, Outcome, clean_one
from pipeline.config import Config
from pipeline.ingest import RawDocument
raw, clean, workers = sys.argv[1:]
paragraph = "<p>Rain fell on the valley for a third day on Monday, and {} people left their homes, the mayor said.</p>"
page = "<html><body><article><h1>Rain</h1>" + "".join(map(paragraph.format, range(100))) + "</article></body></html>"
made = clean_one(RawDocument(data=page), Config())
def ready(found, config, *, proof=False):
    data = found.raw.data if isinstance(found.raw.data, bytes) else found.raw.data.encode()
    digest = sha256(data).hexdigest()
    name = sha256(found.raw.locator.encode()).hexdigest()[:32]
    row = LedgerRow(locator=found.raw.locator, sha256=digest, bytes=len(data), status="ok", code=None, detail=None, id=name)
    return Outcome(row=row, line=made.line.replace(made.row.id.encode(), name.encode()))
tasks.core.isolation.clean_found = ready
sys.exit(run_build(Path(raw), Path(clean), RunOptions(workers=int(workers), quiet=True, progress=False)))
"""
"""A build without cleaning: listing, hashing, reading, child processes, sorting, writing, Luigi."""

OURS = """
import json, resource, sys
from functools import wraps
from pathlib import Path
from copydesk.commands.run import RunOptions, run_build
from tasks.clean_shard import CleanShard
from tasks.dataset import WriteDataset
from tasks.duplicates import MarkDuplicates, SketchShard
raw, clean, workers, notes = sys.argv[1:]
def used(who):
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime
def noted(run):
    @wraps(run)
    def noting(task):
        before = used(resource.RUSAGE_SELF), used(resource.RUSAGE_CHILDREN)
        try:
            return run(task)
        finally:
            took = used(resource.RUSAGE_SELF) - before[0], used(resource.RUSAGE_CHILDREN) - before[1]
            with Path(notes).open("a") as stream:
                stream.write(json.dumps([type(task).__name__, *took]) + chr(10))
    return noting
for task in (CleanShard, SketchShard, MarkDuplicates, WriteDataset):
    task.run = noted(task.run)
sys.exit(run_build(Path(raw), Path(clean), RunOptions(workers=int(workers), quiet=True, progress=False)))
"""
"""A build; every task notes its CPU seconds and those of the processes that it waited for."""

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
    """One run: CPU and wall seconds of the whole tree of processes, peak resident bytes of the first and of the largest of the others.

    The last three are CPU seconds of the whole: of the processes that clean, for duplicates, and for the dataset folder.
    """

    cpu: float
    wall: float
    parent: int
    worker: int
    code: int
    cleaning: float = 0
    duplicates: float = 0
    dataset: float = 0


def pages(corpora: Path, largest: int) -> list[bytes]:
    """Return the corpora's pages of at most `largest` bytes in an order that has nothing to do with where they are from."""
    found = []
    for corpus in present(corpora):
        fitting = (page for page in read(corpus, corpora) if page.is_html and len(page.raw) <= largest)
        found += [(sha256(f"{page.key}.html".encode()).digest(), page.raw) for page in fitting]
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
    else:
        _containers(target, count, source, *{"jsonl": (".jsonl", _line), "warc": (".warc.gz", _record)}[kind])
    (raw / "done").touch()
    return raw


def _containers(target: Path, count: int, source: list[bytes], suffix: str, made: Callable[[int, bytes], bytes]) -> None:
    """Write containers, each with half of the pages; the same pages again are a hard link, so that 50,000 pages fit on any disk."""
    half, written = (len(source) + 1) // 2, dict[tuple[int, ...], Path]()
    for part, first in enumerate(range(0, count, half)):
        numbers = tuple(number % len(source) for number in range(first, min(first + half, count)))
        path = target / f"{part:03d}{suffix}"
        if numbers in written:
            path.hardlink_to(written[numbers])
            continue
        with path.open("wb") as stream:
            stream.writelines(made(number, source[number]) for number in numbers)
        written[numbers] = path


def _line(number: int, body: bytes) -> bytes:
    return json.dumps({"id": str(number), "html": body.decode("utf-8", "replace"), "url": f"https://example.org/{number}"}).encode() + b"\n"


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


class Notes:
    """The runs that were measured, in a file; what stands there is not measured again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        self._runs = {tuple(key): Measure(*run) for key, run in map(json.loads, lines)}

    def once(self, key: tuple[str, int, int | str, int], run: Callable[[], Measure]) -> Measure:
        """Return the run of a key (what, how many documents, workers, round)."""
        if key not in self._runs:
            print(*key, file=sys.stderr, flush=True)
            self._runs[key] = run()
            with self._path.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps([key, self._runs[key]]) + "\n")
        return self._runs[key]


def measure(command: list[str]) -> Measure:
    """Run a command and return what it and its children took."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # else every start compiles the whole program
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
    notes = clean.parent / "tasks.jsonl"
    notes.unlink(missing_ok=True)
    run = measure([sys.executable, "-c", OURS, str(raw), str(clean), str(workers), str(notes)])
    took = [json.loads(line) for line in notes.read_text(encoding="utf-8").splitlines()]
    return run._replace(
        cleaning=sum(children for name, _, children in took if name == "CleanShard"),
        duplicates=sum(own + children for name, own, children in took if name in ("SketchShard", "MarkDuplicates")),
        dataset=sum(own + children for name, own, children in took if name == "WriteDataset"),
    )


def again(raw: Path, clean: Path) -> Measure:
    """Run once more, with nothing to do."""
    return measure([sys.executable, "-m", "copydesk", "run", "--raw", str(raw), "--clean", str(clean), "--quiet"])


def bookkeeping(raw: Path, clean: Path, workers: int) -> Measure:
    """Build from nothing, without cleaning."""
    shutil.rmtree(clean, ignore_errors=True)
    return measure([sys.executable, "-c", BOOKKEEPING, str(raw), str(clean), str(workers)])


def peer(python: str, raw: Path, target: Path, workers: int) -> Measure:
    """Run datatrove on the same pages."""
    for folder in (target, Path(f"{target}-logs")):
        shutil.rmtree(folder, ignore_errors=True)
    return measure([python, "-c", PEER, str(raw / "bench"), str(target), str(workers)])


def median(runs: list[Measure]) -> Measure:
    """Return the median of every figure."""
    return Measure(*(statistics.median(values) for values in zip(*runs, strict=True)))


def row(name: str, count: int, workers: int | str, run: Measure) -> str:
    """Return a line of the table."""
    cpu, wall = 1000 * run.cpu / count, 1000 * run.wall / count
    return f"| {name} | {count} | {workers} | {cpu:.2f} | {wall:.2f} | {run.parent / 1e6:.0f} | {run.worker / 1e6:.0f} |"


def shares(name: str, count: int, workers: int | str, run: Measure) -> str:
    """Return how the CPU time of a build of ours divides."""
    parts = {"cleaning": run.cleaning, "duplicates": run.duplicates, "dataset": run.dataset}
    left = run.cpu - sum(parts.values())
    told = ", ".join(f"{part} {100 * took / run.cpu:.1f}%" for part, took in {**parts, "Luigi and bookkeeping": left}.items())
    return f"{name}, {count} documents, {workers} workers: {told} of the CPU time"


def interleaved(arguments: argparse.Namespace, source: list[bytes], notes: Notes) -> Iterator[str]:
    """Measure the smallest size with the floor and the peer in turns, and yield the table's lines."""
    count, work = arguments.sizes[0], arguments.work
    raws = {kind: make(work, kind, count, source) for kind in {*arguments.kinds, "files", "jsonl"}}
    plain = raws["files"]
    runs: dict[tuple[str, int | str], list[Measure]] = {}
    for number in range(arguments.rounds):
        todo: list[tuple[str, int | str, Callable[[], Measure]]] = [
            ("start", "–", partial(measure, [sys.executable, "-c", NOTHING])),
            ("clean", "–", partial(measure, [sys.executable, "-c", CLEAN, str(plain)])),
        ]
        for workers in arguments.workers:
            todo += [(f"copydesk {kind}", workers, partial(ours, raws[kind], work / "clean", workers)) for kind in arguments.kinds]
            if arguments.peer:
                todo.append(("datatrove jsonl", workers, partial(peer, arguments.peer_python, raws["jsonl"], work / "peer", workers)))
        todo.append(("bookkeeping", 1, partial(bookkeeping, plain, work / "bookkeeping", 1)))
        todo.append(("copydesk, nothing to do", 1, partial(again, plain, work / "bookkeeping")))
        for name, workers, run in todo:
            runs.setdefault((name, workers), []).append(notes.once((name, count, workers, number), run))
    medians = {key: median(values) for key, values in runs.items()}
    for (name, workers), run in medians.items():
        yield row(name, count, workers, run)
    yield ""
    for (name, workers), run in medians.items():
        if run.cleaning:
            yield shares(name, count, workers, run)
    first = arguments.workers[0]
    whole, floor = medians[f"copydesk {arguments.kinds[0]}", first].cpu, medians["clean", "–"].cpu
    share = 100 * medians["bookkeeping", 1].cpu / whole
    yield f"a build of files without cleaning: {share:.1f}% of the CPU time of copydesk {arguments.kinds[0]}, with loading the models"
    yield f"copydesk {arguments.kinds[0]} against reading and cleaning alone: {whole / floor:.2f} of the CPU time"
    for kind in arguments.kinds if len(arguments.workers) > 1 else ():
        one, more = (medians[f"copydesk {kind}", workers].wall for workers in arguments.workers[:2])
        yield f"{arguments.workers[1]} workers, {kind}: {one / more:.2f} times as fast as {first}"
    if arguments.peer and "jsonl" in arguments.kinds:
        share = medians["copydesk jsonl", first].cpu / medians["datatrove jsonl", first].cpu
        yield f"CPU a document: {share:.2f} of datatrove's on the same JSON Lines"


def growing(arguments: argparse.Namespace, source: list[bytes], notes: Notes) -> Iterator[str]:
    """Measure the larger sizes, once each."""
    kinds, chosen = arguments.grow_kinds or arguments.kinds, arguments.grow_workers or arguments.workers
    for count in arguments.sizes[1:]:
        if "bookkeeping" in kinds:
            files = make(arguments.work, "files", count, source)
            run = partial(bookkeeping, files, arguments.work / "bookkeeping", 1)
            yield row("bookkeeping", count, 1, notes.once(("bookkeeping", count, 1, 0), run))
        for kind in kinds:
            for workers in chosen if kind != "bookkeeping" else ():
                raw = make(arguments.work, kind, count, source)
                name, run = f"copydesk {kind}", partial(ours, raw, arguments.work / "clean", workers)
                took = notes.once((name, count, workers, 0), run)
                yield row(name, count, workers, took)
                yield shares(name, count, workers, took)


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
    parser.add_argument("--grow-workers", type=numbers, help="workers for the sizes after the first  [those of --workers]")
    parser.add_argument(
        "--grow-kinds", type=lambda text: text.split(","), help="kinds for the sizes after the first, also bookkeeping  [those of --kinds]"
    )
    parser.add_argument("--largest", type=int, default=1 << 40, help="leave out pages with more bytes")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer-python", default=sys.executable, help="the interpreter that has datatrove")
    parser.add_argument("--no-peer", dest="peer", action="store_false")
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    source = pages(arguments.corpora, arguments.largest)[: arguments.sizes[0]]
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, {len(source)} different pages, {sum(map(len, source)) / 1e6:.0f} MB\n")
    print("| what | documents | workers | CPU ms a document | wall ms a document | peak MB, first process | peak MB, largest other |")
    print("|---|---|---|---|---|---|---|")
    notes = Notes(arguments.work / "runs.jsonl")
    for line in interleaved(arguments, source, notes):
        print(line, flush=True)
    print()
    for line in growing(arguments, source, notes):
        print(line, flush=True)


if __name__ == "__main__":
    main()
