"""Raw files that change, vanish or appear while a build runs: exit code 4 with a name, and the next run makes what a fresh build makes."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING, Any

import pytest
from build_helpers import codes, tree, write_stories

import pipeline.stages
from copydesk.commands.run import RunOptions, run_build

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OPTIONS = RunOptions(progress=False, quiet=True)
NAMES = [f"valley/{number:02d}.txt" for number in range(5)] + ["hill/a.txt"]


def changes_size(raw: Path) -> None:
    (raw / "valley/04.txt").write_text("Snow fell on Monday, and the bridges are closed.\n")


def keeps_size(raw: Path) -> None:
    path = raw / "valley/04.txt"
    path.write_text(path.read_text().replace("rain", "hail"))


def vanishes(raw: Path) -> None:
    (raw / "valley/04.txt").unlink()


def folder_vanishes(raw: Path) -> None:
    shutil.rmtree(raw / "hill")


def appears(raw: Path) -> None:
    write_stories(raw, ["valley/99.txt"])


def source_appears(raw: Path) -> None:
    write_stories(raw, ["coast/a.txt"])


def sidecar_appears(raw: Path) -> None:
    (raw / "valley/04.txt.meta.json").write_text('{"url": "https://valley.example/4"}')


def becomes_a_link(raw: Path) -> None:
    path = raw / "valley/04.txt"
    path.unlink()
    path.symlink_to("00.txt")


def is_renamed(raw: Path) -> None:
    (raw / "valley/04.txt").rename(raw / "valley/05.txt")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (changes_size, "04.txt"),
        (keeps_size, "04.txt"),
        (vanishes, "04.txt"),
        (folder_vanishes, "hill/a.txt"),
        (appears, "99.txt"),
        (source_appears, "coast/a.txt"),
        (sidecar_appears, ""),
        (becomes_a_link, "04.txt"),
        (is_renamed, "04.txt"),
    ],
)
def test_what_changes_during_a_run_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], change: Callable[[Path], None], named: str
) -> None:
    raw, clean, marker = tmp_path / "raw", tmp_path / "clean", tmp_path / "done"
    write_stories(raw, NAMES)
    real = pipeline.stages.run

    def run(document: Any, *rest: Any) -> Any:
        if document.locator == "valley/00.txt" and not marker.exists():
            marker.touch()
            change(raw)
        return real(document, *rest)

    monkeypatch.setattr(pipeline.stages, "run", run)
    assert run_build(raw, clean, OPTIONS) == 4
    said = capsys.readouterr().err
    assert named in said
    assert "run again" in said
    monkeypatch.undo()
    assert run_build(raw, clean, OPTIONS) in (0, 3)
    assert run_build(raw, tmp_path / "fresh", OPTIONS) in (0, 3)
    assert tree(clean) == tree(tmp_path / "fresh")


def test_a_link_that_leads_to_itself_costs_itself_alone(tmp_path: Path) -> None:
    raw, clean, config = tmp_path / "raw", tmp_path / "clean", tmp_path / "luigi.cfg"
    write_stories(raw, NAMES)
    (raw / "valley" / "loop.txt").symlink_to("loop.txt")
    (raw / "valley" / "one.txt").symlink_to("two.txt")
    (raw / "valley" / "two.txt").symlink_to("one.txt")
    (raw / "valley" / "again").symlink_to("../valley")
    config.write_text("[build]\nfollow_symlinks = true\n")
    assert run_build(raw, clean, RunOptions(progress=False, quiet=True, config_path=config)) == 3
    found = codes(clean)
    assert {name: code for name, code in found.items() if code} == {f"valley/{name}.txt": "symlink" for name in ("loop", "one", "two")}
    assert set(NAMES) <= set(found)


@pytest.mark.parametrize("epoch", ["²²", "-1", "1e9", "rain", "9" * 15, "١٢"])
def test_a_wrong_date_is_wrong_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], epoch: str
) -> None:
    write_stories(tmp_path / "raw", NAMES[:1])
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    assert run_build(tmp_path / "raw", tmp_path / "clean", OPTIONS) == 2
    assert "SOURCE_DATE_EPOCH is a number of seconds" in capsys.readouterr().err


def test_names_that_differ_in_case_alone_need_a_file_system_that_tells_them_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = tmp_path / "raw"
    write_stories(raw, ["News/a.txt", "news/a.txt"])
    assert run_build(raw, tmp_path / "clean", OPTIONS) == 0
    assert set(codes(tmp_path / "clean")) == {"News/a.txt", "news/a.txt"}
    monkeypatch.setattr("tasks.inventory.folds_case", lambda _: True)
    assert run_build(raw, tmp_path / "other", OPTIONS) == 4
    assert "News and news" in capsys.readouterr().err


def test_a_clock_that_jumps_decides_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every call of the clock is a day later or earlier than the one before."""
    raw = tmp_path / "raw"
    write_stories(raw, NAMES)
    assert run_build(raw, tmp_path / "clean", OPTIONS) == 0
    real, calls = time.time, iter(range(1 << 30))
    monkeypatch.setattr(time, "time", lambda: real() + 86_400 * (next(calls) * 7919 % 61 - 30))
    assert run_build(raw, tmp_path / "other", RunOptions(progress=False, quiet=True, workers=2)) == 0
    monkeypatch.undo()
    assert tree(tmp_path / "other") == tree(tmp_path / "clean")


def test_names_are_printed_without_what_commands(tmp_path: Path, copydesk: Callable[..., tuple[int, str, str]]) -> None:
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    name = "a\x1b]0;owned\x07\nINFO forged \x9b2J\u202etxt"
    (raw / "valley").mkdir(parents=True)
    (raw / "valley" / f"{name}.txt").write_bytes(b"\x00\x01\x02\x03" * 50)
    write_stories(raw, ["valley/b.txt"])
    (raw / "valley" / f"{name}.html").write_text(
        "<title>Rain \x1b[2Jfalls</title><p>" + "Rain \x1b[31mfell on Monday, the mayor said. " * 9
    )
    page = str(raw / "valley" / f"{name}.html")
    commands = [
        ["run", "--raw", str(raw), "--clean", str(clean)],
        ["run", "--raw", str(raw), "--clean", str(clean), "--rehash", "--why-rerun", "--log-format", "json"],
        ["status", str(clean), "--raw", str(raw)],
        ["verify", str(clean), "--raw", str(raw)],
        ["explain", page],
        ["explain", page, "--format", "html"],
        ["clean", str(raw / "valley" / f"{name}.txt")],
        ["clean", page + "gone"],
        ["stats", str(clean)],
    ]
    for command in commands:
        code, out, err = copydesk(*command)
        assert code in (0, 2, 3), (command, err)
        for text in (out, err):
            assert not set(text) & set("\x1b\x07\x9b\u202e"), command
            assert not any(line.startswith("INFO forged") for line in text.splitlines()), command
    assert list((clean / "articles").iterdir())
