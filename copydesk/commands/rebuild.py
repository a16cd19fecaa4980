"""`copydesk rebuild`: says whether a dataset can be made again here, makes it again, and compares every byte."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from copydesk.commands.diff import build_of
from copydesk.commands.run import RunOptions, run_build
from copydesk.datasets import open_dataset, problems, refusing, sums_of
from copydesk.options import PLAIN, Manner, say, warn
from copydesk.plans import plans_now
from pipeline.code_identity import code_identity
from pipeline.config import Config, ConfigError
from pipeline.dataset.manifest import DatasetError
from tasks.dataset_files import RawRow, libraries, raw_row
from tasks.settings import rule_digests, use_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copydesk.datasets import Dataset
    from tasks.summary import BuildSummary

SHOWN = 20
"""How many differences of one kind are named; the count is always whole."""


class RebuildOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How to rebuild: `clean` keeps the new build, which else is temporary; `check` only compares what it would be made from."""

    clean: Path | None = None
    workers: int = 1
    check: bool = False
    anyway: bool = False
    progress: bool | None = None
    manner: Manner = PLAIN


@refusing
def rebuild(folder: Path, raw: Path, options: RebuildOptions) -> int:
    """Compare, rebuild, compare again; return 0 where every byte is the same, else 1, or what a failed run returns."""
    say = _Report(options.manner)
    whole = open_dataset(folder)
    if (problem := next(problems(whole.folder), None)) is not None:
        raise DatasetError(problem)
    dataset = open_dataset(folder, ["raw.jsonl"])
    summary = build_of(dataset)
    for line in obstacles(dataset, summary, raw):
        say.obstacles.append(line)
        say.line(line, always=True)
    found = bool(say.obstacles)
    if found and not (options.anyway or options.check):
        warn("nothing was built: another dataset would come out (--anyway builds it)")
        return say.end(1)
    if not found:
        say.line(f"code, libraries, settings and {dataset.manifest.raw_files:,} raw files are those that the dataset was made from")
    if not dataset.manifest.reproducible:
        say.line("some inputs were rejected by an accident of a machine: another build may differ there")
    if options.check:
        return say.end(1 if found else 0)
    with contextlib.ExitStack() as stack:
        kept = options.clean
        clean = kept or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="copydesk-rebuild-"))) / "clean"
        return say.end(_build(dataset, summary, raw, clean, options, say))


class _Report:
    """Says what a rebuild finds: line by line, or as one JSON object at the end."""

    def __init__(self, manner: Manner) -> None:
        self._manner = manner
        self.obstacles: list[str] = []
        self.changed: list[str] | None = None

    def line(self, line: str, *, always: bool = False) -> None:
        """Say something, also where quiet is asked for if it is a result."""
        if not self._manner.json and (always or not self._manner.quiet):
            say(line)

    def end(self, code: int) -> int:
        """Say all as JSON where that is asked for; `changed` is null where nothing was built. Return the exit code."""
        if self._manner.json:
            told = {"same": code == 0, "obstacles": self.obstacles, "changed": self.changed}
            click.echo(msgspec.json.encode(told))
        return code


def _build(dataset: Dataset, summary: BuildSummary, raw: Path, clean: Path, options: RebuildOptions, say: _Report) -> int:
    use_settings(msgspec.convert(summary.config, Config), (summary.cut.documents, summary.cut.size), dataset.manifest.about)
    code = run_build(raw, clean, RunOptions(workers=options.workers, progress=options.progress, quiet=True))
    if code not in (0, 3):
        return code
    stored, made = sums_of(dataset.folder), sums_of(clean / "dataset")
    changed = sorted(name for name in stored.keys() | made.keys() if stored.get(name) != made.get(name))
    say.changed = changed
    if not changed:
        say.line(f"rebuilt: all {len(made)} files of {dataset.folder} came out the same, byte for byte")
        return 0
    hint = f"; copydesk diff {dataset.folder} {clean} explains" if options.clean else "; with --clean FOLDER, copydesk diff explains"
    warn(f"{len(changed)} of {len(stored)} files came out different: {', '.join(changed)}{hint}")
    return 1


def obstacles(dataset: Dataset, summary: BuildSummary, raw: Path) -> Iterator[str]:
    """Yield, a line each, what is not here as it was where the dataset was made: code, libraries, settings, rule files, raw files."""
    try:
        config = msgspec.convert(summary.config, Config)
    except msgspec.ValidationError as error:
        yield f"config: this version does not know the dataset's settings: {error}"
        return
    made, here = dataset.manifest.made_by, code_identity(config)
    files = [
        name.removeprefix("file:")
        for name in sorted(summary.code.keys() | here.keys())
        if not name.startswith("library:") and summary.code.get(name) != here.get(name)
    ]
    yield from _named("code: {} is not the version that made the dataset", files)
    for name, version in libraries(config).items():
        if made.libraries.get(name) != version:
            yield f"lock: {name} {version} is installed, the dataset was made with {made.libraries.get(name)}"
    if config.sha256(summary.rule_files.values()) != summary.config_sha256:
        yield "config: this version has settings that the dataset was not made with, or lacks some that it was"
    yield from _rule_files(made.rule_files)
    yield from _raw(dataset, summary, raw)


def _rule_files(stored: dict[str, str]) -> Iterator[str]:
    for name, digest in stored.items():
        try:
            if rule_digests([name])[name] != digest:
                yield f"config: the rule file {name} is not the one that the dataset was made with"
        except ConfigError as error:
            yield f"config: {error}"


def _raw(dataset: Dataset, summary: BuildSummary, raw: Path) -> Iterator[str]:
    decoder = msgspec.json.Decoder(RawRow)
    stored = {row.path: row for row in map(decoder.decode, dataset.lines("raw.jsonl"))}
    here = {entry.locator: raw_row(entry) for plan in plans_now(raw, summary.cut)[0].values() for entry in plan.entries}
    yield from _named(f"raw: {{}} is missing in {raw}", sorted(stored.keys() - here.keys()))
    yield from _named("raw: {} was not there when the dataset was made", sorted(here.keys() - stored.keys()))
    both = sorted(name for name in stored.keys() & here.keys() if stored[name] != here[name])
    yield from _named("raw: {} has other bytes, or another sidecar", both)


def _named(sentence: str, names: list[str]) -> Iterator[str]:
    yield from (sentence.format(name) for name in names[:SHOWN])
    if len(names) > SHOWN:
        yield f"{sentence.partition(':')[0]}: … and {len(names) - SHOWN} more"
