"""A fault at any write, sync, rename or moment leaves nothing half done, and the next run ends as an undisturbed one."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from multiprocessing.sharedctypes import RawValue
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from build_helpers import temporaries, tree, write_stories

import tasks.core.atomic_files
import tasks.core.sorting
from copydesk.commands.run import RunOptions, run_build
from tasks.core.atomic_files import TEMPORARY_PREFIX, sweep_temporaries, temporary_name, write_atomic
from tasks.core.sorting import SortedLines

if TYPE_CHECKING:
    from collections.abc import Callable

KILL_ROUNDS = int(os.environ.get("COPYDESK_KILL_ROUNDS", "5"))
"""How often a build is killed at a random moment; `make soak` asks for more."""
OPTIONS = RunOptions(progress=False, quiet=True)
NAMES = [f"valley/{number:02d}.txt" for number in range(4)] + ["coast/2020-01-02/a.txt"]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, finished: Callable[..., tuple[Path, Path]]) -> tuple[Path, dict[str, bytes]]:
    raw, clean = finished(tmp_path_factory.mktemp("undisturbed"), NAMES)
    return raw, tree(clean)


class FailAt:
    """Lets calls through until the one with a given number, in whichever process; that and all later ones fail as on a full disk."""

    def __init__(self, real: Callable[..., Any], number: int) -> None:
        self.real, self._left = real, RawValue("i", number)

    @property
    def fired(self) -> bool:
        """Whether a call failed."""
        return int(self._left.value) < 0

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        self._left.value -= 1
        if self.fired:
            raise OSError(errno.ENOSPC, "No space left on device")
        return self.real(*arguments, **named)


PLACES: dict[str, Callable[[pytest.MonkeyPatch, int], FailAt]] = {}


def place(function: Callable[[pytest.MonkeyPatch, int], FailAt]) -> Callable[[pytest.MonkeyPatch, int], FailAt]:
    PLACES[function.__name__] = function
    return function


@place
def write(patch: pytest.MonkeyPatch, number: int) -> FailAt:
    """The stream's own write: half of the bytes arrive, then the disk is full."""
    fault = FailAt(lambda: None, number)
    real = Path.open

    class Stream:
        def __init__(self, stream: Any) -> None:
            self._stream = stream

        def __enter__(self) -> Any:
            return self

        def __exit__(self, *error: object) -> None:
            self._stream.close()

        def __getattr__(self, name: str) -> Any:
            return getattr(self._stream, name)

        def write(self, data: bytes) -> int:
            try:
                fault()
            except OSError:
                self._stream.write(data[: len(data) // 2])
                self._stream.flush()
                raise
            return int(self._stream.write(data))

    def opened(path: Path, mode: str = "r", *rest: Any, **named: Any) -> Any:
        stream = real(path, mode, *rest, **named)
        return Stream(stream) if mode == "xb" else stream

    patch.setattr(Path, "open", opened)
    return fault


@place
def fsync(patch: pytest.MonkeyPatch, number: int) -> FailAt:
    fault = FailAt(os.fsync, number)
    patch.setattr(tasks.core.atomic_files.os, "fsync", fault)
    return fault


@place
def rename(patch: pytest.MonkeyPatch, number: int) -> FailAt:
    real = Path.replace
    fault = FailAt(real, number)
    patch.setattr(Path, "replace", lambda self, target: fault(self, target))  # noqa: PLW0108 - a plain object would not be bound to the path
    return fault


@pytest.mark.parametrize("kind", sorted(PLACES))
def test_the_nth_failure_is_resumable(tmp_path: Path, undisturbed: tuple[Path, dict[str, bytes]], kind: str) -> None:
    """Fail the 1st, 6th, 11th … call until a run gets through; every failed run exits 4 and the next one ends with the same bytes."""
    raw, whole = undisturbed
    for number in range(0, 200, 5):
        clean = tmp_path / f"{kind}-{number}"
        with pytest.MonkeyPatch.context() as patch:
            fault = PLACES[kind](patch, number)
            code = run_build(raw, clean, OPTIONS)
        if not fault.fired:
            assert code == 0
            break
        assert code == 4
        finals = {name: data for name, data in tree(clean).items() if TEMPORARY_PREFIX not in name}
        assert finals.items() <= whole.items(), "a file under its final name is not what it should be"
        assert run_build(raw, clean, OPTIONS) == 0
        assert tree(clean) == whole
        assert not temporaries(clean)
    else:
        pytest.fail("no run got through")
    assert number > 5


def wait_for_more(process: subprocess.Popen[str], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)


def test_killed_at_random_moments(tmp_path: Path, start: Callable[..., Any], copydesk: Callable[..., tuple[int, str, str]]) -> None:
    """kill -9 of the whole session, or of the main process alone; the folder is used on, so that faults can add up."""
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    write_stories(raw, [f"s{number % 3}/{number:03d}.txt" for number in range(60)])
    config = tmp_path / "luigi.cfg"
    config.write_text("[build]\nshard_documents = 8\n", encoding="utf-8")
    began = time.monotonic()
    assert copydesk("run", "--raw", raw, "--clean", tmp_path / "undisturbed", "--config", config)[0] == 0
    whole, seconds = tree(tmp_path / "undisturbed"), time.monotonic() - began
    chance = random.Random(7)
    killed = 0
    for number in range(KILL_ROUNDS):
        if number % 5 == 0:
            clean = tmp_path / f"clean-{number}"
        process = start("run", "--raw", raw, "--clean", clean, "--config", config, "--workers", 1 + number % 2, "--quiet")
        wait_for_more(process, chance.uniform(0.3, seconds))
        if process.poll() is None:
            killed += 1
            (os.killpg if number % 3 else os.kill)(process.pid, signal.SIGKILL)
        process.communicate(timeout=600)
        finals = {name: data for name, data in tree(clean).items() if TEMPORARY_PREFIX not in name} if clean.exists() else {}
        assert finals.items() <= whole.items()
        if number % 5 == 4:
            assert copydesk("run", "--raw", raw, "--clean", clean, "--config", config)[0] == 0
            assert tree(clean) == whole
            assert not temporaries(clean)
    assert killed


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_told_to_stop_leaves_nothing_half_done(tmp_path: Path, start: Callable[..., Any], number: int) -> None:
    """Of the main process alone, as service managers do it: its workers end with it, and one line says what to do."""
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    write_stories(raw, [f"s/{number:03d}.txt" for number in range(400)])
    config = tmp_path / "luigi.cfg"
    config.write_text("[build]\nshard_documents = 8\n", encoding="utf-8")
    process = start("run", "--raw", raw, "--clean", clean, "--config", config, "--workers", 2, "--quiet")
    while process.poll() is None and not (clean / "articles").exists():
        time.sleep(0.01)
    process.send_signal(number)
    out, err = process.communicate(timeout=600)
    if process.returncode != 0:  # it may have been done
        assert (process.returncode, out, err.strip()) == (130, "", "copydesk: interrupted; the same command goes on where it was")
    left = [path for path in Path("/proc").glob("[0-9]*") if session(path) == process.pid]
    assert left == []
    assert not temporaries(clean)


def session(process: Path) -> int | None:
    """The session of a process that is at work."""
    try:
        fields = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return int(fields[3]) if fields[0] != "Z" else None


def test_two_runs_at_once_take_turns(tmp_path: Path, undisturbed: tuple[Path, dict[str, bytes]], start: Callable[..., Any]) -> None:
    raw, clean = undisturbed[0], tmp_path / "clean"
    runs = [start("run", "--raw", raw, "--clean", clean, "--workers", 2) for _ in range(3)]
    said = [process.communicate(timeout=600) for process in runs]
    assert [process.returncode for process in runs] == [0, 0, 0], said
    assert sum("nothing to do" in out for out, _ in said) == 2
    assert tree(clean) == undisturbed[1]
    assert not temporaries(clean)


def test_two_plain_luigi_runs_at_once_give_the_same_bytes(
    tmp_path: Path, undisturbed: tuple[Path, dict[str, bytes]], start: Callable[..., Any]
) -> None:
    raw, clean = undisturbed[0], tmp_path / "clean"
    arguments = ("--module", "tasks", "BuildDataset", "--local-scheduler", "--raw", raw, "--clean", clean, "--no-lock")
    runs = [start(*arguments, program="-m luigi", cwd=tmp_path) for _ in range(2)]
    for process in runs:
        process.communicate(timeout=600)
    assert 0 in {process.returncode for process in runs}
    assert run_build(raw, clean, OPTIONS) == 0
    assert tree(clean) == undisturbed[1]


def test_a_read_only_folder_is_exit_4_and_a_finished_build_in_one_is_fine(
    tmp_path: Path, undisturbed: tuple[Path, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The test may run as root, whom no mode stops: the refusal is injected."""
    raw, _ = undisturbed
    shutil.copytree(raw.parent / "clean", tmp_path / "done")

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(tmp_path))

    monkeypatch.setattr(Path, "mkdir", refuse)
    monkeypatch.setattr(Path, "touch", refuse)
    monkeypatch.setattr(Path, "replace", refuse)
    assert run_build(raw, tmp_path / "done", OPTIONS) == 0
    assert run_build(raw, tmp_path / "new", OPTIONS) == 4
    assert "Read-only file system" in capsys.readouterr().err


def test_a_lost_share_takes_nothing_down(
    tmp_path: Path, finished: Callable[..., tuple[Path, Path]], capsys: pytest.CaptureFixture[str]
) -> None:
    raw, clean = finished(tmp_path, NAMES)
    assert run_build(raw, clean, OPTIONS) == 0, "it notes where the inputs of a copied build lie"
    whole = tree(clean)
    raw.rename(tmp_path / "elsewhere")
    assert run_build(raw, clean, OPTIONS) == 4
    raw.mkdir()
    assert run_build(raw, clean, OPTIONS) == 4
    assert "not mounted" in capsys.readouterr().err
    assert tree(clean) == whole
    raw.rmdir()
    (tmp_path / "elsewhere").rename(raw)
    assert run_build(raw, clean, OPTIONS) == 0


def test_a_share_that_fails_while_reading_is_exit_4(
    tmp_path: Path, undisturbed: tuple[Path, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    raw, whole = undisturbed
    real = Path.open

    def stale(path: Path, mode: str = "r", *rest: Any, **named: Any) -> Any:
        if path.name == "02.txt" and "plan" not in path.parts:
            raise OSError(errno.ESTALE, "Stale file handle", str(path))
        return real(path, mode, *rest, **named)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", stale)
        assert run_build(raw, tmp_path / "clean", OPTIONS) == 4
    assert run_build(raw, tmp_path / "clean", OPTIONS) == 0
    assert tree(tmp_path / "clean") == whole


def test_only_stale_temporaries_are_swept(tmp_path: Path) -> None:
    mine = tmp_path / temporary_name()
    dead = tmp_path / temporary_name().replace(f"-{os.getpid()}-", "-999999999-")
    other = tmp_path / f"{TEMPORARY_PREFIX}elsewhere-12-aa"
    old = tmp_path / f"{TEMPORARY_PREFIX}elsewhere-13-bb"
    for path in (mine, dead, other, old):
        path.touch()
    os.utime(old, (0, 0))
    sweep_temporaries(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([mine, other])


def test_lines_spill_and_still_come_sorted(tmp_path: Path) -> None:
    numbers = list(range(1000))
    random.Random(1).shuffle(numbers)
    for budget in (100, 10**9):
        with SortedLines(tmp_path / "spill", budget) as lines:
            for number in numbers:
                lines.add(f"{number % 500:05d}", b"line %05d" % number)
            note = lines.write(tmp_path / f"{budget}")
        assert note.bytes == (tmp_path / f"{budget}").stat().st_size
        assert not temporaries(tmp_path)
    expected = sorted((f"{number % 500:05d}", number) for number in numbers)
    assert (tmp_path / "100").read_bytes() == b"".join(b"line %05d\n" % number for _, number in expected)
    assert (tmp_path / "100").read_bytes() == (tmp_path / "1000000000").read_bytes()


def test_source_date_epoch_is_the_time_of_every_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1448150400")
    write_atomic(tmp_path / "a", [b"a"])
    assert (tmp_path / "a").stat().st_mtime == 1448150400


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the state of a process is read from /proc")
def test_a_killed_process_that_nobody_waited_for_is_not_alive(tmp_path: Path) -> None:
    """Its temporary files are swept: a killed task stays a zombie until its new parent fetches the exit code."""
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    left = tmp_path / f"{TEMPORARY_PREFIX}{socket.gethostname()}-{child.pid}-0"
    left.touch()
    try:
        sweep_temporaries(tmp_path)
        assert left.exists()
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        sweep_temporaries(tmp_path)
        assert not left.exists()
    finally:
        child.communicate()
