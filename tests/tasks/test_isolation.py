"""One document that hangs, crashes or eats memory costs itself alone."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from build_helpers import codes, ledger, records, tree, write_stories

import pipeline.stages
from copydesk.commands.retry import RETRIED, retry_build
from copydesk.commands.run import RunOptions, run_build
from pipeline.config import Config
from pipeline.ingest import RawDocument
from pipeline.ingest.shards import Entry
from pipeline.rejected import Rejected
from tasks.core.build_paths import BuildPaths
from tasks.core.isolation import ChangedError, Job, clean_isolated, map_isolated, warm_up
from tasks.core.limits import Limits
from tasks.core.one_document import clean_within
from tasks.core.scan import digest_of
from tasks.summary import read_summary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NAMES = [f"valley/{number:02d}.txt" for number in range(12)]
BAD = "valley/05.txt"


def hang() -> None:
    while True:
        pass


def sleep() -> None:
    time.sleep(600)


def segfault() -> None:
    ctypes.string_at(0)


def eat() -> None:
    held = []
    while True:
        held.append(bytearray(64 * 1024 * 1024))


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def leave() -> None:
    os._exit(0)


def hang_up() -> None:
    """Close all pipes, and stay."""
    os.closerange(3, 256)
    time.sleep(600)


class PanicException(BaseException):
    """As the bindings of Rust libraries raise it."""


def panic() -> None:
    raise PanicException


def defect() -> None:
    raise KeyError("nothing there")


@pytest.fixture(autouse=True, scope="module")
def warm() -> None:
    """Loading models is not part of a document's time."""
    warm_up(Config())


@pytest.fixture
def injected(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None], set[str]], None]:
    """Make the cleaning of some locators do something bad."""
    real = pipeline.stages.run

    def inject(bad: Callable[[], None], locators: set[str]) -> None:
        def run(document: Any, *rest: Any) -> Any:
            if document.locator in locators:
                bad()
            return real(document, *rest)

        monkeypatch.setattr(pipeline.stages, "run", run)

    return inject


def entries(raw: Path, names: list[str]) -> tuple[Entry, ...]:
    return tuple(Entry(name, (raw / name).stat().st_size, digest_of(raw / name)) for name in names)


def made(raw: Path, names: list[str], limits: Limits) -> dict[str, tuple[str | None, bytes | None]]:
    job = Job(str(raw), "valley", entries(raw, names), None, Config())
    return {each.locator: (each.code, each.line) for each in clean_isolated(job, limits)}


LIMITS = Limits(seconds=1.5, memory=512 * 1024 * 1024, recycle=1000)
"""Of computing, and twice that on the clock: on a busy machine a small story needs much less of either."""
PATIENT = Limits(seconds=60, memory=256 * 1024 * 1024)


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (hang, "timeout"),
        (sleep, "timeout"),
        (segfault, "crashed"),
        (eat, "out_of_memory"),
        (killed, "crashed"),
        (leave, "crashed"),
        (hang_up, "crashed"),
        (panic, "crashed"),
        (defect, "crashed"),
    ],
)
def test_one_bad_document_costs_itself_alone(tmp_path: Path, injected: Callable[..., None], bad: Callable[[], None], code: str) -> None:
    write_stories(tmp_path, NAMES)
    limits = LIMITS if code == "timeout" else PATIENT
    undisturbed = made(tmp_path, NAMES, limits)
    assert all(each[0] is None for each in undisturbed.values())
    injected(bad, {BAD})
    found = made(tmp_path, NAMES, limits)
    assert list(found) == NAMES
    assert found.pop(BAD) == (code, None)
    undisturbed.pop(BAD)
    assert found == undisturbed


def test_a_document_that_fails_once_is_retried_alone_and_kept(tmp_path: Path, injected: Callable[..., None]) -> None:
    write_stories(tmp_path, NAMES)
    undisturbed = made(tmp_path, NAMES, LIMITS)
    marker = tmp_path / "failed-once"

    def once() -> None:
        if not marker.exists():
            marker.touch()
            hang()

    injected(once, {BAD})
    assert made(tmp_path, NAMES, LIMITS) == undisturbed
    assert marker.exists()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_a_child_that_is_ended_from_outside_costs_nothing(tmp_path: Path, injected: Callable[..., None], number: int) -> None:
    """As a machine does that is taken away, also a second time at the same document."""
    write_stories(tmp_path, NAMES)
    undisturbed = made(tmp_path, NAMES, PATIENT)
    marks = [tmp_path / "one", tmp_path / "two", tmp_path / "three"]

    def ended() -> None:
        left = [mark for mark in marks if not mark.exists()]
        if left:
            left[0].touch()
            if number != signal.SIGKILL:  # whoever started the tests may have told them to ignore it
                signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            time.sleep(600)

    injected(ended, {BAD})
    assert made(tmp_path, NAMES, PATIENT) == undisturbed
    assert all(mark.exists() for mark in marks)


def compute(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_a_busy_machine_decides_nothing(tmp_path: Path, injected: Callable[..., None]) -> None:
    """A document of 1 s of computing has 1.5 s, and six others want the two cores at the same time."""
    write_stories(tmp_path, NAMES)
    undisturbed = made(tmp_path, NAMES[:6], LIMITS)
    injected(lambda: compute(1.0), {BAD})
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(3 * (os.cpu_count() or 1))]
    try:
        assert made(tmp_path, NAMES[:6], LIMITS) == undisturbed
    finally:
        for process in busy:
            process.kill()
            process.wait()


