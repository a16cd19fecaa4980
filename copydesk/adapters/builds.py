"""A whole build as one call, for schedulers that are not Luigi: Airflow, Dagster, Prefect, cron."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_DONE = (0, 3)


class BuildError(RuntimeError):
    """A build that failed by wrong usage or a defect: to run it again changes nothing."""


def build(raw: str | Path, clean: str | Path, *, workers: int = 1, settings: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Run `copydesk run` in a process of its own and return its summary: how many inputs, how many ok, rejected, duplicates.

    `raw` and `clean` are folders or addresses of stores; `settings` are single ones (`{"normalise.variety": "keep"}`). Rejected inputs are
    no failure. Where reading or writing failed (exit code 4) it raises `OSError`, and a scheduler does well to try again: what was done
    stays done. All else that fails raises `BuildError`. Both say what `copydesk` said.
    """
    words = ["--raw", str(raw), "--clean", str(clean), "--workers", str(workers), "--yes", "--json", "--no-progress"]
    for name, value in (settings or {}).items():
        words += ["--set", f"{name}={value}"]
    done = subprocess.run([sys.executable, "-m", "copydesk", "run", *words], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode in _DONE:
        return dict(msgspec.json.decode(done.stdout))
    said = next((line for line in reversed(done.stderr.splitlines()) if line.startswith("copydesk: ")), done.stderr[-500:])
    raise OSError(said) if done.returncode == 4 else BuildError(f"exit code {done.returncode}: {said}")
