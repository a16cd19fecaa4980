"""`copydesk config`: the settings that count, and where each comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import msgspec

from copydesk.settings import effective
from copydesk.terminal.summary import columns, padded

if TYPE_CHECKING:
    from copydesk.options import Manner
    from copydesk.settings import Settings

_WIDEST = 60
"""Columns of a value beyond which where it comes from is no longer aligned."""


def show_config(settings: Settings, manner: Manner, *, changed: bool) -> int:
    """Print the settings by section; return the exit code."""
    found = [setting for setting in effective(settings) if not changed or setting.origin != "default"]
    if manner.json:
        rows = [{"name": setting.name, "value": setting.value, "origin": setting.origin} for setting in found]
        click.echo(msgspec.json.encode({"file": str(settings.path) if settings.path else None, "how": settings.how, "settings": rows}))
        return 0
    click.echo(f"# settings file: {settings.told}")
    width = min(max((columns(f"{setting.name} = {setting.value}") for setting in found), default=0), _WIDEST)
    section = ""
    for setting in found:
        name, _, key = setting.name.partition(".")
        if name != section:
            section = name
            click.echo(f"\n[{section}]")
        click.echo(f"{padded(f'{key} = {setting.value}'.rstrip(), width)}  # {setting.origin}")
    return 0
