"""Copies of what a store holds, in a folder of this machine.

A copy moves only what differs, may be cut off at any moment, and comes to the same end when it is made again.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from pipeline.ingest.kinds import is_ignored
from tasks.core.atomic_files import TEMPORARY_PREFIX, folds_case, make_folder, sync_folder, temporary_name, write_atomic
from tasks.core.object_names import REFUSED, fits, spelt
from tasks.core.scan import digest_of
from tasks.core.sealed import read_sealed, write_sealed
from tasks.core.stores import Store, Stored, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

AT_ONCE = 8
"""Objects that are on their way at once: most of the time of a small one is waiting."""
_GATHERED = 256
"""Objects after which an interrupt is heard, and the clock looked at."""
_NOTE_SECONDS = 30
"""How often what was fetched is noted: that much is fetched again after a power cut."""
_ROUNDS = 4
"""How often a listing is read again because objects changed while they were fetched."""


class Got(msgspec.Struct, frozen=True, array_like=True):
    """A file that was fetched: the object as it was listed, and the file's time in nanoseconds."""

    size: int
    version: str | None
    mtime_ns: int


class Fetched(NamedTuple):
    """What a fetch did: objects and bytes that were copied, and files that went because their objects are gone."""

    objects: int
    size: int
    gone: int


def everything(_: str) -> bool:
    """Want every object."""
    return True


def is_wanted_raw(name: str) -> bool:
    """Tell whether a build reads an object: READMEs and names that begin with a dot are passed over, as below a folder.

    >>> is_wanted_raw("press/a.html"), is_wanted_raw("press/.git/a"), is_wanted_raw("../a")
    (True, False, True)
    """
    return not any(is_ignored(part) for part in name.split("/") if part not in (".", ".."))


class Mirror:
    """A folder that holds what a store holds, and beside it the note of what was fetched.

    Files keep their times until their content changes, so that a build reads again only what is new. Objects whose names can be no file's
    are listed in `REFUSED` in the folder, where `tasks.core.scan` finds them.
    """

    def __init__(self, folder: Path, notes: Path) -> None:
        """Name the folder and the file of notes, which lies outside it."""
        self.folder, self._notes = folder, notes

    def forget(self) -> None:
        """Let the next fetch read every object again; files whose content is the same still keep their times."""
        self._notes.unlink(missing_ok=True)

    def fetch(
        self,
        store: Store,
        *,
        look: Callable[[], dict[str, Stored]] | None = None,
        wanted: Callable[[str], bool] = everything,
        tell: Callable[[int, int], None] | None = None,
    ) -> Fetched:
        """Make the wanted part of the folder what the store holds: delete first, then fetch what is new or changed.

        `look` lists the objects, by default all of the store; `tell` hears how many of how many were fetched. Raises `StoreError`, also
        where objects change again and again, or two names would be one file on this file system.
        """
        known = read_sealed(self._notes, dict[str, Got]) or {}
        make_folder(self.folder)
        self._sweep()
        objects = size = gone = 0
        fresh: set[str] = set()
        for _ in range(_ROUNDS):
            listed = {name: found for name, found in (look or store.listing)().items() if wanted(name)}
            fit, refused = fitting(listed)
            self._need_case(store, fit)
            gone += self._drop(fit, known, wanted)
            self._note_refused(refused, wanted)
            missing = {name: found for name, found in fit.items() if not self._has(name, found, known.get(name), fresh)}
            if not missing:
                return Fetched(objects, size, gone)
            try:
                for name in self._get(store, missing, known, tell):
                    fresh.add(name)
                    objects, size = objects + 1, size + fit[name].size
            finally:
                write_sealed(self._notes, known)
        raise StoreError(store.address, "objects change while they are fetched; run again when they rest")

    def _has(self, name: str, found: Stored, got: Got | None, fresh: set[str]) -> bool:
        """Tell whether a file is what its object is now."""
        if got is None or (got.size, got.version) != (found.size, found.version) or (found.version is None and name not in fresh):
            return False
        try:
            stat = (self.folder / name).stat()
        except (FileNotFoundError, NotADirectoryError):
            return False
        return (stat.st_size, stat.st_mtime_ns) == (got.size, got.mtime_ns)

    def _get(
        self, store: Store, missing: Mapping[str, Stored], known: dict[str, Got], tell: Callable[[int, int], None] | None
    ) -> Iterator[str]:
        """Fetch objects; note and yield each that arrived."""
        began, names = time.monotonic(), sorted(missing)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for start in range(0, len(names), _GATHERED):
                part = names[start : start + _GATHERED]
                for name, got in zip(part, pool.map(lambda name: self._get_one(store, name, missing[name]), part), strict=True):
                    if got is not None:
                        known[name] = got
                        yield name
                if tell is not None:
                    tell(start + len(part), len(names))
                if time.monotonic() - began > _NOTE_SECONDS:
                    write_sealed(self._notes, known)
                    began = time.monotonic()

    def _get_one(self, store: Store, name: str, found: Stored) -> Got | None:
        """Fetch an object under a temporary name, and put it in its place where it says something new; None where it changed meanwhile."""
        path = self.folder / name
        make_folder(path.parent)
        temporary = path.parent / temporary_name()
        try:
            if not store.get(name, temporary) or temporary.stat().st_size != found.size:
                return None
            if not (path.is_file() and path.stat().st_size == found.size and digest_of(path) == digest_of(temporary)):
                temporary.replace(path)
                sync_folder(path.parent)
            return Got(found.size, found.version, path.stat().st_mtime_ns)
        finally:
            temporary.unlink(missing_ok=True)

    def changed(self, store: Store, wanted: Callable[[str], bool] = everything) -> list[str]:
        """Return the names of objects that a fetch would copy, and of files that it would delete. Nothing is fetched."""
        known = read_sealed(self._notes, dict[str, Got]) or {}
        fit, _ = fitting({name: found for name, found in store.listing().items() if wanted(name)})
        other = {name for name, found in fit.items() if not self._has(name, found, known.get(name), set())}
        return sorted(other | {name for name in known if name not in fit and wanted(name)})

    def _drop(self, fit: Mapping[str, Stored], known: dict[str, Got], wanted: Callable[[str], bool]) -> int:
        """Delete the files of objects that are gone, and folders that are left empty; return how many files."""
        count = 0
        for path in sorted(self.folder.rglob("*"), reverse=True):
            name = path.relative_to(self.folder).as_posix()
            if path.is_dir() and not path.is_symlink():
                if not any(path.iterdir()):
                    path.rmdir()
            elif name not in fit and name != REFUSED and wanted(name):
                path.unlink()
                known.pop(name, None)
                count += 1
        return count

    def _note_refused(self, refused: Mapping[str, str], wanted: Callable[[str], bool]) -> None:
        """Write the list of what cannot be fetched, where this fetch looks at all inputs and not at some of them."""
        path = self.folder / REFUSED
        if refused and wanted is is_wanted_raw:
            data = msgspec.json.encode(dict(sorted(refused.items())))
            if not path.is_file() or path.read_bytes() != data:
                write_atomic(path, [data])
        elif wanted is is_wanted_raw:
            path.unlink(missing_ok=True)

    def _need_case(self, store: Store, names: Iterable[str]) -> None:
        """Raise `StoreError` where two objects would be one file since this file system takes A for a."""
        twins = case_twins(names)
        if twins is not None and folds_case(self.folder):
            one, two = twins
            told = f"{one} and {two} would be one file in {self.folder}: name a folder that tells them apart with --work"
            raise StoreError(store.address, told)

    def _sweep(self) -> None:
        """Delete what an interrupted fetch left: whoever fetches holds the lock of the folder."""
        for path in self.folder.rglob(f"{TEMPORARY_PREFIX}*"):
            path.unlink(missing_ok=True)


