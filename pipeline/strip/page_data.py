"""Lines that were never meant to be read: a page's own data as JSON, and the clock times over the entries of a live page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from pipeline.strip.page import Draft

DATA = "embed_code.page_data"
CLOCK = "stamp.entry"
_PAIR = expression(r'"[\w$@-]{1,40}"\s?:\s?(?:"|\d|\{|\[|true|false|null)')
_PAIRS = 3
_CLOCK = expression(r"\d{1,2}[:.]\d\d(?::\d\d)?\s?(?:[AaPp]\.?[Mm]\.?|Uhr|h|IST|GMT|ET)?")
_CLOCK_MAX = 14
_ENTRIES = 3
"""Clock times that must stand alone on their lines, each over prose, before they stamp a live page's entries and are no timetable."""
_REACH = 3


def take_page_data(draft: Draft) -> None:
    """Remove lines of JSON that name a page's fields, and clock times over the entries of a live page."""
    clocks = []
    for index in draft.open_blocks():
        line = draft.lines[index]
        if line[0] in "{[" and line[-1] in "}]" and len(_PAIR.findall(line[:2000])) >= _PAIRS and draft.blocks[index].kind != "code":
            draft.remove(index, "embed_code", DATA)
        elif len(line) <= _CLOCK_MAX and line[0].isdigit() and _CLOCK.fullmatch(line):
            clocks.append(index)
    over = [index for index in clocks if any(draft.prose[index + 1 : index + 1 + _REACH])]
    if len(over) >= _ENTRIES and len(over) * 4 >= 3 * len(clocks):
        for index in over:
            draft.remove(index, "stamp", CLOCK)
