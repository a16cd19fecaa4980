"""Tells from a file's name what kind of container it is, if any."""

from __future__ import annotations

from typing import Literal

Kind = Literal["warc", "jsonl", "json", "delimited", "parquet", "zip", "tar", "mhtml", "xml", "packed"]

PACKED = (".gz", ".zst", ".xz", ".bz2")
"""What the name of a file that is packed as one piece ends with."""
_STREAMS: dict[str, Kind] = {
    ".warc": "warc",
    ".wet": "warc",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "delimited",
    ".tsv": "delimited",
    ".tar": "tar",
    ".xml": "xml",
    ".rss": "xml",
    ".atom": "xml",
    ".rdf": "xml",
}
"""Containers that may be packed as one piece."""
_SUFFIXES: dict[str, Kind] = {
    **{suffix + packed: kind for suffix, kind in _STREAMS.items() for packed in ("", *PACKED)},
    ".tgz": "tar",
    ".txz": "tar",
    ".tbz2": "tar",
    ".parquet": "parquet",
    ".zip": "zip",
    ".mhtml": "mhtml",
    ".mht": "mhtml",
}
ONE_PIECE = frozenset({None, "json", "mhtml", "xml", "packed"})
"""Kinds of file that are read whole, into memory; all others are read piece by piece."""
SIDECAR_SUFFIX = ".meta.json"
TABLE_NAME = "urls.tsv"


def container_kind(name: str) -> Kind | None:
    """Return the kind of container that a file name stands for, None for a single document.

    >>> container_kind("CC-MAIN.warc.gz"), container_kind("a/story.html"), container_kind("dump.JSONL.ZST"), container_kind("a.html.xz")
    ('warc', None, 'jsonl', 'packed')
    """
    base = name.rpartition("/")[2].lower()
    for dots in (2, 1):
        parts = base.rsplit(".", dots)
        if len(parts) == dots + 1 and parts[0] and (kind := _SUFFIXES.get("." + ".".join(parts[1:]))):
            return kind
    return "packed" if base.endswith(PACKED) and base not in PACKED else None


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
