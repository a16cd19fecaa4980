"""Pair two commits: the CPU time of the same documents, side by side, and the instructions where callgrind is there.

    python benchmarks/pair.py BASE CORPORA [--every 20] [--rounds 6]

BASE is a commit; it is checked out beside the project for the time of the run. In each round both commits clean the same documents, pages
and the dumps that a naive scraper makes of them, in processes of their own, in an order that changes. The times of one round meet the same
moods of the machine, so the ratio of each round is taken, and their median with its range is told. Instructions are counted by
`valgrind --tool=callgrind` where it is installed: they do not drift, and tell differences below a percent.
"""

from __future__ import annotations

import argparse
import os
import pickle
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.same_records import documents, naive_text  # noqa: E402 - the project's root must be on the path first

CLEAN = """
import pickle, sys, time
from pipeline import Rejected, clean
given = pickle.load(open(sys.argv[1], "rb"))
def run(data, media_type, url):
    try:
        clean(data, media_type=media_type, url=url)
    except Rejected:
        pass
run(*given[0])
began = time.process_time()
for each in given:
    run(*each)
print(time.process_time() - began)
"""
COUNTED = 4
"""Documents whose instructions are counted: callgrind takes fifty times as long."""
_TOTAL = re.compile(r"Collected : (\d+)")


def prepare(folder: Path, corpora: Path, every: int) -> dict[str, Path]:
    """Write the documents of each kind where the processes read them."""
    kinds: dict[str, list[tuple[bytes | str, str, str | None]]] = {"pages": [], "dumps": []}
    for _, data, url, media_type in documents(corpora, every):
        if media_type == "text/html":
            kinds["pages"].append((data, media_type, url))
            kinds["dumps"].append((naive_text(data), "text/plain", url))
    written = {}
    for kind, given in kinds.items():
        for name, part in ((kind, given), (f"{kind} counted", given[:COUNTED])):
            written[name] = folder / f"{name}.pickle"
            written[name].write_bytes(pickle.dumps(part))
    return written


def seconds(tree: Path, given: Path) -> float:
    """Return the CPU seconds that a checkout takes for the documents."""
    done = subprocess.run(
        [sys.executable, "-c", CLEAN, given], cwd=tree, env=_environment(tree), capture_output=True, check=True, text=True
    )
    return float(done.stdout)


def instructions(tree: Path, given: Path) -> int:
    """Return how many instructions a checkout takes for the documents, imports included."""
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", sys.executable, "-c", CLEAN, str(given)]
    done = subprocess.run(command, cwd=tree, env=_environment(tree), capture_output=True, check=True, text=True)
    found = _TOTAL.search(done.stderr)
    if found is None:
        raise SystemExit("callgrind told no count; run without it")
    return int(found[1])


def _environment(tree: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(tree), "PYTHONHASHSEED": "0"}


def compare(kind: str, written: dict[str, Path], base: Path, options: argparse.Namespace) -> None:
    """Print what one kind of documents costs, as a part of what it costs at the base."""
    took = []
    for number in range(options.rounds):
        times = {tree: seconds(tree, written[kind]) for tree in ((base, ROOT) if number % 2 else (ROOT, base))}
        took.append(times[ROOT] / times[base])
    middle, low, high = statistics.median(took), min(took), max(took)
    print(f"{kind}: {middle:.3f} of the time of {options.base} ({low:.3f} to {high:.3f})", flush=True)
    if shutil.which("valgrind"):
        first, second = (instructions(tree, written[f"{kind} counted"]) for tree in (base, ROOT))
        print(f"{kind}: {second / first:.4f} of its instructions ({first:,} to {second:,})", flush=True)


def main() -> None:
    """Check out, measure, compare."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("base")
    cli.add_argument("corpora", type=Path)
    cli.add_argument("--every", type=int, default=20)
    cli.add_argument("--rounds", type=int, default=6)
    options = cli.parse_args()
    with tempfile.TemporaryDirectory() as place:
        base, written = Path(place) / "base", prepare(Path(place), options.corpora, options.every)
        subprocess.run(["git", "worktree", "add", "--quiet", "--detach", base, options.base], cwd=ROOT, check=True)
        try:
            for kind in ("pages", "dumps"):
                compare(kind, written, base, options)
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", base], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
