"""`copydesk retry`: cleans rejected inputs again, after whatever stopped them was mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from copydesk.commands.run import RunOptions, run_build
from pipeline.rejected import MACHINE_CODES
from tasks.clean_shard import read_stamp
from tasks.inventory import planned

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.targets import BuildPaths

RETRIED = MACHINE_CODES | {"permission"}
"""What is retried by default: another moment or another machine may do better. All else follows from the input."""


def retry_build(raw: Path | None, clean: Path | None, codes: frozenset[str], options: RunOptions) -> int:
    """Clean the shards that hold a rejection with one of `codes` again; return the exit code of a run.

    Whole shards are cleaned, so that the result is what one undisturbed run would have made.
    """

    def forget(paths: BuildPaths) -> None:
        count = 0
        for shard in planned(paths):
            stamp = read_stamp(paths, shard)
            if stamp is not None and codes & stamp.codes.keys():
                paths.stamp(shard).unlink(missing_ok=True)
                count += sum(number for code, number in stamp.codes.items() if code in codes)
        if not options.quiet:
            click.echo(f"{count} inputs to retry ({', '.join(sorted(codes))})" if count else "nothing to retry")

    return run_build(raw, clean, options, prepare=forget)
