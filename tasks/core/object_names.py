"""Names of objects as names of files: which fit, which fit nobody's folder, and how those are written down.

A store takes any name: `../a`, `/a`, one with a line end, one that is also the beginning of another. None of these is ever made a file.
Such an object is an input that is rejected as `unsafe_path`, in the group of files that lie in no folder, under a name that leads nowhere.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

REFUSED = ".copydesk-refused.json"
"""The file of a fetched folder that lists what could not be fetched; its name begins with a dot, so that it is no input."""
_LONGEST = 255
"""Bytes that a name of a file may have."""
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_LOOSE_SLASH = re.compile("^/|/$|(?<=/)/")
"""A slash with no name before or behind it."""


def read_refused(folder: Path) -> dict[str, str]:
    """Return the locators of what could not be fetched into a folder, with their codes."""
    try:
        return msgspec.json.decode((folder / REFUSED).read_bytes(), type=dict[str, str])
    except FileNotFoundError:
        return {}


def fits(name: str) -> bool:
    r"""Tell whether an object's name can be that of a file below a folder.

    >>> [fits(name) for name in ("press/a.html", "../a", "/a", "a//b", "a\nb", "a/", "x" * 256)]
    [True, False, False, False, False, False, False]
    """
    parts = name.split("/")
    return not _CONTROL.search(name) and all(part not in ("", ".", "..") and len(part.encode()) <= _LONGEST for part in parts)


def spelt(name: str) -> str:
    r"""Return the locator of an object whose name does not fit: what does harm is spelt out, and what is left leads nowhere.

    >>> print(spelt("../a"), spelt("/etc/a"), spelt("a//b"), spelt("a\nb"), spelt("a/./b/"))
    \x2e\x2e/a \x2fetc/a a/\x2fb a\x0ab a/\x2e/b\x2f
    """
    return _LOOSE_SLASH.sub(r"\\x2f", "/".join(map(_part, name.split("/"))))


def _part(part: str) -> str:
    if part in (".", ".."):
        return part.replace(".", "\\x2e")
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", part)
