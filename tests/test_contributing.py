"""What CONTRIBUTING.md names is there: files, folders, targets of make, and modules that are started by name."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
TOP = ("pipeline", "tasks", "copydesk", "training", "tests", "benchmarks", "docs")


def paths() -> set[str]:
    """Every word between backquotes, and every link, that is a path."""
    words = {word for quoted in re.findall(r"`([^`]+)`", TEXT) for word in quoted.split()} | set(re.findall(r"\]\(([^)]+)\)", TEXT))
    return {
        word for word in words if "<" not in word and ((word.split("/")[0] in TOP and "/" in word) or re.search(r"\.(md|toml|cfg)$", word))
    }


def test_every_path_is_there() -> None:
    found = paths()
    assert len(found) > 60
    assert sorted(path for path in found if not (ROOT / path).exists()) == []


def test_every_target_and_module_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"`make ([a-z-]+)", TEXT))
    assert len(targets) >= 7
    assert [name for name in sorted(targets) if not re.search(rf"^{name}:", makefile, re.MULTILINE)] == []
    modules = {name for name in re.findall(r"python -m ([a-z_.]+)", TEXT) if name != "pytest"}
    assert modules
    assert [name for name in sorted(modules) if not (ROOT / (name.replace(".", "/") + ".py")).exists()] == []


def test_tables_that_a_language_needs_are_named_by_their_files() -> None:
    row = next(line for line in TEXT.splitlines() if line.startswith("| a language |"))
    names = re.findall(r"`([a-z_]+\.tsv)`", row)
    assert len(names) >= 8
    assert [name for name in names if not (ROOT / "pipeline" / "lines" / "data" / name).exists()] == []
