"""Bytes of mail as text: decoded where nothing else can be meant, and as edits that replay."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.edits.compose import apply
from pipeline.normalise.quoted_printable import RULE, decode_quoted_printable


@pytest.mark.parametrize(
    ("text", "decoded"),
    [
        ("caf=C3=A9", "café"),
        ("=E2=80=9CYes=E2=80=9D, she said", "“Yes”, she said"),
        ("x=3Dy, caf=C3=A9=20bar=09end", "x=y, café bar\tend"),
        ("=F0=9F=9A=A2 left", "🚢 left"),
        ("=C3=A9=C3=A8", "éè"),
    ],
)
def test_characters_of_mail_are_decoded(text, decoded):
    changes = decode_quoted_printable(text)
    assert apply(text, changes) == decoded
    assert {change.rule for change in changes} == {RULE}
    assert all(before.end <= after.start for before, after in itertools.pairwise(changes))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no sign at all",
        "x=20, y=3D",
        "a=B7",
        "=C3 =A9",
        "=C3=28",
        "=F5=80=80=80",
        "rgb=C0=80",
        "price=C3A9",
    ],
)
def test_what_may_mean_something_else_stays(text):
    assert decode_quoted_printable(text) == []


def test_a_sign_before_another_figure_stays():
    assert apply("caf=C3=A9 =3D5", decode_quoted_printable("caf=C3=A9 =3D5")) == "café =3D5"


@given(st.text(alphabet="=C3A9 E28xé\n", max_size=60))
def test_decoding_ends_and_its_edits_are_in_order(text):
    changes = decode_quoted_printable(text)
    assert all(0 <= change.start < change.end <= len(text) for change in changes)
    assert all(before.end <= after.start for before, after in itertools.pairwise(changes))
