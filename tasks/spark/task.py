"""The build with Spark as a Luigi task: it starts `copydesk spark` and waits."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import luigi
import msgspec

from pipeline.config import Config
from tasks.build import BuildDataset
from tasks.settings import build, dataset, pipeline_config

if TYPE_CHECKING:
    from collections.abc import Iterator

_GOOD = (0, 3)
"""Exit codes of a build that is finished; with 3 some inputs are rejected."""


class SparkDataset(BuildDataset):
    """Makes the build of `BuildDataset` with `copydesk spark`, under the settings of this process, and is complete when that one is.

    Spark is a program of its own: nothing of the task goes to it but words.
    """

    master: str = luigi.Parameter(default="local[*]", description="where Spark runs")
    conf: dict[str, str] = luigi.DictParameter(default={}, description="further settings of Spark by name")

    def command(self) -> list[str]:
        """Return the program and its words."""
        words = [sys.executable, "-m", "copydesk", "spark", "--raw", self.raw_folder, "--clean", str(self.paths.clean)]
        words += ["--master", str(self.master), "--no-config", "--yes", "--quiet"]
        words += [f"--conf={name}={value}" for name, value in self.conf.items()]
        return words + [f"--set={name}={value}" for name, value in _settings()]

    def run(self) -> None:  # type: ignore[override]  # Luigi takes a method that yields for one that does not
        """Start the program and wait for its end. Raises `OSError` where it does not finish a build; it has said why on standard error."""
        code = subprocess.run(self.command(), check=False).returncode  # noqa: S603 - our own program
        if code not in _GOOD:
            msg = f"copydesk spark ended with exit code {code}; run again"
            raise OSError(msg)


def _settings() -> Iterator[tuple[str, str]]:
    """Yield the settings of this process that are not the defaults, as `--set` takes them."""
    chosen, usual = (msgspec.to_builtins(config) for config in (pipeline_config(), Config()))
    for section, keys in chosen.items():
        for key, value in keys.items():
            if value != usual[section][key]:
                yield f"{section}.{key}", _written(value)
    for part in (build, dataset):
        for key, parameter in part.get_params():
            value = getattr(part(), key)
            if key not in ("raw", "clean") and value != parameter._default:
                yield f"{part.__name__}.{key}", _written(value)


def _written(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
