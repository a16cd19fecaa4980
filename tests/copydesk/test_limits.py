"""Who waits for a document waits no longer than a build does, whatever kind of input it is and however it is asked for."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import pipeline.ingest.containers
import tasks.core.one_document
from copydesk import Rejected, clean_file
from tasks.core.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from click.testing import Result

SHORT = Limits(seconds=0.5)
STORY = "Rain fell on Monday, the mayor said, and the bridges of the lower town are closed until the water falls.\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text(STORY, encoding="utf-8")
    Path("b.txt").write_text(STORY.replace("Monday", "Tuesday"), encoding="utf-8")
    Path("c.txt.gz").write_bytes(gzip.compress(STORY.encode()))
    Path("lines.jsonl").write_text('{"text": "' + STORY.strip() + '"}\n', encoding="utf-8")


def hang(*_: Any, **__: Any) -> Any:
    while True:
        pass


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every document hang that is cleaned in a child process from here on."""
    monkeypatch.setattr("pipeline.stages.run", hang)
    monkeypatch.setattr(tasks.core.one_document, "run", hang)
    monkeypatch.setattr("tasks.core.isolation.warm_up", lambda _: None)


@pytest.mark.usefixtures("hanging")
@pytest.mark.parametrize(
    "words",
    [
        ("clean", "a.txt"),
        ("clean", "c.txt.gz"),
        ("clean", "-"),
        ("clean", "lines.jsonl"),
        ("clean", "a.txt", "b.txt", "-j", "2"),
        ("explain", "a.txt"),
        ("explain", "-"),
        ("explain", "lines.jsonl"),
    ],
    ids=" ".join,
)
def test_a_command_ends_a_document_as_a_build_does(desk: Callable[..., Result], words: tuple[str, ...]) -> None:
    done = desk(*words, "--set", "build.time_limit=0.5", stdin=STORY.encode())
    assert done.exit_code == 3
    assert "timeout: not done within the time limit of 0.5 seconds" in done.stderr


@pytest.mark.usefixtures("hanging")
def test_the_limit_comes_from_the_settings_that_are_found(desk: Callable[..., Result]) -> None:
    Path("luigi.cfg").write_text("[build]\ntime_limit = 0.25\n", encoding="utf-8")
    for command in ("clean", "explain"):
        assert "time limit of 0.25 seconds" in desk(command, "a.txt").stderr


@pytest.mark.usefixtures("hanging")
def test_python_ends_a_document_as_a_build_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.core.one_document, "Limits", lambda *given: Limits(*given) if given else SHORT)
    with pytest.raises(Rejected) as refused:
        clean_file("a.txt")
    assert refused.value.code == "timeout"


def test_reading_has_the_same_limit(desk: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(_: object) -> Iterator[Any]:
        yield from iter(hang, None)

    monkeypatch.setitem(pipeline.ingest.containers._READERS, "jsonl", endless)
    done = desk("explain", "lines.jsonl", "--set", "build.time_limit=0.5")
    assert (done.exit_code, "lines.jsonl: timeout" in done.stderr) == (3, True)


def test_a_name_prints_as_one_line(desk: Callable[..., Result]) -> None:
    Path("a\nb\x1b[2J.txt").write_bytes(b" \n")
    for command in ("clean", "explain"):
        (line,) = desk(command, "a\nb\x1b[2J.txt").stderr.splitlines()
        assert line.startswith("copydesk: a\\nb\\x1b[2J.txt: empty: ")
    (line,) = desk("explain", "gone\x07\n.txt").stderr.splitlines()
    assert line == "copydesk: gone\\x07\\n.txt: No such file or directory"
