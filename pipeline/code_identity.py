"""The identity of the code that makes records: its sources, rules, lists and models, and the libraries that affect content."""

from __future__ import annotations

import unicodedata
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

PACKAGE = Path(__file__).parent
DATA_SUFFIXES = frozenset({".py", ".toml", ".tsv", ".json", ".txt", ".bin"})
LIBRARIES = (
    "beautifulsoup4",
    "charset-normalizer",
    "fastwarc",
    "ftfy",
    "lxml",
    "msgspec",
    "pyahocorasick",
    "regex",
    "resiliparse",
    "trafilatura",
)
"""Distributions whose version can change a record. numpy is not among them: only exact integer operations of it are used."""


@cache
def code_identity() -> dict[str, str]:
    """Return what `code_sha256` digests: the content hash of every file of the package, library versions and Unicode's version."""
    files = sorted(path for path in PACKAGE.rglob("*") if path.suffix in DATA_SUFFIXES and "__pycache__" not in path.parts)
    identity = {f"file:{path.relative_to(PACKAGE).as_posix()}": sha256(path.read_bytes()).hexdigest() for path in files}
    identity |= {f"library:{name}": version(name) for name in LIBRARIES}
    identity["unicode"] = unicodedata.unidata_version
    return identity


@cache
def code_sha256() -> str:
    """Return the hex sha256 over the lines `name=value` of `code_identity`, in its order."""
    lines = "".join(f"{name}={value}\n" for name, value in code_identity().items())
    return sha256(lines.encode()).hexdigest()
