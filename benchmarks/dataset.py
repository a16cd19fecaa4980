"""Measures the dataset folder at scale: `python benchmarks/dataset.py --documents 100000`.

It makes shards of records (a page of its own, cleaned once and renamed), writes the folder from them, exports a selection, and verifies the
folder; for each it prints seconds of CPU, records a second and the peak of resident memory of a process of its own.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from copydesk.commands.export import Selection, export
from copydesk.commands.verify_dataset import verify_dataset
from pipeline import Config, clean
from pipeline.code_identity import code_identity, code_sha256
from pipeline.dataset.duplicates import DuplicateRow
from pipeline.emit.identity import article_id
from pipeline.ledger import LedgerRow
from pipeline.records import SCHEMA_VERSION
from tasks.core.atomic_files import write_atomic, write_json
from tasks.core.build_paths import BuildPaths
from tasks.core.plans import Cut
from tasks.dataset_files import write_dataset
from tasks.duplicates import DuplicateCounts
from tasks.summary import BuildSummary, ShardSummary

if TYPE_CHECKING:
    from collections.abc import Callable

SHARD = 256
PARAGRAPHS = 24
"""Paragraphs of the page; its record has about 14 kB of JSON."""


def page() -> bytes:
    """Return a page with a menu, a picture and share buttons around `PARAGRAPHS` paragraphs."""
    sentence = (
        "Heavy rain fell on the valley for day {0}, the mayor said, and the United Nations offered help. More on <a href='/{0}'>day {0}</a>"
    )
    rest = " in the report of the weather service, which expects dry air from the north by the end of the week."
    body = "".join(f"<p>{sentence.format(number)}{rest}</p>" for number in range(PARAGRAPHS))
    menu = "".join(f"<li><a href='/s{number}'>Section {number}</a></li>" for number in range(20))
    return (
        f"<html lang=en><head><title>Rain</title></head><body><nav><ul>{menu}</ul></nav><article><h1>Rain in the valley</h1>"
        "<figure><img src=/a.jpg><figcaption>The river on Monday</figcaption></figure>"
        f"{body}<p>Share this article</p></article></body></html>"
    ).encode()


def make_build(paths: BuildPaths, documents: int) -> BuildSummary:
    """Write the shards and the description of a build of so many records."""
    record = clean(page(), url="https://www.example.org/rain").to_dict()
    shards = []
    for number in range(-(-documents // SHARD)):
        name = f"bench/{number:05d}"
        rows, ledger, sidecar = [], [], []
        for document in range(number * SHARD, min((number + 1) * SHARD, documents)):
            digest = sha256(str(document).encode()).hexdigest()
            locator = f"bench/{document:07d}.html"
            record["id"] = article_id(locator, digest)
            record["published_at"] = f"2015-{document % 12 + 1:02d}-{document % 28 + 1:02d}"
            record["provenance"]["raw"] |= {"locator": locator, "sha256": digest}
            rows.append((record["id"], msgspec.json.encode(record) + b"\n"))
            row = LedgerRow(locator=locator, sha256=digest, bytes=1, status="ok", code=None, detail=None, id=record["id"])
            ledger.append(msgspec.json.encode(row) + b"\n")
            alone = DuplicateRow(
                id=record["id"],
                relation=None,
                cluster=record["id"],
                representative=True,
                size=1,
                match=None,
                similarity=None,
                shared=(),
            )
            sidecar.append((record["id"], msgspec.json.encode(alone) + b"\n"))
        articles = write_atomic(paths.articles(name), (line for _, line in sorted(rows)))
        entries = write_atomic(paths.ledger(name), ledger)
        marked = write_atomic(paths.duplicates(name), (line for _, line in sorted(sidecar)))
        shards.append(ShardSummary(name, "0" * 64, len(rows), len(rows), 0, 0, articles.sha256, entries.sha256, marked.sha256))
    config = Config()
    summary = BuildSummary(
        schema_version=SCHEMA_VERSION,
        reproducible=True,
        files=documents,
        inputs=documents,
        ok=documents,
        rejected=0,
        skipped=0,
        codes={},
        duplicates=DuplicateCounts(0, 0, 0, 0, 0),
        cut=Cut(SHARD, 1 << 26),
        config_sha256=config.sha256(),
        code_sha256=code_sha256(config),
        config=msgspec.to_builtins(config),
        rule_files={},
        code=code_identity(config),
        shards=tuple(shards),
    )
    write_json(paths.build, summary)
    return summary


def measured(name: str, documents: int, work: Callable[[], object]) -> None:
    """Run work in a child process and print what it took."""
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        started = time.process_time()
        work()
        seconds = time.process_time() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{name:<28} {seconds:8.1f} s {documents / seconds:9.0f} records/s {peak:8.0f} MB", flush=True)
        os._exit(0)
    if os.waitpid(pid, 0)[1]:
        sys.exit(f"{name} failed")


def main() -> None:
    """Make, measure, and delete what was made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    count = parser.parse_args().documents
    with tempfile.TemporaryDirectory(prefix="copydesk-bench-") as folder:
        paths = BuildPaths(Path(folder) / "clean")
        measured("(making the build)", count, lambda: make_build(paths, count))
        summary = msgspec.json.decode(paths.build.read_bytes(), type=BuildSummary)
        measured("write the dataset", count, lambda: write_dataset(paths, summary, lambda _done, _total: None))
        print(f"  articles.jsonl: {(paths.dataset / 'articles.jsonl').stat().st_size / 1e6:.0f} MB")
        where = 'language = "en" and published_at >= "2015-06-01" and completeness = "full"'
        measured("export jsonl", count, lambda: export(paths.dataset, Selection(where=where), Path(folder) / "part.jsonl"))
        chosen = Selection(where=where, fields=("id", "title"), format="parquet")
        measured("export parquet, two fields", count, lambda: export(paths.dataset, chosen, Path(folder) / "part.parquet"))
        measured("verify", count, lambda: verify_dataset(paths.dataset))


if __name__ == "__main__":
    main()
