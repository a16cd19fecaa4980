"""Tells from a file's name what kind of container it is, if any."""

from __future__ import annotations

from typing import Literal

Kind = Literal["warc", "jsonl", "json", "parquet", "zip", "tar", "mhtml", "packed"]

_SUFFIXES: dict[str, Kind] = {
    ".warc": "warc",
    ".warc.gz": "warc",
    ".warc.zst": "warc",
    ".wet": "warc",
    ".wet.gz": "warc",
    ".wet.zst": "warc",
    ".jsonl": "jsonl",
    ".jsonl.gz": "jsonl",
    ".jsonl.zst": "jsonl",
    ".ndjson": "jsonl",
    ".ndjson.gz": "jsonl",
    ".ndjson.zst": "jsonl",
    ".json": "json",
    ".json.gz": "json",
    ".json.zst": "json",
    ".parquet": "parquet",
    ".zip": "zip",
    ".tar": "tar",
    ".tar.gz": "tar",
    ".tgz": "tar",
    ".tar.zst": "tar",
    ".mhtml": "mhtml",
    ".mht": "mhtml",
}
_PACKED = (".gz", ".zst")
"""What a single page that was packed by itself ends with."""
SIDECAR_SUFFIX = ".meta.json"
TABLE_NAME = "urls.tsv"


def container_kind(name: str) -> Kind | None:
    """Return the kind of container that a file name stands for, None for a single document.

    >>> container_kind("CC-MAIN.warc.gz"), container_kind("a/story.html"), container_kind("dump.JSONL.ZST"), container_kind("a.html.gz")
    ('warc', None, 'jsonl', 'packed')
    """
    base = name.rpartition("/")[2].lower()
    for dots in (2, 1):
        parts = base.rsplit(".", dots)
        if len(parts) == dots + 1 and parts[0] and (kind := _SUFFIXES.get("." + ".".join(parts[1:]))):
            return kind
    return "packed" if base.endswith(_PACKED) and base not in _PACKED else None


def is_sidecar(name: str) -> bool:
    """Tell whether a file says something about others and is no input itself.

    >>> is_sidecar("a/story.html.meta.json"), is_sidecar("a/urls.tsv"), is_sidecar("a/story.json")
    (True, True, False)
    """
    base = name.rpartition("/")[2]
    return base.endswith(SIDECAR_SUFFIX) or base == TABLE_NAME


def is_ignored(base: str) -> bool:
    """Tell whether a file or folder name marks no input: README files and names that begin with a dot.

    >>> is_ignored(".DS_Store"), is_ignored("README.md"), is_ignored("readers.html")
    (True, True, False)
    """
    return base.startswith(".") or base.split(".", maxsplit=1)[0].upper() == "README"
