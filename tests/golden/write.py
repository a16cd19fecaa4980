"""Writes the golden records anew: `python tests/golden/write.py`. Read the difference before committing it."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from pipeline import Article, clean

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).with_name("seeds.jsonl")


def golden_record(path: Path) -> bytes:
    """Return a seed's record without the digests of code and settings, which change with every line of code."""
    article: Article = clean(path.read_bytes(), locator=f"seeds/{path.name}", source="seeds")
    provenance = msgspec.structs.replace(article.provenance, code_sha256="", config_sha256="")
    return msgspec.structs.replace(article, provenance=provenance).to_json()


def golden_records() -> bytes:
    """Return all golden records, one a line, in the order of the seeds' names."""
    return b"".join(golden_record(path) + b"\n" for path in sorted((ROOT / "raw" / "seeds").glob("*.txt")))


if __name__ == "__main__":
    sys.stdout.write(f"writing {GOLDEN.name}\n")
    GOLDEN.write_bytes(golden_records())
