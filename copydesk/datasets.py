"""Opens dataset folders, and refuses what is not as it was written."""

from __future__ import annotations

from functools import wraps
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec

import msgspec

from copydesk.options import warn
from pipeline.dataset.manifest import MANIFEST, SEAL, DatasetError, Manifest, decode, digest, read_seal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

P = ParamSpec("P")
REFUSED = 4
"""Exit code where a dataset is not whole: what `copydesk run` ends with when reading fails, too."""


class Dataset(msgspec.Struct, frozen=True):
    """A dataset folder whose manifest, and whatever files were asked for, are what they were when they were written."""

    folder: Path
    manifest: Manifest

    def path(self, name: str) -> Path:
        """Return where a file of the dataset lies."""
        return self.folder / name

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield the lines of a file, with their line ends."""
        with self.path(name).open("rb") as stream:
            yield from stream


def find_dataset(path: Path) -> Path:
    """Return the dataset folder that a path means: itself, or the one of a build's `clean` folder.

    Raises `DatasetError` where there is none.
    """
    for folder in (path, path / "dataset"):
        if (folder / MANIFEST).exists() or (folder / SEAL).exists():
            return folder
    msg = f"{path} holds no dataset; make one with copydesk run"
    raise DatasetError(msg)


def open_dataset(path: Path, needed: Iterable[str] = ()) -> Dataset:
    """Return the dataset in a folder after checking its manifest and the files `needed` against their digests.

    Raises `DatasetError`, which names the first file that is missing or damaged.
    """
    folder = find_dataset(path)
    sums = sums_of(folder)
    data = _bytes(folder / MANIFEST)
    if digest(data) != sums.get(MANIFEST):
        raise _damaged(folder / MANIFEST)
    dataset = Dataset(folder, decode(data))
    for name in needed:
        entry = dataset.manifest.file(name)
        if sums.get(name) != entry.sha256:
            msg = f"{folder / SEAL} and {MANIFEST} do not agree on {name}; make the dataset again with copydesk run --rehash"
            raise DatasetError(msg)
        if file_sha256(folder / name) != entry.sha256:
            raise _damaged(folder / name)
    return dataset


def problems(folder: Path) -> Iterator[str]:
    """Yield what is wrong with a folder as files: each that is missing, damaged, or not listed."""
    try:
        sums = sums_of(folder)
    except DatasetError as error:
        yield str(error)
        return
    for name, expected in sums.items():
        try:
            if file_sha256(folder / name) != expected:
                yield str(_damaged(folder / name))
        except DatasetError as error:
            yield str(error)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in sums and name != SEAL:
            yield f"{path}: {SEAL} does not list it"


def file_sha256(path: Path) -> str:
    """Return the hex sha256 of a file, read in pieces. Raises `DatasetError` where it is missing."""
    try:
        with path.open("rb") as stream:
            return file_digest(stream, "sha256").hexdigest()
    except (FileNotFoundError, IsADirectoryError) as error:
        raise _missing(path) from error


def sums_of(folder: Path) -> dict[str, str]:
    """Return the digests of a folder's `SHA256SUMS` by path. Raises `DatasetError` where there is none."""
    return read_seal(_bytes(folder / SEAL))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise _missing(path) from error


def _missing(path: Path) -> DatasetError:
    return DatasetError(f"{path} is missing; the dataset is not whole, make it again with copydesk run")


def _damaged(path: Path) -> DatasetError:
    return DatasetError(f"{path} is damaged: its sha256 is not the one in {SEAL}; make the dataset again with copydesk run --rehash")


def refusing(command: Callable[P, int]) -> Callable[P, int]:
    """Wrap a command: a dataset that is not whole becomes one line on standard error and the exit code `REFUSED`."""

    @wraps(command)
    def call(*args: P.args, **kwargs: P.kwargs) -> int:
        try:
            return command(*args, **kwargs)
        except DatasetError as error:
            warn(str(error))
            return REFUSED

    return call
