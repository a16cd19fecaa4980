"""What a run shows on a terminal, and where there is none."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import subprocess
import sys
import termios
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.warm_copydesk import on_terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
STORY = """Rain in the valley

Heavy rain fell on the valley for a third day on Monday, and the mayor asked people who live near the river to leave their homes.

The water is expected to rise until Wednesday, the weather service said. Schools will stay closed, and trains run every two hours.
"""


def on_a_terminal(*words: object, columns: int = 120, anew: bool = False) -> tuple[int, str]:
    """Run a command with a terminal for its standard error, and return its exit code and what the terminal got.

    The program starts `anew`, or in a process that has loaded everything.
    """
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (40, columns))
    told: list[bytes] = []
    listener = threading.Thread(target=lambda: told.extend(_heard(ours)))
    listener.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TERM", "xterm")
        patch.setenv("PYTHONPATH", str(ROOT))
        if anew:
            command = [sys.executable, "-m", "copydesk", *map(str, words)]
            code = subprocess.run(
                command, cwd=ROOT, stdin=theirs, stdout=subprocess.DEVNULL, stderr=theirs, timeout=600, check=False
            ).returncode
        else:
            code = on_terminal(Path(os.ttyname(theirs)), *words)
    os.close(theirs)
    listener.join(60)
    os.close(ours)
    return code, b"".join(told).decode()


def _heard(terminal: int) -> Iterator[bytes]:
    """Yield what is written to the other end of a terminal until its last writer has closed it."""
    with contextlib.suppress(OSError):  # Linux says so when that is done
        while data := os.read(terminal, 1 << 16):
            yield data


def write(raw: Path, count: int) -> None:
    for number in range(count):
        path = raw / "s" / f"{number:04d}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(STORY.replace("third", f"{number}th") if number else "", encoding="utf-8")


def test_a_terminal_gets_a_bar_with_documents_speed_rejections_and_time_left(tmp_path: Path) -> None:
    write(tmp_path / "raw", 12)
    config = tmp_path / "luigi.cfg"
    config.write_text("[build]\nshard_documents = 4\n", encoding="utf-8")
    code, said = on_a_terminal("run", "--raw", tmp_path / "raw", "--clean", tmp_path / "clean", "--config", config, anew=True)
    assert code == 3
    states = [state for state in said.split("\r") if "cleaning" in state]
    assert re.search(r"100%.*12/12 \[\d\d:\d\d<\d\d:\d\d, .*doc.*, \d+\.\d MB/s, 1 rejected\]", states[-1]), states
    assert any(re.search(r"\d+%.* \d+/12 \[\d\d:\d\d<(\d\d:\d\d|\?)", state) for state in states), states
    stages = re.findall(r"reading|cleaning|duplicates|dataset", said.replace(str(tmp_path), ""))
    assert list(dict.fromkeys(stages))[:4] == ["reading", "cleaning", "duplicates", "dataset"]
    assert "shard s/" not in said, "a line a shard would tear the bar"
    for columns in (0, 40):
        code, said = on_a_terminal(
            "run", "--raw", tmp_path / "raw", "--clean", tmp_path / f"{columns}", "--config", config, columns=columns
        )
        assert (code, "100%" in said) == (3, True), "a terminal that does not tell its width, or a narrow one"
    code, said = on_a_terminal("run", "--raw", tmp_path / "raw", "--clean", tmp_path / "quiet", "--config", config, "--quiet")
    assert (code, said) == (3, "")
    code, said = on_a_terminal("run", "--raw", tmp_path / "raw", "--clean", tmp_path / "plain", "--config", config, "--no-progress")
    shards = len(list((tmp_path / "plain" / "articles").rglob("*.jsonl")))
    assert len(re.findall(r"shard s/\S+: \d+ documents, \d+ ok, \d rejected", said)) == shards > 1
    assert "doc/s" not in said
