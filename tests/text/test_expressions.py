"""Expressions are compiled at their first use, or where somebody asks for it before."""

from __future__ import annotations

import re
from types import ModuleType
from typing import TYPE_CHECKING

from pipeline.text import expressions

if TYPE_CHECKING:
    import pytest


def test_nothing_is_compiled_twice_or_before_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    real = re.compile
    monkeypatch.setattr(re, "compile", lambda text, flags=0: compiled.append(text) or real(text, flags))
    rain, wind, sun = (expressions.expression(word, re.IGNORECASE) for word in ("rain", "wind", "sun"))
    assert compiled == []
    assert rain.fullmatch("RAIN")
    assert rain.sub("x", "rain") == "x"
    assert compiled == ["rain"]
    module = ModuleType("weather")
    vars(module).update(WIND=wind, SKY=(("sun", sun),))
    expressions.compile_within([module])
    assert compiled == ["rain", "wind", "sun"]
    assert sun.search("no Sun")
    assert compiled == ["rain", "wind", "sun"]


def test_what_stands_in_any_capitals_for_an_expression_may_stand() -> None:
    for text in ("MISSPELT", "mi\u017f\u017fpelt", "M\u0130SSPELT", "m\u0131sspelt"):
        assert re.search("misspelt", text, re.IGNORECASE)
        assert expressions.may_stand(("misspelt",), text)
