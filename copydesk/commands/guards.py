"""What stands between a run and a build that nobody meant to replace: other settings, and another folder of inputs."""

from __future__ import annotations

import contextlib
import difflib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from copydesk.options import warn
from copydesk.rerun_reasons import other_settings
from pipeline.text.controls import escaped
from tasks.core.plans import known_groups, planned
from tasks.core.scan import Seen, listings, walk
from tasks.core.sealed import read_sealed, write_sealed
from tasks.core.shard_files import read_stamp
from tasks.inventory import current_cut
from tasks.settings import build, config_sha256, pipeline_config
from tasks.summary import read_summary

if TYPE_CHECKING:
    from tasks.core.build_paths import BuildPaths


class RefusedError(Exception):
    """Why a run does not start, in one line that says what to do, and the exit code."""

    def __init__(self, message: str, code: int = 2) -> None:
        super().__init__(message)
        self.code = code


def noted_raw(paths: BuildPaths) -> Path | None:
    """Return the folder that the build was made from, None where nobody noted it."""
    noted = read_sealed(paths.raw_folder, str)
    return None if noted is None else Path(noted)


def note_raw(raw: Path, paths: BuildPaths) -> None:
    """Note where the inputs of a build lie now that a run has found it to be of them: a build that was moved. It is worth no failure."""
    if noted_raw(paths) != raw.absolute():
        with contextlib.suppress(OSError):
            write_sealed(paths.raw_folder, str(raw.absolute()))


def check_folder(raw: Path, paths: BuildPaths, *, replace: bool) -> None:
    """Raise `RefusedError` where the folder of the inputs is not there, is wholly empty, or lies among the outputs.

    A folder that is gone or empty, where there was a build of it, is a share that is not mounted and not a takedown of all.
    """
    summary = read_summary(paths)
    built = summary is not None and summary.files > 0
    if not raw.is_dir():
        raise _missing(raw, paths, built=built)
    if (mixed := _mixed(raw.resolve(), paths)) is not None:
        raise RefusedError(f"{mixed}; a build would read its own outputs: name another folder with --clean")
    if built and not replace and not any(raw.iterdir()):
        hint = "is a share not mounted? To take everything down, add --replace"
        raise RefusedError(f"{raw} is empty, and {paths.clean} was built from {noted_raw(paths) or 'it'}: {hint}", 4)


def _missing(raw: Path, paths: BuildPaths, *, built: bool) -> RefusedError:
    noted = noted_raw(paths)
    if built and (noted is None or noted == raw.absolute()):
        return RefusedError(f"{raw} is gone, and {paths.clean} was built from it: is a share not mounted?", 4)
    if raw.exists():
        return RefusedError(f"{raw} is no folder; name a folder that holds a folder for every source")
    beside = [path.name for path in raw.absolute().parent.iterdir() if path.is_dir()] if raw.absolute().parent.is_dir() else []
    close = difflib.get_close_matches(raw.name, beside, n=1)
    hint = f"did you mean {raw.with_name(close[0])}?" if close else f"put pages or texts into {raw}/<source>/"
    if built:
        return RefusedError(f"{raw} is no folder; {paths.clean} was built from {noted}: correct --raw{f' ({hint})' if close else ''}")
    return RefusedError(f"{raw} is no folder; {hint}")


def _mixed(raw: Path, paths: BuildPaths) -> str | None:
    """Say how the folders of inputs and outputs lie in each other, None where they do not."""
    clean = paths.clean.resolve()
    if clean.is_relative_to(raw):
        return f"{paths.clean} lies in the folder of the inputs" if clean != raw else "inputs and outputs have one folder"
    kept = (paths.articles("x").parent, paths.ledger("x").parent, paths.attributes, paths.dataset, paths.run)
    if any(raw.is_relative_to(folder.resolve()) for folder in kept):
        return f"the inputs lie among the outputs in {paths.clean}"
    return None


def check_inputs(raw: Path, paths: BuildPaths) -> None:
    """Raise `RefusedError` where most of the files that the build was made from are gone, or any in a folder that is another one."""
    summary = read_summary(paths)
    if summary is None or not summary.files:
        return
    known, gone = _gone(raw, paths)
    if not known:  # the notes of the inventory were deleted: only the number of files is known
        known = summary.files
        gone = max(0, known - sum(1 for _, item in walk(raw, follow=build().follow_symlinks) if not item.sidecar))
    noted = noted_raw(paths)
    another = noted is not None and noted != raw.absolute() and noted.is_dir()
    if 2 * gone > known or (another and gone):
        where = f"{paths.clean} was built from {noted}, and " if another else ""
        told = (
            f"{where}{gone:,} of its {known:,} raw files are not in {raw}"
            if where
            else f"{gone:,} of the {known:,} raw files of {paths.clean} are gone from {raw}"
        )
        raise RefusedError(f"{told}: name another folder with --clean, or add --replace to take their records down")


def _gone(raw: Path, paths: BuildPaths) -> tuple[int, int]:
    """Return how many raw files the inventory knows, and how many of them are not there now."""
    known = gone = 0
    follow = build().follow_symlinks
    listed = listings(raw, follow=follow)
    for group in known_groups(paths):
        files = read_sealed(paths.files(group), dict[str, Seen])
        if files is None:
            continue
        here = {item.locator for _, item in walk(raw, group=group, follow=follow)} if group in listed else set()
        known += len(files)
        gone += len(files.keys() - here)
    return known, gone


def check_settings(paths: BuildPaths, *, yes: bool, quiet: bool = False) -> None:
    """Say which settings are not those of the build and how many shards that concerns, and ask; where nobody can answer, refuse.

    Raises `RefusedError`, also where the answer is no.
    """
    summary, config = read_summary(paths), pipeline_config()
    if summary is None:
        return
    identity, plans = config_sha256(config), planned(paths)
    differing = [part for part in (other_settings(summary, config),) if part]
    stamps = [read_stamp(paths, shard) for shard in plans]
    concerned = sum(stamp is not None and stamp.config_sha256 != identity for stamp in stamps)
    if (cut := current_cut()) != summary.cut:
        concerned = len(plans)
        pairs = (("shard_documents", summary.cut.documents, cut.documents), ("shard_bytes", summary.cut.size, cut.size))
        differing += [f"build.{name} {old} -> {new}" for name, old, new in pairs if old != new]
    if not concerned:
        return
    told = f"settings are not those of the build in {paths.clean}: {' '.join(differing) or 'a rule file has other content'}"
    told += f"; {concerned:,} of {len(plans):,} shards would be cleaned again"
    if yes and quiet:
        return
    if yes:
        warn(str(told))
        return
    if sys.stdin is None or not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise RefusedError(f"{told}: add --yes, or name the build's own settings with --config or --set")
    if not click.confirm(escaped(f"copydesk: {told}. Go on?"), err=True):
        raise RefusedError("nothing was changed")
