"""The command line as a whole: all commands, and how errors, interrupts and closed pipes end.

Everything heavy is imported by the command that needs it, so that `copydesk --help` answers at once.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import Any

import click

from copydesk import build_commands, dataset_commands, document_commands, setup_commands
from copydesk.options import EXIT_DEFECT, EXIT_INTERRUPTED, EXIT_IO, EXIT_OK, EXIT_USAGE, fail
from copydesk.shadows import refuse_shadows
from copydesk.terminal.guard import guard_streams


class _ClosedPipeError(Exception):
    """Whoever read standard output has seen enough."""


class _Commands(click.Group):
    """All commands. click itself ends with 1 on a closed pipe, which is `diff` saying that something differs; nothing failed here."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that the arguments name."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _ClosedPipeError from error


@click.group(name="copydesk", cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="copydesk", prog_name="copydesk")
@click.option("--debug", is_flag=True, help="Show the traceback of an unexpected error.")
def cli(*, debug: bool) -> None:  # noqa: ARG001 - `main` looks for it, because it has to know before anything is parsed
    """Turn scraped articles into canonical article JSON; every character of the source is accounted for.

    \b
    A folder of pages or texts:   copydesk run --raw raw --clean clean
    The same on a cluster         copydesk spark --raw raw --clean clean --master spark://head:7077
    A new folder for builds       copydesk init
    One page:                     copydesk clean page.html
    From a pipe:                  curl -s URL | copydesk clean - --url URL
    Why is this line missing?     copydesk explain page.html
    Look at a whole build         copydesk review clean --open
    Is the build what it claims?  copydesk verify clean --raw raw
    What was rejected?            copydesk status clean
    A part of it for others       copydesk export clean --where 'language = "en"' --format dolma

    Exit codes: 0 done; 3 done, some inputs rejected; 4 reading or writing failed, run again to resume; 2 wrong usage; 1 a defect;
    130 interrupted. Settings: copydesk config. Shell completion and manual pages: docs/operations.md, copydesk man.
    """  # noqa: D301 - click reads a real \b
    try:
        refuse_shadows()
    except ImportError as error:
        fail(str(error).encode("unicode_escape").decode("ascii"), EXIT_USAGE)  # `escaped` lies where it cannot be loaded from


for _command in (*build_commands.COMMANDS, *document_commands.COMMANDS, *dataset_commands.COMMANDS, *setup_commands.COMMANDS):
    cli.add_command(_command)


def _in_utf8() -> None:
    """Start again where Python would read file names by another character set than UTF-8: the same bytes come out in any locale."""
    if sys.getfilesystemencoding() != "utf-8" and "utf8" not in sys._xoptions:
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606 - the same program


def _have_streams() -> None:
    """Open standard streams that were closed, so that they lead nowhere: else a build's files would take their numbers."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - until the process ends
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - until the process ends


def _is_of_settings(error: Exception) -> bool:
    from pipeline.config import ConfigError  # noqa: PLC0415
    from pipeline.rules.rulebook import RuleError  # noqa: PLC0415

    return isinstance(error, (ConfigError, RuleError))


_YOUNG = 50_000
"""New objects after which the collector looks for circles: loading makes half a million that stay, an eighth of it was looking at them."""


class _NoPandas:
    """Let Arrow find no pandas: it loads it with the first list that becomes a column, for half a second, and no command uses it."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:  # noqa: ARG004 - the names are Python's
        """Refuse that module alone."""
        if name == "pandas":
            raise ModuleNotFoundError("pandas is not used by copydesk", name=name)


def main() -> None:
    """Run the command line; every error is one line on standard error that says what to do."""
    gc.set_threshold(_YOUNG, 20, 20)
    _have_streams()
    _in_utf8()
    guard_streams()
    if "spark" not in sys.argv[1:3]:  # whose own functions ask for it
        sys.meta_path.insert(0, _NoPandas)
    try:
        cli.main(prog_name="copydesk", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        sys.exit(EXIT_USAGE)
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx is not None else "copydesk"
        fail(f"{' '.join(error.format_message().split())} (see {where} --help)", EXIT_USAGE)
    except click.ClickException as error:
        fail(error.format_message(), EXIT_USAGE)
    except (click.Abort, KeyboardInterrupt):
        resumes = any(word in ("run", "spark", "retry", "rebuild") for word in sys.argv[1:3])
        fail("interrupted; the same command goes on where it was" if resumes else "interrupted", EXIT_INTERRUPTED)
    except _ClosedPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is still buffered must not fail at the end
        sys.exit(EXIT_OK)
    except OSError as error:
        fail(f"{error.filename or 'input or output'}: {error.strerror or error}", EXIT_IO)
    except Exception as error:
        if "--debug" in sys.argv[1:2]:
            raise
        if _is_of_settings(error):
            fail(" ".join(str(error).split()), EXIT_USAGE)
        fail(f"a defect of copydesk: {type(error).__name__}: {error} (copydesk --debug … shows where)", EXIT_DEFECT)
