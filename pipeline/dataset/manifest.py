"""`manifest.json`: everything that is known of a dataset, in one typed value from which card, charts and Croissant metadata are made."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from pipeline.dataset.duplicates import Duplicates
from pipeline.dataset.statistics import Statistics

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT: Final = "copydesk-dataset-1.0"
MANIFEST, SEAL = "manifest.json", "SHA256SUMS"
"""The manifest names every file with data; the seal names every file of the folder but itself and is written last."""


class DatasetError(ValueError):
    """A folder that is no whole dataset: the message names the file and what is wrong with it, in one line."""


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What the people who publish a dataset say of it: the section `[dataset]` of `luigi.cfg`. Nothing here is guessed.

    `licence` is a URL or a sentence, `published` an ISO 8601 date.
    """

    name: str = "articles"
    description: str = ""
    licence: str = ""
    url: str = ""
    creator: str = ""
    published: str = ""


class DataFile(msgspec.Struct, frozen=True):
    """One file with data: its path in the folder, size in bytes, hex sha256, media type, number of rows, and what a row is."""

    path: str
    bytes: int
    sha256: str
    media_type: str
    rows: int
    row: str


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """What the dataset was made by: digests of code and settings, of the user's own rule files, and library versions that decide bytes."""

    code_sha256: str
    config_sha256: str
    build_sha256: str
    rule_files: dict[str, str]
    libraries: dict[str, str]


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """A dataset.

    No clock and no machine: two builds of the same raw files, settings and code have the same manifest.
    """

    format: Literal["copydesk-dataset-1.0"]
    schema_version: str
    reproducible: bool
    about: About
    records: int
    raw_files: int
    inputs: int
    rejected: int
    skipped: int
    made_by: Code
    files: tuple[DataFile, ...]
    duplicates: Duplicates
    statistics: Statistics

    def file(self, path: str) -> DataFile:
        """Return what is said of one file. Raises `DatasetError` where the dataset has none of that name."""
        for entry in self.files:
            if entry.path == path:
                return entry
        msg = f"{MANIFEST} names no {path}"
        raise DatasetError(msg)


def encode(value: msgspec.Struct) -> bytes:
    """Return a value as indented UTF-8 JSON with a line end."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def decode(data: bytes) -> Manifest:
    """Return the manifest in a file's bytes. Raises `DatasetError` where there is none."""
    try:
        return msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        msg = f"{MANIFEST} is no manifest of a dataset: {error}"
        raise DatasetError(msg) from error


def seal(digests: Mapping[str, str]) -> bytes:
    """Return the lines of `SHA256SUMS` for hex digests by path, as `sha256sum -c` reads them.

    >>> seal({"b": "0" * 64, "a": "1" * 64}).splitlines()[0][60:]
    b'1111  a'
    """
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(digests.items())).encode()


def read_seal(data: bytes) -> dict[str, str]:
    """Return the digests by path that a `SHA256SUMS` holds. Raises `DatasetError` on a line that is none.

    >>> read_seal(seal({"a": "1" * 64})) == {"a": "1" * 64}
    True
    """
    found: dict[str, str] = {}
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        digest, gap, path = line.partition("  ")
        if not gap or len(digest) != 64 or not path or path.startswith("/") or ".." in path.split("/"):
            msg = f"{SEAL}: line {number} is no digest and path"
            raise DatasetError(msg)
        found[path] = digest
    return found


def digest(data: bytes) -> str:
    """Return the hex sha256 of bytes."""
    return sha256(data).hexdigest()
