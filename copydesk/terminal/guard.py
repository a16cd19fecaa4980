"""What goes to a terminal says what it shows: everything printed passes here, and no name or page commands the reader's screen."""

from __future__ import annotations

import re
import sys
from typing import Any

_OWN = re.compile("(\r|\x1b\\[[0-9;]{0,9}m|\x1b\\[A)")
"""What copydesk itself sends: colours, and how a bar goes back to its line."""


class GuardedStream:
    """A text stream that spells out what commands. Words of others are escaped before they are coloured, so only copydesk's own pass."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, words: str) -> int:
        """Write words, with controls spelt out."""
        self._stream.write(words if words.isascii() and words.replace("\n", "").isprintable() else _guarded(words))
        return len(words)

    def __getattr__(self, name: str) -> Any:
        """Return anything else of the stream itself."""
        return getattr(self._stream, name)


def _guarded(words: str) -> str:
    from pipeline.text.controls import escaped  # noqa: PLC0415 - loads the records, which a page of help does not need

    return "".join(part if place % 2 else escaped(part, lines=True) for place, part in enumerate(_OWN.split(words)))


def guard_streams() -> None:
    """Make standard output and standard error guarded. Bytes, which are data and no words, go past it."""
    sys.stdout, sys.stderr = GuardedStream(sys.stdout), GuardedStream(sys.stderr)
