"""A run does not replace a build unasked, and a retry touches what was rejected and nothing else."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

import tasks.core.shard_files
from copydesk.commands.guards import RefusedError, check_folder, check_inputs
from copydesk.commands.run import RunOptions, run_build
from tasks.core.build_paths import BuildPaths
from tasks.core.sealed import write_sealed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from click.testing import Result

    from tasks.core.isolation import Job, Made
    from tasks.core.limits import Limits

STORY = "Snow on the pass\n\nSnow closed the pass on Tuesday, the police said, and drivers have to take the tunnel until the weekend.\n"


@pytest.fixture
def desk_in(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the build in the working folder, which was made from the raw/ beside it."""
    folder = shutil.copytree(built, tmp_path / "desk")
    write_sealed(BuildPaths(folder / "clean").raw_folder, str(folder / "raw"))
    monkeypatch.chdir(folder)
    return folder


def made(folder: Path) -> dict[str, tuple[int, bytes]]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and "run" not in path.relative_to(folder).parts)
    return {str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


def test_other_settings_are_named_and_asked_for(desk_in: Path, desk: Callable[..., Result]) -> None:
    before = made(desk_in / "clean")
    done = desk("run", "--set", "normalise.variety=keep", "--set", "build.shard_documents=100")
    assert done.exit_code == 2
    assert "normalise.variety 'en-US' -> 'keep'" in done.stderr
    assert "build.shard_documents 256 -> 100" in done.stderr
    assert "1 of 1 shards would be cleaned again: add --yes" in done.stderr
    assert made(desk_in / "clean") == before
    done = desk("run", "--set", "normalise.variety=keep", "--yes")
    assert (done.exit_code, "1 of 1 shards would be cleaned again" in done.stderr) == (3, True)
    assert json.loads((desk_in / "clean" / "build.json").read_bytes())["config"]["normalise"]["variety"] == "keep"
    done = desk("run", "--set", "duplicates.least_words=30", "--set", "normalise.variety=keep", "--json")
    assert json.loads(done.stdout)["rejected"] == 1, "what concerns no shard needs no answer"


def test_a_retry_keeps_the_builds_settings_and_cleans_the_rejected_alone(
    desk_in: Path, desk: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert desk("run", "--set", "normalise.variety=keep", "--set", "dataset.name=Rain", "--yes", "-q").exit_code == 3
    before = made(desk_in / "clean")
    told = tmp_path / "told"
    real = tasks.core.shard_files.clean_isolated

    def told_of(job: Job, limits: Limits, *, alone: bool = False) -> Iterator[Made]:
        with told.open("a") as stream:
            stream.write("".join(f"{entry.locator}\n" for entry in job.entries))
        return real(job, limits, alone=alone)

    monkeypatch.setattr(tasks.core.shard_files, "clean_isolated", told_of)
    assert desk("retry").stdout.startswith("nothing to retry")
    assert made(desk_in / "clean") == before
    done = desk("retry", "--code", "empty", "--dry-run")
    assert done.stdout.splitlines()[0] == "press/empty.txt  empty: 0 bytes and nothing but white space"
    assert json.loads(desk("retry", "--all", "--dry-run", "--json").stdout) == {"press/empty.txt": "empty"}
    assert not told.exists()
    assert made(desk_in / "clean") == before
    done = desk("retry", "--code", "empty")
    assert (done.exit_code, done.stdout.splitlines()[0]) == (3, "1 inputs to retry (empty)")
    assert "a retry keeps the settings of the build; not used: normalise.variety 'keep' -> 'en-US'" in done.stderr
    assert told.read_text().split() == ["press/empty.txt"]
    after = made(desk_in / "clean")
    assert {name: data for name, (_, data) in after.items()} == {name: data for name, (_, data) in before.items()}


def test_a_retry_leaves_new_files_to_a_run(desk_in: Path, desk: Callable[..., Result]) -> None:
    (desk_in / "raw" / "late").mkdir()
    (desk_in / "raw" / "late" / "new.txt").write_text(STORY, encoding="utf-8")
    before = made(desk_in / "clean")
    done = desk("retry", "--all")
    assert done.exit_code == 2
    assert "1 of 2 shards would be cleaned for other reasons (late/all: new, 1 files)" in done.stderr
    assert made(desk_in / "clean") == before
    assert "late/all: new, 1 files" in desk("run", "--dry-run").stdout
    assert made(desk_in / "clean") == before
    assert desk("retry", "--all", "--yes", "-q").exit_code == 3
    assert (desk_in / "clean" / "articles" / "late" / "all.jsonl").is_file()


def test_another_folder_of_inputs_replaces_nothing_unasked(desk_in: Path, desk: Callable[..., Result]) -> None:
    before = made(desk_in / "clean")
    done = desk("run", "--raw", "rew")
    assert done.exit_code == 2
    assert f"rew is no folder; clean was built from {desk_in}/raw: correct --raw (did you mean raw?)" in done.stderr
    (desk_in / "other" / "press").mkdir(parents=True)
    shutil.copy(desk_in / "raw" / "press" / "1.txt", desk_in / "other" / "press")
    done = desk("run", "--raw", "other")
    assert done.exit_code == 2
    assert f"clean was built from {desk_in}/raw, and 4 of its 5 raw files are not in other" in done.stderr
    shutil.copytree(desk_in / "raw", desk_in / "other", dirs_exist_ok=True)
    (desk_in / "other" / "press" / "1.txt").unlink()
    assert "and 1 of its 5 raw files are not in other" in desk("run", "--raw", "other").stderr
    assert made(desk_in / "clean") == before


def test_most_inputs_gone_is_refused(desk_in: Path, desk: Callable[..., Result]) -> None:
    paths = BuildPaths(desk_in / "clean")
    for name in ("1.txt", "2.txt"):
        (desk_in / "raw" / "press" / name).unlink()
    check_inputs(desk_in / "raw", paths)
    (desk_in / "raw" / "press" / "3.txt").unlink()
    with pytest.raises(RefusedError, match=r"3 of the 5 raw files of .*clean are gone from .*raw: .* --replace"):
        check_inputs(desk_in / "raw", paths)
    shutil.rmtree(paths.inventories)
    with pytest.raises(RefusedError, match="3 of the 5 raw files"):
        check_inputs(desk_in / "raw", paths)
    shutil.rmtree(desk_in / "raw" / "press")
    with pytest.raises(RefusedError, match=r"raw is empty.*is a share not mounted.*--replace") as refused:
        check_folder(desk_in / "raw", paths, replace=False)
    assert refused.value.code == 4
    assert desk("run", "--replace", "-q").exit_code == 0
    assert not list((desk_in / "clean" / "articles").rglob("*.jsonl"))


def test_a_moved_build_is_the_same_build(
    desk_in: Path, tmp_path: Path, desk: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = desk_in.rename(tmp_path / "moved")
    monkeypatch.chdir(moved)
    (moved / "raw" / "press" / "1.txt").unlink()
    before = made(moved / "clean")
    done = desk("run", "-q")
    assert done.exit_code == 3, done.stderr
    assert made(moved / "clean") != before


def test_a_run_in_a_folder_below_the_settings_is_the_run_of_the_project(
    desk_in: Path, desk: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk_in / "luigi.cfg").write_text("[build]\nclean = clean\n", encoding="utf-8")
    (desk_in / "notes").mkdir()
    monkeypatch.chdir(desk_in / "notes")
    assert "nothing to do: clean is up to date" in desk("run").stdout
    assert not list((desk_in / "notes").iterdir())
    monkeypatch.chdir(desk_in / "notes")
    assert desk("status", "--json").exit_code == 3


def test_workers_may_be_as_many_as_cores(desk: Callable[..., Result]) -> None:
    assert "neither auto nor a number from 1 to 256" in str(desk("run", "--workers", "0").stderr)
    assert "neither auto nor a number from 1 to 256" in str(desk("clean", "x", "-j", "many").stderr)


def test_a_program_that_calls_it_means_it(desk_in: Path) -> None:
    for path in (desk_in / "raw" / "press").glob("[1-4].txt"):
        path.unlink()
    (desk_in / "raw" / "press" / "new.txt").write_text(STORY, encoding="utf-8")
    assert run_build(desk_in / "raw", desk_in / "clean", RunOptions(progress=False, quiet=True)) == 3
