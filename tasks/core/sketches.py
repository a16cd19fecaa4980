"""The sketches of a shard on disk, and those of a whole build as one, with the arrays left where they are."""

from __future__ import annotations

from hashlib import file_digest, sha256
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from pipeline.duplicates.sketch import Head, Held, Sketches
from pipeline.duplicates.tokens import Tokens
from tasks.core.atomic_files import write_atomic
from tasks.core.sealed import logger, sealed, unsealed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

_ARRAYS: Final[dict[str, np.dtype[Any]]] = {
    "bands": np.dtype("<u8"),
    "samples": np.dtype("<u8"),
    "hashes": np.dtype("<u4"),
    "starts": np.dtype("<u4"),
    "ends": np.dtype("<u4"),
    "flags": np.dtype("u1"),
}
_HEAD_BYTES: Final = 4096
"""The first line is padded to this many bytes, so that it can be read alone; what follows begins at a page of memory."""
_FIRST: Final = _HEAD_BYTES - 1 - len(sealed(b""))


class Contents(msgspec.Struct, frozen=True):
    """The first line of a file of sketches: what it was made from, the bytes of its heads, the length of every array.

    `sha256` is the digest of all that follows it.
    """

    fingerprint: str
    heads: int
    arrays: dict[str, int]
    sha256: str

    @property
    def offsets(self) -> dict[str, int]:
        """Return where every array begins, and under `end` where the file ends."""
        at = _HEAD_BYTES + _padded(self.heads)
        out = {}
        for name, kind in _ARRAYS.items():
            out[name] = at
            at += _padded(self.arrays[name] * kind.itemsize)
        return out | {"end": at}


def write_sketches(path: Path, fingerprint: str, made: Sketches) -> None:
    """Write the sketches of one shard, atomically."""
    heads = msgspec.msgpack.encode(made.heads)
    arrays: dict[str, NDArray[Any]] = {"bands": made.bands, "samples": made.samples}
    arrays |= {name: getattr(made.tokens, name) for name in Tokens.__struct_fields__}

    def body() -> Iterator[bytes]:
        yield heads.ljust(_padded(len(heads)), b"\0")
        for name, kind in _ARRAYS.items():
            data = arrays[name].astype(kind, copy=False).tobytes()
            yield data.ljust(_padded(len(data)), b"\0")

    digest = sha256()
    for piece in body():
        digest.update(piece)
    contents = Contents(fingerprint, len(heads), {name: len(arrays[name]) for name in _ARRAYS}, digest.hexdigest())
    first = sealed(msgspec.json.encode(contents).ljust(_FIRST))
    write_atomic(path, chain([first + b"\n"], body()))


def read_contents(path: Path, *, whole: bool = False) -> Contents | None:
    """Return the first line of a file of sketches; None where there is none, or the file is damaged or cut short.

    Only with `whole` is all of it read; a file that is damaged is named in the log.
    """
    try:
        with path.open("rb") as stream:
            first = unsealed(stream.read(_HEAD_BYTES - 1))
            contents = msgspec.json.decode(first or b"", type=Contents)
            stream.seek(_HEAD_BYTES)
            if whole and file_digest(stream, "sha256").hexdigest() != contents.sha256:
                logger.warning("%s is damaged; it is made again", path, extra={"event": "damaged", "path": str(path)})
                return None
        fits = contents.arrays.keys() == _ARRAYS.keys() and path.stat().st_size == contents.offsets["end"]
    except (FileNotFoundError, NotADirectoryError, msgspec.DecodeError):
        return None
    return contents if fits else None


def read_sketches(path: Path) -> Sketches:
    """Return the sketches of one shard; the arrays are read when they are used. Raises `OSError` where the file is not whole."""
    contents = read_contents(path)
    if contents is None:
        msg = f"{path}: the sketches are missing or cut short; run again"
        raise OSError(msg)
    with path.open("rb") as stream:
        stream.seek(_HEAD_BYTES)
        heads = msgspec.msgpack.decode(stream.read(contents.heads), type=list[Head])
    offsets = contents.offsets
    arrays: dict[str, Any] = {
        name: np.memmap(path, kind, "r", offsets[name], (contents.arrays[name],)) if contents.arrays[name] else np.empty(0, kind)
        for name, kind in _ARRAYS.items()
    }
    return Sketches(heads, arrays["bands"], arrays["samples"], Tokens(**{name: arrays[name] for name in Tokens.__struct_fields__}))


class WholeBuild:
    """The sketches of all shards as one build, numbered in the order of the ids."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._shards = {shard: Held(read_sketches(path)) for shard, path in files.items()}
        places = [(head.id, shard, place) for shard, held in self._shards.items() for place, head in enumerate(held.heads)]
        places.sort()
        self._places = [(shard, place) for _, shard, place in places]
        self.heads: Sequence[Head] = [self._shards[shard].heads[place] for shard, place in self._places]

    def clash(self) -> tuple[str, str, str] | None:
        """Return an id that two records have, and the shards in which they stand; None where no two have."""
        for (one, two), (first, second) in zip(pairwise(self.heads), pairwise(self._places), strict=True):
            if one.id == two.id:
                return one.id, first[0], second[0]
        return None

    def numbers(self) -> dict[str, list[int]]:
        """Return the numbers of the records of every shard, in the order in which they stand there."""
        out: dict[str, list[int]] = {shard: [0] * len(held.heads) for shard, held in self._shards.items()}
        for number, (shard, place) in enumerate(self._places):
            out[shard][place] = number
        return out

    def bands(self, number: int) -> NDArray[np.uint64]:
        """Return the keys of the bands of one record."""
        shard, place = self._places[number]
        return self._shards[shard].bands(place)

    def sample(self, number: int) -> NDArray[np.uint64]:
        """Return the sampled shingles of one record, sorted."""
        shard, place = self._places[number]
        return self._shards[shard].sample(place)

    def tokens(self, number: int) -> Tokens:
        """Return the tokens of one record."""
        shard, place = self._places[number]
        return self._shards[shard].tokens(place)


def _padded(size: int) -> int:
    """Round up to a multiple of 64 bytes.

    >>> _padded(1), _padded(64)
    (64, 64)
    """
    return -(-size // 64) * 64
