"""What the tasks of a build have in common."""

from __future__ import annotations

import contextlib
from functools import cache
from pathlib import Path

import luigi

from tasks.core.build_paths import BuildPaths
from tasks.failures import Reporting


def short(digest: str) -> str:
    """Return what names a task on Luigi's pages: 16 digits of a digest tell two states of a shard apart, and a reader sees them."""
    return digest[:16]


def tell(paths: BuildPaths, line: str) -> None:
    """Tell whoever watches the build's progress file: `0 stage <name>`, or `<number> of <total>`. A bar is worth no failure."""
    with contextlib.suppress(OSError), paths.progress.open("ab", buffering=0) as stream:
        stream.write(f"{line}\n".encode())


class KnownParameters:
    """Mixin for tasks and sections: their parameters are looked up once, and not at every use of one."""

    @classmethod
    @cache
    def get_params(cls) -> list[tuple[str, luigi.Parameter]]:
        """Return the parameters, as Luigi's own method does."""
        found: list[tuple[str, luigi.Parameter]] = super().get_params()  # type: ignore[misc]  # a class of Luigi's comes next
        return found


class OfBuild(Reporting, KnownParameters, luigi.Task):  # type: ignore[misc]  # luigi ships no types
    """A task of the build in `clean`. `fingerprint` names what its result is made from, so that changed inputs or code are another task."""

    clean: str = luigi.Parameter()
    fingerprint: str = luigi.Parameter()

    @property
    def paths(self) -> BuildPaths:
        """Return the paths of the build."""
        return BuildPaths(Path(self.clean))

    def output(self) -> list[luigi.Target]:
        """Return nothing: that the files exist does not say that they are current; `complete` does."""
        return []


class AtomicFile(luigi.Target):  # type: ignore[misc]  # luigi ships no types
    """A file that is complete when it exists: it is only ever written by `write_atomic`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def exists(self) -> bool:
        """Tell whether the file is there."""
        return self.path.is_file()