def fitting(listed: Mapping[str, Stored]) -> tuple[dict[str, Stored], dict[str, str]]:
    """Return the objects that can be files, and the locators of those that cannot with the code; marks of empty folders are neither.

    An object whose name is also the beginning of another's (`a` beside `a/b`) cannot: a folder has that name.
    """
    folders = {name[:at] for name in listed for at in range(len(name)) if name[at] == "/"}
    fit: dict[str, Stored] = {}
    refused: dict[str, str] = {}
    for name, found in sorted(listed.items()):
        if name.endswith("/") and not found.size:
            continue
        code = found.code if fits(name) and name not in folders else "unsafe_path"
        if code is None:
            fit[name] = found
        else:
            locator = spelt(name)
            while locator in refused or (locator != name and locator in listed):
                locator += "~"
            refused[locator] = code
    return fit, refused


def case_twins(names: Iterable[str]) -> tuple[str, str] | None:
    """Return two names, or folders in them, that differ in case alone, None where there are none.

    >>> case_twins(["a/b", "a/c"]), case_twins(["Press/a", "press/b"])
    (None, ('Press', 'press'))
    """
    seen: dict[str, str] = {}
    for name in sorted(names):
        for at in [place for place, sign in enumerate(name) if sign == "/"] + [len(name)]:
            start = name[:at]
            if seen.setdefault(start.casefold(), start) != start:
                return seen[start.casefold()], start
    return None


def folder_name(address: str) -> str:
    """Return the name of the folder in which copies of an address lie: readable, and unlike that of any other address.

    >>> folder_name("s3://bucket/raw")
    's3-bucket-raw-845c0e982c2c'
    """
    readable = "".join(sign if sign.isascii() and (sign.isalnum() or sign in ".-") else "-" for sign in address.replace("://", "-"))
    return f"{readable[:80]}-{sha256(address.encode()).hexdigest()[:12]}"
