"""Every command and every Python example that the documents show is run here, as typed."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.warm_copydesk import copydesk, python

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PAGE = """<!doctype html><html lang="en"><head><title>Rain in the valley | Example Press</title></head><body><nav><a href="/">Home</a></nav>
<article><h1>Rain in the valley</h1>
<p>Heavy rain fell on the valley for a third day on Monday, and the mayor asked people to leave their homes.</p>
<p>The water is expected to rise until Wednesday, the weather service said, and all schools in the district will stay closed.</p></article>
</body></html>"""


def fences(language: str) -> list[tuple[str, str]]:
    fence = re.compile(rf"^```{language}\n(.*?)^```", re.DOTALL | re.MULTILINE)
    return [(path.name, code) for path in DOCUMENTS for code in fence.findall(path.read_text(encoding="utf-8"))]


def commands() -> dict[str, list[str]]:
    """Give the commands of each document, in its order: a later one may build on what an earlier one left."""
    shown: dict[str, list[str]] = {}
    for name, code in fences("sh"):
        lines = (line.strip() for line in code.splitlines())
        shown.setdefault(name, []).extend(line for line in lines if line and not line.startswith("#"))
    return shown


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the documents assume it: raw, luigi.cfg, a page, a text, and a build."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copytree(ROOT / "raw", folder / "raw")
    shutil.copy(ROOT / "luigi.cfg", folder)
    (folder / "page.html").write_text(PAGE, encoding="utf-8")
    shutil.copy(next((ROOT / "raw" / "seeds").glob("002*.txt")), folder / "story.txt")
    done = shell("copydesk run --raw raw --clean clean --quiet", folder)
    assert done.returncode == 0, done.stderr
    return folder


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as typed. What needs no shell is run without one."""
    words = shlex.split(command)
    if words[0] == "copydesk" and not set(command) & set("|&;<>()$`*?[{~"):
        done = copydesk(*words[1:], cwd=folder)
        return subprocess.CompletedProcess(words, done.returncode, done.stdout.decode(), done.stderr.decode())
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.parametrize("document", commands())
def test_commands(document: str, desk: Path) -> None:
    for command in commands()[document]:
        run_as_typed(document, command, desk)


def run_as_typed(document: str, command: str, desk: Path) -> None:
    if command.startswith("make "):
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        assert re.search(rf"^{command.split()[1]}:", makefile, re.MULTILINE), f"{document} names a target that the Makefile lacks"
    elif command == "pip install copydesk":
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        assert (project["name"], project.get("optional-dependencies", {}).keys() & {"datasets"}) == ("copydesk", set())
    else:
        done = shell(command.removeprefix("uvx "), desk)
        assert done.returncode == 0, f"{document}: {command}\n{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize(("document", "code"), fences("python"), ids=lambda value: value[:40])
def test_python_example(document: str, code: str, desk: Path) -> None:
    done = python(code, cwd=desk)
    assert done.returncode == 0, f"{document}\n{done.stderr.decode()}"


def test_the_first_python_example_starts_anew(desk: Path) -> None:
    """An interpreter that has loaded nothing yet: what the import itself warns of is an error too."""
    code = fences("python")[0][1]
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=desk, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def test_an_example_that_fails_or_warns_is_told(tmp_path: Path) -> None:
    for code, said in (("import warnings; warnings.warn('old')", "UserWarning: old"), ("1 / 0", "ZeroDivisionError")):
        done = python(code, cwd=tmp_path)
        assert (done.returncode, said in done.stderr.decode()) == (1, True)


def test_the_readme_shows_what_explain_says(desk: Path) -> None:
    said = shell("copydesk explain story.txt", desk).stdout.replace("\u00a0", " ")
    shown = next(code for name, code in fences("text") if name == "README.md" and "‹" in code)
    for line in filter(None, shown.splitlines()):
        assert line in said


def test_the_picture_shows_what_explain_says(desk: Path) -> None:
    said = shell("copydesk explain story.txt --color", desk).stdout.replace("\u00a0", " ")
    picture = ET.parse(ROOT / "docs" / "explain.svg")
    lines = ["".join(line.itertext()) for line in picture.iter("{http://www.w3.org/2000/svg}text")]
    words = " ".join(re.sub(r"\x1b\[[0-9;]*m", "", said).split())
    assert len(lines) > 10
    for line in filter(str.strip, lines):
        assert " ".join(line.split()).rstrip("…") in words


def test_every_fault_of_the_table_has_its_test() -> None:
    rows = re.findall(
        r"^\|[^|]+\|[^|]+\| `(tests/[\w/]+\.py)::(\w+)", (ROOT / "docs" / "operations.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert len(rows) >= 60
    for path, name in rows:
        assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), (path, name)
