"""Where results go: standard output, or a file that is there when it is whole."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from typing import TYPE_CHECKING, BinaryIO

import click

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORM_FEED = b"\f\n"
"""Parts documents in forms that are no lines: no cleaned text has this character."""

PAGE_HEAD = '<!doctype html>\n<html lang="{language}">\n<meta charset="utf-8">\n<title>{title}</title>\n'
PAGE_END = b"</html>\n"


@contextlib.contextmanager
def opened(output: Path | None) -> Iterator[BinaryIO]:
    """Give standard output, or a temporary file that takes the place of `output` when all went well. Devices stay."""
    if output is None or str(output) == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if output.exists() and not output.is_file():
        with output.open("wb") as stream:
            yield stream
        return
    target = output.resolve()
    if not target.parent.is_dir():
        raise click.UsageError(f"--output: {target.parent} is no folder; make it first")
    temporary = target.parent / f".copydesk-tmp-{os.getpid()}-{secrets.token_hex(6)}"
    try:
        with temporary.open("xb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
