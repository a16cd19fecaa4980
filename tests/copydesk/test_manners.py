"""What every command has: help with examples, JSON, quiet; manual pages and shell completion."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest
from wcwidth import wcswidth

from copydesk.cli import cli
from copydesk.terminal.summary import table
from tasks.core.build_paths import BuildPaths
from tasks.summary import read_summary

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

NO_COMMON = {"man"}
"""Commands that only print one thing in one form."""


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_and_option_explains_itself(name: str, desk: Callable[..., Result]) -> None:
    said = desk(name, "--help").output
    assert "Examples:" in said
    assert f"copydesk {name}" in said.partition("Examples:")[2]
    command = cli.commands[name]
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    assert all(option.help for option in options)
    flags = {flag for option in options for flag in option.opts}
    assert name in NO_COMMON or {"--quiet", "--verbose", "--json"} <= flags
    assert max(map(len, said.splitlines())) <= 110


def test_everything_can_be_told_as_json(built: Path, desk: Callable[..., Result]) -> None:
    clean = built / "clean"
    assert json.loads(desk("verify", clean, "--json").stdout) == {"verified": True, "records": 4, "rejected": 1, "differences": []}
    assert json.loads(desk("verify", clean / "dataset", "--json").stdout) == {"verified": True, "differences": []}
    assert json.loads(desk("status", clean, "--json").stdout)["codes"] == {"empty": 1}
    assert json.loads(desk("stats", clean, "--json").stdout)["documents"] == 4
    assert {rule["kind"] for rule in json.loads(desk("rules", "--kind", "share", "--json").stdout)} == {"share"}
    assert json.loads(desk("mine", clean, "--least", 2, "--json").stdout)["rules"] is not None
    assert json.loads(desk("export", clean, "--dry-run", "--json").stdout) == {"records": 4, "of": 4, "output": None}
    assert json.loads(desk("diff", clean, clean, "--json").stdout)["same"] == 4
    told = json.loads(desk("rebuild", clean, "--raw", built / "raw", "--check", "--json").stdout)
    assert told == {"same": True, "obstacles": [], "changed": None}
    dry = json.loads(desk("run", "--raw", built / "raw", "--clean", clean, "--dry-run", "--json").stdout)
    assert dry == {"shards": 1, "pending": {}, "gone": []}


def test_quiet_says_nothing_but_results(built: Path, desk: Callable[..., Result]) -> None:
    for words in (("verify", built / "clean"), ("status", built / "clean"), ("run", "--raw", built / "raw", "--clean", built / "clean")):
        done = desk(*words, "-q")
        assert (done.stdout, done.stderr) == ("", ""), words


def test_export_takes_a_sample_and_writes_what_people_read(built: Path, desk: Callable[..., Result]) -> None:
    clean = built / "clean"

    def ids(*words: object) -> list[str]:
        return [json.loads(line)["id"] for line in desk("export", clean, *words).stdout.splitlines()]

    everything = ids()
    assert ids("--limit", 2) == everything[:2]
    chosen = ids("--sample", 2, "--seed", 5)
    assert (chosen, len(chosen)) == (ids("--sample", 2, "--seed", 5), 2)
    assert chosen == sorted(chosen)
    assert len({tuple(ids("--sample", 2, "--seed", seed)) for seed in range(6)}) > 1
    pages = desk("export", clean, "--format", "markdown").stdout.split("\f\n")
    assert [page.splitlines()[0][:10] for page in pages[:-1]] == ["# Rain in "] * 4
    page = desk("export", clean, "--format", "html").stdout
    assert (page.count("<article"), page.startswith("<!doctype html>"), page.endswith("</html>\n")) == (4, True, True)


def test_tables_count_columns_and_thousands(built: Path) -> None:
    summary = read_summary(BuildPaths(built / "clean"))
    assert summary is not None
    shard = summary.shards[0]
    wide = [type(shard)(f"{name}/all", "", 1234567, 1234567, 0, 0, "", "", "", 0) for name in ("雨の新聞", "press")]
    lines = list(table(type(summary)(**{**{name: getattr(summary, name) for name in summary.__struct_fields__}, "shards": tuple(wide)})))
    assert len({wcswidth(line) for line in lines}) == 1
    assert "2,469,134" in lines[-1]


def test_man_pages_are_roff(desk: Callable[..., Result]) -> None:
    page = desk("man").output
    assert page.startswith('.TH "COPYDESK" "1"')
    for name in cli.commands:
        assert f"\n.B {name}\n" in page
        assert desk("man", name).output.startswith(f'.TH "COPYDESK-{name.upper()}" "1"')
    assert "no command is named fly" in desk("man", "fly").stderr
    if groff := shutil.which("groff"):
        done = subprocess.run(
            [groff, "-man", "-Kutf8", "-Tutf8"], input=desk("man", "clean").output, capture_output=True, text=True, check=True
        )
        assert "copydesk clean page.html" in done.stdout
        assert done.stderr == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_it(shell: str) -> None:
    environment = {**os.environ, "_COPYDESK_COMPLETE": f"{shell}_source"}
    command = [sys.executable, "-c", "from copydesk.cli import main; main()"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert "_COPYDESK_COMPLETE" in done.stdout, done.stderr
    assert "copydesk" in done.stdout
