"""Puts a finished build where its address says.

What does not stand there yet is put first, then the seal of the dataset, then `build.json`; what no longer belongs to the build is deleted
at the end. A put that is repeated stores the same bytes under the same name, so that a run which was cut off is mended by the next one.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from hashlib import file_digest, md5
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from pipeline.dataset.manifest import SEAL, DatasetError, read_seal
from tasks.core.atomic_files import TEMPORARY_PREFIX
from tasks.core.mirrors import AT_ONCE
from tasks.core.scan import digest_of
from tasks.core.sealed import read_sealed, write_sealed
from tasks.core.stores import Store, Stored, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

_LAST = (f"dataset/{SEAL}", "build.json")
"""What says that the rest is whole, in the order in which it is put."""
_OWNED = ("articles/", "ledger/", "attributes/duplicates/")
"""Folders of which copydesk deletes any shard that is no longer part of the build."""


class Sent(NamedTuple):
    """What putting a build did: objects that were put or deleted, and how many bytes were put."""

    objects: int
    size: int
    gone: int


class Put(msgspec.Struct, frozen=True, array_like=True):
    """An object that was put: its content's sha256, and the version that the store gave it."""

    sha256: str
    version: str | None


def build_files(clean: Path) -> dict[str, Path]:
    """Return the files of a build by their names below its folder: all but `run/`, which is this machine's."""
    found: dict[str, Path] = {}
    for path in sorted(clean.rglob("*")):
        name = path.relative_to(clean).as_posix()
        if path.is_file() and not name.startswith("run/") and not path.name.startswith(TEMPORARY_PREFIX):
            found[name] = path
    return found


def put_build(clean: Path, store: Store, notes: Path, tell: Callable[[int, int], None] | None = None) -> Sent:
    """Make what lies at an address the build in a folder; nothing that stands there already is sent again.

    `notes` is the file that knows what was put before: without it, contents are compared by the store's md5 or by reading. Raises
    `StoreError`; then the next call goes on. Files that are none of a build's stay as they are.
    """
    files, known = build_files(clean), read_sealed(notes, dict[str, Put]) or {}
    there = store.listing()
    belonged = {*known, *_sealed(store, there)}
    digests = {name: digest_of(path) for name, path in files.items()}
    new = [name for name, path in files.items() if not _stands(store, name, path, digests[name], there.get(name), known.get(name))]
    gone = sorted(name for name in there.keys() - files.keys() if name in belonged or _is_owned(name))
    if new or gone:
        write_sealed(notes, {name: known.get(name, Put("", None)) for name in belonged})
        first = [name for name in new if name not in _LAST]
        done = 0
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for _ in pool.map(lambda name: store.put(files[name], name), first):
                done += 1
                if tell is not None:
                    tell(done, len(new))
        for name in _LAST:
            if name in new:
                store.put(files[name], name)
        for name in gone:
            store.remove(name)
        there = store.listing()
    _check(store, files, there, gone)
    write_sealed(notes, {name: Put(digests[name], there[name].version) for name in files})
    return Sent(len(new), sum(files[name].stat().st_size for name in new), len(gone))


def _sealed(store: Store, there: Mapping[str, Stored]) -> Iterable[str]:
    """Return the files that the seal of the dataset in the store lists."""
    name = f"dataset/{SEAL}"
    try:
        listed = read_seal(store.read(name) or b"") if name in there else {}
    except DatasetError:
        return []
    return [name, *(f"dataset/{each}" for each in listed)] if listed else []


def _is_owned(name: str) -> bool:
    """Tell whether only copydesk gives an object this name: a shard's, or that of a put that was cut off below `file://`."""
    return (name.startswith(_OWNED) and name.endswith(".jsonl")) or name.rpartition("/")[2].startswith(TEMPORARY_PREFIX)


def _stands(store: Store, name: str, path: Path, digest: str, there: Stored | None, put: Put | None) -> bool:
    """Tell whether the store holds this very content: as noted, else by the md5 that the store tells, else by reading it."""
    if there is None or there.size != path.stat().st_size:
        return False
    if put is not None and put.version is not None and put.version == there.version:
        return put.sha256 == digest
    if there.md5 is not None:
        with path.open("rb") as stream:
            return file_digest(stream, lambda: md5(usedforsecurity=False)).hexdigest() == there.md5
    return store.sha256(name) == digest


def _check(store: Store, files: Mapping[str, Path], there: Mapping[str, Stored], gone: Iterable[str]) -> None:
    """Raise `StoreError` where the store does not hold what was put: somebody else writes there."""
    wrong = [name for name, path in files.items() if name not in there or there[name].size != path.stat().st_size]
    if wrong := [*wrong, *(name for name in gone if name in there)]:
        raise StoreError(store.address, f"{wrong[0]} is not what was put: does another run write there? Run again")
