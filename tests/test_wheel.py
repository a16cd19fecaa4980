"""The wheel, made from the sdist, works from another folder: it cleans, builds and writes Parquet, whatever packages lie beside."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHIPPED = ("pipeline", "tasks", "copydesk")
STORY = """Rain in the valley

Heavy rain fell on the valley for a third day on Monday, and the mayor asked people who live near the river to leave their homes.

The water is expected to rise until Wednesday, the weather service said. Schools will stay closed, and trains run every two hours.
"""


def build(kind: str, source: Path, target: Path) -> Path:
    """Make an sdist or a wheel of a folder, with the build system that is installed here."""
    target.mkdir(exist_ok=True)
    code = f"from setuptools.build_meta import build_{kind}; print(build_{kind}({str(target)!r}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=source, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    return target / done.stdout.splitlines()[-1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    unwanted = shutil.ignore_patterns("__pycache__", "*.egg-info", "*.pyc")
    for name in SHIPPED:
        shutil.copytree(ROOT / name, source / name, ignore=unwanted)
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, source)
    sdist = build("sdist", source, folder / "dist")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    (unpacked,) = (folder / "unpacked").iterdir()
    return build("wheel", unpacked, folder / "dist")


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(target), str(wheel)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    return target


def test_the_wheel_has_every_file_of_the_packages(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    there = {path for name in SHIPPED for path in (ROOT / name).rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert {path.relative_to(ROOT).as_posix() for path in there} == {name for name in names if name.split("/")[0] in SHIPPED}


def test_it_works_from_a_folder_with_packages_of_the_same_names(installed: Path, tmp_path: Path) -> None:
    for name in ("pipeline", "tasks"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise ImportError('this is not the package of copydesk')\n", encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(installed)}

    def copydesk(*words: str) -> str:
        command = [sys.executable, str(installed / "bin" / "copydesk"), *words]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "wrote luigi.cfg" in copydesk("init")
    (tmp_path / "raw" / "press").mkdir()
    (tmp_path / "raw" / "press" / "story.txt").write_text(STORY, encoding="utf-8")
    assert copydesk("clean", "--text", "raw/press/story.txt").startswith("Heavy rain fell")
    said = copydesk("run")
    assert "next, what was cut and why: " in said
    assert (tmp_path / "clean" / "dataset" / "articles.parquet").read_bytes().startswith(b"PAR1")
    copydesk("export", "clean", "--where", "words > 3", "--format", "parquet", "-o", "some.parquet")


def test_the_installed_package_is_the_one_that_answers(installed: Path, tmp_path: Path) -> None:
    code = "import copydesk, pipeline, tasks; print(copydesk.__file__, pipeline.__file__, tasks.__file__, copydesk.clean_files.__name__)"
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr
    *places, name = done.stdout.split()
    assert all(Path(place).is_relative_to(installed) for place in places)
    assert name == "clean_files"
