"""A flipped bit in any file below `run/` costs work at most: what comes out is what an undisturbed build gives, and no run fails for it."""

from __future__ import annotations

import gzip
import random
import shutil
from typing import TYPE_CHECKING

import pytest
from build_helpers import tree, write_stories

from copydesk.commands.run import RunOptions, run_build
from copydesk.commands.verify import verify_build
from pipeline.dataset.manifest import read_seal, seal
from tasks.clean_shard import read_stamp
from tasks.core.build_paths import BuildPaths
from tasks.core.plans import read_plan
from tasks.core.reuse import RetryNote, left_over, write_note
from tasks.core.scan import digest_of
from tasks.core.sealed import read_sealed, write_sealed

if TYPE_CHECKING:
    from pathlib import Path

FLIPS = 40
OPTIONS = RunOptions(progress=False, quiet=True)


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """Return raw files, a build of most of them, and one of all."""
    folder = tmp_path_factory.mktemp("caches")
    raw, clean, whole = folder / "raw", folder / "clean", folder / "whole"
    write_stories(raw, [f"valley/{number:02d}.txt" for number in range(9)])
    lines = "".join(f'{{"text": "Rain fell on day {number}, and the bridges of the lower town are closed."}}\n' for number in range(300))
    (raw / "lines").mkdir()
    (raw / "lines" / "a.jsonl.gz").write_bytes(gzip.compress(lines.encode(), mtime=0))
    assert run_build(raw, clean, OPTIONS) in (0, 3)
    write_stories(raw, ["valley/99.txt", "hill/01.txt"])
    assert run_build(raw, whole, OPTIONS) in (0, 3)
    return raw, clean, whole


def caches(clean: Path) -> list[Path]:
    return sorted(path for path in (clean / "run").rglob("*") if path.is_file() and path.stat().st_size)


def test_every_kind_of_cache_is_there(builds: tuple[Path, Path, Path]) -> None:
    kinds = {path.relative_to(builds[1] / "run").parts[0] for path in caches(builds[1])}
    assert {"inventory", "plan", "stamps", "sketches", "duplicates.json", "dataset.json", "points", "rules.json", "raw.json"} <= kinds


@pytest.mark.parametrize("number", range(FLIPS))
def test_a_flipped_bit_changes_nothing(tmp_path: Path, builds: tuple[Path, Path, Path], number: int) -> None:
    raw, before, whole = builds
    clean = tmp_path / "clean"
    shutil.copytree(before, clean)
    chance, files = random.Random(number), caches(clean)
    path = files[number % len(files)]
    data = bytearray(path.read_bytes())
    place = chance.randrange(len(data))
    data[place] ^= 1 << chance.randrange(8)
    path.write_bytes(bytes(data))
    code = run_build(raw, clean, OPTIONS)
    if code == 4:  # found only when it was used: the next run is right
        code = run_build(raw, clean, OPTIONS)
    assert code in (0, 3), (path, place)
    assert tree(clean) == tree(whole), (path, place)


def test_verify_reads_the_list_of_raw_files(tmp_path: Path, builds: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    raw, _, whole = builds
    clean = tmp_path / "clean"
    shutil.copytree(whole, clean)
    assert verify_build(clean, raw, progress=False) == 0
    rows = clean / "dataset" / "raw.jsonl"
    digest = digest_of(raw / "valley" / "03.txt").encode()
    rows.write_bytes(rows.read_bytes().replace(digest, b"0" * 64))
    listed = read_seal((clean / "dataset" / "SHA256SUMS").read_bytes()) | {"raw.jsonl": digest_of(rows)}
    (clean / "dataset" / "SHA256SUMS").write_bytes(seal(listed))
    assert verify_build(clean, raw, progress=False) == 1
    assert "its row of valley/03.txt is not what the raw file is now" in capsys.readouterr().out


def test_a_damaged_note_of_a_retry_keeps_nothing(tmp_path: Path, builds: tuple[Path, Path, Path]) -> None:
    shutil.copytree(builds[1], tmp_path / "clean")
    paths, shard = BuildPaths(tmp_path / "clean"), "valley/all"
    plan, stamp = read_plan(paths, shard), read_stamp(paths, shard)
    assert plan is not None
    assert stamp is not None
    write_note(paths, RetryNote(plan, stamp.config_sha256, stamp.code_sha256, stamp.articles, stamp.ledger, ("timeout",)))
    left = left_over(paths, plan, stamp.config_sha256, stamp.code_sha256)
    assert left is not None
    assert len(left.made) == stamp.inputs
    data = bytearray(paths.retry(shard).read_bytes())
    data[-9] ^= 1
    paths.retry(shard).write_bytes(bytes(data))
    assert left_over(paths, plan, stamp.config_sha256, stamp.code_sha256) is None


def test_damage_is_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = BuildPaths(tmp_path).stamp("valley/all")
    write_sealed(path, {"a": 1})
    assert read_sealed(path, dict[str, int]) == {"a": 1}
    path.write_bytes(path.read_bytes().replace(b"1", b"2"))
    with caplog.at_level("WARNING", logger="copydesk"):
        assert read_sealed(path, dict[str, int]) is None
    assert str(path) in caplog.text
