"""The command line as a user meets it: output, exit codes, one-line errors."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.warm_copydesk import copydesk

if TYPE_CHECKING:
    from pathlib import Path

STORY = """Heavy rain fell on the valley for a third day on Monday, the mayor said.

Schools will stay closed until Wednesday, and trains run late.
"""


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "story.txt"
    path.write_text(STORY, encoding="utf-8")
    return path


def test_clean_prints_one_record_a_line(story: Path) -> None:
    done = copydesk("clean", str(story), str(story))
    assert done.returncode == 0
    assert [json.loads(line)["provenance"]["raw"]["locator"] for line in done.stdout.splitlines()] == [str(story)] * 2


def test_clean_is_a_filter(story: Path) -> None:
    done = copydesk("clean", "-", "--url", "https://example.org/a", stdin=story.read_bytes())
    record = json.loads(done.stdout)
    assert record["url"] == "https://example.org/a"
    assert record["provenance"]["raw"]["locator"].startswith("sha256:")


def test_a_rejected_document_is_one_line_and_exit_code_3(story: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b" \n")
    done = copydesk("clean", "--text", str(tmp_path / "empty.txt"), str(story))
    assert done.returncode == 3
    assert done.stdout.decode() == STORY
    assert done.stderr.decode().splitlines() == [f"copydesk: {tmp_path}/empty.txt: empty: 2 bytes and nothing but white space"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("clean", "--set", "normalise.varietty=keep", "-"), "no setting is named normalise.varietty; normalise has:"),
        (
            ("clean", "--set", "normalise.variety=fr", "-"),
            "normalise.variety cannot be 'fr'; it takes en-US, en-GB,",
        ),
        (("clean", "--set", "variety", "-"), "--set takes NAME=VALUE"),
        (("clean", "nowhere.html"), "nowhere.html: No such file or directory"),
        (("run", "--raw", "nowhere", "--clean", "out"), "nowhere is no folder"),
        (("fly",), "No such command 'fly'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_usage_is_one_line_and_exit_code_2(words: tuple[str, ...], says: str, tmp_path: Path) -> None:
    done = copydesk(*words, cwd=tmp_path)
    assert done.returncode == 2
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("copydesk: ")
    assert says in line


@pytest.mark.parametrize("format_", ["text", "html", "json"])
def test_explain_shows_every_character(story: Path, format_: str) -> None:
    story.write_text("Share this article\n\n" + STORY, encoding="utf-8")
    done = copydesk("explain", str(story), "--format", format_)
    assert done.returncode == 0
    said = done.stdout.decode()
    for words in ("Share this article", "Heavy rain fell", "Schools will stay closed", "share"):
        assert words in said
    if format_ == "json":
        assert "".join(span["text"] for span in json.loads(said)["spans"]) == story.read_text(encoding="utf-8")


def test_help_is_quick_and_names_every_command() -> None:
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "copydesk", "--help"], capture_output=True, timeout=60, check=True)
    took = time.perf_counter() - start
    for command in ("run", "clean", "explain", "verify", "export", "stats", "diff", "rebuild"):
        assert f"  {command} " in done.stdout.decode()
    # The promise is 0.3 s on an idle machine; on a busy one this guards against an import of Luigi, numpy or a model.
    assert took < 1.5


def test_help_imports_nothing_heavy() -> None:
    heavy = ("luigi", "numpy", "resiliparse", "trafilatura", "msgspec", "pyarrow", "duckdb")
    code = f"import sys, copydesk.cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=600, check=True)
    assert done.stdout.strip() == "[]"
