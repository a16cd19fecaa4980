"""One small build with pages in several scripts, made once for all tests of its dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from many_scripts import PAGES

from copydesk.commands.run import RunOptions, run_build
from tests.luigi_settings import settings_kept

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The raw files that the dataset is made from."""
    folder = tmp_path_factory.mktemp("dataset") / "raw"
    for name, content in PAGES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


@pytest.fixture(scope="session")
def clean(raw: Path) -> Iterator[Path]:
    """A finished build of them."""
    folder = raw.parent / "clean"
    with settings_kept():
        assert run_build(raw, folder, RunOptions(progress=False, quiet=True)) == 3
        yield folder


@pytest.fixture(scope="session")
def dataset(clean: Path) -> Path:
    """Its dataset folder."""
    return clean / "dataset"
