"""Options that every command has, and what they mean: how much is said, in which form and colour, and which settings count."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from copydesk.settings import Settings

EXIT_OK, EXIT_DEFECT, EXIT_USAGE, EXIT_REJECTED, EXIT_IO, EXIT_INTERRUPTED = 0, 1, 2, 3, 4, 130
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

Function = TypeVar("Function", bound="Callable[..., Any]")


@dataclass(frozen=True)
class Manner:
    """How a command speaks: nothing but results and errors, more than usual, as JSON, in colour."""

    quiet: bool = False
    verbose: bool = False
    json: bool = False
    color: bool | None = None
    began: float = field(default_factory=time.monotonic)

    def note(self, line: str) -> None:
        """Say something on standard error, unless asked to be quiet."""
        if not self.quiet:
            warn(line)

    def detail(self, line: str) -> None:
        """Say something on standard error that only --verbose asks for."""
        if self.verbose:
            warn(line)

    @property
    def coloured(self) -> bool:
        """Tell whether standard output is to be coloured."""
        return coloured(self.color)


PLAIN = Manner()
"""How a command speaks when nobody asks for anything else."""


def coloured(choice: bool | None) -> bool:  # noqa: FBT001 - a three-valued command line switch
    """Tell whether to colour: as --color or --no-color say, else FORCE_COLOR, else NO_COLOR, else on a terminal."""
    if choice is not None:
        return choice
    if os.environ.get("FORCE_COLOR"):
        return True
    return not os.environ.get("NO_COLOR") and sys.stdout.isatty()


def say(line: str, *, err: bool = False) -> None:
    """Print one line, whatever names it holds: line ends in it, and what commands a terminal, are spelt out."""
    if not (line.isascii() and line.isprintable()):
        from pipeline.text.controls import escaped  # noqa: PLC0415 - loads the records, which a page of help does not need

        line = escaped(line)
    click.echo(line, err=err)


def warn(message: str) -> None:
    """Say something in one line on standard error."""
    say(f"copydesk: {message}", err=True)


def fail(message: str, code: int) -> NoReturn:
    """End with one line on standard error and an exit code."""
    warn(message)
    sys.exit(code)


def common(function: Function) -> Function:
    """Give a command --quiet, --verbose, --json and --color, and hand them over as `manner`."""

    @click.option("--quiet", "-q", is_flag=True, help="Print results and errors alone.")
    @click.option("--verbose", "-v", is_flag=True, help="Also say which settings count, and what the command took.")
    @click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
    @click.option("--color/--no-color", default=None, help="Colour the output.  [default: on a terminal; NO_COLOR, FORCE_COLOR]")
    @wraps(function)
    def call(*, quiet: bool, verbose: bool, as_json: bool, color: bool | None, **given: Any) -> Any:
        if quiet and verbose:
            raise click.UsageError("--quiet and --verbose contradict each other: give one of them")
        manner = Manner(quiet, verbose, as_json, color)
        try:
            return function(manner=manner, **given)
        finally:
            _tell_costs(manner)

    return call  # type: ignore[return-value]  # click looks at the options and not at the signature


def _tell_costs(manner: Manner) -> None:
    if manner.verbose:
        import resource  # noqa: PLC0415 - not needed to show help

        unit = 1e6 if sys.platform == "darwin" else 1e3
        peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / unit
        manner.detail(f"{time.monotonic() - manner.began:.1f} s, at most {peak:,.0f} MB in one process")


def with_settings(function: Function) -> Function:
    """Give a command --config, --no-config and --set, and hand over what they mean as `settings`."""

    @click.option("--config", "config_path", type=FILE, help="A luigi.cfg.  [default: COPYDESK_CONFIG, or luigi.cfg here or above]")
    @click.option("--no-config", is_flag=True, help="Read no settings file.")
    @click.option("--set", "single", multiple=True, metavar="NAME=VALUE", help="A single setting, e.g. normalise.variety=keep.")
    @wraps(function)
    def call(*, config_path: Path | None, no_config: bool, single: tuple[str, ...], **given: Any) -> Any:
        settings = found_settings(config_path, single, no_config=no_config)
        if (manner := given.get("manner")) is not None:
            manner.detail(f"settings: {settings.told}")
        return function(settings=settings, **given)

    return call  # type: ignore[return-value]  # click looks at the options and not at the signature


def found_settings(config_path: Path | None, single: tuple[str, ...] = (), *, no_config: bool = False) -> Settings:
    """Return the settings that count. Contradictions and unfit values are wrong usage."""
    from copydesk.settings import find  # noqa: PLC0415 - imports msgspec
    from pipeline.config import ConfigError  # noqa: PLC0415

    try:
        return find(config_path, single, no_config=no_config)
    except ConfigError as error:
        raise click.UsageError(" ".join(str(error).split())) from error


def workers_of(_context: click.Context, _parameter: click.Parameter, value: str) -> int:
    """Return how many processes `auto` or a number means: `auto` is one for every core that this process may use."""
    if value == "auto":
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if value.isdigit() and 1 <= int(value) <= 256:
        return int(value)
    raise click.BadParameter(f"{value!r} is neither auto nor a number from 1 to 256")
