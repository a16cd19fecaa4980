"""Divides large containers into parts that can be read from the middle, and counts what they hold."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from pipeline.ingest.archives import UndividedError, tar_starts, zip_sizes
from pipeline.ingest.delimited import delimited_starts
from pipeline.ingest.found import ENDLESS, Part, Source
from pipeline.ingest.kinds import container_kind
from pipeline.ingest.row_streams import wide_rows
from pipeline.ingest.rows import jsonl_starts, parquet_starts
from pipeline.ingest.streams import DAMAGE, packing, seek_points
from pipeline.ingest.warc import is_one_piece, warc_starts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FROM_START = 32
"""Parts of a stretch that has to be read from its start for each of them: with these, passing over what is before costs a small share of
the time that cleaning takes. Unpacking a page takes about a hundredth of the time of cleaning it."""
_TAR_BUDGET = 1 << 32
"""Bytes to which one member of a packed tar file may unfold before dividing gives up."""


class Division(msgspec.Struct, frozen=True):
    """How many inputs a container holds, about, and the parts that it is read in: none where it is read as a whole.

    `points` are the seek points of a gzip file, where the parts need them.
    """

    documents: int
    parts: tuple[Part, ...] = ()
    points: bytes | None = None


class _Start(NamedTuple):
    """A place at which a member begins, and its position in unpacked bytes.

    `counts` is false for what is no input, `repeated` true for a name that stands before, `splits` false where no part may begin.
    """

    place: int
    position: int
    counts: bool = True
    repeated: bool = False
    splits: bool = True


def divide_container(source: Source, *, documents: int, size: int) -> Division:
    """Return the parts of a container, each of at most `documents` members and about `size` unpacked bytes.

    There are none where the container is one part anyway, or cannot be divided. The parts follow from the file's bytes alone and cover it
    whole, damage included. What has to be read from its start for every part (Zstandard, the rows of a Parquet group, the directory of a
    ZIP file) is cut into fewer and larger parts.
    """
    kind = container_kind(source.locator)
    if kind == "zip":
        parts, held = _cut(_zip_starts(source), documents, size, None)
        return Division(held, _fewer(parts, _ZIP_PARTS))
    if kind == "parquet":
        parts, held = _cut(_parquet_starts(source, documents, size), documents, size, None)
        return Division(held, parts)
    if kind in ("jsonl", "delimited") and wide_rows(source) is not None:
        walk = _Walk()
        return Division(sum(1 for _ in walk.through(_line_starts(source, kind))))
    if kind in ("jsonl", "delimited", "tar", "warc"):
        return _divide_stream(source, kind, documents, size)
    return Division(1)


_ZIP_PARTS = 128
"""Reading the directory of a ZIP file takes about 8 microseconds a member, for every part again."""


class _Walk:
    """How far the walk through a stream came: the last place, and whether it ended in damage or the stream cannot be divided."""

    last = 0
    damaged = False
    undivided = False

    def through(self, starts: Iterator[_Start]) -> Iterator[_Start]:
        """Yield the starts, up to what cannot be read."""
        try:
            for start in starts:
                self.last = start.place
                yield start
        except UndividedError:
            self.undivided = True
        except (tarfile.TarError, *DAMAGE):
            self.damaged = True


def _divide_stream(source: Source, kind: str, documents: int, size: int) -> Division:
    with source.open() as stream:
        packed = packing(stream)
    pieces = kind == "warc" and not is_one_piece(source)
    starts = {"tar": _tar_starts, "warc": _warc_starts}[kind](source) if kind in ("tar", "warc") else _line_starts(source, kind)
    walk = _Walk()
    end = source.size if pieces or (kind in ("jsonl", "delimited") and not packed) else ENDLESS
    parts, held = _cut(walk.through(starts), documents, size, end)
    if walk.undivided:
        return Division(held)
    if packed is None or pieces or not parts:
        return Division(held, parts)
    points = None
    if packed == "gzip" and not walk.damaged:
        with source.open() as stream:
            points = seek_points(stream)
        walk.damaged = points is None
    if walk.damaged:
        parts = _clear_of(walk.last, parts)
    return Division(held, parts if points else _fewer(parts, FROM_START), points)


_CLEARANCE = 1024 * 1024
"""Unpacked bytes before damage that are read in one part: what an unpacker has in its buffers when it fails is lost."""


def _clear_of(damage: int, parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Return the parts with those joined that begin close to the damage, so that what can be read does not depend on how it is cut.

    >>> _clear_of(3 << 20, (Part(0, 1 << 20), Part(1 << 20, 5 << 19), Part(5 << 19, 9 << 20)))
    (Part(start=0, end=1048576, repeated=()), Part(start=1048576, end=9437184, repeated=()))
    """
    clear = [part for part in parts if part.start + _CLEARANCE < damage]
    return (*clear[:-1], *_fewer(parts[len(clear) - 1 :], 1)) if len(clear) > 1 else ()


def _line_starts(source: Source, kind: str) -> Iterator[_Start]:
    return (_Start(place, place) for place in (jsonl_starts if kind == "jsonl" else delimited_starts)(source))


def _warc_starts(source: Source) -> Iterator[_Start]:
    return (_Start(place, place, counts) for place, counts in warc_starts(source))


def _tar_starts(source: Source) -> Iterator[_Start]:
    return (_Start(place, place, counts, repeated) for place, counts, repeated in tar_starts(source, _TAR_BUDGET))


def _zip_starts(source: Source) -> Iterator[_Start]:
    position = 0
    for number, size in enumerate(zip_sizes(source)):
        yield _Start(number, position)
        position += size


def _parquet_starts(source: Source, documents: int, size: int) -> Iterator[_Start]:
    """Yield places inside of row groups, but no more than `FROM_START` in each."""
    position = 0
    for first, rows, stored in parquet_starts(source):
        step = max(1, min(documents, rows * size // max(stored, 1)), -(-rows // FROM_START))
        for row in range(rows):
            yield _Start(first + row, position + stored * row // rows, splits=row % step == 0)
        position += stored


def _cut(starts: Iterable[_Start], documents: int, size: int, end: int | None) -> tuple[tuple[Part, ...], int]:
    """Return the parts between the first start and `end` (None: the number of starts), and how many inputs there are.

    No parts are returned where it would be one.
    """
    cuts: list[int] = []
    repeated: list[list[int]] = []
    position = members = held = total = 0
    for start in starts:
        total += 1
        if not cuts or (start.splits and (members >= documents or start.position - position >= size)):
            cuts.append(start.place)
            repeated.append([])
            position, members = start.position, 0
        if start.repeated:
            repeated[-1].append(start.place)
        members += start.counts
        held += start.counts
    if len(cuts) < 2:
        return (), held
    ends = [*cuts[1:], total if end is None else end]
    return tuple(Part(*each[:2], tuple(each[2])) for each in zip(cuts, ends, repeated, strict=True)), held


def _fewer(parts: tuple[Part, ...], most: int) -> tuple[Part, ...]:
    """Join neighbours until there are at most so many parts.

    >>> _fewer((Part(0, 3), Part(3, 5), Part(5, 9)), 2)
    (Part(start=0, end=5, repeated=()), Part(start=5, end=9, repeated=()))
    """
    step = -(-len(parts) // most) or 1
    groups = (parts[place : place + step] for place in range(0, len(parts), step))
    return tuple(Part(group[0].start, group[-1].end, tuple(place for part in group for place in part.repeated)) for group in groups)
