"""The search for duplicates in parts: whatever the parts, the sidecars are those of the search in one piece."""

from __future__ import annotations

import random
import tempfile
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marking import TOKENISER, record
from test_properties import builds, story

from pipeline.config import DuplicatesConfig
from pipeline.duplicates.search import find
from pipeline.duplicates.sketch import sketch
from tasks.core.build_paths import BuildPaths
from tasks.core.sketches import WholeBuild, write_sketches
from tasks.duplicates import count, sidecar
from tasks.spark.components import connected
from tasks.spark.exchange import Mapped, Row, pack, table, unpack
from tasks.spark.marking import mark
from tasks.spark.numbering import SameIdError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tasks.spark.exchange import Stage


class InProcess:
    """An exchange without Spark: a frame is a list of rows, and stages see their rows in another order of parts each time."""

    def __init__(self, seed: int = 0) -> None:
        self._chooser = random.Random(seed)

    def frame(self, rows: Iterable[Row]) -> list[Row]:
        return [Row(*values) for values in zip(*(column.to_pylist() for column in table(rows).columns), strict=True)]

    def through(self, frames: Sequence[list[Row]], stage: Stage) -> list[Row]:
        rows = [row for frame in frames for row in frame]
        self._chooser.shuffle(rows)
        rows.sort(key=itemgetter(0, 1, 2))
        parts = [list(held) for _, held in groupby(rows, itemgetter(0))]
        self._chooser.shuffle(parts)
        batches = (batch for held in parts for batch in table(held).to_batches())
        return [
            Row(*values) for made in Mapped(stage)(batches) for values in zip(*(each.to_pylist() for each in made.columns), strict=True)
        ]

    def kept(self, frame: list[Row]) -> list[Row]:
        return frame

    def of_kind(self, frame: list[Row], *kinds: int) -> list[Row]:
        return [row for row in frame if row.kind in kinds]

    def each(self, frame: list[Row]) -> Iterator[Row]:
        yield from frame

    def shared(self, value: Any) -> Callable[[], Any]:
        return lambda: value


def divided(folder: Path, records: list[Any], shards: int) -> tuple[BuildPaths, list[str]]:
    """Sketch records into shards; the first of them stays empty."""
    paths, names = BuildPaths(folder), [f"s/{number}" for number in range(shards)]
    for number, name in enumerate(names):
        held = sorted((each for place, each in enumerate(records) if 1 + place % max(shards - 1, 1) == number), key=lambda each: each.id)
        write_sketches(paths.sketch(name), "x", sketch(held, TOKENISER))
    return paths, names


def compared(folder: Path, records: list[Any], shards: int, config: DuplicatesConfig, parts: int) -> None:
    """Search in parts and in one piece, and compare the sidecars and what was counted."""
    paths, names = divided(folder, records, shards)
    whole = WholeBuild({name: paths.sketch(name) for name in names})
    found = find(whole, config)
    wanted = {name: b"".join(sidecar(whole, found, numbers)) for name, numbers in whole.numbers().items()}
    made = list(mark(InProcess(parts), paths, names, len(records), config, parts))
    assert {name: paths.duplicates(name).read_bytes() for name in names} == wanted
    assert sorted(each.shard for each in made) == names
    counts = count(found)
    relations = {name: sum(each.relations.get(name, 0) for each in made) for name in ("exact", "near", "wire")}
    assert relations == {name: getattr(counts, name) for name in relations}
    assert (sum(each.clusters for each in made), sum(each.redundant for each in made)) == (counts.clusters, counts.redundant)


def identified(records: list[Any]) -> list[Any]:
    return [msgspec.structs.replace(each, id=f"{hash_of(number):032x}") for number, each in enumerate(records)]


def hash_of(number: int) -> int:
    return random.Random(number).getrandbits(128)


@settings(max_examples=25, deadline=None)
@given(builds(), st.integers(2, 4), st.integers(1, 7))
def test_parts_decide_nothing(records: list[Any], shards: int, parts: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        compared(Path(folder), identified(records), shards, DuplicatesConfig(), parts)


@pytest.mark.parametrize("parts", [1, 5])
def test_phrases_that_unrelated_stories_share_do_not_count(tmp_path: Path, parts: int) -> None:
    """Six stories end in the same furniture: with it each would be related to all, and two pairs of them are copies."""
    furniture = " ".join(story(99, 60))
    texts = [" ".join([*story(seed, 90), furniture]) for seed in range(6)]
    texts += [" ".join([*story(seed, 90)[:80], furniture]) for seed in (0, 1)] + [texts[2], "", ""]
    records = identified([record(f"{number:04x}", text) for number, text in enumerate(texts)])
    compared(tmp_path, records, 3, DuplicatesConfig(), parts)
    told = [line for path in sorted((tmp_path / "attributes").rglob("*.jsonl")) for line in path.read_bytes().splitlines()]
    assert sorted(msgspec.json.decode(line)["size"] for line in told).count(2) == 6


def test_an_id_that_two_records_have_is_named(tmp_path: Path) -> None:
    twins = [msgspec.structs.replace(record("a", f"{seed} rain"), id="f" * 32) for seed in range(2)]
    paths, names = divided(tmp_path, twins, 3)
    with pytest.raises(SameIdError) as caught:
        list(mark(InProcess(), paths, names, 2, DuplicatesConfig(), 2))
    assert (caught.value.identity, set(caught.value.shards)) == ("f" * 32, {"s/1", "s/2"})


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=14))
def test_connected_records_have_the_least_number_among_them(links: list[tuple[int, int]]) -> None:
    ones, twos = (np.array([link[side] for link in links], dtype=np.int64) for side in (0, 1))
    names = {number: number for link in links for number in link}
    for _ in names:
        for one, two in links:
            names[one] = names[two] = min(names[one], names[two])
    numbers, found = connected(ones, twos)
    assert dict(zip(numbers.tolist(), found.tolist(), strict=True)) == names


def test_a_chain_of_links_is_one_component() -> None:
    places = np.random.default_rng(1).permutation(5000)
    numbers, names = connected(places[:-1], places[1:])
    assert (len(numbers), set(names.tolist())) == (5000, {0})


def test_arrays_come_back_with_their_types() -> None:
    arrays = unpack(pack(np.arange(3, dtype=np.uint8), np.array([], dtype=np.int64)))
    assert [(array.dtype.str, array.tolist()) for array in arrays] == [("|u1", [0, 1, 2]), ("<i8", [])]
    assert isinstance(table([]), pa.Table)
