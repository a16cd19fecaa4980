"""Says why a task failed, in a file that the command line reads: a full disk is not a defect."""

from __future__ import annotations

import contextlib
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from tasks.core.sealed import read_sealed, write_sealed

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.core.build_paths import BuildPaths


class Failure(msgspec.Struct, frozen=True):
    """Why a task failed: `io` can be resumed when the cause is gone, `defect` is an error of copydesk or of its set-up."""

    task: str
    kind: Literal["io", "defect"]
    message: str


class Reporting:
    """Mixin for tasks: leaves a `Failure` in the build's `run/failures` folder."""

    task_id: str

    @property
    def paths(self) -> BuildPaths:
        """Return the paths of the build that the task belongs to."""
        raise TypeError("a task that reports its failures names the paths of its build")

    def changed_inputs(self) -> list[str]:
        """Return the raw files that are not as the task's inventory saw them; a task that has none knows of no such file."""
        return []

    def on_failure(self, exception: BaseException) -> str:
        """Write the failure down and return Luigi's report of it.

        What the task needs was there when it began, so where Luigi finds it gone, the raw files have changed meanwhile.
        """
        kind: Literal["io", "defect"] = "io" if isinstance(exception, OSError) else "defect"
        message = f"{type(exception).__name__}: {exception}"
        if isinstance(exception, RuntimeError) and str(exception).startswith("Unfulfilled"):
            kind, message = "io", _changed(self.changed_inputs())
        failure = Failure(self.task_id, kind, message)
        name = sha256(self.task_id.encode()).hexdigest()[:16]
        with contextlib.suppress(OSError):  # the disk may be what failed
            write_sealed(self.paths.failures / f"{name}.json", failure)
        report: Any = super().on_failure(exception)  # type: ignore[misc]  # luigi.Task comes next in the order of bases
        return str(report)


_NAMED = 5
"""How many changed files a message names."""


def _changed(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"raw files changed during the build: {', '.join(names[:_NAMED]) or 'not any more'}{more}; run again"


def read_failures(folder: Path) -> list[Failure]:
    """Return the failures of the last run, in a stable order."""
    if not folder.is_dir():
        return []
    return [failure for path in sorted(folder.glob("*.json")) if (failure := read_sealed(path, Failure)) is not None]
