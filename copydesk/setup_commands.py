"""The commands that set things up: `copydesk init`, `config`, `man`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from copydesk.options import common, with_settings

if TYPE_CHECKING:
    from copydesk.options import Manner
    from copydesk.settings import Settings


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=".")
@click.option("--force", is_flag=True, help="Write over a luigi.cfg that is there.")
@common
def init(*, folder: Path, force: bool, manner: Manner) -> None:
    """Prepare FOLDER for builds: a luigi.cfg with every setting, a folder raw/ with a word on what goes in, and a .gitignore.

    Nothing that is there is written over, but for a luigi.cfg with --force. A .gitignore that is there gets the lines that it lacks.

    \b
    Examples:
      copydesk init
      copydesk init news
    """  # noqa: D301 - click reads a real \b
    from copydesk.commands.init import prepare  # noqa: PLC0415

    sys.exit(prepare(folder, manner, force=force))


@click.command()
@common
@with_settings
@click.option("--changed", is_flag=True, help="Only settings that are not the default.")
def config(*, settings: Settings, changed: bool, manner: Manner) -> None:
    """Print every setting that counts here, and where each comes from.

    The file is the one that --config names, else the one that the variable COPYDESK_CONFIG names, else the first luigi.cfg in the working
    folder or above it. A name that does not exist is refused, and so is a section that is nearly one.

    \b
    Examples:
      copydesk config
      copydesk config --changed --set normalise.variety=keep
    """  # noqa: D301 - click reads a real \b
    from copydesk.commands.config import show_config  # noqa: PLC0415

    sys.exit(show_config(settings, manner, changed=changed))


@click.command()
@click.argument("command", required=False)
@click.pass_context
def man(context: click.Context, command: str | None) -> None:
    """Print the manual page of copydesk, or of one command.

    \b
    Examples:
      copydesk man > copydesk.1
      copydesk man clean | man -l -
    """  # noqa: D301 - click reads a real \b
    from copydesk.commands.man import manual  # noqa: PLC0415

    click.echo(manual(context.find_root(), command), nl=False)


COMMANDS = (init, config, man)
