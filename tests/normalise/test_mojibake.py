"""The fast test that keeps ftfy out of the way must never say no to mojibake."""

from __future__ import annotations

import re
from itertools import pairwise, product

from ftfy.badness import MOJIBAKE_CATEGORIES, is_bad
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalise.mojibake import is_mojibake, may_be_mojibake, suspects

PLAIN = [chr(code) for code in [0xA0, 0x2009, 0x200B, *range(0x2010, 0x2015), 0x2018, 0x2019, 0x201C, 0x201D, 0x2026, 0x2022]]


def test_plain_typography_is_never_bad() -> None:
    neighbours = [*PLAIN, "a", "A", " ", "1", ".", "\n", "-"]
    for left, middle, right in product(neighbours, PLAIN, neighbours):
        text = left + middle + right
        assert not may_be_mojibake(text)
        assert not is_bad(text)


def test_other_characters_are_looked_at() -> None:
    assert may_be_mojibake("cafÃ©")
    assert may_be_mojibake("é")


def test_suspects_do_not_overlap() -> None:
    notes = suspects("â€\ufffd and Ã\ufffd and \ufffd\ufffd")
    assert notes
    assert all(one.end <= other.start for one, other in pairwise(notes))


BEYOND_ASCII = "".join(map(chr, range(0x80, 0x10000)))
NAMED = sorted({char for part in MOJIBAKE_CATEGORIES.values() for char in re.findall(f"[{part}]", BEYOND_ASCII)})


def test_every_bad_pair_is_noticed() -> None:
    for left, right in product(NAMED, NAMED):
        assert not is_bad(left + right) or is_mojibake(left + right)


@given(st.text(st.sampled_from([*NAMED, *"aZ 1.,?!\n你ع"]), min_size=1, max_size=40))
def test_whatever_ftfy_finds_bad_is_noticed(text: str) -> None:
    assert not is_bad(text) or is_mojibake(text)
