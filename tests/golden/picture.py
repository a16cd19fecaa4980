"""Draws what `copydesk explain` shows: `copydesk explain FILE --color | python tests/golden/picture.py > docs/explain.svg`."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH, HEIGHT, LINES = 112, 18, 26
"""Characters of a line, pixels of a line, and lines of the picture."""
CLASSES = {"0": "", "31": "removed", "33": "changed", "36": "moved", "2": "why"}
STYLE = (
    "text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#1b1b1b;white-space:pre}"
    ".removed{fill:#b3261e;text-decoration:line-through}.moved{fill:#0b6e99}.changed{fill:#8a6d00}.why{fill:#777}"
)
Cell = tuple[str, str]


def rows(said: str) -> Iterator[list[Cell]]:
    """Yield the lines of a terminal as characters with their class, wrapped at spaces."""
    style, row = "", list[Cell]()
    for code, char in re.findall(r"\x1b\[([0-9;]*)m|(.|\n)", said):
        if code:
            style = CLASSES.get(code, style)
        elif char == "\n":
            yield from wrapped(row)
            row = []
        elif char:
            row.append((char, style))
    yield from wrapped(row)


def wrapped(row: list[Cell]) -> Iterator[list[Cell]]:
    """Yield a line in pieces that fit."""
    while len(row) > WIDTH:
        cut = max((place for place in range(WIDTH) if row[place][0] == " "), default=WIDTH)
        yield row[:cut]
        row = row[cut + 1 :]
    yield row


def spans(row: list[Cell]) -> str:
    """Return a line as the inside of a text element."""
    parts, start = [], 0
    for place in range(1, len(row) + 1):
        if place == len(row) or row[place][1] != row[start][1]:
            words = escape("".join(char for char, _ in row[start:place]))
            parts.append(f'<tspan class="{row[start][1]}">{words}</tspan>' if row[start][1] else words)
            start = place
    return "".join(parts)


def main() -> None:
    """Read a terminal's text from standard input and write the picture."""
    said = sys.stdin.read().replace("\u00a0", " ").partition("\n\n--- ")[0]
    lines = list(rows(said))[:LINES]
    size = f'width="{WIDTH * 8}" height="{len(lines) * HEIGHT + 40}"'
    print(f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="copydesk explain">')  # noqa: T201
    print(f'<style>{STYLE}</style>\n<rect width="100%" height="100%" rx="8" fill="#fff" stroke="#ddd"/>')  # noqa: T201
    for number, row in enumerate(lines):
        if row:
            print(f'<text x="20" y="{32 + number * HEIGHT}" xml:space="preserve">{spans(row)}</text>')  # noqa: T201
    print("</svg>")  # noqa: T201


if __name__ == "__main__":
    main()
