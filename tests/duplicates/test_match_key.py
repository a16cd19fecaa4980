"""Two reports of the same words must meet, others must not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.duplicates.match_key import match_key, match_tokens


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("We also have to harmonise, to coordinate – DAESH", "We also have to harmonize, to coordinate - Daesh"),
        ("the U.N. said", "The United Nations said"),
        ("“Quoted” text…", '"quoted" text...'),
        ("12 per cent", "12 percent"),
        ("Gov. Smith on Sept. 3", "Governor Smith on September 3"),
        ("a café in Malmö", "a cafe in Malmo"),
        ("they travelled past the theatre", "they traveled past the theater"),
        ("Bread & butter", "bread and butter"),
        ("don’t", "don't"),
        ("ＡＢＣ", "abc"),
    ],
)
def test_same(one: str, other: str) -> None:
    assert match_key(one) == match_key(other)


@pytest.mark.parametrize(("one", "other"), [("12 dead", "13 dead"), ("Russia said", "China said"), ("won", "wont"), ("日本", "日韓")])
def test_different(one: str, other: str) -> None:
    assert match_key(one) != match_key(other)


def test_characters_of_unspaced_scripts_are_tokens() -> None:
    assert list(match_tokens("日本 abc")) == ["日", "本", "abc"]


@given(st.text())
def test_any_text_has_a_key(text: str) -> None:
    key = match_key(text)
    assert "\n" not in key
    assert key.split() == list(match_tokens(text))
