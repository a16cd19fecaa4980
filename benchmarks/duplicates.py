"""The search for duplicates at scale, on one machine, on Spark, and beside datatrove's MinHash: CPU, wall time and peak memory.

    python benchmarks/duplicates.py --corpora ../shared/corpora --work DIR --sizes 10000,100000 --workers 2 [--spark] [--peer PYTHON]

Makes N documents from the stories of the development corpora: paragraphs of random stories, put together anew so that each is a text of
its own of 150 to 900 words, every tenth a copy of an earlier one with a word in forty changed, every twentieth an earlier one retold.
All start from JSON Lines of (id, text) in the same files. Ours is what `copydesk run` does after cleaning: sketches of every shard by
WORKERS processes, then one search and all sidecars. `--spark` makes the sidecars anew as `copydesk spark` does, by `local[WORKERS]` from
the same sketches, and compares their bytes. The peer is run by the interpreter that --peer names (with datatrove, orjson, spacy, tokenizers
and xxhash installed), with its defaults of 5-grams and 14 bands of 8 rows, and as many workers: signatures, buckets, clusters, filter. It
finds near copies alone, no wire stories, and it deletes; ours marks. The peak is that of the largest process; ours maps its sketches into
memory, so that it holds pages of files that the system may take back.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from build import ROOT
from duplicate_edits import changed_words, rewritten
from labelled_stories import stories
from processes import Computed, computed

from pipeline.code_identity import code_sha256
from pipeline.config import Config
from tasks.core.atomic_files import write_atomic
from tasks.core.build_paths import BuildPaths
from tasks.core.sketches import WholeBuild
from tasks.core.sketching import write_sketch
from tasks.duplicates import count, search, sidecar

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
    write_sketch(job[0], job[1], sha256(job[0].read_bytes()).hexdigest(), code_sha256(Config()))


def sketch(source: Path, paths: BuildPaths, workers: int) -> None:
    """Sketch every file, as a build does while it cleans."""
    jobs = [(path, paths.sketch(path.stem)) for path in sorted(source.glob("*.jsonl"))]
    paths.sketch("").parent.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
        list(pool.map(_sketched, jobs))


def _shards(paths: BuildPaths) -> list[str]:
    return sorted(path.stem for path in paths.sketch("").parent.glob("*.sketch"))


def local(source: Path, paths: BuildPaths, _workers: int) -> None:
    """Search the sketches and write the sidecars, as a build on one machine does."""
    build = WholeBuild({shard: paths.sketch(shard) for shard in _shards(paths)})
    found = search(build, Config())
    for shard, numbers in build.numbers().items():
        write_atomic(paths.duplicates(shard), sidecar(build, found, numbers))
    print(f"  {source.name}: {count(found)}", flush=True)


def spark(source: Path, paths: BuildPaths, workers: int) -> None:
    """Search the same sketches on Spark, and write the same sidecars."""
    from tasks.spark.duplicates import RECORDS  # noqa: PLC0415 - not everybody has Spark
    from tasks.spark.exchange import SparkExchange  # noqa: PLC0415
    from tasks.spark.marking import mark  # noqa: PLC0415
    from tasks.spark.session import session  # noqa: PLC0415

    records = sum(path.read_bytes().count(b"\n") for path in source.glob("*.jsonl"))
    with session(f"local[{workers}]", {"spark.driver.memory": "2g"}) as started:
        exchange = SparkExchange(started, max(workers, records // RECORDS))
        written = sum(1 for _ in mark(exchange, paths, _shards(paths), records, Config().duplicates, workers))
        exchange.forget()
    print(f"  {written} sidecars by Spark", flush=True)


STEPS = {"sketch": sketch, "local": local, "spark": spark}


def _digest(paths: BuildPaths) -> str:
    total = sha256()
    for shard in _shards(paths):
        total.update(paths.duplicates(shard).read_bytes())
    return total.hexdigest()


def _tell(name: str, size: int, used: Computed) -> None:
    peak = max(used.java, used.python) / 1e6
    print(f"{name:10} {size:10} {used.cpu:8.1f} {1000 * used.cpu / size:8.2f} {used.wall:8.1f} {peak:8.0f}", flush=True)


def measure(source: Path, size: int, arguments: argparse.Namespace) -> None:
    """Measure every step and every peer on the documents of one size. Raises `SystemExit` where Spark's sidecars are others than ours."""
    work = arguments.work / f"copydesk-{size}"
    shutil.rmtree(work, ignore_errors=True)
    digests = set()
    for step in ("sketch", "local", *(["spark"] if arguments.spark else [])):
        command = [sys.executable, __file__, "--step", step, "--source", str(source), "--work", str(work)]
        _tell(step, size, computed([*command, "--workers", str(arguments.workers)], {"PYTHONPATH": str(ROOT)}))
        if step != "sketch":
            digests.add(_digest(BuildPaths(work)))
            shutil.rmtree(BuildPaths(work).attributes)
    if len(digests) > 1:
        sys.exit("Spark wrote other sidecars")
    if arguments.peer:
        work = arguments.work / f"datatrove-{size}"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        script = arguments.work / "peer.py"
        script.write_text(PEER, encoding="utf-8")
        _tell("datatrove", size, computed([arguments.peer, str(script), str(source), str(work), str(arguments.workers)]))


def main() -> None:
    """Measure every size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--spark", action="store_true", help="search on Spark as well")
    parser.add_argument("--peer", help="an interpreter with datatrove")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--source", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step:
        STEPS[arguments.step](arguments.source, BuildPaths(arguments.work), arguments.workers)
        return
    found = [story for fold in stories(arguments.corpora).values() for story in fold]
    print(f"{'':10} {'documents':>10} {'CPU s':>8} {'ms each':>8} {'wall s':>8} {'peak MB':>8}", flush=True)
    for size in map(int, arguments.sizes.split(",")):
        source = arguments.work / f"documents-{size}"
        if not source.is_dir():
            source.mkdir(parents=True)
            documents(found, size, source)
        measure(source, size, arguments)


if __name__ == "__main__":
    main()
