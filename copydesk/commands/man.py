"""`copydesk man`: manual pages, in the language of man(7), from what --help says."""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator


def manual(root: click.Context, name: str | None) -> str:
    """Return the manual page of a command, or of copydesk as a whole. Raises `click.UsageError` on a command that does not exist."""
    group = root.command
    if name is None:
        return "\n".join(_page(root, "copydesk")) + "\n"
    command = group.get_command(root, name) if isinstance(group, click.Group) else None
    if command is None:
        raise click.UsageError(f"no command is named {name}; copydesk --help lists them")
    return "\n".join(_page(click.Context(command, info_name=name, parent=root), f"copydesk-{name}")) + "\n"


def _page(context: click.Context, title: str) -> Iterator[str]:
    command = context.command
    yield f'.TH "{title.upper()}" "1" "" "copydesk {version("copydesk")}" "copydesk manual"'
    yield ".SH NAME"
    yield f"{_safe(title)} \\- {_safe(command.get_short_help_str(200))}"
    yield ".SH SYNOPSIS"
    yield f".B {_safe(context.command_path)}"
    yield _safe(" ".join(command.collect_usage_pieces(context)))
    yield ".SH DESCRIPTION"
    yield from _prose(command.help or "")
    yield ".SH OPTIONS"
    for parameter in command.get_params(context):
        if isinstance(parameter, click.Option) and (record := parameter.get_help_record(context)):
            yield from (".TP", f".B {_safe(record[0])}", _safe(" ".join(record[1].split())))
    if isinstance(command, click.Group):
        yield ".SH COMMANDS"
        for name in command.list_commands(context):
            sub = command.get_command(context, name)
            if sub is not None:
                yield from (".TP", f".B {_safe(name)}", _safe(sub.get_short_help_str(200)))


def _prose(text: str) -> Iterator[str]:
    """Yield paragraphs; those that begin with a backspace keep their lines."""
    for number, paragraph in enumerate(re.split(r"\n\s*\n", text.strip())):
        lines = [line.rstrip() for line in paragraph.splitlines()]
        literal = "\b" in lines[0]
        if number:
            yield ".PP"
        if literal:
            yield from (".nf", *(_safe(line) for line in lines[1:]), ".fi")
        else:
            yield _safe(" ".join(line.strip() for line in lines))


def _safe(text: str) -> str:
    r"""Return text that roff takes as it stands.

    >>> print(_safe(".a - b"), _safe("a\\b"))
    \&.a \- b a\eb
    """
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped
