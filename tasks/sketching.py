"""Makes the sketches of a shard: as its records are written, or anew from the file of records where the sketches got lost."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from pipeline.code_identity import code_sha256
from pipeline.duplicates.sketch import Sketching, Source
from pipeline.duplicates.tokens import Tokeniser
from tasks.base import short
from tasks.core.sketches import write_sketches

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.config import Config

_DECODER = msgspec.json.Decoder(Source)


def sketch_fingerprint(digest: str, config: Config) -> str:
    """Return the identity of a shard's sketches: the digest of its records, and the code."""
    return short(sha256(f"{code_sha256(config)}\0{digest}".encode()).hexdigest())


class ShardSketches:
    """The sketches of the records of one shard, as they pass by in the order of the file."""

    def __init__(self) -> None:
        self._made = Sketching(Tokeniser())

    def add(self, line: bytes) -> None:
        """Sketch a record, given as its line of JSON. Raises `msgspec.DecodeError` where that is none."""
        self._made.add(_DECODER.decode(line))

    def write(self, target: Path, digest: str, config: Config) -> None:
        """Write the sketches of all records that passed; `digest` is the hex sha256 of their file."""
        write_sketches(target, sketch_fingerprint(digest, config), self._made.result())


def write_sketch(articles: Path, target: Path, digest: str, config: Config) -> None:
    """Sketch the records of one file into another.

    Args:
        articles: JSON Lines of records, sorted by id.
        target: where the sketches go.
        digest: the hex sha256 that `articles` has to have.
        config: the settings of the build, which say whose code the sketches depend on.

    Raises:
        OSError: `articles` is not what the build wrote, or cannot be read.
    """
    total, made = sha256(), ShardSketches()
    with articles.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            total.update(line)
            try:
                made.add(line)
            except msgspec.DecodeError as error:
                msg = f"{articles}: line {number} is no record: {error}"
                raise OSError(msg) from error
    if total.hexdigest() != digest:
        msg = f"{articles}: its sha256 is not the one that was noted when it was written"
        raise OSError(msg)
    made.write(target, digest, config)
