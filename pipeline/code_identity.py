"""The identity of the code that makes records: its sources, rules, lists and models, and the libraries that affect content."""

from __future__ import annotations

import unicodedata
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.config import Config

PACKAGE = Path(__file__).parent
DATA_SUFFIXES = frozenset({".py", ".toml", ".tsv", ".json", ".txt", ".bin"})
LIBRARIES = (
    "beautifulsoup4",
    "charset-normalizer",
    "fastwarc",
    "ftfy",
    "msgspec",
    "pyahocorasick",
    "resiliparse",
)
"""Distributions whose version can change a record. numpy is not among them: only exact integer operations of it are used."""
ENGINE_LIBRARIES = {"trafilatura": ("lxml", "trafilatura")}
"""Distributions that count only where `[extract]` names their engine: nothing else calls them."""


def code_identity(config: Config) -> dict[str, str]:
    """Return what `code_sha256` digests: the content hash of every file of the package, library versions and Unicode's version.

    Of the libraries those count that cleaning with these settings calls: a release of another one changes no record.
    """
    return dict(_identity(libraries_of(config)))


def libraries_of(config: Config) -> tuple[str, ...]:
    """Return the names of the distributions that count with these settings, sorted."""
    return tuple(sorted((*LIBRARIES, *ENGINE_LIBRARIES.get(config.extract.engine, ()))))


@cache
def _identity(libraries: tuple[str, ...]) -> dict[str, str]:
    files = sorted(path for path in PACKAGE.rglob("*") if path.suffix in DATA_SUFFIXES and "__pycache__" not in path.parts)
    identity = {f"file:{path.relative_to(PACKAGE).as_posix()}": sha256(path.read_bytes()).hexdigest() for path in files}
    identity |= {f"library:{name}": version(name) for name in libraries}
    identity["unicode"] = unicodedata.unidata_version
    return identity


def code_sha256(config: Config) -> str:
    """Return the hex sha256 over the lines `name=value` of `code_identity`, in its order."""
    lines = "".join(f"{name}={value}\n" for name, value in code_identity(config).items())
    return sha256(lines.encode()).hexdigest()
