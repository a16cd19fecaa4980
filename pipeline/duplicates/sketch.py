"""What the search for duplicates keeps of a record: a head for each, and a few arrays of integers for all records of a shard together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from pipeline.duplicates.shingles import BANDS, bands, sample, shingle_set
from pipeline.duplicates.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.duplicates.tokens import Tokeniser

_COMPLETENESS: Final = ("full", "paywalled", "teaser", "empty")


class Source(msgspec.Struct, frozen=True):
    """The fields of a record that decide about duplicates; the names are those of the record."""

    id: str
    text: str
    completeness: str
    published_at: str | None


class Head(msgspec.Struct, frozen=True, array_like=True):
    """One record's place in the arrays of its shard, and what the order of representatives needs.

    Attributes:
        id: the record's id.
        text_sha256: hex digest of the text, empty for an empty text.
        rank: 0 for a full text, then paywalled, teaser, empty.
        moment: when it was published, as a string that sorts by time; "~" for no date.
        chars: length of the text in code points.
        words: number of tokens.
        sampled: number of shingles in the sample.
    """

    id: str
    text_sha256: str
    rank: int
    moment: str
    chars: int
    words: int
    sampled: int


class Sketches(msgspec.Struct, frozen=True):
    """The sketches of some records: heads in order, and for each array all its parts, one record after the other."""

    heads: Sequence[Head]
    bands: NDArray[np.uint64]
    samples: NDArray[np.uint64]
    tokens: Tokens


class Comparable(Protocol):
    """What two records are compared by; the heads are in memory, the tokens need not be."""

    @property
    def heads(self) -> Sequence[Head]:
        """Return the heads of all records."""

    def tokens(self, number: int) -> Tokens:
        """Return the tokens of one record."""


class Sketched(Comparable, Protocol):
    """Where the sketches of a build are: what candidates are found by too."""

    def bands(self, number: int) -> NDArray[np.uint64]:
        """Return the keys of the bands of one record, none for a text without words."""

    def sample(self, number: int) -> NDArray[np.uint64]:
        """Return the sampled shingles of one record, sorted."""


def moment_of(printed: str | None) -> str:
    """Return an ISO 8601 date or time as a string that sorts by time: its first moment, in UTC; without a zone it counts as UTC.

    >>> moment_of("2015-11-22"), moment_of("2015-11-22T01:30:00+02:00"), moment_of("2015-11"), moment_of(None)
    ('2015-11-22T00:00:00', '2015-11-21T23:30:00', '2015-11-01T00:00:00', '~')
    """
    if not printed:
        return "~"
    whole = printed + "-01-01"[len(printed) - 4 :] if len(printed) in (4, 7) else printed
    try:
        moment = dt.datetime.fromisoformat(whole)
        if moment.tzinfo is not None:
            moment = moment.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return "~"
    return moment.replace(tzinfo=None).isoformat(timespec="seconds")


def sketch(records: Iterable[Source], tokeniser: Tokeniser) -> Sketches:
    """Return the sketches of some records, in their order. Nothing in them depends on any other record."""
    made = Sketching(tokeniser)
    for record in records:
        made.add(record)
    return made.result()


class Sketching:
    """Sketches records one by one."""

    def __init__(self, tokeniser: Tokeniser) -> None:
        self._tokeniser = tokeniser
        self._heads: list[Head] = []
        self._bands: list[NDArray[np.uint64]] = []
        self._samples: list[NDArray[np.uint64]] = []
        self._tokens: list[Tokens] = []

    def add(self, record: Source) -> None:
        """Sketch one record."""
        tokens = self._tokeniser.tokens(record.text)
        found = shingle_set(tokens)
        chosen = sample(found)
        rank = _COMPLETENESS.index(record.completeness) if record.completeness in _COMPLETENESS else len(_COMPLETENESS)
        digest = sha256(record.text.encode("utf-8", "surrogatepass")).hexdigest() if record.text else ""
        moment = moment_of(record.published_at)
        self._heads.append(Head(record.id, digest, rank, moment, len(record.text), len(tokens), len(chosen)))
        self._bands.append(bands(found))
        self._samples.append(chosen)
        self._tokens.append(tokens)

    def result(self) -> Sketches:
        """Return the sketches of all records so far, in the order in which they came."""
        kinds = {"hashes": np.uint32, "starts": np.uint32, "ends": np.uint32, "flags": np.uint8}
        joined = {name: _joined([getattr(tokens, name) for tokens in self._tokens], kind) for name, kind in kinds.items()}
        return Sketches(self._heads, _joined(self._bands, np.uint64), _joined(self._samples, np.uint64), Tokens(**joined))


def _joined(parts: list[NDArray[Any]], kind: type[Any]) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.empty(0, dtype=kind)


class Held:
    """Sketches with an index into their arrays: the plain case of `Sketched`, for one shard or for builds that fit into memory."""

    def __init__(self, sketches: Sketches) -> None:
        self._all = sketches
        words = np.array([head.words for head in sketches.heads], dtype=np.int64)
        sampled = np.array([head.sampled for head in sketches.heads], dtype=np.int64)
        self._words = np.append(0, np.cumsum(words))
        self._sampled = np.append(0, np.cumsum(sampled))
        self._bands = np.append(0, np.cumsum(np.where(words > 0, BANDS, 0)))

    @property
    def heads(self) -> Sequence[Head]:
        """Return the heads of all records."""
        return self._all.heads

    def bands(self, number: int) -> NDArray[np.uint64]:
        """Return the keys of the bands of one record."""
        return self._all.bands[self._bands[number] : self._bands[number + 1]]

    def sample(self, number: int) -> NDArray[np.uint64]:
        """Return the sampled shingles of one record, sorted."""
        return self._all.samples[self._sampled[number] : self._sampled[number + 1]]

    def tokens(self, number: int) -> Tokens:
        """Return the tokens of one record."""
        start, end = self._words[number], self._words[number + 1]
        held = self._all.tokens
        return Tokens(held.hashes[start:end], held.starts[start:end], held.ends[start:end], held.flags[start:end])