def test_a_suspended_child_is_not_late(tmp_path: Path, injected: Callable[..., None]) -> None:
    write_stories(tmp_path, NAMES)
    limits = Limits(seconds=0.8)
    undisturbed = made(tmp_path, NAMES[:6], PATIENT)

    def suspended() -> None:
        waker = "import os, signal, sys, time; time.sleep(4); os.kill(int(sys.argv[1]), signal.SIGCONT)"
        subprocess.Popen([sys.executable, "-c", waker, str(os.getpid())])
        os.kill(os.getpid(), signal.SIGSTOP)

    injected(suspended, {BAD})
    assert made(tmp_path, NAMES[:6], limits) == undisturbed


@pytest.mark.parametrize(
    ("bad", "code"),
    [(hang, "timeout"), (sleep, "timeout"), (segfault, "crashed"), (eat, "out_of_memory"), (leave, "crashed"), (defect, "crashed")],
)
def test_one_document_alone_has_the_same_limits(injected: Callable[..., None], monkeypatch: Any, bad: Any, code: str) -> None:
    document = RawDocument(data="Rain fell on Monday, the mayor said.", locator="a.txt")
    assert clean_within(document, Config()) == pipeline.stages.run(document, Config())
    with pytest.raises(Rejected) as refused:
        clean_within(RawDocument(data=b"\n \n"), Config())
    assert refused.value.code == "empty"
    injected(bad, {"a.txt"})
    monkeypatch.setattr("tasks.core.one_document.run", pipeline.stages.run)
    with pytest.raises(Rejected) as refused:
        clean_within(document, Config(), LIMITS)
    assert refused.value.code == code


def test_every_document_bad_still_ends(tmp_path: Path, injected: Callable[..., None]) -> None:
    write_stories(tmp_path, NAMES)
    injected(segfault, set(NAMES))
    assert {code for code, _ in made(tmp_path, NAMES, LIMITS).values()} == {"crashed"}


def test_recycled_children_give_the_same(tmp_path: Path) -> None:
    write_stories(tmp_path, NAMES)
    assert made(tmp_path, NAMES, Limits(recycle=2)) == made(tmp_path, NAMES, Limits())


def test_a_child_ends_when_nobody_listens(tmp_path: Path, injected: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """The parent gives up in the middle: no process may be left behind."""
    write_stories(tmp_path, NAMES)
    injected(sleep, {BAD})
    children: list[int] = []
    real = os.fork
    monkeypatch.setattr(os, "fork", lambda: children.append(pid := real()) or pid)
    job = Job(str(tmp_path), "valley", entries(tmp_path, NAMES), None, Config())
    work: Iterator[Any] = clean_isolated(job, Limits(seconds=600))
    next(work)
    work.close()
    assert len(children) == 1
    with pytest.raises(ProcessLookupError):
        os.kill(children[0], 0)


def test_a_file_that_changes_during_the_build_stops_the_shard(tmp_path: Path) -> None:
    write_stories(tmp_path, NAMES)
    job = Job(str(tmp_path), "valley", entries(tmp_path, NAMES), None, Config())
    text = (tmp_path / BAD).read_text()
    (tmp_path / BAD).write_text(text.replace("rain", "hail"))
    with pytest.raises(ChangedError, match=BAD):
        list(clean_isolated(job, LIMITS))
    (tmp_path / BAD).unlink()
    with pytest.raises(ChangedError, match=BAD):
        list(clean_isolated(job, LIMITS))


def test_calls_in_a_child() -> None:
    """What hangs, crashes or has a defect is None, and those around it are not lost."""
    works: list[Callable[[], Any]] = [lambda: [1, "a"], hang, segfault, lambda: b"b" * 200_000, defect, leave, lambda: None]
    seconds = {hang: 0.3}  # a busy machine may let any other wait
    found = list(map_isolated(lambda work: work(), works, lambda work: seconds.get(work, 60)))
    assert found == [[1, "a"], None, None, b"b" * 200_000, None, None, None]
    assert list(map_isolated(len, [], lambda _: 1)) == []


def test_a_build_with_an_accident_is_not_reproducible_until_a_retry(
    tmp_path: Path, injected: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    write_stories(raw, NAMES)
    config = tmp_path / "luigi.cfg"
    config.write_text("[build]\ntime_limit = 2\n", encoding="utf-8")
    options = RunOptions(progress=False, quiet=True, config_path=config)
    assert run_build(raw, tmp_path / "undisturbed", options) == 0
    injected(hang, {BAD})
    assert run_build(raw, clean, options) == 3
    assert {name: code for name, code in codes(clean).items() if code} == {BAD: "timeout"}
    summary = read_summary(BuildPaths(clean))
    assert summary is not None
    assert (summary.reproducible, summary.inputs, summary.ok, summary.rejected) == (False, 12, 11, 1)
    assert len(records(clean)) == 11
    assert len(ledger(clean)) == 12
    monkeypatch.undo()
    assert run_build(raw, clean, options) == 3
    assert retry_build(raw, clean, RETRIED, options) == 0
    assert tree(clean) == tree(tmp_path / "undisturbed")
