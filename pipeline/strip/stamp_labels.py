"""Labels of stamps that stand alone on their line: the day is on the next one, or a scraper lost it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pipeline.lines.timestamps import label_role
from pipeline.strip.field_lines import STAMP, move_stamps, stamps_of
from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from pipeline.strip.page import Draft

_LABEL = expression(r"[-•*]?\s?(?P<label>[^\W\d_][^:\d]{3,24}?)\s?(?P<mark>[:：])(?P<place>\s?[^:\d,]{2,40}\s?,)?")
_MOST, _DAY = 70, 60
"""The longest label with a place behind it, and the longest line of a day alone."""
_ROLES = ("published", "modified")


def take_stamp_labels(draft: Draft, language: str | None) -> None:
    """Take out labels such as "Last updated:" outside the body, with the day on the line below, which goes to the label's field.

    A label with a place behind it ("Last updated: Springfield,") leaves only with its day.
    """
    first, last = draft.body()
    done = {cut.target.field for cut in draft.cuts if cut.target is not None}
    for index, line in enumerate(draft.lines):
        if len(line) > _MOST or first <= index <= last or not (draft.is_open(index) or draft.verdict[index] == "stamp"):
            continue
        read = _LABEL.fullmatch(line)
        role = label_role(read["label"]) if read is not None else None
        if read is None or role not in _ROLES:
            continue
        below = index + 1
        day = draft.lines[below] if draft.is_open(below) else ""
        stamps = stamps_of(day, language) if day and len(day) <= _DAY else ()
        if stamps:
            move_stamps(draft, below, [msgspec.structs.replace(stamp, role=role) for stamp in stamps], done)
        if draft.is_open(index) and (stamps or not read["place"]):
            draft.remove(index, "stamp", STAMP)
