"""Prove that a change of the code changes no record: snapshot the records of many pages before it, compare after it.

    python benchmarks/same_records.py write before.jsonl ../shared/corpora --every 1
    python benchmarks/same_records.py compare before.jsonl after.jsonl --show 20

Every page is cleaned twice: as HTML, and as the text that a naive scraper makes of it (every text node on a line of its own). A row holds
the whole record but for `code_sha256`, which changes with every line of code. `compare` counts the records that differ and where: by the
first two levels of the record, and for edits by rule.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bs4 import BeautifulSoup
from tqdm import tqdm

from pipeline import Rejected, clean
from training.corpora import present, read

if TYPE_CHECKING:
    from collections.abc import Iterator

HIDDEN = ("script", "style", "noscript", "template")


def documents(corpora: Path, every: int) -> Iterator[tuple[str, bytes, str | None, str]]:
    """Yield name, bytes, URL and media type of every n-th page of every pack, and of the packs' text dumps."""
    for corpus in present(corpora):
        for page in read(corpus, corpora, every=every):
            yield f"{corpus}/{page.key}", page.raw, page.gold.get("url"), "text/html" if page.is_html else "text/plain"


def naive_text(page: bytes) -> str:
    """Return what a naive scraper saves of a page."""
    soup = BeautifulSoup(page, "lxml")
    for tag in soup(HIDDEN):
        tag.decompose()
    return soup.get_text("\n", strip=True)


def records(document: tuple[str, bytes, str | None, str]) -> list[dict[str, Any]]:
    """Return the rows of one document: its record as it is, and that of its naive dump."""
    name, data, url, media_type = document
    rows = [row(name, data, url, media_type)]
    if media_type == "text/html":
        rows.append(row(f"{name} dump", naive_text(data), url, "text/plain"))
    return rows


def row(name: str, data: bytes | str, url: str | None, media_type: str) -> dict[str, Any]:
    """Clean one document; a rejection is a result too."""
    try:
        record = clean(data, url=url, media_type=media_type).to_dict()
    except Rejected as rejected:
        return {"name": name, "rejected": [rejected.code, rejected.detail]}
    del record["provenance"]["code_sha256"]
    return {"name": name, "record": record}


def write(out: Path, corpora: Path, every: int) -> None:
    """Write one row a record, in the order of the packs."""
    work = list(documents(corpora, every))
    started = time.monotonic()
    with ProcessPoolExecutor() as pool, out.open("w", encoding="utf-8") as file:
        for rows in tqdm(pool.map(records, work, chunksize=8), total=len(work), unit="page", disable=not sys.stderr.isatty()):
            for line in rows:
                file.write(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n")
    print(f"{len(work)} documents in {time.monotonic() - started:.0f} s")


def places(one: Any, other: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield where two records differ, two levels deep; edits by the rules that only one side has."""
    if one == other:
        return
    if path == ("record", "provenance", "edits"):
        pair = [Counter(json.dumps(edit) for edit in edits) for edits in (one, other)]
        for sign, left in (("-", pair[0] - pair[1]), ("+", pair[1] - pair[0])):
            yield from sorted({f"edits {sign}{json.loads(edit)[3]}" for edit in left})
    elif isinstance(one, dict) and isinstance(other, dict) and len(path) < 3:
        for key in sorted(one.keys() | other.keys()):
            yield from places(one.get(key), other.get(key), (*path, key))
    else:
        yield ".".join(path)


def compare(before: Path, after: Path, show: int) -> int:
    """Print how many records differ, where, and the first names; return 1 where any does."""
    counts: Counter[str] = Counter()
    differing: list[tuple[str, list[str]]] = []
    total = 0
    with before.open(encoding="utf-8") as one, after.open(encoding="utf-8") as other:
        for left, right in zip(one, other, strict=True):
            total += 1
            if left != right:
                a, b = json.loads(left), json.loads(right)
                found = list(places(a, b))
                counts.update(found)
                differing.append((b["name"], found))
    print(f"{total} records, {len(differing)} differ")
    for place, count in counts.most_common():
        print(f"{count:6} {place}")
    for name, found in differing[:show]:
        print(f"  {name}: {', '.join(found)}")
    return int(bool(differing))


def main() -> int:
    """Parse the command line."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = cli.add_subparsers(dest="verb", required=True)
    writing = verbs.add_parser("write", help="clean all pages and write their records")
    writing.add_argument("out", type=Path)
    writing.add_argument("corpora", type=Path)
    writing.add_argument("--every", type=int, default=1, help="only every n-th page")
    comparing = verbs.add_parser("compare", help="compare two such files")
    comparing.add_argument("before", type=Path)
    comparing.add_argument("after", type=Path)
    comparing.add_argument("--show", type=int, default=0, help="name the first N documents that differ")
    args = cli.parse_args()
    if args.verb == "write":
        write(args.out, args.corpora, args.every)
        return 0
    return compare(args.before, args.after, args.show)


if __name__ == "__main__":
    raise SystemExit(main())
