"""The search for duplicates at scale, beside datatrove's MinHash: CPU seconds, wall time and peak memory for N documents.

    python benchmarks/duplicates.py --corpora ../shared/corpora --work DIR --sizes 10000,100000 --workers 2 [--peer PYTHON]

Makes N documents from the stories of the development corpora: paragraphs of random stories, put together anew so that each is a text of
its own of 150 to 900 words, every tenth a copy of an earlier one with a word in forty changed, every twentieth an earlier one retold.
Both sides start from JSON Lines of (id, text) in the same files. Ours is what `copydesk run` does after cleaning: sketches of every shard
by WORKERS processes, then one search, then all sidecars. The peer is run by the interpreter that --peer names (with datatrove, orjson,
spacy, tokenizers and xxhash installed), with its defaults of 5-grams and 14 bands of 8 rows, and as many workers: signatures, buckets,
clusters, filter. It finds near copies alone, no wire stories, and it deletes; ours marks. The peak is that of the largest process; ours
maps its sketches into memory, so that it holds pages of files that the system may take back.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from duplicate_edits import changed_words, rewritten
from labelled_stories import stories

from pipeline.config import Config
from tasks.core.atomic_files import write_atomic
from tasks.core.sketches import WholeBuild
from tasks.duplicates import count, search, sidecar
from tasks.sketching import write_sketch

if TYPE_CHECKING:
    from duplicate_edits import Story

SHARD = 500

PEER = """
import sys
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupFilter
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter
from datatrove.utils.hashing import HashConfig
source, work, workers = sys.argv[1], sys.argv[2], int(sys.argv[3])
config = MinhashConfig(hash_config=HashConfig(precision=64), num_buckets=14, hashes_per_bucket=8)
reader = lambda: JsonlReader(source, glob_pattern="*.jsonl")
def run(steps, tasks, name):
    logs = f"{work}/logs/{name}"
    LocalPipelineExecutor(pipeline=steps, tasks=tasks, workers=min(tasks, workers), logging_dir=logs, start_method="fork").run()
if __name__ == "__main__":
    run([reader(), MinhashDedupSignature(output_folder=f"{work}/sig", config=config, language="en")], workers, "sig")
    run([MinhashDedupBuckets(f"{work}/sig", f"{work}/buckets", config=config)], 14, "buckets")
    run([MinhashDedupCluster(f"{work}/buckets", f"{work}/remove", config=config)], 1, "clusters")
    run([reader(), MinhashDedupFilter(f"{work}/remove", exclusion_writer=JsonlWriter(f"{work}/removed")), JsonlWriter(f"{work}/kept")],
        workers, "filter")
"""


def documents(found: list[Story], size: int, folder: Path) -> None:
    """Write the documents as shards of JSON Lines, each sorted by id."""
    rng = random.Random(size)
    paragraphs = [text for story in found for text in story.paragraphs]
    earlier: list[Story] = []
    lines: list[tuple[str, str]] = []
    shards = 0
    for number in range(size):
        if number % 10 == 9:
            text = "\n\n".join(changed_words(rng, rng.choice(earlier), found))
        elif number % 20 == 8:
            text = "\n\n".join(rewritten(rng, rng.choice(earlier), found))
        else:
            text = "\n\n".join(_own(rng, paragraphs))
            story = found[0]._replace(paragraphs=text.split("\n\n"))
            earlier.append(story) if len(earlier) < 5000 else earlier.__setitem__(rng.randrange(5000), story)
        name = sha256(f"{number}".encode()).hexdigest()[:32]
        record = {"id": name, "text": text, "completeness": "full", "published_at": None}
        lines.append((name, json.dumps(record, ensure_ascii=False)))
        if len(lines) == SHARD or number == size - 1:
            (folder / f"{shards:05d}.jsonl").write_text("".join(f"{line}\n" for _, line in sorted(lines)), encoding="utf-8")
            shards, lines = shards + 1, []


def _own(rng: random.Random, paragraphs: list[str]) -> list[str]:
    """Put a text together whose sentences are its own: the words of every paragraph but one in forty stand in another order."""
    wanted, out = rng.randint(150, 900), []
    while sum(len(text.split()) for text in out) < wanted:
        words = rng.choice(paragraphs).split()[:120]
        rng.shuffle(words)
        out.append(" ".join(words))
    return out


def _sketched(job: tuple[Path, Path]) -> None:
    write_sketch(job[0], job[1], sha256(job[0].read_bytes()).hexdigest(), Config())


def ours(source: Path, work: Path, workers: int) -> None:
    """Do what a build does after cleaning."""
    files = sorted(source.glob("*.jsonl"))
    started = time.monotonic()
    with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
        list(pool.map(_sketched, [(path, work / f"{path.stem}.sketch") for path in files]))
    sketched = time.monotonic()
    build = WholeBuild({path.stem: work / f"{path.stem}.sketch" for path in files})
    found = search(build, Config())
    searched = time.monotonic()
    for shard, numbers in build.numbers().items():
        write_atomic(work / "sidecars" / f"{shard}.jsonl", sidecar(build, found, numbers))
    took = [f"{name} {seconds:.0f} s" for name, seconds in (("sketches", sketched - started), ("search", searched - sketched))]
    print(f"  {', '.join(took)}, sidecars {time.monotonic() - searched:.0f} s; {count(found)}", flush=True)


def measured(command: list[str]) -> tuple[float, float, int]:
    """Run a command; return its CPU and wall seconds with all children, and the peak bytes of the largest process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    process = subprocess.Popen(command, env={**os.environ, "OMP_NUM_THREADS": "1"})
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[:3]} failed with {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, wall, usage.ru_maxrss * 1024


def main() -> None:
    """Measure every size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--peer", help="an interpreter with datatrove")
    parser.add_argument("--ours", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.ours:
        ours(arguments.ours, arguments.work, arguments.workers)
        return
    found = [story for fold in stories(arguments.corpora).values() for story in fold]
    print(f"{'':10} {'documents':>10} {'CPU s':>8} {'ms each':>8} {'wall s':>8} {'peak MB':>8}", flush=True)
    for size in map(int, arguments.sizes.split(",")):
        source = arguments.work / f"documents-{size}"
        if not source.is_dir():
            source.mkdir(parents=True)
            documents(found, size, source)
        commands = {"copydesk": [sys.executable, __file__, "--ours", str(source), "--workers", str(arguments.workers), "--work"]}
        if arguments.peer:
            script = arguments.work / "peer.py"
            script.write_text(PEER, encoding="utf-8")
            commands["datatrove"] = [arguments.peer, str(script), str(source)]
        for name, command in commands.items():
            work = arguments.work / f"{name}-{size}"
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir(parents=True)
            ends = [str(work)] if name == "copydesk" else [str(work), str(arguments.workers)]
            cpu, wall, peak = measured([*command, *ends])
            print(f"{name:10} {size:10} {cpu:8.1f} {1000 * cpu / size:8.2f} {wall:8.1f} {peak / 1e6:8.0f}", flush=True)


if __name__ == "__main__":
    main()
