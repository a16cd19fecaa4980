"""A title that a text pass found gives way to the one that the whole page says."""

from __future__ import annotations

import pytest

from pipeline.describe.above_body import OTHER_WORDING, one_title
from pipeline.edits.compose import Op
from pipeline.edits.state import State
from pipeline.spans import Target

LINE = "Place: Springfield"


def state(line: str, rule: str = "title.line") -> State:
    return State(base=line, text="", ops=(Op(0, len(line), line, rule, Target("title")),))


def test_another_line_is_removed() -> None:
    (op,) = one_title(state(LINE), "Rain floods the lower town").ops
    (removal,) = one_title(state(LINE), "Rain floods the lower town").removals
    assert op.target == Target("removed", 0)
    assert op.replacement == LINE
    assert (removal.start, removal.end, removal.kind, removal.rule) == (0, len(LINE), "chrome", OTHER_WORDING)


@pytest.mark.parametrize(
    ("line", "rule", "title"),
    [
        ("Rain floods the lower town", "title.line", "Rain floods the lower town"),
        ("Rain floods the harbor", "title.double", "Rain floods the harbour"),
        (LINE, "title.line", None),
        (LINE, "html.headline", "Rain floods the lower town"),
    ],
)
def test_the_same_headline_stays(line: str, rule: str, title: str | None) -> None:
    given = state(line, rule)
    assert one_title(given, title) is given
