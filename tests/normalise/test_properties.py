"""Properties of the whole stage, on arbitrary and on hostile text."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.edits.compose import Op, compose
from pipeline.lists import load_lists
from pipeline.normalise import NormaliseConfig, NormSpan, apply, normalise

if TYPE_CHECKING:
    from pipeline.normalise.normalised import Role

LISTS = load_lists()
ROLES: tuple[Role, ...] = ("body", "field", "table", "code")
FRAGMENTS = [
    "&amp;", "&amp;amp;rsquo;", "&#8217;", "&lt;b&gt;", "&", "amp;", "#39;", "â€™", "â€", "™", "Ã©", "Ã ", "Â\xa0", "â„¢", "ÃƒÂ©",
    "Ãƒ", "\x92", "\x85", "\x9d", "\x00", "\u200b", "\u200c", "\u200d", "\ufeff", "\xad", "\u202e", "\u200f", "\u061c", "e\u0301",
    "\u0301", "\u1100\u1161", "\uac00\u11a8", " ", "  ", "\t", "\n", "\r", "\r\n", "\u2028", "\u3000", "\xa0", "\u202f",
    "\U0001f469", "\ufe0f", "\U0001f3f4\U000e0067", "می", "क्", "ไทย", "日本", "Привет", "РџСЂ", "colour", "organisation",
    "goverment", "Penninsula", "“", "”", "'", "’", "Counter·Terrorism", "counter-terrorism", "·", "http://x.org/colour",
    "@colour", "#colour", "A", "z", "1", ".", "\uf792", "\uf7e9", "\ufffd", "ﬁ", "Ａ", "ｶﾞ",
]  # fmt: skip
hostile = st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=3)), max_size=14).map("".join)
CONFIGS = [
    NormaliseConfig(),
    NormaliseConfig(variety="en-GB", quotes="straight", widths="fold", ligatures="fold"),
    NormaliseConfig(variety="keep", bidi="remove", zero_width="remove"),
]


def run(text: str, spans: list[NormSpan], config: NormaliseConfig, *, bad_bytes: bool = True) -> tuple[Op, ...]:
    done = normalise(text, spans, config=config, lists=LISTS, bad_bytes=bad_bytes)
    at = 0
    for change in done.changes:
        assert at <= change.start < change.end
        assert any(span.start <= change.start and change.end <= span.end for span in spans)
        assert text[change.start : change.end] != change.replacement
        at = change.end
    for note in done.annotations:
        assert 0 <= note.start <= note.end <= len(text)
    return done.changes


@pytest.mark.parametrize("config", CONFIGS)
@given(text=st.one_of(st.text(), hostile), role=st.sampled_from(ROLES), bad=st.booleans())
def test_normalising_twice_changes_nothing_more(config: NormaliseConfig, text: str, role: Role, bad: bool) -> None:
    once = apply(text, run(text, [NormSpan(0, len(text), role, "en")], config, bad_bytes=bad))
    assert run(once, [NormSpan(0, len(once), role, "en")], config, bad_bytes=bad) == ()


@given(parts=st.lists(st.tuples(hostile, st.sampled_from(ROLES), hostile), max_size=5))
def test_only_characters_inside_spans_change(parts: list[tuple[str, Role, str]]) -> None:
    text, spans = "", []
    for inside, role, outside in parts:
        spans.append(NormSpan(len(text), len(text) + len(inside), role, "en"))
        text += inside + outside
    run(text, spans, NormaliseConfig())


@st.composite
def change_lists(draw: st.DrawFn, length: int) -> list[Op]:
    cuts = sorted(draw(st.sets(st.integers(0, length), max_size=8)))
    made = [Op(a, b, draw(st.text("xyz", max_size=3)), draw(st.sampled_from("pqr"))) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    return [change for change in made if change.start < change.end]


@given(st.data())
def test_composed_changes_equal_one_after_the_other(data: st.DataObject) -> None:
    text = data.draw(st.text("abcd", max_size=20))
    first = data.draw(change_lists(len(text)))
    middle = apply(text, first)
    second = data.draw(change_lists(len(middle)))
    both = compose(text, first, second)
    assert apply(text, both) == apply(middle, second)
    assert all(a.end <= b.start for a, b in pairwise(both))
    assert all(change.start < change.end for change in both)
